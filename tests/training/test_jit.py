"""XLA: when it compiles, and that the weights stay Keras's within 1e-5."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from tests.training.twins import CASES, EXAMPLES, Subclassed, X, some_slow, train_both
from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training import jit, pace

layers = keras.layers
REGRESSION = CASES["regression"]
Y = REGRESSION.y
MANY = 10 * jit.STEPS_THAT_REPAY


# --- What "auto" chooses


def compiled(*stack: Any, shape: tuple[int, ...] = (3,), **options: Any) -> Any:
    model = keras.Sequential([keras.Input(shape), *stack])
    model.compile(**{"optimizer": "adam", "loss": "mse", **options})
    return model


def two_inputs() -> Any:
    left, right = keras.Input((3,)), keras.Input((2,))
    hidden = layers.Dense(4, "tanh")(layers.Concatenate()([left, right]))
    model = keras.Model([left, right], [layers.Dense(1)(hidden), layers.Dense(2)(hidden)])
    model.compile("adam", ["mse", "mse"])
    return model


def nested() -> Any:
    return compiled(keras.Sequential([layers.Dense(4)]), layers.Dense(1))


def subclassed() -> Any:
    model = Subclassed()
    model.drop = layers.Dense(6)  # nothing random
    model.compile("adam", "mse")
    model(X)
    return model


def mixed() -> Any:
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        return compiled(layers.Dense(4), layers.Dense(1, dtype="float32"))
    finally:
        keras.mixed_precision.set_global_policy("float32")


class OwnDense(layers.Dense):  # type: ignore[misc]
    """May do anything."""


def chosen(model: Any, steps: int = MANY, smaller_batches: bool = False) -> bool:
    return jit.choose("auto", model, steps, smaller_batches)


@pytest.fixture
def no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "_has_accelerator", lambda: False)


SMALL: dict[str, Callable[[], Any]] = {
    "one layer": lambda: compiled(layers.Dense(1)),
    "activations": lambda: compiled(
        layers.Dense(8, "relu"), layers.LeakyReLU(), layers.Dense(4), layers.Softmax()
    ),
    "reshaped": lambda: compiled(layers.Flatten(), layers.Dense(2), shape=(3, 2)),
    "several inputs and outputs": two_inputs,
    "nested": nested,
}

OTHERS: dict[str, Callable[[], Any]] = {
    "convolution": lambda: compiled(
        layers.Conv1D(2, 2), layers.Flatten(), layers.Dense(1), shape=(5, 3)
    ),
    "recurrent": lambda: compiled(layers.LSTM(2), layers.Dense(1), shape=(5, 3)),
    "Dropout": lambda: compiled(layers.Dense(4), layers.Dropout(0.1), layers.Dense(1)),
    "GaussianNoise": lambda: compiled(layers.GaussianNoise(0.1), layers.Dense(1)),
    "embedding": lambda: compiled(layers.Embedding(9, 2), layers.Flatten(), layers.Dense(1)),
    "normalization": lambda: compiled(layers.Dense(8), layers.BatchNormalization()),
    "big": lambda: compiled(layers.Dense(jit.WEIGHTS_OF_A_SMALL_MODEL // 4 + 1)),
    "subclassed": subclassed,
    "a layer of one's own": lambda: compiled(OwnDense(4), layers.Dense(1)),
    "mixed precision": mixed,
    "run_eagerly": lambda: compiled(layers.Dense(1), run_eagerly=True),
}


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("kind", SMALL)
def test_auto_compiles_small_dense_models_that_train_long(kind: str) -> None:
    assert chosen(SMALL[kind]())
    assert not chosen(SMALL[kind](), steps=jit.STEPS_THAT_REPAY - 1)
    assert jit.may_be_light("auto", SMALL[kind](), 32)
    assert not jit.may_be_light("auto", SMALL[kind](), jit.MULTIPLICATIONS_OF_A_LIGHT_STEP)
    assert not jit.may_be_light(False, SMALL[kind](), 32)


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("kind", OTHERS)
def test_auto_compiles_nothing_else(kind: str) -> None:
    assert not chosen(OTHERS[kind]())
    assert not jit.may_be_light("auto", OTHERS[kind](), 1)


@pytest.mark.usefixtures("no_gpu")
def test_smaller_batches_need_more_steps_to_repay() -> None:
    model = SMALL["one layer"]()
    steps = jit.STEPS_THAT_REPAY
    assert chosen(model, steps)
    assert not chosen(model, steps, smaller_batches=True)
    assert chosen(model, 2 * steps, smaller_batches=True)


def test_auto_compiles_nothing_where_there_is_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jit, "_has_accelerator", lambda: True)
    assert not chosen(SMALL["one layer"]())


def test_auto_does_what_compile_asks_for() -> None:
    def asked(value: Any) -> Any:
        return compiled(layers.Dropout(0.1), layers.Dense(300), layers.Dense(1), jit_compile=value)

    assert chosen(asked(True), steps=1)
    assert not chosen(asked(False))
    # Keras's own "auto" asks for nothing: on a CPU it compiles every model it can.
    assert not chosen(asked("auto"), steps=1)


def test_what_is_said_wins_but_for_eager_models() -> None:
    small, big = SMALL["one layer"](), OTHERS["big"]()
    assert jit.choose(True, big, 1, smaller_batches=True) is True
    assert jit.choose(False, small, MANY, smaller_batches=False) is False
    assert jit.choose(True, OTHERS["run_eagerly"](), MANY, smaller_batches=False) is False


@pytest.mark.parametrize("value", ["yes", 1, 0, None, "Auto"])
def test_any_other_value_is_refused(value: Any) -> None:
    model = REGRESSION.model()
    with pytest.raises(ValueError, match=r'jit must be True, False or "auto", got'):
        training.fit(model, X, Y, jit=value, verbose=0)
    assert int(model.optimizer.iterations) == 0


@pytest.mark.parametrize(("epochs", "expected"), [(3, False), (1 + MANY // 6, True)])
def test_fit_chooses_by_the_steps_of_the_whole_training(
    epochs: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jit, "_has_accelerator", lambda: False)
    model = REGRESSION.model("sgd")
    stop = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: setattr(model, "stop_training", True)
    )
    loops = []
    for _ in range(2):
        training.fit(model, X, Y, batch_size=8, epochs=epochs, callbacks=[stop], verbose=0)
        loops.append(model._tfjsbridge_loop)
    assert loops[0].jit is expected
    assert loops[0].light is not expected
    assert loops[1] is loops[0]


# --- The weights


def train_both_closely(kind: str, how: jit.Jit = True, **options: Any) -> Any:
    """Two equal models trained 20 epochs, by Keras and with `jit=how`, and checked to be close."""
    case = CASES[kind]
    # The bias before a BatchNormalization has a gradient of rounding errors alone, of which adam
    # makes whole steps.
    optimizer = "sgd" if kind == "batch_normalization" else "adam"
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # one would say that XLA did not compile
        twins = train_both(
            lambda: case.model(optimizer, jit_compile=False),
            case.x,
            case.y,
            epochs=20,
            jit=how,
            **options,
        )
    theirs, ours = twins.models
    assert ours._tfjsbridge_loop.jit is (how is True)
    assert ours._tfjsbridge_loop.light is (how == "auto")
    for variable, other in zip(theirs.variables, ours.variables, strict=True):
        np.testing.assert_allclose(
            other.numpy(), variable.numpy(), rtol=0, atol=1e-5, err_msg=variable.path
        )
    histories = [history.history for history in twins.histories]
    assert set(histories[1]) == set(histories[0])
    assert twins.histories[1].epoch == twins.histories[0].epoch
    for name, values in histories[0].items():
        np.testing.assert_allclose(histories[1][name], values, atol=1e-5, rtol=1e-5, err_msg=name)
    return twins


@pytest.mark.parametrize(
    "kind",
    some_slow(["batch_normalization", "two_lists"], ["regression", "binary", "sparse", "one_hot"]),
)
def test_compiled_weights_are_keras_fits_within_1e_5(kind: str) -> None:
    train_both_closely(kind)  # 48 examples by 10: the last batch is smaller


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["regression", "two_dicts", "dict_outputs", "regularized"])
def test_compiled_weights_are_keras_fits_with_equal_batches(kind: str) -> None:
    train_both_closely(kind, batch_size=8)


@pytest.mark.parametrize(
    "kind", some_slow(["regularized"], ["regression", "batch_normalization", "sparse"])
)
def test_compiled_validation_is_keras_fits(kind: str) -> None:
    twins = train_both_closely(kind, validation_split=0.27)
    assert "val_loss" in twins.histories[1].history


@pytest.mark.usefixtures("no_gpu")
@pytest.mark.parametrize("kind", some_slow(["regularized", "two_lists"], ["regression", "sparse"]))
def test_weights_of_a_short_training_are_keras_fits_within_1e_5(kind: str) -> None:
    train_both_closely(kind, "auto", validation_split=0.27)


@pytest.mark.usefixtures("no_gpu")
def test_a_short_epoch_may_be_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    kernels = []
    for seconds in (pace.SECONDS_PER_CALL, 1e-9):
        monkeypatch.setattr(pace, "SECONDS_PER_CALL", seconds)
        keras.utils.set_random_seed(0)
        model = compiled(layers.Dense(1), metrics=["mae"])
        history = training.fit(
            model, X, Y, batch_size=8, epochs=40, validation_split=0.5, verbose=0
        )
        assert model._tfjsbridge_loop.light
        kernels.append([*history.history.values(), *model.get_weights()])
        parted = "_call_amid_epochs" in vars(model._tfjsbridge_loop)
        assert parted is (seconds == 1e-9)
    for one, other in zip(*kernels, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.usefixtures("no_gpu")
def test_a_short_training_may_have_a_loop_that_was_traced_before() -> None:
    def double(i: Any, total: Any) -> tuple[Any, Any]:
        return i + 1, total + tensorflow.reduce_mean(total)

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 1])] * 2)
    def looped(y: Any, predicted: Any) -> Any:
        return tensorflow.while_loop(lambda i, _: i < 3, double, (0, predicted - y))[1]

    looped(Y, Y)
    twins = train_both(
        lambda: compiled(layers.Dense(1), metrics=[looped], jit_compile=False), X, Y, jit="auto"
    )
    assert not twins.models[1]._tfjsbridge_loop.light
    twins.assert_same()


@pytest.mark.slow
def test_compiled_sample_weights_are_keras_fits() -> None:
    weight = np.linspace(0, 2, EXAMPLES)
    train_both_closely("regression", sample_weight=weight)
    train_both_closely("sparse", class_weight={0: 0.2, 1: 1.0, 2: 3.0, 3: 1.0})


@pytest.mark.slow
def test_compiled_steps_per_epoch_are_keras_fits() -> None:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Your input ran out of data")
        case = CASES["regression"]
        theirs, ours = case.model("adam", jit_compile=False), case.model("adam")
        options: dict[str, Any] = {
            "epochs": 8, "batch_size": 10, "steps_per_epoch": 2, "shuffle": False, "verbose": 0,
        }  # fmt: skip
        theirs.fit(case.x, case.y, **options)
        training.fit(ours, case.x, case.y, jit=True, **options)
    assert int(ours.optimizer.iterations) == int(theirs.optimizer.iterations)
    for one, other in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-5)


@pytest.mark.parametrize("batch_size", some_slow([10], [8]))
def test_a_shuffled_training_sees_the_same_order_with_xla_and_without(batch_size: int) -> None:
    trained = []
    for compile_it in (False, True):
        model = REGRESSION.model("adam")
        training.fit(
            model, X, Y, batch_size=batch_size, epochs=20, seed=4, jit=compile_it, verbose=0
        )
        trained.append(model.get_weights())
    for one, other in zip(*trained, strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-5)


def test_callbacks_see_the_weights_of_each_epoch() -> None:
    def train(fit: Callable[..., Any], **options: Any) -> list[np.ndarray]:
        model = REGRESSION.model("adam", jit_compile=False)
        seen: list[np.ndarray] = []
        watch = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: seen.append(model.get_weights()[0])
        )
        fit(
            model, X, Y, batch_size=10, epochs=6, shuffle=False, callbacks=[watch], verbose=0,
            **options,
        )  # fmt: skip
        return seen

    theirs, ours = train(keras.Model.fit), train(training.fit, jit=True)
    assert len(ours) == len(theirs) == 6
    for one, other in zip(theirs, ours, strict=True):
        np.testing.assert_allclose(other, one, rtol=0, atol=1e-5)
    assert not np.array_equal(ours[0], ours[1])


# --- What XLA cannot compile


class Prints(layers.Layer):  # type: ignore[misc]
    """Looks its input up in a table of strings, which XLA has none of."""

    def call(self, x: Any) -> Any:
        return tensorflow.strings.to_number(tensorflow.strings.as_string(x))


def with_strings() -> Any:
    keras.utils.set_random_seed(1)
    lookup = layers.StringLookup(vocabulary=["a", "b"], output_mode="one_hot")
    x = keras.Input((1,), dtype="string")
    model = keras.Model(x, layers.Dense(1)(lookup(x)))
    model.compile("sgd", "mse", jit_compile=False)
    return model


def strings() -> tuple[Any, Any]:
    words = np.array([["a"], ["b"], ["a"], ["c"]] * 5)
    # Keras takes no strings from NumPy.
    return tensorflow.constant(words), (words == "a").astype("float32")


def strings_within() -> Any:
    keras.utils.set_random_seed(1)
    return compiled(Prints(), layers.Dense(1), jit_compile=False)


@pytest.fixture
def warned() -> Iterator[list[Any]]:
    with warnings.catch_warnings(record=True) as result:
        warnings.simplefilter("always")
        yield result


@pytest.mark.parametrize(
    ("build", "data"),
    [(with_strings, strings), (strings_within, lambda: (X, Y))],
    ids=["string input", "strings within"],
)
def test_what_xla_cannot_compile_is_trained_without_it_and_one_warning_says_so(
    build: Callable[[], Any], data: Callable[[], Any], warned: list[Any]
) -> None:
    x, y = data()
    theirs, ours = build(), build()
    options: dict[str, Any] = {"epochs": 3, "batch_size": 10, "shuffle": False, "verbose": 0}
    training.fit(ours, x, y, jit=True, **options)
    said = [str(w.message) for w in warned if "XLA" in str(w.message)]
    assert len(said) == 1
    assert said[0].startswith("XLA cannot compile this model (")
    assert len(said[0]) < 400
    theirs.fit(x, y, **options)
    assert all(map(np.array_equal, theirs.get_weights(), ours.get_weights()))
    assert int(ours.optimizer.iterations) == int(theirs.optimizer.iterations)


# --- What is shown

_CHILD = """
import numpy
from tfjsbridge import training
from tfjsbridge.runtime import keras

model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(3), keras.layers.Dense(1)])
model.compile("adam", "mse")
x = numpy.ones((24, 3))
training.fit(model, x, x[:, 0], epochs=4, batch_size=10, validation_split=0.2, jit=True, verbose=0)
assert model._tfjsbridge_loop.jit
"""


def test_xla_does_not_introduce_itself() -> None:
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    done = subprocess.run(
        [sys.executable, "-c", _CHILD], capture_output=True, text=True, env=environment
    )
    assert done.returncode == 0, done.stderr
    assert (done.stdout, done.stderr) == ("", "")
