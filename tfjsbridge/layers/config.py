"""The configuration of a Keras layer in tf.js's terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfjsbridge.converters import constraints
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, write_layer

#: What Keras 3 says of all layers, and tf.js does not.
_KERAS_ONLY = ("autocast", "dtype", "quantization_config")
#: What it says of some.
_KERAS_ONLY_OF = {
    "BatchNormalization": ("renorm", "renorm_clipping", "renorm_momentum", "synchronized"),
    "LayerNormalization": ("beta_constraint", "gamma_constraint", "rms_scaling"),
}


def layer_config(layer: Any, class_name: str) -> dict[str, Any]:
    """The options of a layer as they stand in a model.json, in snake case.

    Before it is in a model some layers have those of Keras, which are mostly the same.

    Args:
      layer: the Keras layer.
      class_name: its class in tf.js.
    """
    written = _written(layer)
    if written is None or written.class_name != class_name:  # such as an ELU, an Activation there
        keras_only = (*_KERAS_ONLY, *_KERAS_ONLY_OF.get(class_name, ()))
        config = layer.get_config()
        return {name: _plain(value) for name, value in config.items() if name not in keras_only}
    # A model.json leaves out a constraint that the weights do not meet, or of no weights yet.
    whatever_weights = {
        name: constraints.described(getattr(layer, name))
        for name in written.config
        if name.endswith("_constraint") and hasattr(layer, name)
    }
    return {**written.config, **whatever_weights}


def _written(layer: Any) -> TfjsLayer | None:
    """The layer in a model.json; None for one that needs its input's shape or its weights first,
    or that becomes several."""
    try:
        [written] = write_layer(layer)
    except (CannotConvertLayer, LookupError, TypeError, ValueError):
        return None
    return written


def _plain(value: Any) -> Any:
    """Keras's description of an initializer, a regularizer, a layer, ... without its module."""
    if isinstance(value, Mapping) and {"class_name", "config"} <= value.keys():
        inner = value["config"]
        if isinstance(inner, Mapping):
            inner = {name: _plain(each) for name, each in inner.items()}
        return {"class_name": value["class_name"], "config": inner}
    return list(value) if isinstance(value, tuple) else value
