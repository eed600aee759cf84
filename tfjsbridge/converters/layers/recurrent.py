"""Conversions of the recurrent layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.converters.layers.common import (
    inner_activation,
    listed,
    read_activation,
    read_base,
    read_weighted,
    weighted,
)
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, inputs_of, reads, writes
from tfjsbridge.runtime import keras

layers = keras.layers

_PARTS = {"kernel": "kernel", "recurrent": "recurrent_kernel", "bias": "bias"}
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
    if layer.stateful:
        raise CannotConvertLayer(
            "its state stays from one call to the next (stateful=True), which tf.js's backends do "
            "not begin alike; build it with stateful=False"
        )
    cell = layer.cell
    config, weights = weighted(cell, _PARTS)
    config |= {name: getattr(cell, name) for name in _OPTIONS}
    config |= {name: bool(getattr(layer, name)) for name in _FLAGS}
    config["activation"] = inner_activation(cell.activation, "activation")
    return TfjsLayer(_CLASSES[type(cell)], config | options, weights)


def _recurrent_activation(layer: Any) -> str:
    return inner_activation(layer.cell.recurrent_activation, "recurrent_activation")


@writes(layers.SimpleRNN, keras_recurrent.SimpleRNN)
def write_simple_rnn(layer: Any) -> TfjsLayer:
    return _write(layer)


@writes(layers.LSTM, keras_recurrent.LSTM)
def write_lstm(layer: Any) -> TfjsLayer:
    return _write(
        layer,
        recurrent_activation=_recurrent_activation(layer),
        unit_forget_bias=layer.cell.unit_forget_bias,
        implementation=1,
    )


@writes(layers.GRU, keras_recurrent.GRU)
def write_gru(layer: Any) -> TfjsLayer:
    if layer.cell.reset_after:
        raise CannotConvertLayer(
            "tf.js's GRU resets before the multiplication, but it has reset_after=True, Keras's "
            "default; build and train it with reset_after=False"
        )
    return _write(
        layer,
        recurrent_activation=_recurrent_activation(layer),
        reset_after=False,
        implementation=1,
    )


@writes(layers.ConvLSTM2D, keras_recurrent.ConvLSTM2D)
def write_conv_lstm_2d(layer: Any) -> TfjsLayer:
    cell = layer.cell
    if layer.stateful or layer.go_backwards or max(cell.dilation_rate) > 1:
        raise CannotConvertLayer("tf.js's ConvLSTM2D goes forwards, without state and dilation")
    if cell.data_format == "channels_first":
        raise CannotConvertLayer("tf.js's wasm has no ConvLSTM2D of channels first")
    config, weights = weighted(cell, _PARTS)
    sizes = ("kernel_size", "strides", "padding", "data_format", "dilation_rate")
    config |= {name: listed(getattr(cell, name)) for name in (*sizes, "filters", "use_bias")}
    config |= {name: bool(getattr(layer, name)) for name in _FLAGS if name != "unroll"}
    config |= {
        "activation": inner_activation(cell.activation, "activation"),
        "recurrent_activation": _recurrent_activation(layer),
        "unit_forget_bias": cell.unit_forget_bias,
        "dropout": cell.dropout,
        "recurrent_dropout": cell.recurrent_dropout,
    }
    return TfjsLayer("ConvLSTM2D", config, weights)


@reads("ConvLSTM2D")
def read_conv_lstm_2d(config: dict[str, Any]) -> Any:
    sizes = {
        name: config[name]
        for name in ("strides", "padding", "dilation_rate", "return_sequences", "return_state")
        if config.get(name) is not None
    }
    return keras_recurrent.ConvLSTM2D(
        config["filters"],
        config["kernel_size"],
        data_format=read_data_format(config),
        activation=read_activation(config.get("activation", "tanh")),
        recurrent_activation=read_activation(config.get("recurrent_activation", "hardSigmoid")),
        use_bias=config.get("use_bias", True),
        unit_forget_bias=config.get("unit_forget_bias") or False,
        dropout=config.get("dropout") or 0.0,
        recurrent_dropout=config.get("recurrent_dropout") or 0.0,
        **sizes,
        **read_weighted(config, _PARTS),
        **read_base(config),
    )


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
    parts = []
    for number, cell in enumerate(cells):
        last = number == len(cells) - 1
        part = _WRITERS[type(cell)](_Of(layer, cell))
        part.config["return_sequences"] = layer.return_sequences or not last
        part.suffix = "" if last else f"cell_{number}"
        parts.append(part)
    return parts


class _Of:
    """An RNN as if it had this cell alone."""

    def __init__(self, layer: Any, cell: Any):
        self.cell = cell
        for name in _FLAGS:
            setattr(self, name, getattr(layer, name))


_WRITERS: dict[type, Callable[[Any], Any]] = {
    layers.SimpleRNNCell: write_simple_rnn,
    layers.LSTMCell: write_lstm,
    layers.GRUCell: write_gru,
    keras_recurrent.SimpleRNNCell: write_simple_rnn,
    keras_recurrent.LSTMCell: write_lstm,
    keras_recurrent.GRUCell: write_gru,
}


def _read(config: dict[str, Any]) -> dict[str, Any]:
    given = {name: config[name] for name in _OPTIONS + _FLAGS if config.get(name) is not None}
    return {
        **given,
        "activation": read_activation(config.get("activation", "tanh")),
        **read_weighted(config, _PARTS),
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
