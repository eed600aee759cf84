"""Convolutions of TensorFlow tensors over height and width, as tf.js's cpu backend computes them.

Follows tfjs-backend-cpu/src/kernels/{Conv2D,DepthwiseConv2dNative}.ts and the gradients in
tfjs-core/src/gradients. `convolution` and `fused` are made of these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.ops.conv_util import (
    Amounts,
    Windows,
    batched,
    check_rounding,
    check_steps,
    learned_part,
    nothing,
    numbers,
    padded,
    refuse_gradient,
    windows,
)
from tfjsbridge.runtime import tensorflow


def convolve2d(
    function: str,
    x: Any,
    filter: Any,
    strides: Any,
    pad: Any,
    dataFormat: str,
    dilations: Any,
    dimRoundingMode: str | None,
) -> Any:
    """`conv2d` of TensorFlow tensors of rank 4."""
    check_ranks(function, x, filter, 4)
    check_rounding(function, pad, dimRoundingMode)
    first = first_axis(function, dataFormat)
    shape, kernel = x.shape.as_list(), filter.shape.as_list()
    check_depth(function, shape[3 if first == 1 else 1], kernel[2])
    steps = numbers(strides, 2, "strides", function)
    rates = numbers(dilations, 2, "dilations", function)
    check_steps(function, steps, rates)
    sizes = shape[first : first + 2]
    place = windows(function, pad, sizes, kernel[:2], steps, rates, dimRoundingMode, first)
    if is_empty(place, [*shape, *kernel]):
        return nothing(_result_shape(shape[0], place, kernel[3], first), x, filter)
    if first == 2:  # TensorFlow has no such kernel on the CPU
        x = _channels_last(x)
    mode, steps = without_idle_steps(place, steps)
    if mode == "EXPLICIT":
        mode, x = "VALID", padded(x, known_amounts(function, place))
    y = tensorflow.raw_ops.Conv2D(
        input=x,
        filter=filter,
        strides=[1, *steps, 1],
        padding=mode,
        dilations=[1, *rates, 1],
    )
    y = learned_part(without_gradient(function, y, rates), place)
    return y if first == 1 else _channels_first(y)


def convolve_depthwise(
    function: str,
    x: Any,
    filter: Any,
    strides: Any,
    pad: Any,
    dataFormat: str,
    dilations: Any,
    dimRoundingMode: str | None,
) -> Any:
    """`depthwiseConv2d` of TensorFlow tensors of rank 4."""
    check_ranks(function, x, filter, 4)
    first = first_axis(function, dataFormat)
    shape, kernel = x.shape.as_list(), filter.shape.as_list()
    depth = shape[3 if first == 1 else 1]
    if depth != kernel[2] and depth is not None:
        raise ValueError(
            f"Error in {function}: number of input channels ({depth}) must match the inChannels "
            f"dimension in filter {kernel[2]}."
        )
    check_rounding(function, pad, dimRoundingMode)
    steps = numbers(strides, 2, "strides", function)
    rates = numbers((1, 1) if dilations is None else dilations, 2, "dilations", function)
    check_steps(function, steps, rates)
    sizes = shape[first : first + 2]
    place = windows(function, pad, sizes, kernel[:2], steps, rates, dimRoundingMode, first)
    if is_empty(place, [*shape, *kernel]):
        channels = kernel[2] * kernel[3]
        return nothing(_result_shape(shape[0], place, channels, first), x, filter)
    if first == 2:  # tf.js: its cpu kernel takes the axes as NHWC all the same; the others do not
        x = _channels_last(x)
    mode = place.mode
    uneven = steps[0] != steps[1]
    if mode == "EXPLICIT" or uneven:
        mode, x = "VALID", padded(x, known_amounts(function, place))
    # TensorFlow's own kernel has neither dilations nor uneven strides.
    y = tensorflow.raw_ops.DepthwiseConv2dNative(
        input=x,
        filter=with_holes(filter, rates),
        strides=[1, 1, 1, 1] if uneven else [1, *steps, 1],
        padding=mode,
    )
    if uneven:
        y = y[:, :: steps[0], :: steps[1]]
    y = without_gradient(function, y, rates)
    return y if first == 1 else _channels_first(y)


def check_ranks(function: str, x: Any, filter: Any, rank: int) -> None:
    if len(x.shape) != rank:
        raise ValueError(
            f"Error in {function}: input must be rank {rank}, but got rank {len(x.shape)}."
        )
    if len(filter.shape) != rank:
        raise ValueError(
            f"Error in {function}: filter must be rank {rank}, but got rank {len(filter.shape)}."
        )


def check_depth(function: str, depth: int | None, of_filter: int | None) -> None:
    if depth != of_filter and depth is not None:
        raise ValueError(
            f"Error in {function}: depth of input ({depth}) must match input depth for filter "
            f"{of_filter}."
        )


def first_axis(function: str, dataFormat: str) -> int:
    """The place of the first spatial axis."""
    if dataFormat == "NHWC":
        return 1
    if dataFormat == "NCHW":
        return 2
    raise ValueError(f"Error in {function}: Unknown dataFormat {dataFormat}; use NHWC or NCHW.")


def _channels_last(x: Any) -> Any:
    return tensorflow.raw_ops.Transpose(x=x, perm=[0, 2, 3, 1])


def _channels_first(x: Any) -> Any:
    return tensorflow.raw_ops.Transpose(x=x, perm=[0, 3, 1, 2])


def is_empty(place: Windows, sizes: Sequence[int | None]) -> bool:
    """Whether there is nothing to compute, which TensorFlow's kernels do not take."""
    return place.out is not None and (0 in place.out or 0 in sizes)


