"""Arguments as Tensors, with tf.js's words for what is none.

Follows tfjs-core/src/tensor_util_env.ts (`convertToTensor`, `convertToTensorArray`).
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.dtypes import upcast
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from

#: In place of one dtype: any but string, and any at all.
NUMERIC = "numeric"
STRING_OR_NUMERIC = "string_or_numeric"


def convert(value: Any, argument: str, function: str, dtype: str = NUMERIC) -> Tensor:
    """An argument as a Tensor.

    Args:
      value: a Tensor, or anything that `tensor_from` takes.
      argument: the argument's name, for the error.
      function: the operation's name, for the error.
      dtype: what it must be. A plain value or array is made this dtype; a Tensor must have it.

    Raises:
      ValueError: for a Tensor of another dtype.
      TypeError: for what is no number, boolean or string, array or nested list of them.
    """
    if isinstance(value, Tensor):
        _check_dtype(dtype, value.dtype, argument, function)
        return value
    try:
        tensor = tensor_from(value)
    except TypeError:
        raise TypeError(
            f"Argument '{argument}' passed to '{function}' must be a Tensor or TensorLike, "
            f"but got '{type(value).__name__}' {str(value)[:60]}"
        ) from None
    except ValueError as error:
        raise ValueError(f"Argument '{argument}' passed to '{function}': {error}") from None
    if dtype in ("bool", "int32", "float32") and tensor.dtype not in (dtype, "string"):
        if tensorflow.is_tensor(value):
            _check_dtype(dtype, tensor.dtype, argument, function)
        return tensor_from(value, dtype)
    _check_dtype(dtype, tensor.dtype, argument, function)
    return tensor


def convert_all(
    values: Any, argument: str, function: str, dtype: str = NUMERIC, minimum: int = 1
) -> list[Tensor]:
    """An argument that is a list of tensors, at least `minimum` of them."""
    if not isinstance(values, (list, tuple)):
        raise TypeError(
            f"Argument {argument} passed to {function} must be a list of Tensors, "
            f"but got '{type(values).__name__}'"
        )
    if len(values) < minimum:
        raise ValueError(f"Pass at least {minimum} tensor{'s' * (minimum > 1)} to {function}")
    return [convert(value, f"{argument}[{i}]", function, dtype) for i, value in enumerate(values)]


def matching(a: Any, b: Any, function: str, names: tuple[str, str] = ("a", "b")) -> list[Any]:
    """Two arguments as TensorFlow tensors of the one dtype that tf.js computes in.

    tf.js: makeTypesMatch, bool < int32 < float32 < complex64; strings stand apart.
    """
    first, second = convert(a, names[0], function), convert(b, names[1], function)
    dtype = upcast(first.dtype, second.dtype)
    return [tensor_from(first, dtype).tensor, tensor_from(second, dtype).tensor]


def _check_dtype(expected: str, actual: str, argument: str, function: str) -> None:
    if expected in (STRING_OR_NUMERIC, actual):
        return
    if expected != NUMERIC or actual == "string":
        raise ValueError(
            f"Argument '{argument}' passed to '{function}' must be {expected} tensor, "
            f"but got {actual} tensor"
        )
