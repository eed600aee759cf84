"""Tensors / Transformations of the tf.js API: shapes and dtypes.

Follows tfjs-core/src/ops/{reshape,squeeze,expand_dims,broadcast_to,broadcast_args,ensure_shape,
cast,setdiff1d_async}.ts and the cpu kernels. Padding is in `padding`, blocks are in `blocks`.
"""

from __future__ import annotations

import functools
import math
from typing import Any

from tfjsbridge.dtypes import NUMPY_DTYPES
from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.ops.elementwise import sum_of_squares
from tfjsbridge.ops.many_axes import repeated, repeated_within_a_graph
from tfjsbridge.ops.shapes import REFUSALS, axes_of, refuse_complex, sizes_of_shape, whole_list
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation

#: The dtypes of which tf.js keeps the values in memory as they are when it casts to another.
_KEPT = {("bool", "int32"), ("bool", "float32"), ("int32", "float32")}


@chained
def reshape(x: Any, shape: Any) -> Tensor:
    """The values of `x` in row-major order, in another shape.

    Args:
      x: of any shape and dtype.
      shape: the new sizes; one of them may be -1, which is inferred from the others.

    Raises:
      ValueError: if the new shape has another number of values, or cannot be inferred.
    """
    value = convert(x, "x", "reshape", STRING_OR_NUMERIC)
    if isinstance(shape, (list, tuple)):  # TensorFlow takes a number too
        try:
            return Tensor(tensorflow.raw_ops.Reshape(tensor=value.tensor, shape=shape), of=value)
        except REFUSALS:
            pass
    sizes = _inferred(value, shape)
    return Tensor(tensorflow.raw_ops.Reshape(tensor=value.tensor, shape=sizes), of=value)


def _inferred(x: Tensor, shape: Any) -> list[int]:
    """The sizes of a shape with -1 (`inferFromImplicitShape`), or tf.js's error."""
    sizes = whole_list(shape, "shape", "reshape")
    if sizes.count(-1) > 1:
        first = sizes.index(-1)
        raise ValueError(
            "Error in reshape: Shapes can only have 1 implicit size. "
            f"Found -1 at dim {first} and dim {sizes.index(-1, first + 1)}"
        )
    for i, size in enumerate(sizes):
        if size < -1:
            raise ValueError(f"Error in reshape: Shapes can not be < 0. Found {size} at dim {i}")
    if None in x.shape:
        return sizes
    known = math.prod(size for size in sizes if size >= 0)
    if -1 in sizes:
        if known == 0:
            raise ValueError(
                f"Error in reshape: Cannot infer the missing size in {sizes} when there are 0 "
                "elements"
            )
        if x.size % known:
            raise ValueError(
                "Error in reshape: The implicit shape can't be a fractional number. "
                f"Got {x.size} / {known}"
            )
    elif known != x.size:
        raise ValueError(
            f"Error in reshape: Size({x.size}) of shape {x.shape} must match the product of "
            f"shape {sizes}"
        )
    return sizes


@chained
def squeeze(x: Any, axis: Any = None) -> Tensor:
    """`x` without axes of size 1.

    Args:
      x: of any shape and dtype.
      axis: the axes to take away, each of size 1; by default all of size 1.
    """
    value = convert(x, "x", "squeeze", STRING_OR_NUMERIC)
    dropped: list[int] = []
    if axis is not None and axis != []:
        shape = value.shape
        axes = sorted(axes_of(axis, len(shape), "squeeze"))
        # tf.js: an axis that is named twice takes the next one of size 1 along.
        for i, size in enumerate(shape):
            if axes and axes[0] <= i:
                if size in (1, None):
                    dropped.append(i)
                elif axes[0] == i:
                    raise ValueError(
                        f"Error in squeeze: Can't squeeze axis {i} since its dim '{size}' is not 1"
                    )
                axes.pop(0)
    return Tensor(tensorflow.raw_ops.Squeeze(input=value.tensor, axis=dropped), of=value)


