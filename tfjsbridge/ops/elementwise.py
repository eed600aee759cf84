"""What the element-wise operations have in common: dtypes, broadcasting, and speed.

Follows tfjs-core/src/tensor_util.ts (`makeTypesMatch`) and broadcast_util.ts, and
tfjs-backend-cpu/src/utils/{unary_utils,binary_utils}.ts. JavaScript computes in double precision
and then stores the result in the tensor's dtype; so int32 is computed in float64 here wherever that
makes a difference. float32 with float32, which nearly every call is, goes straight to TensorFlow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from ctypes import c_float
from typing import Any

import numpy as np

from tfjsbridge.dtypes import tfjs_dtype, upcast
from tfjsbridge.ops.convert import NUMERIC, convert
from tfjsbridge.ops.many_axes import TOO_MANY, fail_within_a_graph, repeated_pair
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor

try:
    from tensorflow.python.eager.record import could_possibly_record as _tape_is_open
except ImportError:  # then gradients are always prepared for

    def _tape_is_open() -> bool:
        return True


Operation = Callable[..., Any]

raw_ops = tensorflow.raw_ops
BOOL, INT32, INT64 = tensorflow.bool, tensorflow.int32, tensorflow.int64
FLOAT32, FLOAT64, COMPLEX64 = tensorflow.float32, tensorflow.float64, tensorflow.complex64
#: tf.js's numeric dtypes, in the order of promotion.
ORDER = {BOOL: 0, INT32: 1, FLOAT32: 2, COMPLEX64: 3}
#: Python's numbers, float32 in tf.js. Not bool, and not NumPy's scalars.
NUMBERS = frozenset((int, float))
_EAGER = type(tensorflow.constant(0.0))


def recording(x: Any) -> bool:
    """Whether a gradient may be asked for, so that it has to be tf.js's.

    Some operations have a quicker form, with another gradient than tf.js's or none. Within a
    `tensorflow.function` nobody can know what is asked for later.
    """
    return type(x) is not _EAGER or _tape_is_open()


def sum_of_squares(x: Any) -> float:
    """The sum of the squares of a float32 tensor, where its values are at hand; else NaN.

    The quickest of all looks at the values: if it is finite, none is NaN, infinite or very large,
    and what is done about those can be left out.
    """
    if type(x) is not _EAGER or not x.device.endswith("CPU:0"):
        return math.nan
    values = np.asarray(x).reshape(-1)  # the tensor's own memory
    return float(values.dot(values))


def cast(x: Any, dtype: Any) -> Any:
    """The TensorFlow tensor in another dtype."""
    return x if x.dtype is dtype else raw_ops.Cast(x=x, DstT=dtype)


def in_float64(x: Any) -> Any:
    """A TensorFlow tensor, or a Python float that is a float32 in tf.js, as float64."""
    if type(x) is float:
        return tensorflow.constant(c_float(x).value, FLOAT64)
    return cast(x, FLOAT64)


def to_int32(x: Any) -> Any:
    """float64 as int32 the way JavaScript stores it: truncated, modulo 2**32, 0 if not finite."""
    # The remainder of an infinity is NaN, whose lower half is 0 as an int64.
    return cast(cast(raw_ops.TruncateMod(x=x, y=2.0**32), INT64), INT32)


def in_double(operation: Operation) -> Operation:
    """An operation of int32 tensors that computes in double precision, as JavaScript does."""

    def compute(x: Any, y: Any) -> Any:
        return to_int32(operation(x=cast(x, FLOAT64), y=cast(y, FLOAT64)))

    return compute


def binary(
    operation: Operation,
    a: Any,
    b: Any,
    function: str,
    names: tuple[str, str] = ("a", "b"),
    of_int32: Operation | None = None,
    of_bool: Operation | None = None,
    of_complex: bool = False,
) -> Tensor:
    """An element-wise operation of two tensors, broadcast against each other.

    Args:
      operation: takes two TensorFlow tensors `x` and `y` of float32 or of float64, or one of them
        and a Python float.
      a: the first argument.
      b: the second one.
      function: the name of the operation, for errors.
      names: the names of the arguments, for errors.
      of_int32: the operation of two int32 tensors, if it is another one.
      of_bool: the operation of two bool tensors; without it, bool counts as 0 and 1, and the result
        is bool again, as in tf.js.
      of_complex: whether there is one of two complex64 tensors.
    """
    # Each step here is felt: the operation itself takes 7 µs.
    if isinstance(a, Tensor):
        x = a.tensor
        if x.dtype is FLOAT32:
            if isinstance(b, Tensor):
                y = b.tensor
                quick = y.dtype is FLOAT32
            else:
                quick = type(b) in NUMBERS
                y = float(b) if quick else b
        else:
            quick, y = False, b
    elif type(a) in NUMBERS and isinstance(b, Tensor):
        x, y = float(a), b.tensor
        quick = y.dtype is FLOAT32
    else:
        quick, x, y = False, a, b
    if quick:
        try:
            raw = operation(x=x, y=y)
            if type(raw) is not _EAGER and fail_within_a_graph(x, y):
                x, y = repeated_pair(x, y)
                raw = operation(x=x, y=y)
            return Tensor(raw)
        except (ValueError, tensorflow.errors.OpError) as error:
            # Only a float and a tensor: those can always be broadcast.
            if type(x) is not float and type(y) is not float:
                check_broadcast(x, y)
            if isinstance(error, TOO_MANY):
                x, y = repeated_pair(x, y)
                return Tensor(operation(x=x, y=y))
            raise
    x, y, dtype = promoted(a, b, function, names)
    if dtype is COMPLEX64 and not of_complex:
        raise not_complex(function)
    try:
        if not type(x) is type(y) is _EAGER and fail_within_a_graph(x, y):
            x, y = repeated_pair(x, y)
        if dtype is BOOL:
            if of_bool is not None:
                return Tensor(of_bool(x=x, y=y))
            result = (of_int32 or operation)(x=cast(x, INT32), y=cast(y, INT32))
            return Tensor(cast(result, BOOL))
        if dtype is INT32:
            return Tensor((of_int32 or operation)(x=x, y=y))
        result = operation(x=x, y=y)
        return Tensor(cast(result, FLOAT32) if result.dtype is FLOAT64 else result)
    except (ValueError, tensorflow.errors.OpError) as error:
        check_broadcast(x, y)
        if not isinstance(error, TOO_MANY):
            raise
    x, y = repeated_pair(
        _operand(a, names[0], function, NUMERIC), _operand(b, names[1], function, NUMERIC)
    )
    return binary(operation, Tensor(x), Tensor(y), function, names, of_int32, of_bool, of_complex)


def promoted(
    a: Any,
    b: Any,
    function: str,
    names: tuple[str, str] = ("a", "b"),
    accept: str = NUMERIC,
) -> tuple[Any, Any, Any]:
    """Two arguments as TensorFlow tensors of one dtype, and the dtype that they have in tf.js.

    int32 with float32 is float32 in tf.js, but is not rounded to it: both come as float64 here.
    """
    x = _operand(a, names[0], function, accept)
    y = _operand(b, names[1], function, accept)
    if x.dtype is y.dtype:
        return x, y, x.dtype
    if x.dtype not in ORDER or y.dtype not in ORDER:  # a string; this is tf.js's error
        upcast(tfjs_dtype(x.dtype), tfjs_dtype(y.dtype))
    dtype = max(x.dtype, y.dtype, key=ORDER.__getitem__)
    common = FLOAT64 if dtype is FLOAT32 and INT32 in (x.dtype, y.dtype) else dtype
    return cast(x, common), cast(y, common), dtype


def _operand(value: Any, argument: str, function: str, accept: str) -> Any:
    if isinstance(value, Tensor):
        tensor = value.tensor
        if tensor.dtype in ORDER:
            return tensor
    if type(value) in NUMBERS:
        return tensorflow.constant(float(value), FLOAT32)
    return convert(value, argument, function, accept).tensor


def unary(
    operation: Operation,
    x: Any,
    function: str,
    accept: str = NUMERIC,
    result: Any = None,
    of_int32: bool = False,
) -> Tensor:
    """An element-wise operation of one tensor.

    Args:
      operation: takes a TensorFlow tensor `x` of float32 or of float64.
      x: the argument.
      function: the name of the operation, for errors.
      accept: the dtype that tf.js demands of `x`; the default is any numeric one.
      result: the dtype of the result, float32 or bool; without it, that of `x`, so that the values
        of an int32 tensor are truncated.
      of_int32: whether `operation` takes int32 as well, for the same result.
    """
    if isinstance(x, Tensor):
        value = x.tensor
        if value.dtype is FLOAT32:
            return Tensor(operation(x=value))
    value = convert(x, "x", function, accept).tensor
    dtype = value.dtype
    if dtype is FLOAT32:
        return Tensor(operation(x=value))
    if dtype is COMPLEX64:
        raise not_complex(function)
    if of_int32:
        return Tensor(cast(operation(x=cast(value, INT32)), dtype))
    computed = operation(x=cast(value, FLOAT64))
    if result is None:
        return Tensor(cast(to_int32(computed), dtype))
    return Tensor(cast(computed, result))


def check_broadcast(a: Any, b: Any, but_last: int = 0) -> None:
    """Raise tf.js's error where shapes cannot be broadcast; without some of their last axes.

    Takes Tensors and TensorFlow tensors; a size that is not known fits every other one.
    """
    first, second = list(a.shape), list(b.shape)
    axes = zip(
        reversed(first[: len(first) - but_last]),
        reversed(second[: len(second) - but_last]),
        strict=False,
    )
    if any(m != n and 1 not in (m, n) and None not in (m, n) for m, n in axes):
        raise ValueError(
            f"Operands could not be broadcast together with shapes {first} and {second}."
        ) from None


def not_complex(function: str) -> ValueError:
    """tf.js's error for complex64 (`assertNotComplex`)."""
    return ValueError(f"{function} does not support complex64 tensors.")
