"""Conversions of the layers that keras.applications has of its own."""

from __future__ import annotations

from typing import Any

from keras.src.applications.convnext import LayerScale
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

from tfjsbridge.converters.layers.affine import affine
from tfjsbridge.converters.layers.common import input_shape, values
from tfjsbridge.converters.layers.rewrites import merge, rescaling
from tfjsbridge.converters.registry import TfjsLayer, writes


@writes(LayerScale)
def write_layer_scale(layer: Any) -> list[TfjsLayer]:
    """A factor for each channel."""
    return affine(input_shape(layer)[1:], (values(layer.gamma), None), trainable=True)


@writes(CustomScaleLayer)
def write_custom_scale(layer: Any) -> list[TfjsLayer]:
    """The first input, and the second times a number."""
    total = merge("Add", -1, 0)
    total.suffix = ""
    return [rescaling(float(layer.scale), 0.0, "scale", -2), total]
