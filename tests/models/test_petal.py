"""A flower of four petals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import petal
from tests.models.loaded import card, page, predictions


@pytest.mark.slow
def test_keeps_its_promises(run_script) -> None:
    assert run_script("petal").missed == []


@pytest.mark.slow
def test_more_neurons_are_right_about_more_points(run_script, outputs: Path) -> None:
    run_script("petal")
    xs, ys = petal.data()
    right = [
        np.mean((predictions(outputs, f"petal_{width}", xs) > 0.5) == ys) for width in petal.WIDTHS
    ]
    assert right[0] + 0.02 < right[1]
    assert right[1] + 0.02 < right[2]


@pytest.mark.slow
def test_the_widest_knows_all_four_petals(run_script, outputs: Path) -> None:
    run_script("petal")
    angle = np.arange(8) * np.pi / 4  # a petal, a gap, a petal, ...
    there = 1.4 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    called = predictions(outputs, "petal_12", there)[:, 0] > 0.5
    assert called.tolist() == [True, False] * 4


def test_the_data_is_as_said() -> None:
    xs, ys = petal.data()
    radius, angle = np.hypot(*xs.T), np.arctan2(xs[:, 1], xs[:, 0])
    np.testing.assert_array_equal(ys[:, 0], radius < 1.2 + 0.5 * np.cos(4 * angle))
    assert 0.3 < ys.mean() < 0.5


@pytest.mark.slow
def test_each_width_has_its_pictures_and_its_card(run_script, outputs: Path) -> None:
    run_script("petal")
    found = page(outputs, "petal")
    for width in petal.WIDTHS:
        assert f"Boundary of {width} neurons" in found
        assert f"Probability by {width} neurons" in found
        assert str(width) in card(outputs, f"petal_{width}")["title"]["zh"]
