"""Layers on series [steps, channels] that tf.js has for images only: as images of one column."""

from __future__ import annotations

from typing import Any

from tfjsbridge.converters.layers.common import (
    check_bias,
    input_shape,
    kernel_and_bias,
    output_shape,
    then_activation,
    weighted,
    with_channels_last,
)
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, writes
from tfjsbridge.runtime import keras

layers = keras.layers


def _as_image(layer: Any, *inner: TfjsLayer) -> list[TfjsLayer]:
    """The layer on an image of one column; on channels first between permutations."""
    before, after = list(input_shape(layer)[1:]), list(output_shape(layer)[1:])
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        check_bias(layer)
        before, after = before[::-1], after[::-1]
        return with_channels_last(layer, lambda: [as_image(*before), *inner, as_series(*after)])
    return [as_image(*before), *inner, as_series(*after)]


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
    if layer.dilation_rate[0] != 1:
        raise CannotConvertLayer("tf.js's DepthwiseConv2D ignores dilation_rate; use Conv1D")
    _, weights = weighted(layer, {"depthwise": "kernel", "bias": "bias"})
    weights = {{"kernel": "depthwise_kernel"}.get(k, k): v for k, v in weights.items()}
    weights["depthwise_kernel"] = weights["depthwise_kernel"][:, None]
    config = {"depth_multiplier": layer.depth_multiplier, **_sizes(layer)}
    image = then_activation(TfjsLayer("DepthwiseConv2D", config, weights), layer.activation)
    return _as_image(layer, *image)


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


@writes(layers.Conv1DTranspose)
def write_conv_1d_transpose(layer: Any) -> list[TfjsLayer]:
    if layer.output_padding is not None or layer.dilation_rate[0] != 1:
        raise CannotConvertLayer(
            "tf.js has no transposed convolution with dilation_rate or output_padding, but it has "
            f"dilation_rate={layer.dilation_rate}, output_padding={layer.output_padding}"
        )
    _, weights = kernel_and_bias(layer)
    weights["kernel"] = weights["kernel"][:, None]
    config = {"filters": layer.filters, **_sizes(layer), "strides": [layer.strides[0], 1]}
    image = then_activation(TfjsLayer("Conv2DTranspose", config, weights), layer.activation)
    return _as_image(layer, *image)
