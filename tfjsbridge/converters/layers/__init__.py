"""A file per family of layers; importing them fills the registry."""

from tfjsbridge.converters.layers import (
    activation,
    applications,
    convolutional,
    core,
    normalization,
    operations,
    plain,
    pooling,
    recurrent,
    series,
    wrappers,
)

__all__ = [
    "activation",
    "applications",
    "convolutional",
    "core",
    "normalization",
    "operations",
    "plain",
    "pooling",
    "recurrent",
    "series",
    "wrappers",
]
