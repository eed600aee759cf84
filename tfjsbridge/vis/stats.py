"""The numbers that stand above a histogram.

Follows arrayStats and tensorStats of tfjs-vis/src/util/math.ts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np

from tfjsbridge.tensors import tensor_from


class HistogramStats(TypedDict, total=False):
    """How many values there are, the least and the greatest, and how many are special."""

    numVals: int
    min: float
    max: float
    numZeros: int
    numNans: int
    numInfs: int


def array_stats(values: Sequence[float] | np.ndarray) -> HistogramStats:
    """The numbers of an array; NaN is no least and no greatest value.

    Args:
      values: the numbers. Of none, there is no least, no greatest and no number of infinities.
    """
    array = np.asarray(values, np.float64)
    if not array.size:
        return {"numVals": 0, "numZeros": 0, "numNans": 0}
    numbers = array[~np.isnan(array)]
    least = numbers.min() if numbers.size else math.nan
    greatest = numbers.max() if numbers.size else math.nan
    counted = _counted(array)
    # tf.js: the search begins at the infinities, which are taken for none found.
    counted["min"] = math.nan if least == math.inf else float(least)
    counted["max"] = math.nan if greatest == -math.inf else float(greatest)
    return counted


def tensor_stats(tensor: Any) -> HistogramStats:
    """The numbers of a tensor; with a NaN in it, the least and the greatest are NaN.

    tf.js: so on its cpu backend; the webgl backend may leave a NaN out.
    """
    array = np.asarray(tensor_from(tensor).numpy(), np.float64)
    counted = _counted(array)
    nan = not array.size or counted["numNans"] > 0
    counted["min"] = math.nan if nan else float(array.min())
    counted["max"] = math.nan if nan else float(array.max())
    return counted


def _counted(array: np.ndarray) -> HistogramStats:
    return {
        "numVals": array.size,
        "numZeros": int((array == 0).sum()),
        "numNans": int(np.isnan(array).sum()),
        "numInfs": int(np.isinf(array).sum()),
    }
