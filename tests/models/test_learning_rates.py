"""Three learning rates: how fast each comes near the lowest point, or away from it."""

from __future__ import annotations

import numpy as np
import pytest

from models import learning_rates
from models.learning_rates import RATES, START


def test_keeps_its_promises(run_script) -> None:
    assert run_script("learning_rates").missed == []


def test_the_curvature_is_twice_the_mean_square_of_x() -> None:
    xs, ys = learning_rates.data()
    assert learning_rates.curvature(xs, ys) == pytest.approx(2 * np.mean(xs**2), rel=1e-5)


@pytest.mark.parametrize("name", RATES)
def test_each_step_multiplies_the_distance_by_the_same(name: str) -> None:
    xs, ys = learning_rates.data()
    model = learning_rates.build(RATES[name])
    model.fit(xs, ys, batchSize=len(xs), epochs=10, verbose=0)
    lowest = (xs * ys).sum() / (xs**2).sum()
    factor = 1 - RATES[name] * 2 * np.mean(xs**2)
    expected = lowest + factor**10 * (START - lowest)
    assert model.getWeights()[0].dataSync()[0] == pytest.approx(expected, rel=1e-4)
    assert (abs(factor) > 1) == (name == "too large")


def test_divergence_is_labelled(run_script) -> None:
    html = run_script("learning_rates").page.read_text("utf-8")
    assert '"text":"diverges: 1.33 times the loss each step"' in html
    for name in RATES:
        assert f'"name":"{name}: ' in html
