"""fit's promise: the weights of Keras's own `fit`, bit for bit, and its History."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tests.training.twins import (
    CASES,
    EXAMPLES,
    Subclassed,
    X,
    assert_same_weights,
    some_slow,
    train_both,
)
from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow

OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(0.05),
    "momentum": lambda: keras.optimizers.SGD(0.02, momentum=0.9, nesterov=True),
    "rmsprop": lambda: keras.optimizers.RMSprop(0.01),
    "adam": lambda: keras.optimizers.Adam(0.01),
}
#: A smaller last batch; batches of one size; one batch, smaller than asked for.
BATCH_SIZES = (10, 8, 1000, 1)
#: The kinds that every run of the tests sees; the slow ones see all.
KINDS = ["cnn", "dropout", "batch_normalization", "flat_samples", "two_dicts"]
REGRESSION = CASES["regression"]


@pytest.mark.parametrize("kind", KINDS)
def test_weights_and_history_are_keras_fits(kind: str) -> None:
    case = CASES[kind]
    train_both(case.model, case.x, case.y).assert_same()


@pytest.mark.parametrize("optimizer", some_slow(["momentum", "adam"], ["sgd", "rmsprop"]))
def test_weights_are_keras_fits_with_every_optimizer(optimizer: str) -> None:
    twins = train_both(lambda: REGRESSION.model(OPTIMIZERS[optimizer]()), X, REGRESSION.y)
    twins.assert_same()
    assert int(twins.models[1].optimizer.iterations) == 3 * 5


@pytest.mark.parametrize("batch_size", some_slow([8, 1], [1000]))
def test_weights_are_keras_fits_at_every_batch_size(batch_size: int) -> None:
    case = CASES["batch_normalization"]
    train_both(case.model, case.x, case.y, batch_size=batch_size, epochs=2).assert_same()


#: Every kind with every second batch size, and the optimizers in turn.
COMBINATIONS = [
    (kind, list(OPTIMIZERS)[(i // 2 + j) % len(OPTIMIZERS)], batch_size)
    for i, kind in enumerate(CASES)
    for j, batch_size in enumerate(BATCH_SIZES)
    if (i + j) % 2 == 0
]


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "optimizer", "batch_size"), COMBINATIONS)
def test_weights_are_keras_fits_in_every_combination(
    kind: str, optimizer: str, batch_size: int
) -> None:
    case = CASES[kind]
    train_both(
        lambda: case.model(OPTIMIZERS[optimizer]()), case.x, case.y, batch_size=batch_size, epochs=5
    ).assert_same()


@pytest.mark.parametrize(
    "kind", some_slow(["dict_outputs"], ["regression", "batch_normalization", "two_lists"])
)
def test_validation_split_is_keras_fits(kind: str) -> None:
    case = CASES[kind]
    twins = train_both(case.model, case.x, case.y, validation_split=0.27)
    twins.assert_same()
    assert "val_loss" in twins.histories[1].history


def test_validation_data_is_keras_fits_and_stays_out_of_the_training() -> None:
    case = CASES["dropout"]
    validation = (10 + case.x[:13], case.y[:13])
    twins = train_both(case.model, case.x, case.y, validation_data=validation)
    twins.assert_same()
    without = case.model()
    history = training.fit(without, case.x, case.y, epochs=3, batch_size=10, shuffle=False,
                           verbose=0)  # fmt: skip
    assert_same_weights(without, twins.models[1])
    assert history.history["loss"] == twins.histories[1].history["loss"]


def test_the_last_examples_validate() -> None:
    model = REGRESSION.model("sgd")
    history = training.fit(
        model, X, REGRESSION.y, validation_split=0.3, epochs=1, verbose=0, shuffle=True
    )
    at = int(EXAMPLES * 0.7)
    expected = model.evaluate(X[at:], REGRESSION.y[at:], verbose=0, return_dict=True)
    assert history.history["val_loss"][0] == pytest.approx(expected["loss"], rel=1e-6)


def _nonscalar() -> Any:
    return CASES["one_hot"].model(metrics=[keras.metrics.F1Score(name="f1")])


class _Extremes(keras.metrics.Metric):
    """A metric whose result is a dict."""

    def __init__(self) -> None:
        super().__init__(name="extremes")
        self.total = self.add_variable((), "zeros")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        self.total.assign_add(keras.ops.sum(y_pred))

    def result(self) -> dict[str, Any]:
        return {"total": self.total + 0.0, "half": self.total / 2.0}


UNUSUAL = {
    "use_ema": lambda: REGRESSION.model(keras.optimizers.SGD(0.05, use_ema=True, ema_momentum=0.5)),
    "gradient_accumulation": lambda: REGRESSION.model(
        keras.optimizers.SGD(0.05, gradient_accumulation_steps=2)
    ),
    "learning_rate_schedule": lambda: REGRESSION.model(
        keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 5, 0.5))
    ),
    "run_eagerly": lambda: REGRESSION.model(run_eagerly=True),
    "weighted_metrics": lambda: REGRESSION.model(weighted_metrics=["mse"], loss_weights=[0.3]),
    "non_scalar_metric": _nonscalar,
    "dict_metric": lambda: REGRESSION.model(metrics=[_Extremes()]),
}


@pytest.mark.parametrize(
    "kind",
    some_slow(
        ["use_ema", "run_eagerly", "non_scalar_metric"],
        ["weighted_metrics", "gradient_accumulation", "learning_rate_schedule", "dict_metric"],
    ),
)
def test_unusual_ways_to_compile_are_keras_fits(kind: str) -> None:
    y = CASES["one_hot"].y if kind == "non_scalar_metric" else REGRESSION.y
    train_both(UNUSUAL[kind], X, y, validation_split=0.2).assert_same()


@pytest.mark.slow
def test_one_example_is_enough() -> None:
    train_both(REGRESSION.model, X[:1], REGRESSION.y[:1], batch_size=32).assert_same()


def test_a_subclassed_model_that_was_never_called_is_built() -> None:
    model = Subclassed()
    model.compile("sgd", "mse")
    history = training.fit(model, X, REGRESSION.y, epochs=2, verbose=0)
    assert len(model.weights) == 4
    assert history.history["loss"][1] != history.history["loss"][0]


def test_epochs_up_to_initial_epoch_train_nothing() -> None:
    model = REGRESSION.model()
    before = model.get_weights()
    history = training.fit(model, X, REGRESSION.y, epochs=3, initial_epoch=3, verbose=0)
    assert history.epoch == []
    assert all(map(np.array_equal, before, model.get_weights()))


def test_epochs_count_from_initial_epoch() -> None:
    twins = train_both(REGRESSION.model, X, REGRESSION.y, epochs=5, initial_epoch=2)
    twins.assert_same()
    assert twins.histories[1].epoch == [2, 3, 4]


def test_float64_metrics_keep_their_digits() -> None:
    keras.config.set_floatx("float64")
    try:
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
        model.compile("sgd", "mse")
        x = X.astype("float64")
        loss = model.evaluate(x, REGRESSION.y, batch_size=EXAMPLES, verbose=0)
        history = training.fit(model, x, REGRESSION.y, batch_size=EXAMPLES, verbose=0)
    finally:
        keras.config.set_floatx("float32")
    assert history.history["loss"][0] == pytest.approx(loss, rel=1e-12)


# --- Shuffling


class Recorder(keras.layers.Layer):
    """Notes the examples that it is trained on, in their order."""

    def __init__(self, capacity: int):
        super().__init__()
        self.capacity = capacity

    def build(self, shape: Any) -> None:
        self.seen = self.add_weight(shape=(self.capacity,), initializer="zeros", trainable=False)
        self.count = self.add_weight(shape=(), initializer="zeros", dtype="int32", trainable=False)

    def call(self, x: Any, training: bool = False) -> Any:
        if training:
            size = tensorflow.shape(x)[0]
            indices = tensorflow.range(self.count.value, self.count.value + size)[:, None]
            self.seen.assign(tensorflow.tensor_scatter_nd_update(self.seen.value, indices, x[:, 0]))
            self.count.assign_add(size)
        return x


def _orders(epochs: int = 4, callbacks: Any = (), seed: int | None = None) -> np.ndarray:
    """The order in which a training sees the examples, [epochs, examples], and its weights."""
    recorder = Recorder(epochs * EXAMPLES)
    model = keras.Sequential([keras.Input((1,)), recorder, keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.arange(EXAMPLES, dtype="float32")
    training.fit(model, x, x, epochs=epochs, batch_size=10, seed=seed, callbacks=callbacks,
                 verbose=0)  # fmt: skip
    assert int(recorder.count.value) == epochs * EXAMPLES
    return np.asarray(recorder.seen).reshape(epochs, EXAMPLES)


def _each_epoch() -> Any:
    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)


def _each_batch() -> Any:
    return keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: None)


def test_every_epoch_sees_every_example_once_in_another_order() -> None:
    orders = _orders()
    assert (np.sort(orders, axis=1) == np.arange(EXAMPLES)).all()
    assert len({tuple(order) for order in orders}) == len(orders)
    assert (orders != np.arange(EXAMPLES)).any(axis=1).all()


def test_a_seed_gives_the_same_orders_whole_epochs_or_batches() -> None:
    orders = _orders(seed=3)
    assert np.array_equal(orders, _orders(seed=3, callbacks=[_each_epoch()]))
    assert np.array_equal(orders, _orders(seed=3, callbacks=[_each_batch()]))
    assert not np.array_equal(orders, _orders(seed=4))


def test_set_random_seed_makes_the_orders_repeatable() -> None:
    keras.utils.set_random_seed(1)
    first, second = _orders(), _orders()
    keras.utils.set_random_seed(1)
    assert np.array_equal(_orders(), first)
    assert np.array_equal(_orders(), second)
    assert not np.array_equal(first, second)


@pytest.mark.parametrize("seed", some_slow([2**31 + 5], [0, -5]))
def test_any_integer_is_a_seed(seed: int) -> None:
    assert np.array_equal(_orders(2, seed=seed), _orders(2, seed=seed, callbacks=[_each_batch()]))


@pytest.mark.parametrize("kind", some_slow(["dropout"], ["cnn"]))
def test_shuffled_weights_do_not_depend_on_callbacks(kind: str) -> None:
    case = CASES[kind]
    models = []
    for callbacks in ((), [_each_epoch()], [_each_batch()]):
        model = case.model("adam")
        training.fit(model, case.x, case.y, epochs=7, batch_size=10, seed=3, verbose=0,
                     callbacks=callbacks)  # fmt: skip
        models.append(model)
    assert_same_weights(models[0], models[1])
    assert_same_weights(models[0], models[2])


def test_a_training_in_two_parts_is_one_training() -> None:
    whole, parts = REGRESSION.model("adam"), REGRESSION.model("adam")
    options: dict[str, Any] = {"batch_size": 10, "seed": 3, "verbose": 0}
    training.fit(whole, X, REGRESSION.y, epochs=6, **options)
    training.fit(parts, X, REGRESSION.y, epochs=2, **options)
    training.fit(parts, X, REGRESSION.y, epochs=6, initial_epoch=2, **options)
    assert_same_weights(whole, parts)


# --- Training again


def test_fitting_twice_goes_on_where_it_stopped() -> None:
    case = CASES["dropout"]
    models = case.model("adam"), case.model("adam")
    options: dict[str, Any] = {"batch_size": 10, "shuffle": False, "verbose": 0}
    for epochs in (2, 3):
        models[0].fit(case.x, case.y, epochs=epochs, **options)
        training.fit(models[1], case.x, case.y, epochs=epochs, **options)
    assert_same_weights(*models)
    assert models[1].history.epoch == [0, 1, 2]


@pytest.mark.slow
def test_keras_fit_and_ours_can_take_turns() -> None:
    models = REGRESSION.model("adam"), REGRESSION.model("adam")
    options: dict[str, Any] = {"batch_size": 10, "shuffle": False, "verbose": 0}
    models[0].fit(X, REGRESSION.y, epochs=6, **options)
    training.fit(models[1], X, REGRESSION.y, epochs=2, jit=False, **options)
    models[1].fit(X, REGRESSION.y, epochs=2, **options)
    training.fit(models[1], X, REGRESSION.y, epochs=2, jit=False, **options)
    assert_same_weights(*models)


def _retrain(change: Any) -> None:
    """Both train, `change(model)` happens, both train again, to the same weights."""
    twins = train_both(lambda: REGRESSION.model("sgd"), X, REGRESSION.y)
    for model in twins.models:
        change(model)
    options: dict[str, Any] = {"epochs": 3, "batch_size": 10, "shuffle": False, "verbose": 0}
    before = twins.models[1].get_weights()
    twins.models[0].fit(X, REGRESSION.y, **options)
    training.fit(twins.models[1], X, REGRESSION.y, jit=False, **options)
    assert_same_weights(*twins.models)
    assert not np.array_equal(before[2], twins.models[1].get_weights()[2])


def test_compiling_again_with_another_optimizer_and_loss_works() -> None:
    _retrain(lambda model: model.compile("adam", "mae", metrics=["mse"]))


@pytest.mark.slow
def test_a_layer_frozen_before_compiling_again_stays_as_it_is() -> None:
    frozen: list[tuple[Any, np.ndarray]] = []

    def freeze(model: Any) -> None:
        model.layers[0].trainable = False
        model.compile("sgd", "mse")
        frozen.append((model, model.get_weights()[0]))

    _retrain(freeze)
    for model, kernel in frozen:
        assert np.array_equal(model.get_weights()[0], kernel)


def test_a_learning_rate_changed_between_fits_is_used() -> None:
    def faster(model: Any) -> None:
        model.optimizer.learning_rate = 0.2

    _retrain(faster)
