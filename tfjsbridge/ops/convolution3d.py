"""Operations / Convolution of the tf.js API: convolutions over depth, height and width.

Follows tfjs-core/src/ops/{conv3d,conv3d_transpose}.ts and the cpu kernels.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from tfjsbridge.ops.conv_kernels import (
    check_depth,
    check_fits,
    check_ranks,
    check_transpose,
    from_float64,
    is_empty,
    known_amounts,
    refuse_complex,
    with_holes,
    without_gradient,
    without_idle_steps,
)
from tfjsbridge.ops.conv_util import (
    Amounts,
    Sizes,
    batched,
    check_steps,
    nothing,
    numbers,
    opposite,
    padded,
    unbatched,
    windows,
)
from tfjsbridge.ops.convert import convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation


@operation
def conv3d(
    x: Any,
    filter: Any,
    strides: Sizes,
    pad: str | int,
    dataFormat: str = "NDHWC",
    dilations: Sizes = (1, 1, 1),
) -> Tensor:
    """A convolution over depth, height and width.

    Args:
      x: [batch, depth, height, width, inChannels], or without the batch.
      filter: [filterDepth, filterHeight, filterWidth, inChannels, outChannels].
      strides: how far the filter moves on: a number, or [depth, height, width].
      pad: "same", "valid", or a number of zeros around the volume.
      dataFormat: "NDHWC", the only one.
      dilations: the distance of the filter's values; above 1 only with strides of 1, and without
        a gradient, as in tf.js.

    Returns:
      [batch, outDepth, outHeight, outWidth, outChannels], or without the batch; of the dtype of x
      (tf.js: of int32 values and a fractional filter every partial sum is truncated).
    """
    values, weights = convert(x, "x", "conv3d"), convert(filter, "filter", "conv3d")
    refuse_complex("conv3d", x=values, filter=weights)
    (volume, single), kernel = batched(values.tensor, 5), weights.tensor
    check_ranks("conv3d", volume, kernel, 5)
    check_depth("conv3d", volume.shape[4], kernel.shape[3])
    steps = numbers(strides, 3, "strides", "conv3d")
    rates = numbers(dilations, 3, "dilations", "conv3d")
    check_steps("conv3d", steps, rates)
    if dataFormat != "NDHWC":
        raise ValueError(
            f"Error in conv3d: got dataFormat of {dataFormat} but only NDHWC is currently "
            "supported."
        )
    shape, sizes = volume.shape.as_list(), kernel.shape.as_list()
    place = windows("conv3d", pad, shape[1:4], sizes[:3], steps, rates)
    if is_empty(place, [*shape, *sizes]):
        empty = nothing(
            [shape[0], *(place.out or []), sizes[4]], volume, kernel, dtype=volume.dtype
        )
        return Tensor(unbatched(empty, single))
    if values.dtype != "float32":
        y = _truncated(volume, kernel, steps, rates, known_amounts("conv3d", place), place.out)
        return Tensor(unbatched(from_float64(y, values.dtype), single))
    mode, steps = without_idle_steps(place, steps)
    if mode == "EXPLICIT":
        mode, volume = "VALID", padded(volume, known_amounts("conv3d", place))
    y = tensorflow.raw_ops.Conv3D(
        input=volume,
        # TensorFlow's own kernel has no dilations.
        filter=with_holes(tensorflow.cast(kernel, "float32"), rates),
        strides=[1, *steps, 1],
        padding=mode,
    )
    return Tensor(unbatched(without_gradient("conv3d", y, rates), single))


def _truncated(
    x: Any, filter: Any, steps: Sequence[int], rates: Sequence[int], amounts: Amounts, out: Any
) -> Any:
    """The convolution in float64, rounded towards zero at every step, as tf.js sums up integers.

    It sums up booleans in bytes.
    """
    of_bytes = x.dtype == tensorflow.bool
    x = padded(tensorflow.cast(x, "float64"), amounts)
    filter = tensorflow.cast(filter, "float64")
    *taps, channels, _ = filter.shape.as_list()
    y: Any = tensorflow.constant(0.0, "float64")
    for tap in itertools.product(*(range(size) for size in taps)):
        under_tap = (
            slice(t * r, t * r + (o - 1) * s + 1, s)
            for t, r, o, s in zip(tap, rates, out, steps, strict=True)
        )
        index = (slice(None), *under_tap)
        part, weights = x[index], filter[tap]
        for channel in range(channels):
            total = y + part[..., channel : channel + 1] * weights[channel]
            y = tensorflow.sign(total) * tensorflow.floor(tensorflow.abs(total))
            y = tensorflow.math.floormod(y, 256.0) if of_bytes else y
    return y


@operation
def conv3dTranspose(
    x: Any, filter: Any, outputShape: Sequence[int], strides: Sizes, pad: str | int
) -> Tensor:
    """The transpose of a convolution over depth, height and width: its gradient by its input.

    Args:
      x: [batch, depth, height, width, inChannels], or without the batch.
      filter: [filterDepth, filterHeight, filterWidth, outChannels, inChannels].
      outputShape: the result's shape, of the rank of x: one that `conv3d` would make x of.
      strides, pad: as of `conv3d`.

    Returns:
      A float32 Tensor of `outputShape`.
    """
    name = "conv3dTranspose"
    values, weights = convert(x, "x", name), convert(filter, "filter", name)
    refuse_complex(name, x=values, filter=weights)
    dy, kernel = (tensorflow.cast(t.tensor, "float32") for t in (values, weights))
    dy, target, single = check_transpose(name, dy, kernel, outputShape, 5)
    steps = numbers(strides, 3, "strides", name)
    check_steps(name, steps, (1, 1, 1))
    place = windows(name, pad, target[1:4], kernel.shape.as_list()[:3], steps, (1, 1, 1))
    check_fits(name, dy, target, place.out)
    if is_empty(place, [*target, *dy.shape, *kernel.shape]):
        return Tensor(unbatched(nothing(target, dy, kernel), single))
    amounts = known_amounts(name, place)
    sizes = [size + sum(pair) for size, pair in zip(target[1:4], amounts, strict=True)]
    _, steps = without_idle_steps(place, steps)
    y = tensorflow.raw_ops.Conv3DBackpropInputV2(
        input_sizes=[target[0], *sizes, target[4]],
        filter=kernel,
        out_backprop=dy,
        strides=[1, *steps, 1],
        padding="VALID",
    )
    return Tensor(unbatched(padded(y, opposite(amounts)), single))
