"""A line through points: forward and backward pass, and the line that training ends with."""

from __future__ import annotations

import json

import numpy as np
import pytest

from models import unary_regression


def test_keeps_its_promises(run_script) -> None:
    assert run_script("unary_regression").missed == []


def test_the_data_is_as_said() -> None:
    xs, ys = unary_regression.data()
    assert xs.shape == ys.shape == (200, 1)
    assert (ys - 1.2 * xs).std() == pytest.approx(0.1, rel=0.2)


@pytest.mark.parametrize(("weight", "bias"), [(-1.5, 0.0), (0.3, -0.7)])
def test_the_backward_pass_is_the_loss_s_slope(weight: float, bias: float) -> None:
    xs, ys = unary_regression.data()
    losses = {
        "MSE": lambda w, b: np.mean((xs * w + b - ys) ** 2),
        "MAE": lambda w, b: np.mean(np.abs(xs * w + b - ys)),
    }
    step = 1e-7  # so small that the MAE has no bend between
    for name, value, by_weight, _, by_bias, _ in unary_regression.passes(xs, ys, weight, bias):
        loss = losses[name]
        here = loss(weight, bias)
        assert value == pytest.approx(here, rel=1e-5)
        assert by_weight == pytest.approx((loss(weight + step, bias) - here) / step, abs=1e-4)
        assert by_bias == pytest.approx((loss(weight, bias + step) - here) / step, abs=1e-4)


def test_the_exported_model_is_about_the_line_of_least_squares(run_script) -> None:
    (exported,) = run_script("unary_regression").exported
    card = json.loads((exported.files[0].parent / "card.json").read_text("utf-8"))
    assert card["kind"] == "line"
    inputs, targets, predictions = (
        np.ravel(card[name]) for name in ("inputs", "targets", "predictions")
    )
    weight, bias = np.polyfit(inputs, predictions, 1)
    np.testing.assert_allclose(predictions, weight * inputs + bias, atol=1e-6)
    np.testing.assert_allclose([weight, bias], np.polyfit(inputs, targets, 1), atol=0.05)


def test_the_line_moves_through_training_and_both_losses_are_shown(run_script) -> None:
    html = run_script("unary_regression").page.read_text("utf-8")
    assert '"sliders"' in html
    assert "The line's parameters" in html
    for loss in ("MSE", "MAE"):
        assert f"<td>{loss}</td>" in html
