"""Operations / Basic math of the tf.js API: the activations of neural networks.

Follows tfjs-core/src/ops/{elu,leaky_relu,log_sigmoid,prelu,relu,relu6,selu,sigmoid,softplus,
step}.ts, the cpu kernels and tfjs-core/src/gradients/. Unless it is said otherwise, the result has
the shape and the dtype of x; in an int32 or bool tensor it is truncated, as JavaScript does when it
stores a number there.
"""

from __future__ import annotations

from ctypes import c_float
from typing import Any

from tfjsbridge.ops.basic_math import neg
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.elementwise import FLOAT32, FLOAT64, binary, cast, raw_ops, recording, unary
from tfjsbridge.ops.shapes import number
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained

# selu_util.ts
_SELU_SCALE_ALPHA = 1.7580993408473768600
_SELU_SCALE = 1.0507009873554804934


@chained
def elu(x: Any) -> Tensor:
    """x where it is 0 or more, else exp(x) - 1, element by element; x is float32."""
    return unary(_elu, x, "elu", "float32")


def _elu(x: Any) -> Any:
    return raw_ops.Elu(features=x)


@chained
def leakyRelu(x: Any, alpha: float = 0.2) -> Tensor:
    """x where it is 0 or more, else alpha * x, element by element.

    Args:
      x: a tensor, numeric.
      alpha: the slope below 0.

    Returns:
      A float32 Tensor, for every dtype of x.
    """
    slope = number(alpha, "alpha", "leakyRelu")

    def leaky(x: Any) -> Any:
        return raw_ops.LeakyRelu(features=x, alpha=slope)

    return unary(leaky, x, "leakyRelu", result=FLOAT32)


@chained
def logSigmoid(x: Any) -> Tensor:
    """The logarithm of the sigmoid of x, element by element: -softplus(-x)."""
    if isinstance(x, Tensor) and x.tensor.dtype is FLOAT32:
        return Tensor(_log_sigmoid(x.tensor))
    # tf.js: an int32 tensor is truncated after each of the steps.
    return neg(softplus(neg(convert(x, "x", "logSigmoid"))))


def _log_sigmoid(x: Any) -> Any:
    return raw_ops.Neg(x=raw_ops.Softplus(features=raw_ops.Neg(x=x)))


@chained
def prelu(x: Any, alpha: Any) -> Tensor:
    """x where it is 0 or more, else alpha * x, element by element, broadcast.

    Args:
      x: a tensor, numeric.
      alpha: the slopes below 0, a tensor.

    Returns:
      A float32 Tensor, for every dtype of x and alpha.

    Raises:
      ValueError: for shapes that cannot be broadcast; for complex64.
    """
    result = binary(
        _prelu, x, alpha, "prelu", ("x", "alpha"), of_int32=_whole_prelu, of_bool=_whole_prelu
    )
    return result


def _prelu(x: Any, y: Any) -> Any:
    if type(x) is float:
        x = tensorflow.constant(c_float(x).value, y.dtype)
    # MulNoNan: where x is 0 the result is, even for an infinite alpha.
    return raw_ops.SelectV2(
        condition=raw_ops.Greater(x=x, y=0.0), t=x, e=raw_ops.MulNoNan(x=y, y=x)
    )


def _whole_prelu(x: Any, y: Any) -> Any:
    return cast(_prelu(cast(x, FLOAT64), cast(y, FLOAT64)), FLOAT32)


@chained
def relu(x: Any) -> Tensor:
    """The larger one of x and 0, element by element."""
    return unary(_relu, x, "relu", of_int32=True)


def _relu(x: Any) -> Any:
    return raw_ops.Relu(features=x)


@chained
def relu6(x: Any) -> Tensor:
    """x, but no less than 0 and no more than 6, element by element."""
    return unary(_relu6, x, "relu6")


def _relu6(x: Any) -> Any:
    if recording(x):
        # tf.js: the gradient at 6 is 1, TensorFlow's is 0.
        return raw_ops.Minimum(x=raw_ops.Relu(features=x), y=6.0)
    return raw_ops.Relu6(features=x)


@chained
def selu(x: Any) -> Tensor:
    """scale * x where x is 0 or more, else scale * alpha * (exp(x) - 1), element by element."""
    return unary(_selu, x, "selu")


def _selu(x: Any) -> Any:
    if recording(x):
        # tf.js: the gradient at 0 is that of the negative half, TensorFlow's of the positive one.
        below = raw_ops.Expm1(x=raw_ops.Minimum(x=x, y=0.0))
        return raw_ops.SelectV2(
            condition=raw_ops.Greater(x=x, y=0.0),
            t=raw_ops.Mul(x=x, y=_SELU_SCALE),
            e=raw_ops.Mul(x=below, y=_SELU_SCALE_ALPHA),
        )
    return raw_ops.Selu(features=x)


@chained
def sigmoid(x: Any) -> Tensor:
    """1 / (1 + exp(-x)), element by element; x is float32."""
    return unary(raw_ops.Sigmoid, x, "sigmoid", "float32")


@chained
def softplus(x: Any) -> Tensor:
    """The logarithm of 1 + exp(x), element by element."""
    return unary(_softplus, x, "softplus")


def _softplus(x: Any) -> Any:
    return raw_ops.Softplus(features=x)


@chained
def step(x: Any, alpha: float = 0.0) -> Tensor:
    """1 where x is above 0, else alpha, element by element; NaN for NaN.

    Args:
      x: a tensor, numeric.
      alpha: the value where x is 0 or less.
    """
    below = number(alpha, "alpha", "step")

    def stepped(x: Any) -> Any:
        # 1, 0 or NaN, with a gradient of zeros as in tf.js.
        result = raw_ops.Relu(features=raw_ops.Sign(x=x))
        if below == 0:
            return result
        # tf.js: NaN remains NaN.
        not_above = raw_ops.Equal(x=result, y=0.0)
        value = tensorflow.constant(below, x.dtype)
        return raw_ops.SelectV2(condition=not_above, t=value, e=result)

    return unary(stepped, x, "step")
