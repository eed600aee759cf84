"""tf.js's dtypes and how they combine.

Follows tfjs-core/src/types.ts (`upcastType`) and tensor_util_env.ts (`inferDtype`).
"""

from __future__ import annotations

import functools
from collections import deque
from typing import Any

import numpy as np

from tfjsbridge.errors import unknown_name

#: tf.js's dtype names with NumPy's; the order is the order of promotion, strings stand apart.
NUMPY_DTYPES: dict[str, Any] = {
    "bool": np.bool_,
    "int32": np.int32,
    "float32": np.float32,
    "complex64": np.complex64,
    "string": np.object_,
}

_PROMOTION = ["bool", "int32", "float32", "complex64"]


def check_dtype(dtype: str) -> str:
    """`dtype`, if it is one of tf.js's; otherwise a ValueError that names them."""
    if not isinstance(dtype, str) or dtype not in NUMPY_DTYPES:
        raise unknown_name("dtype", dtype, NUMPY_DTYPES)
    return dtype


def upcast(a: str, b: str) -> str:
    """The dtype of an operation on `a` and `b`: bool < int32 < float32 < complex64."""
    if a == b:
        return a
    if "string" in (a, b):
        raise ValueError(f"Can not upcast {a} with {b}")
    return max(a, b, key=_PROMOTION.index)


@functools.cache
def tfjs_dtype(dtype: Any) -> str:
    """tf.js's name for a NumPy or TensorFlow dtype: float64 is float32, int64 is int32, ..."""
    dtype = np.dtype(getattr(dtype, "as_numpy_dtype", dtype))
    if dtype.kind == "b":
        return "bool"
    if dtype.kind in "iu":
        return "int32"
    if dtype.kind == "c":
        return "complex64"
    if dtype.kind in "SUO":
        return "string"
    # Includes bfloat16, whose kind is "V".
    return "float32"


def infer_dtype(value: Any) -> str:
    """The dtype of nested lists, from their first value: numbers are float32, even whole ones.

    Arrays in lists keep their kind of dtype.
    """
    while isinstance(value, (list, tuple, range, deque)):
        if not value:
            return "float32"
        value = value[0]
    if np.ndim(value) > 0:
        return tfjs_dtype(np.asarray(value).dtype)
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if isinstance(value, (str, bytes)):
        return "string"
    if isinstance(value, (complex, np.complexfloating)):
        return "complex64"
    return "float32"
