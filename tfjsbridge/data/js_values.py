"""JavaScript's conversions between texts and numbers, which decide what a column holds."""

from __future__ import annotations

import math
import re
from typing import Any

from tfjsbridge.tensor_format import js_number

_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?)", re.ASCII)
_OF_BASE = re.compile(r"0([xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)")
_INFINITY = {"Infinity": math.inf, "+Infinity": math.inf, "-Infinity": -math.inf}
#: What JavaScript's `trim` takes away.
_SPACE = "\t\n\v\f\r \xa0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" + "".join(
    map(chr, range(0x2000, 0x200B))
)


def number_of(text: str) -> float:
    """`Number(text)`: NaN for what is no number, 0 for nothing.

    Python's `float` takes other texts: "1_000", "nan", "inf".
    """
    text = text.strip(_SPACE)
    if _DECIMAL.fullmatch(text):
        return float(text)
    if _OF_BASE.fullmatch(text):
        return float(int(text, 0))
    return _INFINITY.get(text, math.nan if text else 0.0)


def as_number(value: Any) -> float:
    """What a Float32Array stores for a value; None stands for undefined."""
    if value is None:
        return math.nan
    return number_of(value) if isinstance(value, str) else float(value)


def as_text(value: Any) -> str:
    """What a string tensor stores for a value; None stands for undefined."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else js_number(value)
