"""Operations / Convolution of the tf.js API: poolings over depth, height and width.

Follows tfjs-core/src/ops/{avg_pool_3d,max_pool_3d}.ts and the cpu kernels.
"""

from __future__ import annotations

import math
from typing import Any

from tfjsbridge.ops.conv_kernels import is_empty, known_amounts, refuse_complex
from tfjsbridge.ops.conv_util import (
    Sizes,
    batched,
    check_rounding,
    check_size,
    check_steps,
    nothing,
    numbers,
    unbatched,
    windows,
)
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.pool_kernels import average, maximum3d
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation


@operation
def avgPool3d(
    x: Any,
    filterSize: Sizes,
    strides: Sizes,
    pad: str | int,
    dimRoundingMode: str | None = None,
    dataFormat: str = "NDHWC",
) -> Tensor:
    """The mean of each window over depth, height and width; what is padded does not count.

    Args:
      x: float32, [batch, depth, height, width, channels], or without the batch.
      filterSize: the window: a number, or [depth, height, width].
      strides: how far the window moves on: a number, or [depth, height, width].
      pad: "same", "valid", or a number around the volume.
      dimRoundingMode: how sizes are rounded with a number as `pad`: "ceil", "round", "floor".
      dataFormat: "NDHWC", the only one.

    Returns:
      [batch, outDepth, outHeight, outWidth, channels], or without the batch, as the input.
    """
    value = convert(x, "x", "avgPool3d", "float32")
    return _pool3d("avgPool3d", value, filterSize, strides, pad, dimRoundingMode, dataFormat)


@operation
def maxPool3d(
    x: Any,
    filterSize: Sizes | None,
    strides: Sizes,
    pad: str | int,
    dimRoundingMode: str | None = None,
    dataFormat: str = "NDHWC",
) -> Tensor:
    """The maximum of each window over depth, height and width; what is padded does not count.

    Args:
      x: [batch, depth, height, width, channels], or without the batch.
      filterSize: the window: a number, or [depth, height, width]; None is [1, 1, 1].
      strides, pad, dimRoundingMode, dataFormat: as of `avgPool3d`.

    Returns:
      float32, of integers too: [batch, outDepth, outHeight, outWidth, channels], or without the
      batch, as the input.
    """
    value = convert(x, "x", "maxPool3d")
    refuse_complex("maxPool3d", x=value)
    size = 1 if filterSize is None else filterSize
    return _pool3d("maxPool3d", value, size, strides, pad, dimRoundingMode, dataFormat)


def _pool3d(
    name: str,
    x: Tensor,
    filterSize: Any,
    strides: Any,
    pad: Any,
    dimRoundingMode: str | None,
    dataFormat: str,
) -> Tensor:
    volume, single = batched(x.tensor, 5)
    if len(volume.shape) != 5:
        raise ValueError(f"Error in {name}: x must be rank 5 but got rank {len(volume.shape)}.")
    if dataFormat != "NDHWC":
        raise ValueError(
            f"Error in {name}: Only NDHWC is currently supported, but got dataFormat of "
            f"{dataFormat}"
        )
    size = numbers(filterSize, 3, "filterSize", name)
    check_size(name, size)
    steps = numbers(strides, 3, "strides", name)
    check_steps(name, steps, (1, 1, 1))
    check_rounding(name, pad, dimRoundingMode)
    shape = volume.shape.as_list()
    place = windows(name, pad, shape[1:4], size, steps, (1, 1, 1), dimRoundingMode)
    if is_empty(place, shape):
        outer = [shape[0], *(place.out or []), shape[4]]
        empty = nothing(outer, volume)
        if 0 not in outer and name == "maxPool3d" and x.dtype == "float32":
            empty += -math.inf  # of windows over padding alone
        return Tensor(unbatched(empty, single))
    if name == "avgPool3d":
        return Tensor(unbatched(average(volume, size, steps, place), single))
    y = maximum3d(tensorflow.cast(volume, "float32"), size, steps, known_amounts(name, place))
    if x.dtype != "float32":  # tf.js: an integer window of nothing is 0
        y = tensorflow.where(tensorflow.math.is_inf(y), 0.0, y)
    return Tensor(unbatched(y, single))
