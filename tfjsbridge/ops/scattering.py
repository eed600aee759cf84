"""Operations / Slicing and Joining of the tf.js API: values at lists of coordinates.

Follows tfjs-core/src/ops/{gather_nd,scatter_nd,tensor_scatter_update,sparse_to_dense}.ts,
gather_nd_util.ts, scatter_nd_util.ts, sparse_to_dense_util.ts and the cpu kernels.

tf.js counts coordinates up to one place in row-major order and checks only that place, so that
[0, 4] is the value [1, 1] of a Tensor [2, 3]. TensorFlow refuses them; they are counted up after
it has.
"""

from __future__ import annotations

import math
from typing import Any

from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.ops.shapes import refuse_complex, sizes_of_shape
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation

#: TensorFlow's error for coordinates outside of a tensor.
_OUTSIDE = tensorflow.errors.InvalidArgumentError


@operation
def gatherND(x: Any, indices: Any) -> Tensor:
    """The values, or parts, of `x` at a list of coordinates.

    Args:
      x: of rank 1 or more and any dtype but complex64.
      indices: int32 [..., n]: coordinates on the first n axes of `x`.

    Returns:
      A Tensor of the shape of `indices` without its last axis and the other axes of `x`.
    """
    value = convert(x, "x", "gatherND", STRING_OR_NUMERIC)
    places = convert(indices, "indices", "gatherND", "int32")
    shape, spots = value.shape, places.shape
    for name, sizes in (("input", shape), ("indices", spots)):
        if not sizes:
            raise ValueError(
                f"tf.gatherND() expects the {name} to be rank 1 or higher, but the rank was 0."
            )
    depth = spots[-1]
    if depth > len(shape):
        raise ValueError(
            "Error in gatherND: index innermost dimension length must be <= tensor rank; "
            f"saw: {depth} vs. {len(shape)}"
        )
    if 0 in shape:
        raise ValueError(
            "Error in gatherND: Requested more than 0 entries, but input is empty. "
            f"Input shape: {shape}."
        )
    refuse_complex(value, "gatherND")
    try:
        return Tensor(tensorflow.raw_ops.GatherNd(params=value.tensor, indices=places.tensor))
    except _OUTSIDE:
        rows = tensorflow.reshape(value.tensor, [math.prod(shape[:depth]), *shape[depth:]])
        counted = _counted(places, shape, depth, "gatherND")
        return Tensor(tensorflow.gather(rows, counted))


@operation
def scatterND(indices: Any, updates: Any, shape: Any) -> Tensor:
    """A Tensor of zeros with values, or parts, added at a list of coordinates.

    Args:
      indices: int32 [..., n]: coordinates on the first n axes of the result. A vector is a list of
        indices on the first axis.
      updates: numeric, of the shape of `indices` without its last axis and the other axes of
        `shape`.
      shape: the result's shape.

    Returns:
      A Tensor of the dtype of `updates`; where coordinates come twice, the sum.
    """
    sizes = sizes_of_shape(shape, "scatterND")
    places = convert(indices, "indices", "scatterND", "int32")
    values = convert(updates, "updates", "scatterND")
    refuse_complex(values, "scatterND")
    depth = _check_updates(sizes, places.shape, values.shape, "scatterND")
    if 0 in sizes:
        return Tensor(tensorflow.zeros(sizes, values.tensor.dtype))
    spots = _as_list_of_coordinates(places)
    scatter = tensorflow.raw_ops.ScatterNd
    try:
        return Tensor(scatter(indices=spots, updates=values.tensor, shape=sizes))
    except _OUTSIDE:
        counted = _counted(places, sizes, depth, "scatterND")
        rows = [math.prod(sizes[:depth]), *sizes[depth:]]
        raw = scatter(indices=counted[..., None], updates=values.tensor, shape=rows)
        return Tensor(tensorflow.reshape(raw, sizes))


@operation
def tensorScatterUpdate(tensor: Any, indices: Any, updates: Any) -> Tensor:
    """`tensor` with other values, or parts, at a list of coordinates.

    Args:
      tensor: a numeric Tensor of rank 1 or more.
      indices: int32 [..., n]: coordinates on the first n axes of `tensor`. A vector is a list of
        indices on the first axis.
      updates: of the dtype of `tensor`, and the shape of `indices` without its last axis and the
        other axes of `tensor`. Where coordinates come twice, the last counts.
    """
    value = convert(tensor, "tensor", "tensorScatterUpdate")
    places = convert(indices, "indices", "tensorScatterUpdate", "int32")
    values = convert(updates, "updates", "tensorScatterUpdate")
    sizes = value.shape
    depth = _check_updates(sizes, places.shape, values.shape, "tensorScatterUpdate")
    if value.dtype != values.dtype:
        raise ValueError(
            "Error in tensorScatterUpdate: tensor and updates must have the same dtype, "
            f"instead they are {value.dtype} and {values.dtype}."
        )
    refuse_complex(value, "tensorScatterUpdate")
    if 0 in sizes:
        return Tensor(tensorflow.identity(value.tensor))
    spots = _as_list_of_coordinates(places)
    update = tensorflow.raw_ops.TensorScatterUpdate
    try:
        return Tensor(update(tensor=value.tensor, indices=spots, updates=values.tensor))
    except _OUTSIDE:
        counted = _counted(places, sizes, depth, "tensorScatterUpdate")
        rows = tensorflow.reshape(value.tensor, [math.prod(sizes[:depth]), *sizes[depth:]])
        raw = update(tensor=rows, indices=counted[..., None], updates=values.tensor)
        return Tensor(tensorflow.reshape(raw, sizes))


