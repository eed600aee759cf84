"""Keras activations that tf.js has not, as layers that compute the same."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer
from tfjsbridge.runtime import keras

activations = keras.activations

X = -1  # the input


def rescaling(scale: float, offset: float, suffix: str, *inputs: int) -> TfjsLayer:
    """scale * x + offset.

    Raises:
      CannotConvertLayer: for numbers that a model.json cannot hold.
    """
    if not (math.isfinite(scale) and math.isfinite(offset)):
        raise CannotConvertLayer("a model.json holds no infinite numbers")
    return TfjsLayer("Rescaling", {"scale": scale, "offset": offset}, {}, suffix, inputs or None)


def activation(name: str, *inputs: int) -> TfjsLayer:
    """One of tf.js's own."""
    return TfjsLayer("Activation", {"activation": name}, {}, name, inputs or None)


def merge(class_name: str, *inputs: int, suffix: str = "") -> TfjsLayer:
    """A sum, a product, ... of several."""
    return TfjsLayer(class_name, {}, {}, suffix or class_name.lower(), inputs)


def hard_sigmoid() -> list[TfjsLayer]:
    """relu6(x + 3) / 6. tf.js's own hardSigmoid is Keras 2's, with another slope."""
    return [rescaling(1.0, 3.0, "shift"), activation("relu6"), rescaling(1 / 6, 0.0, "scale")]


def hard_silu() -> list[TfjsLayer]:
    """x hard_sigmoid(x)."""
    return [*hard_sigmoid(), merge("Multiply", X, 2)]


def hard_tanh() -> list[TfjsLayer]:
    """clip(x, -1, 1) = relu6(3 x + 3) / 3 - 1."""
    return [rescaling(3.0, 3.0, "shift"), activation("relu6"), rescaling(1 / 3, -1.0, "scale")]


def leaky_relu() -> list[TfjsLayer]:
    """With Keras's slope of the function, 0.2."""
    return [TfjsLayer("LeakyReLU", {"alpha": 0.2}, suffix="leaky_relu")]


def elu(alpha: float) -> list[TfjsLayer]:
    """relu(x) + alpha elu(min(x, 0)), as tf.js's own has alpha 1."""
    if alpha == 1:
        return [activation("elu")]
    return [
        activation("relu"),
        rescaling(-1.0, 0.0, "minus", X),
        activation("relu"),
        rescaling(-1.0, 0.0, "below"),
        activation("elu"),
        rescaling(alpha, 0.0, "scale"),
        merge("Add", 0, 5),
    ]


def log_sigmoid() -> list[TfjsLayer]:
    """-softplus(-x)."""
    return [rescaling(-1.0, 0.0, "minus"), activation("softplus"), rescaling(-1.0, 0.0, "scale")]


def tanh_shrink() -> list[TfjsLayer]:
    """x - tanh(x)."""
    return [activation("tanh"), rescaling(-1.0, 0.0, "minus"), merge("Add", X, 1)]


def soft_shrink() -> list[TfjsLayer]:
    """relu(x - 0.5) - relu(-x - 0.5)."""
    return [
        rescaling(1.0, -0.5, "above"),
        activation("relu"),
        rescaling(-1.0, -0.5, "below", X),
        activation("relu"),
        rescaling(-1.0, 0.0, "minus"),
        merge("Add", 1, 4),
    ]


def hard_shrink() -> list[TfjsLayer]:
    """x where it is above 0.5 or below -0.5."""
    return [
        TfjsLayer("ThresholdedReLU", {"theta": 0.5}, suffix="above"),
        rescaling(-1.0, 0.0, "minus", X),
        TfjsLayer("ThresholdedReLU", {"theta": 0.5}, suffix="below"),
        rescaling(-1.0, 0.0, "back"),
        merge("Add", 0, 3),
    ]


def gelu_approximate() -> list[TfjsLayer]:
    """x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))) / 2."""
    c = math.sqrt(2 / math.pi)
    return [
        merge("Multiply", X, X, suffix="square"),
        rescaling(0.044715 * c, c, "polynomial"),
        merge("Multiply", X, 1, suffix="cube"),
        activation("tanh"),
        rescaling(0.5, 0.5, "half"),
        merge("Multiply", X, 4),
    ]


#: The function, and what makes the layers.
REWRITES: dict[Any, Callable[[], list[TfjsLayer]]] = {
    activations.celu: lambda: [activation("elu")],  # the same with celu's default, alpha=1
    activations.hard_shrink: hard_shrink,
    activations.hard_sigmoid: hard_sigmoid,
    activations.hard_silu: hard_silu,
    activations.hard_tanh: hard_tanh,
    activations.leaky_relu: leaky_relu,
    activations.log_sigmoid: log_sigmoid,
    activations.soft_shrink: soft_shrink,
    activations.tanh_shrink: tanh_shrink,
}
