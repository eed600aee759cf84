"""Operations / Basic math of the tf.js API.

The activations of neural networks stand in `tfjsbridge.ops.activations`.

Follows the sources in tfjs-core/src/ops/ that have these functions' names, the cpu kernels and
tfjs-core/src/gradients/. Unless it is said otherwise, the result has the shape and the dtype of x;
in an int32 or bool tensor it is truncated, as JavaScript does when it stores a number there.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.elementwise import (
    BOOL,
    COMPLEX64,
    FLOAT32,
    binary,
    in_double,
    raw_ops,
    recording,
    unary,
)
from tfjsbridge.ops.shapes import number
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained

# util.ts: the constants of selu.
_SELU_SCALE_ALPHA = 1.7580993408473768600
_SELU_SCALE = 1.0507009873554804934


@chained
def abs(x: Any) -> Tensor:
    """The absolute value of x, element by element; of complex64 the magnitude, as float32."""
    if isinstance(x, Tensor) and x.tensor.dtype is COMPLEX64:
        return Tensor(raw_ops.ComplexAbs(x=x.tensor))
    return unary(absolute, x, "abs", of_int32=True)


def absolute(x: Any) -> Any:
    """The absolute value of a TensorFlow tensor of float32 or int32, with tf.js's gradient."""
    if x.dtype is FLOAT32 and recording(x):
        # tf.js: the gradient at 0 is -1, TensorFlow's is 0; that of the sign is a tensor of zeros.
        sign = raw_ops.Sign(x=raw_ops.Sub(x=raw_ops.Sign(x=x), y=0.5))
        return raw_ops.AddV2(x=raw_ops.Mul(x=x, y=sign), y=0.0)  # so that 0 is not -0
    return raw_ops.Abs(x=x)


@chained
def acos(x: Any) -> Tensor:
    """The arc cosine of x, element by element; NaN outside of -1 to 1."""
    return unary(raw_ops.Acos, x, "acos")


@chained
def acosh(x: Any) -> Tensor:
    """The inverse hyperbolic cosine of x, element by element; NaN below 1."""
    return unary(raw_ops.Acosh, x, "acosh")


@chained
def asin(x: Any) -> Tensor:
    """The arc sine of x, element by element; NaN outside of -1 to 1."""
    return unary(raw_ops.Asin, x, "asin")


@chained
def asinh(x: Any) -> Tensor:
    """The inverse hyperbolic sine of x, element by element."""
    return unary(raw_ops.Asinh, x, "asinh")


@chained
def atan(x: Any) -> Tensor:
    """The arc tangent of x, element by element."""
    return unary(raw_ops.Atan, x, "atan")


@chained
def atan2(a: Any, b: Any) -> Tensor:
    """The angle of the point (b, a), the arc tangent of a / b with the signs of both, broadcast.

    Args:
      a: the first tensor, numeric.
      b: the second one. Both are promoted: bool < int32 < float32.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    return binary(_angle, a, b, "atan2", of_int32=_whole_angle)


def _angle(x: Any, y: Any) -> Any:
    return raw_ops.Atan2(y=x, x=y)


_whole_angle = in_double(_angle)


@chained
def atanh(x: Any) -> Tensor:
    """The inverse hyperbolic tangent of x, element by element; NaN outside of -1 to 1."""
    return unary(raw_ops.Atanh, x, "atanh")


@chained
def ceil(x: Any) -> Tensor:
    """The next whole number at or above x, element by element; x is float32."""
    return unary(_ceil, x, "ceil", "float32")


def _ceil(x: Any) -> Any:
    return flat(x, raw_ops.Ceil(x=x))


def flat(x: Any, result: Any) -> Any:
    """`result` with tf.js's gradient, zeros; TensorFlow says there is none."""
    return raw_ops.SelectV2(condition=True, t=result, e=x) if recording(x) else result


@chained
def clipByValue(x: Any, clipValueMin: float, clipValueMax: float) -> Tensor:
    """x, element by element, but no less than one number and no more than another.

    As a method of a Tensor the numbers are called `min` and `max`.

    Args:
      x: a tensor, numeric.
      clipValueMin: the least value.
      clipValueMax: the greatest value; if both are equal, everything is, NaN too.

    Raises:
      ValueError: if the least value is above the greatest one; for complex64.
      TypeError: if one of them is no number.
    """
    tensor = x if isinstance(x, Tensor) else convert(x, "x", "clipByValue")
    low = number(clipValueMin, "clipValueMin", "clipByValue")
    high = number(clipValueMax, "clipValueMax", "clipByValue")
    if not low <= high:
        raise ValueError(
            f"Error in clipByValue: min ({clipValueMin}) must be less than or equal to "
            f"max ({clipValueMax})."
        )

    def clip(x: Any) -> Any:
        if low == high:
            return raw_ops.Fill(
                dims=raw_ops.Shape(input=x), value=tensorflow.constant(low, x.dtype)
            )
        return raw_ops.ClipByValue(t=x, clip_value_min=low, clip_value_max=high)

    return unary(clip, tensor, "clipByValue")


