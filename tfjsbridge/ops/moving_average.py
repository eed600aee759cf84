"""Operations / Moving Average of the tf.js API.

Follows tfjs-core/src/ops/moving_average.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.engine import operation
from tfjsbridge.ops.convert import convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor


@operation
def movingAverage(v: Any, x: Any, decay: Any, step: Any = None, zeroDebias: bool = True) -> Tensor:
    """The next moving average, v + (1 - decay) * (x - v), float32.

    Args:
      v: the average until now.
      x: the new value, of the shape and dtype of `v`.
      decay: how much of `v` stays, such as 0.95; a number or a tensor.
      step: how many values there were, which `zeroDebias` needs.
      zeroDebias: whether to divide the change by 1 - decay ** step, as if there had been no zero at
        the beginning.

    Raises:
      ValueError: if the shapes or dtypes differ, or for `zeroDebias` without `step`.
    """
    average, value = convert(v, "v", "movingAverage"), convert(x, "x", "movingAverage")
    if average.dtype != value.dtype:
        raise ValueError(
            f"Error in movingAverage: The dtypes of the first({average.dtype}) and "
            f"second({value.dtype}) input must match"
        )
    if average.shape != value.shape:
        raise ValueError(
            f"Error in movingAverage: Shape mismatch in v and x, {average.shape} and {value.shape}."
        )
    if zeroDebias and step is None:
        raise ValueError("Error in movingAverage: When using zeroDebias: true, step is required.")
    if average.dtype == "complex64" and zeroDebias:
        raise ValueError("Error in movingAverage: complex64 cannot be divided in tf.js.")
    dtype = "complex64" if average.dtype == "complex64" else "float32"
    old, new = (tensorflow.cast(part.tensor, dtype) for part in (average, value))
    change = new - old
    if average.dtype == "bool":
        # tf.js: false - true is 255, as bool values are unsigned bytes.
        change = tensorflow.math.floormod(change, 256.0)
    factor = tensorflow.cast(convert(decay, "decay", "movingAverage").tensor, "float32")
    change = change * tensorflow.cast(1.0 - factor, dtype)
    if zeroDebias:
        count = tensorflow.cast(convert(step, "step", "movingAverage").tensor, "float32")
        change = change / (1.0 - tensorflow.pow(factor, count))
    return Tensor(old + change)
