"""Numbers as tfjs-vis's tables write them: d3-format's ",.4~f" and ".4~p"."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Decimal
from numbers import Real
from typing import Any

import numpy as np

from tfjsbridge.tensor_format import js_number


def is_number(value: Any) -> bool:
    """Whether it is a number to JavaScript: no boolean, but a scalar of NumPy or a Tensor."""
    if isinstance(value, (bool, np.bool_)):
        return False
    return isinstance(value, (Real, np.number)) or getattr(value, "shape", None) in ((), [])


def number(value: Any) -> str:
    """At most four digits behind the point, thousands by commas: 1,234.5."""
    value = float(value)
    if not math.isfinite(value) or abs(value) >= 1e21:
        return js_number(value)
    text = _trimmed(_rounded(abs(value), Decimal("1e-4")))
    return f"-{text}" if value < 0 and text != "0" else text


def percent(share: float) -> str:
    """A share from 0 to 1 in percent, with at most four digits: 12.35%."""
    value = Decimal(share * 100)
    if value == 0:
        return "0%"
    digits = value.adjusted()
    return f"{_trimmed(_rounded(share * 100, Decimal(1).scaleb(digits - 3)))}%".replace(",", "")


def _rounded(value: float, unit: Decimal) -> Decimal:
    # JavaScript rounds a number that lies just between two of them up, Python to the even one.
    return Decimal(value).quantize(unit, ROUND_HALF_UP)


def _trimmed(value: Decimal) -> str:
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
