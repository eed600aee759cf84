"""Conversions of the transposed convolutions.

Follows tfjs-layers/src/layers/convolutional.ts (`deconvLength`), which knows no output_padding and
no dilation. Where Keras has them, the whole of it ("valid") is computed, of as many zeros more as
are missing behind the input, and cropped: its weights train as in Keras. A dilated kernel of images
and volumes is written with zeros between its values, which tf.js trains as if they were weights.

Over volumes tf.js's wasm adds to what happens to be in memory, and no backend has the gradient:
there it is a convolution with the kernel turned round, over the values with zeros in between.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tfjsbridge.converters import keras_convolutions as own
from tfjsbridge.converters.layers.common import (
    check_bias,
    input_shape,
    kernel_and_bias,
    listed,
    output_shape,
    then_activation,
    with_channels_last,
)
from tfjsbridge.converters.layers.kernels import dilated
from tfjsbridge.converters.layers.series import as_an_image, cropped_steps, interleaved
from tfjsbridge.converters.layers.shapes import cropped, known, padded, reshape
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, then, writes
from tfjsbridge.runtime import keras

layers = keras.layers


@dataclass(frozen=True)
class _Axis:
    """What is done along an axis: zeros behind the input, and what is left of the whole output."""

    zeros: int
    begin: int
    size: int


def _axis(size: int, kernel: int, stride: int, wanted: int, padding: str) -> _Axis:
    """Of an axis of so many values to one of as many as are wanted.

    TensorFlow takes the same from both ends, and from the last one what is odd.
    """
    begin = 0
    if padding == "same":
        begin = max((size - 1) * stride + kernel - wanted, 0) // 2
    zeros = 0
    while (size + zeros) * stride + max(kernel - stride, 0) < begin + wanted:
        zeros += 1
    return _Axis(zeros, begin, wanted)


def _refuse_groups(layer: Any) -> None:
    if getattr(layer, "groups", 1) != 1:
        raise CannotConvertLayer(f"it has groups={layer.groups}, which tf.js has not")


@writes(
    layers.Conv2DTranspose,
    layers.Conv3DTranspose,
    own.Conv2DTranspose,
    own.Conv3DTranspose,
)
def write_transposed(layer: Any) -> list[TfjsLayer]:
    _refuse_groups(layer)
    check_bias(layer)
    config, weights = kernel_and_bias(layer)
    config |= {
        "filters": layer.filters,
        "kernel_size": listed(layer.kernel_size),
        "strides": listed(layer.strides),
        "padding": layer.padding,
        "data_format": layer.data_format,
        "dilation_rate": [1] * len(layer.kernel_size),
    }
    if any(rate != 1 for rate in layer.dilation_rate):
        weights["kernel"] = dilated(weights["kernel"], layer.dilation_rate)
        config["kernel_size"] = list(weights["kernel"].shape[: len(layer.kernel_size)])
    part = TfjsLayer(type(layer).__name__, config, weights)
    if type(layer) is layers.Conv3DTranspose:
        return with_channels_last(layer, lambda: _volumes(layer, part))
    if layer.output_padding is None:
        return then_activation(part, layer.activation, layer)
    return with_channels_last(layer, lambda: _cropped(layer, part))


def _volumes(layer: Any, part: TfjsLayer) -> list[TfjsLayer]:
    """A Conv3D that gives the same; `part` is the layer as tf.js's Conv3DTranspose."""
    known(input_shape(layer))
    before, after = _with_channels_last(layer)
    sizes, parts = list(before), []
    for axis, stride in enumerate(layer.strides):
        if stride > 1:  # [outer, size, inner] to [outer, size * stride, inner]
            outer, inner = math.prod(sizes[: axis + 1]), math.prod(sizes[axis + 1 :])
            padding = {"padding": [[0, 0], [0, stride - 1]]}
            parts += [
                reshape(outer, 1, inner, suffix="apart"),
                TfjsLayer("ZeroPadding2D", padding, suffix="zeros_between"),
            ]
            sizes[axis] *= stride
    ends, kept = [], []
    kernel = part.config["kernel_size"]
    for size, each, old, stride, count in zip(
        sizes, kernel, before, layer.strides, after, strict=False
    ):
        begin = _axis(old, each, stride, count, layer.padding).begin
        front = each - 1 - begin
        back = count + each - 1 - front - size
        ends.append((max(front, 0), max(back, 0)))
        kept.append((max(-front, 0), count + each - 1))
    longer = [size + sum(end) for size, end in zip(sizes, ends, strict=False)]
    parts += padded(sizes, ends) or [reshape(*sizes)]
    parts += cropped([*longer, sizes[-1]], kept)
    config = {
        **part.config,
        "strides": [1, 1, 1],
        "padding": "valid",
        "data_format": "channels_last",
        "kernel_constraint": None,  # which is along other axes here
    }
    turned = part.weights["kernel"][::-1, ::-1, ::-1].swapaxes(3, 4).copy()
    convolution = TfjsLayer("Conv3D", config, {**part.weights, "kernel": turned})
    return then(parts, then_activation(convolution, layer.activation))


