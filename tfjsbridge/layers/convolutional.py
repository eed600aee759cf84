"""Layers / Convolutional of the tf.js API.

Follows tfjs-layers/src/layers/convolutional.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.errors import unknown_name
from tfjsbridge.layers import base
from tfjsbridge.layers.base import BaseOptions, Layer, Shape, make_layer
from tfjsbridge.layers.core import data_format
from tfjsbridge.options import options
from tfjsbridge.runtime import keras

Pair = int | Sequence[int]


def pair(option: str, value: Any) -> tuple[int, int]:
    """A size along both axes, from one number or two."""
    sizes = list(value) if isinstance(value, (list, tuple)) else [value, value]
    if len(sizes) != 2:
        raise ValueError(f"{option} must be a number or an array of two numbers, got {value!r}.")
    first, last = (base.positive_integer(option, size) for size in sizes)
    return first, last


def padding_mode(name: str) -> str:
    """ "valid" or "same"; tf.js's "causal" is for one axis only."""
    if name not in ("valid", "same"):
        raise unknown_name("padding", name, ["valid", "same"])
    return name


@options
def conv2d(
    *,
    filters: int,
    kernelSize: Pair,
    strides: Pair = 1,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    dilationRate: Pair = 1,
    activation: str | None = None,
    useBias: bool = True,
    kernelInitializer: Any = "glorotNormal",
    biasInitializer: Any = "zeros",
    kernelConstraint: Any = None,
    biasConstraint: Any = None,
    kernelRegularizer: Any = None,
    biasRegularizer: Any = None,
    activityRegularizer: Any = None,
    inputShape: Shape | None = None,
    batchInputShape: Shape | None = None,
    batchSize: int | None = None,
    dtype: str | None = None,
    name: str | None = None,
    trainable: bool = True,
    weights: Sequence[Any] | None = None,
    inputDType: str | None = None,
) -> Layer:
    """A convolution over images, [batch, height, width, channels].

    tf.js: kernels begin as glorotNormal, where Keras has glorotUniform.

    Args:
      filters: the number of output channels.
      kernelSize: the window's height and width, one number for both or two.
      strides: the steps between windows.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: the spacing within a window.
      activation: relu, sigmoid, softmax, ...; none without it.
      useBias: whether a bias is added.
      kernelInitializer: how the kernel, [height, width, channels, filters], begins.
      biasInitializer: how the bias, [filters], begins.
      kernelConstraint: what the kernel must meet, as "maxNorm".
      biasConstraint: what the bias must meet.
      kernelRegularizer: a penalty on the kernel, as `tf.regularizers.l2()`.
      biasRegularizer: a penalty on the bias.
      activityRegularizer: a penalty on the output.
      inputShape: the shape of one example, for a model's first layer.
      batchInputShape: the same with the batch axis.
      batchSize: the batch axis, with `inputShape`.
      dtype: the input's dtype.
      name: the name; conv2d_Conv2D1 and so on without it.
      trainable: whether training changes the weights.
      weights: initial weights, [kernel, bias].
      inputDType: the input's dtype; the older spelling of `dtype`.
    """
    return make_layer(
        keras.layers.Conv2D,
        BaseOptions(
            inputShape, batchInputShape, batchSize, dtype, name, trainable, weights, inputDType
        ),
        filters=base.positive_integer("filters", filters),
        kernel_size=pair("kernelSize", kernelSize),
        strides=pair("strides", strides),
        padding=padding_mode(padding),
        data_format=data_format(dataFormat),
        dilation_rate=pair("dilationRate", dilationRate),
        activation=base.activation(activation),
        use_bias=useBias,
        kernel_initializer=initializers.get(kernelInitializer),
        bias_initializer=initializers.get(biasInitializer, "zeros"),
        kernel_constraint=constraints.get(kernelConstraint),
        bias_constraint=constraints.get(biasConstraint),
        kernel_regularizer=regularizers.get(kernelRegularizer),
        bias_regularizer=regularizers.get(biasRegularizer),
        activity_regularizer=regularizers.get(activityRegularizer),
    )
