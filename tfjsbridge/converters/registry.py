"""The registry of conversions: a small function for each Keras layer, and for each tf.js layer.

::

    @writes(keras.layers.Dense)
    def write_dense(layer): ...      # a Keras layer as tf.js layers, one after the other

    @reads("Dense")
    def read_dense(config): ...      # a tf.js layer as a Keras layer
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


class CannotConvertLayer(ValueError):
    """Why a layer cannot be said in tf.js, and what to do instead; becomes one of the problems."""


@dataclass
class TfjsLayer:
    """A layer as it stands in a model.json.

    Attributes:
      class_name: tf.js's class.
      config: its configuration, in snake case, without the name.
      weights: its weights by their names in tf.js (kernel, bias), in the order of the manifest.
      suffix: added to the Keras layer's name; empty for the layer that keeps the name.
    """

    class_name: str
    config: dict[str, Any]
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    suffix: str = ""


Writer = Callable[[Any], "TfjsLayer | Sequence[TfjsLayer]"]
Reader = Callable[[dict[str, Any]], Any]

WRITERS: dict[type, Writer] = {}
READERS: dict[str, Reader] = {}


def writes(*keras_classes: type) -> Callable[[Writer], Writer]:
    """Register how layers of these Keras classes (not of their subclasses) are written."""

    def register(function: Writer) -> Writer:
        for keras_class in keras_classes:
            WRITERS[keras_class] = function
        return function

    return register


def reads(*class_names: str) -> Callable[[Reader], Reader]:
    """Register how layers of these tf.js classes are read."""

    def register(function: Reader) -> Reader:
        for class_name in class_names:
            READERS[class_name] = function
        return function

    return register


def write_layer(layer: Any) -> list[TfjsLayer]:
    """A Keras layer as one or several tf.js layers, each fed by the one before.

    Raises:
      CannotConvertLayer: if tf.js cannot compute what the layer computes.
    """
    writer = WRITERS.get(type(layer))
    if writer is None:
        known = ", ".join(sorted(cls.__name__ for cls in WRITERS))
        raise CannotConvertLayer(f"no conversion is known for it (known: {known})")
    written = writer(layer)
    return [written] if isinstance(written, TfjsLayer) else list(written)