@chained
def expandDims(x: Any, axis: int = 0) -> Tensor:
    """`x` with one more axis, of size 1.

    Args:
      x: of any shape and dtype.
      axis: where the new axis stands; from the end if negative, where -1 is behind the last.

    Raises:
      ValueError: if `axis` is not between -(rank + 1) and the rank of `x`.
    """
    value = convert(x, "x", "expandDims", STRING_OR_NUMERIC)
    try:
        return Tensor(tensorflow.raw_ops.ExpandDims(input=value.tensor, axis=axis), of=value)
    except REFUSALS:
        rank = value.rank
    if isinstance(axis, (int, float)) and axis > rank:
        raise ValueError(
            f"Error in expandDims: Axis must be <= rank of the tensor, but it is {axis} "
            f"and the shape is {value.shape}"
        )
    raise ValueError(
        f"Error in expandDims: Axis must be a whole number in the interval [{-(rank + 1)}, {rank}],"
        f" but it is {axis}"
    )


@chained
def broadcastTo(x: Any, shape: Any) -> Tensor:
    """`x` repeated along its axes of size 1 to get a shape, as NumPy broadcasts.

    Args:
      x: a numeric Tensor.
      shape: the sizes, at least as many as `x` has.

    Raises:
      ValueError: if a size of `x` is neither 1 nor that of `shape`.
    """
    value = convert(x, "x", "broadcastTo")
    own, sizes = value.shape, sizes_of_shape(shape, "broadcastTo")
    if len(sizes) < len(own):
        raise ValueError(
            f"broadcastTo(): shape.length={len(sizes)} < input.rank={len(own)}: the shape "
            f"{sizes} has fewer axes than {own}."
        )
    own = [1] * (len(sizes) - len(own)) + own
    pairs = list(zip(own, sizes, strict=True))
    if any(have not in (wanted, 1, None) for have, wanted in pairs):
        raise ValueError(f"broadcastTo(): {value.shape} cannot be broadcast to {sizes}.")
    # tf.js: what nothing is repeated in is a clone, even where a size of 1 should become 0.
    if None not in own and not any(wanted > 1 and have != wanted for have, wanted in pairs):
        return Tensor(tensorflow.raw_ops.Reshape(tensor=value.tensor, shape=own), of=value)
    refuse_complex(value, "broadcastTo")
    if len(sizes) > 5 and None in own:
        return Tensor(repeated_within_a_graph(value.tensor, tensorflow.constant(sizes)))
    if len(sizes) > 5:
        return Tensor(repeated(value.tensor, sizes))
    return Tensor(tensorflow.raw_ops.BroadcastTo(input=value.tensor, shape=sizes))


@operation
def broadcastArgs(s0: Any, s1: Any) -> Tensor:
    """The shape that tensors of two shapes have when they are broadcast against each other.

    Args:
      s0: a shape, as an int32 vector.
      s1: the other shape.

    Returns:
      An int32 vector.
    """
    first = convert(s0, "s0", "broadcastArgs", "int32")
    second = convert(s1, "s1", "broadcastArgs", "int32")
    for word, vector in (("first", first), ("second", second)):
        if vector.rank != 1:
            raise ValueError(
                f"broadcastArgs(): {word} input must be a vector (rank=1). Has rank {vector.rank}"
            )
    try:
        return Tensor(tensorflow.raw_ops.BroadcastArgs(s0=first.tensor, s1=second.tensor))
    except tensorflow.errors.OpError:
        raise ValueError(
            "Error in broadcastArgs: Operands could not be broadcast together with shapes "
            f"{first.arraySync()} and {second.arraySync()}."
        ) from None


