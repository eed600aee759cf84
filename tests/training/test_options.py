"""The options of fit, each against Keras's fit on the same data, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tests.training.twins import CASES, X, assert_same_histories, normal, train_both
from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training import pace

layers = keras.layers
callbacks = keras.callbacks

REGRESSION = CASES["regression"]
SPARSE = CASES["sparse"]
Y = REGRESSION.y
WEIGHT = np.linspace(0, 2, len(X), dtype="float32")
VALIDATION = (normal(11, 3), normal(11, 1))


@pytest.mark.parametrize("frequency", [1, 2, 3, [1, 4], [2]], ids=str)
def test_validation_freq_validates_when_keras_does(frequency: Any) -> None:
    options: dict[str, Any] = {"validation_data": VALIDATION, "validation_freq": frequency}
    train_both(REGRESSION.model, X, Y, epochs=5, **options).assert_same()


@pytest.mark.filterwarnings("ignore:Your input ran out of data")  # Keras's, at a shorter epoch
@pytest.mark.parametrize("steps", [1, 2, 3, 4, 5])
def test_an_epoch_of_some_steps_goes_on_where_the_last_one_ended(steps: int) -> None:
    train_both(REGRESSION.model, X, Y, epochs=7, steps_per_epoch=steps).assert_same()


def test_shuffled_steps_see_every_example_before_any_twice() -> None:
    seen: list[Any] = []

    class Recorder(layers.Layer):  # type: ignore[misc]
        def call(self, x: Any) -> Any:
            tensorflow.py_function(lambda rows: seen.extend(rows.numpy()[:, 0]), [x], [])
            return x

    model = keras.Sequential([keras.Input((1,)), Recorder(), layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.arange(20, dtype="float32")[:, None]
    training.fit(model, x, x, epochs=8, steps_per_epoch=1, batch_size=5, verbose=0, jit=False)
    passes = np.reshape(seen, [2, 20])
    assert np.array_equal(np.sort(passes), [np.arange(20)] * 2)
    assert not np.array_equal(*passes)


@pytest.mark.filterwarnings("ignore:Your input ran out of data")
def test_more_steps_than_there_are_end_with_the_data_as_keras_warns() -> None:
    train_both(REGRESSION.model, X, Y, epochs=3, steps_per_epoch=8).assert_same()


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_validation_steps_validate_on_the_first_batches(steps: int) -> None:
    options: dict[str, Any] = {"validation_data": VALIDATION, "validation_steps": steps}
    train_both(REGRESSION.model, X, Y, validation_batch_size=4, **options).assert_same()


def test_validation_batch_size_is_keras_fits() -> None:
    options: dict[str, Any] = {"validation_data": VALIDATION, "validation_batch_size": 3}
    train_both(REGRESSION.model, X, Y, **options).assert_same()


@pytest.mark.parametrize("batch_size", [10, 8])
def test_sample_weights_are_keras_fits(batch_size: int) -> None:
    options: dict[str, Any] = {"sample_weight": WEIGHT, "batch_size": batch_size}
    train_both(REGRESSION.model, X, Y, **options).assert_same()


def test_weighted_metrics_are_keras_fits() -> None:
    def build() -> Any:
        return REGRESSION.model(weighted_metrics=["mae", "mse"])

    options: dict[str, Any] = {"sample_weight": WEIGHT, "validation_split": 0.3}
    train_both(build, X, Y, **options).assert_same()


def test_sample_weights_of_several_outputs_are_keras_fits() -> None:
    case = CASES["two_lists"]
    train_both(case.model, case.x, case.y, sample_weight=[WEIGHT, WEIGHT[::-1]]).assert_same()


def test_validation_data_with_weights_are_keras_fits() -> None:
    validation = (*VALIDATION, np.arange(11, dtype="float32"))
    train_both(REGRESSION.model, X, Y, validation_data=validation).assert_same()


@pytest.mark.parametrize("split", [0.0, 0.3])
@pytest.mark.parametrize("kind", ["sparse", "one_hot"])
def test_class_weights_are_keras_fits(kind: str, split: float) -> None:
    case = CASES[kind]
    weights = {0: 1.0, 1: 0.0, 2: 3.5, 3: 0.25}
    options: dict[str, Any] = {"class_weight": weights, "validation_split": split}
    train_both(case.model, case.x, case.y, **options).assert_same()


# Epochs that are too long for one call


@pytest.fixture
def in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """One or two batches a call."""
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 1e-9)


@pytest.mark.usefixtures("in_parts")
@pytest.mark.parametrize("kind", ["regression", "batch_normalization", "dropout", "two_dicts"])
def test_epochs_in_parts_are_keras_fits(kind: str) -> None:
    case = CASES[kind]
    train_both(case.model, case.x, case.y, validation_split=0.4).assert_same()


@pytest.mark.usefixtures("in_parts")
def test_epochs_in_parts_take_the_order_of_whole_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    parts, whole = REGRESSION.model(), REGRESSION.model()
    whole.set_weights(parts.get_weights())
    options: dict[str, Any] = {"epochs": 5, "batch_size": 10, "verbose": 0, "seed": 3}
    training.fit(parts, X, Y, **options)
    monkeypatch.undo()
    training.fit(whole, X, Y, **options)
    assert all(map(np.array_equal, parts.get_weights(), whole.get_weights()))


# Callbacks of validation


class Calls(callbacks.Callback):  # type: ignore[misc]
    """Records the hooks of training and validation, with the logs' names."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[Any] = []


