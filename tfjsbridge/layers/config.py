"""The configuration of a Keras layer in tf.js's terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfjsbridge.converters.registry import CannotConvertLayer, write_layer

#: What Keras 3 says of every layer, and tf.js does not.
_KERAS_ONLY = ("autocast", "dtype", "quantization_config")


def layer_config(layer: Any) -> dict[str, Any]:
    """The options of a layer as they stand in a model.json, in snake case.

    Before it is in a model some layers have those of Keras, which are mostly the same.
    """
    try:
        [written] = write_layer(layer)
    except (CannotConvertLayer, LookupError, TypeError, ValueError):
        pass  # it needs the shape of its input, or its weights, or is more than one layer
    else:
        return written.config
    config = layer.get_config()
    return {name: _plain(value) for name, value in config.items() if name not in _KERAS_ONLY}


def _plain(value: Any) -> Any:
    """Keras's description of an initializer, a regularizer, a layer, ... without its module."""
    if isinstance(value, Mapping) and {"class_name", "config"} <= value.keys():
        inner = value["config"]
        if isinstance(inner, Mapping):
            inner = {name: _plain(each) for name, each in inner.items()}
        return {"class_name": value["class_name"], "config": inner}
    return list(value) if isinstance(value, tuple) else value
