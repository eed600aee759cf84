"""Conversions of the convolutions."""

from __future__ import annotations

from typing import Any

from tfjsbridge.converters import keras_convolutions as own
from tfjsbridge.converters.layers.common import (
    check_bias,
    input_shape,
    kernel_and_bias,
    listed,
    read_activation,
    read_base,
    read_kernel_and_bias,
    read_weighted,
    then_activation,
    weighted,
    with_channels_last,
)
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.layers.kernels import steps_over, ungrouped
from tfjsbridge.converters.layers.series import as_image, as_series
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, reads, writes
from tfjsbridge.runtime import keras

layers = keras.layers

_SEPARABLE = {"depthwise": "depthwise_kernel", "pointwise": "pointwise_kernel", "bias": "bias"}


def _sizes(layer: Any) -> dict[str, Any]:
    return {
        "kernel_size": listed(layer.kernel_size),
        "strides": listed(layer.strides),
        "padding": layer.padding,
        "data_format": layer.data_format,
        "dilation_rate": listed(layer.dilation_rate),
    }


def _check_strides(layer: Any) -> None:
    if max(layer.strides) > 1 and max(layer.dilation_rate) > 1:
        raise CannotConvertLayer("tf.js takes strides or a dilation_rate, not both")


@writes(layers.Conv1D, own.Conv1D)
def write_convolution_1d(layer: Any) -> list[TfjsLayer]:
    return with_channels_last(layer, lambda: _convolution(layer))


@writes(layers.Conv2D, layers.Conv3D, own.Conv2D, own.Conv3D)
def write_convolution(layer: Any) -> list[TfjsLayer]:
    return _convolution(layer)


def _convolution(layer: Any) -> list[TfjsLayer]:
    check_bias(layer)
    config, weights = kernel_and_bias(layer)
    config |= {"filters": layer.filters, **_sizes(layer)}
    if isinstance(layer, layers.Conv1D):
        config["data_format"] = "channels_last"
    if type(layer) is layers.Conv3D:
        config["padding"] = _padding_of_volumes(layer)
    if layer.groups != 1:
        weights["kernel"] = ungrouped(weights["kernel"], layer.groups)
    convolution = TfjsLayer(type(layer).__name__, config, weights)
    before = []
    if layer.padding == "causal":
        before = _causal_padding(layer)
        config["padding"] = "valid"
    return [*before, *then_activation(convolution, layer.activation, layer)]


