"""Layers / Convolutional of the tf.js API: convolutions of each channel by itself.

Follows tfjs-layers/src/layers/convolutional_depthwise.ts, and `SeparableConv2D` of
convolutional.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfjsbridge import initializers
from tfjsbridge.converters.keras_convolutions import convolution_class
from tfjsbridge.layers import convolution_options as given
from tfjsbridge.layers.arguments import Sizes, positive_integer, sizes
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
def depthwiseConv2d(
    *,
    kernelSize: Sizes,
    depthMultiplier: int = 1,
    depthwiseInitializer: Any = "glorotNormal",
    depthwiseConstraint: Any = None,
    depthwiseRegularizer: Any = None,
    strides: Sizes = 1,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    dilationRate: Sizes = 1,
    activation: str | None = None,
    useBias: bool = True,
    kernelInitializer: Any = None,
    biasInitializer: Any = "zeros",
    kernelConstraint: Any = None,
    biasConstraint: Any = None,
    kernelRegularizer: Any = None,
    biasRegularizer: Any = None,
    activityRegularizer: Any = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """A convolution over images, [batch, height, width, channels], of each channel by itself.

    tf.js: the kernel begins as glorotNormal, where Keras has glorotUniform.

    Args:
      kernelSize: the window's height and width, one number for both or two.
      depthMultiplier: how many output channels each input channel gives.
      depthwiseInitializer: how the kernel, [height, width, channels, depthMultiplier], begins.
      depthwiseConstraint: what the kernel must meet, as "maxNorm".
      depthwiseRegularizer: a penalty on the kernel, as `tf.regularizers.l2()`.
      strides: the steps between windows.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: which tf.js checks and does not heed.
      activation: relu, sigmoid, softmax, ...; none without it.
      useBias: whether a bias is added.
      kernelInitializer: has no effect, as in tf.js; it is depthwiseInitializer that does.
      biasInitializer: how the bias, [channels * depthMultiplier], begins.
      kernelConstraint: has no effect.
      biasConstraint: what the bias must meet.
      kernelRegularizer: has no effect.
      biasRegularizer: a penalty on the bias.
      activityRegularizer: a penalty on the output.

    Raises:
      ValueError: for sizes that are no positive integers, or an unknown name.
    """
    sizes("dilationRate", dilationRate, 2)
    window = given.window(2, kernelSize, strides, padding)
    result = given.result(dataFormat, activation, activityRegularizer)
    return make_layer(
        convolution_class(keras.layers.DepthwiseConv2D, {**window, **result}),
        base,
        depth_multiplier=positive_integer("depthMultiplier", depthMultiplier),
        **window,
        **result,
        **given.bias(useBias, biasInitializer, biasConstraint, biasRegularizer),
        **given.kernel(
            depthwiseInitializer, depthwiseConstraint, depthwiseRegularizer, name="depthwise"
        ),
    )


@layer_options
def separableConv2d(
    *,
    filters: int,
    kernelSize: Sizes,
    depthMultiplier: int = 1,
    depthwiseInitializer: Any = "glorotUniform",
    pointwiseInitializer: Any = "glorotUniform",
    depthwiseRegularizer: Any = None,
    pointwiseRegularizer: Any = None,
    depthwiseConstraint: Any = None,
    pointwiseConstraint: Any = None,
    strides: Sizes = 1,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    dilationRate: Sizes = 1,
    activation: str | None = None,
    useBias: bool = True,
    kernelInitializer: Any = None,
    biasInitializer: Any = "zeros",
    kernelConstraint: Any = None,
    biasConstraint: Any = None,
    kernelRegularizer: Any = None,
    biasRegularizer: Any = None,
    activityRegularizer: Any = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """A convolution over images, [batch, height, width, channels], in two steps.

    First each channel by itself, then the channels of each pixel.

    It trains with a dilationRate above 1 too, where tf.js has no gradient. On channels first tf.js
    adds the bias along the height; here it is added to the channels.

    Args:
      filters: the number of output channels.
      kernelSize: the window's height and width, one number for both or two.
      depthMultiplier: how many channels the first step makes of each.
      depthwiseInitializer: how both kernels begin: [height, width, channels, depthMultiplier] and
        [1, 1, channels * depthMultiplier, filters].
      pointwiseInitializer: has no effect: tf.js takes depthwiseInitializer in its place.
      depthwiseRegularizer: a penalty on the first step's kernel, as `tf.regularizers.l2()`.
      pointwiseRegularizer: a penalty on the second step's kernel.
      depthwiseConstraint: what the first step's kernel must meet, as "maxNorm".
      pointwiseConstraint: what the second step's kernel must meet.
      strides: the steps between windows.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: the spacing within a window.
      activation: relu, sigmoid, softmax, ...; none without it.
      useBias: whether a bias is added.
      kernelInitializer: must not be given, nor kernelConstraint and kernelRegularizer.
      biasInitializer: how the bias, [filters], begins.
      kernelConstraint: must not be given.
      biasConstraint: what the bias must meet.
      kernelRegularizer: must not be given.
      biasRegularizer: a penalty on the bias.
      activityRegularizer: a penalty on the output.

    Raises:
      ValueError: for sizes that are no positive integers, an unknown name, an option that must not
        be given, or a dilationRate above 1 with strides above 1.
    """
    if any(x is not None for x in (kernelInitializer, kernelRegularizer, kernelConstraint)):
        raise ValueError(
            "Fields kernelInitializer, kernelRegularizer and kernelConstraint are invalid for "
            "SeparableConv2D. Use depthwiseInitializer, depthwiseRegularizer, depthwiseConstraint, "
            "pointwiseInitializer, pointwiseRegularizer and pointwiseConstraint instead."
        )
    initializers.get(pointwiseInitializer, "glorotUniform")  # an unknown name is an error
    window = given.window(2, kernelSize, strides, padding)
    result = given.result(dataFormat, activation, activityRegularizer)
    return make_layer(
        convolution_class(keras.layers.SeparableConv2D, {**window, **result}),
        base,
        filters=positive_integer("filters", filters),
        depth_multiplier=positive_integer("depthMultiplier", depthMultiplier),
        **window,
        **result,
        **given.dilation(window, dilationRate),
        **given.bias(useBias, biasInitializer, biasConstraint, biasRegularizer),
        **given.kernel(
            depthwiseInitializer,
            depthwiseConstraint,
            depthwiseRegularizer,
            name="depthwise",
            default="glorotUniform",
        ),
        **given.kernel(
            # tf.js: `config.depthwiseInitializer` (convolutional.ts)
            depthwiseInitializer,
            pointwiseConstraint,
            pointwiseRegularizer,
            name="pointwise",
            default="glorotUniform",
        ),
    )
