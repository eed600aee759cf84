"""Layers / Advanced Activation of the tf.js API.

Follows tfjs-layers/src/layers/advanced_activations.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
def reLU(*, maxValue: float | None = None, **base: Unpack[LayerOptions]) -> Layer:
    """max(x, 0), and no more than `maxValue`.

    Args:
      maxValue: the largest value; any without it.
    """
    return make_layer(keras.layers.ReLU, base, max_value=maxValue)


@layer_options
def leakyReLU(*, alpha: float = 0.3, **base: Unpack[LayerOptions]) -> Layer:
    """x where it is positive, alpha · x elsewhere.

    Args:
      alpha: the slope below zero.
    """
    return make_layer(keras.layers.LeakyReLU, base, negative_slope=alpha)


@layer_options
def prelu(
    *,
    alphaInitializer: Any = "zeros",
    alphaRegularizer: Any = None,
    alphaConstraint: Any = None,
    sharedAxes: int | Sequence[int] | None = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """x where it is positive, alpha · x elsewhere, where training finds alpha.

    Args:
      alphaInitializer: how alpha begins, of the shape of one example.
      alphaRegularizer: a penalty on alpha.
      alphaConstraint: what alpha must meet.
      sharedAxes: the axes along which alpha is the same, counted from 1, the first of an example.
    """
    axes = [sharedAxes] if isinstance(sharedAxes, int) else sharedAxes
    return make_layer(
        keras.layers.PReLU,
        base,
        alpha_initializer=initializers.get(alphaInitializer, "zeros"),
        alpha_regularizer=regularizers.get(alphaRegularizer),
        alpha_constraint=constraints.get(alphaConstraint),
        shared_axes=None if axes is None else list(axes),
    )


@layer_options
def elu(*, alpha: float = 1.0, **base: Unpack[LayerOptions]) -> Layer:
    """x where it is positive, alpha · (exp(x) - 1) elsewhere.

    Args:
      alpha: what it tends to, negated, far below zero.

    Raises:
      ValueError: for another alpha than 1, which tf.js's layer has not.
    """
    if alpha != 1:
        raise ValueError(f"Non-default alpha value ({alpha:g}) is not supported by the ELU layer.")
    return make_layer(keras.layers.ELU, base, alpha=alpha)


@layer_options
def thresholdedReLU(*, theta: float = 1.0, **base: Unpack[LayerOptions]) -> Layer:
    """x where it is greater than theta, 0 elsewhere.

    Args:
      theta: the threshold, not below 0.

    Raises:
      ValueError: for one below 0, which Keras has not.
    """
    if theta < 0:
        raise ValueError(f"thresholdedReLU: theta must not be below 0, got {theta:g}.")
    return make_layer(keras.layers.ReLU, base, tfjs_class="ThresholdedReLU", threshold=theta)


@layer_options
def softmax(*, axis: int = 1, **base: Unpack[LayerOptions]) -> Layer:
    """exp(x) divided by its sum along an axis: probabilities.

    tf.js: the axis is 1 unless it is said otherwise, where Keras takes the last one; and tf.js
    computes along the last one only.

    Args:
      axis: the axis, counted with the batch's as 0.
    """
    return make_layer(keras.layers.Softmax, base, axis=int(axis))
