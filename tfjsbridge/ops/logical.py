"""Operations / Logical of the tf.js API.

Follows tfjs-core/src/ops/{bitwise_and,equal,greater,greater_equal,less,less_equal,logical_and,
logical_not,logical_or,logical_xor,not_equal,where,where_async}.ts and the cpu kernels.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.ops.elementwise import (
    BOOL,
    COMPLEX64,
    FLOAT32,
    INT32,
    NUMBERS,
    cast,
    check_broadcast,
    not_complex,
    promoted,
    raw_ops,
)
from tfjsbridge.ops.many_axes import TOO_MANY, fail_within_a_graph, repeated_pair
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation

_EAGER = type(tensorflow.constant(0.0))
Compare = Callable[[Any, Any], Any]


def _compare(quick: Callable[..., Any], of_strings: Compare, a: Any, b: Any, name: str) -> Tensor:
    """A comparison, element by element; `quick` is TensorFlow's of numbers."""
    if isinstance(a, Tensor):
        x = a.tensor
        if x.dtype is FLOAT32:
            if type(b) in NUMBERS:
                return Tensor(quick(x=x, y=float(b)))
            if isinstance(b, Tensor) and b.tensor.dtype is FLOAT32:
                return _compared(quick, x, b.tensor)
    x, y, dtype = promoted(a, b, name, accept=STRING_OR_NUMERIC)
    if dtype is COMPLEX64:
        raise not_complex(name)
    if dtype is BOOL:  # TensorFlow has no order of booleans
        return _compared(quick, cast(x, INT32), cast(y, INT32))
    if dtype is tensorflow.string:
        check_broadcast(x, y)
        return Tensor(_compared_strings(of_strings, x, y))
    return _compared(quick, x, y)


def _compared(quick: Callable[..., Any], x: Any, y: Any) -> Tensor:
    try:
        raw = quick(x=x, y=y)
        if type(raw) is not _EAGER and fail_within_a_graph(x, y):
            x, y = repeated_pair(x, y)
            raw = quick(x=x, y=y)
        return Tensor(raw)
    except (ValueError, tensorflow.errors.OpError) as error:
        check_broadcast(x, y)
        if not isinstance(error, TOO_MANY):
            raise
        x, y = repeated_pair(x, y)
        return Tensor(quick(x=x, y=y))


def _compared_strings(of_strings: Compare, x: Any, y: Any) -> Any:
    """TensorFlow has no order of strings; that of their bytes is that of their code points."""
    compare = np.frompyfunc(of_strings, 2, 1)
    result = tensorflow.numpy_function(
        lambda a, b: np.asarray(compare(a, b), bool), [x, y], BOOL, stateful=False
    )
    return tensorflow.ensure_shape(result, tensorflow.broadcast_static_shape(x.shape, y.shape))


@chained
def equal(a: Any, b: Any) -> Tensor:
    """Whether a == b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or string.
      b: the second one. Numbers are promoted: bool < int32 < float32.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for shapes that cannot be broadcast; for a string against a number; for complex64.
    """
    return _compare(raw_ops.Equal, operator.eq, a, b, "equal")


@chained
def notEqual(a: Any, b: Any) -> Tensor:
    """Whether a != b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or string.
      b: the second one. Numbers are promoted: bool < int32 < float32.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for shapes that cannot be broadcast; for a string against a number; for complex64.
    """
    return _compare(raw_ops.NotEqual, operator.ne, a, b, "notEqual")


@chained
def less(a: Any, b: Any) -> Tensor:
    """Whether a < b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or string.
      b: the second one. Numbers are promoted: bool < int32 < float32.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for shapes that cannot be broadcast; for a string against a number; for complex64.
    """
    return _compare(raw_ops.Less, operator.lt, a, b, "less")


@chained
def lessEqual(a: Any, b: Any) -> Tensor:
    """Whether a <= b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or string.
      b: the second one. Numbers are promoted: bool < int32 < float32.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for shapes that cannot be broadcast; for a string against a number; for complex64.
    """
    return _compare(raw_ops.LessEqual, operator.le, a, b, "lessEqual")


@chained
def greater(a: Any, b: Any) -> Tensor:
    """Whether a > b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or string.
      b: the second one. Numbers are promoted: bool < int32 < float32.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for shapes that cannot be broadcast; for a string against a number; for complex64.
    """
    return _compare(raw_ops.Greater, operator.gt, a, b, "greater")


@chained
def greaterEqual(a: Any, b: Any) -> Tensor:
    """Whether a >= b, element by element, broadcast.

    Args:
      a: the first tensor, numeric or string.
      b: the second one. Numbers are promoted: bool < int32 < float32.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for shapes that cannot be broadcast; for a string against a number; for complex64.
    """
    return _compare(raw_ops.GreaterEqual, operator.ge, a, b, "greaterEqual")


