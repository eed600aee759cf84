"""How far apart are two lists of arrays?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tfjsbridge.verify.tensors import tfjs_dtype


@dataclass(frozen=True)
class Difference:
    """How far one output is from what was expected.

    Attributes:
        name: the output's name.
        shape: the expected shape.
        absolute: the largest ``|a - b|``; infinite where only one is NaN, where infinities
            differ, and where ``error`` is set. Two NaNs, like two equal infinities, differ by 0.
        relative: the largest ``|a - b| / max(|a|, |b|, floor)``. The floor is a thousandth of the
            largest expected magnitude (and at least 1e-6), so that rounding noise in a value
            next to zero does not look like a difference of 100 %.
        error: why the outputs could not be compared at all, or None.
    """

    name: str
    shape: tuple[int, ...]
    absolute: float
    relative: float
    error: str | None = None

    @classmethod
    def failed(cls, name: str, error: str, shape: tuple[int, ...] = ()) -> Difference:
        """The difference of something that could not be compared."""
        return cls(name, shape, math.inf, math.inf, error)

    def within(self, tolerance: float) -> bool:
        """True when the absolute or the relative difference is at most ``tolerance``.

        Either is enough: float32 carries about seven digits, so outputs in the thousands differ
        by more than 1e-4 from rounding alone, and outputs near zero are only absolutely exact.
        """
        return self.error is None and min(self.absolute, self.relative) <= tolerance


def differences(
    expected: Sequence[np.ndarray], got: Sequence[np.ndarray], names: Sequence[str]
) -> list[Difference]:
    """One :class:`Difference` per output, in order, whatever is wrong with them.

    Args:
        expected: arrays of any shape and any real dtype.
        got: the arrays to compare with them. Dtypes are compared as tf.js knows them: float64 and
            float32 are the same there, int64 and int32 too.
        names: the outputs' names; more outputs than names are named by their number.
    """
    names = [*names, *(f"output {i}" for i in range(len(names), max(len(expected), len(got))))]
    rows = [_difference(name, a, b) for name, a, b in zip(names, expected, got, strict=False)]
    for i in range(len(got), len(expected)):
        error = f"missing: expected {len(expected)} outputs, got {len(got)}"
        rows.append(Difference.failed(names[i], error, expected[i].shape))
    for i in range(len(expected), len(got)):
        error = f"unexpected: expected {len(expected)} outputs, got {len(got)}"
        rows.append(Difference.failed(names[i], error, got[i].shape))
    return rows


def _difference(name: str, expected: np.ndarray, got: np.ndarray) -> Difference:
    if expected.shape != got.shape:
        error = f"expected shape {expected.shape}, got {got.shape}"
        return Difference.failed(name, error, expected.shape)
    dtypes = tfjs_dtype(expected.dtype), tfjs_dtype(got.dtype)
    if dtypes[0] != dtypes[1]:
        error = f"expected dtype {dtypes[0]}, got {dtypes[1]}"
        return Difference.failed(name, error, expected.shape)
    absolute, relative = _largest(expected.astype(np.float64), got.astype(np.float64))
    return Difference(name, expected.shape, absolute, relative)


def _largest(expected: np.ndarray, got: np.ndarray) -> tuple[float, float]:
    """The largest absolute and relative differences of two float64 arrays of one shape."""
    same = (expected == got) | (np.isnan(expected) & np.isnan(got))
    comparable = np.isfinite(expected) & np.isfinite(got)
    if not np.all(same | comparable):
        return math.inf, math.inf
    a, b = expected[comparable], got[comparable]
    if not a.size:
        return 0.0, 0.0
    floor = max(1e-6, 1e-3 * float(np.abs(a).max()))
    distance = np.abs(a - b)
    scale = np.maximum(np.maximum(np.abs(a), np.abs(b)), floor)
    return float(distance.max()), float((distance / scale).max())
