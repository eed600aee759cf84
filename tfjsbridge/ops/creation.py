"""Tensors / Creation of the tf.js API.

Follows tfjs-core/src/ops/{tensor,tensor1d,...,tensor6d,tensor_ops_util,scalar,clone,complex,imag,
print,real}.ts. What is filled with values by a rule stands in `tfjsbridge.ops.filling`, `buffer` in
`tfjsbridge.buffers`, `variable` in `tfjsbridge.variables`, `truncatedNormal` in
`tfjsbridge.ops.random`.
"""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import Any

from tfjsbridge.dtypes import tfjs_dtype
from tfjsbridge.errors import named
from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensor_format import tensor_to_string
from tfjsbridge.tensors import Tensor, made, raw_from
from tfjsbridge.tfjs_engine import operation
from tfjsbridge.util import assertNonNegativeIntegerDimensions as check_sizes
from tfjsbridge.util import sizeFromShape
from tfjsbridge.values import as_array

Shape = Sequence[int] | None

_WORDS = {1: "one number", 2: "two numbers", 3: "three numbers", 4: "four numbers"}
_WORDS |= {5: "five numbers", 6: "six numbers"}


@named
def tensor(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of `values`.

    Args:
      values: a number, boolean or string, nested lists of them, a NumPy array, a pandas frame or
        series, a PIL image, or a TensorFlow tensor. Plain numbers become float32, even whole ones;
        an integer array becomes int32.
      shape: the shape; without it, the shape of `values`.
      dtype: float32, int32, bool or string; without it, from `values`. complex64 is for complex
        values only, which JavaScript does not have.

    Raises:
      ValueError: for lists of unequal lengths, a shape that the values do not fill, an unknown
        dtype.
    """
    return _tensor(values, _raw(values, dtype), shape)


@named
def scalar(value: Any, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 0 of one number, boolean or string.

    Raises:
      ValueError: if `value` is an array or a list.
    """
    if type(value) in (int, float) and dtype in (None, "float32"):
        return Tensor(tensorflow.constant(float(value), tensorflow.float32))
    raw = _raw(value, dtype)
    if raw.shape.rank != 0:
        raise ValueError(
            "scalar(): value must be a primitive (number|boolean|string), "
            f"got {type(value).__name__} of shape {raw.shape.as_list()}."
        )
    return _tensor(value, raw, None)


@named
def tensor1d(values: Any, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 1 of a flat list or array."""
    return _of_rank(1, values, None, dtype)


@named
def tensor2d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 2 of nested lists, or of a flat list and a `shape` of two numbers."""
    return _of_rank(2, values, shape, dtype)


@named
def tensor3d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 3 of nested lists, or of a flat list and a `shape` of three numbers."""
    return _of_rank(3, values, shape, dtype)


@named
def tensor4d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 4 of nested lists, or of a flat list and a `shape` of four numbers."""
    return _of_rank(4, values, shape, dtype)


@named
def tensor5d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 5 of nested lists, or of a flat list and a `shape` of five numbers."""
    return _of_rank(5, values, shape, dtype)


@named
def tensor6d(values: Any, shape: Shape = None, dtype: str | None = None) -> Tensor:
    """A Tensor of rank 6 of nested lists, or of a flat list and a `shape` of six numbers."""
    return _of_rank(6, values, shape, dtype)


@operation
def clone(x: Any) -> Tensor:
    """A Tensor with the same values, which is disposed of by itself."""
    value = convert(x, "x", "clone", STRING_OR_NUMERIC)
    return Tensor(tensorflow.raw_ops.Identity(input=value.tensor), of=value)


# Complex numbers.


@operation
def complex(real: Any, imag: Any) -> Tensor:
    """A complex64 Tensor of its real and imaginary parts.

    Args:
      real: the real parts.
      imag: the imaginary parts, of the same shape.

    Raises:
      ValueError: for different shapes, or parts that are complex already.
    """
    parts = [convert(real, "real", "complex"), convert(imag, "imag", "complex")]
    for name, part in zip(("real", "imag"), parts, strict=True):
        if part.dtype == "complex64":
            raise ValueError(
                f"Argument '{name}' passed to 'complex' must be real, but got complex64 tensor"
            )
    first, second = (part.shape for part in parts)
    if first != second:
        raise ValueError(
            f"real and imag shapes, {first} and {second}, must match in call to tf.complex()."
        )
    return Tensor(tensorflow.complex(*(tensorflow.cast(p.tensor, "float32") for p in parts)))


@operation
def real(input: Any) -> Tensor:
    """The real parts of a complex64 Tensor, float32."""
    return Tensor(tensorflow.raw_ops.Real(input=_complex(input, "real").tensor))


@operation
def imag(input: Any) -> Tensor:
    """The imaginary parts of a complex64 Tensor, float32."""
    return Tensor(tensorflow.raw_ops.Imag(input=_complex(input, "imag").tensor))


def _complex(input: Any, name: str) -> Tensor:
    value = convert(input, "input", name)
    if value.dtype != "complex64":
        raise ValueError(
            f"Argument 'input' passed to '{name}' must be complex64 tensor, "
            f"but got {value.dtype} tensor"
        )
    return value


@named
def print(x: Any, verbose: bool = False) -> None:
    """Print a Tensor in tf.js's format; `verbose` adds dtype, rank and shape."""
    if isinstance(x, Tensor):
        text = x.toString(verbose)
    else:
        array = as_array(x)
        text = tensor_to_string(array, tfjs_dtype(array.dtype), verbose)
    builtins.print(text)


def _raw(values: Any, dtype: str | None) -> Any:
    """The TensorFlow tensor of `values`, before it gets its shape."""
    raw = raw_from(values, None if dtype == "complex64" else dtype)
    if dtype == "complex64" and raw.dtype != tensorflow.complex64:
        raise ValueError(
            "Cannot construct a complex64 tensor directly. Please use tf.complex(real, imag)."
        )
    return raw


def _tensor(values: Any, raw: Any, shape: Shape) -> Tensor:
    if shape is not None:
        _check_shape(raw.shape, shape)
        raw = tensorflow.reshape(raw, list(shape))
    if isinstance(values, Tensor) and raw.dtype == values.tensor.dtype:
        return Tensor(tensorflow.identity(raw), of=values)
    return made(raw)


def _of_rank(rank: int, values: Any, shape: Shape, dtype: str | None) -> Tensor:
    name = f"tensor{rank}d()"
    if shape is not None and len(shape) != rank:
        raise ValueError(f"{name} requires shape to have {_WORDS[rank]}, got {list(shape)}")
    raw = _raw(values, dtype)
    inferred = raw.shape.as_list()
    if rank == 1 and len(inferred) != 1:
        raise ValueError(
            f"tensor1d() requires values to be a flat/TypedArray, got shape {inferred}"
        )
    if len(inferred) not in (1, rank):
        raise ValueError(
            f"{name} requires values to be number{'[]' * rank} or flat/TypedArray, "
            f"got shape {inferred}"
        )
    if len(inferred) == 1 and rank > 1 and shape is None:
        raise ValueError(
            f"{name} requires shape to be provided when `values` are a flat/TypedArray; "
            f"got {inferred[0]} values"
        )
    return _tensor(values, raw, shape)


def _check_shape(inferred: Any, shape: Sequence[int]) -> None:
    """Raise tf.js's errors for a `shape` that is none, or that the values do not fit."""
    check_sizes(shape)
    size, found = sizeFromShape(shape), inferred.num_elements()
    if found is None:  # within a tensorflow.function
        return
    if size != found:
        raise ValueError(
            f"Based on the provided shape, {list(shape)}, the tensor should have "
            f"{size} values but has {found}"
        )
    # tf.js: only the last axis of nested lists may be split up, so that a flat list may be.
    outer = inferred.as_list()[:-1]
    if list(shape[: len(outer)]) != outer:
        raise ValueError(
            f"Error creating a new Tensor. Inferred shape {inferred.as_list()} does not match the "
            f"provided shape {list(shape)}."
        )
