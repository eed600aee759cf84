"""How the Keras layers of the mirror's own are written into a model.json.

tf.js has layers of these names, but they fail in a model: others compute the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.common import input_shape
from tfjsbridge.converters.layers.core import write_category_encoding
from tfjsbridge.converters.layers.resizing import resized_by
from tfjsbridge.converters.layers.shapes import known
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, writes
from tfjsbridge.layers.keras_categories import CategoryEncoding
from tfjsbridge.layers.keras_images import CenterCrop, Resizing


@writes(CenterCrop, Resizing)
def write_resized(layer: Any) -> list[TfjsLayer]:
    """Each axis as a product with a matrix, which images of one pixel in each channel show."""
    height, width, _ = known(input_shape(layer))

    def matrix(axis: int, size: int, wanted: int) -> np.ndarray:
        pixels = np.eye(size, dtype=np.float32)
        if axis == 0:
            images = np.broadcast_to(pixels[:, None], [height, width, size])
            return np.asarray(layer(images))[:, 0].T.copy()
        images = np.broadcast_to(pixels[None], [height, width, size])
        return np.asarray(layer(images))[0].T.copy()

    return resized_by(layer, matrix)


@writes(CategoryEncoding)
def write_encoding(layer: Any) -> TfjsLayer | Sequence[TfjsLayer]:
    if layer.output_mode == "int":
        raise CannotConvertLayer("tf.js's layers compute in float32, but it gives int32")
    return write_category_encoding(layer)
