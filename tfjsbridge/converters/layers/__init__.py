"""A file per family of layers; importing them fills the registry."""

from tfjsbridge.converters.layers import convolutional, core, pooling

__all__ = ["convolutional", "core", "pooling"]
