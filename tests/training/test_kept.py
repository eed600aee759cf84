"""A model that is trained by what was traced for another learns what it would have learned."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge import training
from tfjsbridge.runtime import keras
from tfjsbridge.training import kept, kinds
from tfjsbridge.training.loop import Loop

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = np.eye(2, dtype=np.float32)[(X[:, 0] > 0).astype(int)]
OPTIONS = {"epochs": 3, "batch_size": 16, "verbose": 0}

Make = Callable[[], Any]
Trained = tuple[list[np.ndarray], dict[str, list[float]]]


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    kept.forget()
    yield
    kept.forget()


@pytest.fixture
def traced(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The models that a training was traced for."""
    models: list[Any] = []
    trace = Loop._trace

    def noted(self: Loop, *arguments: Any) -> Any:
        models.append(self.model)
        return trace(self, *arguments)

    monkeypatch.setattr(Loop, "_trace", noted)
    return models


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


def trained(make: Make, seed: int, **options: Any) -> Trained:
    keras.utils.set_random_seed(seed)
    model = make()
    history = training.fit(model, X, Y, **{**OPTIONS, **options})
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return [np.asarray(variable) for variable in variables], history.history


def alone(make: Make, seed: int, **options: Any) -> Trained:
    others = kept._loops.copy()
    kept.forget()
    try:
        return trained(make, seed, **options)
    finally:
        kept.forget()
        kept._loops.update(others)


