"""Operations / Evaluation of the tf.js API: what is largest, unique, or where it would be sorted.

Follows tfjs-core/src/ops/{topk,in_top_k,unique,search_sorted,lower_bound,upper_bound}.ts and the
cpu kernels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.ops.shapes import axis_of, refuse_complex, whole
from tfjsbridge.ops.transformations import cast_values
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation


@chained
def topk(x: Any, k: int = 1, sorted: bool = True) -> dict[str, Tensor]:
    """The `k` largest values along the last axis.

    Args:
      x: a numeric Tensor of rank 1 or more.
      k: how many, at most the size of the last axis.
      sorted: whether they come in descending order; otherwise their order is not defined.

    Returns:
      values: the values, of which equal ones come in the order they have in `x`.
      indices: their indices on the last axis, int32.
    """
    value = convert(x, "x", "topk")
    refuse_complex(value, "topk")
    shape, count = value.shape, whole(k)
    if not shape:
        raise ValueError("topk() expects the input to be of rank 1 or higher")
    if count is None or count < 0:
        raise ValueError(f"'k' passed to topk() must be a whole number >= 0 but got {k}")
    if shape[-1] is not None and count > shape[-1]:
        raise ValueError(
            f"'k' passed to topk() must be <= the last dimension ({shape[-1]}) but got {k}"
        )
    dtype = value.dtype
    if count == shape[-1] and not sorted:  # tf.js: all, as they are
        raw = tensorflow.identity(value.tensor)
        places = tensorflow.broadcast_to(tensorflow.range(count), tensorflow.shape(raw))
        return {"values": Tensor(raw), "indices": Tensor(places)}
    number = "int32" if dtype == "bool" else dtype
    raw, places = tensorflow.raw_ops.TopKV2(
        input=cast_values(value.tensor, dtype, number), k=count, sorted=bool(sorted)
    )
    return {"values": Tensor(cast_values(raw, number, dtype)), "indices": Tensor(places)}


@operation
def inTopKAsync(predictions: Any, targets: Any, k: int = 1) -> Tensor:
    """Whether each target is among the `k` largest predictions.

    Args:
      predictions: numeric, [..., classes], of rank 2 or more.
      targets: the right classes, of the shape of `predictions` without its last axis.
      k: how many of the largest predictions count; of equal ones, the first.

    Returns:
      A bool Tensor of the shape of `targets`.
    """
    values = convert(predictions, "predictions", "inTopKAsync")
    wanted = convert(targets, "targets", "inTopKAsync")
    shape, classes = values.shape, wanted.shape
    if len(shape) < 2:
        raise ValueError(
            f"inTopK() expects the predictions to be of rank 2 or higher, but got {len(shape)}"
        )
    if len(shape) - 1 != len(classes):
        raise ValueError(
            "Error in inTopKAsync: predictions rank should be 1 larger than targets rank, "
            f"but got predictions rank {len(shape)} and targets rank {len(classes)}"
        )
    if shape[:-1] != classes:
        raise ValueError(
            "Error in inTopKAsync: predictions's shape should be align with the targets' shape, "
            f"except the last dimension. Shapes {shape[:-1]} and {classes} must match"
        )
    count = whole(k)
    if count is None or not 0 < count <= shape[-1]:
        raise ValueError(
            "'k' passed to inTopK() must be > 0 && <= the predictions last dimension "
            f"({shape[-1]}), but got {k}"
        )
    refuse_complex(values, "inTopKAsync")
    refuse_complex(wanted, "inTopKAsync")
    number = "int32" if values.dtype == "bool" else values.dtype
    raw = cast_values(values.tensor, values.dtype, number)
    _, places = tensorflow.raw_ops.TopKV2(input=raw, k=count)
    right = tensorflow.cast(wanted.tensor, "float64")[..., None]
    return Tensor(tensorflow.reduce_any(tensorflow.cast(places, "float64") == right, -1))


@chained
def unique(x: Any, axis: int = 0) -> dict[str, Tensor]:
    """The parts of `x` along an axis without those that came before.

    Args:
      x: of rank 1 or more and any dtype but complex64.
      axis: the axis.

    Returns:
      values: the different parts, in the order in which they come first. NaN equals NaN.
      indices: for each part of `x` its index in `values`, int32.
    """
    value = convert(x, "x", "unique", STRING_OR_NUMERIC)
    refuse_complex(value, "unique")
    if value.rank == 0:
        raise ValueError("Error in unique: The input tensor must be at least 1D")
    at = [axis_of(axis[0] if isinstance(axis, list) else axis, value.rank, "unique")]
    raw = value.tensor
    if value.dtype != "float32":
        values, places = tensorflow.raw_ops.UniqueV2(x=raw, axis=at)
        return {"values": Tensor(values), "indices": Tensor(places)}
    # tf.js: compared as text, in which all NaN are one, and -0 is 0; so are these bits.
    raw = tensorflow.where(tensorflow.math.is_nan(raw), np.float32(np.nan), raw + 0.0)
    bits, places = tensorflow.raw_ops.UniqueV2(x=tensorflow.bitcast(raw, "int32"), axis=at)
    return {"values": Tensor(tensorflow.bitcast(bits, "float32")), "indices": Tensor(places)}


@operation
def searchSorted(sortedSequence: Any, values: Any, side: str = "left") -> Tensor:
    """Where values would stand in sorted sequences.

    Args:
      sortedSequence: numeric, [..., length], each sequence in ascending order.
      values: numeric, [..., number]: what to look for in each sequence.
      side: "left" for the first index whose value is not less, "right" for the first whose value
        is greater.

    Returns:
      The indices, int32, of shape [number of sequences, number]: tf.js keeps no other axes.
    """
    sequence = convert(sortedSequence, "sortedSequence", "searchSorted")
    wanted = convert(values, "values", "searchSorted")
    if not isinstance(side, str) or side not in ("left", "right"):
        raise ValueError(f"Error in searchSorted: side must be 'left' or 'right', got {side!r}")
    for name, one in (("sortedSequence", sequence), ("values", wanted)):
        refuse_complex(one, "searchSorted")
        if not one.shape or one.shape[-1] == 0:
            raise ValueError(
                f"Error in searchSorted: {name} must have a last axis that is not empty, "
                f"but its shape is {one.shape}"
            )
    dtype = sequence.dtype
    if dtype != wanted.dtype or dtype == "bool":  # float64 holds every number of both
        dtype = "float64"
        raw, looked = (tensorflow.cast(one.tensor, dtype) for one in (sequence, wanted))
    else:
        raw, looked = sequence.tensor, wanted.tensor
    raw = tensorflow.reshape(raw, [-1, sequence.shape[-1]])
    looked = tensorflow.reshape(looked, [-1, wanted.shape[-1]])
    if raw.shape[0] != looked.shape[0] and None not in (raw.shape[0], looked.shape[0]):
        raise ValueError(
            "Error in searchSorted: Leading dimension of 'sortedSequence' and 'values' must "
            f"match, got shapes {sequence.shape} and {wanted.shape}."
        )
    if side == "left":
        return Tensor(tensorflow.raw_ops.LowerBound(sorted_inputs=raw, values=looked))
    if dtype == "int32":
        return Tensor(tensorflow.raw_ops.UpperBound(sorted_inputs=raw, values=looked))
    # tf.js: NaN is not less than or equal to anything, on either side.
    isnan = tensorflow.math.is_nan
    raw = tensorflow.where(isnan(raw), tensorflow.constant(np.inf, raw.dtype), raw)
    places = tensorflow.raw_ops.UpperBound(sorted_inputs=raw, values=looked)
    return Tensor(tensorflow.where(isnan(looked), 0, places))


def lowerBound(sortedSequence: Any, values: Any) -> Tensor:
    """The first index whose value is not less than each value: `searchSorted` on the left.

    Args:
      sortedSequence: numeric, [..., length], each sequence in ascending order.
      values: numeric, [..., number]: what to look for in each sequence.

    Returns:
      The indices, int32, of shape [number of sequences, number].
    """
    return searchSorted(sortedSequence, values, "left")


def upperBound(sortedSequence: Any, values: Any) -> Tensor:
    """The first index whose value is greater than each value: `searchSorted` on the right.

    Args:
      sortedSequence: numeric, [..., length], each sequence in ascending order.
      values: numeric, [..., number]: what to look for in each sequence.

    Returns:
      The indices, int32, of shape [number of sequences, number].
    """
    return searchSorted(sortedSequence, values, "right")
