"""Operations / Arithmetic of the tf.js API.

Follows tfjs-core/src/ops/{add,add_n,div,div_no_nan,floorDiv,maximum,minimum,mod,mul,pow,
squared_difference,sub}.ts, the cpu kernels of the same names, and tfjs-core/src/gradients/.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.basic_math import flat
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.elementwise import (
    BOOL,
    COMPLEX64,
    FLOAT32,
    INT32,
    binary,
    cast,
    in_double,
    in_float64,
    not_complex,
    raw_ops,
    recording,
    to_int32,
)
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation


@chained
def add(a: Any, b: Any) -> Tensor:
    """a + b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or complex64.
      b: the second one. Both are promoted: bool < int32 < float32 < complex64.

    Raises:
      ValueError: for shapes that cannot be broadcast.
    """
    return binary(raw_ops.AddV2, a, b, "add", of_complex=True)


@chained
def sub(a: Any, b: Any) -> Tensor:
    """a - b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or complex64.
      b: the second one. Both are promoted: bool < int32 < float32 < complex64.

    Raises:
      ValueError: for shapes that cannot be broadcast.
    """
    return binary(raw_ops.Sub, a, b, "sub", of_complex=True)


@chained
def mul(a: Any, b: Any) -> Tensor:
    """a * b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or complex64.
      b: the second one. Both are promoted: bool < int32 < float32 < complex64.

    Raises:
      ValueError: for shapes that cannot be broadcast.
    """
    return binary(raw_ops.Mul, a, b, "mul", of_int32=_product, of_complex=True)


# tf.js: the product is rounded to double precision before it is an int32 again.
_product = in_double(raw_ops.Mul)


@chained
def div(a: Any, b: Any) -> Tensor:
    """a / b, element by element, broadcast; of two int32 tensors the floor of it.

    Args:
      a: the first tensor, numeric.
      b: the second one. Both are promoted: bool < int32 < float32.

    Returns:
      A Tensor; int32 of two int32 tensors, 0 where b is 0.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    # tf.js: of bool tensors, anything divided by false is false.
    return binary(
        raw_ops.RealDiv, a, b, "div", of_int32=_floored_quotient, of_bool=raw_ops.LogicalAnd
    )


@chained
def divNoNan(a: Any, b: Any) -> Tensor:
    """a / b, element by element, broadcast; 0 where b is 0.

    Args:
      a: the first tensor, numeric.
      b: the second one. Both are promoted: bool < int32 < float32.

    Returns:
      A Tensor; int32 of two int32 tensors, the floor of the quotient.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    # tf.js: the errors name `div`.
    return binary(
        raw_ops.DivNoNan, a, b, "div", of_int32=_floored_quotient, of_bool=raw_ops.LogicalAnd
    )


@chained
def floorDiv(a: Any, b: Any) -> Tensor:
    """The floor of a / b, element by element, broadcast; 0 where it is not finite.

    Args:
      a: the first tensor, numeric.
      b: the second one.

    Returns:
      An int32 Tensor, whatever the dtypes of a and b.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    return binary(_floored_quotient, a, b, "floorDiv", of_bool=_floored_quotient)


def _floored_quotient(x: Any, y: Any) -> Any:
    x, y = in_float64(x), in_float64(y)
    return to_int32(raw_ops.Floor(x=raw_ops.RealDiv(x=x, y=y)))


