"""UpSampling2D with tf.js's bilinear interpolation.

Follows tfjs-layers/src/layers/convolutional.ts: the corner of a pixel is its place. Keras takes its
middle.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.runtime import keras, tensorflow


@keras.saving.register_keras_serializable("tfjsbridge")
class UpSampling2D(keras.layers.UpSampling2D):
    """Images [batch, height, width, channels], `size` times as high and wide."""

    def call(self, inputs: Any) -> Any:
        """The larger images; float32 where they are bilinear."""
        if self.interpolation != "bilinear":
            return super().call(inputs)
        first = self.data_format == "channels_first"
        images = tensorflow.transpose(inputs, [0, 2, 3, 1]) if first else inputs
        sizes = tensorflow.shape(images)[1:3] * tensorflow.constant(self.size)
        larger = tensorflow.raw_ops.ResizeBilinear(images=images, size=sizes)
        larger = tensorflow.transpose(larger, [0, 3, 1, 2]) if first else larger
        larger.set_shape(self.compute_output_shape(inputs.shape))
        return larger
