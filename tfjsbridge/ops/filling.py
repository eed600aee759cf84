"""Tensors / Creation of the tf.js API: tensors filled by a rule.

Follows tfjs-core/src/ops/{diag,eye,fill,linspace,one_hot,ones,ones_like,range,zeros,zeros_like}.ts
and the cpu kernels.
"""

from __future__ import annotations

import builtins
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

import numpy as np

from tfjsbridge.dtypes import NUMPY_DTYPES, check_dtype, infer_dtype
from tfjsbridge.errors import named
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.creation import complex
from tfjsbridge.ops.shapes import number
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation
from tfjsbridge.util import assertNonNegativeIntegerDimensions as check_sizes

# Filled with one value.


@named
def zeros(shape: Sequence[int], dtype: str | None = "float32") -> Tensor:
    """A Tensor of zeros of a shape."""
    return _filled("zeros", shape, 0, dtype)


@named
def ones(shape: Sequence[int], dtype: str | None = "float32") -> Tensor:
    """A Tensor of ones of a shape."""
    return _filled("ones", shape, 1, dtype)


def _filled(name: str, shape: Sequence[int], value: int, dtype: str | None) -> Tensor:
    check_sizes(shape)
    if dtype == "complex64":
        # tf.js: the two parts stay, until a tidy disposes of them
        return complex(_filled(name, shape, value, "float32"), zeros(shape))
    dtype = _checked("float32" if dtype is None else dtype, name)
    return Tensor(tensorflow.fill(list(shape), _constant(value, dtype)))


@chained
def zerosLike(x: Any) -> Tensor:
    """A Tensor of zeros of the shape and dtype of `x`; its gradient is zero."""
    return _filled_like(convert(x, "x", "zerosLike"), 0)


@chained
def onesLike(x: Any) -> Tensor:
    """A Tensor of ones of the shape and dtype of `x`; its gradient is zero."""
    return _filled_like(convert(x, "x", "onesLike"), 1)


def _filled_like(x: Tensor, value: int) -> Tensor:
    # TensorFlow's ZerosLike has no gradient, where tf.js has zeros.
    never = tensorflow.constant(False)
    other = _constant(value, x.dtype)
    return Tensor(tensorflow.raw_ops.SelectV2(condition=never, t=x.tensor, e=other))


@operation
def fill(shape: Sequence[int], value: Any, dtype: str | None = None) -> Tensor:
    """A Tensor of a shape with one value everywhere.

    Args:
      shape: the shape.
      value: a number, boolean or string.
      dtype: float32, int32, bool or string; without it, of the value: a number is float32.
    """
    check_sizes(shape)
    if np.ndim(value) != 0 or value is None or isinstance(value, (Mapping, Set)):
        raise TypeError(
            f"Error in fill: value must be a number, boolean or string, got {str(value)[:60]}"
        )
    if dtype is None:
        dtype = infer_dtype(value)
    if dtype != "string":
        _checked(dtype, "fill")
    if (dtype == "string") != isinstance(value, str):
        raise TypeError(f"Error in fill: the value of a {dtype} Tensor cannot be {value!r}")
    return Tensor(tensorflow.fill(list(shape), _constant(value, dtype)))


@operation
def eye(
    numRows: int,
    numColumns: int | None = None,
    batchShape: Sequence[int] | None = None,
    dtype: str | None = "float32",
) -> Tensor:
    """An identity matrix: ones where row and column are the same, zeros elsewhere.

    Args:
      numRows: the number of rows.
      numColumns: the number of columns; without it, that of the rows.
      batchShape: the shape of the batch of such matrices, of one to three numbers.
      dtype: float32, int32 or bool.

    Returns:
      A Tensor [...batchShape, numRows, numColumns].
    """
    columns = numRows if numColumns is None else numColumns
    check_sizes([numRows, columns])
    kind = NUMPY_DTYPES[_checked("float32" if dtype is None else dtype, "eye")]
    matrix = np.eye(int(numRows), int(columns), dtype=kind)
    if batchShape is None:
        return Tensor(tensorflow.constant(matrix))
    check_sizes(batchShape)
    if not 1 <= len(batchShape) <= 3:
        raise ValueError(
            "eye() currently supports only 1D and 2D batchShapes (and 3D), but received "
            f"{len(batchShape)}D."
        )
    return Tensor(tensorflow.tile(matrix[(None,) * len(batchShape)], [*batchShape, 1, 1]))


@operation
def diag(x: Any) -> Tensor:
    """A Tensor with the values of `x` on its diagonal and zeros elsewhere.

    Args:
      x: float32, int32 or bool, of any rank.

    Returns:
      A Tensor of twice the rank: the shape of `x`, twice.
    """
    value = convert(x, "x", "diag")
    _checked(value.dtype, "diag")
    raw = value.tensor
    if value.rank == 0:
        return Tensor(tensorflow.identity(raw))
    if value.dtype == "bool":
        return Tensor(
            tensorflow.cast(tensorflow.linalg.tensor_diag(tensorflow.cast(raw, "int32")), "bool")
        )
    return Tensor(tensorflow.linalg.tensor_diag(raw))


