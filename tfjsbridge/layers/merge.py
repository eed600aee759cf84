"""Layers / Merge of the tf.js API: layers that make one tensor of several.

Follows tfjs-layers/src/layers/merge.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
def add(**base: Unpack[LayerOptions]) -> Layer:
    """The sum of the inputs, element by element, broadcast."""
    return make_layer(keras.layers.Add, base)


@layer_options
def multiply(**base: Unpack[LayerOptions]) -> Layer:
    """The product of the inputs, element by element, broadcast."""
    return make_layer(keras.layers.Multiply, base)


@layer_options
def average(**base: Unpack[LayerOptions]) -> Layer:
    """The mean of the inputs, element by element, broadcast."""
    return make_layer(keras.layers.Average, base)


@layer_options
def maximum(**base: Unpack[LayerOptions]) -> Layer:
    """The largest of the inputs, element by element, broadcast."""
    return make_layer(keras.layers.Maximum, base)


@layer_options
def minimum(**base: Unpack[LayerOptions]) -> Layer:
    """The smallest of the inputs, element by element, broadcast."""
    return make_layer(keras.layers.Minimum, base)


@layer_options
def concatenate(*, axis: int = -1, **base: Unpack[LayerOptions]) -> Layer:
    """The inputs one behind the other along an axis.

    Args:
      axis: the axis, counted with the batch's as 0.
    """
    return make_layer(keras.layers.Concatenate, base, axis=axis)


@layer_options
def dot(
    *, axes: int | Sequence[int], normalize: bool = False, **base: Unpack[LayerOptions]
) -> Layer:
    """The dot product of two inputs along an axis of each.

    Args:
      axes: the axis, or the two of them, counted with the batch's as 0.
      normalize: whether the vectors are made of length 1 first: the cosine of their angle.
    """
    both = axes if isinstance(axes, int) else tuple(axes)
    return make_layer(keras.layers.Dot, base, axes=both, normalize=normalize)
