"""Operations / Reduction of the tf.js API: how often each number occurs.

Follows tfjs-core/src/ops/{bincount,dense_bincount}.ts and the cpu kernels.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.ops.convert import convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation

_raw = tensorflow.raw_ops


@operation
def bincount(x: Any, weights: Any, size: int) -> Tensor:
    """How often each number from 0 to size - 1 occurs in `x`, or the sum of the weights there.

    Args:
      x: an int32 Tensor of numbers that are not negative; greater ones than `size` are ignored.
      weights: a weight for each value of `x`, or nothing, `[]`, where each counts as 1.
      size: how many numbers to count.

    Returns:
      A Tensor of the shape [size] and of the dtype of `weights`; float32 for `[]`.

    Raises:
      ValueError: for another dtype of `x`, another number of weights, a negative number or size.
    """
    value, weight = _checked(x, weights, size, "bincount")
    return _counted("bincount", value, weight, size)


@operation
def denseBincount(x: Any, weights: Any, size: int, binaryOutput: bool = False) -> Tensor:
    """`bincount` of a vector, or of each row of a matrix.

    Args:
      x: an int32 Tensor of rank 1 or 2.
      weights: of the shape of `x`, or `[]`.
      size: how many numbers to count.
      binaryOutput: of a matrix, only say with 1 and 0 which numbers occur; of a vector it changes
        nothing, as in tf.js.

    Returns:
      A Tensor of the shape [size] or [rows, size] and of the dtype of `weights`.

    Raises:
      ValueError: as `bincount` does, and for another rank.
    """
    value, weight = _checked(x, weights, size, "denseBincount")
    rank = len(value.shape)
    if rank not in (1, 2):
        raise ValueError(
            f"Error in denseBincount: input must be of rank 1 or 2, but got rank {rank}."
        )
    if (
        rank == 2
        and weight.shape.num_elements()
        and not weight.shape.is_compatible_with(value.shape)
    ):
        # tf.js: sums NaN of a matrix and as many weights in another shape.
        raise ValueError(
            "Error in denseBincount: weights must have the same shape as x or 0-length, but got "
            f"x shape: {value.shape.as_list()}, weights shape: {weight.shape.as_list()}."
        )
    return _counted("denseBincount", value, weight, size, bool(binaryOutput) and rank == 2)


def _checked(x: Any, weights: Any, size: int, function: str) -> tuple[Any, Any]:
    value = convert(x, "x", function).tensor
    weight = convert(weights, "weights", function).tensor
    if value.dtype != tensorflow.int32:
        raise ValueError(
            f"Error in {function}: input dtype must be int32, but got {value.dtype.name}"
        )
    if weight.dtype == tensorflow.complex64:
        raise ValueError(f"Error in {function}: weights must not be complex64.")
    if not isinstance(size, (int, np.integer)) or size < 0:
        raise ValueError(
            f"Error in {function}: size must be a non-negative integer, but got {size}."
        )
    counts = value.shape.num_elements(), weight.shape.num_elements()
    if counts[1] != 0 and None not in counts and counts[0] != counts[1]:
        raise ValueError(
            f"Error in {function}: weights must have the same size as input or 0-length, but got "
            f"input shape: {value.shape.as_list()}, weights shape: {weight.shape.as_list()}."
        )
    return value, weight


def _counted(function: str, value: Any, weight: Any, size: int, binary: bool = False) -> Tensor:
    dtype = weight.dtype
    if dtype == tensorflow.bool:
        weight = _raw.Cast(x=weight, DstT=tensorflow.int32)
    if len(value.shape) != 2 or function == "bincount":
        value = tensorflow.reshape(value, [-1])
    if weight.shape.num_elements() == 0:
        weight = tensorflow.zeros([0], weight.dtype)
    else:
        weight = tensorflow.reshape(weight, tensorflow.shape(value))
    try:
        counts = _raw.DenseBincount(input=value, size=size, weights=weight, binary_output=binary)
    except tensorflow.errors.InvalidArgumentError:
        raise ValueError(f"Error in {function}: Input x must be non-negative!") from None
    if dtype == tensorflow.bool:
        counts = counts % 256  # tf.js: the sum of bools is a byte
    return Tensor(tensorflow.cast(counts, dtype))
