"""Operations / Convolution of the tf.js API: convolutions (poolings are in `pooling`).

Follows tfjs-core/src/ops/{conv1d,conv2d,conv2d_transpose,conv3d,conv3d_transpose,depthwise_conv2d,
separable_conv2d,dilation2d}.ts, the gradients beside them, and the cpu kernels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.ops.conv_kernels import (
    check_depth,
    check_fits,
    check_ranks,
    check_transpose,
    convolve2d,
    convolve_depthwise,
    from_float64,
    is_empty,
    known_amounts,
    refuse_complex,
    without_idle_steps,
)
from tfjsbridge.ops.conv_util import (
    Pad,
    Sizes,
    batched,
    check_rounding,
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
from tfjsbridge.tensors import Tensor, chained

F = "float32"


@chained
def conv1d(
    x: Any,
    filter: Any,
    stride: int,
    pad: Pad,
    dataFormat: str = "NWC",
    dilation: int = 1,
    dimRoundingMode: str | None = None,
) -> Tensor:
    """A convolution over one axis.

    Args:
      x: float32, [batch, width, inChannels], or without the batch.
      filter: float32, [filterWidth, inChannels, outChannels].
      stride: how far the filter moves on.
      pad: "same", "valid", 0, or [[0, 0], [0, 0], [left, right], [0, 0]]. 0 is not "valid": as
        tf.js counts a height of 1 too, the result is as wide as the input.
      dataFormat: "NWC", the only one.
      dilation: the distance of the filter's values; above 1 only with a stride of 1.
      dimRoundingMode: how the width is rounded, with a list as `pad`: "ceil", "round", "floor".

    Returns:
      [batch, outWidth, outChannels], or without the batch, as the input.

    Raises:
      ValueError: for shapes that do not fit each other, and any other number as `pad`.
    """
    values, weights = convert(x, "x", "conv1d"), convert(filter, "filter", "conv1d")
    values, weights = convert(values, "x", "conv1d", F), convert(weights, "filter", "conv1d", F)
    signal, single = batched(values.tensor, 3)
    check_ranks("conv1d", signal, weights.tensor, 3)
    check_depth("conv1d", signal.shape[2], weights.tensor.shape[1])
    (step,), (rate,) = (
        numbers(stride, 1, "stride", "conv1d"),
        numbers(dilation, 1, "dilation", "conv1d"),
    )
    check_steps("conv1d", (step,), (rate,), "stride")
    if dataFormat != "NWC":
        raise ValueError(
            f"Error in conv1d: got dataFormat of {dataFormat} but only NWC is currently supported."
        )
    row = tensorflow.raw_ops.ExpandDims(input=signal, axis=1)
    kernel = tensorflow.raw_ops.ExpandDims(input=weights.tensor, axis=0)
    y = convolve2d("conv1d", row, kernel, (1, step), pad, "NHWC", (1, rate), dimRoundingMode)
    if 0 in y.shape:
        return Tensor(unbatched(nothing([y.shape[0], *y.shape[2:]], y), single))
    if y.shape[1] not in (1, None):
        raise ValueError(
            f"Error in conv1d: pad must be 'same', 'valid', 0 or a list, but got {pad}: tf.js pads "
            f"the height of 1 as well, to {y.shape[1]}."
        )
    return Tensor(unbatched(tensorflow.raw_ops.Squeeze(input=y, axis=[1]), single))


@chained
def conv2d(
    x: Any,
    filter: Any,
    strides: Sizes,
    pad: Pad,
    dataFormat: str = "NHWC",
    dilations: Sizes = (1, 1),
    dimRoundingMode: str | None = None,
) -> Tensor:
    """A convolution over height and width.

    Args:
      x: float32, [batch, height, width, inChannels], or without the batch.
      filter: float32, [filterHeight, filterWidth, inChannels, outChannels].
      strides: how far the filter moves on: a number, or [height, width].
      pad: "same", "valid", a number of zeros around the image (tf.js computes the result's width
        from the height of the filter and of the strides then), or [[0, 0], [top, bottom],
        [left, right], [0, 0]].
      dataFormat: "NHWC", or "NCHW" for inputs and results with the channels first.
      dilations: the distance of the filter's values; above 1 only with strides of 1, and without
        a gradient, as in tf.js.
      dimRoundingMode: how sizes are rounded with padding in numbers: "ceil", "round", "floor".

    Returns:
      [batch, outHeight, outWidth, outChannels], or without the batch, as the input.
    """
    values, weights = convert(x, "x", "conv2d", F), convert(filter, "filter", "conv2d", F)
    image, single = batched(values.tensor, 4)
    y = convolve2d(
        "conv2d", image, weights.tensor, strides, pad, dataFormat, dilations, dimRoundingMode
    )
    return Tensor(unbatched(y, single))


@chained
def depthwiseConv2d(
    x: Any,
    filter: Any,
    strides: Sizes,
    pad: Pad,
    dataFormat: str = "NHWC",
    dilations: Sizes = (1, 1),
    dimRoundingMode: str | None = None,
) -> Tensor:
    """A convolution over height and width of each channel by itself.

    Args:
      x: float32, [batch, height, width, inChannels], or without the batch.
      filter: float32, [filterHeight, filterWidth, inChannels, channelMultiplier].
      strides, pad, dataFormat, dilations, dimRoundingMode: as of `conv2d`.

    Returns:
      [batch, outHeight, outWidth, inChannels * channelMultiplier], or without the batch.
    """
    name = "depthwiseConv2d"
    values, weights = convert(x, "x", name, F), convert(filter, "filter", name, F)
    image, single = batched(values.tensor, 4)
    y = convolve_depthwise(
        name, image, weights.tensor, strides, pad, dataFormat, dilations, dimRoundingMode
    )
    return Tensor(unbatched(y, single))


@chained
def separableConv2d(
    x: Any,
    depthwiseFilter: Any,
    pointwiseFilter: Any,
    strides: Sizes,
    pad: Pad,
    dilation: Sizes = (1, 1),
    dataFormat: str = "NHWC",
) -> Tensor:
    """A depthwise convolution, and one over the channels of its result.

    Args:
      x: float32, [batch, height, width, inChannels], or without the batch.
      depthwiseFilter: float32, [filterHeight, filterWidth, inChannels, channelMultiplier].
      pointwiseFilter: float32, [1, 1, inChannels * channelMultiplier, outChannels].
      strides, pad, dilation: as of `conv2d`.
      dataFormat: "NHWC", the only one.

    Returns:
      [batch, outHeight, outWidth, outChannels], or without the batch, as the input.
    """
    name = "separableConv2d"
    arguments = {"x": x, "depthwiseFilter": depthwiseFilter, "pointwiseFilter": pointwiseFilter}
    raw = [convert(convert(v, k, name), k, name, F).tensor for k, v in arguments.items()]
    (image, single), depthwise, pointwise = batched(raw[0], 4), raw[1], raw[2]
    if dataFormat != "NHWC":
        raise ValueError(
            f"separableConv2d currently does not support dataFormat {dataFormat}; only NHWC is "
            "supported"
        )
    for what, value in (
        ("input", image),
        ("depthwise filter", depthwise),
        ("pointwise filter", pointwise),
    ):
        if len(value.shape) != 4:
            raise ValueError(
                f"Error in {name}: {what} must be rank 4, but got rank {len(value.shape)}."
            )
    between = depthwise.shape[2] * depthwise.shape[3]
    if pointwise.shape.as_list()[:3] != [1, 1, between]:
        raise ValueError(
            f"Error in {name}: the first three dimensions of pointwise filter must be "
            f"{[1, 1, between]}, but got {pointwise.shape.as_list()[:3]}."
        )
    y = convolve_depthwise(name, image, depthwise, strides, pad, dataFormat, dilation, None)
    return Tensor(unbatched(convolve2d(name, y, pointwise, 1, "valid", "NHWC", 1, None), single))


@chained
def dilation2d(
    x: Any,
    filter: Any,
    strides: Sizes,
    pad: Pad,
    dilations: Sizes = (1, 1),
    dataFormat: str = "NHWC",
) -> Tensor:
    """The greyscale morphological dilation: the greatest sum of a window's and the filter's values.

    Args:
      x: [batch, height, width, depth], or without the batch.
      filter: [filterHeight, filterWidth, depth].
      strides, pad: as of `conv2d`; what is padded is never the greatest.
      dilations: the distance of the filter's values.
      dataFormat: "NHWC", the only one.

    Returns:
      [batch, outHeight, outWidth, depth], or without the batch; of the dtype of x.
    """
    name = "dilation2d"
    values, weights = convert(x, "x", name), convert(filter, "filter", name)
    refuse_complex(name, x=values, filter=weights)
    image, single = batched(values.tensor, 4)
    if len(image.shape) != 4:
        raise ValueError(
            f"Error in {name}: input must be rank 3 or 4, but got rank {len(image.shape)}."
        )
    kernel = weights.tensor
    if len(kernel.shape) != 3:
        raise ValueError(
            f"Error in {name}: filter must be rank 3, but got rank {len(kernel.shape)}."
        )
    if dataFormat != "NHWC":
        raise ValueError(
            f"Error in {name}: Only NHWC is currently supported, but got dataFormat of {dataFormat}"
        )
    if image.shape[3] != kernel.shape[2]:
        raise ValueError(
            f"Error in {name}: input and filter must have the same depth: {image.shape[3]} vs "
            f"{kernel.shape[2]}"
        )
    steps, rates = (
        numbers(v, 2, k, name) for k, v in (("strides", strides), ("dilations", dilations))
    )
    check_steps(name, steps, (1, 1))
    check_steps(name, (1, 1), rates)
    shape = image.shape.as_list()
    place = windows(name, pad, shape[1:3], kernel.shape.as_list()[:2], steps, rates)
    if is_empty(place, shape):
        empty = nothing([shape[0], *(place.out or []), shape[3]], image, kernel, dtype=image.dtype)
        return Tensor(unbatched(empty, single))
    # Integers are exact in float64, and what a fractional filter adds to them is cut off at last.
    dtype = image.dtype if values.dtype == F else tensorflow.float64
    image, kernel = tensorflow.cast(image, dtype), tensorflow.cast(kernel, dtype)
    mode = place.mode
    if mode == "EXPLICIT":
        mode, image = "VALID", padded(image, known_amounts(name, place), -float("inf"))
    y = tensorflow.raw_ops.Dilation2D(
        input=image, filter=kernel, strides=[1, *steps, 1], rates=[1, *rates, 1], padding=mode
    )
    # tf.js: Number.MIN_SAFE_INTEGER where nothing is greater
    y = tensorflow.raw_ops.Maximum(x=y, y=tensorflow.constant(-(2.0**53) + 1, dtype))
    return Tensor(unbatched(from_float64(y, values.dtype), single))


@chained
def conv2dTranspose(
    x: Any,
    filter: Any,
    outputShape: Sequence[int],
    strides: Sizes,
    pad: Pad,
    dimRoundingMode: str | None = None,
) -> Tensor:
    """The transpose of a convolution over height and width: its gradient by its input.

    Args:
      x: [batch, height, width, inChannels], or without the batch.
      filter: [filterHeight, filterWidth, outChannels, inChannels].
      outputShape: the result's shape, of the rank of x: one that `conv2d` would make x of.
      strides, pad, dimRoundingMode: as of `conv2d`.

    Returns:
      A float32 Tensor of `outputShape`.
    """
    name = "conv2dTranspose"
    values, weights = convert(x, "x", name), convert(filter, "filter", name)
    refuse_complex(name, x=values, filter=weights)
    dy, kernel = (tensorflow.cast(t.tensor, F) for t in (values, weights))
    dy, target, single = check_transpose(name, dy, kernel, outputShape, 4)
    check_rounding(name, pad, dimRoundingMode)
    steps = numbers(strides, 2, "strides", name)
    check_steps(name, steps, (1, 1))
    place = windows(
        name, pad, target[1:3], kernel.shape.as_list()[:2], steps, (1, 1), dimRoundingMode
    )
    check_fits(name, dy, target, place.out)
    if is_empty(place, [*target, *dy.shape, *kernel.shape]):
        return Tensor(unbatched(nothing(target, dy, kernel), single))
    amounts, sizes = known_amounts(name, place), target[1:3]
    mode, steps = without_idle_steps(place, steps)
    explicit = mode == "EXPLICIT"
    if explicit:
        mode = "VALID"
        sizes = [size + sum(pair) for size, pair in zip(sizes, amounts, strict=True)]
    y = tensorflow.raw_ops.Conv2DBackpropInput(
        input_sizes=[target[0], *sizes, target[3]],
        filter=kernel,
        out_backprop=dy,
        strides=[1, *steps, 1],
        padding=mode,
    )
    return Tensor(unbatched(padded(y, opposite(amounts)) if explicit else y, single))
