"""Layers / Padding of the tf.js API, and cropping, its opposite.

Follows tfjs-layers/src/layers/padding.ts, and `Cropping2D` of convolutional.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge.layers.arguments import Sizes, data_format
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack

Edges = Sizes | Sequence[Sequence[int]]


@layer_options
def zeroPadding2d(
    *, padding: Edges = 1, dataFormat: str = "channelsLast", **base: Unpack[LayerOptions]
) -> Layer:
    """Zeros around images, [batch, height, width, channels].

    Args:
      padding: how many: one number for all edges, [height, width] for each of two edges, or
        [[top, bottom], [left, right]].
      dataFormat: "channelsLast" or "channelsFirst".

    Raises:
      ValueError: for another padding; also for one below 0, with which tf.js crops.
    """
    return make_layer(
        keras.layers.ZeroPadding2D,
        base,
        padding=_edges("padding", 1 if padding is None else padding),
        data_format=data_format(dataFormat),
    )


@layer_options
def cropping2D(
    *, cropping: Edges, dataFormat: str = "channelsLast", **base: Unpack[LayerOptions]
) -> Layer:
    """Images, [batch, height, width, channels], without their edges.

    Args:
      cropping: how much is cut off: one number for all edges, [height, width] for each of two
        edges, or [[top, bottom], [left, right]].
      dataFormat: "channelsLast" or "channelsFirst".

    Raises:
      ValueError: for another cropping. When the layer is applied also for one that leaves nothing;
        tf.js leaves images of no pixels where it is just all.
    """
    return make_layer(
        keras.layers.Cropping2D,
        base,
        cropping=_edges("cropping", cropping),
        data_format=data_format(dataFormat),
    )


def _edges(option: str, value: Any) -> tuple[tuple[int, int], tuple[int, int]]:
    """[[top, bottom], [left, right]] of one number, two, or two pairs."""
    given = [value, value] if _is_number(value) else value
    if isinstance(given, (list, tuple)) and len(given) == 2:
        pairs = [(each, each) if _is_number(each) else each for each in given]
        if all(isinstance(p, (list, tuple)) and len(p) == 2 for p in pairs) and all(
            _is_number(number) for pair in pairs for number in pair
        ):
            (top, bottom), (left, right) = pairs
            return (int(top), int(bottom)), (int(left), int(right))
    raise ValueError(
        f"{option} must be a number, an array of two, or an array of two arrays of two, of "
        f"integers not below 0; got {value!r}."
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and int(value) >= 0
