"""Conversions of the recurrent layers."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.converters.layers import phases, reset_after
from tfjsbridge.converters.layers.common import (
    read_activation,
    read_base,
    read_weighted,
    weighted,
)
from tfjsbridge.converters.layers.gates import PARTS, write_activations
from tfjsbridge.converters.masks import INSTEAD
from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    argument,
    inputs_of,
    is_called_once,
    reads,
    then,
    writes,
)
from tfjsbridge.runtime import keras

layers = keras.layers

_OPTIONS = ("units", "use_bias", "dropout", "recurrent_dropout")
_FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll")


#: tf.js's layer of a cell.
_CLASSES = {
    layers.SimpleRNNCell: "SimpleRNN",
    layers.LSTMCell: "LSTM",
    layers.GRUCell: "GRU",
    keras_recurrent.SimpleRNNCell: "SimpleRNN",
    keras_recurrent.LSTMCell: "LSTM",
    keras_recurrent.GRUCell: "GRU",
}


def _write(layer: Any, **options: Any) -> TfjsLayer:
    _check_stateless(layer)
    cell = layer.cell
    config, weights = weighted(cell, PARTS)
    config |= {name: getattr(cell, name) for name in _OPTIONS}
    config |= {name: bool(getattr(layer, name)) for name in _FLAGS}
    part = TfjsLayer(_CLASSES[type(cell)], config | options, weights)
    write_activations(part, cell)
    return part


@writes(layers.SimpleRNN, keras_recurrent.SimpleRNN)
def write_simple_rnn(layer: Any) -> TfjsLayer:
    return _write(layer)


@writes(layers.LSTM, keras_recurrent.LSTM)
def write_lstm(layer: Any) -> TfjsLayer:
    return _write(
        layer,
        unit_forget_bias=layer.cell.unit_forget_bias,
        implementation=1,
    )


@writes(layers.GRU, keras_recurrent.GRU)
def write_gru(layer: Any) -> TfjsLayer | list[TfjsLayer]:
    if resets_after(layer):
        series, *states = inputs_of(layer) or [None]
        state = -2 if states else None
        return _write_reset_after(layer, layer.cell, series, layer.return_sequences, state)
    return _write_gru(layer)


def resets_after(layer: Any) -> bool:
    """Whether it is a GRU that resets after the multiplication, which tf.js has not."""
    gru = (layers.GRU, keras_recurrent.GRU)
    return type(layer) in gru and bool(layer.cell.reset_after)


def write_both_ways(layer: Any) -> list[TfjsLayer]:
    """A `Bidirectional` of two of these."""
    _check_stateless(layer.forward_layer)
    _check_unmasked(layer)
    series, *states = inputs_of(layer) or [None]
    cells = layer.forward_layer.cell, layer.backward_layer.cell
    alike = len({(cell.use_bias, cell.recurrent_activation) for cell in cells}) == 1
    if alike and _is_unrolled(layer, series):
        return reset_after.write_bidirectional(layer, series, [-2 - i for i in range(len(states))])
    if states:
        raise CannotConvertLayer(
            "tf.js's GRU resets before the multiplication; a Bidirectional of those that reset "
            f"after it takes no first states but of up to {reset_after.MOST_STEPS} steps"
        )
    return phases.write_bidirectional(layer, series)


def _write_reset_after(
    layer: Any, cell: Any, series: Any, sequences: bool, state: int | None
) -> list[TfjsLayer]:
    """Step by step, which trains as Keras's; or as an LSTM of any number of steps."""
    _check_stateless(layer)
    _check_unmasked(layer)
    written = reset_after if _is_unrolled(layer, series) else phases
    return written.write_gru(layer, cell, series, sequences, state)


def _is_unrolled(layer: Any, series: Any) -> bool:
    """Whether a layer can be written step by step.

    It is called once, as tf.js chooses the order in which layers of several calls are called.
    """
    few = series is not None and (series.shape[1] or math.inf) <= reset_after.MOST_STEPS
    return few and is_called_once(layer)