def _padding_of_volumes(layer: Any) -> str:
    """What pads as Keras does: tf.js's "same" leaves values out where a stride is above the kernel.

    Its padding is negative there (`get3DPadAndOutInfo` of tfjs-core/src/ops/conv_util.ts).
    """
    if layer.padding != "same" or not steps_over(layer):
        return str(layer.padding)
    shape = input_shape(layer)
    sizes = shape[1:4] if layer.data_format == "channels_last" else shape[2:5]
    if None not in sizes:
        axes = zip(sizes, layer.strides, layer.kernel_size, strict=True)
        padding = [
            (-(-size // stride) - 1) * stride + kernel - size for size, stride, kernel in axes
        ]
        if max(padding) <= 0:
            return "valid"
        if min(padding) >= 0:
            return "same"
    raise CannotConvertLayer(
        f"tf.js pads otherwise where strides ({layer.strides}) are above the kernel's size "
        f"({layer.kernel_size})"
    )


def _causal_padding(layer: Any) -> list[TfjsLayer]:
    """Zeros in front of a series [steps, channels], which tf.js can put around images only."""
    steps, channels = input_shape(layer)[1:]
    if layer.data_format == "channels_first":
        steps, channels = channels, steps
    front = layer.dilation_rate[0] * (layer.kernel_size[0] - 1)
    padded = None if steps is None else steps + front
    return [
        as_image(steps, channels),
        TfjsLayer("ZeroPadding2D", {"padding": [[front, 0], [0, 0]]}, suffix="padding"),
        as_series(padded, channels),
    ]


@writes(layers.SeparableConv2D, own.SeparableConv2D)
def write_separable(layer: Any) -> list[TfjsLayer]:
    check_bias(layer)
    _check_strides(layer)
    config, weights = weighted(layer, _SEPARABLE)
    config |= {
        "filters": layer.filters,
        "depth_multiplier": layer.depth_multiplier,
        "use_bias": layer.use_bias,
        **_sizes(layer),
        "data_format": "channels_last",  # on channels first tf.js adds the bias elsewhere
    }
    return with_channels_last(
        layer,
        lambda: then_activation(
            TfjsLayer("SeparableConv2D", config, weights), layer.activation, layer
        ),
    )


@writes(layers.DepthwiseConv2D, own.DepthwiseConv2D)
def write_depthwise(layer: Any) -> list[TfjsLayer]:
    _check_strides(layer)
    check_bias(layer)
    if any(rate != 1 for rate in layer.dilation_rate):
        return _depthwise_as_full(layer)
    config, weights = weighted(layer, {"depthwise": "kernel", "bias": "bias"})
    weights = {{"kernel": "depthwise_kernel"}.get(k, k): v for k, v in weights.items()}
    config |= {
        "depth_multiplier": layer.depth_multiplier,
        "use_bias": layer.use_bias,
        **_sizes(layer),
    }
    return then_activation(TfjsLayer("DepthwiseConv2D", config, weights), layer.activation, layer)


def _depthwise_as_full(layer: Any) -> list[TfjsLayer]:
    # tf.js's DepthwiseConv2D ignores its dilation: a whole convolution, 0 between the channels.
    _, weights = weighted(layer, {"depthwise": "kernel", "bias": "bias"})
    *sizes, channels, multiplier = weights["kernel"].shape
    grouped = weights["kernel"].reshape([*sizes, 1, channels * multiplier])
    weights["kernel"] = ungrouped(grouped, channels)
    config = {
        "filters": channels * multiplier,
        "use_bias": layer.use_bias,
        **_sizes(layer),
    }
    return then_activation(TfjsLayer("Conv2D", config, weights), layer.activation, layer)


def _read_sizes(config: dict[str, Any], dilation: bool = True) -> dict[str, Any]:
    sizes = {
        "kernel_size": config["kernel_size"],
        "strides": config.get("strides", 1),
        "padding": config.get("padding", "valid"),
        "data_format": read_data_format(config),
        "activation": read_activation(config.get("activation")),
    }
    return sizes | ({"dilation_rate": config.get("dilation_rate") or 1} if dilation else {})


def _register(cls: type, dilation: bool) -> None:
    @reads(cls.__name__)
    def read(config: dict[str, Any]) -> Any:
        sizes = _read_sizes(config, dilation)
        return own.convolution_class(cls, sizes)(
            config["filters"],
            **sizes,
            **read_kernel_and_bias(config),
            **read_base(config),
        )


for _cls, _dilation in (
    (layers.Conv1D, True),
    (layers.Conv2D, True),
    (layers.Conv3D, True),
    (layers.Conv2DTranspose, False),
    (layers.Conv3DTranspose, False),
):
    _register(_cls, _dilation)


@reads("SeparableConv2D")
def read_separable(config: dict[str, Any]) -> Any:
    sizes = _read_sizes(config)
    return own.convolution_class(layers.SeparableConv2D, sizes)(
        config["filters"],
        depth_multiplier=config.get("depth_multiplier", 1),
        use_bias=config.get("use_bias", True),
        **sizes,
        **read_weighted(config, _SEPARABLE),
        **read_base(config),
    )


@reads("DepthwiseConv2D")
def read_depthwise(config: dict[str, Any]) -> Any:
    sizes = _read_sizes(config, dilation=False)
    return own.convolution_class(layers.DepthwiseConv2D, sizes)(
        depth_multiplier=config.get("depth_multiplier", 1),
        use_bias=config.get("use_bias", True),
        **sizes,
        **read_weighted(config, ["depthwise", "bias"]),
        **read_base(config),
    )
