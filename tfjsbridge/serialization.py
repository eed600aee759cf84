"""tf.serialization: classes of one's own that models are saved with and loaded from.

Follows tfjs-core/src/serialization.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge.converters.registry import TfjsLayer, reads, writes
from tfjsbridge.layers.base import Layer
from tfjsbridge.layers.custom import CustomLayer
from tfjsbridge.pythonic import from_pythonic, to_pythonic

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["getRegisteredName", "registerClass"]

_registered: dict[type, str] = {}

#: What the writer of a model adds by itself.
_OF_EVERY_LAYER = ("name", "trainable", "batchInputShape", "dtype")


def registerClass(cls: type, pkg: str | None = None, name: str | None = None) -> type:
    """Let models be loaded that have layers of a class of one's own.

    It can stand over the class as a decorator too.

    Args:
      cls: a subclass of `tf.layers.Layer`; it is made of what its `getConfig` gave.
      pkg: whose class it is; "Custom" without it.
      name: what its name is in files; without it its `className`.

    Returns:
      The class.

    Raises:
      TypeError: for anything else than a subclass of `tf.layers.Layer`.
      ValueError: for a name that is no text or empty.
    """
    if not (isinstance(cls, type) and issubclass(cls, Layer)):
        raise TypeError(f"registerClass expects a subclass of tf.layers.Layer, got {cls!r}.")
    class_name = cls.className or cls.__name__
    for label, text in (("className", class_name), ("pkg", pkg), ("name", name)):
        if text is not None and (not isinstance(text, str) or not text):
            raise ValueError(f"registerClass: {label} must be a text that is not empty: {text!r}.")
    _registered[cls] = f"{pkg or 'Custom'}>{name or class_name}"
    reads(class_name)(_reader(cls))
    return cls


def getRegisteredName(cls: type) -> str:
    """The name that a class is registered under, as Custom>MyLayer; else its `className`."""
    return _registered.get(cls) or getattr(cls, "className", None) or cls.__name__


def _reader(cls: Any) -> Callable[[dict[str, Any]], Any]:
    return lambda config: cls.fromConfig(from_pythonic(config)).keras


@writes(CustomLayer)
def write_custom(layer: CustomLayer) -> TfjsLayer:
    """A layer of one's own, as its `getConfig` says."""
    config = layer.mirror.getConfig()
    own = {key: value for key, value in config.items() if key not in _OF_EVERY_LAYER}
    weights = {weight.name: np.asarray(weight.numpy()) for weight in layer.weights}
    return TfjsLayer(layer.mirror.getClassName(), to_pythonic(own), weights)
