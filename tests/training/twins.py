"""Small models, data for them, and training two equal ones: by Keras's `fit` and by ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from tfjsbridge import training
from tfjsbridge.runtime import keras

layers = keras.layers

#: The number of examples: a last batch of 10 is smaller, one of 8 is not.
EXAMPLES = 48


@dataclass(frozen=True)
class Case:
    """A kind of model, with data for it."""

    build: Callable[[], Any]
    x: Any
    y: Any
    compile: dict[str, Any]

    def model(self, optimizer: Any = "sgd", **options: Any) -> Any:
        """A model of this kind, compiled."""
        keras.utils.set_random_seed(7)
        model = self.build()
        model.compile(optimizer, **{**self.compile, **options})
        return model


@dataclass(frozen=True)
class Trained:
    """The two trained models and their histories; the first of each is Keras's."""

    models: tuple[Any, Any]
    histories: tuple[Any, Any]

    def assert_same(self) -> None:
        """The weights bit for bit, and what the histories hold."""
        assert_same_weights(*self.models)
        assert_same_histories(*self.histories)


def train_both(
    build: Callable[[], Any],
    x: Any,
    y: Any,
    *,
    callbacks: Callable[[], Sequence[Any]] = tuple,
    **options: Any,
) -> Trained:
    """Train two models that `build` makes, each with callbacks of its own.

    Ours exactly, if no option `jit` says otherwise.
    """
    theirs, ours = build(), build()
    ours.set_weights(theirs.get_weights())
    jit = options.pop("jit", False)
    options = {"epochs": 3, "batch_size": 10, "shuffle": False, "verbose": 0, **options}
    return Trained(
        (theirs, ours),
        (
            theirs.fit(x, y, callbacks=list(callbacks()), **options),
            training.fit(ours, x, y, callbacks=list(callbacks()), jit=jit, **options),
        ),
    )


def assert_same_weights(theirs: Any, ours: Any) -> None:
    """Every variable of the models and their optimizers is the same, bit for bit."""
    for variable, other in zip(
        [*theirs.variables, *theirs.optimizer.variables],
        [*ours.variables, *ours.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_array_equal(other.numpy(), variable.numpy(), variable.path)


def assert_same_histories(theirs: Any, ours: Any) -> None:
    """The same epochs, names and values."""
    assert ours.epoch == theirs.epoch
    assert set(ours.history) == set(theirs.history)
    for name, values in theirs.history.items():
        np.testing.assert_allclose(ours.history[name], values, rtol=1e-6, err_msg=name)


_random = np.random.default_rng(0)


def some_slow(values: Sequence[Any], slow: Sequence[Any]) -> list[Any]:
    """Values for parametrize, the last of which only the slow tests try."""
    return [*values, *(pytest.param(value, marks=pytest.mark.slow) for value in slow)]


def normal(*shape: int) -> np.ndarray:
    """Normal numbers, the same ones at every run."""
    return _random.normal(size=shape).astype("float32")


def _regression() -> Any:
    return keras.Sequential(
        [keras.Input((3,)), layers.Dense(8, activation="tanh"), layers.Dense(1)]
    )


def _binary() -> Any:
    return keras.Sequential(
        [keras.Input((3,)), layers.Dense(8, "relu"), layers.Dense(1, activation="sigmoid")]
    )


def _multiclass() -> Any:
    return keras.Sequential(
        [keras.Input((3,)), layers.Dense(8, "relu"), layers.Dense(4, activation="softmax")]
    )


def _cnn() -> Any:
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(8, 2, activation="relu"),
            layers.Flatten(),
            layers.Dense(4, activation="softmax"),
        ]
    )


def _dropout() -> Any:
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(8, "relu"),
            layers.Dropout(0.3, seed=1),
            layers.GaussianNoise(0.1, seed=2),
            layers.Dense(1),
        ]
    )


def _batch_normalization() -> Any:
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(8),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(1),
        ]
    )


def _regularized() -> Any:
    return keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(
                8, "tanh", kernel_regularizer=keras.regularizers.L2(0.1), activity_regularizer="l1"
            ),
            layers.Dense(1, bias_regularizer="l2"),
        ]
    )