def _result_shape(batch: int, place: Windows, channels: int, first: int) -> list[int]:
    outer = [*(place.out or []), channels] if first == 1 else [channels, *(place.out or [])]
    return [batch, *outer]


def known_amounts(function: str, place: Windows) -> Amounts:
    """The padding in numbers; an error where the input's sizes are not known."""
    if place.amounts is None:
        raise ValueError(f"Error in {function}: the input's spatial sizes must be known.")
    return place.amounts


def without_idle_steps(place: Windows, steps: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """The mode of padding and the strides, which are 1 along an axis with one window.

    oneDNN, which TensorFlow computes with, is wrong for some larger ones where they do not matter.
    """
    if place.out is None or 1 not in place.out or max(steps) == 1:
        return place.mode, steps
    needed = (1 if o == 1 else step for o, step in zip(place.out, steps, strict=True))
    return "EXPLICIT", tuple(needed)


def with_holes(filter: Any, rates: Sequence[int]) -> Any:
    """The filter with zeros between its values: what dilation means."""
    if max(rates) == 1:
        return filter
    for axis, rate in enumerate(rates):
        shape = filter.shape.as_list()
        filter = tensorflow.expand_dims(filter, axis + 1)
        around = [[0, 0] for _ in range(len(shape) + 1)]
        around[axis + 1][1] = rate - 1
        shape[axis] *= rate
        filter = tensorflow.reshape(tensorflow.pad(filter, around), shape)
        keep = [slice(None)] * len(shape)
        keep[axis] = slice(0, shape[axis] - rate + 1)
        filter = filter[tuple(keep)]
    return filter


def without_gradient(function: str, y: Any, rates: Sequence[int]) -> Any:
    """The result `y`; tf.js: of a dilated convolution there is no gradient."""
    if max(rates) == 1:
        return y
    return refuse_gradient(
        y,
        f"Error in gradient of {function}: dilation rates greater than 1 are not yet supported in "
        f"gradients. Got dilations {list(rates)}",
    )


def check_transpose(
    function: str, x: Any, filter: Any, outputShape: Sequence[int], rank: int
) -> tuple[Any, list[int], bool]:
    """The arguments of a transposed convolution: `x` and the result's shape, with a batch."""
    if not isinstance(outputShape, Sequence) or len(outputShape) != len(x.shape):
        raise ValueError(
            f"Error in {function}: outputShape must have a number for each of the {len(x.shape)} "
            f"axes of x, but got {outputShape!r}."
        )
    target = list(numbers(outputShape, len(outputShape), "outputShape", function))
    x, single = batched(x, rank)
    check_ranks(function, x, filter, rank)
    target = [1, *target] if single else target
    for what, depth, of_filter in (
        ("input", target[-1], filter.shape[rank - 2]),
        ("output", x.shape[-1], filter.shape[rank - 1]),
    ):
        if depth != of_filter:
            raise ValueError(
                f"Error in {function}: depth of {what} ({depth}) must match {what} depth for "
                f"filter {of_filter}."
            )
    return x, target, single


def check_fits(function: str, x: Any, target: list[int], out: list[int] | None) -> None:
    """Raise an error unless the convolution of the result's shape has the shape of `x`.

    tf.js does not look, and computes with what is beside x in memory.
    """
    expected = [target[0], *(out or [])]
    if any(a != b and b is not None for a, b in zip(expected, x.shape.as_list(), strict=False)):
        raise ValueError(
            f"Error in {function}: x has the shape {x.shape.as_list()}, but the convolution of "
            f"outputShape {target} has batch and sizes {expected}."
        )


def refuse_complex(function: str, **arguments: Any) -> None:
    """Raise tf.js's error for complex64 tensors."""
    for name, value in arguments.items():
        if value.dtype == "complex64":
            raise ValueError(
                f"Argument '{name}' passed to '{function}' must not be complex64: "
                f"{function} does not support complex64 tensors."
            )


def from_float64(y: Any, dtype: str) -> Any:
    """Values computed in float64 in the dtype of the input, as tf.js stores them."""
    if dtype == "float32":
        return tensorflow.cast(y, "float32")
    # By way of int64, so that what does not fit is taken modulo 2**32.
    y = tensorflow.cast(tensorflow.cast(y, "int64"), "int32")
    return tensorflow.not_equal(y, 0) if dtype == "bool" else y
