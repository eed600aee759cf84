"""Under-, right and over-fitted models."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from models import overfitting


@pytest.mark.slow
def test_keeps_its_promises(run_script) -> None:
    assert run_script("overfitting").missed == []


@pytest.mark.slow
def test_the_page_has_both_curves_of_each(run_script) -> None:
    page = run_script("overfitting").page.read_text("utf-8")
    assert all(f'"text":"{name}"' in page for name in overfitting.MODELS)
    assert page.count('"name":"training"') == len(overfitting.MODELS)
    assert page.count('"name":"validation"') == len(overfitting.MODELS)


def test_the_data_is_as_said() -> None:
    (xs, ys), (more_xs, more_ys) = overfitting.data()
    assert xs.shape == ys.shape == (20, 1)
    assert more_xs.shape == more_ys.shape == (200, 1)
    noise = np.concatenate([ys, more_ys]) - np.sin(3.5 * np.concatenate([xs, more_xs]))
    assert noise.std() == pytest.approx(overfitting.NOISE, rel=0.2)


def test_the_large_models_differ_in_what_holds_them_back_only() -> None:
    large = {name: overfitting.build(**overfitting.MODELS[name]) for name in overfitting.MODELS}
    parameters = {name: model.countParams() for name, model in large.items()}
    assert parameters["under-fitted"] == 2
    assert parameters["right"] == 49
    same = {parameters[name] for name in ("over-fitted", "dropout", "L2", "early stopping")}
    assert same == {64 + 64 + 2 * (64 * 64 + 64) + 65}
    kinds = [layer.getClassName() for layer in large["dropout"].layers]
    assert kinds.count("Dropout") == 3


@pytest.mark.slow
def test_over_fits_from_another_start_too() -> None:
    tf.setRandomSeed(3)
    (xs, ys), (more_xs, more_ys) = overfitting.data()
    errors = {}
    for name in ("right", "over-fitted", "L2", "early stopping"):
        model, history = overfitting.train(name)
        seen, unseen = (
            float(np.mean((np.asarray(model.predict(x)) - y) ** 2))
            for x, y in ((xs, ys), (more_xs, more_ys))
        )
        errors[name] = unseen
        if name == "over-fitted":
            assert seen < 0.04
            assert unseen > seen + 0.12
        if name == "early stopping":
            assert len(history["mse"]) < overfitting.EPOCHS
            # The best validation loss came 50 epochs before the end, and did not come again.
            assert int(np.argmin(history["val_mse"])) == len(history["val_mse"]) - 51
    assert max(errors["right"], errors["L2"], errors["early stopping"]) < errors["over-fitted"]
