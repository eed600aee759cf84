"""Figures and their bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.outcome import Outcome, at_least, at_most

PAGE = Path("page.html")


def test_a_bound_holds_on_its_side() -> None:
    assert at_least(1).holds(1)
    assert not at_least(1).holds(0.9)
    assert at_most(1).holds(1)
    assert not at_most(1).holds(1.1)
    assert not at_most(1).holds(float("nan"))
    assert not at_least(1).holds(float("nan"))
    assert str(at_least(0.95)) == "at least 0.95"


def test_what_is_missed_is_said() -> None:
    outcome = Outcome("x", {"a": 0.5, "b": 2.0}, {"a": at_least(0.9), "b": at_most(3)}, PAGE)
    assert outcome.missed == ["x: a is 0.5, but should be at least 0.9"]


def test_figures_and_promises_are_the_same() -> None:
    with pytest.raises(ValueError, match=r"promises \['a'\], but reports \['b'\]"):
        Outcome("x", {"b": 1.0}, {"a": at_least(0)}, PAGE)
