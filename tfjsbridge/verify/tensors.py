"""NumPy arrays as JSON and back: the Python half of ``js/common.js``."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

# How the bytes of each tf.js dtype travel; strings travel as a JSON list instead.
WIRE_DTYPES = {"float32": "<f4", "int32": "<i4", "bool": "u1", "complex64": "<c8"}
_KINDS = {"f": "float32", "i": "int32", "u": "int32", "b": "bool", "c": "complex64"}


def tfjs_dtype(dtype: np.dtype[Any]) -> str:
    """The tf.js dtype that holds arrays of a NumPy dtype: tf.js has only one float and one int."""
    if dtype.kind in "USO":
        return "string"
    if dtype.name == "bfloat16":  # an extension dtype: NumPy itself knows it only as bytes
        return "float32"
    if dtype.kind not in _KINDS:
        raise TypeError(
            f"tf.js has no dtype for NumPy's {dtype}: expected floats, integers, booleans, "
            "complex numbers or strings."
        )
    return _KINDS[dtype.kind]


def encode_tensor(array: np.ndarray) -> dict[str, Any]:
    """An array of any shape as ``{"dtype", "shape", "data"}``.

    Raises:
        TypeError: tf.js has nothing like the array's dtype.
        ValueError: an integer does not fit into tf.js's int32.
    """
    dtype = tfjs_dtype(array.dtype)
    tensor: dict[str, Any] = {"dtype": dtype, "shape": list(array.shape)}
    if dtype == "string":
        return tensor | {"data": [str(text) for text in array.reshape(-1)]}
    if dtype == "int32" and array.size:
        lowest, highest = int(array.min()), int(array.max())
        if lowest < -(2**31) or highest >= 2**31:
            raise ValueError(
                f"tf.js's only integers are int32; the array holds {lowest} to {highest}. "
                "Pass floats or smaller integers."
            )
    data = array.astype(WIRE_DTYPES[dtype]).tobytes()
    return tensor | {"data": base64.b64encode(data).decode("ascii")}


def decode_tensor(tensor: Mapping[str, Any]) -> np.ndarray:
    """The array that :func:`encode_tensor` (or tf.js) encoded."""
    shape, dtype = tensor["shape"], tensor["dtype"]
    if dtype == "string":
        return np.array(tensor["data"], dtype=object).reshape(shape)
    array = np.frombuffer(base64.b64decode(tensor["data"]), WIRE_DTYPES[dtype])
    return array.astype(dtype).reshape(shape)  # astype also copies: the buffer is read-only


def encode(value: Any) -> Any:
    """A JSON-able value with arrays in it, at any depth; NaN and infinities, which JSON lacks."""
    if isinstance(value, np.ndarray):
        return {"$tensor": encode_tensor(value)}
    if isinstance(value, np.generic):
        return encode(value.item())
    if isinstance(value, float) and not math.isfinite(value):
        return {"$number": "NaN" if math.isnan(value) else f"{'-' * (value < 0)}Infinity"}
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return value


def decode(value: Any) -> Any:
    """The inverse of :func:`encode`."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if isinstance(value, dict):
        if "$tensor" in value:
            return decode_tensor(value["$tensor"])
        if "$number" in value:
            return float(value["$number"])
        return {key: decode(item) for key, item in value.items()}
    return value
