"""What one training traced serves the next, where it may."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import numpy as np
import pytest

from tfjsbridge import training
from tfjsbridge.runtime import keras

layers = keras.layers
X = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
Y = X[:, :1] - X[:, 1:]


class Counting(layers.Dense):  # type: ignore[misc]
    """A dense layer that counts how often its Python code runs, which is when it is traced."""

    runs = 0

    def call(self, inputs: Any, training: Any = None) -> Any:
        Counting.runs += 1
        return super().call(inputs, training=training)


def build() -> Any:
    keras.utils.set_random_seed(0)
    model = keras.Sequential([layers.Input((2,)), Counting(3), layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse", metrics=["mae"])
    return model


def fit(model: Any, x: Any = X, y: Any = Y, **options: Any) -> Any:
    options = {"batch_size": 8, "verbose": 0, "shuffle": False} | options
    return training.fit(model, x, y, **options)


def test_a_second_fit_traces_nothing_and_goes_on_as_keras_does() -> None:
    mine, keras_own = build(), build()
    fit(mine)
    runs = Counting.runs
    for _ in range(3):
        history = fit(mine)
    fit(mine, X + 1, Y + 1)
    assert Counting.runs == runs
    for _ in range(4):
        expected = keras_own.fit(X, Y, batch_size=8, verbose=0, shuffle=False)
    for name, values in expected.history.items():
        assert history.history[name] == pytest.approx(values)
    keras_own.fit(X + 1, Y + 1, batch_size=8, verbose=0, shuffle=False)
    assert all(map(np.array_equal, mine.get_weights(), keras_own.get_weights()))


@pytest.mark.parametrize(
    "change",
    [
        {"x": X[:10], "y": Y[:10]},
        {"batch_size": 5},
        {"shuffle": True},
        {"validation_split": 0.5},
        {"x": X.astype(np.int32)},
    ],
    ids=["fewer examples", "batch size", "shuffle", "validation", "dtype"],
)
def test_another_training_is_traced_anew(change: dict[str, Any]) -> None:
    model = build()
    fit(model)
    runs = Counting.runs
    history = fit(model, **change)
    assert Counting.runs > runs
    assert ("val_loss" in history.history) == ("validation_split" in change)


def test_compiling_and_freezing_are_seen() -> None:
    mine, keras_own = build(), build()

    def train() -> None:
        fit(mine)
        keras_own.fit(X, Y, batch_size=8, verbose=0, shuffle=False)
        assert all(map(np.array_equal, mine.get_weights(), keras_own.get_weights()))

    train()
    for model in (mine, keras_own):
        model.compile(keras.optimizers.SGD(0.1), "mae")
    train()
    for model in (mine, keras_own):
        model.layers[0].trainable = False
        model.compile(keras.optimizers.SGD(0.1), "mae")
    before = mine.get_weights()
    train()
    assert np.array_equal(before[0], mine.get_weights()[0])
    assert not np.array_equal(before[2], mine.get_weights()[2])


def test_each_training_has_an_order_of_its_own() -> None:
    losses = []
    for seeds in ((1, 2), (1, 2), (1, 3)):
        model = build()
        fit(model, shuffle=True, seed=seeds[0])
        losses.append(fit(model, shuffle=True, seed=seeds[1]).history["loss"])
    assert losses[0] == losses[1] != losses[2]


def test_a_second_evaluation_traces_nothing_and_sees_what_has_changed() -> None:
    model = build()
    training.evaluate(model, X, Y, batch_size=8)
    model.set_weights([weight + 1 for weight in model.get_weights()])
    for x in (X, X + 1):
        expected = model.evaluate(x, Y, batch_size=8, verbose=0, return_dict=True)
        runs = Counting.runs
        assert training.evaluate(model, x, Y, batch_size=8) == pytest.approx(expected)
        assert Counting.runs == runs
    model.compile("sgd", "mae")
    expected = model.evaluate(X, Y, batch_size=8, verbose=0, return_dict=True)
    assert training.evaluate(model, X, Y, batch_size=8) == pytest.approx(expected)


def test_a_callback_may_train_the_model() -> None:
    model = build()
    fit(model)
    inner = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: fit(model, X + 1, Y))
    history = fit(model, epochs=3, callbacks=[inner])
    assert len(history.history["loss"]) == 3
    assert int(model.optimizer.iterations) == 3 * (1 + 3 + 3)


def test_neither_the_data_nor_the_model_is_kept_alive() -> None:
    model = build()
    fit(model)
    loop = model._tfjsbridge_loop
    assert loop.train_data.data.x is None
    reference = weakref.ref(model)
    del model, loop
    keras.utils.clear_session()
    gc.collect()
    assert reference() is None


def test_the_model_can_still_be_saved(tmp_path: Any) -> None:
    model = keras.Sequential([layers.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    fit(model)
    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert all(map(np.array_equal, model.get_weights(), again.get_weights()))
