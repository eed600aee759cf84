"""Two spirals, one in the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import spiral
from tests.models.loaded import page, predictions


@pytest.mark.slow
def test_keeps_its_promises(run_script) -> None:
    assert run_script("spiral").missed == []


@pytest.mark.slow
def test_deeper_is_better(run_script) -> None:
    reached = [value for name, value in run_script("spiral").figures.items() if "accuracy" in name]
    assert len(reached) == len(spiral.DEPTHS)
    assert reached[0] + 0.2 < reached[1] <= reached[2] + 0.01


@pytest.mark.slow
def test_three_layers_know_fresh_points_of_the_spirals(run_script, outputs: Path) -> None:
    run_script("spiral")
    radius = np.linspace(0.6, 3.8, 500)
    for number, start in enumerate((0, np.pi)):
        angle = start + np.pi * radius
        points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        called = predictions(outputs, "spiral", points)[:, 0] > 0.5
        assert np.mean(called == number) > 0.97


def test_the_data_is_as_said() -> None:
    xs, ys = spiral.data()
    assert xs.shape == (300, 2)
    assert ys.sum() == 150


@pytest.mark.slow
def test_each_depth_has_its_pictures(run_script, outputs: Path) -> None:
    run_script("spiral")
    found = page(outputs, "spiral")
    for depth in spiral.DEPTHS:
        assert f"Boundary of {depth} hidden layer" in found
        assert f"Probability by {depth} hidden layer" in found
    assert [len(spiral.build(depth).layers) for depth in spiral.DEPTHS] == [2, 3, 4]
