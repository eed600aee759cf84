"""Conversions of what does nothing but in training."""

from __future__ import annotations

from typing import Any

from tfjsbridge.converters.layers.common import input_shape, only_floats
from tfjsbridge.converters.layers.shapes import reshape
from tfjsbridge.converters.registry import (
    Call,
    CannotConvertLayer,
    TfjsLayer,
    write_in_place_of,
    write_layer,
    writes,
    writes_operation,
)
from tfjsbridge.runtime import keras

layers = keras.layers

#: Augmentation, by its name, as older Kerases have not all of it. In tf.js training goes without.
AUGMENTATION = [
    "AugMix", "CutMix", "MixUp", "RandAugment", "RandomBrightness", "RandomColorDegeneration",
    "RandomColorJitter", "RandomContrast", "RandomElasticTransform", "RandomErasing", "RandomFlip",
    "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective",
    "RandomPosterization", "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear",
    "RandomTranslation", "RandomZoom", "Solarization",
]  # fmt: skip


def _nothing(suffix: str = "", untrained: str = "") -> TfjsLayer:
    return TfjsLayer("Activation", {"activation": "linear"}, {}, suffix, untrained=untrained)


@writes(*[getattr(layers, name) for name in AUGMENTATION if hasattr(layers, name)])
def write_augmentation(layer: Any) -> TfjsLayer:
    only_floats(layer)
    return _nothing(untrained="the augmentation")


@writes(layers.ActivityRegularization)
def write_activity_regularization(layer: Any) -> TfjsLayer:
    # tf.js knows it and then fails: the penalty is missing when training goes on there.
    return _nothing()


@writes_operation("StopGradient")
def write_stop_gradient(call: Call) -> TfjsLayer:
    # tf.js's layers let every gradient through.
    return _nothing("same", "the end of the gradient")


@writes_operation("Copy")
def write_copy(call: Call) -> TfjsLayer:
    return _nothing("same")


@writes(layers.SpatialDropout2D, layers.SpatialDropout3D)
def write_spatial_dropout(layer: Any) -> list[TfjsLayer]:
    """That of series, of which tf.js has one: of whole channels."""
    *sizes, channels = input_shape(layer)[1:]
    if layer.data_format == "channels_first" or None in sizes:
        return [_nothing(untrained="the dropout" if layer.rate else "")]
    dropout = TfjsLayer("SpatialDropout1D", {"rate": layer.rate})
    series = reshape(-1, channels, suffix="series")
    return [series, dropout, reshape(*sizes, channels, suffix="pixels")]


@writes(layers.Pipeline)
def write_pipeline(layer: Any) -> list[TfjsLayer]:
    """Layers one after the other, as they are."""
    parts: list[TfjsLayer] = []
    for number, inner in enumerate(layer.layers):
        written = write_layer(inner)
        if any(part.inputs for part in written):
            raise CannotConvertLayer(f"the {type(inner).__name__} in it becomes several layers")
        for part in written:
            part.suffix = f"{number}_{part.suffix}".rstrip("_")
        parts += written
    return parts or [_nothing()]


@writes(layers.SpectralNormalization)
def write_spectral_normalization(layer: Any) -> list[TfjsLayer]:
    """The layer in it, whose kernel was normalized in training."""
    parts = write_in_place_of(layer, layer.layer)
    parts[-1].untrained = "the normalization of the kernel"
    return parts
