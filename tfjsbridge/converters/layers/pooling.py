"""Conversions of the pooling over series and volumes, and over the whole of images."""

from __future__ import annotations

import math
from typing import Any

from tfjsbridge.converters.layers.common import (
    input_shape,
    listed,
    only_floats,
    output_shape,
    read_base,
    with_channels_last,
)
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, reads, writes
from tfjsbridge.runtime import keras

layers = keras.layers

_SERIES = ("pool_size", "strides", "padding")


@writes(layers.AveragePooling1D, layers.MaxPooling1D)
def write_pooling_1d(layer: Any) -> list[TfjsLayer]:
    config = {name: listed(getattr(layer, name)) for name in _SERIES}
    return with_channels_last(layer, lambda: [TfjsLayer(type(layer).__name__, config)])


@writes(layers.MaxPooling2D)
def write_max_pooling_2d(layer: Any) -> TfjsLayer:
    only_floats(layer)  # as tf.js's wasm does
    config = {name: listed(getattr(layer, name)) for name in (*_SERIES, "data_format")}
    return TfjsLayer("MaxPooling2D", config)


@reads("MaxPooling2D")
def read_max_pooling_2d(config: dict[str, Any]) -> Any:
    given = {name: config[name] for name in _SERIES if config.get(name) is not None}
    return layers.MaxPooling2D(**given, data_format=read_data_format(config), **read_base(config))


@writes(layers.MaxPooling3D)
def write_max_pooling_3d(layer: Any) -> list[TfjsLayer]:
    """Over the depth first, then over pictures: tf.js's wasm gives 0 for negative numbers alone."""
    first, last = input_shape(layer)[1:], output_shape(layer)[1:]
    if None in (*first, *last):
        config = {name: listed(getattr(layer, name)) for name in (*_SERIES, "data_format")}
        return [TfjsLayer("MaxPooling3D", config)]

    def write() -> list[TfjsLayer]:
        shapes = [first, last]
        if layer.data_format == "channels_first":
            shapes = [(*shape[1:], shape[0]) for shape in shapes]
        (depth, rows, columns, channels), (fewer, height, width, _) = shapes
        options = {"padding": layer.padding, "data_format": "channels_last"}
        sizes = [
            {**options, "pool_size": listed(size), "strides": listed(strides)}
            for size, strides in (
                ((layer.pool_size[0], 1), (layer.strides[0], 1)),
                (layer.pool_size[1:], layer.strides[1:]),
            )
        ]
        steps: list[tuple[str, str, dict[str, Any]]] = [
            ("stacks", "Reshape", {"target_shape": [depth, rows * columns, channels]}),
            ("over_depth", "MaxPooling2D", sizes[0]),
            ("volumes", "Reshape", {"target_shape": [fewer, rows, columns, channels]}),
            ("depth_last", "Permute", {"dims": [2, 3, 1, 4]}),
            ("pictures", "Reshape", {"target_shape": [rows, columns, fewer * channels]}),
            ("over_pictures", "MaxPooling2D", sizes[1]),
            ("pooled", "Reshape", {"target_shape": [height, width, fewer, channels]}),
            ("", "Permute", {"dims": [3, 1, 2, 4]}),
        ]
        return [TfjsLayer(name, config, suffix=suffix) for suffix, name, config in steps]

    return with_channels_last(layer, write)


@reads("MaxPooling3D")
def read_max_pooling_3d(config: dict[str, Any]) -> Any:
    given = {name: config[name] for name in _SERIES if config.get(name) is not None}
    return layers.MaxPooling3D(**given, data_format=read_data_format(config), **read_base(config))


@writes(layers.GlobalAveragePooling1D, layers.GlobalMaxPooling1D)
def write_global_pooling_1d(layer: Any) -> list[TfjsLayer]:
    return _kept(layer, *_from_channels_last(layer), TfjsLayer(type(layer).__name__, {}))


