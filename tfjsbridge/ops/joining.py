"""Tensors and Operations / Slicing and Joining of the tf.js API: what joins Tensors.

Follows tfjs-core/src/ops/{concat,concat_1d,concat_2d,concat_3d,concat_4d,stack,meshgrid}.ts,
concat_util.ts and the cpu kernels.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert, convert_all
from tfjsbridge.ops.matrices import matMul
from tfjsbridge.ops.shapes import REFUSALS, axis_of, whole
from tfjsbridge.ops.transformations import cast_values, reshape
from tfjsbridge.options import options
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation


@operation
def concat(tensors: Any, axis: int = 0) -> Tensor:
    """Tensors one after the other along an axis.

    Args:
      tensors: a list of Tensors of one rank, at least 1, and of the same sizes but on `axis`.
      axis: the axis to join.

    Returns:
      A Tensor of the dtype of the first one.

    Raises:
      ValueError: for no Tensors, for scalars, or for shapes that do not fit.
    """
    values = convert_all(tensors, "tensors", "concat", STRING_OR_NUMERIC)
    if len(values) == 1:
        return Tensor(values[0].tensor, of=values[0])
    dtype = values[0].dtype
    if any(value.dtype != dtype for value in values):
        return _of_mixed_dtypes(values, axis)
    try:
        raw = tensorflow.raw_ops.ConcatV2(values=[value.tensor for value in values], axis=axis)
        return Tensor(raw, of=_only_full(values))
    except REFUSALS:
        _check_shapes([value.shape for value in values], axis)
    at = axis_of(axis, values[0].rank, "concat")
    return Tensor(tensorflow.raw_ops.ConcatV2(values=[value.tensor for value in values], axis=at))


def _only_full(values: list[Tensor]) -> Tensor | None:
    """The one Tensor that is not empty, of which tf.js gives a clone then."""
    try:  # of an EagerTensor ten times as quick as its shape
        full = [value for value in values if value.tensor._num_elements()]
    except AttributeError:  # within a tensorflow.function
        return None
    return full[0] if len(full) == 1 < len(values) else None


def _check_shapes(shapes: list[list[int]], axis: Any) -> None:
    """Raise tf.js's errors for shapes that cannot be joined (`assertParamsConsistent`)."""
    first, rank = shapes[0], len(shapes[0])
    name = f"Error in concat{rank}D"
    at = axis_of(axis, rank, f"concat{rank}D")
    for i, shape in enumerate(shapes):
        if len(shape) != rank:
            raise ValueError(
                f"{name}: rank of tensors[{i}] must be the same as the rank of the rest ({rank}), "
                f"but its shape is {shape}"
            )
        for r, (size, other) in enumerate(zip(shape, first, strict=True)):
            if r != at and None not in (size, other) and size != other:
                raise ValueError(
                    f"{name}: Shape of tensors[{i}] ({shape}) does not match the shape of the rest "
                    f"({first}) along the non-concatenated axis {r}."
                )


def _of_mixed_dtypes(values: list[Tensor], axis: int) -> Tensor:
    """tf.js: the values as they are put into an array of the first dtype."""
    dtypes = {value.dtype for value in values}
    for alone in ("complex64", "string"):
        if alone in dtypes:
            raise ValueError(
                f"Error in concat: Cannot concatenate {alone} tensors with a tensor with another "
                f"dtype, got {', '.join(value.dtype for value in values)}."
            )
    _check_shapes([value.shape for value in values], axis)
    full = [value for value in values if 0 not in value.shape]
    if len(full) == 1:  # tf.js: a clone of it, of its own dtype
        return Tensor(full[0].tensor, of=full[0])
    dtype, raws = values[0].dtype, []
    for value in values:
        raw, known = value.tensor, value.dtype
        if dtype == "bool":  # tf.js: a number in a byte
            raw = cast_values(raw, known, "int32")
            raw = tensorflow.cast(tensorflow.bitwise.bitwise_and(raw, 255), "bool")
        else:
            raw = cast_values(raw, known, dtype)
        raws.append(raw)
    at = axis_of(axis, values[0].rank, "concat")
    return Tensor(tensorflow.raw_ops.ConcatV2(values=raws, axis=at))