def _check_unmasked(layer: Any) -> None:
    if argument(layer, "mask") is not None:
        raise CannotConvertLayer(
            "tf.js's GRU resets before the multiplication, and one that resets after it is "
            f"written without a mask; {INSTEAD}"
        )


def _check_stateless(layer: Any) -> None:
    if layer.stateful:
        raise CannotConvertLayer(
            "its state stays from one call to the next (stateful=True), which tf.js's backends do "
            "not begin alike; build it with stateful=False"
        )


def _write_gru(layer: Any) -> TfjsLayer:
    return _write(layer, reset_after=False, implementation=1)


@writes(layers.RNN, keras_recurrent.RNN)
def write_rnn(layer: Any) -> list[TfjsLayer]:
    """A cell of Keras's as its layer; several as layers one on the other."""
    cells = layer.cell.cells if isinstance(layer.cell, layers.StackedRNNCells) else [layer.cell]
    for cell in cells:
        if type(cell) not in _WRITERS:
            raise CannotConvertLayer(
                f"no conversion is known for its cell, {type(cell).__name__}; use an LSTMCell, "
                "GRUCell or SimpleRNNCell"
            )
    if len(cells) > 1 and (layer.return_state or layer.go_backwards or len(inputs_of(layer)) > 1):
        raise CannotConvertLayer("tf.js's layers take several cells forwards and without states")
    parts: list[TfjsLayer] = []
    series, *states = inputs_of(layer) or [None]
    for number, cell in enumerate(cells):
        last = number == len(cells) - 1
        sequences = layer.return_sequences or not last
        if type(cell) in _GRU_CELLS and cell.reset_after:
            state = -2 if states else None
            written = _write_reset_after(layer, cell, series, sequences, state)
        else:
            part = _WRITERS[type(cell)](_Of(layer, cell))
            part.config["return_sequences"] = sequences
            written = [part]
        for part in written:
            if not last:
                part.suffix = f"cell_{number}_{part.suffix}".rstrip("_")
        parts = then(parts, written) if number else written
        if not last:
            series = (
                keras.KerasTensor((*series.shape[:2], cell.units)) if series is not None else None
            )
    return parts


class _Of:
    """An RNN as if it had this cell alone."""

    def __init__(self, layer: Any, cell: Any):
        self.cell = cell
        for name in _FLAGS:
            setattr(self, name, getattr(layer, name))


_GRU_CELLS = (layers.GRUCell, keras_recurrent.GRUCell)
_WRITERS: dict[type, Callable[[Any], Any]] = {
    layers.SimpleRNNCell: write_simple_rnn,
    layers.LSTMCell: write_lstm,
    layers.GRUCell: _write_gru,
    keras_recurrent.SimpleRNNCell: write_simple_rnn,
    keras_recurrent.LSTMCell: write_lstm,
    keras_recurrent.GRUCell: _write_gru,
}


def _read(config: dict[str, Any]) -> dict[str, Any]:
    given = {name: config[name] for name in _OPTIONS + _FLAGS if config.get(name) is not None}
    return {
        **given,
        "activation": read_activation(config.get("activation", "tanh")),
        **read_weighted(config, PARTS),
        **read_base(config),
    }


@reads("SimpleRNN")
def read_simple_rnn(config: dict[str, Any]) -> Any:
    return keras_recurrent.SimpleRNN(**_read(config))


@reads("LSTM")
def read_lstm(config: dict[str, Any]) -> Any:
    return keras_recurrent.LSTM(
        recurrent_activation=read_activation(config.get("recurrent_activation", "hardSigmoid")),
        unit_forget_bias=config.get("unit_forget_bias") or False,
        **_read(config),
    )


@reads("GRU")
def read_gru(config: dict[str, Any]) -> Any:
    return keras_recurrent.GRU(
        recurrent_activation=read_activation(config.get("recurrent_activation", "hardSigmoid")),
        reset_after=config.get("reset_after") or False,
        **_read(config),
    )
