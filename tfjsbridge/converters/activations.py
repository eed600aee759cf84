"""tf.js's activations and the Keras functions that compute the same.

Follows tfjs-layers/src/activations.ts. This is the one table of these names: the mirror, the
converters and the tests read it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.runtime import keras, tensorflow


@keras.saving.register_keras_serializable("tfjsbridge")
def tfjs_hard_sigmoid(x: Any) -> Any:
    """clip(0.2 x + 0.5, 0, 1). tf.js: Keras 2's formula; Keras 3's slope is 1/6."""
    return tensorflow.clip_by_value(0.2 * x + 0.5, 0.0, 1.0)


@keras.saving.register_keras_serializable("tfjsbridge")
def gelu_new(x: Any) -> Any:
    """The tanh approximation of gelu; Keras's `gelu(approximate=True)`."""
    return keras.activations.gelu(x, approximate=True)


#: tf.js's name to the Keras function. Both `gelu`s are the exact one, with erf.
ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "elu": keras.activations.elu,
    "gelu": keras.activations.gelu,
    "gelu_new": gelu_new,
    "hardSigmoid": tfjs_hard_sigmoid,
    "linear": keras.activations.linear,
    "logSoftmax": keras.activations.log_softmax,
    "mish": keras.activations.mish,
    "relu": keras.activations.relu,
    "relu6": keras.activations.relu6,
    "selu": keras.activations.selu,
    "sigmoid": keras.activations.sigmoid,
    "softmax": keras.activations.softmax,
    "softplus": keras.activations.softplus,
    "softsign": keras.activations.softsign,
    "swish": keras.activations.silu,
    "tanh": keras.activations.tanh,
}

_NAMES = {function: name for name, function in ACTIVATIONS.items()}


def tfjs_activation(function: Callable[[Any], Any] | None) -> str | None:
    """tf.js's name, for a model.json, of a Keras activation function; None where it has none."""
    if function is None:
        return "linear"
    name = _NAMES.get(function)
    # tf.js turns the strings of a model.json to camelCase: it looks for "geluNew" and has none.
    return None if name is None or "_" in name else name


def activation_name(function: Callable[[Any], Any]) -> str:
    """What to call a function in a message."""
    return getattr(function, "__name__", None) or type(function).__name__