def assert_same_as_alone(make: Make, seed: int = 0, **options: Any) -> None:
    variables, history = alone(make, seed, **options)
    again, again_history = trained(make, seed, **options)
    assert history == again_history
    for one, other in zip(variables, again, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam", "adagrad", "rmsprop", "adamax"])
def test_the_same_weights_and_history(optimizer: str) -> None:
    def make() -> Any:
        chosen = tf.train.momentum(0.1, 0.9) if optimizer == "momentum" else optimizer
        return network(chosen, metrics=["accuracy"])

    for seed in range(3):
        assert_same_as_alone(make, seed)
    assert len(kept._loops) == 1


def test_another_learning_rate_needs_no_other_model() -> None:
    for rate in (0.1, 0.001, 0.1):
        assert_same_as_alone(lambda rate=rate: network(tf.train.adam(rate)))
    assert len(kept._loops) == 1


def test_a_schedule_is_part_of_what_is_kept() -> None:
    for decay in (0.5, 0.1):
        schedule = keras.optimizers.schedules.ExponentialDecay(0.1, 2, decay)
        assert_same_as_alone(lambda s=schedule: network(keras.optimizers.SGD(s)))
    assert len(kept._loops) == 2


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
    assert len(kept._loops) == 3


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


def with_lambda() -> Any:
    layers = [keras.layers.Input([3]), keras.layers.Lambda(lambda x: x * 2)]
    model = keras.Sequential([*layers, keras.layers.Dense(2)])
    model.compile(loss="mean_squared_error")
    return model


class Falling(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step: Any) -> Any:
        return 0.1 / (1.0 + keras.ops.cast(step, "float32"))

    def get_config(self) -> dict[str, Any]:
        return {}


@pytest.mark.parametrize(
    "make",
    [
        lambda: network(keras.optimizers.SGD(Falling())),
        with_lambda,
        lambda: network(loss=categorical_crossentropy),
        lambda: network(metrics=[categorical_crossentropy]),
        with_own_layer,
        with_own_activation,
    ],
    ids=["schedule", "lambda", "loss", "metric", "layer", "activation"],
)
def test_what_a_configuration_cannot_say_is_trained_itself(make: Make) -> None:
    for seed in range(2):
        assert_same_as_alone(make, seed)
    assert not kept._loops


def test_the_next_model_of_a_kind_is_not_traced(traced: list[Any]) -> None:
    models = [network() for _ in range(3)]
    for model in models:
        training.fit(model, X, Y, **OPTIONS)
    assert traced == [models[0]]
    training.fit(models[1], X, Y, **OPTIONS)
    training.fit(network(loss="meanSquaredError"), X, Y, **OPTIONS)
    training.fit(network(), X[:30], Y[:30], **OPTIONS)
    assert len(traced) == 3


def test_the_model_that_it_was_traced_for_stays_as_it_is() -> None:
    first, second = network(), network()
    training.fit(first, X, Y, **OPTIONS)
    before = [np.asarray(v) for v in (*first.variables, *first.optimizer.variables)]
    training.fit(second, X, Y, **OPTIONS)
    after = [np.asarray(v) for v in (*first.variables, *first.optimizer.variables)]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_first_model_may_become_another(traced: list[Any]) -> None:
    first = network()
    training.fit(first, X, Y, **OPTIONS)
    first.compile("sgd", "mse")
    training.fit(network(), X, Y, **OPTIONS)
    assert traced == [first]


def test_the_loss_is_of_the_name_that_the_next_model_gives_it() -> None:
    for _ in range(2):
        model = network(metrics=["accuracy"])
        history = training.fit(model, X, Y, validation_split=0.2, **OPTIONS).history
        assert list(history) == ["loss", "acc", "val_loss", "val_acc"]


def test_a_callback_sees_the_model_itself() -> None:
    class Seen(keras.callbacks.Callback):
        def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
            kernels.append(self.model.get_weights()[0])

    for _ in range(2):
        kernels: list[np.ndarray] = []
        model = network()
        training.fit(model, X, Y, **OPTIONS, callbacks=[Seen()])
        assert len(kernels) == 3
        np.testing.assert_array_equal(kernels[-1], model.get_weights()[0])
        assert (kernels[0] != kernels[1]).any()


def test_a_frozen_layer_makes_another_kind(traced: list[Any]) -> None:
    def frozen() -> Any:
        model = network()
        model.layers[0].trainable = False
        return model

    for make in (network, frozen):
        assert_same_as_alone(make)
    assert len(kept._loops) == 2


def test_a_layer_that_draws_in_python_is_traced_for_itself(traced: list[Any]) -> None:
    def random_width() -> Any:
        model = tf.sequential(
            layers=[
                tf.layers.reshape(inputShape=[3], targetShape=[1, 3, 1]),
                tf.layers.randomWidth(factor=[0.5, 1], seed=1),
                tf.layers.globalAveragePooling2d(),
                tf.layers.dense(units=2),
            ]
        )
        model.compile(optimizer="sgd", loss="meanSquaredError")
        return model.keras

    for _ in range(2):
        assert_same_as_alone(random_width)
    assert len(traced) == 4


def test_a_method_of_ones_own_is_no_kind() -> None:
    model = network()
    assert kinds.kind(model) is not None
    model.layers[0].call = lambda x: x
    assert kinds.kind(model) is None


def test_only_a_few_small_models_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", 2)
    for size in (10, 20, 30):
        training.fit(network(), X[:size], Y[:size], **OPTIONS)
    assert len(kept._loops) == 2
    kept.forget()
    monkeypatch.setattr(kinds, "WEIGHTS", 10)
    training.fit(network(), X, Y, **OPTIONS)
    assert not kept._loops


def test_the_data_is_not_kept() -> None:
    class Array(np.ndarray):
        """One that can be referred to weakly."""

    data = X.copy().view(Array)
    there = weakref.ref(data)
    training.fit(network(), data, Y, **OPTIONS)
    [loop] = kept._loops.values()
    assert not loop._tensors
    del data
    gc.collect()
    assert there() is None


def test_threads_do_not_share_one() -> None:
    def one(model: Any) -> list[np.ndarray]:
        training.fit(model, X, Y, seed=1, **OPTIONS)
        return model.get_weights()

    def made() -> list[Any]:
        keras.utils.set_random_seed(0)
        return [network() for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(one, made()))
    for weights, model in zip(together, made(), strict=True):
        for mine, its in zip(weights, one(model), strict=True):
            np.testing.assert_array_equal(mine, its)
