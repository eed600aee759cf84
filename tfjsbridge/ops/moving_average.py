"""Operations / Moving Average of the tf.js API.

Follows tfjs-core/src/ops/moving_average.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.arithmetic import add, div, mod, mul, pow, sub
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.transformations import cast
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation


@operation
def movingAverage(v: Any, x: Any, decay: Any, step: Any = None, zeroDebias: bool = True) -> Tensor:
    """The next moving average, v + (1 - decay) * (x - v).

    Args:
      v: the average until now.
      x: the new value, of the shape and dtype of `v`.
      decay: how much of `v` stays, such as 0.95; a number or a Tensor.
      step: how many values there were, which `zeroDebias` needs.
      zeroDebias: whether to divide the change by 1 - decay ** step, as if there had been no zero at
        the beginning.

    Returns:
      A Tensor, float32; complex64 of complex numbers without `zeroDebias`.

    Raises:
      ValueError: if the shapes or dtypes of `v` and `x` differ, for `zeroDebias` without `step` or
        of complex numbers, for a `decay` or `step` whose shape does not broadcast.
    """
    average, value = convert(v, "v", "movingAverage"), convert(x, "x", "movingAverage")
    if average.dtype != value.dtype:
        raise ValueError(
            f"Error in movingAverage: The dtypes of the first({average.dtype}) and "
            f"second({value.dtype}) input must match"
        )
    if not average.tensor.shape.is_compatible_with(value.tensor.shape):
        raise ValueError(
            f"Error in movingAverage: Shape mismatch in v and x, {average.shape} and {value.shape}."
        )
    if zeroDebias and step is None:
        raise ValueError("Error in movingAverage: When using zeroDebias: true, step is required.")
    factor = convert(decay, "decay", "movingAverage")
    change = sub(value, average)
    if average.dtype == "bool":
        # tf.js: false - true is 255, as bool values are unsigned bytes.
        change = mod(sub(cast(value, "float32"), average), 256)
    update = mul(change, sub(1, factor))
    if zeroDebias:
        update = div(update, sub(1, pow(factor, convert(step, "step", "movingAverage"))))
    return add(average, update)
