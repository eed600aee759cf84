"""Operations / Scan of the tf.js API: cumsum, cumprod.

Follows tfjs-core/src/ops/{cumsum,cumprod}.ts and the cpu kernels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import axis_of, refuse_complex
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained


@chained
def cumsum(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Tensor:
    """The sum of the values along an axis up to each of them.

    Args:
      x: a numeric Tensor of rank 1 or more; bool counts as int32.
      axis: the axis.
      exclusive: whether a value is left out of its own sum.
      reverse: whether the sums go from the end to the start.
    """
    return _scan(tensorflow.raw_ops.Cumsum, x, "cumsum", axis, exclusive, reverse)


@chained
def cumprod(x: Any, axis: int = 0, exclusive: bool = False, reverse: bool = False) -> Tensor:
    """The product of the values along an axis up to each of them.

    Args:
      x: a numeric Tensor of rank 1 or more; bool counts as int32.
      axis: the axis.
      exclusive: whether a value is left out of its own product.
      reverse: whether the products go from the end to the start.
    """
    return _scan(tensorflow.raw_ops.Cumprod, x, "cumprod", axis, exclusive, reverse)


def _scan(
    scan: Callable[..., Any], x: Any, function: str, axis: int, exclusive: bool, reverse: bool
) -> Tensor:
    value = convert(x, "x", function)
    refuse_complex(value, function)
    raw = value.tensor
    if value.dtype == "bool":
        raw = tensorflow.raw_ops.Cast(x=raw, DstT=tensorflow.int32)
    at = axis_of(axis, value.rank, function)
    return Tensor(scan(x=raw, axis=at, exclusive=bool(exclusive), reverse=bool(reverse)))
