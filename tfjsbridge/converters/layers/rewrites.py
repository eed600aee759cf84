"""Keras activations that tf.js has not, as layers that compute the same."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

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


#: The most values whose normalization gets weights that do nothing, so that it can be trained.
LARGEST = 2**16


def normalization(count: int, epsilon: float) -> TfjsLayer:
    """(x - mean) / sqrt(variance + epsilon), along a last axis of so many values.

    With a factor and an offset that are never trained: without them tf.js has no gradient.
    """
    learns = count <= LARGEST
    config = {"axis": -1, "epsilon": epsilon, "center": learns, "scale": learns}
    weights = {"gamma": np.ones(count, np.float32), "beta": np.zeros(count, np.float32)}
    return TfjsLayer(
        "LayerNormalization",
        {**config, "trainable": False},
        weights if learns else {},
        "normalization",
    )


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


def soft_shrink(threshold: float = 0.5) -> list[TfjsLayer]:
    """relu(x - threshold) - relu(-x - threshold)."""
    return [
        rescaling(1.0, -threshold, "above"),
        activation("relu"),
        rescaling(-1.0, -threshold, "below", X),
        activation("relu"),
        rescaling(-1.0, 0.0, "minus"),
        merge("Add", 1, 4),
    ]


def hard_shrink(threshold: float = 0.5) -> list[TfjsLayer]:
    """x where |x| is above the threshold, 0 elsewhere."""
    return [
        rescaling(-1.0, 0.0, "minus"),
        merge("Maximum", X, 0),
        rescaling(1.0, -threshold, "difference"),
        *step("is"),
        merge("Multiply", X, 5),
    ]


def celu(alpha: float = 1.0) -> list[TfjsLayer]:
    """relu(x) + alpha elu(min(x, 0) / alpha)."""
    if alpha == 1:
        return [activation("elu")]
    return [
        activation("relu"),
        rescaling(-1.0, 0.0, "minus", X),
        activation("relu"),
        rescaling(-1 / alpha, 0.0, "below"),
        activation("elu"),
        rescaling(alpha, 0.0, "scale"),
        merge("Add", 0, 5),
    ]


def sparse_sigmoid() -> list[TfjsLayer]:
    """clip(x + 1, 0, 2) / 2 = relu6(3 x + 3) / 6."""
    return [rescaling(3.0, 3.0, "shift"), activation("relu6"), rescaling(1 / 6, 0.0, "scale")]


def sparse_plus() -> list[TfjsLayer]:
    """(clip(x + 1, 0, 2) / 2)^2 + relu(x - 1)."""
    return [
        *sparse_sigmoid(),
        merge("Multiply", 2, 2, suffix="square"),
        rescaling(1.0, -1.0, "above", X),
        activation("relu"),
        merge("Add", 3, 5),
    ]


def threshold(limit: float, default: float) -> list[TfjsLayer]:
    """x where it is above a limit, a number elsewhere.

    Not as tf.js's ThresholdedReLU, which has no gradient.
    """
    kept = [rescaling(1.0, -limit, "difference"), *step("is"), merge("Multiply", X, 3)]
    if default == 0:
        return kept
    return [*kept, rescaling(-default, default, "default", 3), merge("Add", 4, 5)]


#: What makes the smallest difference of two numbers more than 1.
VAST = 1e38


def step(suffix: str) -> list[TfjsLayer]:
    """1 where x is above 0, 0 elsewhere, but for numbers that are no more than 0 to tf.js (1e-38).

    No gradient goes through it, as through Keras's comparisons.
    """
    return [
        TfjsLayer("ReLU", {"max_value": 1.0}, suffix=f"{suffix}_above"),
        rescaling(VAST, 0.0, f"{suffix}_by_far"),
        TfjsLayer("ReLU", {"max_value": 1.0}, suffix=suffix),
    ]


def squareplus(shape: Sequence[Any], b: float = 4.0) -> list[TfjsLayer]:
    """(x + sqrt(x^2 + b)) / 2.

    The root is (x^2 + b) / sqrt(x^2 + b), and c / sqrt(x^2 + c^2) is what the normalization of
    [x, -x, c, -c] makes of c, but for a factor: their mean is 0.
    """
    if not b > 0:
        raise CannotConvertLayer(f"tf.js's layers have squareplus with b above 0, but it has {b=}")
    c = math.sqrt(b)
    sizes = [-1 if size is None else size for size in shape[1:]]
    if sizes.count(-1) > 1:
        raise CannotConvertLayer(f"tf.js's layers need the sizes of squareplus's input, {shape}")
    rows = -1 if -1 in sizes else math.prod(sizes)
    # What picks the third one: the normalization's square of deviations is (x^2 + c^2) / 2.
    pick = np.array([[0.0], [0.0], [1 / (c * math.sqrt(2))], [0.0]], np.float32)
    return [
        TfjsLayer("Reshape", {"target_shape": [rows, 1]}, {}, "numbers", (X,)),
        rescaling(-1.0, 0.0, "minus"),
        activation("sigmoid", 0),
        rescaling(0.0, c, "constant"),
        rescaling(-1.0, 0.0, "minus_constant"),
        TfjsLayer("Concatenate", {"axis": 2}, {}, "both", (0, 1, 3, 4)),
        normalization(4, 0.0),
        TfjsLayer(
            "Dense",
            {"units": 1, "use_bias": False, "activation": "linear", "trainable": False},
            {"kernel": pick},
            "root_below",
        ),
        TfjsLayer("Reshape", {"target_shape": sizes}, suffix="shape"),
        merge("Multiply", X, X, suffix="square"),
        rescaling(1.0, b, "plus"),
        merge("Multiply", 10, 8, suffix="root"),
        merge("Add", X, 11),
        rescaling(0.5, 0.0, "half"),
    ]


def glu(shape: Sequence[Any]) -> list[TfjsLayer]:
    """a sigmoid(b), of the two halves of the last axis."""
    *sizes, channels = shape[1:]
    if None in (*sizes, channels) or channels % 2:
        raise CannotConvertLayer(f"tf.js's layers take halves of known sizes, not {list(shape)}")
    rows, half = math.prod(sizes), channels // 2
    picture = TfjsLayer("Reshape", {"target_shape": [rows, 2, half]}, {}, "halves", (X,))

    def cropped(left: int, suffix: str) -> list[TfjsLayer]:
        cropping = {"cropping": [[0, 0], [left, 1 - left]]}
        return [
            TfjsLayer("Cropping2D", cropping, {}, suffix, (0,)),
            TfjsLayer("Reshape", {"target_shape": [*sizes, half]}, suffix=f"{suffix}_half"),
        ]

    gate = [*cropped(1, "second"), activation("sigmoid")]
    return [picture, *cropped(0, "first"), *gate, merge("Multiply", 2, 5)]


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
    activations.celu: celu,
    activations.hard_shrink: hard_shrink,
    activations.hard_sigmoid: hard_sigmoid,
    activations.hard_silu: hard_silu,
    activations.hard_tanh: hard_tanh,
    activations.leaky_relu: leaky_relu,
    activations.log_sigmoid: log_sigmoid,
    activations.soft_shrink: soft_shrink,
    activations.sparse_plus: sparse_plus,
    activations.sparse_sigmoid: sparse_sigmoid,
    activations.tanh_shrink: tanh_shrink,
}

#: Those that depend on the shape of their input.
OF_A_SHAPE: dict[Any, Callable[[Sequence[Any]], list[TfjsLayer]]] = {
    activations.glu: glu,
    activations.squareplus: squareplus,
}