def _with_channels_last(layer: Any) -> tuple[list[Any], list[Any]]:
    """The sizes before and after a layer, behind the batch's."""
    before, after = list(input_shape(layer)[1:]), list(output_shape(layer)[1:])
    if layer.data_format == "channels_first":
        return [*before[1:], before[0]], [*after[1:], after[0]]
    return before, after


def _cropped(layer: Any, part: TfjsLayer) -> list[TfjsLayer]:
    """The whole transposed convolution, of channels last, and of that what Keras gives."""
    before, after = _with_channels_last(layer)
    if None in before:
        raise CannotConvertLayer(
            "tf.js has no output_padding, and it can be written for inputs of known sizes only; "
            f"its input has shape {list(input_shape(layer))}"
        )
    kernel, strides = part.config["kernel_size"], layer.strides
    axes = [
        _axis(*sizes, layer.padding)
        for sizes in zip(before[:-1], kernel, strides, after[:-1], strict=True)
    ]
    part.config |= {"padding": "valid", "data_format": "channels_last"}
    longer = [size + axis.zeros for size, axis in zip(before[:-1], axes, strict=True)]
    whole = [
        size * stride + max(each - stride, 0)
        for size, stride, each in zip(longer, strides, kernel, strict=True)
    ]
    zeros = padded(before, [(0, axis.zeros) for axis in axes])
    kept = cropped([*whole, layer.filters], [(axis.begin, axis.size) for axis in axes])
    return then(zeros, then(then_activation(part, layer.activation), kept))


@writes(layers.Conv1DTranspose)
def write_transposed_series(layer: Any) -> list[TfjsLayer]:
    """On an image of one column; of dilated steps each begins a column of its own."""
    _refuse_groups(layer)
    _, weights = kernel_and_bias(layer)
    weights["kernel"] = weights["kernel"][:, None]
    [size], [stride], [rate] = layer.kernel_size, layer.strides, layer.dilation_rate
    config = {
        "filters": layer.filters,
        "kernel_size": [size, 1],
        "strides": [stride, 1],
        "padding": layer.padding,
        "data_format": "channels_last",
        "dilation_rate": [1, 1],
        "use_bias": layer.use_bias,
    }
    part = TfjsLayer("Conv2DTranspose", config, weights)
    inner = then_activation(part, layer.activation)
    if layer.output_padding is None and rate == 1:
        return as_an_image(layer, lambda steps: inner)

    def write(steps: int | None) -> list[TfjsLayer]:
        if steps is None:
            raise CannotConvertLayer(
                "tf.js has no transposed convolution with dilation_rate or output_padding, and it "
                "can be written for a known number of steps only"
            )
        wanted = layer.compute_output_shape(input_shape(layer))
        count = int(wanted[2 if layer.data_format == "channels_first" else 1])
        kernel = (size - 1) * rate + 1
        axis = _axis(steps, kernel, stride, count, layer.padding)
        config["padding"] = "valid"
        if rate == 1:
            zeros = padded([steps, 1, weights["kernel"].shape[-1]], [(0, axis.zeros)])
            whole = (steps + axis.zeros) * stride + max(kernel - stride, 0)
            return then(zeros, then(inner, cropped_steps(whole, axis.begin, axis.size)))
        columns, rows = interleaved(steps, rate, weights["kernel"].shape[-1])
        whole = (rows + size - 1) * rate
        again = TfjsLayer("Reshape", {"target_shape": [whole, 1, layer.filters]}, suffix="steps")
        return then(columns, then(inner, [again, *cropped_steps(whole, axis.begin, axis.size)]))

    return as_an_image(layer, write)
