"""Operations / Sparse of the tf.js API, `tf.sparse`.

A sparse tensor is a matrix of the coordinates of its values, the values, and its dense shape.
Follows tfjs-core/src/ops/sparse/*.ts and the cpu kernels. `tf.sparseToDense` is in `scattering`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import refuse_complex
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation


@operation
def sparseFillEmptyRows(
    indices: Any, values: Any, denseShape: Any, defaultValue: Any
) -> dict[str, Tensor]:
    """A sparse tensor with a value in each row that had none.

    Args:
      indices: the coordinates, int32 [number, rank].
      values: the values, numeric [number].
      denseShape: the dense shape, int32 [rank].
      defaultValue: what to put at the start of empty rows, a scalar of the dtype of `values`.

    Returns:
      outputIndices: the coordinates, in the order of the rows.
      outputValues: the values.
      emptyRowIndicator: whether each row was empty, bool.
      reverseIndexMap: where each of `indices` is in `outputIndices`, int32.
    """
    name = "sparseFillEmptyRows"
    places = convert(indices, "indices", name, "int32")
    given = convert(values, "values", name)
    dense = convert(denseShape, "denseShape", name, "int32")
    other = convert(defaultValue, "defaultValue", name, given.dtype)
    _check_rank(places, 2, "Indices should be Tensor2D", name)
    _check_rank(given, 1, "Values should be Tensor1D", name)
    _check_rank(dense, 1, "Dense shape should be Tensor1D", name)
    _check_rank(other, 0, "Default value should be a scalar", name)
    refuse_complex(given, name)
    shape = _wide(dense)
    rank = places.shape[1]
    if dense.shape != [rank]:  # tf.js reads nothing but the number of rows
        shape = tensorflow.concat([shape[:1], tensorflow.ones([max(rank - 1, 0)], "int64")], 0)
    try:
        coordinates, filled, empty, reverse = tensorflow.raw_ops.SparseFillEmptyRows(
            indices=_wide(places),
            values=given.tensor,
            dense_shape=shape,
            default_value=other.tensor,
        )
    except tensorflow.errors.OpError:
        for i, row in enumerate(places.numpy()[:, 0].tolist()):
            if row < 0:
                raise ValueError(
                    f"Error in {name}: indices({i}, 0) is invalid: {row} < 0"
                ) from None
        raise
    return {
        "outputIndices": _narrow(coordinates),
        "outputValues": Tensor(filled),
        "emptyRowIndicator": Tensor(empty),
        "reverseIndexMap": _narrow(reverse),
    }


@operation
def sparseReshape(inputIndices: Any, inputShape: Any, newShape: Any) -> dict[str, Tensor]:
    """The coordinates of a sparse tensor in another dense shape.

    Args:
      inputIndices: the coordinates, int32 [number, rank].
      inputShape: the dense shape, int32 [rank].
      newShape: the new dense shape, int32; one size may be -1, which is inferred.

    Returns:
      outputIndices: the coordinates in the new shape, int32 [number, new rank].
      outputShape: the new shape, int32, without -1.
    """
    name = "sparseReshape"
    places = convert(inputIndices, "inputIndices", name, "int32")
    shape = convert(inputShape, "inputShape", name, "int32")
    wanted = convert(newShape, "newShape", name, "int32")
    _check_rank(places, 2, "Input indices should be Tensor2D", name)
    _check_rank(shape, 1, "Input shape should be Tensor1D", name)
    _check_rank(wanted, 1, "New shape should be Tensor1D", name)
    try:
        coordinates, sizes = tensorflow.raw_ops.SparseReshape(
            input_indices=_wide(places), input_shape=_wide(shape), new_shape=_wide(wanted)
        )
    except tensorflow.errors.OpError:
        _check_sizes(shape.arraySync(), wanted.arraySync())
        raise
    return {"outputIndices": _narrow(coordinates), "outputShape": _narrow(sizes)}


def _check_sizes(shape: list[int], wanted: list[int]) -> None:
    """Raise tf.js's errors for sizes that do not fit."""
    name, dense = "Error in sparseReshape", math.prod(shape)
    given = math.prod(size for size in wanted if size != -1)
    if wanted.count(-1) > 1:
        first = wanted.index(-1)
        raise ValueError(
            f"{name}: only one output dimension may be -1, "
            f"not both {first} and {wanted.index(-1, first + 1)}"
        )
    for i, size in enumerate(wanted):
        if size < -1:
            raise ValueError(f"{name}: size {i} must be non-negative, not {size}")
    if -1 in wanted and given == 0:
        raise ValueError(
            f"{name}: reshape cannot infer the missing input size for an empty tensor unless all "
            "specified input sizes are non-zero"
        )
    if (dense % given if -1 in wanted else dense != given) != 0:
        multiple = "requires a multiple of" if -1 in wanted else "has"
        raise ValueError(
            f"{name}: Input to reshape is a SparseTensor with {dense} dense values, but the "
            f"requested shape {multiple} {given}. inputShape={shape} outputShape={wanted}"
        )


