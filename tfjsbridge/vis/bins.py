"""The bins of a histogram, as vega chooses them for tfjs-vis.

Follows vega-statistics/src/bin.js and vega-transforms/src/Bin.js.
"""

from __future__ import annotations

import math

import numpy as np


def bins(values: np.ndarray, most: int) -> tuple[np.ndarray, np.ndarray]:
    """Bins of equal, round widths.

    Args:
      values: finite numbers, at least one.
      most: how many bins there are at most (one more where they begin between two round numbers).

    Returns:
      The edges, [bins + 1], and how many values each bin has, [bins]; the last bin holds its upper
      edge too.
    """
    low, high = float(values.min()), float(values.max())
    step = _step((high - low) or abs(low) or 1.0, most)
    precision = 0 if step >= 1 else int(-math.log(step) / math.log(10)) + 1
    start = math.floor(low / step + 10.0 ** (-precision - 1)) * step
    if low < start:
        start -= step
    stop = math.ceil(high / step) * step
    if stop == start:
        stop = start + step
    # Where rounding makes it more than whole bins, vega adds one.
    count = math.ceil((stop - start) / step)
    stop = start + count * step
    held = np.clip(values, start, stop - step)
    places = np.floor(1e-14 + (held - start) / step).astype(np.int64)
    edges = start + step * np.arange(count + 1)
    return edges, np.bincount(np.clip(places, 0, count - 1), minlength=count)


def _step(span: float, most: int) -> float:
    """1, 2 or 5 times a power of ten."""
    level = math.ceil(math.log(most) / math.log(10))
    step = 10.0 ** (_round(math.log(span) / math.log(10)) - level)
    while math.ceil(span / step) > most:
        step *= 10
    for divisor in (5, 2):
        if span / (step / divisor) <= most:
            step /= divisor
    return step


def _round(value: float) -> int:
    return math.floor(value + 0.5)  # JavaScript's
