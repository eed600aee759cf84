"""A band of one variable: what two layers can, and one cannot."""

from __future__ import annotations

import json

import numpy as np

from models import unary_classification
from models.unary_classification import BAND


def test_keeps_its_promises(run_script) -> None:
    assert run_script("unary_classification").missed == []


def test_the_data_is_as_said() -> None:
    xs, ys = unary_classification.data()
    assert xs.shape == ys.shape == (200, 1)
    np.testing.assert_array_equal(ys == 1, (xs > BAND[0]) & (xs < BAND[1]))
    assert (ys[xs < BAND[0]] == 0).sum() > 50
    assert (ys[xs > BAND[1]] == 0).sum() > 50


def test_no_single_border_does_better_than_one_layer_may() -> None:
    xs, ys = unary_classification.data()
    right = [np.mean((xs > border) == (ys == 1)) for border in [-2.0, *xs[:, 0]]]
    best = max(max(right), 1 - min(right))
    assert best < unary_classification.REACHES["accuracy of one layer"].limit


def test_the_exported_model_rises_once_and_falls_once(run_script) -> None:
    (exported,) = run_script("unary_classification").exported
    card = json.loads((exported.files[0].parent / "card.json").read_text("utf-8"))
    assert card["kind"] == "line"
    assert [words["en"] for words in card["classes"]] == ["outside", "inside"]
    inputs, predictions = np.ravel(card["inputs"]), np.ravel(card["predictions"])
    inside = predictions[np.argsort(inputs)] > 0.5
    assert np.abs(np.diff(inside.astype(int))).sum() == 2
    assert not inside[0]
    assert not inside[-1]


def test_the_fitted_curve_moves_through_training(run_script) -> None:
    html = run_script("unary_classification").page.read_text("utf-8")
    assert html.count('"sliders"') == 2
