"""Tensors / Creation of the tf.js API.

Follows tfjs-core/src/ops/tensor*.ts, scalar.ts and one_hot.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.dtypes import check_dtype, upcast
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from

Shape = Sequence[int] | None

_WORDS = {1: "one number", 2: "two numbers", 3: "three numbers", 4: "four numbers"}
_WORDS |= {5: "five numbers", 6: "six numbers"}


def tensor(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of `values`.

    Args:
      values: a number, boolean or string, nested lists of them, a NumPy array, a pandas frame or
        series, or a TensorFlow tensor. Plain numbers become float32, even whole ones; an integer
        array becomes int32.
      shape: the shape; without it, the shape of `values`.
      dtype: float32, int32, bool, complex64 or string; without it, from `values`.

    Raises:
      ValueError: for lists of unequal lengths, a shape that the values do not fill, an unknown
        dtype.
    """
    if dtype is not None:
        check_dtype(dtype)
    result = tensor_from(values, dtype)
    if shape is None:
        return result
    _check_shape(result, shape)
    return Tensor(tensorflow.reshape(result.tensor, list(shape)))


def scalar(value: Any, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 0 of one number, boolean or string.

    Raises:
      ValueError: if `value` is an array or a list.
    """
    if np.ndim(value) != 0:
        raise ValueError(
            "scalar(): value must be a primitive (number|boolean|string), "
            f"got {type(value).__name__} of shape {list(np.shape(value))}."
        )
    return tensor(value, [], dtype)


def tensor1d(values: Any, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 1 of a flat list or array."""
    return _of_rank(1, values, None, dtype)


def tensor2d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 2 of nested lists, or of a flat list and a `shape` of two numbers."""
    return _of_rank(2, values, shape, dtype)


def tensor3d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 3 of nested lists, or of a flat list and a `shape` of three numbers."""
    return _of_rank(3, values, shape, dtype)


def tensor4d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 4 of nested lists, or of a flat list and a `shape` of four numbers."""
    return _of_rank(4, values, shape, dtype)


def tensor5d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 5 of nested lists, or of a flat list and a `shape` of five numbers."""
    return _of_rank(5, values, shape, dtype)


def tensor6d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 6 of nested lists, or of a flat list and a `shape` of six numbers."""
    return _of_rank(6, values, shape, dtype)


def oneHot(
    indices: Any, depth: int, onValue: float = 1, offValue: float = 0, dtype: str = "int32"
) -> Tensor:
    """One-hot vectors: `onValue` at each index, `offValue` elsewhere.

    Args:
      indices: int32, of any shape; an index outside of 0 to depth - 1 gives a vector of `offValue`.
      depth: the length of each vector, at least 2.
      onValue: the value at the index.
      offValue: the value elsewhere.
      dtype: the result's dtype (tf.js: int32).

    Returns:
      A Tensor of the shape of `indices` with one more axis, of size `depth`.
    """
    if depth < 2:
        raise ValueError(f"Error in oneHot: depth must be >=2, but it is {depth}")
    # tf.js: a plain list of numbers is read as int32 here.
    plain = isinstance(indices, (int, list, tuple))
    index = tensor_from(indices, "int32" if plain else None)
    if index.dtype != "int32":
        raise ValueError(
            "Argument 'indices' passed to 'oneHot' must be int32 tensor, "
            f"but got {index.dtype} tensor"
        )
    on, off = (tensor_from(v, dtype).tensor for v in (onValue, offValue))
    return Tensor(tensorflow.one_hot(index.tensor, depth, on, off))


def _of_rank(rank: int, values: Any, shape: Shape, dtype: str | None) -> Tensor:
    name = f"tensor{rank}d()"
    if shape is not None and len(shape) != rank:
        raise ValueError(f"{name} requires shape to have {_WORDS[rank]}, got {list(shape)}")
    value = tensor_from(values, dtype)
    if rank == 1 and value.rank != 1:
        raise ValueError(
            f"tensor1d() requires values to be a flat/TypedArray, got shape {value.shape}"
        )
    if value.rank not in (1, rank):
        raise ValueError(
            f"{name} requires values to be number{'[]' * rank} or flat/TypedArray, "
            f"got shape {value.shape}"
        )
    if value.rank == 1 and rank > 1 and shape is None:
        raise ValueError(
            f"{name} requires shape to be provided when `values` are a flat/TypedArray; "
            f"got {value.size} values"
        )
    return tensor(value, shape)


def _check_shape(values: Tensor, shape: Sequence[int]) -> None:
    """Raise tf.js's errors for a `shape` that is none, or that the values do not fit."""
    if any(not isinstance(size, (int, np.integer)) or size < 0 for size in shape):
        raise ValueError(
            f"Tensor must have a shape comprised of positive integers but got shape {list(shape)}"
        )
    size = int(np.prod(shape, dtype=np.int64))
    if size != values.size:
        raise ValueError(
            f"Based on the provided shape, {list(shape)}, the tensor should have "
            f"{size} values but has {values.size}"
        )
    # tf.js: only the last axis of nested lists may be split up, so that a flat list may be.
    outer = values.shape[:-1]
    if list(shape[: len(outer)]) != outer:
        raise ValueError(
            f"Error creating a new Tensor. Inferred shape {values.shape} does not match the "
            f"provided shape {list(shape)}."
        )


def matching(a: Any, b: Any) -> tuple[Tensor, Tensor]:
    """Both as Tensors of the one dtype that tf.js computes in (`makeTypesMatch`)."""
    first, second = tensor_from(a), tensor_from(b)
    dtype = upcast(first.dtype, second.dtype)
    return tensor_from(first, dtype), tensor_from(second, dtype)
