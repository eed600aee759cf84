"""Operations / Reduction of the tf.js API.

Follows tfjs-core/src/ops/{all,any,arg_max,arg_min,bincount,dense_bincount,log_sum_exp,max,mean,min,
prod,sum}.ts, gradients/min_max_grad_util.ts and the cpu kernels.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tfjsbridge.ops.convert import NUMERIC, convert
from tfjsbridge.ops.many_axes import are_many, in_two_axes
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained

try:
    from tensorflow.python.eager.record import could_possibly_record
except (
    ImportError
):  # a TensorFlow that has it elsewhere: take the slower way, which is always right

    def could_possibly_record() -> bool:
        return True


Axis = int | Sequence[int] | None

_raw = tensorflow.raw_ops
_FLOAT, _INT, _BOOL = tensorflow.float32, tensorflow.int32, tensorflow.bool


def numbers(x: Any, function: str, dtype: str = NUMERIC, name: str = "x") -> Any:
    """An argument as a TensorFlow tensor of float32, int32 or bool."""
    if isinstance(x, Tensor) and dtype is NUMERIC:
        value = x.tensor
        if value.dtype is _FLOAT or value.dtype is _INT:
            return value
    value = convert(x, name, function, dtype).tensor
    if value.dtype == tensorflow.complex64:
        raise ValueError(f"Error in {function}: {name} must not be complex64.")
    return value


def axes_of(function: str, value: Any, axis: Any) -> Any:
    """The axes to reduce as a TensorFlow constant; none given are all of them.

    Raises:
      ValueError: for an axis that there is not, or one that is named twice.
    """
    if isinstance(axis, list):
        axis = tuple(axis)
    if isinstance(axis, bool):  # most likely meant for keepDims; and True is 1 to a cache
        return positive_axes(function, len(value.shape), axis)
    try:
        return _constant_axes(function, len(value.shape), axis)
    except TypeError:  # no key of a cache
        if isinstance(axis, (Tensor, np.ndarray)):
            axis = tuple(np.ravel(np.asarray(axis)).tolist())
        return constant(positive_axes(function, len(value.shape), axis))


@functools.lru_cache(maxsize=1024)
def _constant_axes(function: str, rank: int, axis: Any) -> Any:
    return constant(positive_axes(function, rank, axis))


def positive_axes(function: str, rank: int, axis: Any) -> tuple[int, ...]:
    """The axes counted from the first one (`parseAxisParam`), see `axes_of`."""
    if axis is None:
        return tuple(range(rank))
    axes = axis if isinstance(axis, (tuple, list)) else (axis,)
    for one in axes:
        a_number = isinstance(one, (int, float, np.integer, np.floating))
        if not a_number or isinstance(one, bool) or one % 1:
            raise ValueError(
                f"Error in {function}: all values in axis must be integers but got axis {axis}."
            )
        if not -rank <= one < rank:
            raise ValueError(
                f"Error in {function}: all values in axis must be in range [{-rank}, {rank}) but "
                f"got axis {axis}."
            )
    positive = tuple(int(one) % rank for one in axes)
    if len(set(positive)) < len(positive):
        # tf.js: reduces other axes than these.
        raise ValueError(f"Error in {function}: axis {list(axes)} names an axis twice.")
    return positive


def constant(numbers: Any) -> Any:
    """A constant that may be kept and used anywhere, as within another tensorflow.function."""
    with tensorflow.init_scope():
        return tensorflow.constant(numbers, "int32")


def _count(value: Any, axes: Any) -> Any:
    """How many values become one; in a tensorflow.function, where sizes may be unknown."""
    return tensorflow.reduce_prod(tensorflow.gather(tensorflow.shape(value), axes))


def _unless_empty(result: Any, value: Any, axes: Any, nothing: float) -> Any:
    """`result`, or `nothing` where there are no values to reduce, in which tf.js is its own."""
    size = value.shape.num_elements()
    if size:
        return result
    of_none = tensorflow.fill(tensorflow.shape(result), tensorflow.cast(nothing, result.dtype))
    if size == 0:
        return of_none
    return tensorflow.where(_count(value, axes) > 0, result, of_none)


@chained
def all(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """Whether all values are true, over the axes; of no values it is false, as in tf.js.

    Args:
      x: bool, of any shape.
      axis: the axis or axes to reduce; without it, all of them.
      keepDims: whether to keep the reduced axes, of size 1.

    Raises:
      ValueError: for a Tensor of another dtype, an axis that there is not.
    """
    value = numbers(x, "all", "bool")
    axes = axes_of("all", value, axis)
    return Tensor(_unless_empty(_all(value, axes, keepDims), value, axes, 0))


@chained
def any(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """Whether any value is true, over the axes; see `all` for the arguments."""
    value = numbers(x, "any", "bool")
    return Tensor(_any(value, axes_of("any", value, axis), keepDims))


def _all(value: Any, axes: Any, keep: bool) -> Any:
    return _raw.All(input=value, axis=axes, keep_dims=bool(keep))


def _any(value: Any, axes: Any, keep: bool) -> Any:
    return _raw.Any(input=value, axis=axes, keep_dims=bool(keep))


@chained
def sum(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """The sum over the axes: float32 of float32, otherwise int32, which overflows.

    Args:
      x: float32, int32 or bool, of any shape.
      axis: the axis or axes to reduce; without it, all of them.
      keepDims: whether to keep the reduced axes, of size 1.

    Raises:
      ValueError: for complex numbers, an axis that there is not.
    """
    return Tensor(total("sum", numbers(x, "sum"), axis, keepDims))


def total(function: str, value: Any, axis: Any, keep: bool = False) -> Any:
    """`sum` of a TensorFlow tensor, in another operation."""
    if value.dtype is _BOOL:
        value = _raw.Cast(x=value, DstT=_INT)
    if are_many(value):
        axes = positive_axes(function, len(value.shape), axis)
        return in_two_axes(lambda two: _raw.Sum(input=two, axis=1), value, axes, keep)
    return _raw.Sum(input=value, axis=axes_of(function, value, axis), keep_dims=bool(keep))


@chained
def mean(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """The mean over the axes, float32; of no values it is 0, as in tf.js.

    Args:
      x: of any shape; of complex numbers their real parts, as in tf.js.
      axis: the axis or axes to reduce; without it, all of them.
      keepDims: whether to keep the reduced axes, of size 1.

    Raises:
      ValueError: for an axis that there is not.
    """
    return Tensor(average("mean", real_numbers(x, "mean"), axis, keepDims))


def real_numbers(x: Any, function: str) -> Any:
    """An argument as float32; of complex numbers their real parts."""
    value = x.tensor if isinstance(x, Tensor) else None
    if value is not None and value.dtype is _FLOAT:
        return value
    value = convert(x, "x", function).tensor
    if value.dtype == tensorflow.complex64:
        return tensorflow.math.real(value)
    return _raw.Cast(x=value, DstT=_FLOAT)


def average(function: str, value: Any, axis: Any, keep: bool = False) -> Any:
    """`mean` of a float32 TensorFlow tensor, in another operation."""
    if are_many(value):
        many = positive_axes(function, len(value.shape), axis)
        return in_two_axes(lambda two: average(function, two, 1), value, many, keep)
    axes = axes_of(function, value, axis)
    result = _raw.Mean(input=value, axis=axes, keep_dims=bool(keep))
    return _unless_empty(result, value, axes, 0)


@chained
def prod(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """The product over the axes: float32 of float32, otherwise int32, which overflows.

    See `sum` for the arguments.
    """
    return Tensor(_product(numbers(x, "prod"), axis, keepDims))


def _product(value: Any, axis: Any, keep: bool) -> Any:
    if are_many(value):
        many = positive_axes("prod", len(value.shape), axis)
        return in_two_axes(lambda two: _product(two, 1, False), value, many, keep)
    axes = axes_of("prod", value, axis)
    # tf.js: multiplies in double precision.
    wide = _raw.Cast(x=value, DstT=_INT) if value.dtype is _BOOL else value
    wide = _raw.Cast(x=wide, DstT=tensorflow.float64)
    product = _raw.Prod(input=wide, axis=axes, keep_dims=bool(keep))
    if value.dtype is _FLOAT:
        return _raw.Cast(x=product, DstT=_FLOAT)
    return _wrapped(product)


def _wrapped(x: Any) -> Any:
    """Whole float64 numbers as JavaScript stores them in int32: modulo 2**32, 0 if not finite."""
    x = tensorflow.where(tensorflow.math.is_finite(x), x, 0.0)
    x = tensorflow.math.floormod(x, 2.0**32)
    return tensorflow.cast(tensorflow.where(x < 2.0**31, x, x - 2.0**32), _INT)


@chained
def max(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """The greatest value over the axes, of the dtype of `x`; NaN if there is a NaN.

    Of no values it is NaN, or 0 if they are int32 and false if bool, as in tf.js. The gradient goes
    to each of several greatest ones in full, as in tf.js.

    Args:
      x: float32, int32 or bool, of any shape.
      axis: the axis or axes to reduce; without it, all of them.
      keepDims: whether to keep the reduced axes, of size 1.

    Raises:
      ValueError: for complex numbers, an axis that there is not.
    """
    return Tensor(largest("max", numbers(x, "max"), axis, keepDims))


@chained
def min(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """The least value over the axes, of the dtype of `x`; NaN if there is a NaN.

    See `max` for the arguments, for no values and for the gradient.
    """
    return Tensor(smallest("min", numbers(x, "min"), axis, keepDims))


def largest(function: str, value: Any, axis: Any, keep: bool = False) -> Any:
    """`max` of a TensorFlow tensor, in another operation."""
    return _extreme(function, _raw.Max, _any, value, axis, keep)


def smallest(function: str, value: Any, axis: Any, keep: bool = False) -> Any:
    """`min` of a TensorFlow tensor, in another operation."""
    return _extreme(function, _raw.Min, _all, value, axis, keep)


def _extreme(
    function: str,
    kernel: Callable[..., Any],
    of_bool: Callable[[Any, Any, bool], Any],
    value: Any,
    axis: Any,
    keep: bool,
) -> Any:
    if are_many(value):
        many = positive_axes(function, len(value.shape), axis)
        return in_two_axes(
            lambda two: _extreme(function, kernel, of_bool, two, 1, False), value, many, keep
        )
    axes = axes_of(function, value, axis)
    if value.dtype is _BOOL:
        result = of_bool(value, axes, keep)
    elif could_possibly_record() or not tensorflow.executing_eagerly():
        result = _with_full_gradient(kernel, value, axes, keep)
    else:
        result = kernel(input=value, axis=axes, keep_dims=bool(keep))
    return _unless_empty(result, value, axes, math.nan if value.dtype is _FLOAT else 0)


def _with_full_gradient(kernel: Callable[..., Any], value: Any, axes: Any, keep: bool) -> Any:
    # tf.js: the gradient is not divided among equal values, as TensorFlow's is.
    @tensorflow.custom_gradient
    def extreme(x: Any) -> tuple[Any, Callable[[Any], Any]]:
        result = kernel(input=x, axis=axes, keep_dims=True)
        final = result if keep else kernel(input=x, axis=axes, keep_dims=False)

        def gradient(dy: Any) -> Any:
            chosen = tensorflow.cast(tensorflow.equal(x, result), dy.dtype)
            return tensorflow.reshape(dy, tensorflow.shape(result)) * chosen

        return final, gradient

    return extreme(value)


@chained
def argMax(x: Any, axis: int = 0) -> Tensor:
    """The index of the greatest value along an axis, int32; the first one of several.

    Args:
      x: float32, int32 or bool, of rank 1 at least.
      axis: the axis, which the result does not have.

    Raises:
      ValueError: for a scalar, complex numbers, an axis that there is not, several axes.
    """
    return Tensor(_index("argMax", _raw.ArgMax, x, axis))


@chained
def argMin(x: Any, axis: int = 0) -> Tensor:
    """The index of the least value along an axis, int32; the first one of several.

    See `argMax` for the arguments.
    """
    return Tensor(_index("argMin", _raw.ArgMin, x, axis))


def _index(function: str, kernel: Callable[..., Any], x: Any, axis: Any) -> Any:
    value = numbers(x, function)
    rank = len(value.shape)
    axes = positive_axes(function, rank, axis)
    if len(axes) != 1:
        raise ValueError(f"Error in {function}: axis must be one axis, but got {axis}.")
    if value.shape[axes[0]] == 0:
        sizes = [size for i, size in enumerate(value.shape) if i != axes[0]]
        return tensorflow.zeros(sizes, _INT)
    dimension = _scalar(axes[0])
    result = kernel(input=value, dimension=dimension, output_type=_INT)
    if value.dtype is not _FLOAT:
        return result
    # tf.js: nothing is greater than a NaN that comes first.
    first = _raw.GatherV2(params=value, indices=_scalar(0), axis=dimension)
    is_number = _raw.Equal(x=first, y=first)
    return _raw.SelectV2(condition=is_number, t=result, e=_scalar(0))


@functools.cache
def _scalar(number: int) -> Any:
    return constant(number)


@chained
def logSumExp(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """log(sum(exp(x))) over the axes, float32; NaN where the greatest value is infinite.

    Args:
      x: float32, int32 or bool, of any shape.
      axis: the axis or axes to reduce; without it, all of them.
      keepDims: whether to keep the reduced axes, of size 1.

    Raises:
      ValueError: for complex numbers, an axis that there is not.
    """
    return Tensor(_log_sum_exp(numbers(x, "logSumExp"), axis, keepDims))


def _log_sum_exp(value: Any, axis: Any, keep: bool) -> Any:
    if are_many(value):
        many = positive_axes("logSumExp", len(value.shape), axis)
        return in_two_axes(lambda two: _log_sum_exp(two, 1, False), value, many, keep)
    shifted, greatest = less_greatest("logSumExp", value, axis)
    axes = axes_of("logSumExp", value, axis)
    summed = _raw.Log(x=_raw.Sum(input=_raw.Exp(x=shifted), axis=axes, keep_dims=True))
    result = _raw.AddV2(x=greatest, y=summed)
    return result if keep else _raw.Sum(input=result, axis=axes, keep_dims=False)


def less_greatest(function: str, value: Any, axis: Any) -> tuple[Any, Any]:
    """float32 values less the greatest one over the axes, and that one, which keeps the axes."""
    # The gradient with respect to the greatest value is 0 in what this is for.
    greatest = tensorflow.stop_gradient(
        largest(function, tensorflow.stop_gradient(value), axis, True)
    )
    if value.dtype is _BOOL:
        # tf.js: false - true is 255, as bool values are unsigned bytes.
        value, greatest = (_raw.Cast(x=part, DstT=_FLOAT) for part in (value, greatest))
        return tensorflow.math.floormod(value - greatest, 256.0), greatest
    shifted = _raw.Sub(x=value, y=greatest)
    if value.dtype is _FLOAT:
        return shifted, greatest
    # tf.js: the difference of int32 values is int32, which overflows.
    return _raw.Cast(x=shifted, DstT=_FLOAT), _raw.Cast(x=greatest, DstT=_FLOAT)
