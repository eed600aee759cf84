"""How the losses of many values make one: `computeWeightedLoss`, of TensorFlow tensors.

Follows tfjs-core/src/ops/losses/compute_weighted_loss.ts and loss_ops_utils.ts.
"""

from __future__ import annotations

import enum
from typing import Any

from tfjsbridge.dtypes import NUMPY_DTYPES, upcast
from tfjsbridge.runtime import tensorflow

raw_ops = tensorflow.raw_ops
_FLOAT = tensorflow.float32


class Reduction(enum.IntEnum):
    """How the losses of the values make one loss (tf.js: tf.Reduction)."""

    #: They are given as they are.
    NONE = 0
    #: The sum of the weighted losses, divided by the sum of the weights.
    MEAN = 1
    #: The sum of the weighted losses.
    SUM = 2
    #: The sum of the weighted losses, divided by the number of weights that are not zero.
    SUM_BY_NONZERO_WEIGHTS = 3


def reduced(losses: Any, weights: Any, reduction: Any) -> Any:
    """`computeWeightedLoss` of TensorFlow tensors."""
    if reduction not in (0, 1, 2, 3):
        raise ValueError(f"Unknown reduction: {reduction}. Use one of tf.Reduction.")
    weighted = losses if weights is None else _product(losses, weights)
    if reduction == Reduction.NONE:
        return weighted
    if reduction == Reduction.MEAN and weights is None:
        # tf.js: of complex numbers the real parts count; the mean of nothing is 0
        real = tensorflow.math.real(weighted) if weighted.dtype.is_complex else weighted
        return raw_ops.DivNoNan(x=_sum(to_float(real)), y=_size(losses))
    total = _sum(weighted)
    if reduction == Reduction.SUM:
        return total
    if reduction == Reduction.MEAN:
        return _weighted_mean(total, losses, weights)
    if weights is None:
        return raw_ops.RealDiv(x=to_float(total), y=_size(losses))
    counted = raw_ops.NotEqual(x=weights, y=tensorflow.zeros([], weights.dtype))
    shape = tensorflow.broadcast_dynamic_shape(tensorflow.shape(weights), tensorflow.shape(losses))
    count = _sum(tensorflow.broadcast_to(tensorflow.cast(counted, _FLOAT), shape))
    return raw_ops.RealDiv(x=to_float(total), y=count)


def _weighted_mean(total: Any, losses: Any, weights: Any) -> Any:
    """The sum of weighted losses, divided by the sum of as many weights as there are losses."""
    weight = _sum(weights)
    total, weight = matched(total, weight)
    if total.dtype.is_integer:  # tf.js: floorDiv, and 0 where that is not finite
        none = tensorflow.equal(weight, 0)
        quotient = raw_ops.FloorDiv(x=total, y=tensorflow.where(none, 1, weight))
        mean = tensorflow.where(none, 0, quotient)
    else:
        mean = raw_ops.RealDiv(x=total, y=weight)
    counts = [each.shape.num_elements() for each in (losses, weights)]
    repeated = raw_ops.RealDiv(x=_size(losses), y=_size(weights))
    if None in counts:  # within a tensorflow.function
        repeated = tensorflow.maximum(repeated, 1.0)
    elif counts[0] <= counts[1]:
        return mean
    return raw_ops.RealDiv(x=to_float(mean), y=repeated)


def _product(losses: Any, weights: Any) -> Any:
    losses, weights = matched(losses, weights)
    if losses.dtype is tensorflow.bool:
        return _broadcast(tensorflow.logical_and, losses, weights)
    return _broadcast(tensorflow.multiply, losses, weights)


def _broadcast(function: Any, x: Any, y: Any) -> Any:
    try:
        return function(x, y)
    except (tensorflow.errors.InvalidArgumentError, ValueError):
        raise ValueError(
            "Operands could not be broadcast together with shapes "
            f"{x.shape.as_list()} and {y.shape.as_list()}."
        ) from None


def _sum(x: Any) -> Any:
    """The sum of all values; of bool as int32."""
    if x.dtype.is_complex:
        raise ValueError("sum does not support complex64 tensors in the CPU backend.")
    x = to_dtype(x, tensorflow.int32) if x.dtype is tensorflow.bool else x
    return raw_ops.Sum(input=x, axis=tensorflow.range(len(x.shape)))


def _size(x: Any) -> Any:
    size = x.shape.num_elements()
    return to_dtype(tensorflow.size(x) if size is None else tensorflow.constant(size), _FLOAT)


def to_float(x: Any) -> Any:
    return x if x.dtype is _FLOAT else raw_ops.Cast(x=x, DstT=_FLOAT)


def to_dtype(x: Any, dtype: Any) -> Any:
    return x if x.dtype is dtype else tensorflow.cast(x, dtype)


def matched(x: Any, y: Any) -> tuple[Any, Any]:
    if x.dtype is y.dtype:
        return x, y
    names = {tensorflow.as_dtype(each): name for name, each in NUMPY_DTYPES.items()}
    dtype = NUMPY_DTYPES[upcast(names[x.dtype], names[y.dtype])]
    return tensorflow.cast(x, dtype), tensorflow.cast(y, dtype)
