"""Layers / Convolutional of the tf.js API: transposed convolutions, which make images larger.

Follows tfjs-layers/src/layers/convolutional.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfjsbridge.converters.keras_convolutions import convolution_class
from tfjsbridge.layers import convolution_options as given
from tfjsbridge.layers.arguments import Sizes, positive_integer, sizes
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
def conv2dTranspose(
    *,
    filters: int,
    kernelSize: Sizes,
    strides: Sizes = 1,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    dilationRate: Sizes = 1,
    activation: str | None = None,
    useBias: bool = True,
    kernelInitializer: Any = "glorotNormal",
    biasInitializer: Any = "zeros",
    kernelConstraint: Any = None,
    biasConstraint: Any = None,
    kernelRegularizer: Any = None,
    biasRegularizer: Any = None,
    activityRegularizer: Any = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """The transpose of a convolution over images, [batch, height, width, channels].

    tf.js: kernels begin as glorotNormal, where Keras has glorotUniform.

    Args:
      filters: the number of output channels.
      kernelSize: the window's height and width, one number for both or two.
      strides: how many times as high and wide the output is.
      padding: "valid" (the output is larger by what the window has beyond the strides) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: which tf.js checks and does not heed.
      activation: relu, sigmoid, softmax, ...; none without it.
      useBias: whether a bias is added.
      kernelInitializer: how the kernel, [height, width, filters, channels], begins.
      biasInitializer: how the bias, [filters], begins.
      kernelConstraint: what the kernel must meet, as "maxNorm".
      biasConstraint: what the bias must meet.
      kernelRegularizer: a penalty on the kernel, as `tf.regularizers.l2()`.
      biasRegularizer: a penalty on the bias.
      activityRegularizer: a penalty on the output.

    Raises:
      ValueError: for sizes that are no positive integers, or an unknown name.
    """
    window = given.window(2, kernelSize, strides, padding)
    result = given.result(dataFormat, activation, activityRegularizer)
    sizes("dilationRate", dilationRate, 2)
    return make_layer(
        convolution_class(keras.layers.Conv2DTranspose, {**window, **result}),
        base,
        filters=positive_integer("filters", filters),
        **window,
        **result,
        **given.bias(useBias, biasInitializer, biasConstraint, biasRegularizer),
        **given.kernel(kernelInitializer, kernelConstraint, kernelRegularizer),
    )


@layer_options
def conv3dTranspose(
    *,
    filters: int,
    kernelSize: Sizes,
    strides: Sizes = 1,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    dilationRate: Sizes = 1,
    activation: str | None = None,
    useBias: bool = True,
    kernelInitializer: Any = "glorotNormal",
    biasInitializer: Any = "zeros",
    kernelConstraint: Any = None,
    biasConstraint: Any = None,
    kernelRegularizer: Any = None,
    biasRegularizer: Any = None,
    activityRegularizer: Any = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """The transpose of a convolution over volumes, [batch, depth, height, width, channels].

    tf.js: kernels begin as glorotNormal, where Keras has glorotUniform.

    Args:
      filters: the number of output channels.
      kernelSize: the window's depth, height and width, one number for all or three.
      strides: how many times as deep, high and wide the output is.
      padding: "valid" (the output is larger by what the window has beyond the strides) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: which tf.js checks and does not heed.
      activation: relu, sigmoid, softmax, ...; none without it.
      useBias: whether a bias is added.
      kernelInitializer: how the kernel, [depth, height, width, filters, channels], begins.
      biasInitializer: how the bias, [filters], begins.
      kernelConstraint: what the kernel must meet, as "maxNorm".
      biasConstraint: what the bias must meet.
      kernelRegularizer: a penalty on the kernel, as `tf.regularizers.l2()`.
      biasRegularizer: a penalty on the bias.
      activityRegularizer: a penalty on the output.

    Raises:
      ValueError: for sizes that are no positive integers, or an unknown name.
    """
    window = given.window(3, kernelSize, strides, padding)
    result = given.result(dataFormat, activation, activityRegularizer)
    sizes("dilationRate", dilationRate, 3)
    return make_layer(
        convolution_class(keras.layers.Conv3DTranspose, {**window, **result}),
        base,
        filters=positive_integer("filters", filters),
        **window,
        **result,
        **given.bias(useBias, biasInitializer, biasConstraint, biasRegularizer),
        **given.kernel(kernelInitializer, kernelConstraint, kernelRegularizer),
    )
