"""Axes, sizes and shapes as arguments of operations.

Follows tfjs-core/src/util_base.ts (`parseAxisParam`, `assertNonNegativeIntegerDimensions`) and the
cpu backend's `assertNotComplex`.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor

#: What TensorFlow raises for arguments that do not fit: when it runs, and when a graph is built.
REFUSALS = (tensorflow.errors.OpError, TypeError, ValueError)


def whole(value: Any) -> int | None:
    """A whole number as an int (2.0 is one, as in JavaScript); None for anything else.

    A bool is none: as an axis or a size it is most likely meant for another argument.
    """
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, (float, np.floating)) and math.isfinite(value) and value == int(value):
        return int(value)
    return None


def number(value: Any, argument: str, function: str) -> float:
    """An argument that is a plain number, or a Tensor or array of one, as a float.

    Raises:
      TypeError: for anything else.
    """
    if type(value) is float:
        return value
    if not isinstance(value, (str, bytes)):
        with contextlib.suppress(TypeError, ValueError):
            return float(value)
    raise TypeError(
        f"Argument '{argument}' passed to '{function}' must be a number, "
        f"but got {type(value).__name__} {str(value)[:60]}"
    )


def axes_of(axis: Any, rank: int, function: str) -> list[int]:
    """Axes counted from the first, of one axis or a list of them; all of them for None."""
    if axis is None:
        return list(range(rank))
    axes = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    numbers = [whole(one) for one in axes]
    if any(number is None for number in numbers):
        raise ValueError(
            f"Error in {function}: All values in axis param must be integers but got axis {axis}"
        )
    if any(not -rank <= number < rank for number in numbers if number is not None):
        raise ValueError(
            f"Error in {function}: All values in axis param must be in range [-{rank}, {rank}) "
            f"but got axis {axis}"
        )
    return [number + rank if number < 0 else number for number in numbers if number is not None]


def axis_of(axis: Any, rank: int, function: str) -> int:
    """One axis, counted from the first; 0 for None."""
    if type(axis) is int and 0 <= axis < rank:
        return axis
    axes = axes_of(0 if axis is None else axis, rank, function)
    if len(axes) != 1:
        raise ValueError(f"Error in {function}: axis must be one whole number, but got {axis}")
    return axes[0]


def sizes_of_shape(shape: Any, function: str) -> list[int]:
    """A shape as a list of ints; a ValueError for what is no list of whole numbers from 0 on."""
    sizes = whole_list(shape, "shape", function)
    if any(size < 0 for size in sizes):
        raise ValueError(
            f"Error in {function}: Tensor must have a shape comprised of positive integers "
            f"but got shape {list(shape)}."
        )
    return sizes


def whole_list(values: Any, argument: str, function: str) -> list[int]:
    """An argument that is a list of whole numbers, as ints."""
    if isinstance(values, (Tensor, np.ndarray)):
        values = np.asarray(values).tolist()
    if not isinstance(values, (list, tuple)):
        raise TypeError(
            f"Argument '{argument}' passed to '{function}' must be a list of numbers, "
            f"but got {type(values).__name__} {str(values)[:60]}"
        )
    numbers = [whole(value) for value in values]
    if any(number is None for number in numbers):
        raise ValueError(
            f"Argument '{argument}' passed to '{function}' must be a list of whole numbers, "
            f"but got {list(values)}"
        )
    return [number for number in numbers if number is not None]


def pairs(values: Any, argument: str, function: str) -> list[list[int]]:
    """An argument that is a list of pairs of whole numbers, such as paddings."""
    if isinstance(values, (Tensor, np.ndarray)):
        values = np.asarray(values).tolist()
    if not isinstance(values, (list, tuple)):
        raise TypeError(
            f"Argument '{argument}' passed to '{function}' must be a list of pairs of numbers, "
            f"but got {type(values).__name__} {str(values)[:60]}"
        )
    result = [whole_list(pair, argument, function) for pair in values]
    if any(len(pair) != 2 for pair in result):
        raise ValueError(
            f"Argument '{argument}' passed to '{function}' must be a list of pairs of numbers, "
            f"but got {list(values)}"
        )
    return result


def dynamic_sizes(raw: Any) -> list[Any]:
    """The sizes of a TensorFlow tensor: numbers, or scalar tensors where they are not known."""
    sizes: Sequence[int | None] = raw.shape.as_list()
    if None not in sizes:
        return list(sizes)
    actual = tensorflow.unstack(tensorflow.shape(raw))
    return [known if known is not None else actual[i] for i, known in enumerate(sizes)]


def refuse_complex(x: Tensor, function: str) -> None:
    """Raise for complex64, for which tf.js's backends lack the operation."""
    if x.dtype == "complex64":
        raise ValueError(
            f"{function} does not support complex64 tensors; apply it to tf.real and tf.imag."
        )