def _clip_method(self: Tensor, min: float, max: float) -> Tensor:
    """The values, but no less than `min` and no more than `max`: `tf.clipByValue`."""
    result: Tensor = clipByValue(self, min, max)
    return result


_clip_method.__name__ = "clipByValue"
chained(_clip_method)


@chained
def cos(x: Any) -> Tensor:
    """The cosine of x, element by element; x is float32."""
    return unary(raw_ops.Cos, x, "cos", "float32")


@chained
def cosh(x: Any) -> Tensor:
    """The hyperbolic cosine of x, element by element; x is float32."""
    return unary(raw_ops.Cosh, x, "cosh", "float32")


@chained
def erf(x: Any) -> Tensor:
    """The error function of x, element by element.

    Args:
      x: an int32 or float32 tensor.

    Returns:
      A float32 Tensor. tf.js computes an approximation, which is off by up to 1.5e-7.

    Raises:
      ValueError: for another dtype.
    """
    tensor = x if isinstance(x, Tensor) else convert(x, "x", "erf")
    if tensor.dtype not in ("int32", "float32"):
        raise ValueError(f"Input dtype must be `int32` or `float32`, but it is {tensor.dtype}.")
    return unary(raw_ops.Erf, tensor, "erf", result=FLOAT32)


@chained
def exp(x: Any) -> Tensor:
    """e to the power of x, element by element; float32 for every dtype of x."""
    return unary(raw_ops.Exp, x, "exp", result=FLOAT32)


@chained
def expm1(x: Any) -> Tensor:
    """e to the power of x, minus 1, element by element; exact for x near 0."""
    return unary(raw_ops.Expm1, x, "expm1")


@chained
def floor(x: Any) -> Tensor:
    """The next whole number at or below x, element by element; x is float32."""
    return unary(_floor, x, "floor", "float32")


def _floor(x: Any) -> Any:
    return flat(x, raw_ops.Floor(x=x))


@chained
def isFinite(x: Any) -> Tensor:
    """Whether x is neither NaN nor an infinity, element by element; a bool Tensor."""
    return unary(raw_ops.IsFinite, x, "isFinite", result=BOOL)


@chained
def isInf(x: Any) -> Tensor:
    """Whether x is an infinity, element by element; a bool Tensor."""
    return unary(raw_ops.IsInf, x, "isInf", result=BOOL)


@chained
def isNaN(x: Any) -> Tensor:
    """Whether x is NaN, element by element; a bool Tensor."""
    return unary(raw_ops.IsNan, x, "isNaN", result=BOOL)


@chained
def log(x: Any) -> Tensor:
    """The natural logarithm of x, element by element; x is float32."""
    return unary(raw_ops.Log, x, "log", "float32")


@chained
def log1p(x: Any) -> Tensor:
    """The natural logarithm of 1 + x, element by element; exact for x near 0."""
    return unary(raw_ops.Log1p, x, "log1p")


@chained
def neg(x: Any) -> Tensor:
    """-x, element by element; true remains true."""
    return unary(raw_ops.Neg, x, "neg", of_int32=True)


@chained
def reciprocal(x: Any) -> Tensor:
    """1 / x, element by element."""
    return unary(raw_ops.Reciprocal, x, "reciprocal")


@chained
def round(x: Any) -> Tensor:
    """x to the nearest whole number, a half to the even one, element by element."""
    return unary(_round, x, "round")


def _round(x: Any) -> Any:
    return flat(x, raw_ops.Round(x=x))


@chained
def rsqrt(x: Any) -> Tensor:
    """1 over the square root of x, element by element; x is float32."""
    return unary(raw_ops.Rsqrt, x, "rsqrt", "float32")


@chained
def sign(x: Any) -> Tensor:
    """-1, 0 or 1 for x below, at or above 0, element by element; 0 for NaN."""
    return unary(_sign, x, "sign")


def _sign(x: Any) -> Any:
    # tf.js: of NaN it is 0, in TensorFlow NaN.
    return raw_ops.SelectV2(
        condition=raw_ops.Equal(x=x, y=x), t=raw_ops.Sign(x=x), e=raw_ops.ZerosLike(x=x)
    )


@chained
def sin(x: Any) -> Tensor:
    """The sine of x, element by element; x is float32."""
    return unary(raw_ops.Sin, x, "sin", "float32")


@chained
def sinh(x: Any) -> Tensor:
    """The hyperbolic sine of x, element by element."""
    return unary(raw_ops.Sinh, x, "sinh")


@chained
def sqrt(x: Any) -> Tensor:
    """The square root of x, element by element; x is float32."""
    return unary(raw_ops.Sqrt, x, "sqrt", "float32")


@chained
def square(x: Any) -> Tensor:
    """x * x, element by element."""
    return unary(raw_ops.Square, x, "square")


@chained
def tan(x: Any) -> Tensor:
    """The tangent of x, element by element; x is float32."""
    return unary(raw_ops.Tan, x, "tan", "float32")


@chained
def tanh(x: Any) -> Tensor:
    """The hyperbolic tangent of x, element by element; x is float32."""
    return unary(raw_ops.Tanh, x, "tanh", "float32")
