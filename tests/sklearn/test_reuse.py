"""A model that is trained by a kept one learns what it would have learned itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge import training
from tfjsbridge.runtime import keras
from tfjsbridge.sklearn import reuse

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = np.eye(2, dtype=np.float32)[(X[:, 0] > 0).astype(int)]
OPTIONS = {"epochs": 3, "batch_size": 16, "verbose": 0, "seed": 1}

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    reuse._kept.clear()
    yield
    reuse._kept.clear()


def network(optimizer: Any = "adam", **compiled: Any) -> Any:
    model = tf.sequential(
        layers=[
            tf.layers.dense(inputShape=[3], units=4, activation="tanh"),
            tf.layers.dropout(rate=0.3),
            tf.layers.dense(units=2, activation="softmax", kernelRegularizer="l1l2"),
        ]
    )
    model.compile(optimizer=optimizer, **{"loss": "categoricalCrossentropy"} | compiled)
    return model.keras


def trained(fit: Any, make: Make, seed: int, **options: Any) -> tuple[list[np.ndarray], Any]:
    keras.utils.set_random_seed(seed)
    model = make()
    result = fit(model, X, Y, **{**OPTIONS, **options})
    return model.get_weights(), getattr(result, "history", result)


def assert_same_as_alone(make: Make, seed: int = 0, **options: Any) -> None:
    weights, history = trained(training.fit, make, seed, **options)
    again, again_history = trained(reuse.fit, make, seed, **options)
    assert history == again_history
    for one, other in zip(weights, again, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adagrad", "rmsprop", "adamax"])
def test_the_same_weights_and_history(optimizer: str) -> None:
    def make() -> Any:
        chosen = tf.train.momentum(0.1, 0.9) if optimizer == "momentum" else optimizer
        return network(chosen, metrics=["accuracy"])

    for seed in range(3):
        assert_same_as_alone(make, seed)
    assert len(reuse._kept) == 1


def test_another_learning_rate_needs_no_other_model() -> None:
    for rate in (0.1, 0.001, 0.1):
        assert_same_as_alone(lambda rate=rate: network(tf.train.adam(rate)))
    assert len(reuse._kept) == 1


def test_a_schedule_is_part_of_what_is_kept() -> None:
    for decay in (0.5, 0.1):
        schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, decay)
        assert_same_as_alone(lambda s=schedule: network(keras.optimizers.SGD(s)))
    assert len(reuse._kept) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"validation_split": 0.25},
        {"sample_weight": RNG.random(40).astype(np.float32)},
        {"shuffle": False},
        {"batch_size": 40},
        {"jit": True},
    ],
    ids=str,
)
def test_whatever_it_is_trained_with(options: Any) -> None:
    assert_same_as_alone(network)
    assert_same_as_alone(network, 1, **options)
    assert_same_as_alone(network, 2, **options)


def test_other_models_are_others() -> None:
    def wider() -> Any:
        model = tf.sequential(
            layers=[tf.layers.dense(inputShape=[3], units=2, activation="softmax")]
        )
        model.compile(optimizer="adam", loss="categoricalCrossentropy")
        return model.keras

    for make in (network, wider, lambda: network(loss="meanSquaredError"), network, wider):
        assert_same_as_alone(make)
    assert len(reuse._kept) == 3


def categorical_crossentropy(y_true: Any, y_pred: Any) -> Any:
    """Of the name of one of Keras's, but not that."""
    return keras.ops.mean((y_true - y_pred) ** 4, axis=-1)


class Mine(keras.layers.Dense):
    pass


def with_own_layer() -> Any:
    model = keras.Sequential([keras.layers.Input([3]), Mine(2, activation="softmax")])
    model.compile(loss="categorical_crossentropy")
    return model


def with_own_activation() -> Any:
    def relu(x: Any) -> Any:
        return x * 0.5

    model = keras.Sequential([keras.layers.Input([3]), keras.layers.Dense(2, activation=relu)])
    model.compile(loss="mean_squared_error")
    return model


@pytest.mark.parametrize(
    "make",
    [
        lambda: network(loss=categorical_crossentropy),
        lambda: network(metrics=[categorical_crossentropy]),
        with_own_layer,
        with_own_activation,
    ],
    ids=["loss", "metric", "layer", "activation"],
)
def test_what_a_configuration_cannot_say_is_trained_itself(make: Make) -> None:
    for seed in range(2):
        assert_same_as_alone(make, seed)
    assert not reuse._kept


def test_a_callback_sees_the_model_itself() -> None:
    seen = []
    callback = keras.callbacks.Callback()
    callback.on_epoch_end = lambda epoch, logs=None: seen.append(callback.model)  # type: ignore[method-assign]
    model = network()
    reuse.fit(model, X, Y, **OPTIONS, callbacks=[callback])
    assert all(each is model for each in seen)
    assert len(seen) == 3


def test_the_optimizer_is_as_after_a_training_of_its_own() -> None:
    keras.utils.set_random_seed(0)
    alone = network()
    training.fit(alone, X, Y, **OPTIONS)
    keras.utils.set_random_seed(0)
    model = network()
    reuse.fit(model, X, Y, **OPTIONS)
    for mine, its in zip(model.optimizer.variables, alone.optimizer.variables, strict=True):
        np.testing.assert_array_equal(mine, its)


def test_only_a_few_small_models_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reuse, "KEPT", 2)
    for size in (10, 20, 30):
        reuse.fit(network(), X[:size], Y[:size], **OPTIONS)
    assert len(reuse._kept) == 2
    reuse._kept.clear()
    monkeypatch.setattr(reuse, "WEIGHTS", 10)
    reuse.fit(network(), X, Y, **OPTIONS)
    assert not reuse._kept


def test_threads_do_not_share_one() -> None:
    def one(seed: int) -> list[np.ndarray]:
        model = models[seed]
        reuse.fit(model, X, Y, **OPTIONS)
        return model.get_weights()

    def made() -> list[Any]:
        keras.utils.set_random_seed(0)
        return [network() for _ in range(4)]

    models = made()
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(one, range(4)))
    models = made()
    for seed, weights in enumerate(together):
        for mine, its in zip(weights, one(seed), strict=True):
            np.testing.assert_array_equal(mine, its)
