"""tf.train: the optimizers.

Follows tfjs-core/src/optimizers/*.ts. `epsilon=None` is tf.js's own default, 1e-7.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.errors import unknown_name
from tfjsbridge.runtime import keras

EPSILON = 1e-7


class Optimizer:
    """An optimizer; `keras` is the Keras optimizer itself, which holds everything."""

    __slots__ = ("keras",)

    def __init__(self, keras_optimizer: Any):
        self.keras = keras_optimizer

    @property
    def learningRate(self) -> float:
        """The learning rate; it may be set between and during trainings."""
        return float(self.keras.learning_rate)

    @learningRate.setter
    def learningRate(self, value: float) -> None:
        self.keras.learning_rate = value

    def setLearningRate(self, learningRate: float) -> None:
        """Set the learning rate."""
        self.learningRate = learningRate

    def getClassName(self) -> str:
        """tf.js's name of the class: SGD, Adam, ..."""
        if isinstance(self.keras, keras.optimizers.SGD) and self.keras.momentum:
            return "Momentum"
        name = type(self.keras).__name__
        return "RMSProp" if name == "RMSprop" else name

    def __repr__(self) -> str:
        return f"<{self.getClassName()} learningRate={self.learningRate:g}>"


def _rate(value: float) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    raise TypeError(
        "learningRate must be a number, as tf.train.sgd(0.1); "
        f"got {type(value).__name__} {value!r}."
    )


def _epsilon(value: float | None) -> float:
    return EPSILON if value is None else value


def sgd(learningRate: float) -> Optimizer:
    """Stochastic gradient descent: weight -= learningRate · gradient."""
    return Optimizer(keras.optimizers.SGD(_rate(learningRate)))


def momentum(learningRate: float, momentum: float, useNesterov: bool = False) -> Optimizer:
    """Gradient descent with momentum: velocity = momentum · velocity + gradient."""
    return Optimizer(keras.optimizers.SGD(_rate(learningRate), momentum, useNesterov))


def rmsprop(
    learningRate: float,
    decay: float = 0.9,
    momentum: float = 0.0,
    epsilon: float | None = None,
    centered: bool = False,
) -> Optimizer:
    """RMSProp: the gradient divided by the root of its mean square, which fades by `decay`."""
    return Optimizer(
        keras.optimizers.RMSprop(
            _rate(learningRate),
            rho=decay,
            momentum=momentum,
            epsilon=_epsilon(epsilon),
            centered=centered,
        )
    )


def adam(
    learningRate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float | None = None,
) -> Optimizer:
    """Adam: running means of the gradient (beta1) and of its square (beta2)."""
    return Optimizer(keras.optimizers.Adam(_rate(learningRate), beta1, beta2, _epsilon(epsilon)))


def adagrad(learningRate: float, initialAccumulatorValue: float = 0.1) -> Optimizer:
    """Adagrad: the gradient divided by the root of the sum of its squares."""
    return Optimizer(
        keras.optimizers.Adagrad(_rate(learningRate), initialAccumulatorValue, EPSILON)
    )


def adadelta(
    learningRate: float = 0.001, rho: float = 0.95, epsilon: float | None = None
) -> Optimizer:
    """Adadelta: Adagrad over a fading window.

    tf.js: divides by the window as it was before the gradient came in, so that its first steps are
    as long as the gradients themselves; Keras's formula, used here, is the published one.
    """
    return Optimizer(keras.optimizers.Adadelta(_rate(learningRate), rho, _epsilon(epsilon)))


def adamax(
    learningRate: float = 0.002,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float | None = None,
    decay: float = 0.0,
) -> Optimizer:
    """Adamax: Adam with the largest gradient in place of the root of the mean square.

    Args:
      learningRate: the step's size.
      beta1: how slowly the running mean of the gradient fades.
      beta2: how slowly the running largest gradient fades.
      epsilon: keeps the division from zero.
      decay: the learning rate of step i is learningRate / (1 + decay · i).
    """
    rate: Any = _rate(learningRate)
    if decay:
        rate = keras.optimizers.schedules.InverseTimeDecay(rate, 1, decay)
    return Optimizer(keras.optimizers.Adamax(rate, beta1, beta2, _epsilon(epsilon)))


#: The names that `compile` takes, with the learning rates that tf.js gives them (optimizers.ts).
#: "momentum" is this package's own.
_BY_NAME = {
    "sgd": lambda: sgd(0.01),
    "momentum": lambda: momentum(0.01, 0.9),
    "rmsprop": lambda: rmsprop(0.001),
    "adam": lambda: adam(0.001),
    "adagrad": lambda: adagrad(0.01),
    "adadelta": lambda: adadelta(1.0),
    "adamax": lambda: adamax(0.002),
}
# tf.js takes the class names too.
_CLASS_NAMES = {
    "SGD": "sgd",
    "RMSProp": "rmsprop",
    "Adam": "adam",
    "Adagrad": "adagrad",
    "Adadelta": "adadelta",
    "Adamax": "adamax",
}


def get(identifier: Any) -> Any:
    """The Keras optimizer of a name, an Optimizer or a Keras optimizer.

    Raises:
      ValueError: for an unknown name.
      TypeError: for anything that is no optimizer.
    """
    if isinstance(identifier, Optimizer):
        return identifier.keras
    if isinstance(identifier, keras.optimizers.Optimizer):
        return identifier
    if isinstance(identifier, str):
        name = _CLASS_NAMES.get(identifier, identifier)
        if name not in _BY_NAME:
            raise unknown_name("optimizer", identifier, _BY_NAME)
        return _BY_NAME[name]().keras
    raise TypeError(
        "optimizer must be a name, as 'adam', or an optimizer, as tf.train.adam(0.01); "
        f"got {type(identifier).__name__} {identifier!r}."
    )
