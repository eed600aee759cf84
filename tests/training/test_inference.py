"""evaluate and predict are Keras's own."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from tests.training.twins import CASES, X, some_slow
from tfjsbridge import training
from tfjsbridge.runtime import keras

KINDS = some_slow(
    ["cnn", "two_lists", "dict_outputs", "subclassed"],
    ["dropout", "batch_normalization", "flat_samples", "two_dicts"],
)


@pytest.mark.parametrize("kind", KINDS)
def test_evaluate_is_keras_evaluate(kind: str) -> None:
    case = CASES[kind]
    model = case.model()
    expected = model.evaluate(case.x, case.y, batch_size=10, verbose=0, return_dict=True)
    actual = training.evaluate(model, case.x, case.y, batch_size=10)
    assert actual == pytest.approx(expected, rel=1e-6)
    # Nothing stays in the metrics.
    assert training.evaluate(model, case.x, case.y, batch_size=10) == actual


@pytest.mark.parametrize("batch_size", some_slow([10], [1000]))
@pytest.mark.parametrize("kind", KINDS)
def test_predict_is_keras_predict(kind: str, batch_size: int) -> None:
    case = CASES[kind]
    model = case.model()
    expected = model.predict(case.x, batch_size=batch_size, verbose=0)
    actual = training.predict(model, case.x, batch_size=batch_size)
    keras.tree.assert_same_structure(expected, actual)
    for one, other in zip(keras.tree.flatten(expected), keras.tree.flatten(actual), strict=True):
        np.testing.assert_allclose(np.asarray(other), one, rtol=1e-6, atol=1e-7)


def test_evaluate_gives_metrics_that_are_not_scalars() -> None:
    case = CASES["one_hot"]
    model = case.model(metrics=[keras.metrics.F1Score(name="f1")])
    expected = model.evaluate(case.x, case.y, verbose=0, return_dict=True)["f1"]
    np.testing.assert_allclose(training.evaluate(model, case.x, case.y)["f1"], expected, rtol=1e-6)


def test_evaluate_changes_neither_weights_nor_seeds() -> None:
    case = CASES["dropout"]
    model = case.model()
    before = [variable.numpy() for variable in model.variables]
    training.evaluate(model, case.x, case.y)
    training.predict(model, case.x)
    states = [(v.path, v.numpy()) for v in model.variables]
    for (path, after), value in zip(states, before, strict=True):
        assert np.array_equal(after, value), path


def test_predict_sees_the_weights_of_now() -> None:
    case = CASES["regression"]
    model = case.model()
    before = np.asarray(training.predict(model, X))
    training.fit(model, X, case.y, verbose=0)
    after = np.asarray(training.predict(model, X))
    assert not np.array_equal(before, after)
    np.testing.assert_allclose(after, model.predict(X, verbose=0), rtol=1e-6)


def test_predict_sees_a_layer_added_since() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    assert training.predict(model, X).shape[-1] == 2
    model.add(keras.layers.Dense(5))
    assert training.predict(model, X).shape[-1] == 5


def test_predict_needs_no_compile() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    np.testing.assert_allclose(
        np.asarray(training.predict(model, X)), model.predict(X, verbose=0), rtol=1e-6
    )


def test_predict_of_an_eager_model_runs_python_at_each_batch() -> None:
    calls: list[int] = []

    class Counting(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            calls.append(1)
            return x

    model = keras.Sequential([keras.Input((3,)), Counting()])
    model.compile(run_eagerly=True)
    calls.clear()
    training.predict(model, X, batch_size=10)
    assert len(calls) == 5


def test_a_model_that_predicted_can_be_freed() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    training.predict(model, X)
    reference = weakref.ref(model)
    del model
    keras.backend.clear_session()
    gc.collect()
    assert reference() is None
