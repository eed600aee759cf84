"""Layers / Convolutional of the tf.js API: images made larger.

Follows `UpSampling2D` of tfjs-layers/src/layers/convolutional.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfjsbridge.converters.up_sampling import UpSampling2D
from tfjsbridge.errors import unknown_name
from tfjsbridge.layers.arguments import data_format, sizes
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack

#: tf.js's interpolations, and the class for each.
INTERPOLATIONS = {"nearest": keras.layers.UpSampling2D, "bilinear": UpSampling2D}


@layer_options
def upSampling2d(
    *,
    size: Sequence[int] | None = (2, 2),
    dataFormat: str = "channelsLast",
    interpolation: str | None = "nearest",
    **base: Unpack[LayerOptions],
) -> Layer:
    """Images, [batch, height, width, channels], several times as high and wide.

    tf.js: "bilinear" takes a pixel's corner for its place, where Keras takes its middle.

    Args:
      size: how many times as high and wide, two numbers.
      dataFormat: "channelsLast" or "channelsFirst".
      interpolation: "nearest" (each pixel repeated) or "bilinear".

    Raises:
      ValueError: for an unknown name or another size; of one number tf.js makes NaN.
    """
    size = (2, 2) if size is None else size
    if not isinstance(size, (list, tuple)):
        raise ValueError(f"size must be an array of two numbers, got {size!r}.")
    interpolation = "nearest" if interpolation is None else interpolation
    if interpolation not in INTERPOLATIONS:
        raise unknown_name("interpolation", interpolation, INTERPOLATIONS)
    return make_layer(
        INTERPOLATIONS[interpolation],
        base,
        size=sizes("size", size, 2),
        data_format=data_format(dataFormat),
        interpolation=interpolation,
    )
