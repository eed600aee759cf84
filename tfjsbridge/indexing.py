"""`t[...]`: indexing and slicing as in NumPy, in TensorFlow operations.

So it is differentiated, and works in a `tensorflow.function`. tf.js has no such syntax; the same
parts come from its slice, stridedSlice, gather, gatherND and booleanMaskAsync.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.errors import OutsideError
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation

#: A slice of a whole axis.
_ALL = slice(None)


@operation
def part(x: Tensor, index: Any) -> Tensor:
    """The part of `x` that NumPy's indexing gives.

    Args:
      x: a Tensor of any dtype.
      index: a whole number, slice, `...`, None, list or array of whole numbers or booleans, int32
        or bool Tensor; or a tuple of them, one an axis.

    Raises:
      IndexError: for too many indices, one outside of its axis, one that is no whole number, or a
        mask of another shape.
    """
    items = _expanded(x, index if isinstance(index, tuple) else (index,))
    if not any(_is_array(item) for item in items):
        return Tensor(_basic(x.tensor, items))
    return Tensor(_advanced(x.tensor, items))


def _expanded(x: Tensor, index: tuple[Any, ...]) -> list[Any]:
    """One item an axis, and None for each new axis: without `...`, masks as arrays of indices."""
    items = [_read(item) for item in index]
    axes = sum(_axes(item) for item in items)
    if axes > x.rank:
        raise OutsideError(
            f"too many indices: the Tensor has rank {x.rank} (shape {x.shape}), "
            f"but {axes} were indexed"
        )
    dots = [i for i, item in enumerate(items) if item is Ellipsis]
    if len(dots) > 1:
        raise OutsideError("an index can only have a single ellipsis ('...')")
    place = dots[0] if dots else len(items)
    items[place : place + 1] = [_ALL] * (x.rank - axes)
    expanded: list[Any] = []
    axis = 0
    for item in items:
        if _is_mask(item):
            expanded += _positions(item, x.shape, axis)
        elif item is None or isinstance(item, slice):
            expanded.append(item)
        else:
            expanded.append(_within(item, x.shape[axis], axis))
        axis += _axes(item)
    return expanded


def _read(item: Any) -> Any:
    """An item as None, `...`, a slice, a Python int, or a TensorFlow tensor of int32 or bool."""
    if item is None or item is Ellipsis or isinstance(item, slice):
        return item
    if isinstance(item, (int, np.integer)) and not isinstance(item, bool):
        return int(item)
    if isinstance(item, Tensor):
        item = item.tensor
    if not isinstance(item, tensorflow.Tensor):
        array = np.asarray(item)
        if array.size == 0 and array.dtype.kind == "f":  # an empty list
            array = array.astype(np.int32)
        if array.dtype.kind not in "iub":
            raise OutsideError(
                "only whole numbers, slices, `...`, None, and arrays and Tensors of int32 or bool "
                f"are valid indices, got {array.dtype} {str(item)[:60]}"
            )
        item = tensorflow.constant(array if array.dtype.kind == "b" else array.astype(np.int32))
    if item.dtype != tensorflow.bool and not item.dtype.is_integer:
        raise OutsideError(
            f"a Tensor of {item.dtype.name} is no index; make it int32: t.toInt(), or "
            "tf.tensor(values, dtype='int32')"
        )
    return item if item.dtype == tensorflow.bool else tensorflow.cast(item, "int32")


def _is_array(item: Any) -> bool:
    return isinstance(item, tensorflow.Tensor)


def _is_mask(item: Any) -> bool:
    return _is_array(item) and item.dtype == tensorflow.bool


def _axes(item: Any) -> int:
    """How many axes of the Tensor an item stands for."""
    if item is None or item is Ellipsis:
        return 0
    return len(item.shape) if _is_mask(item) else 1


def _positions(mask: Any, shape: list[int], axis: int) -> list[Any]:
    """Where a mask is true: an array of indices for each of its axes (`nonzero`)."""
    for i, size in enumerate(mask.shape):
        if None not in (size, shape[axis + i]) and size != shape[axis + i]:
            raise OutsideError(
                f"the mask has size {size} along axis {axis + i}, but the Tensor "
                f"{shape[axis + i]} (shape {shape})"
            )
    if len(mask.shape) == 0:  # numpy: a new axis of size 1 or 0
        raise OutsideError("a mask must have at least one axis")
    found = tensorflow.cast(tensorflow.where(mask), "int32")
    return tensorflow.unstack(found, num=len(mask.shape), axis=1)


def _within(item: Any, size: int | None, axis: int) -> Any:
    """An index or array of indices, checked and counted from the start of its axis."""
    if isinstance(item, int):
        if size is not None and not -size <= item < size:
            raise _out_of_bounds(item, axis, size)
        return item
    if size is not None and tensorflow.executing_eagerly():
        outside = item.numpy()
        outside = outside[(outside < -size) | (outside >= size)]
        if outside.size:
            raise _out_of_bounds(int(outside.flat[0]), axis, size)
    return item


def _out_of_bounds(index: int, axis: int, size: int) -> OutsideError:
    return OutsideError(f"index {index} is out of bounds for axis {axis} with size {size}")


def _basic(x: Any, items: list[Any]) -> Any:
    """Whole numbers, slices and new axes: what TensorFlow's own indexing knows."""
    sizes = iter(x.shape)
    return x[tuple(None if item is None else _plain(item, next(sizes)) for item in items)]


