"""Layers without weights that are the same in Keras and in tf.js."""

from __future__ import annotations

import inspect
from typing import Any

from tfjsbridge.converters.layers.common import listed, read_base
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.registry import TfjsLayer, reads, writes
from tfjsbridge.runtime import keras

layers = keras.layers

_POOLING = ("pool_size", "strides", "padding", "data_format")

#: The Keras class, which tf.js calls the same, and the options that both have.
PLAIN: dict[type, tuple[str, ...]] = {
    layers.Add: (),
    layers.AlphaDropout: ("rate", "noise_shape"),
    layers.Average: (),
    layers.AveragePooling2D: _POOLING,
    layers.AveragePooling3D: _POOLING,
    layers.GaussianDropout: ("rate",),
    layers.GaussianNoise: ("stddev",),
    layers.Maximum: (),
    layers.Minimum: (),
    layers.Multiply: (),
    layers.Permute: ("dims",),
    layers.RepeatVector: ("n",),
    layers.Reshape: ("target_shape",),
    layers.SpatialDropout1D: ("rate",),
    layers.ZeroPadding2D: ("padding", "data_format"),
}


def _register(cls: type, options: tuple[str, ...]) -> None:
    parameters = inspect.signature(cls).parameters
    takes_trainable = "trainable" in parameters or "kwargs" in parameters

    def base(config: dict[str, Any]) -> dict[str, Any]:
        given = read_base(config)
        return given if takes_trainable else {"name": given["name"]}

    def write(layer: Any) -> TfjsLayer:
        config = layer.get_config()
        return TfjsLayer(cls.__name__, {name: listed(config[name]) for name in options})

    def read(config: dict[str, Any]) -> Any:
        given = {name: config[name] for name in options if config.get(name) is not None}
        if "data_format" in options:
            given["data_format"] = read_data_format(config)
        return cls(**given, **base(config))

    writes(cls)(write)
    reads(cls.__name__)(read)


for _cls, _options in PLAIN.items():
    _register(_cls, _options)
