"""Layers / Convolutional of the tf.js API: over series, images and volumes.

Follows tfjs-layers/src/layers/convolutional.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfjsbridge.converters.keras_convolutions import convolution_class
from tfjsbridge.layers import convolution_options as given
from tfjsbridge.layers.arguments import Sizes, positive_integer
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
def conv1d(
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
    """A convolution over series, [batch, steps, channels].

    tf.js: kernels begin as glorotNormal, where Keras has glorotUniform.
    It trains with a dilationRate above 1 too, where tf.js has no gradient.
    "causal" padding and "channelsFirst" do here what they say. In tf.js a causal layer fails when
    it is called, and one of channels first takes [batch, channels, steps] and gives the transpose
    of what its outputShape says.

    Args:
      filters: the number of output channels.
      kernelSize: the window's number of steps.
      strides: the steps between windows.
      padding: "valid" (none), "same", or "causal": zeros in front, so that no step sees later ones.
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: the spacing within a window.
      activation: relu, sigmoid, softmax, ...; none without it.
      useBias: whether a bias is added.
      kernelInitializer: how the kernel, [steps, channels, filters], begins.
      biasInitializer: how the bias, [filters], begins.
      kernelConstraint: what the kernel must meet, as "maxNorm".
      biasConstraint: what the bias must meet.
      kernelRegularizer: a penalty on the kernel, as `tf.regularizers.l2()`.
      biasRegularizer: a penalty on the bias.
      activityRegularizer: a penalty on the output.

    Raises:
      ValueError: for sizes that are no positive integers, an unknown name, or a dilationRate
        above 1 with strides above 1.
    """
    window = given.window(1, kernelSize, strides, padding, causal=True)
    result = given.result(dataFormat, activation, activityRegularizer)
    return make_layer(
        convolution_class(keras.layers.Conv1D, {**window, **result}),
        base,
        filters=positive_integer("filters", filters),
        **window,
        **result,
        **given.dilation(window, dilationRate),
        **given.bias(useBias, biasInitializer, biasConstraint, biasRegularizer),
        **given.kernel(kernelInitializer, kernelConstraint, kernelRegularizer),
    )


@layer_options
def conv2d(
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
    """A convolution over images, [batch, height, width, channels].

    tf.js: kernels begin as glorotNormal, where Keras has glorotUniform.
    It trains with a dilationRate above 1 too, where tf.js has no gradient.

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

    Raises:
      ValueError: for sizes that are no positive integers, an unknown name, or a dilationRate
        above 1 with strides above 1.
    """
    window = given.window(2, kernelSize, strides, padding)
    result = given.result(dataFormat, activation, activityRegularizer)
    return make_layer(
        convolution_class(keras.layers.Conv2D, {**window, **result}),
        base,
        filters=positive_integer("filters", filters),
        **window,
        **result,
        **given.dilation(window, dilationRate),
        **given.bias(useBias, biasInitializer, biasConstraint, biasRegularizer),
        **given.kernel(kernelInitializer, kernelConstraint, kernelRegularizer),
    )


@layer_options
def conv3d(
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
    """A convolution over volumes, [batch, depth, height, width, channels].

    tf.js: kernels begin as glorotNormal, where Keras has glorotUniform.
    It trains with a dilationRate above 1 too, where tf.js has no gradient.

    Args:
      filters: the number of output channels.
      kernelSize: the window's depth, height and width, one number for all or three.
      strides: the steps between windows.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: the spacing within a window.
      activation: relu, sigmoid, softmax, ...; none without it.
      useBias: whether a bias is added.
      kernelInitializer: how the kernel, [depth, height, width, channels, filters], begins.
      biasInitializer: how the bias, [filters], begins.
      kernelConstraint: what the kernel must meet, as "maxNorm".
      biasConstraint: what the bias must meet.
      kernelRegularizer: a penalty on the kernel, as `tf.regularizers.l2()`.
      biasRegularizer: a penalty on the bias.
      activityRegularizer: a penalty on the output.

    Raises:
      ValueError: for sizes that are no positive integers, an unknown name, or a dilationRate
        above 1 with strides above 1.
    """
    window = given.window(3, kernelSize, strides, padding)
    result = given.result(dataFormat, activation, activityRegularizer)
    return make_layer(
        convolution_class(keras.layers.Conv3D, {**window, **result}),
        base,
        filters=positive_integer("filters", filters),
        **window,
        **result,
        **given.dilation(window, dilationRate),
        **given.bias(useBias, biasInitializer, biasConstraint, biasRegularizer),
        **given.kernel(kernelInitializer, kernelConstraint, kernelRegularizer),
    )