def _recorded(name: str) -> Callable[..., None]:
    def hook(self: Calls, *arguments: Any, logs: Any = None) -> None:
        if arguments and isinstance(arguments[-1], dict):
            *arguments, logs = arguments  # type: ignore[assignment]
        values = {key: round(float(value), 5) for key, value in (logs or {}).items()}
        self.calls.append((name, [a for a in arguments if a is not None], values))

    return hook


_TESTS = ("on_test_begin", "on_test_end")
_TEST_BATCHES = ("on_test_batch_begin", "on_test_batch_end")


@pytest.mark.parametrize("hooks", [_TESTS, _TEST_BATCHES, (*_TESTS, *_TEST_BATCHES)], ids=len)
def test_the_hooks_of_validation_are_called_as_in_keras_fit(hooks: tuple[str, ...]) -> None:
    recorders: list[Any] = []

    def make() -> list[Any]:
        kind = type("Recorder", (Calls,), {name: _recorded(name) for name in hooks})
        recorders.append(kind())
        return recorders[-1:]

    train_both(REGRESSION.model, X, Y, callbacks=make, validation_data=VALIDATION).assert_same()
    theirs, ours = recorders
    assert ours.calls == theirs.calls
    assert ours.calls


# Models out of the ordinary


class OwnLogs(keras.Model):  # type: ignore[misc]
    """Its steps tell other things than its metrics."""

    def __init__(self) -> None:
        super().__init__()
        self.dense = layers.Dense(1)
        self.dense.build((None, 3))

    def call(self, x: Any) -> Any:
        return self.dense(x)

    def train_step(self, data: Any) -> Any:
        x, y = data
        with tensorflow.GradientTape() as tape:
            loss = tensorflow.reduce_mean((self(x) - y) ** 2)
        gradients = tape.gradient(loss, self.trainable_variables)
        self.optimizer.apply_gradients(zip(gradients, self.trainable_variables, strict=True))
        return {"own": loss, "norms": tensorflow.norm(gradients[0])}

    def test_step(self, data: Any) -> Any:
        x, y = data
        return {"largest": tensorflow.reduce_max(tensorflow.abs(self(x) - y))}


@pytest.mark.parametrize("batch_size", [10, 16])
def test_what_a_step_of_ones_own_tells_is_in_the_history(batch_size: int) -> None:
    def build() -> Any:
        keras.utils.set_random_seed(1)
        model = OwnLogs()
        model.compile("sgd", "mse")
        return model

    twins = train_both(build, X, Y, validation_data=VALIDATION, batch_size=batch_size)
    twins.assert_same()
    assert set(twins.histories[1].history) == {"own", "norms", "val_largest"}


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16", "float64"])
def test_other_precisions_are_keras_fits(policy: str) -> None:
    def build() -> Any:
        keras.utils.set_random_seed(1)
        hidden = layers.Dense(8, "tanh", dtype=policy)
        model = keras.Sequential([keras.Input((3,)), hidden, layers.Dense(1, dtype="float32")])
        optimizer: Any = keras.optimizers.Adam(0.01)
        if policy == "mixed_float16":
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        model.compile(optimizer, "mse", metrics=["mae"])
        return model

    train_both(build, X, Y, validation_split=0.25).assert_same()


def test_a_stateful_layer_keeps_its_state_as_in_keras_fit() -> None:
    def build() -> Any:
        keras.utils.set_random_seed(1)
        inputs = keras.Input(batch_shape=(8, 5, 3))
        outputs = layers.Dense(1)(layers.LSTM(4, stateful=True)(inputs))
        model = keras.Model(inputs, outputs)
        model.compile("adam", "mse")
        return model

    train_both(build, normal(48, 5, 3), Y, batch_size=8).assert_same()


def test_whole_numbers_go_into_an_embedding_as_in_keras_fit() -> None:
    def build() -> Any:
        keras.utils.set_random_seed(1)
        stack = [layers.Embedding(7, 4), layers.GlobalAveragePooling1D(), layers.Dense(1)]
        model = keras.Sequential([keras.Input((5,), dtype="int32"), *stack])
        model.compile("adam", "mse")
        return model

    words = np.random.default_rng(0).integers(0, 7, (48, 5))
    train_both(build, words, Y).assert_same()


def test_strings_go_into_a_lookup_as_in_keras_fit() -> None:
    def build() -> Any:
        keras.utils.set_random_seed(1)
        lookup = layers.StringLookup(vocabulary=["a", "b", "c"], output_mode="one_hot")
        inputs = keras.Input((), dtype="string")
        model = keras.Model(inputs, layers.Dense(1)(lookup(inputs)))
        model.compile("adam", "mse")
        return model

    words = np.array(["a", "b", "c", "d"] * 12)
    theirs, ours = build(), build()
    ours.set_weights(theirs.get_weights())
    options: dict[str, Any] = {"epochs": 3, "batch_size": 10, "shuffle": False, "verbose": 0}
    # Keras takes strings as a tensor alone.
    expected = theirs.fit(tensorflow.constant(words), Y, **options)
    assert_same_histories(expected, training.fit(ours, words, Y, **options))
    assert all(map(np.array_equal, theirs.get_weights(), ours.get_weights()))


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("steps_per_epoch", 0),
        ("steps_per_epoch", 1.5),
        ("epochs", 0),
        ("jit", "yes"),
        ("validation_freq", 0),
    ],
)
def test_a_wrong_option_is_named_with_what_was_given(option: str, value: Any) -> None:
    model = REGRESSION.model()
    before = model.get_weights()
    with pytest.raises(ValueError, match=f"got {value!r}"):
        training.fit(model, X, Y, verbose=0, **{option: value})
    assert all(map(np.array_equal, before, model.get_weights()))
