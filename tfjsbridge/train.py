"""tf.train: the optimizers.

Follows tfjs-core/src/optimizers/*.ts. `epsilon=None` is tf.js's own default, 1e-7.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.errors import unknown_name
from tfjsbridge.optimizers import (
    AdadeltaOptimizer,
    AdagradOptimizer,
    AdamaxOptimizer,
    AdamOptimizer,
    MomentumOptimizer,
    Optimizer,
    RMSPropOptimizer,
    SGDOptimizer,
)
from tfjsbridge.runtime import keras


def sgd(learningRate: float) -> SGDOptimizer:
    """Stochastic gradient descent: weight -= learningRate · gradient."""
    return SGDOptimizer(learningRate)


def momentum(learningRate: float, momentum: float, useNesterov: bool = False) -> MomentumOptimizer:
    """Gradient descent with momentum: velocity = momentum · velocity + gradient."""
    return MomentumOptimizer(learningRate, momentum, useNesterov)


def moment(learningRate: float, momentum: float, useNesterov: bool = False) -> MomentumOptimizer:
    """`tf.train.momentum` by a second name; tf.js has the first one only."""
    return MomentumOptimizer(learningRate, momentum, useNesterov)


def rmsprop(
    learningRate: float,
    decay: float = 0.9,
    momentum: float = 0.0,
    epsilon: float | None = None,
    centered: bool = False,
) -> RMSPropOptimizer:
    """RMSProp: the gradient divided by the root of its mean square, which fades by `decay`.

    Args:
      learningRate: the step's size.
      decay: how slowly the mean square fades.
      momentum: how much of a step the next one has.
      epsilon: keeps the division from zero.
      centered: divides by the root of the variance. tf.js: epsilon makes that smaller, so that a
        gradient of 0 gives NaN.
    """
    return RMSPropOptimizer(learningRate, decay, momentum, epsilon, centered)


def adam(
    learningRate: float = 0.001,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float | None = None,
) -> AdamOptimizer:
    """Adam: running means of the gradient (beta1) and of its square (beta2)."""
    return AdamOptimizer(learningRate, beta1, beta2, epsilon)


def adagrad(learningRate: float, initialAccumulatorValue: float = 0.1) -> AdagradOptimizer:
    """Adagrad: the gradient divided by the root of the sum of its squares."""
    return AdagradOptimizer(learningRate, initialAccumulatorValue)


def adadelta(
    learningRate: float = 0.001, rho: float = 0.95, epsilon: float | None = None
) -> AdadeltaOptimizer:
    """Adadelta: Adagrad over a fading window.

    tf.js: divides by the window as it was before the gradient came in, so that the first steps are
    as long as the gradients themselves; with a learning rate of 1 it often diverges.
    """
    return AdadeltaOptimizer(learningRate, rho, epsilon)


def adamax(
    learningRate: float = 0.002,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float | None = None,
    decay: float = 0.0,
) -> AdamaxOptimizer:
    """Adamax: Adam with the largest gradient in place of the root of the mean square.

    Args:
      learningRate: the step's size.
      beta1: how slowly the running mean of the gradient fades.
      beta2: how slowly the running largest gradient fades.
      epsilon: keeps the division from zero.
      decay: the learning rate of step i is learningRate / (1 + decay · i).
    """
    return AdamaxOptimizer(learningRate, beta1, beta2, epsilon, decay)


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
    """The Optimizer of a name; one that is an optimizer already, of tf.train or Keras, is itself.

    Raises:
      ValueError: for an unknown name.
      TypeError: for anything that is no optimizer.
    """
    if isinstance(identifier, (Optimizer, keras.optimizers.Optimizer)):
        return identifier
    if isinstance(identifier, str):
        name = _CLASS_NAMES.get(identifier, identifier)
        if name not in _BY_NAME:
            raise unknown_name("optimizer", identifier, _BY_NAME)
        return _BY_NAME[name]()
    raise TypeError(
        "optimizer must be a name, as 'adam', or an optimizer, as tf.train.adam(0.01); "
        f"got {type(identifier).__name__} {identifier!r}."
    )
