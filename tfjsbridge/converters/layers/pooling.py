"""Conversions of the pooling layers."""

from __future__ import annotations

from typing import Any

from tfjsbridge.converters.layers.common import read_base
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.registry import TfjsLayer, reads, writes
from tfjsbridge.runtime import keras


@writes(keras.layers.MaxPooling2D)
def write_max_pooling_2d(layer: Any) -> TfjsLayer:
    return TfjsLayer(
        "MaxPooling2D",
        {
            "pool_size": list(layer.pool_size),
            "strides": list(layer.strides),
            "padding": layer.padding,
            "data_format": layer.data_format,
        },
    )


@reads("MaxPooling2D")
def read_max_pooling_2d(config: dict[str, Any]) -> Any:
    return keras.layers.MaxPooling2D(
        config.get("pool_size", 2),
        strides=config.get("strides"),
        padding=config.get("padding", "valid"),
        data_format=read_data_format(config),
        **read_base(config),
    )
