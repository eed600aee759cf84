"""Conversions of the convolutions."""

from __future__ import annotations

from typing import Any

from tfjsbridge.converters.layers.common import (
    kernel_and_bias,
    read_activation,
    read_base,
    read_kernel_and_bias,
    then_activation,
)
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, reads, writes
from tfjsbridge.runtime import keras


@writes(keras.layers.Conv2D)
def write_conv2d(layer: Any) -> list[TfjsLayer]:
    if layer.groups != 1:
        raise CannotConvertLayer(f"tf.js's Conv2D has no groups, but it has groups={layer.groups}")
    config, weights = kernel_and_bias(layer)
    config |= {
        "filters": layer.filters,
        "kernel_size": list(layer.kernel_size),
        "strides": list(layer.strides),
        "padding": layer.padding,
        "data_format": layer.data_format,
        "dilation_rate": list(layer.dilation_rate),
    }
    return then_activation(TfjsLayer("Conv2D", config, weights), layer.activation)


@reads("Conv2D")
def read_conv2d(config: dict[str, Any]) -> Any:
    return keras.layers.Conv2D(
        config["filters"],
        config["kernel_size"],
        strides=config.get("strides", 1),
        padding=config.get("padding", "valid"),
        data_format=read_data_format(config),
        dilation_rate=config.get("dilation_rate", 1),
        activation=read_activation(config.get("activation")),
        **read_kernel_and_bias(config),
        **read_base(config),
    )