@chained
def logicalAnd(a: Any, b: Any) -> Tensor:
    """Whether both a and b are true, element by element, broadcast.

    Args:
      a: the first tensor, bool.
      b: the second one, bool.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for a tensor of another dtype; for shapes that cannot be broadcast.
    """
    return _compared(raw_ops.LogicalAnd, _bool(a, "a", "logicalAnd"), _bool(b, "b", "logicalAnd"))


@chained
def logicalOr(a: Any, b: Any) -> Tensor:
    """Whether a or b or both are true, element by element, broadcast.

    Args:
      a: the first tensor, bool.
      b: the second one, bool.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for a tensor of another dtype; for shapes that cannot be broadcast.
    """
    return _compared(raw_ops.LogicalOr, _bool(a, "a", "logicalOr"), _bool(b, "b", "logicalOr"))


@chained
def logicalXor(a: Any, b: Any) -> Tensor:
    """Whether one of a and b is true and the other is not, element by element, broadcast.

    Args:
      a: the first tensor, bool.
      b: the second one, bool.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for a tensor of another dtype; for shapes that cannot be broadcast.
    """
    return _compared(raw_ops.NotEqual, _bool(a, "a", "logicalXor"), _bool(b, "b", "logicalXor"))


@chained
def logicalNot(x: Any) -> Tensor:
    """Whether x is false, element by element.

    Args:
      x: a bool tensor.

    Returns:
      A bool Tensor.

    Raises:
      ValueError: for a tensor of another dtype.
    """
    return Tensor(raw_ops.LogicalNot(x=_bool(x, "x", "logicalNot")))


def _bool(value: Any, argument: str, function: str) -> Any:
    if isinstance(value, Tensor):
        tensor = value.tensor
        if tensor.dtype is BOOL:
            return tensor
    return convert(value, argument, function, "bool").tensor


@operation
def where(condition: Any, a: Any, b: Any) -> Tensor:
    """a where `condition` is true, else b, element by element; all three are broadcast.

    As a method of a Tensor it is `a.where(condition, b)`.

    Args:
      condition: a bool tensor.
      a: the values where it is true, numeric.
      b: the values where it is false, numeric.

    Returns:
      A Tensor of the dtype to which a and b are promoted: bool < int32 < float32.

    Raises:
      ValueError: for a condition of another dtype; for shapes that cannot be broadcast; for
        complex64.
    """
    if isinstance(a, Tensor) and a.tensor.dtype is FLOAT32 and type(b) in NUMBERS:
        x, y = a.tensor, float(b)
    else:
        x, y, dtype = promoted(a, b, "where")
        if dtype is COMPLEX64:
            raise not_complex("where")
        if x.dtype is tensorflow.float64:  # an int32 and a float32
            x, y = cast(x, dtype), cast(y, dtype)
    chosen = _bool(condition, "condition", "where")
    try:
        return Tensor(raw_ops.SelectV2(condition=chosen, t=x, e=y))
    except (ValueError, tensorflow.errors.OpError):
        check_broadcast(chosen, x)
        if not isinstance(y, float):
            check_broadcast(chosen, y)
            check_broadcast(x, y)
        raise


def _where_method(self: Tensor, condition: Any, x: Any) -> Tensor:
    """The values of this Tensor where `condition` is true, those of x elsewhere: `tf.where`."""
    result: Tensor = where(condition, self, x)
    return result


# tf.js: the condition comes first in the function, second in the method.
_where_method.__name__ = "where"
chained(_where_method)


@operation
def whereAsync(condition: Any) -> Tensor:
    """Where `condition` is true.

    Args:
      condition: a bool tensor.

    Returns:
      An int32 Tensor of shape [n, rank of the condition], the coordinates of each true value in
      row-major order; it is no promise here.

    Raises:
      ValueError: for a tensor of another dtype.
    """
    value = _bool(condition, "condition", "whereAsync")
    scalar = value.shape.rank == 0
    places = raw_ops.Where(condition=raw_ops.ExpandDims(input=value, axis=0) if scalar else value)
    # A scalar that is true has one place, of no coordinates.
    return Tensor(cast(places[:, 1:] if scalar else places, INT32))


@operation
def bitwiseAnd(x: Any, y: Any) -> Tensor:
    """The bits that are set in both x and y, element by element.

    Args:
      x: the first tensor, int32.
      y: the second one, int32, of the same shape.

    Returns:
      An int32 Tensor.

    Raises:
      ValueError: for another shape or dtype.
    """
    first = convert(x, "x", "bitwiseAnd").tensor
    second = convert(y, "y", "bitwiseAnd").tensor
    if not first.shape.is_compatible_with(second.shape):
        raise ValueError(
            "BitwiseAnd: Tensors must have the same shape. "
            f"x: {list(first.shape)}, y: {list(second.shape)}"
        )
    if first.dtype is not INT32 or second.dtype is not INT32:
        raise ValueError(
            "BitwiseAnd: Only supports 'int32' values in tensor, found type of "
            f"x: {first.dtype.name} and type of y: {second.dtype.name}"
        )
    return Tensor(raw_ops.BitwiseAnd(x=first, y=second))
