"""Operations / Logical of the tf.js API: comparisons.

Follows tfjs-core/src/ops/{equal,not_equal,less,less_equal,greater,greater_equal}.ts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.ops.arithmetic import check_broadcast
from tfjsbridge.ops.creation import matching
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained


def _compare(operation: Callable[[Any, Any], Any], a: Any, b: Any) -> Tensor:
    first, second = matching(a, b)
    check_broadcast(first, second)
    if first.dtype == "bool":  # TensorFlow has no order of booleans
        return Tensor(operation(*(tensorflow.cast(t.tensor, "int32") for t in (first, second))))
    return Tensor(operation(first.tensor, second.tensor))


@chained
def equal(a: Any, b: Any) -> Tensor:
    """Whether a == b, element by element, broadcast; a bool tensor."""
    return _compare(tensorflow.equal, a, b)


@chained
def notEqual(a: Any, b: Any) -> Tensor:
    """Whether a != b, element by element, broadcast; a bool tensor."""
    return _compare(tensorflow.not_equal, a, b)


@chained
def less(a: Any, b: Any) -> Tensor:
    """Whether a < b, element by element, broadcast; a bool tensor."""
    return _compare(tensorflow.less, a, b)


@chained
def lessEqual(a: Any, b: Any) -> Tensor:
    """Whether a <= b, element by element, broadcast; a bool tensor."""
    return _compare(tensorflow.less_equal, a, b)


@chained
def greater(a: Any, b: Any) -> Tensor:
    """Whether a > b, element by element, broadcast; a bool tensor."""
    return _compare(tensorflow.greater, a, b)


@chained
def greaterEqual(a: Any, b: Any) -> Tensor:
    """Whether a >= b, element by element, broadcast; a bool tensor."""
    return _compare(tensorflow.greater_equal, a, b)