@operation
def ensureShape(x: Any, shape: Any) -> Any:
    """`x` itself, if it has a shape.

    Args:
      x: of any dtype.
      shape: the sizes; None where any will do.

    Raises:
      ValueError: if `x` has another shape.
    """
    sizes = convert(x, "x", "ensureShape", STRING_OR_NUMERIC).shape
    wanted = list(shape) if isinstance(shape, (list, tuple)) else None
    if (
        wanted is None
        or len(wanted) != len(sizes)
        or any(
            size not in (have, None) and have is not None
            for have, size in zip(sizes, wanted, strict=True)
        )
    ):
        raise ValueError(
            f"EnsureShape: Shape of tensor {sizes} is not compatible with expected shape {shape}"
        )
    return x


@chained
def cast(x: Any, dtype: str) -> Tensor:
    """`x` in another dtype.

    Args:
      x: a numeric Tensor.
      dtype: float32, int32, bool or complex64. To int32, a number loses what is behind its point,
        and wraps around like a number in JavaScript; NaN and infinities are 0. To bool, all but 0
        is true. Of a complex number the real part is taken.
    """
    value = convert(x, "x", "cast")
    known = value.dtype
    if dtype == known:
        return Tensor(value.tensor, of=value)
    if dtype == "string":
        raise ValueError("Error in cast: Only strings can be casted to strings")
    if not isinstance(dtype, str) or dtype not in NUMPY_DTYPES:
        raise ValueError(
            f"Failed to cast to unknown dtype {dtype}; there are {', '.join(NUMPY_DTYPES)}"
        )
    result = cast_values(value.tensor, known, dtype)
    return Tensor(result, of=value if (known, dtype) in _KEPT else None)


def cast_values(raw: Any, known: str, dtype: str) -> Any:
    """A TensorFlow tensor of the dtype `known`, cast as tf.js does."""
    cast_to = tensorflow.raw_ops.Cast
    if known == dtype:
        return raw
    if known == "complex64":
        raw, known = tensorflow.raw_ops.Real(input=raw), "float32"
    if dtype == "int32" and known == "float32" and not sum_of_squares(raw) < 2.0**60:
        # tf.js: modulo 2**32. TensorFlow's cast does that from int64, where 2**62 becomes 0; what
        # is too large even for int64 is cut off at that first.
        raw = tensorflow.raw_ops.Minimum(x=raw, y=_largest())
        raw = cast_to(x=raw, DstT=tensorflow.int64)
    return cast_to(x=raw, DstT=NUMPY_DTYPES[dtype])


@functools.cache
def _largest() -> Any:
    """2**62, made once: to make a constant takes longer than to cast."""
    with tensorflow.init_scope():
        return tensorflow.constant(2.0**62, "float32")


def setdiff1dAsync(x: Any, y: Any) -> list[Tensor]:
    """The values of one vector that are not in another.

    Args:
      x: a vector.
      y: a vector of the same dtype, whose values are left out.

    Returns:
      The values of `x` that are not in `y`, in their order; their places in `x`, int32.
    """
    first, second = convert(x, "x", "setdiff1dAsync"), convert(y, "y", "setdiff1dAsync")
    if first.dtype != second.dtype:
        raise ValueError(
            "Error in setdiff1dAsync: x and y should have the same dtype, "
            f"but got x ({first.dtype}) and y ({second.dtype})."
        )
    for name, vector in (("x", first), ("y", second)):
        refuse_complex(vector, "setdiff1dAsync")
        if vector.rank != 1:
            raise ValueError(
                f"Error in setdiff1dAsync: {name} should be 1D tensor, "
                f"but got {name} ({vector.shape})."
            )
    dtype = first.dtype
    number = "int32" if dtype == "bool" else dtype
    left = cast_values(first.tensor, dtype, number)
    right = cast_values(second.tensor, dtype, number)
    values, places = tensorflow.raw_ops.ListDiff(x=left, y=right)
    if dtype == "float32":
        # tf.js: NaN equals NaN here.
        both = tensorflow.math.is_nan(values) & tensorflow.reduce_any(tensorflow.math.is_nan(right))
        values = tensorflow.boolean_mask(values, ~both)
        places = tensorflow.boolean_mask(places, ~both)
    return [Tensor(cast_values(values, number, dtype)), Tensor(places)]