@operation
def concat1d(tensors: Any) -> Tensor:
    """Vectors one after the other."""
    return concat(tensors, 0)


@operation
def concat2d(tensors: Any, axis: int = 0) -> Tensor:
    """Tensors of rank 2 one after the other along an axis."""
    return concat(tensors, axis)


@operation
def concat3d(tensors: Any, axis: int = 0) -> Tensor:
    """Tensors of rank 3 one after the other along an axis."""
    return concat(tensors, axis)


@operation
def concat4d(tensors: Any, axis: int = 0) -> Tensor:
    """Tensors of rank 4 one after the other along an axis."""
    return concat(tensors, axis)


@operation
def stack(tensors: Any, axis: int = 0) -> Tensor:
    """Tensors side by side along a new axis.

    Args:
      tensors: a list of Tensors of one shape and dtype.
      axis: where the new axis stands; from the end if negative, where -1 is behind the last.

    Raises:
      ValueError: for no Tensors, other shapes or dtypes, or an axis that is out of range.
    """
    values = convert_all(tensors, "tensors", "stack", STRING_OR_NUMERIC)
    first = values[0]
    shape, dtype = first.shape, first.dtype
    for value in values:
        if value.dtype != dtype:
            raise ValueError(
                "Error in stack: All tensors passed to stack must have matching dtypes, "
                f"got {dtype} and {value.dtype}"
            )
    number, rank = axis if type(axis) is int else whole(axis), len(shape)
    try:
        if number is not None and len(values) == 1:
            raw = tensorflow.raw_ops.ExpandDims(input=first.tensor, axis=number)
            return Tensor(raw, of=first)
        if number is not None:
            return Tensor(tensorflow.raw_ops.Pack(values=[v.tensor for v in values], axis=number))
    except REFUSALS:
        for value in values:
            if value.shape != shape:
                raise ValueError(
                    "Error in stack: All tensors passed to stack must have matching shapes. "
                    f"Shapes {shape} and {value.shape} must match"
                ) from None
        if number is not None and -(rank + 1) <= number <= rank:
            raise
    raise ValueError(
        f"Error in stack: Axis must be a whole number in the interval [{-(rank + 1)}, "
        f"{rank}], but it is {axis}"
    )


@options
def meshgrid(x: Any = None, y: Any = None, *, indexing: str = "xy") -> list[Tensor]:
    """The coordinates of the points of a grid.

    Args:
      x: the coordinates on one axis, numeric.
      y: the coordinates on the other axis, numeric.
      indexing: "xy" for results [size of y, size of x], "ij" for [size of x, size of y].

    Returns:
      The first and the second coordinate of each point; only `x` without `y`, nothing without both.
    """
    # tf.js: no operation of its own; what is made on the way is not disposed of.
    if indexing not in ("xy", "ij"):
        raise TypeError(f"{indexing} is not a valid third argument to meshgrid")
    if x is None:
        return []
    first = convert(x, "x", "meshgrid", x.dtype if isinstance(x, Tensor) else "float32")
    if y is None:
        return [first]
    second = convert(y, "y", "meshgrid", y.dtype if isinstance(y, Tensor) else "float32")
    for name, value in (("x", first), ("y", second)):
        if value.dtype in ("string", "complex64"):
            raise ValueError(
                f"Argument '{name}' passed to 'meshgrid' must be a numeric tensor that is not "
                f"complex64, but got {value.dtype} tensor"
            )
    width, height = first.size, second.size
    if indexing == "xy":
        row, column = reshape(first, [1, -1]), reshape(second, [-1, 1])
        return [matMul(_ones(height, 1, row), row), matMul(column, _ones(1, width, column))]
    column, row = reshape(first, [-1, 1]), reshape(second, [1, -1])
    return [matMul(column, _ones(1, height, column)), matMul(_ones(width, 1, row), row)]


def _ones(rows: int, columns: int, like: Tensor) -> Tensor:
    return Tensor(tensorflow.ones([rows, columns], like.tensor.dtype))