def _plain(item: Any, size: int | None) -> Any:
    """An index as it is; a slice within its axis, as Python reads it."""
    if not isinstance(item, slice) or size is None:
        return item
    start, stop, step = item.indices(size)
    # Before the first index TensorFlow would count from the end.
    if start < 0:
        return slice(0, 0)
    return slice(start, None if stop < 0 else stop, step)


def _advanced(x: Any, items: list[Any]) -> Any:
    """Arrays of indices, broadcast against each other: NumPy's advanced indexing."""
    # A whole number among arrays is an array too. The rest comes first, by slices and new axes.
    x = _basic(x, [item if item is None or isinstance(item, slice) else _ALL for item in items])
    arrays = [
        (axis, tensorflow.convert_to_tensor(item, "int32"))
        for axis, item in enumerate(items)
        if not (item is None or isinstance(item, slice))
    ]
    axes = [axis for axis, _ in arrays]
    sizes = tensorflow.shape(x)
    index = _stacked([tensorflow.where(i < 0, i + sizes[axis], i) for axis, i in arrays])
    others = [axis for axis in range(len(items)) if axis not in axes]
    if axes != list(range(len(axes))):
        x = tensorflow.transpose(x, axes + others)
    if x.shape.num_elements() == 0:  # which gather_nd refuses
        shape = tensorflow.concat(
            [tensorflow.shape(index)[:-1], tensorflow.shape(x)[len(axes) :]], axis=0
        )
        result = tensorflow.zeros(shape, x.dtype)
    else:
        result = tensorflow.gather_nd(x, index)
    # Arrays next to each other leave their axes where they stood; otherwise these come first.
    count = len(index.shape) - 1
    before = axes[0] if axes == list(range(axes[0], axes[0] + len(axes))) else 0
    if before == 0:
        return result
    order = [
        *range(count, count + before),
        *range(count),
        *range(count + before, len(x.shape) - len(axes) + count),
    ]
    return tensorflow.transpose(result, order)


def _stacked(arrays: list[Any]) -> Any:
    """The arrays broadcast to one shape, side by side in a last axis, as gather_nd wants them."""
    shapes = [tuple(array.shape) for array in arrays]
    try:
        if not any(None in shape for shape in shapes):
            np.broadcast_shapes(*shapes)
    except ValueError:
        raise OutsideError(
            "shape mismatch: indexing arrays could not be broadcast together with shapes "
            + " ".join(str(list(shape)) for shape in shapes)
        ) from None
    shape = tensorflow.shape(sum(tensorflow.zeros_like(array) for array in arrays))
    return tensorflow.stack([tensorflow.broadcast_to(array, shape) for array in arrays], axis=-1)
