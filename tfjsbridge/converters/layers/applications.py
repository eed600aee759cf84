"""Conversions of the layers that keras.applications has of its own."""

from __future__ import annotations

from typing import Any

from keras.src.applications.convnext import LayerScale
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

from tfjsbridge.converters.layers.common import values
from tfjsbridge.converters.layers.normalization import factors
from tfjsbridge.converters.layers.rewrites import merge, rescaling
from tfjsbridge.converters.registry import TfjsLayer, writes


@writes(LayerScale)
def write_layer_scale(layer: Any) -> TfjsLayer:
    """A factor for each channel."""
    return factors(values(layer.gamma))


@writes(CustomScaleLayer)
def write_custom_scale(layer: Any) -> list[TfjsLayer]:
    """The first input, and the second times a number."""
    total = merge("Add", -1, 0)
    total.suffix = ""
    return [rescaling(float(layer.scale), 0.0, "scale", -2), total]
