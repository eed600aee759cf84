"""Tensors / Slicing and Joining of the tf.js API: parts of a Tensor.

Follows tfjs-core/src/ops/{slice,slice1d,slice2d,slice3d,slice4d,reverse,reverse_1d,reverse_2d,
reverse_3d,reverse_4d,split,unstack,tile,gather,boolean_mask}.ts, slice_util.ts, split_util.ts,
segment_util.ts and the cpu kernels. What joins Tensors is in `joining`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.ops.shapes import axes_of, axis_of, refuse_complex, whole, whole_list
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation

#: A list of numbers, or the first one of it.
Numbers = Any


@chained
def slice(x: Any, begin: Numbers, size: Numbers = None) -> Tensor:
    """The part of `x` that begins at `begin` and has the sizes `size`.

    Args:
      x: of rank 1 or more and any dtype but complex64.
      begin: where the part begins on each axis; of axes that are not named, at 0.
      size: how long the part is on each axis; -1, or an axis that is not named, is up to the end.

    Raises:
      ValueError: for a scalar, a negative begin, or a part that reaches beyond `x`.
    """
    value = convert(x, "x", "slice", STRING_OR_NUMERIC)
    refuse_complex(value, "slice")
    shape = value.shape
    if not shape:
        raise ValueError("Slicing scalar is not possible")
    begins, sizes = _begins_and_sizes(begin, size, shape)
    return Tensor(tensorflow.raw_ops.Slice(input=value.tensor, begin=begins, size=sizes))


def _begins_and_sizes(
    begin: Numbers, size: Numbers, shape: list[int]
) -> tuple[list[int], list[int]]:
    """Both for every axis (`parseSliceParams`, `assertParamsValid`)."""
    rank = len(shape)
    begins = whole_list([begin] if whole(begin) is not None else begin, "begin", "slice")
    begins += [0] * (rank - len(begins))
    sizes: list[int] = []
    if size is not None:
        sizes = whole_list([size] if whole(size) is not None else size, "size", "slice")
    sizes += [-1] * (rank - len(sizes))
    for name, numbers in (("begin", begins), ("size", sizes)):
        if len(numbers) != rank:
            raise ValueError(
                f"Error in slice{rank}D: Length of {name} {numbers} must match the rank of the "
                f"array ({rank})."
            )
    for i, (start, length, most) in enumerate(zip(begins, sizes, shape, strict=True)):
        if start < 0:
            raise ValueError(
                f"Error in slice{rank}D: slice() does not support negative begin indexing, "
                f"got begin {begins}."
            )
        if length < -1:
            raise ValueError(
                f"Error in slice{rank}D: Negative size values should be exactly -1 but got "
                f"{length} for the slice() size at index {i}."
            )
        stop = start + max(length, 0)
        if most is not None and stop > most:
            raise ValueError(
                f"Error in slice{rank}D: begin[{i}] + size[{i}] ({stop}) would overflow "
                f"input.shape[{i}] ({most})"
            )
    return begins, sizes


def _of_rank(x: Any, rank: int, function: str) -> Tensor:
    value = convert(x, "x", function)
    if value.rank != rank:
        raise ValueError(
            f"{function} expects a rank-{rank} tensor, but got a rank-{value.rank} tensor "
            f"of shape {value.shape}"
        )
    return value


@operation
def slice1d(x: Any, begin: int, size: int) -> Tensor:
    """The part of a vector from `begin` on that is `size` long (-1: up to the end)."""
    return slice(_of_rank(x, 1, "slice1d"), [begin], [size])


@operation
def slice2d(x: Any, begin: Numbers, size: Numbers) -> Tensor:
    """The part of a Tensor of rank 2 that begins at `begin` and has the sizes `size`."""
    return slice(_of_rank(x, 2, "slice2d"), begin, size)


@operation
def slice3d(x: Any, begin: Numbers, size: Numbers) -> Tensor:
    """The part of a Tensor of rank 3 that begins at `begin` and has the sizes `size`."""
    return slice(_of_rank(x, 3, "slice3d"), begin, size)


@operation
def slice4d(x: Any, begin: Numbers, size: Numbers) -> Tensor:
    """The part of a Tensor of rank 4 that begins at `begin` and has the sizes `size`."""
    return slice(_of_rank(x, 4, "slice4d"), begin, size)


@chained
def reverse(x: Any, axis: Any = None) -> Tensor:
    """`x` back to front along axes.

    Args:
      x: a numeric Tensor.
      axis: one axis or a list of them; by default all.
    """
    value = convert(x, "x", "reverse")
    refuse_complex(value, "reverse")
    axes = axes_of(axis, value.rank, "reverse")
    # tf.js: an axis that is named twice is reversed twice.
    axes = [one for one in set(axes) if axes.count(one) % 2]
    if not axes:
        clone = value if value.rank == 0 else None  # tf.js: with the same values in memory
        return Tensor(tensorflow.raw_ops.Identity(input=value.tensor), of=clone)
    return Tensor(tensorflow.raw_ops.ReverseV2(tensor=value.tensor, axis=axes))


def _reversed(x: Any, rank: int, axis: Any) -> Tensor:
    value = convert(x, "x", "reverse")
    if value.rank != rank:
        raise ValueError(
            f"Error in reverse{rank}D: x must be rank {rank} but got rank {value.rank}."
        )
    return reverse(value, axis)


@operation
def reverse1d(x: Any) -> Tensor:
    """A vector back to front."""
    return _reversed(x, 1, 0)


@operation
def reverse2d(x: Any, axis: Any = None) -> Tensor:
    """A Tensor of rank 2 back to front along axes, by default both."""
    return _reversed(x, 2, axis)


@operation
def reverse3d(x: Any, axis: Any = None) -> Tensor:
    """A Tensor of rank 3 back to front along axes, by default all."""
    return _reversed(x, 3, axis)


@operation
def reverse4d(x: Any, axis: Any = None) -> Tensor:
    """A Tensor of rank 4 back to front along axes, by default all."""
    return _reversed(x, 4, axis)


@chained
def split(x: Any, numOrSizeSplits: Numbers, axis: int = 0) -> list[Tensor]:
    """`x` cut into parts along an axis.

    Args:
      x: a numeric Tensor.
      numOrSizeSplits: how many parts of one size, or a list of their sizes, of which one that is
        not the first may be -1: what is left.
      axis: the axis to cut.

    Raises:
      ValueError: if the parts do not make up the whole axis.
    """
    value = convert(x, "x", "split")
    refuse_complex(value, "split")
    at = axis_of(axis, value.rank, "split")
    whole_size, count = value.shape[at], whole(numOrSizeSplits)
    if count is not None:
        if count < 1 or (whole_size is not None and whole_size % count):
            raise ValueError(
                "Error in split: Number of splits must evenly divide the axis: "
                f"{count} does not divide {whole_size}, the size of axis {at} of {value.shape}."
            )
        parts = tensorflow.raw_ops.Split(axis=at, value=value.tensor, num_split=count)
    else:
        sizes = _split_sizes(numOrSizeSplits, whole_size, value.shape)
        parts = tensorflow.raw_ops.SplitV(
            value=value.tensor, size_splits=sizes, axis=at, num_split=len(sizes)
        )
    return [Tensor(part) for part in parts]


def _split_sizes(given: Any, whole_size: int | None, shape: list[int]) -> list[int]:
    sizes = whole_list(given, "numOrSizeSplits", "split")
    if not sizes:
        raise ValueError("Error in split: numOrSizeSplits must not be empty.")
    if sizes.count(-1) > 1:
        raise ValueError(
            f"Error in split: There should be only one negative value in split array, got {sizes}."
        )
    # tf.js: a -1 that stands first is counted among the sizes, so that they never fit.
    if sizes[0] == -1 or any(size < -1 for size in sizes):
        raise ValueError(
            "Error in split: sizes must be from 0 on, but for one -1 that is not the first; "
            f"got {sizes}."
        )
    rest = sum(size for size in sizes if size >= 0)
    if whole_size is not None and (rest > whole_size if -1 in sizes else rest != whole_size):
        raise ValueError(
            "Error in split: The sum of sizes must match the size of the axis dimension: "
            f"{sizes} against {whole_size} of shape {shape}."
        )
    return sizes


@chained
def unstack(x: Any, axis: int = 0) -> list[Tensor]:
    """The parts of `x` at each index of an axis, which they no longer have.

    Args:
      x: of rank 1 or more and any dtype but complex64.
      axis: the axis that is taken apart.
    """
    value = convert(x, "x", "unstack", STRING_OR_NUMERIC)
    refuse_complex(value, "unstack")
    shape = value.shape
    if whole(axis) is None or not -len(shape) <= axis < len(shape):
        raise ValueError(f"Error in unstack: Axis = {axis} is not in [-{len(shape)}, {len(shape)})")
    if shape[axis] is None:
        raise ValueError(
            f"Error in unstack: the size of axis {axis} must be known, the shape is {shape}"
        )
    parts = tensorflow.raw_ops.Unpack(value=value.tensor, num=shape[axis], axis=axis)
    return [Tensor(part) for part in parts]


@chained
def tile(x: Any, reps: Any) -> Tensor:
    """`x` repeated along its axes.

    Args:
      x: of any dtype but complex64.
      reps: how often, for each axis.
    """
    value = convert(x, "x", "tile", STRING_OR_NUMERIC)
    refuse_complex(value, "tile")
    times = whole_list(reps, "reps", "tile")
    if value.rank != len(times):
        raise ValueError(
            f"Error in tile: rank of input {value.rank} must match length of reps {times}."
        )
    if any(count < 0 for count in times):
        raise ValueError(f"Error in tile: reps must not be negative, got {times}.")
    return Tensor(tensorflow.raw_ops.Tile(input=value.tensor, multiples=times))


@chained
def gather(x: Any, indices: Any, axis: int = 0, batchDims: int = 0) -> Tensor:
    """The parts of `x` at indices of an axis.

    Args:
      x: a numeric Tensor.
      indices: int32, of any shape, each from 0 to less than the size of the axis.
      axis: the axis that is indexed.
      batchDims: how many axes `x` and `indices` have in common, which come first.

    Returns:
      A Tensor of the shape of `x` with that of `indices` in place of the axis.

    Raises:
      ValueError: for an index that is not on the axis.
    """
    value = convert(x, "x", "gather")
    places = convert(indices, "indices", "gather", "int32")
    refuse_complex(value, "gather")
    at = axis_of(axis, value.rank, "gather")
    batch = _batch_axes(value.shape, places.shape, at, batchDims) if batchDims else 0
    try:
        result = Tensor(
            tensorflow.raw_ops.GatherV2(
                params=value.tensor, indices=places.tensor, axis=at, batch_dims=batch
            )
        )
    except tensorflow.errors.InvalidArgumentError:
        _check_indices(places, value.shape[at])
        raise
    if value.size == 0 and hasattr(places.tensor, "numpy"):  # TensorFlow checks no indices then
        _check_indices(places, value.shape[at])
    return result


def _check_indices(places: Tensor, size: int) -> None:
    """Raise for the first index that is not on an axis of that size."""
    numbers = places.dataSync()
    wrong = numbers[(numbers < 0) | (numbers >= size)]
    if wrong.size:
        raise ValueError(
            f"Error in gather: the index value {wrong[0]} is not in [0, {size - 1}]"
        ) from None


def _batch_axes(shape: list[int], indices: list[int], axis: int, batchDims: int) -> int:
    """`batchDims` counted from the first (`collectGatherOpShapeInfo`)."""
    rank, given = len(indices), whole(batchDims)
    if given is None or not -rank <= given <= rank:
        raise ValueError(
            f"Error in gather: Expect batchDims in the range of [-{rank}, {rank}], "
            f"but got {batchDims}"
        )
    batch = given + rank if given < 0 else given
    if axis < batch:
        raise ValueError(
            f"Error in gather: batchDims ({batch}) must be less than or equal to axis ({axis})."
        )
    for i, (one, other) in enumerate(zip(shape[:batch], indices[:batch], strict=True)):
        if None not in (one, other) and one != other:
            raise ValueError(
                f"Error in gather: x.shape[{i}]: {one} should be equal to "
                f"indices.shape[{i}]: {other}."
            )
    if 0 in shape[:batch]:
        raise ValueError(f"Error in gather: the batch is empty, x has the shape {shape}")
    return batch


@operation
def booleanMaskAsync(tensor: Any, mask: Any, axis: int | None = None) -> Tensor:
    """The parts of a Tensor where a mask is true.

    Args:
      tensor: a numeric Tensor.
      mask: bool, of the sizes that `tensor` has from `axis` on.
      axis: the axis where the mask begins, by default the first.

    Returns:
      A Tensor with one axis in place of those of the mask.
    """
    value = convert(tensor, "tensor", "booleanMaskAsync")
    where = convert(mask, "mask", "booleanMaskAsync", "bool")
    first, count = whole(0 if axis is None else axis), where.rank
    if first is None:
        raise ValueError(f"Error in booleanMaskAsync: axis must be a whole number, got {axis}")
    if count == 0:
        raise ValueError("Error in booleanMaskAsync: mask cannot be scalar")
    shape = value.shape
    if first < 0 or shape[first : first + count] != where.shape:
        raise ValueError(
            "Error in booleanMaskAsync: mask's shape must match the first K dimensions of "
            f"tensor's shape from axis {first} on, Shapes {shape} and {where.shape} must match"
        )
    refuse_complex(value, "booleanMaskAsync")
    size = int(np.prod(where.shape, dtype=np.int64))
    raw = tensorflow.reshape(value.tensor, [*shape[:first], size, *shape[first + count :]])
    places = tensorflow.where(tensorflow.reshape(where.tensor, [-1]))
    return Tensor(tensorflow.gather(raw, tensorflow.squeeze(places, [1]), axis=first))
