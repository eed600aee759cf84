"""Layers on series [steps, channels] that tf.js has for images only: as images of one column."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.converters.layers.common import (
    check_bias,
    input_shape,
    output_shape,
    then_activation,
    weighted,
    with_channels_last,
)
from tfjsbridge.converters.layers.kernels import ungrouped
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, then, writes
from tfjsbridge.runtime import keras

layers = keras.layers


def as_an_image(layer: Any, write: Callable[[int | None], list[TfjsLayer]]) -> list[TfjsLayer]:
    """The layer on an image of one column; on channels first between permutations.

    Args:
      layer: on series.
      write: writes it for such an image, given the number of steps.
    """
    before, after = list(input_shape(layer)[1:]), list(output_shape(layer)[1:])
    first = getattr(layer, "data_format", "channels_last") == "channels_first"
    if first:
        check_bias(layer)
        before, after = before[::-1], after[::-1]

    def whole() -> list[TfjsLayer]:
        inner = then([as_image(*before)], write(before[0]))
        return then(inner, [as_series(*after)])

    return with_channels_last(layer, whole) if first else whole()


def _as_image(layer: Any, *inner: TfjsLayer) -> list[TfjsLayer]:
    return as_an_image(layer, lambda _: list(inner))


def cropped_steps(size: int, begin: int, count: int) -> list[TfjsLayer]:
    """Some of the steps, of an image of one column."""
    if count == size:
        return []
    cropping = {"cropping": [[begin, size - begin - count], [0, 0]]}
    return [TfjsLayer("Cropping2D", cropping, suffix="cropping")]


def padded_steps(front: int, back: int) -> list[TfjsLayer]:
    """Zeros around the steps of an image of one column."""
    if not (front or back):
        return []
    return [TfjsLayer("ZeroPadding2D", {"padding": [[front, back], [0, 0]]}, suffix="padding")]


def interleaved(
    steps: int, rate: int, channels: int, front: int = 0, back: int = 0
) -> tuple[list[TfjsLayer], int]:
    """An image of one column as one of `rate` columns: every rate-th step is in the same.

    A dilated convolution over steps is one over each of these columns.

    Args:
      steps: how many there are.
      rate: of the dilation.
      channels: of the image.
      front: zeros to be put in front.
      back: zeros to be put behind, besides those that fill the last row.

    Returns:
      The layers, and the number of rows.
    """
    rows = -(-(front + steps + back) // rate)
    columns = {"target_shape": [rows, rate, channels]}
    missing = rows * rate - front - steps
    parts = padded_steps(front, missing)
    return [*parts, TfjsLayer("Reshape", columns, suffix="columns")], rows


def as_image(steps: int | None, channels: int) -> TfjsLayer:
    """A series as an image of one column."""
    shape = [-1 if steps is None else steps, 1, channels]
    return TfjsLayer("Reshape", {"target_shape": shape}, suffix="as_image")


def as_series(steps: int | None, channels: int) -> TfjsLayer:
    """An image of one column as a series."""
    shape = [-1 if steps is None else steps, channels]
    return TfjsLayer("Reshape", {"target_shape": shape}, suffix="as_series")


@writes(layers.ZeroPadding1D)
def write_zero_padding_1d(layer: Any) -> list[TfjsLayer]:
    padding = {"padding": [list(layer.padding), [0, 0]], "data_format": "channels_last"}
    return _as_image(layer, TfjsLayer("ZeroPadding2D", padding))


@writes(layers.UpSampling1D)
def write_up_sampling_1d(layer: Any) -> list[TfjsLayer]:
    size = {"size": [layer.size, 1], "interpolation": "nearest", "data_format": "channels_last"}
    return _as_image(layer, TfjsLayer("UpSampling2D", size))


def _sizes(layer: Any) -> dict[str, Any]:
    """Of a convolution over steps, for one over an image of one column."""
    if layer.padding == "causal":
        raise CannotConvertLayer("tf.js has no causal padding here; use padding='valid' or 'same'")
    if layer.strides[0] > 1 and layer.dilation_rate[0] > 1:
        raise CannotConvertLayer("tf.js takes strides or a dilation_rate, not both")
    return {
        "kernel_size": [layer.kernel_size[0], 1],
        "strides": [layer.strides[0], layer.strides[0]],
        "padding": layer.padding,
        "data_format": "channels_last",
        "dilation_rate": [layer.dilation_rate[0], 1],
        "use_bias": layer.use_bias,
    }


@writes(layers.DepthwiseConv1D)
def write_depthwise_conv_1d(layer: Any) -> list[TfjsLayer]:
    """On an image of one column; of dilated steps on one of several, as tf.js dilates none."""
    _, weights = weighted(layer, {"depthwise": "kernel", "bias": "bias"})
    kernel = weights.pop("kernel")[:, None]
    config = {"depth_multiplier": layer.depth_multiplier, **_sizes(layer)}
    [size], [rate] = layer.kernel_size, layer.dilation_rate
    channels, multiplier = kernel.shape[2:]

    def write(steps: int | None) -> list[TfjsLayer]:
        name = "DepthwiseConv2D"
        given = {"depthwise_kernel": kernel, **weights}
        if steps is None and rate > 1:
            # A whole convolution, 0 between the channels, which tf.js trains as if they were more.
            full = ungrouped(kernel.reshape(size, 1, 1, -1), channels)
            name, given = "Conv2D", {"kernel": full, **weights}
            own = {"filters": channels * multiplier, **_sizes(layer)}
        elif rate > 1:
            own = {**config, "dilation_rate": [1, 1], "padding": "valid"}
        else:
            own = config
        inner = then_activation(TfjsLayer(name, own, given), layer.activation)
        if steps is None or rate == 1:
            return inner
        missing = (size - 1) * rate if layer.padding == "same" else 0
        front = missing // 2
        columns, rows = interleaved(steps, rate, channels, front, missing - front)
        whole = (rows - size + 1) * rate
        again = {"target_shape": [whole, 1, channels * multiplier]}
        count = steps + missing - (size - 1) * rate
        back = [TfjsLayer("Reshape", again, suffix="steps"), *cropped_steps(whole, 0, count)]
        return then(columns, then(inner, back))

    return as_an_image(layer, write)


@writes(layers.SeparableConv1D)
def write_separable_conv_1d(layer: Any) -> list[TfjsLayer]:
    _, weights = weighted(
        layer,
        {"depthwise": "depthwise_kernel", "pointwise": "pointwise_kernel", "bias": "bias"},
    )
    for name in ("depthwise_kernel", "pointwise_kernel"):
        weights[name] = weights[name][:, None]
    config = {
        "filters": layer.filters,
        "depth_multiplier": layer.depth_multiplier,
        **_sizes(layer),
    }
    image = then_activation(TfjsLayer("SeparableConv2D", config, weights), layer.activation)
    return _as_image(layer, *image)