@operation
def sparseToDense(
    sparseIndices: Any, sparseValues: Any, outputShape: Any, defaultValue: Any = 0
) -> Tensor:
    """A Tensor of one value everywhere but at a list of coordinates.

    Args:
      sparseIndices: int32: coordinates [number, rank], indices of a vector [number], or one index.
      sparseValues: the values there, [number], or one value for all, of any dtype but complex64.
      outputShape: the result's shape.
      defaultValue: the value everywhere else, a scalar of the dtype of `sparseValues`.
    """
    sizes = sizes_of_shape(outputShape, "sparseToDense")
    places = convert(sparseIndices, "sparseIndices", "sparseToDense", "int32")
    values = convert(sparseValues, "sparseValues", "sparseToDense", STRING_OR_NUMERIC)
    other = convert(defaultValue, "defaultValue", "sparseToDense", values.dtype)
    spots = places.shape
    if len(spots) > 2:
        raise ValueError(
            "Error in sparseToDense: sparseIndices should be a scalar, vector, or matrix, "
            f"but got shape {spots}."
        )
    count, rank = (spots[0] if spots else 1), (spots[1] if len(spots) > 1 else 1)
    if len(sizes) != rank:
        raise ValueError(
            "Error in sparseToDense: outputShape has incorrect number of elements: "
            f"{len(sizes)}, should be: {rank}."
        )
    if values.shape not in ([], [count]):
        raise ValueError(
            f"Error in sparseToDense: sparseValues has incorrect shape {values.shape}, "
            f"should be [] or [{count}]"
        )
    refuse_complex(values, "sparseToDense")
    base = tensorflow.reshape(other.tensor, [-1])[0]
    if 0 in sizes:
        return Tensor(tensorflow.fill(sizes, base))
    dense = tensorflow.raw_ops.SparseToDense
    try:
        return Tensor(
            dense(
                sparse_indices=places.tensor,
                output_shape=sizes,
                sparse_values=values.tensor,
                default_value=base,
                validate_indices=False,
            )
        )
    except _OUTSIDE:
        counted = _counted(places, sizes, rank, "sparseToDense")
        raw = dense(
            sparse_indices=counted,
            output_shape=[math.prod(sizes)],
            sparse_values=values.tensor,
            default_value=base,
            validate_indices=False,
        )
        return Tensor(tensorflow.reshape(raw, sizes))


def _check_updates(shape: list[int], indices: list[int], updates: list[int], function: str) -> int:
    """On how many axes the coordinates are (`validateInput`, `validateUpdateShape`)."""
    for name, sizes in (("indices", indices), ("updates", updates)):
        if not sizes:
            raise ValueError(
                f"tf.{function}() expects the {name} to be rank 1 or higher, but the rank was 0."
            )
    if not shape:
        raise ValueError(
            f"Error in {function}: Output rank must be greater or equal to 1, "
            f"but got shape: {shape}"
        )
    vector = len(indices) == 1
    depth = 1 if vector else indices[-1]
    expected = [*(indices if vector else indices[:-1]), *shape[depth:]]
    if (
        depth > len(shape)
        or len(expected) != len(updates)
        or any(
            None not in (size, other) and size != other
            for size, other in zip(expected, updates, strict=True)
        )
    ):
        raise ValueError(
            f"Error in {function}: Must have updates.shape = indices.shape[:batchDim] + "
            f"shape[sliceDim:], got updates.shape: {updates}, indices.shape: {indices}, "
            f"shape: {shape}, sliceDim: {depth}, and batchDim: {max(len(indices) - 1, 1)}."
        )
    return depth


def _as_list_of_coordinates(indices: Tensor) -> Any:
    """The coordinates with an axis of their own, which a vector of indices has not."""
    if indices.rank > 1:
        return indices.tensor
    return tensorflow.raw_ops.ExpandDims(input=indices.tensor, axis=-1)


def _counted(indices: Tensor, shape: list[int], depth: int, function: str) -> Any:
    """Coordinates on the first `depth` axes as places in row-major order.

    Raises:
      ValueError: for a place that is outside of the shape.
    """
    raw = (
        indices.tensor if indices.rank > 1 or function == "gatherND" else indices.tensor[..., None]
    )
    strides = [math.prod(shape[i + 1 : depth]) for i in range(depth)]
    places = tensorflow.reduce_sum(raw * tensorflow.constant(strides, "int32"), -1)
    outside = (places < 0) | (places >= math.prod(shape[:depth]))
    if bool(tensorflow.reduce_any(outside)):
        wrong = raw[outside][0].numpy().tolist()
        raise ValueError(
            f"Error in {function}: Invalid indices: {wrong} does not index into {shape}"
        )
    return places
