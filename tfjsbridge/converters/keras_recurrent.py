"""Keras's recurrent layers with what tf.js computes otherwise: dropout, and masked steps.

Follows tfjs-layers/src/layers/{recurrent,convolutional_recurrent,wrappers}.ts. Weights, options and
everything else are Keras's, so that each is a `keras.layers.LSTM` (GRU, ...) for other code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras.src.layers.rnn.conv_lstm import ConvLSTMCell

from tfjsbridge.runtime import keras

ops = keras.ops
_register = keras.saving.register_keras_serializable("tfjsbridge")

#: (a tensor of ones, the rate) to a dropout mask.
DropoutFunction = Callable[[Any, float], Any]


class _Masks:
    """How a cell's dropout masks are made: by Keras's dropout, or by a function of one's own."""

    #: Set by whoever makes the layer. It is not in the configuration, as it is not in tf.js's.
    dropout_func: DropoutFunction | None = None

    def _mask(self, like: Any, rate: float) -> Any:
        ones = ops.ones_like(like)
        if self.dropout_func is not None:
            return self.dropout_func(ones, rate)
        return keras.random.dropout(ones, rate, seed=self.seed_generator)  # type: ignore[attr-defined]


class _Cell(_Masks):
    """A cell with tf.js's dropout.

    tf.js: one mask drops inputs and one the last output, for all gates alike; GRU's output mixes
    with the dropped one, too. Keras draws a mask for each gate once there is recurrent dropout.
    """

    def _create_dropout_mask(self, step_input: Any, dropout_rate: float) -> Any:
        return self._mask(step_input, dropout_rate)

    def call(self, inputs: Any, states: Any, training: bool = False) -> Any:
        cell: Any = self
        states = list(states) if keras.tree.is_nested(states) else [states]
        if training and 0 < cell.dropout < 1:
            inputs = inputs * cell.get_dropout_mask(inputs)
        if training and 0 < cell.recurrent_dropout < 1:
            states[0] = states[0] * cell.get_recurrent_dropout_mask(states[0])
        return super().call(inputs, states, training=False)  # type: ignore[misc]


@_register
class SimpleRNNCell(_Cell, keras.layers.SimpleRNNCell):
    """Keras's cell with tf.js's dropout."""


@_register
class GRUCell(_Cell, keras.layers.GRUCell):
    """Keras's cell with tf.js's dropout."""


@_register
class LSTMCell(_Cell, keras.layers.LSTMCell):
    """Keras's cell with tf.js's dropout."""


@_register
class ConvLSTM2DCell(_Masks, ConvLSTMCell):
    """Keras's cell, which has a mask for each gate as tf.js's has."""

    def __init__(self, rank: int = 2, **config: Any):
        super().__init__(rank=rank, **config)

    def _create_dropout_mask(self, step_input: Any, dropout_rate: float) -> Any:
        return [self._mask(step_input, dropout_rate) for _ in range(self.dropout_mask_count)]


class _Recurrent:
    """What all recurrent layers do as tf.js does it."""

    def __init__(self, *arguments: Any, **config: Any):
        super().__init__(*arguments, **config)
        layer: Any = self
        cell = layer.cell
        if type(cell) in _OWN_CELLS:
            # Keras made it a moment ago; ours has other methods and no attributes of its own.
            cell.__class__ = _OWN_CELLS[type(cell)]

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        if sequences_shape[1] is None:
            # tf.js: `unroll` has no effect; Keras unrolls a known number of steps only.
            self.unroll = False
        super().build(sequences_shape, initial_state_shape)  # type: ignore[misc]

    def inner_loop(
        self, sequences: Any, initial_state: Any, mask: Any, training: bool = False
    ) -> Any:
        last, outputs, states = super().inner_loop(  # type: ignore[misc]
            sequences, initial_state, mask, training=training
        )
        if mask is None:
            return last, outputs, states
        # tf.js: until the first step that is not masked the output is the initial state, where
        # Keras gives zeros.
        layer: Any = self
        mask = keras.tree.flatten(mask)[0]
        if len(mask.shape) == 3:
            mask = mask[:, :, 0]
        steps = ops.cast(mask, "int32")
        if layer.go_backwards:
            steps = ops.flip(steps, axis=1)
        begun = ops.cumsum(steps, axis=1) > 0
        before = _output_state(layer, initial_state)
        rank = len(before.shape)
        last = ops.where(_widened(begun[:, -1], rank), last, before)
        if layer.return_sequences:
            outputs = ops.where(_widened(begun, rank + 1), outputs, before[:, None])
        return last, outputs, states


def _output_state(layer: Any, states: Any) -> Any:
    """The state that is the output: the first one, of the last cell."""
    stacked = isinstance(layer.cell, keras.layers.StackedRNNCells)
    return keras.tree.flatten(states[-1] if stacked else states)[0]


def _widened(values: Any, rank: int) -> Any:
    """Values with axes of size 1 behind their own."""
    return ops.reshape(values, [*ops.shape(values), *[1] * (rank - len(values.shape))])


@_register
class SimpleRNN(_Recurrent, keras.layers.SimpleRNN):
    """Keras's layer with tf.js's dropout and masked steps."""


@_register
class GRU(_Recurrent, keras.layers.GRU):
    """Keras's layer with tf.js's dropout and masked steps."""


@_register
class LSTM(_Recurrent, keras.layers.LSTM):
    """Keras's layer with tf.js's dropout and masked steps."""


@_register
class RNN(_Recurrent, keras.layers.RNN):
    """Keras's layer with tf.js's masked steps."""


@_register
class ConvLSTM2D(_Recurrent, keras.layers.ConvLSTM2D):
    """Keras's layer, whose dropout masks a function may make."""


#: What Keras makes for a layer, and what it is to be.
_OWN_CELLS = {
    keras.layers.SimpleRNNCell: SimpleRNNCell,
    keras.layers.GRUCell: GRUCell,
    keras.layers.LSTMCell: LSTMCell,
    ConvLSTMCell: ConvLSTM2DCell,
}


@_register
class Bidirectional(keras.layers.Bidirectional):
    """Keras's layer, around a layer that goes backwards too, and with tf.js's masked steps."""

    def __init__(
        self,
        layer: Any,
        merge_mode: str | None = "concat",
        weights: Any = None,
        backward_layer: Any = None,
        **config: Any,
    ):
        if backward_layer is None and layer.go_backwards:
            # tf.js: what goes backwards already is turned around; Keras refuses it.
            turned = dict(layer.get_config(), go_backwards=False, name=f"backward_{layer.name}")
            backward_layer = type(layer).from_config(turned)
        super().__init__(layer, merge_mode, weights, backward_layer, **config)
        # tf.js: a masked step repeats the step before it, where Keras gives zeros.
        self.forward_layer.zero_output_for_mask = False
        self.backward_layer.zero_output_for_mask = False
