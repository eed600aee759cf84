"""What a report is given, as arrays, and what does not fit in one error."""

from __future__ import annotations

from typing import Any

import numpy as np


def array(name: str, values: Any) -> np.ndarray:
    """A Tensor, array, frame, series or list as a NumPy array."""
    result = np.asarray(values.to_numpy() if hasattr(values, "to_numpy") else values)
    if result.ndim == 0:
        raise ValueError(f"{name} must be [examples, ...], got a single value {values!r}.")
    return result


def numbers(name: str, values: Any) -> np.ndarray:
    """Likewise, of finite numbers, float64.

    Raises:
      ValueError: naming the first value that is none.
    """
    raw = array(name, values)
    try:
        result = raw.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"{name} must be numbers, got {raw.dtype} {raw.ravel().tolist()[0]!r}."
        ) from None
    wrong = np.argwhere(~np.isfinite(result))
    if len(wrong):
        place = ", ".join(map(str, wrong[0]))
        raise ValueError(
            f"{name} has {len(wrong)} value{'s' if len(wrong) > 1 else ''} that "
            f"{'are' if len(wrong) > 1 else 'is'} NaN or infinite, the first at [{place}]."
        )
    return result


def column(name: str, values: np.ndarray) -> np.ndarray:
    """[examples] of [examples] or [examples, 1]."""
    if values.ndim == 2 and values.shape[1] == 1:
        return values[:, 0]
    if values.ndim != 1:
        raise ValueError(
            f"{name} must be [examples] or [examples, 1], got the shape {list(values.shape)}."
        )
    return values


def check_lengths(**arrays: np.ndarray | None) -> None:
    """Refuse arrays of unequal lengths, or without any example."""
    lengths = {name: len(values) for name, values in arrays.items() if values is not None}
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{name} has {length}" for name, length in lengths.items())
        raise ValueError(f"All must have as many examples: {listed}.")
    if not all(lengths.values()):
        raise ValueError(f"There are no examples: {' and '.join(lengths)} are empty.")


def weights(values: Any) -> np.ndarray | None:
    """Sample weights [examples], or None.

    Raises:
      ValueError: for negative ones, or if all are 0.
    """
    if values is None:
        return None
    result = column("sampleWeight", numbers("sampleWeight", values))
    if len(result) and (result.min() < 0 or result.max() == 0):
        raise ValueError("sampleWeight must not be negative, nor 0 for all examples.")
    return result