@chained
def mod(a: Any, b: Any) -> Tensor:
    """The remainder of a / b, with the sign of b, element by element, broadcast.

    Args:
      a: the first tensor, numeric.
      b: the second one. Both are promoted: bool < int32 < float32.

    Returns:
      A Tensor; NaN where b is 0, but 0 where it is an int32 or bool tensor.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    return binary(_remainder, a, b, "mod", of_int32=_whole_remainder)


def _remainder(x: Any, y: Any) -> Any:
    # tf.js: (a % b + b) % b in double precision where the signs differ, so that the remainder of
    # -1e-30 is 0 and not b, and that by an infinity is NaN.
    x, y = in_float64(x), in_float64(y)
    if recording(x) or recording(y):
        shape = tensorflow.broadcast_dynamic_shape(tensorflow.shape(x), tensorflow.shape(y))
        both = tensorflow.broadcast_to(x, shape), tensorflow.broadcast_to(y, shape)
        return raw_ops.Cast(x=_recorded_remainder(*both), DstT=FLOAT32)
    return raw_ops.Cast(x=_positive_remainder(x, y), DstT=FLOAT32)


def _positive_remainder(x: Any, y: Any) -> Any:
    # tf.js: 0 counts as positive. No float32 other than 0 is so small as to be changed here.
    x = raw_ops.AddV2(x=x, y=1e-300)
    return raw_ops.FloorMod(x=raw_ops.FloorMod(x=x, y=y), y=y)


@tensorflow.custom_gradient
def _recorded_remainder(x: Any, y: Any) -> Any:
    """The same of two float64 of one shape, with a gradient that has one of its own, zeros."""

    def gradient(dy: Any) -> tuple[Any, Any]:
        quotient = raw_ops.Cast(x=raw_ops.RealDiv(x=x, y=y), DstT=FLOAT32)
        whole = raw_ops.Cast(x=flat(quotient, raw_ops.Floor(x=quotient)), DstT=dy.dtype)
        return dy, raw_ops.Mul(x=dy, y=raw_ops.Neg(x=whole))

    return _positive_remainder(x, y), gradient


def _whole_remainder(x: Any, y: Any) -> Any:
    # The remainder by 1 is the 0 that tf.js gives for the remainder by 0.
    divisor = raw_ops.SelectV2(condition=raw_ops.Equal(x=y, y=0), t=1, e=y)
    return raw_ops.FloorMod(x=x, y=divisor)


@chained
def pow(base: Any, exp: Any) -> Tensor:
    """base to the power of exp, element by element, broadcast.

    Args:
      base: the first tensor, numeric.
      exp: the second one. Both are promoted: bool < int32 < float32.

    Returns:
      A Tensor; of two int32 tensors the power truncated to int32.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    return binary(raw_ops.Pow, base, exp, "pow", ("base", "exp"), of_int32=_whole_power)


_whole_power = in_double(raw_ops.Pow)


@chained
def maximum(a: Any, b: Any) -> Tensor:
    """The larger one of a and b, element by element, broadcast; NaN if one is NaN.

    Args:
      a: the first tensor, numeric.
      b: the second one. Both are promoted: bool < int32 < float32.

    Returns:
      A Tensor; int32 of two bool tensors. Where both are equal, the gradient is that of a.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    return binary(raw_ops.Maximum, a, b, "maximum", of_bool=_larger_bool)


def _larger_bool(x: Any, y: Any) -> Any:
    return raw_ops.Maximum(x=cast(x, INT32), y=cast(y, INT32))


@chained
def minimum(a: Any, b: Any) -> Tensor:
    """The smaller one of a and b, element by element, broadcast; NaN if one is NaN.

    Args:
      a: the first tensor, numeric.
      b: the second one. Both are promoted: bool < int32 < float32.

    Returns:
      A Tensor; int32 of two bool tensors. Where both are equal, the gradient is that of a.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    return binary(raw_ops.Minimum, a, b, "minimum", of_bool=_smaller_bool)


def _smaller_bool(x: Any, y: Any) -> Any:
    return raw_ops.Minimum(x=cast(x, INT32), y=cast(y, INT32))


@chained
def squaredDifference(a: Any, b: Any) -> Tensor:
    """(a - b) * (a - b), element by element, broadcast.

    Args:
      a: the first tensor, numeric.
      b: the second one. Both are promoted: bool < int32 < float32.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    return binary(
        raw_ops.SquaredDifference, a, b, "squaredDifference", of_int32=_whole_squared_difference
    )


_whole_squared_difference = in_double(raw_ops.SquaredDifference)


@operation
def addN(tensors: list[Any]) -> Tensor:
    """The sum of tensors of one shape and dtype, element by element.

    Args:
      tensors: a list of at least one tensor, numeric.

    Raises:
      TypeError: if it is no list.
      ValueError: for an empty list, another dtype or another shape; for complex64.
    """
    if not isinstance(tensors, (list, tuple)):
        raise TypeError(
            "The argument passed to tf.addN() must be a list of tensors, "
            f"but got {type(tensors).__name__}"
        )
    if not tensors:
        raise ValueError("Must pass at least one tensor to tf.addN(), but got 0")
    values = [convert(t, f"tensors{i}", "addN").tensor for i, t in enumerate(tensors)]
    dtype, shape = values[0].dtype, values[0].shape
    for value in values:
        if value.dtype is not dtype:
            raise ValueError(
                "All tensors passed to tf.addN() must have the same dtype, "
                f"but got {dtype.name} and {value.dtype.name}"
            )
        if not value.shape.is_compatible_with(shape):
            raise ValueError(
                "All tensors passed to tf.addN() must have the same shape, "
                f"but got {list(shape)} and {list(value.shape)}"
            )
    if dtype is COMPLEX64:
        raise not_complex("addN")
    if dtype is BOOL:
        return Tensor(cast(raw_ops.AddN(inputs=[cast(v, INT32) for v in values]), BOOL))
    return Tensor(raw_ops.AddN(inputs=values))
