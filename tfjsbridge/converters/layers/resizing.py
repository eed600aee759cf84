"""Conversions that change the size of pictures: for each axis a product with a matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.attention import dense
from tfjsbridge.converters.layers.common import (
    input_shape,
    listed,
    only_floats,
    output_shape,
    read_base,
)
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.layers.rewrites import rescaling
from tfjsbridge.converters.layers.shapes import known, permute
from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    inputs_of,
    reads,
    writes,
)
from tfjsbridge.converters.up_sampling import UpSampling2D
from tfjsbridge.runtime import keras

layers = keras.layers

#: The most values of a matrix: of an axis of 1,024 pixels and as many new ones.
LARGEST = 2**20


@writes(layers.UpSampling2D)
def write_up_sampling_2d(layer: Any) -> list[TfjsLayer]:
    if layer.interpolation != "nearest":
        # tf.js's own bilinear one takes other points.
        return _resized(layer, layer.interpolation, antialias=False)
    config = {
        "size": listed(layer.size),
        "data_format": layer.data_format,
        "interpolation": "nearest",
    }
    if any(tensor.dtype == "bool" for tensor in inputs_of(layer)):
        raise CannotConvertLayer("tf.js repeats no booleans; cast them first")
    return [TfjsLayer("UpSampling2D", config)]


@writes(UpSampling2D)
def write_tfjs_up_sampling_2d(layer: Any) -> TfjsLayer:
    names = ("size", "data_format", "interpolation")
    return TfjsLayer("UpSampling2D", {name: listed(getattr(layer, name)) for name in names})


@reads("UpSampling2D")
def read_up_sampling_2d(config: dict[str, Any]) -> Any:
    bilinear = config.get("interpolation") == "bilinear"
    return (UpSampling2D if bilinear else layers.UpSampling2D)(
        config.get("size", 2),
        data_format=read_data_format(config),
        interpolation=config.get("interpolation") or "nearest",
        **read_base(config),
    )


@writes(layers.Resizing)
def write_resizing(layer: Any) -> list[TfjsLayer]:
    if layer.crop_to_aspect_ratio:
        return _cropped(layer)
    if layer.pad_to_aspect_ratio:
        return _padded(layer)
    return _resized(layer, layer.interpolation, layer.antialias)


def _resized(layer: Any, interpolation: str, antialias: bool) -> list[TfjsLayer]:
    def matrix(axis: int, size: int, wanted: int) -> np.ndarray:
        return _matrix(size, wanted, interpolation, antialias)

    return resized_by(layer, matrix)


def _cropped(layer: Any) -> list[TfjsLayer]:
    """The middle of the image, as much of it as has the new one's form."""
    sizes = _of_that_form(layer)

    def matrix(axis: int, size: int, wanted: int) -> np.ndarray:
        kept = max(min(size, sizes[axis]), 1)
        begin = (size - kept) // 2
        whole = np.zeros([size, wanted], np.float32)
        whole[begin : begin + kept] = _matrix(kept, wanted, layer.interpolation, layer.antialias)
        return whole

    return resized_by(layer, matrix)


def _padded(layer: Any) -> list[TfjsLayer]:
    """The image in the middle of a larger one of the new one's form, 0 or another number around."""
    sizes = _of_that_form(layer)

    def matrix(axis: int, size: int, wanted: int) -> np.ndarray:
        begin = max(sizes[axis] - size, 0) // 2
        whole = _matrix(size + 2 * begin, wanted, layer.interpolation, layer.antialias)
        return whole[begin : begin + size]

    parts = resized_by(layer, matrix)
    value = float(layer.fill_value)
    if value == 0:
        return parts
    return [rescaling(1.0, -value, "as_zero"), *parts, rescaling(1.0, value, "filled")]


def _of_that_form(layer: Any) -> tuple[int, int]:
    """The height that the width asks for, and the width that the height asks for, as in Keras."""
    sizes = known(input_shape(layer))
    height, width = sizes[1:] if layer.data_format == "channels_first" else sizes[:2]
    return (
        int(np.float32(width * layer.height) / np.float32(layer.width)),
        int(np.float32(height * layer.width) / np.float32(layer.height)),
    )


def resized_by(layer: Any, matrix: Callable[[int, int, int], np.ndarray]) -> list[TfjsLayer]:
    """A layer that makes images of another size, each axis by itself.

    Args:
      layer: on floats.
      matrix: gives, for an axis (0 the rows, 1 the columns), its size and the wanted one, how much
        of each old pixel is in each new one, [size, wanted].
    """
    only_floats(layer)
    before, after = known(input_shape(layer)), list(output_shape(layer)[1:])
    parts: list[TfjsLayer] = []
    first = 1 if getattr(layer, "data_format", None) == "channels_first" else 0
    for number, name in enumerate(("rows", "columns")):
        axis = first + number
        if before[axis] * after[axis] > LARGEST:
            raise CannotConvertLayer(f"{before[axis]} to {after[axis]} {name} take a large matrix")
        values = matrix(number, before[axis], after[axis])
        if values.shape[0] == values.shape[1] and np.array_equal(values, np.eye(len(values))):
            continue
        product = dense(values, None, name)
        product.config["trainable"] = False
        order = [a + 1 for a in range(3) if a != axis] + [axis + 1]
        back = [order.index(a) + 1 for a in (1, 2, 3)]
        if order == [1, 2, 3]:
            parts.append(product)
        else:
            parts += [permute(order, f"{name}_last"), product, permute(back, f"{name}_back")]
    return parts or [TfjsLayer("Activation", {"activation": "linear"})]


def _matrix(size: int, wanted: int, interpolation: str, antialias: bool) -> np.ndarray:
    """How much of each old pixel [size] is in each new one [wanted]."""
    each = np.eye(size, dtype=np.float32).reshape(1, size, 1, size)
    resized = keras.ops.image.resize(
        each, (wanted, 1), interpolation=interpolation, antialias=antialias,
        data_format="channels_last",
    )  # fmt: skip
    return np.asarray(resized).reshape(wanted, size).T.copy()
