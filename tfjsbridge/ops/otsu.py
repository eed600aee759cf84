"""Otsu's method: the threshold that parts the bright pixels of an image from the dark ones best.

Follows tfjs-core/src/ops/image/threshold.ts, whose operations give float32 after each step.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.transformations import cast_values
from tfjsbridge.runtime import tensorflow

LEVELS = 256


def otsu_threshold(grey: Any) -> Any:
    """The level of 0 to 255 with the greatest variance between the classes it parts, else -1.

    Args:
      grey: a float32 TensorFlow tensor; values of 256 and more are not counted. tf.js counts NaN
        and infinities as 0.

    Returns:
      A float32 scalar.

    Raises:
      ValueError: for negative values.
    """
    rounded = tensorflow.round(tensorflow.reshape(grey, [-1]))
    level = cast_values(rounded, "float32", "int32")
    if tensorflow.executing_eagerly() and bool(tensorflow.reduce_any(level < 0)):
        raise ValueError("Error in threshold: with otsu the image must be non-negative!")
    counted = tensorflow.boolean_mask(level, level < LEVELS)
    histogram = tensorflow.math.bincount(counted, minlength=LEVELS, maxlength=LEVELS)
    count = tensorflow.cast(histogram, "float32")
    weighted = count * tensorflow.range(LEVELS, dtype="float32")
    total = tensorflow.cast(tensorflow.size(level), "float32")
    dark, bright = _parted(count)
    sum_dark, sum_bright = _parted(weighted)
    difference = sum_dark / dark - sum_bright / bright
    variance = (dark / total) * (bright / total) * difference * difference
    # Without a class on one side there is no variance; of equal ones tf.js takes the first.
    variance = tensorflow.where(tensorflow.math.is_nan(variance), 0.0, variance)
    best = tensorflow.cast(tensorflow.argmax(variance), "float32")
    return tensorflow.where(tensorflow.reduce_max(variance) > 0.0, best, -1.0)


def _parted(values: Any) -> tuple[Any, Any]:
    """For each level but the last the sum up to it and the sum beyond it, float32."""
    # tf.js sums up in double precision.
    values = tensorflow.cast(values, "float64")
    up_to = tensorflow.cumsum(values)[:-1]
    beyond = tensorflow.reduce_sum(values) - up_to
    return tensorflow.cast(up_to, "float32"), tensorflow.cast(beyond, "float32")
