"""Two clouds and one neuron."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import linear
from tests.models.loaded import card, predictions


def test_keeps_its_promises(run_script) -> None:
    assert run_script("linear").missed == []


def test_the_boundary_is_a_straight_line(run_script, outputs: Path) -> None:
    """Where the probability is 0.5 along three lines of the plane, the places lie on one line."""
    run_script("linear")
    x1 = np.linspace(-3, 3, 60001)
    crossings = []
    for x2 in (-1.0, 0.0, 1.0):
        found = predictions(outputs, "linear", np.stack([x1, np.full_like(x1, x2)], axis=1))[:, 0]
        (change,) = np.flatnonzero(np.diff(found > 0.5))
        crossings.append(x1[change])
    assert abs(crossings[0] - 2 * crossings[1] + crossings[2]) < 1e-3


def test_the_data_is_as_said() -> None:
    xs, ys = linear.data()
    assert xs.shape == (200, 2)
    assert ys.sum() == 100
    assert xs[ys[:, 0] == 1].mean() > xs[ys[:, 0] == 0].mean()


def test_an_angle_is_in_degrees() -> None:
    assert linear.angle_between(np.array([0.0, 2.0]), np.array([-3.0, 3.0])) == pytest.approx(45)


def test_the_card_is_of_the_plane(run_script, outputs: Path) -> None:
    run_script("linear")
    found = card(outputs, "linear")
    assert found["kind"] == "plane"
    assert len(found["features"]) == len(found["classes"]) == 2