@operation
def sparseSegmentMean(data: Any, indices: Any, segmentIds: Any) -> Tensor:
    """The means of chosen parts of `data` that belong to each segment.

    Args:
      data: numeric, of rank 1 or more.
      indices: which parts along the first axis, an int32 vector.
      segmentIds: the segment of each, an int32 vector as long, in ascending order.

    Returns:
      A Tensor of the dtype of `data`, with as many parts as there are segments; of int32, what is
      behind the point is cut off. Segments that nothing belongs to are 0.
    """
    name = "sparseSegmentMean"
    values, places, ids = _segments(data, indices, segmentIds, name)
    if values.dtype == "float32":
        return Tensor(
            _segment_operation(tensorflow.raw_ops.SparseSegmentMean)(values.tensor, places, ids)
        )
    sums = _segment_operation(tensorflow.raw_ops.SparseSegmentSum)
    total = sums(tensorflow.cast(values.tensor, "int32"), places, ids)
    ones = tensorflow.ones([values.shape[0], *[1] * (values.rank - 1)], "int32")
    mean = tensorflow.truncatediv(total, tensorflow.maximum(sums(ones, places, ids), 1))
    return Tensor(tensorflow.cast(mean, values.tensor.dtype))


@operation
def sparseSegmentSum(data: Any, indices: Any, segmentIds: Any) -> Tensor:
    """The sums of chosen parts of `data` that belong to each segment.

    Args:
      data: numeric, of rank 1 or more.
      indices: which parts along the first axis, an int32 vector.
      segmentIds: the segment of each, an int32 vector as long, in ascending order.

    Returns:
      A Tensor of the dtype of `data`, with as many parts as there are segments. Segments that
      nothing belongs to are 0.
    """
    values, places, ids = _segments(data, indices, segmentIds, "sparseSegmentSum")
    raw = values.tensor
    if values.dtype == "bool":
        raw = tensorflow.cast(raw, "int32")
    total = _segment_operation(tensorflow.raw_ops.SparseSegmentSum)(raw, places, ids)
    return Tensor(tensorflow.cast(total, values.tensor.dtype))


def _segments(data: Any, indices: Any, segmentIds: Any, name: str) -> tuple[Tensor, Any, Any]:
    values = convert(data, "data", name)
    places = convert(indices, "indices", name, "int32")
    ids = convert(segmentIds, "segmentIds", name, "int32")
    if values.rank < 1:
        raise ValueError(
            f"Error in {name}: Data should be at least 1 dimensional but received scalar"
        )
    _check_rank(places, 1, "Indices should be Tensor1D", name)
    _check_rank(ids, 1, "Segment ids should be Tensor1D", name)
    if places.shape != ids.shape and None not in (*places.shape, *ids.shape):
        raise ValueError(
            f"Error in {name}: segmentIds and indices should have same size, "
            f"got {ids.shape} and {places.shape}."
        )
    refuse_complex(values, name)
    return values, places.tensor, ids.tensor


def _segment_operation(operation: Callable[..., Any]) -> Callable[..., Any]:
    return lambda data, indices, ids: operation(data=data, indices=indices, segment_ids=ids)


def _check_rank(tensor: Tensor, rank: int, words: str, function: str) -> None:
    if tensor.rank != rank:
        raise ValueError(f"Error in {function}: {words} but received shape {tensor.shape}")


def _wide(tensor: Tensor) -> Any:
    """int64, in which TensorFlow has sparse coordinates."""
    return tensorflow.cast(tensor.tensor, "int64")


def _narrow(raw: Any) -> Tensor:
    return Tensor(tensorflow.cast(raw, "int32"))
