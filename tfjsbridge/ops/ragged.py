"""Operations / Ragged of the tf.js API.

A ragged tensor is a dense one of the values of all rows, and for each ragged axis the places where
its rows begin and end (row splits). Follows tfjs-core/src/ops/{ragged_gather,ragged_range,
ragged_tensor_to_tensor}.ts and the cpu kernels.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.convert import convert, convert_all
from tfjsbridge.ops.shapes import refuse_complex
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation

_PARTITIONS = ("FIRST_DIM_SIZE", "VALUE_ROWIDS", "ROW_SPLITS")


@operation
def raggedGather(
    paramsNestedSplits: Any, paramsDenseValues: Any, indices: Any, outputRaggedRank: int
) -> dict[str, Any]:
    """The rows of a ragged tensor at indices.

    Args:
      paramsNestedSplits: the row splits of each ragged axis, a list of int32 vectors.
      paramsDenseValues: the values, numeric, of rank 1 or more.
      indices: which rows, int32, of any shape.
      outputRaggedRank: the number of ragged axes of the result; it follows from the others, and
        tf.js does not look at it.

    Returns:
      outputNestedSplits: the row splits of the result, a list of int32 vectors.
      outputDenseValues: its values.
    """
    name = "raggedGather"
    splits = convert_all(paramsNestedSplits, "paramsNestedSplits", name, "int32")
    values = convert(paramsDenseValues, "paramsDenseValues", name)
    places = convert(indices, "indices", name, "int32")
    refuse_complex(values, name)
    if not splits[0].shape:
        raise ValueError(f"Error in {name}: Split tensors must not be scalars")
    if not values.shape:
        raise ValueError(f"Error in {name}: params.rank must be nonzero")
    outer, dense = tensorflow.raw_ops.RaggedGather(
        params_nested_splits=[split.tensor for split in splits],
        params_dense_values=values.tensor,
        indices=places.tensor,
        OUTPUT_RAGGED_RANK=len(splits) + places.rank - 1,
    )
    return {
        "outputNestedSplits": [Tensor(split) for split in outer],
        "outputDenseValues": Tensor(dense),
    }


@operation
def raggedRange(starts: Any, limits: Any, deltas: Any) -> dict[str, Tensor]:
    """Rows of numbers that ascend or descend in steps.

    Args:
      starts: where each row starts, numeric: a vector, or a scalar for all rows.
      limits: before where it ends, likewise.
      deltas: its step, likewise, not 0.

    Returns:
      rtNestedSplits: the row splits, an int32 vector.
      rtDenseValues: the numbers of all rows, a vector of the dtype of `starts`.
    """
    name = "raggedRange"
    first = convert(starts, "starts", name)
    dtype = first.dtype
    given = {
        "starts": first,
        "limits": convert(limits, "limits", name, dtype),
        "deltas": convert(deltas, "deltas", name, dtype),
    }
    for argument, tensor in given.items():
        refuse_complex(tensor, name)
        if tensor.rank > 1:
            raise ValueError(
                f"Error in {name}: {argument} must be a scalar or vector, got shape {tensor.shape}"
            )
    # tf.js: JavaScript's numbers have the precision of float64.
    wide = "float64" if dtype == "float32" else "int32"
    splits, values = tensorflow.raw_ops.RaggedRange(
        **{argument: tensorflow.cast(tensor.tensor, wide) for argument, tensor in given.items()},
        Tsplits=tensorflow.int32,
    )
    dense = tensorflow.cast(values, first.tensor.dtype)
    return {"rtNestedSplits": Tensor(splits), "rtDenseValues": Tensor(dense)}


@operation
def raggedTensorToTensor(
    shape: Any,
    values: Any,
    defaultValue: Any,
    rowPartitionTensors: Any,
    rowPartitionTypes: Any,
) -> Tensor:
    """A ragged tensor as a dense one: its rows cut off or filled up to one length.

    Args:
      shape: the result's shape, an int32 vector; -1 is as long as the longest row.
      values: the values of all rows, numeric, of rank 1 or more.
      defaultValue: what to fill up with, of the dtype of `values` and a lower rank.
      rowPartitionTensors: what describes each ragged axis, a list of int32 Tensors.
      rowPartitionTypes: what they are: "ROW_SPLITS" (a vector of where rows begin and end),
        "VALUE_ROWIDS" (a vector of the row of each value), and before that "FIRST_DIM_SIZE" (a
        scalar, the number of rows).
    """
    name = "raggedTensorToTensor"
    sizes = convert(shape, "shape", name, "int32")
    dense = convert(values, "values", name)
    other = convert(defaultValue, "defaultValue", name, dense.dtype)
    partitions = convert_all(rowPartitionTensors, "rowPartitionTensors", name, "int32")
    refuse_complex(dense, name)
    if sizes.rank != 1:
        raise ValueError(f"Error in {name}: shape must be a vector, got shape {sizes.shape}")
    if other.rank and other.rank >= dense.rank:
        raise ValueError(
            f"Error in {name}: defaultValue and values are incompatible: defaultValue.rank = "
            f"{other.rank} must be less than values.rank = {dense.rank}"
        )
    several = isinstance(rowPartitionTypes, (list, tuple))
    types = list(rowPartitionTypes) if several else [rowPartitionTypes]
    if len(types) != len(partitions) or any(kind not in _PARTITIONS for kind in types):
        raise ValueError(
            f"Error in {name}: rowPartitionTypes must be one of {', '.join(_PARTITIONS)} for each "
            f"of the {len(partitions)} rowPartitionTensors, got {types}"
        )
    _check_number_of_values(dense, partitions[-1], types[-1])
    return Tensor(
        tensorflow.raw_ops.RaggedTensorToTensor(
            shape=sizes.tensor,
            values=dense.tensor,
            default_value=other.tensor,
            row_partition_tensors=[tensor.tensor for tensor in partitions],
            row_partition_types=types,
        )
    )


def _check_number_of_values(values: Tensor, partition: Tensor, kind: str) -> None:
    """TensorFlow reads beyond the values, where the last axis names more of them."""
    if kind == "FIRST_DIM_SIZE" or not partition.shape or not tensorflow.executing_eagerly():
        return
    counts = partition.dataSync()
    named = len(counts) if kind == "VALUE_ROWIDS" else max(counts, default=0)
    if not values.shape or named > values.shape[0]:
        raise ValueError(
            f"Error in raggedTensorToTensor: the row partition names {named} values, "
            f"but values has the shape {values.shape}"
        )
