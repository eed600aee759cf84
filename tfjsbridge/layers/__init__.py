"""tf.layers: a file per family of layers."""

from tfjsbridge.layers.base import Layer
from tfjsbridge.layers.convolutional import conv2d
from tfjsbridge.layers.core import activation, dense, dropout, flatten, inputLayer
from tfjsbridge.layers.pooling import maxPool2d, maxPooling2d

__all__ = [
    "Layer",
    "activation",
    "conv2d",
    "dense",
    "dropout",
    "flatten",
    "inputLayer",
    "maxPool2d",
    "maxPooling2d",
]