@chained
def oneHot(
    indices: Any, depth: int, onValue: float = 1, offValue: float = 0, dtype: str | None = "int32"
) -> Tensor:
    """One-hot vectors: `onValue` at each index, `offValue` elsewhere.

    Args:
      indices: int32, of any shape; an index outside of 0 to depth - 1 gives a vector of `offValue`.
      depth: the length of each vector, at least 2.
      onValue: the value at the index.
      offValue: the value elsewhere.
      dtype: the result's dtype: int32, float32 or bool.

    Returns:
      A Tensor of the shape of `indices` with one more axis, of size `depth`.
    """
    if number(depth, "depth", "oneHot") < 2:
        raise ValueError(f"Error in oneHot: depth must be >=2, but it is {depth}")
    index = convert(indices, "indices", "oneHot", "int32")
    check_sizes([depth])
    dtype = _checked("int32" if dtype is None else dtype, "oneHot")
    on = _constant(number(onValue, "onValue", "oneHot"), dtype)
    off = _constant(number(offValue, "offValue", "oneHot"), dtype)
    raw = tensorflow.raw_ops.OneHot(
        indices=index.tensor, depth=int(depth), on_value=on, off_value=off
    )
    return Tensor(raw)


# Sequences.


@operation
def linspace(start: float, stop: float, num: int) -> Tensor:
    """A float32 Tensor of `num` numbers from `start` to `stop` at equal distances.

    Raises:
      ValueError: if `num` is not positive.
    """
    start, stop = number(start, "start", "linspace"), number(stop, "stop", "linspace")
    if not number(num, "num", "linspace") > 0 or math.isinf(num):
        raise ValueError(f"The number of values should be positive, got {num}.")
    count = int(num)
    step = (stop - start) / (num - 1) if num != 1 else 0.0
    return Tensor(tensorflow.constant(_sequence(start, step, count, "float32")))


@operation
def range(start: float, stop: float, step: float = 1, dtype: str | None = "float32") -> Tensor:
    """A Tensor [n] of `start`, `start + step`, ... up to, but without, `stop`.

    Args:
      start: the first number.
      stop: where to stop.
      step: the distance of two numbers. As in tf.js 1 means -1 where `stop` is below `start`, but
        no other step changes its sign: a positive one above 1 gives no numbers then.
      dtype: float32, int32 or bool.

    Raises:
      ValueError: if `step` is 0, or the numbers have no end.
    """
    for name, value in (("start", start), ("stop", stop), ("step", step)):
        number(value, name, "range")
    if step == 0:
        raise ValueError("Cannot have a step of zero")
    dtype = _checked("float32" if dtype is None else dtype, "range")
    if start == stop or (start < stop and step < 0) or (stop < start and step > 1):
        count = 0
    else:
        steps = (stop - start) / step
        if math.isinf(steps):
            raise ValueError(f"Error in range: no end from {start} to {stop} by steps of {step}")
        count = 0 if math.isnan(steps) else builtins.abs(math.ceil(steps))
    if stop < start and step == 1:
        step = -1
    return Tensor(tensorflow.constant(_sequence(start, step, count, dtype)))


def _sequence(start: float, step: float, count: int, dtype: str) -> np.ndarray:
    """`count` numbers, each the one before plus `step`.

    tf.js adds up in the array itself, so that each sum is rounded to float32, or cut off to int32.
    """
    kind = NUMPY_DTYPES[dtype]
    if float(start).is_integer() and float(step).is_integer():
        exact = max(builtins.abs(start), builtins.abs(start + count * step)) <= 2**24
        if exact and dtype != "bool":
            return np.asarray(start + step * np.arange(count), kind)
    return np.fromiter(itertools.islice(_added(start, step, dtype), count), np.float64).astype(kind)


def _added(start: float, step: float, dtype: str) -> Iterator[float]:
    value = float(start)
    while True:
        if dtype == "float32":
            value = float(np.float32(value))
        else:
            value = math.trunc(value) if math.isfinite(value) else 0
            value = value % 256 if dtype == "bool" else (value + 2**31) % 2**32 - 2**31
        yield value
        value += step


def _checked(dtype: str, name: str) -> str:
    """A dtype of numbers or bool."""
    if check_dtype(dtype) in ("complex64", "string"):
        raise ValueError(f"Error in {name}: Unknown data type {dtype}; it cannot be filled")
    return dtype


def _constant(value: Any, dtype: str) -> Any:
    """A TensorFlow scalar with the value as a TypedArray stores it."""
    if dtype in ("int32", "bool"):
        # The fraction is cut off, what is not finite is 0, more than 32 bits are left out.
        whole = int(value) if math.isfinite(value) else 0
        value = bool(whole % 256) if dtype == "bool" else (whole + 2**31) % 2**32 - 2**31
    elif dtype == "float32":
        with np.errstate(over="ignore"):
            value = np.float32(value)
    return tensorflow.constant(value, dtype)
