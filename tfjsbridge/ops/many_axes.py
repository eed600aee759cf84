"""Six axes, where TensorFlow's kernels stop at five.

TensorFlow broadcasts [2, 1, 2, 1, 2, 1] against no [2, 2, 2, 2, 2, 2], and so has no gradient of a
sum over every other one of six axes. Here values are repeated, or axes put together, before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tfjsbridge.runtime import tensorflow

_raw = tensorflow.raw_ops

#: What TensorFlow raises where it cannot broadcast so many axes.
TOO_MANY = tensorflow.errors.UnimplementedError


def repeated(x: Any, shape: Sequence[int]) -> Any:
    """A TensorFlow tensor in a shape that it broadcasts to."""
    own = [1] * (len(shape) - len(x.shape)) + list(x.shape)
    times = [wanted if have == 1 else 1 for have, wanted in zip(own, shape, strict=True)]
    return _raw.Tile(input=_raw.Reshape(tensor=x, shape=own), multiples=times)


def repeated_pair(x: Any, y: Any) -> tuple[Any, Any]:
    """Two TensorFlow tensors in the shape that they have when they are broadcast."""
    if not (x.shape.is_fully_defined() and y.shape.is_fully_defined()):
        sizes = tensorflow.broadcast_dynamic_shape(tensorflow.shape(x), tensorflow.shape(y))
        return repeated_within_a_graph(x, sizes), repeated_within_a_graph(y, sizes)
    shape = np.broadcast_shapes(tuple(x.shape), tuple(y.shape))
    return repeated(x, shape), repeated(y, shape)


def repeated_within_a_graph(x: Any, sizes: Any) -> Any:
    """`repeated` to sizes that are not known before the graph runs, a vector of int32."""
    missing = tensorflow.size(sizes) - len(x.shape)
    own = tensorflow.concat([tensorflow.ones([missing], "int32"), tensorflow.shape(x)], 0)
    times = sizes // tensorflow.maximum(own, 1)
    return _raw.Tile(input=_raw.Reshape(tensor=x, shape=own), multiples=times)


def fail_within_a_graph(x: Any, y: Any) -> bool:
    """Whether TensorFlow may find that the axes are too many only when the graph runs."""
    if type(x) is float or type(y) is float or None in (x.shape.rank, y.shape.rank):
        return False
    known = x.shape.is_fully_defined() and x.shape == y.shape
    return (
        max(x.shape.rank, y.shape.rank) > 5 and 0 not in (x.shape.rank, y.shape.rank) and not known
    )


def are_many(value: Any) -> bool:
    """Whether a TensorFlow tensor is to be reduced by `in_two_axes`."""
    try:
        many = value._rank() > 5  # of an EagerTensor, three times as quick as by its shape
    except (AttributeError, TypeError):
        many = len(value.shape) > 5
    return many and bool(value.shape.is_fully_defined())


def in_two_axes(
    reduce: Callable[[Any], Any], value: Any, axes: Sequence[int], keep: bool = False
) -> Any:
    """A reduction of a TensorFlow tensor over `axes`, computed over the second axis of a matrix.

    Args:
      reduce: takes [rows, columns] and gives [rows].
      value: of any shape that is known.
      axes: the axes to reduce, counted from the first.
      keep: whether to keep them, of size 1.
    """
    sizes = value.shape.as_list()
    kept = [axis for axis in range(len(sizes)) if axis not in axes]
    rows, columns = (math.prod(sizes[axis] for axis in part) for part in (kept, axes))
    turned = _raw.Transpose(x=value, perm=[*kept, *axes])
    result = reduce(_raw.Reshape(tensor=turned, shape=[rows, columns]))
    left = [1 if axis in axes else size for axis, size in enumerate(sizes)]
    return _raw.Reshape(tensor=result, shape=left if keep else [sizes[axis] for axis in kept])
