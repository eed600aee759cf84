"""The text of a tensor, character for character as tf.js prints it.

Follows tfjs-core/src/tensor_format.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

LIMIT_VALUES = 20  # FORMAT_LIMIT_NUM_VALS: more values than this are shortened with "..."
FIRST_LAST_VALUES = 3  # FORMAT_NUM_FIRST_LAST_VALS: how many stand at each end then
DIGITS = Decimal("1e-7")  # FORMAT_NUM_SIG_DIGITS: Number.toFixed(7)


def js_number(value: float) -> str:
    """A number as JavaScript's `Number.prototype.toString` writes it."""
    value = float(value)
    if np.isnan(value):
        return "NaN"
    if np.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        return str(np.format_float_positional(value, trim="-"))
    return str(np.format_float_scientific(value, trim="-", exp_digits=1))


def js_rounded(value: float) -> str:
    """`parseFloat(value.toFixed(7)).toString()`."""
    value = float(value)
    # Where seven decimals are at most 15 digits they read back as they are. Format rounds exact
    # ties, which are odd multiples of 1/256, to even.
    if 1e-6 <= abs(value) < 1e8 and value * 256 % 2 != 1:
        return f"{value:.7f}".rstrip("0").rstrip(".")
    if not np.isfinite(value) or abs(value) >= 1e21:
        return js_number(value)
    # Number.toFixed rounds exact ties away from zero, Python's format to even.
    return js_number(float(Decimal(value).quantize(DIGITS, ROUND_HALF_UP)))


def _text(value: Any, dtype: str) -> str:
    if dtype == "string":
        return f"'{value.decode() if isinstance(value, bytes) else value}'"
    if dtype == "bool":
        return "true" if value else "false"
    if dtype == "complex64":
        return f"{js_rounded(value.real)} + {js_rounded(value.imag)}j"
    return js_rounded(value)


def tensor_to_string(values: np.ndarray, dtype: str, verbose: bool = False) -> str:
    """`Tensor.toString(verbose)`.

    Args:
      values: the values, in the tensor's shape.
      dtype: tf.js's name of the dtype: float32, int32, bool, complex64 or string.
      verbose: whether to write dtype, rank and shape before the values.
    """
    lines = ["Tensor"]
    if verbose:
        shape = ",".join(map(str, values.shape))
        lines += [f"  dtype: {dtype}", f"  rank: {values.ndim}", f"  shape: [{shape}]", "  values:"]
    lines.append("\n".join("    " + line for line in _lines(values, dtype, _widths(values, dtype))))
    return "\n".join(lines)


def _widths(values: np.ndarray, dtype: str) -> list[int]:
    """The width of each column of the last axis; tf.js pads from rank 2 on."""
    widths = [0] * (values.shape[-1] if values.ndim else 0)
    if values.ndim >= 2 and values.size:
        for i in _shown(len(widths)):
            if i is not None:
                column = values[..., i].reshape(-1).tolist()
                widths[i] = max(_js_length(_text(value, dtype)) for value in column)
    return widths


def _js_length(text: str) -> int:
    """`text.length` in JavaScript, which counts in UTF-16."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _js_length(text))


def _shown(size: int) -> list[int | None]:
    """The indices along an axis that are printed; None stands for the "..."."""
    if size <= LIMIT_VALUES:
        return list(range(size))
    first = range(FIRST_LAST_VALUES)
    last = range(size - FIRST_LAST_VALUES, size)
    return [*first, None, *last]


def _lines(
    values: np.ndarray, dtype: str, widths: Sequence[int], is_last: bool = True
) -> list[str]:
    if values.ndim == 0:
        value = values[()]
        if dtype == "string":
            return [value.decode() if isinstance(value, bytes) else str(value)]
        # tf.js: a scalar alone is not rounded to seven digits.
        return [_text(value, dtype) if dtype in ("bool", "complex64") else js_number(float(value))]
    size = values.shape[0]
    if values.ndim == 1:
        texts = [
            "..." if i is None else _padded(_text(values[i], dtype), widths[i])
            for i in _shown(size)
        ]
        return ["[" + ", ".join(texts) + "]"]

    lines: list[str] = []
    for i in _shown(size):
        if i is None:
            lines.append("...")
        else:
            lines += _lines(values[i], dtype, widths, is_last=i == size - 1)
    separator = "," if values.ndim == 2 else ""
    lines = lines or [""]
    lines[0] = "[" + (lines[0] + separator if size > 0 else "")
    for i in range(1, len(lines) - 1):
        lines[i] = " " + lines[i] + separator
    lines[-1] = " " + lines[-1] + "]" + ("" if is_last else ",\n" + "\n" * (values.ndim - 2))
    return lines