def _one_input() -> Any:
    return keras.Sequential([keras.Input((1,)), layers.Dense(6, "tanh"), layers.Dense(1)])


def _recurrent() -> Any:
    return keras.Sequential([keras.Input((5, 3)), layers.LSTM(4), layers.Dense(1)])


def _two_in_two_out(dict_outputs: bool = False) -> Any:
    left, right = keras.Input((3,), name="left"), keras.Input((2,), name="right")
    hidden = layers.Concatenate()([layers.Dense(4, "tanh")(left), right])
    # The names are not in alphabetical order, so that a sorted dict shows.
    value = layers.Dense(1, name="value")(hidden)
    kind = layers.Dense(4, "softmax", name="kind")(hidden)
    outputs = {"value": value, "kind": kind} if dict_outputs else [value, kind]
    return keras.Model([left, right], outputs)


class Subclassed(keras.Model):
    """Its layers are built at its first call."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden, self.drop, self.out = (
            layers.Dense(6, "tanh"),
            layers.Dropout(0.2, seed=5),
            layers.Dense(1),
        )

    def call(self, x: Any, training: bool = False) -> Any:
        return self.out(self.drop(self.hidden(x), training=training))


def _subclassed() -> Any:
    model = Subclassed()
    model(np.zeros((1, 3), "float32"))
    return model


X = normal(EXAMPLES, 3)
_RIGHT = normal(EXAMPLES, 2)
_IMAGES = normal(EXAMPLES, 8, 8, 1)
_Y = (np.sin(X.sum(1, keepdims=True)) + 0.1 * normal(EXAMPLES, 1)).astype("float32")
_CLASSES = _random.integers(0, 4, EXAMPLES)
_MSE = {"loss": "mse", "metrics": ["mae"]}
_SPARSE = {"loss": "sparse_categorical_crossentropy", "metrics": ["accuracy"]}
_TWO = {
    "loss": {"value": "mse", "kind": "sparse_categorical_crossentropy"},
    "metrics": {"value": ["mae"], "kind": ["accuracy"]},
}

CASES = {
    "regression": Case(_regression, X, _Y, _MSE),
    "binary": Case(
        _binary,
        X,
        (_Y > 0).astype("float32"),
        {"loss": "binary_crossentropy", "metrics": ["accuracy"]},
    ),
    "one_hot": Case(
        _multiclass,
        X,
        np.eye(4, dtype="float32")[_CLASSES],
        {"loss": "categorical_crossentropy", "metrics": ["accuracy"]},
    ),
    "sparse": Case(_multiclass, X, _CLASSES, _SPARSE),
    "cnn": Case(_cnn, _IMAGES, _CLASSES, _SPARSE),
    "dropout": Case(_dropout, X, _Y, _MSE),
    "batch_normalization": Case(_batch_normalization, X, _Y, _MSE),
    "regularized": Case(_regularized, X, _Y, _MSE),
    "flat_samples": Case(_one_input, X[:, 0], _Y[:, 0], _MSE),
    "column_samples": Case(_one_input, X[:, :1], _Y, _MSE),
    "integers": Case(_regression, (10 * X).astype(int), _Y > 0, {"loss": "mse"}),
    "recurrent": Case(_recurrent, normal(EXAMPLES, 5, 3), _Y, {"loss": "mse"}),
    "two_lists": Case(
        _two_in_two_out,
        [X, _RIGHT],
        [_Y, _CLASSES],
        {
            "loss": ["mse", "sparse_categorical_crossentropy"],
            "metrics": [["mae"], ["accuracy"]],
            "loss_weights": [0.3, 2.0],
        },
    ),
    "two_dicts": Case(
        _two_in_two_out,
        {"right": _RIGHT, "left": X},
        {"kind": _CLASSES, "value": _Y},
        _TWO,
    ),
    "dict_outputs": Case(
        lambda: _two_in_two_out(dict_outputs=True),
        [X, _RIGHT],
        {"kind": _CLASSES, "value": _Y},
        _TWO,
    ),
    "subclassed": Case(_subclassed, X, _Y, _MSE),
}
