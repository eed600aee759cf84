"""Layers / Wrapper of the tf.js API.

Follows tfjs-layers/src/layers/wrappers.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.errors import unknown_name
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.custom import CustomLayer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.layers.recurrent import RNN
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack

_MERGE_MODES = ("sum", "mul", "concat", "ave")


class Bidirectional(RNN):
    """A recurrent layer and one that goes the other way; their states stand one after the other."""

    __slots__ = ()

    def _loops(self) -> list[Any]:
        return [self.keras.forward_layer, self.keras.backward_layer]

    def _check_number(self, states: list[Any]) -> None:
        if len(states) % 2:
            raise ValueError(
                "When passing `initialState` to a Bidrectional RNN, the state should be an Array "
                "containing the states of the underlying RNNs."
            )


@layer_options
def bidirectional(
    *, layer: RNN, mergeMode: str | None = "concat", **base: Unpack[LayerOptions]
) -> Bidirectional:
    """A recurrent layer forwards and a second one backwards through a series.

    Both are new layers with `layer`'s options, but not with its weights or its `dropoutFunc`.

    tf.js: the option `trainable` has no effect; `trainable` of `layer` has.

    Args:
      layer: what `lstm`, `gru`, `simpleRNN`, `rnn` or `convLstm2d` gave.
      mergeMode: how the two outputs are joined: "concat", "sum", "mul", "ave"; None keeps both.

    Raises:
      ValueError: for another `mergeMode`, another layer, or `weights`.
    """
    if not isinstance(layer, RNN) or isinstance(layer, Bidirectional):
        # tf.js: any layer is taken, and called twice if it has no direction.
        raise ValueError(f"bidirectional: `layer` must be a recurrent layer, got {layer!r}.")
    if mergeMode is not None and mergeMode not in _MERGE_MODES:
        raise unknown_name("mergeMode", mergeMode, _MERGE_MODES)
    if base.get("weights") is not None:
        raise ValueError("weights support is not implemented for Bidirectional layer yet.")
    base["trainable"] = True
    made = make_layer(keras_recurrent.Bidirectional, base, layer=layer.keras, merge_mode=mergeMode)
    return Bidirectional(made.keras)


@layer_options
def timeDistributed(*, layer: Layer, **base: Unpack[LayerOptions]) -> Layer:
    """A layer on each step of a series alone: [batch, steps, ...] to [batch, steps, ...].

    tf.js: the option `trainable` has no effect; `trainable` of `layer` has.

    Args:
      layer: the layer, or a model; it is the same for all steps.

    Raises:
      ValueError: where `layer` is no layer; without an axis of steps, when it is called.
    """
    if not isinstance(layer, Layer):
        raise ValueError(f"timeDistributed: `layer` must be a layer, got {layer!r}.")
    base["trainable"] = layer.trainable
    return make_layer(keras.layers.TimeDistributed, base, layer=layer.keras)


def wrapped(keras_layer: Any) -> Layer:
    """The Layer, RNN or Bidirectional of a Keras layer."""
    if isinstance(keras_layer, CustomLayer):
        return keras_layer.mirror
    if isinstance(keras_layer, keras.layers.Bidirectional):
        return Bidirectional(keras_layer)
    return RNN(keras_layer) if isinstance(keras_layer, keras.layers.RNN) else Layer(keras_layer)
