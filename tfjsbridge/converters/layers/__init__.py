"""A file per family of layers; importing them fills the registry."""

from tfjsbridge.converters.layers import (
    activation,
    convolutional,
    core,
    normalization,
    plain,
    pooling,
    recurrent,
    series,
    wrappers,
)

__all__ = [
    "activation",
    "convolutional",
    "core",
    "normalization",
    "plain",
    "pooling",
    "recurrent",
    "series",
    "wrappers",
]
