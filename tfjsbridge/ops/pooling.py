"""Operations / Convolution of the tf.js API: poolings over height and width.

Follows tfjs-core/src/ops/{avg_pool,max_pool,max_pool_with_argmax,pool}.ts and the cpu kernels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tfjsbridge.ops.conv_kernels import is_empty, known_amounts, refuse_complex
from tfjsbridge.ops.conv_util import (
    Pad,
    Sizes,
    Windows,
    amounts_of,
    batched,
    check_rounding,
    check_size,
    check_steps,
    learned_part,
    nothing,
    numbers,
    padded,
    unbatched,
    windows,
)
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.pool_kernels import average, maximum, nothing_greater
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation


@chained
def avgPool(
    x: Any, filterSize: Sizes, strides: Sizes, pad: Pad, dimRoundingMode: str | None = None
) -> Tensor:
    """The mean of each window over height and width; what is padded does not count.

    Args:
      x: float32, [batch, height, width, channels], or without the batch.
      filterSize: the window: a number, or [height, width].
      strides: how far the window moves on: a number, or [height, width].
      pad: "same", "valid", a number of rows and columns around the image (tf.js computes the
        result's width from the height of the window and of the strides then), or [[0, 0],
        [top, bottom], [left, right], [0, 0]].
      dimRoundingMode: how sizes are rounded with padding in numbers: "ceil", "round", "floor".

    Returns:
      [batch, outHeight, outWidth, channels], or without the batch, as the input.
    """
    value = convert(x, "x", "avgPool", "float32")
    return _pool2d("avgPool", value, filterSize, strides, pad, dimRoundingMode)


@chained
def maxPool(
    x: Any, filterSize: Sizes, strides: Sizes, pad: Pad, dimRoundingMode: str | None = None
) -> Tensor:
    """The maximum of each window over height and width; what is padded does not count, nor NaN.

    Args:
      x: [batch, height, width, channels], or without the batch.
      filterSize: the window: a number, or [height, width].
      strides, pad, dimRoundingMode: as of `avgPool`.

    Returns:
      [batch, outHeight, outWidth, channels], or without the batch; of the dtype of x.
    """
    value = convert(x, "x", "maxPool")
    refuse_complex("maxPool", x=value)
    return _pool2d("maxPool", value, filterSize, strides, pad, dimRoundingMode)


def _pool2d(
    name: str, x: Tensor, filterSize: Any, strides: Any, pad: Any, dimRoundingMode: str | None
) -> Tensor:
    image, single = batched(x.tensor, 4)
    check_rounding(name, pad, dimRoundingMode)
    size, steps, place = _place(name, image, filterSize, strides, pad, dimRoundingMode)
    shape = image.shape.as_list()
    if max(size) == 1 and (max(steps) == 1 if place.out is None else place.out == shape[1:3]):
        return Tensor(x.tensor, of=x)
    if is_empty(place, shape):
        outer = [shape[0], *(place.out or []), shape[3]]
        empty = nothing(outer, image, dtype=image.dtype)
        if 0 not in outer and image.dtype.is_floating:  # windows over padding alone
            empty += math.nan if name == "avgPool" else -math.inf
        return Tensor(unbatched(empty, single))
    y = (average if name == "avgPool" else maximum)(image, size, steps, place)
    return Tensor(unbatched(learned_part(y, place), single))


def _place(
    name: str,
    image: Any,
    filterSize: Any,
    strides: Any,
    pad: Any,
    dimRoundingMode: str | None = None,
) -> tuple[tuple[int, ...], tuple[int, ...], Windows]:
    if len(image.shape) != 4:
        raise ValueError(f"Error in {name}: x must be rank 4 but got rank {len(image.shape)}.")
    size = numbers(filterSize, 2, "filterSize", name)
    check_size(name, size)
    steps = numbers(strides, 2, "strides", name)
    check_steps(name, steps, (1, 1))
    sizes = image.shape.as_list()[1:3]
    return size, steps, windows(name, pad, sizes, size, steps, (1, 1), dimRoundingMode)


@operation
def maxPoolWithArgmax(
    x: Any, filterSize: Sizes, strides: Sizes, pad: Pad, includeBatchInIndex: bool = False
) -> dict[str, Tensor]:
    """The maximum of each window, and where it is.

    Args:
      x: [batch, height, width, channels].
      filterSize, strides, pad: as of `maxPool`.
      includeBatchInIndex: whether the place is counted from the first image of the batch on, not
        from the beginning of each image.

    Returns:
      result, of the dtype of x; indexes, int32: the place of the maximum among the values of an
      image, (row * width + column) * channels + channel; -1 where nothing is above -Infinity.
    """
    name = "maxPoolWithArgmax"
    value = convert(x, "x", name)
    refuse_complex(name, x=value)
    image = value.tensor
    size, steps, place = _place(name, image, filterSize, strides, pad)
    shape = image.shape.as_list()
    if is_empty(place, shape):
        outer = [shape[0], *(place.out or []), shape[3]]
        # Of windows over padding alone.
        none = tensorflow.fill(outer, -math.inf if image.dtype.is_floating else 0.0)
        return {
            "result": Tensor(tensorflow.cast(none, image.dtype)),
            "indexes": Tensor(tensorflow.fill(outer, 255 if value.dtype == "bool" else -1)),
        }
    # In float64 every int32 is exact, and there is an -Infinity.
    wide = tensorflow.cast(image, "float32" if value.dtype == "float32" else "float64")
    lowest = tensorflow.constant(-float("inf"), wide.dtype)
    wide = tensorflow.where(tensorflow.math.is_nan(wide), lowest, wide)
    mode = place.mode
    if mode == "EXPLICIT":
        mode, wide = "VALID", padded(wide, known_amounts(name, place), lowest)
    result, index = tensorflow.raw_ops.MaxPoolWithArgmax(
        input=wide,
        ksize=[1, *size, 1],
        strides=[1, *steps, 1],
        padding=mode,
        Targmax=tensorflow.int64,
        include_batch_in_index=bool(includeBatchInIndex),
    )
    if place.mode == "EXPLICIT":
        index = _index_without_padding(index, wide.shape.as_list(), shape, place)
    index = tensorflow.where(tensorflow.equal(result, lowest), tensorflow.cast(-1, "int64"), index)
    if value.dtype == "bool":  # tf.js: in bytes
        index %= 256
    result = nothing_greater(result, value.dtype, lowest)
    return {
        "result": Tensor(tensorflow.cast(result, image.dtype)),
        "indexes": Tensor(tensorflow.cast(index, "int32")),
    }


def _index_without_padding(index: Any, padded: list[int], shape: list[int], place: Windows) -> Any:
    """The place of a value of the padded image in the image itself."""
    _, height, width, channels = padded
    (top, _), (left, _) = place.amounts or []
    channel, pixel = index % channels, index // channels
    column, row = pixel % width - left, pixel // width
    batch, row = row // height, row % height - top
    return ((batch * shape[1] + row) * shape[2] + column) * channels + channel


@chained
def pool(
    input: Any,
    windowShape: Sizes,
    poolingType: str,
    pad: Pad,
    dilations: Sizes | None = None,
    strides: Sizes | None = None,
    dimRoundingMode: str | None = None,
) -> Tensor:
    """The mean or the maximum of each window, which may be dilated.

    Args:
      input: [batch, height, width, channels], or without the batch; float32 for "avg".
      windowShape: the window: a number, or [height, width].
      poolingType: "avg" for the mean; tf.js takes everything else as "max".
      pad: as of `avgPool`. With dilations "same" pads with zeros that count as values do, and
        numbers are not heeded, as in tf.js.
      dilations: the distance of the window's values, 1 by default; above 1 only with strides of 1.
      strides: how far the window moves on, 1 by default.
      dimRoundingMode: as of `avgPool`.

    Returns:
      [batch, outHeight, outWidth, channels], or without the batch, as the input.
    """
    value = convert(input, "x", "pool")
    rates = numbers((1, 1) if dilations is None else dilations, 2, "dilations", "pool")
    steps = numbers(1 if strides is None else strides, 2, "strides", "pool")
    check_steps("pool", steps, rates)
    pad = "valid" if isinstance(pad, int) and pad == 0 else pad
    function = avgPool if poolingType == "avg" else maxPool
    if max(rates) == 1:
        return function(value, windowShape, steps, pad, dimRoundingMode)
    image, single = batched(value.tensor, 4)
    if len(image.shape) != 4:
        raise ValueError(f"Error in pool: input must be rank 4 but got rank {len(image.shape)}.")
    size = numbers(windowShape, 2, "windowShape", "pool")
    shape = image.shape.as_list()
    if pad not in ("same", "valid"):
        amounts_of("pool", pad, 2, 1)
    paddings, crops = _dilated_paddings(pad, shape[1:3], size, rates)
    if value.dtype == "bool":  # which TensorFlow cannot part into blocks
        image = tensorflow.cast(image, "int32")
    refuse_complex("pool", x=value)
    space = tensorflow.raw_ops.SpaceToBatchND(
        input=image, block_shape=list(rates), paddings=paddings
    )
    pooled = function(Tensor(space), size, steps, "valid", dimRoundingMode)
    out = [
        n * rate - crop for n, rate, (_, crop) in zip(pooled.shape[1:3], rates, crops, strict=True)
    ]
    if min(out) < -1:
        raise ValueError(
            f"Error in pool: the input of {shape[1:3]} is too small for windowShape {list(size)} "
            f"and dilations {list(rates)}."
        )
    dtype = value.tensor.dtype
    if min(out) <= 0:
        empty = nothing([shape[0], *(max(0, n) for n in out), shape[3]], image, dtype=dtype)
        return Tensor(unbatched(empty, single))
    y = tensorflow.raw_ops.BatchToSpaceND(input=pooled.tensor, block_shape=list(rates), crops=crops)
    y = tensorflow.cast(y, dtype)
    return Tensor(unbatched(y, single))


def _dilated_paddings(
    pad: Any, sizes: Sequence[int | None], window: Sequence[int], rates: Sequence[int]
) -> tuple[list[list[int]], list[list[int]]]:
    """What to pad for a dilated pooling, and what to crop from its result."""
    paddings, crops = [], []
    for size, w, rate in zip(sizes, window, rates, strict=True):
        over = (w - 1) * rate if pad == "same" else 0
        if size is None:
            raise ValueError("Error in pool: with dilations the input's sizes must be known.")
        # tf.js: the padding itself does not count here, and then must be divisible by itself.
        extra = -size % rate
        if (size + over + extra) % rate:
            raise ValueError(
                f"Error in pool: input spatial dimensions {list(sizes)} with padding {over} must "
                f"be divisible by dilations {list(rates)}"
            )
        paddings.append([over // 2, over - over // 2 + extra])
        crops.append([0, extra])
    return paddings, crops