@writes(layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D)
def write_global_pooling_2d(layer: Any) -> list[TfjsLayer]:
    return _kept(layer, TfjsLayer(type(layer).__name__, {"data_format": layer.data_format}))


@writes(layers.GlobalAveragePooling3D, layers.GlobalMaxPooling3D)
def write_global_pooling_3d(layer: Any) -> list[TfjsLayer]:
    # tf.js has none: the three axes as one, and the pooling over that.
    sizes = list(input_shape(layer)[1:])
    channels = sizes.pop(0 if layer.data_format == "channels_first" else -1)
    size = -1 if None in sizes else math.prod(sizes)
    flat = TfjsLayer("Reshape", {"target_shape": [size, channels]}, suffix="flat")
    pooling = TfjsLayer(type(layer).__name__.replace("3D", "1D"), {})
    return _kept(layer, *_from_channels_last(layer), flat, pooling)


def _from_channels_last(layer: Any) -> list[TfjsLayer]:
    """What moves the channels to the end, where they are not."""
    if layer.data_format != "channels_first":
        return []
    axes = range(2, len(input_shape(layer)))
    return [TfjsLayer("Permute", {"dims": [*axes, 1]}, suffix="channels_last")]


def _kept(layer: Any, *parts: TfjsLayer) -> list[TfjsLayer]:
    """With axes of size 1 in the place of those that are gone, if the layer keeps them."""
    if not layer.keepdims:
        return list(parts)
    shape = [1 if size is None else size for size in output_shape(layer)[1:]]
    return [*parts, TfjsLayer("Reshape", {"target_shape": shape}, suffix="keepdims")]


#: Keras's pooling to a size, and tf.js's by a size; of volumes tf.js's wasm has no largest one.
_ADAPTIVE = {
    "AdaptiveAveragePooling1D": "AveragePooling1D",
    "AdaptiveAveragePooling2D": "AveragePooling2D",
    "AdaptiveAveragePooling3D": "AveragePooling3D",
    "AdaptiveMaxPooling1D": "MaxPooling1D",
    "AdaptiveMaxPooling2D": "MaxPooling2D",
}


@writes(*[getattr(layers, name) for name in _ADAPTIVE if hasattr(layers, name)])
def write_adaptive_pooling(layer: Any) -> list[TfjsLayer]:
    only_floats(layer)
    first = layer.data_format == "channels_first"
    before, after = (
        shape[2:] if first else shape[1:-1] for shape in (input_shape(layer), output_shape(layer))
    )
    if None in before or any(size % new for size, new in zip(before, after, strict=True)):
        raise CannotConvertLayer(
            f"tf.js pools equal parts only, but it makes {list(after)} of {list(before)}"
        )
    sizes = [size // new for size, new in zip(before, after, strict=True)]
    config = {"pool_size": sizes, "strides": sizes, "padding": "valid"}
    name = _ADAPTIVE[type(layer).__name__]
    if not name.endswith("1D"):
        return [TfjsLayer(name, {**config, "data_format": layer.data_format})]
    return with_channels_last(layer, lambda: [TfjsLayer(name, config)])


def _register_series(cls: type) -> None:
    @reads(cls.__name__)
    def read(config: dict[str, Any]) -> Any:
        # tf.js writes lists of one
        given = {name: config[name] for name in _SERIES if config.get(name) is not None}
        return cls(**given, **read_base(config))


def _register(cls: type) -> None:
    @reads(cls.__name__)
    def read(config: dict[str, Any]) -> Any:
        return cls(data_format=read_data_format(config), **read_base(config))


for _cls in (layers.AveragePooling1D, layers.MaxPooling1D):
    _register_series(_cls)


for _cls in (
    layers.GlobalAveragePooling1D,
    layers.GlobalAveragePooling2D,
    layers.GlobalMaxPooling1D,
    layers.GlobalMaxPooling2D,
):
    _register(_cls)
