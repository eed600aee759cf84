"""Operations / Segment of the tf.js API: unsortedSegmentSum.

Follows tfjs-core/src/ops/unsorted_segment_sum.ts and kernels/UnsortedSegmentSum.ts.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import REFUSALS, refuse_complex, whole
from tfjsbridge.ops.transformations import cast_values
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained


@chained
def unsortedSegmentSum(x: Any, segmentIds: Any, numSegments: int) -> Tensor:
    """The sums of the parts of `x` along its first axis that belong to each segment.

    Args:
      x: a numeric Tensor of rank 1 or more.
      segmentIds: an int32 vector: the segment of each part of `x`. Parts of segments that there
        are not are left out.
      numSegments: how many segments there are, at least 1.

    Returns:
      A float32 Tensor of the shape of `x` with `numSegments` in place of the first size.
    """
    value = convert(x, "x", "unsortedSegmentSum")
    ids = convert(segmentIds, "segmentIds", "unsortedSegmentSum", "int32")
    count = whole(numSegments)
    if count is None or count < 1:
        raise ValueError(
            f"Error in unsortedSegmentSum: numSegments must be of dtype int and at least 1, "
            f"got {numSegments}"
        )
    refuse_complex(value, "unsortedSegmentSum")
    # tf.js: float32 whatever the dtype of x.
    raw = cast_values(value.tensor, value.dtype, "float32")
    shape = value.shape
    if not shape or ids.shape != shape[:1]:
        return Tensor(_broadcast_sums(raw, ids.tensor, count, shape))
    if tensorflow.executing_eagerly():
        try:
            sums = _sums(raw, ids.tensor, count)
            axes = list(range(len(shape)))
            if math.isfinite(tensorflow.raw_ops.Sum(input=raw, axis=axes)):
                return Tensor(sums)
        except tensorflow.errors.InvalidArgumentError:
            pass  # segments beyond the last
    known = tensorflow.where(tensorflow.less(ids.tensor, count), ids.tensor, -1)
    sums = _sums(raw, known, count)
    # tf.js: what belongs to other segments is added times 0, so that their NaN is here too.
    wrong = tensorflow.cast(~tensorflow.math.is_finite(raw), "float32")
    elsewhere = tensorflow.reduce_sum(wrong, 0) - _sums(wrong, known, count)
    return Tensor(sums + tensorflow.where(elsewhere > 0, np.float32(np.nan), np.float32(0)))


def _sums(raw: Any, ids: Any, count: int) -> Any:
    return tensorflow.raw_ops.UnsortedSegmentSum(data=raw, segment_ids=ids, num_segments=count)


def _broadcast_sums(raw: Any, ids: Any, count: int, shape: list[int]) -> Any:
    """tf.js: segments of another shape than a vector as long as `x` are broadcast against `x`."""
    own = ids.shape.as_list()
    if len(shape) > len(own):
        # New axes stand behind the first.
        spread = [*own[:1], *[1] * (len(shape) - max(len(own), 1)), *own[1:]]
        ids = tensorflow.reshape(ids, spread or [1] * len(shape))
    if not ids.shape.rank:
        raise ValueError(
            "Error in unsortedSegmentSum: x must be of rank 1 or higher, but its rank is 0"
        )
    try:
        masks = [tensorflow.cast(ids == segment, "float32") * raw for segment in range(count)]
    except REFUSALS:
        raise ValueError(
            "Error in unsortedSegmentSum: Operands could not be broadcast together with shapes "
            f"{own} (segmentIds) and {shape} (x)."
        ) from None
    return tensorflow.stack([tensorflow.reduce_sum(mask, 0) for mask in masks])
