"""Keras's convolutions where tf.js's compute something else, or Keras's go wrong.

Follows tfjs-layers/src/layers/convolutional.ts and tfjs-core/src/ops/conv_util.ts.

- Of channels first: on TensorFlow Keras takes the last axis for the channels' where both are as
  long, and adds the bias along it. These move the channels to the end and back, as tf.js does.
- Over volumes, with "same" padding and strides larger than the window: tf.js begins behind the
  first value, by the padding that is missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow

ops = keras.ops


class TfjsConvolution:
    """What the classes here do otherwise than Keras's; stands before one of those."""

    #: Whether the activation sees channels last, which matters to softmax only.
    activation_before = False

    def call(self: Any, inputs: Any) -> Any:
        """[batch, ...sizes, channels] to [batch, ...sizes, filters], or with channels first."""
        first = self.data_format == "channels_first"
        outputs = self.convolved(ops.moveaxis(inputs, 1, -1) if first else inputs)
        if self.use_bias:
            outputs = ops.add(outputs, self.bias)
        if not first:
            return self.activation(outputs)
        if self.activation_before:
            return ops.moveaxis(self.activation(outputs), -1, 1)
        return self.activation(ops.moveaxis(outputs, -1, 1))

    def convolved(self, inputs: Any) -> Any:
        """The convolution of channels last."""
        raise NotImplementedError


class _Convolution(TfjsConvolution):
    def convolved(self: Any, inputs: Any) -> Any:
        padding = self.padding
        if padding == "causal":
            front = self.dilation_rate[0] * (self.kernel_size[0] - 1)
            inputs, padding = ops.pad(inputs, [[0, 0], [front, 0], [0, 0]]), "valid"
        return ops.conv(
            inputs,
            self.kernel,
            strides=list(self.strides),
            padding=padding,
            dilation_rate=self.dilation_rate,
            data_format="channels_last",
        )


def _begin(volumes: Any, axis: int, stride: int, window: int) -> Any:
    """How much of an axis tf.js leaves out in front, with "same" padding."""
    size = volumes.shape[axis]
    known = size is not None
    size = size if known else tensorflow.shape(volumes)[axis]
    missing = size - (-(-size // stride) - 1) * stride - window
    return ((max(missing, 0) if known else tensorflow.maximum(missing, 0)) + 1) // 2


class _Transposed(TfjsConvolution):
    def convolved(self: Any, inputs: Any) -> Any:
        return ops.conv_transpose(
            inputs,
            self.kernel,
            strides=list(self.strides),
            padding=self.padding,
            output_padding=self.output_padding,
            dilation_rate=self.dilation_rate,
            data_format="channels_last",
        )


@keras.saving.register_keras_serializable("tfjsbridge")
class Conv1D(_Convolution, keras.layers.Conv1D):
    """Over steps: [batch, channels, steps]; with the activation over channels."""

    activation_before = True


@keras.saving.register_keras_serializable("tfjsbridge")
class Conv2D(_Convolution, keras.layers.Conv2D):
    """Over images: [batch, channels, height, width]."""


@keras.saving.register_keras_serializable("tfjsbridge")
class Conv3D(_Convolution, keras.layers.Conv3D):
    """Over volumes: [batch, depth, height, width, channels], or with channels first."""

    def convolved(self, inputs: Any) -> Any:
        if self.padding == "same":
            begins = [_begin(inputs, axis, *of_axis) for axis, *of_axis in self._axes()]
            kept = (slice(None), *(slice(begin, None) for begin in begins))
            inputs = inputs[kept]
        return super().convolved(inputs)

    def _axes(self) -> Any:
        return zip((1, 2, 3), self.strides, self.kernel_size, strict=True)


@keras.saving.register_keras_serializable("tfjsbridge")
class Conv2DTranspose(_Transposed, keras.layers.Conv2DTranspose):
    """The transpose of one over images."""


@keras.saving.register_keras_serializable("tfjsbridge")
class Conv3DTranspose(_Transposed, keras.layers.Conv3DTranspose):
    """The transpose of one over volumes."""

    def convolved(self, inputs: Any) -> Any:
        outputs = super().convolved(inputs)
        if self.padding != "same":
            return outputs
        # What is rolled to the front is zeros, between the windows.
        missing = [s - w for s, w in zip(self.strides, self.kernel_size, strict=True)]
        return tensorflow.roll(outputs, [(max(m, 0) + 1) // 2 for m in missing], [1, 2, 3])


@keras.saving.register_keras_serializable("tfjsbridge")
class DepthwiseConv2D(TfjsConvolution, keras.layers.DepthwiseConv2D):
    """Over images, of each channel by itself."""

    def convolved(self, inputs: Any) -> Any:
        return ops.depthwise_conv(
            inputs,
            self.kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format="channels_last",
        )


@keras.saving.register_keras_serializable("tfjsbridge")
class SeparableConv2D(TfjsConvolution, keras.layers.SeparableConv2D):
    """Over images, of each channel by itself and then over the channels of each pixel."""

    activation_before = True

    def convolved(self, inputs: Any) -> Any:
        return ops.separable_conv(
            inputs,
            self.depthwise_kernel,
            self.pointwise_kernel,
            strides=self.strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format="channels_last",
        )


_CLASSES: dict[type, type] = {
    getattr(keras.layers, cls.__name__): cls
    for cls in (
        Conv1D,
        Conv2D,
        Conv3D,
        Conv2DTranspose,
        Conv3DTranspose,
        DepthwiseConv2D,
        SeparableConv2D,
    )
}


def convolution_class(keras_class: type, options: Mapping[str, Any]) -> Any:
    """The class for a convolution with some options: Keras's own, or ours where that goes wrong.

    Args:
      keras_class: Keras's class.
      options: Keras's options; `data_format`, `padding`, `kernel_size` and `strides` are read.
    """
    volumes = keras_class in (keras.layers.Conv3D, keras.layers.Conv3DTranspose)
    skips = volumes and bool(np.greater(options["strides"], options["kernel_size"]).any())
    if options["data_format"] == "channels_first" or (skips and options["padding"] == "same"):
        return _CLASSES[keras_class]
    return keras_class
