"""Operations / Arithmetic of the tf.js API.

Follows tfjs-core/src/ops/{add,sub,mul,div,floorDiv,mod,pow,neg,abs}.ts and the cpu kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.ops.creation import matching
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained, tensor_from


def binary(operation: Callable[[Any, Any], Any], a: Any, b: Any) -> Tensor:
    """An element-wise operation of two tensors, broadcast against each other.

    bool counts as 0 and 1, and the result is bool again, as in tf.js.
    """
    first, second = matching(a, b)
    check_broadcast(first, second)
    if first.dtype == "bool":
        result = operation(
            tensorflow.cast(first.tensor, "int32"), tensorflow.cast(second.tensor, "int32")
        )
        return Tensor(tensorflow.cast(result, "bool"))
    return Tensor(operation(first.tensor, second.tensor))


def check_broadcast(a: Tensor, b: Tensor, but_last: int = 0) -> None:
    """Raise tf.js's error where shapes cannot be broadcast; without some of their last axes."""
    try:
        np.broadcast_shapes(*(tuple(t.shape[: t.rank - but_last]) for t in (a, b)))
    except ValueError:
        raise ValueError(
            f"Operands could not be broadcast together with shapes {a.shape} and {b.shape}."
        ) from None


@chained
def add(a: Any, b: Any) -> Tensor:
    """a + b, element by element, broadcast."""
    return binary(tensorflow.add, a, b)


@chained
def sub(a: Any, b: Any) -> Tensor:
    """a - b, element by element, broadcast."""
    return binary(tensorflow.subtract, a, b)


@chained
def mul(a: Any, b: Any) -> Tensor:
    """a * b, element by element, broadcast."""
    return binary(tensorflow.multiply, a, b)


@chained
def div(a: Any, b: Any) -> Tensor:
    """a / b, element by element, broadcast; of two int32 tensors the floor of it, as in tf.js."""
    first, second = matching(a, b)
    if first.dtype == "int32":
        return floorDiv(first, second)
    if first.dtype == "bool":  # tf.js: anything divided by false is false
        return mul(first, second)
    return binary(tensorflow.divide, first, second)


@chained
def floorDiv(a: Any, b: Any) -> Tensor:
    """The floor of a / b as int32; 0 where it is not finite, as in tf.js."""
    first, second = matching(a, b)
    check_broadcast(first, second)
    x, y = (tensorflow.cast(t.tensor, "float64") for t in (first, second))
    return Tensor(_to_int32(tensorflow.floor(x / y)))


def _to_int32(x: Any) -> Any:
    """float64 as int32 the way JavaScript stores it: truncated, modulo 2**32, 0 if not finite."""
    x = tensorflow.where(tensorflow.math.is_finite(x), x, tensorflow.zeros_like(x))
    x = tensorflow.math.floormod(tensorflow.sign(x) * tensorflow.floor(tensorflow.abs(x)), 2.0**32)
    return tensorflow.cast(tensorflow.where(x < 2.0**31, x, x - 2.0**32), "int32")


@chained
def mod(a: Any, b: Any) -> Tensor:
    """The remainder of a / b, with the sign of b; 0 where b is an int32 zero, as in tf.js."""

    def rest(x: Any, y: Any) -> Any:
        if x.dtype.is_integer:
            zero = tensorflow.equal(y, 0)
            return tensorflow.where(
                zero, 0, tensorflow.math.floormod(x, tensorflow.where(zero, 1, y))
            )
        # tf.js: (a % b + b) % b in double precision, so that infinity gives NaN
        wide, divisor = (tensorflow.cast(t, "float64") for t in (x, y))
        result = tensorflow.math.floormod(wide, divisor)
        result = tensorflow.where(tensorflow.equal(result, divisor), 0 * divisor, result)
        return tensorflow.cast(result, x.dtype)

    return binary(rest, a, b)


@chained
def pow(base: Any, exp: Any) -> Tensor:
    """base to the power of exp, element by element, broadcast; int32 results are truncated."""

    def power(x: Any, y: Any) -> Any:
        if x.dtype.is_integer:  # TensorFlow refuses negative exponents
            x, y = (tensorflow.cast(t, "float64") for t in (x, y))
            return _to_int32(tensorflow.pow(x, y))
        return tensorflow.pow(x, y)

    return binary(power, base, exp)


@chained
def neg(x: Any) -> Tensor:
    """-x, element by element."""
    value = tensor_from(x)
    if value.dtype == "bool":  # tf.js: minus one is still true
        return value
    return Tensor(tensorflow.negative(value.tensor))


@chained
def abs(x: Any) -> Tensor:
    """The absolute value, element by element."""
    value = tensor_from(x)
    return value if value.dtype == "bool" else Tensor(tensorflow.abs(value.tensor))
