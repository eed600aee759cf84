"""Poolings of TensorFlow tensors over two axes or three, as tf.js's cpu backend computes them.

Follows tfjs-backend-cpu/src/utils/pool_utils.ts and the kernels {Avg,Max}Pool{,3D}Grad.ts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.ops.conv_util import Amounts, Windows, opposite, padded
from tfjsbridge.ops.elementwise import recording, sum_of_squares
from tfjsbridge.runtime import tensorflow


def average(x: Any, size: Sequence[int], steps: Sequence[int], place: Windows) -> Any:
    """The mean of each window of a float32 tensor."""
    if not place.over_edge or place.amounts is None:
        mode = place.mode
        if mode == "EXPLICIT":
            mode, x = "VALID", padded(x, place.amounts or [])
        return _average(x, size, steps, mode)
    amounts = place.amounts
    if place.mode == "SAME" and not recording(x):
        return _average(x, size, steps, "SAME")

    # tf.js: a value's gradient is divided by the size of the window even where a part of it is
    # padding, which does not count in the mean.
    @tensorflow.custom_gradient
    def mean(x: Any) -> Any:
        wide = padded(x, amounts)
        if place.mode == "SAME":
            y = _average(x, size, steps, "SAME")
        else:
            y = _average(wide, size, steps, "VALID") * _full_by_counted(x, size, steps, place)

        def gradient(dy: Any) -> Any:
            arguments = {
                "orig_input_shape": tensorflow.shape(wide),
                "grad": dy,
                "ksize": [1, *size, 1],
                "strides": [1, *steps, 1],
                "padding": "VALID",
            }
            raw = tensorflow.raw_ops
            spread = (raw.AvgPoolGrad if len(size) == 2 else raw.AvgPool3DGrad)(**arguments)
            return padded(spread, opposite(amounts))

        return y, gradient

    return mean(x)


def _average(x: Any, size: Sequence[int], steps: Sequence[int], mode: str) -> Any:
    ksize, strides = [1, *size, 1], [1, *steps, 1]
    raw = tensorflow.raw_ops
    if len(size) == 2:
        return raw.AvgPool(value=x, ksize=ksize, strides=strides, padding=mode)
    return raw.AvgPool3D(input=x, ksize=ksize, strides=strides, padding=mode)


def _full_by_counted(x: Any, size: Sequence[int], steps: Sequence[int], place: Windows) -> Any:
    """The size of each window divided by how much of it is within the image."""
    counts = np.ones((), np.float64)
    for axis, (length, w, step) in enumerate(zip(x.shape[1:-1], size, steps, strict=True)):
        first = np.arange((place.out or [])[axis]) * step - (place.amounts or [])[axis][0]
        within = np.minimum(first + w, length) - np.maximum(first, 0)
        counts = counts[..., None] * np.maximum(within, 0)
    if len(size) == 3:  # tf.js: the mean of nothing is 0 in three dimensions, and NaN in two
        counts = np.maximum(counts, 1)
    with np.errstate(divide="ignore"):
        factor = np.prod(size) / counts
    return tensorflow.constant(factor[None, ..., None], "float32")


def maximum(x: Any, size: Sequence[int], steps: Sequence[int], place: Windows) -> Any:
    """The maximum of each window of a float32, int32 or bool tensor."""
    if x.dtype == tensorflow.bool:
        return tensorflow.cast(maximum(tensorflow.cast(x, "int32"), size, steps, place), "bool")
    mode, lowest = place.mode, x.dtype.min
    if mode == "EXPLICIT":
        mode, x = "VALID", padded(x, place.amounts or [], lowest)
    y = tensorflow.raw_ops.MaxPool(
        input=x, ksize=[1, *size, 1], strides=[1, *steps, 1], padding=mode
    )
    return nothing_greater(y, x.dtype.name, lowest)


def maximum3d(x: Any, size: Sequence[int], steps: Sequence[int], amounts: Amounts) -> Any:
    """The maximum of each window of a float32 volume."""

    # tf.js: of equal values the last one gets the gradient; TensorFlow gives it to all of them.
    @tensorflow.custom_gradient
    def highest(x: Any) -> Any:
        wide = padded(x, amounts, x.dtype.min)
        y = tensorflow.raw_ops.MaxPool3D(
            input=wide, ksize=[1, *size, 1], strides=[1, *steps, 1], padding="VALID"
        )

        def gradient(dy: Any) -> Any:
            return padded(_to_last(wide, y, dy, size, steps), opposite(amounts))

        return y, gradient

    return nothing_greater(highest(x), "float32", x.dtype.min)


def _to_last(x: Any, y: Any, dy: Any, size: Sequence[int], steps: Sequence[int]) -> Any:
    """`dy` at the last value of each window of `x` that is its maximum, `y`."""
    result = tensorflow.zeros_like(x)
    free = tensorflow.ones_like(y, "bool")
    out = tensorflow.shape(y)[1:4]
    last = (out - 1) * steps + 1
    for tap in reversed(list(itertools.product(*(range(n) for n in size)))):
        begin, end, by = [0, *tap, 0], [0, *(last + tap), 0], [1, *steps, 1]
        masks = {"begin_mask": 0b10001, "end_mask": 0b10001}
        part = tensorflow.strided_slice(x, begin, tensorflow.stack(end), by, **masks)
        here = tensorflow.logical_and(free, tensorflow.equal(part, y))
        free = tensorflow.logical_and(free, tensorflow.logical_not(here))
        target = _as_tfjs_counts(tap, size)
        if target is None:
            continue
        result += tensorflow.raw_ops.StridedSliceGrad(
            shape=tensorflow.shape(x),
            begin=[0, *target, 0],
            end=tensorflow.stack([0, *(last + target), 0]),
            strides=by,
            dy=tensorflow.where(here, dy, tensorflow.zeros_like(dy)),
            **masks,
        )
    return result


def _as_tfjs_counts(tap: tuple[int, ...], size: Sequence[int]) -> tuple[int, ...] | None:
    """The place in a window that tf.js gives the gradient to for the maximum at `tap`.

    It is `tap` itself for windows whose height is their width; tf.js numbers the places with the
    height for both, and reads the numbers with the width.
    """
    depth, height, width = size
    number = tap[0] * height * width + tap[1] * height + tap[2]
    if number >= depth * height * width:
        return None
    return number // (height * width), number % (height * width) // width, number % width


def nothing_greater(y: Any, dtype: str, lowest: Any) -> Any:
    """tf.js's result for windows in which nothing is greater than -Infinity.

    TensorFlow's is the lowest number.
    """
    if dtype == "float32" and sum_of_squares(y) < math.inf:
        return y
    instead = -float("inf") if dtype == "float32" else 0
    return tensorflow.raw_ops.SelectV2(
        condition=tensorflow.raw_ops.LessEqual(x=y, y=tensorflow.constant(lowest, y.dtype)),
        t=tensorflow.constant(instead, y.dtype),
        e=y,
    )
