"""Python's, NumPy's, pandas' and PIL's values as NumPy arrays of tf.js's dtypes.

Follows `toTypedArray`, `flatten` and `inferDtype` of tfjs-core/src/util.ts, and
`deepAssertShapeConsistency` of tensor_util_env.ts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.dtypes import NUMPY_DTYPES, infer_dtype, tfjs_dtype
from tfjsbridge.tensor_format import js_number


def as_array(value: Any, dtype: str | None = None) -> np.ndarray:
    """The NumPy array of a value, in one of tf.js's dtypes.

    Args:
      value: a Tensor, NumPy array, pandas frame or series, PIL image, nested lists, or a plain
        number, boolean or string. None among the numbers of a list is 0.
      dtype: tf.js's name of a dtype; without it, of the kind that the value has.

    Raises:
      ValueError: for lists of unequal lengths, an integer that int32 cannot hold.
      TypeError: for what holds no numbers, booleans or strings.
    """
    if hasattr(value, "to_numpy"):  # pandas
        value = value.to_numpy()
    # PIL's images have the second only.
    if hasattr(value, "__array__") or hasattr(value, "__array_interface__"):
        array = np.asarray(value)
        if array.dtype.kind == "O":  # of a frame with columns of several dtypes, or of strings
            array = _of_objects(array) if array.size else array.astype(str)
        if array.dtype.kind in "mM":  # times
            raise _not_numbers(array.flat[0] if array.size else value)
        inferred = tfjs_dtype(array.dtype)
    else:
        try:
            array = np.asarray(value)
        except ValueError:
            raise _not_numbers(value) from None
        inferred = infer_dtype(value)
        if array.dtype.kind == "O" and array.ndim > 0:
            array = _as_doubles(array)
        if array.dtype.kind not in ("SU" if inferred == "string" else "biufc"):
            raise _not_numbers(value)
    return _as_dtype(array, dtype or inferred)


def _as_doubles(array: np.ndarray) -> np.ndarray:
    """None, and Python integers of more than 64 bits, as what they are in JavaScript: doubles."""
    # tf.js: null is stored as 0.
    numbers = [0 if part is None else part for part in array.flat]
    if not all(isinstance(number, (int, float)) for number in numbers):
        return array
    try:
        return np.array(numbers, np.float64).reshape(array.shape)
    except OverflowError:
        raise ValueError("values must be numbers that a double can hold.") from None


def _not_numbers(value: Any) -> Exception:
    """Why nested lists make no array: an odd length, or a value that is no number."""
    problem = _ragged(value, [])
    if problem:
        return ValueError(problem)
    return TypeError(
        "values must be a number, boolean or string, nested lists of them, or an array; "
        f"got {type(value).__name__} {str(value)[:60]}."
    )


def _of_objects(array: np.ndarray) -> np.ndarray:
    """An array of objects, which must be all numbers and booleans, or all strings."""
    values = list(array.flat)
    right: tuple[type, ...] = (bool, int, float, complex, np.number, np.bool_)
    if any(isinstance(value, (str, bytes)) for value in values):
        right = (str, bytes)
    for value in values:
        if not isinstance(value, right):
            words = "strings" if right == (str, bytes) else "numbers or booleans"
            raise TypeError(
                f"The values must be all of one kind, {words}; "
                f"got {type(value).__name__} {str(value)[:60]} among them."
            )
    return np.asarray(array.tolist())


def _ragged(value: Any, path: list[int]) -> str | None:
    """tf.js's words for nested lists of unequal lengths."""
    if not isinstance(value, (list, tuple)) or not value:
        return None
    place = "".join(f"[{i}]" for i in path)
    lengths = [len(part) if isinstance(part, (list, tuple)) else None for part in value]
    for i, length in enumerate(lengths):
        if length != lengths[0]:
            wanted = "a number" if lengths[0] is None else f"{lengths[0]} elements"
            got = "a number" if length is None else f"{length} elements"
            return f"Element arr{place}[{i}] should have {wanted}, but has {got}."
    for i, part in enumerate(value):
        problem = _ragged(part, [*path, i])
        if problem:
            return problem
    return None


def _as_dtype(array: np.ndarray, dtype: str) -> np.ndarray:
    """The values as tf.js stores them in a dtype."""
    kind = array.dtype.kind
    if not array.size and kind != "c":  # of no values tf.js makes a tensor of every dtype
        return np.zeros(array.shape, NUMPY_DTYPES[dtype])
    if (dtype == "string") != (kind in "SU"):
        wanted, got = ("strings", "numbers") if dtype == "string" else ("numbers", "strings")
        raise TypeError(
            f"Expected {wanted} for dtype {dtype}, but the values are "
            f"{'objects' if kind == 'O' else got}."
        )
    if dtype == "bool" and kind == "f":
        return np.floor(array + 0.5) != 0  # tf.js: Math.round
    if dtype == "int32" and array.size and array.dtype != np.int32 and kind in "iuf":
        finite = array[np.isfinite(array)].astype(np.float64)
        lowest, highest = finite.min(initial=0), finite.max(initial=0)
        if lowest <= -(2.0**31) - 1 or highest >= 2.0**31:
            value = lowest if lowest <= -(2.0**31) - 1 else highest
            raise ValueError(f"The value {js_number(value)} does not fit int32.")
        if kind == "f":
            array = np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0)
    if array.dtype.kind == "c" and dtype != "complex64":
        raise TypeError(
            f"Expected numbers for dtype {dtype}, but the values are complex: take their real or "
            "imaginary parts (tf.real, tf.imag)."
        )
    with np.errstate(over="ignore"):  # tf.js: a number too large for float32 is Infinity
        return array.astype(NUMPY_DTYPES[dtype], copy=False)
