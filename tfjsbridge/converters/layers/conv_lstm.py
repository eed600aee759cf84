"""Conversions of ConvLSTM1D and ConvLSTM2D: tf.js has the latter, forwards and with channels last.

Follows tfjs-layers/src/layers/convolutional_recurrent.ts.
"""

from __future__ import annotations

import math
from typing import Any

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.converters.layers.common import (
    input_shape,
    listed,
    output_shape,
    read_activation,
    read_base,
    read_weighted,
    weighted,
)
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.layers.gates import PARTS, write_activations
from tfjsbridge.converters.layers.shapes import known, permute, reshape
from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    inputs_of,
    reads,
    writes,
)
from tfjsbridge.runtime import keras

layers = keras.layers

_FLAGS = ("return_sequences", "return_state", "go_backwards", "stateful")


@writes(layers.ConvLSTM2D, keras_recurrent.ConvLSTM2D)
def write_conv_lstm_2d(layer: Any) -> list[TfjsLayer]:
    part = _write(layer)
    parts = [*_turned(layer), part]
    if layer.cell.data_format == "channels_first":
        _check_states(layer)
        part.suffix = "channels_last"
        steps = [1] if layer.return_sequences else []
        rank = 4 + len(steps)
        parts.insert(-1, permute([1, 3, 4, 2]))
        parts.append(permute([*steps, rank - 1, *range(1 + len(steps), rank - 1)], ""))
    return parts


@writes(layers.ConvLSTM1D)
def write_conv_lstm_1d(layer: Any) -> list[TfjsLayer]:
    """Over pictures of one column."""
    _check_states(layer)
    part = _write(layer)
    part.suffix = "columns"
    for name in ("kernel", "recurrent_kernel"):
        part.weights[name] = part.weights[name][:, None]
    for name in ("kernel_size", "strides", "dilation_rate"):
        part.config[name] = [*part.config[name], 1]
    first = layer.cell.data_format == "channels_first"
    steps, *sizes = input_shape(layer)[1:]
    length, channels = sizes[::-1] if first else sizes
    before = [permute([1, 3, 2], "channels_last")] if first else []
    *lead, last, filters = output_shape(layer)[1:]
    if first:
        last, filters = filters, last
    after = reshape(*[-1 if size is None else size for size in lead], last, filters, suffix="")
    parts = [
        *_turned(layer),
        *before,
        reshape(steps or -1, length, 1, channels, suffix="pictures"),
        part,
        after,
    ]
    if first:
        after.suffix = "series"
        parts.append(permute([2, 1] if not lead else [1, 3, 2], ""))
    return parts


def _turned(layer: Any) -> list[TfjsLayer]:
    """The input of a layer that goes backwards, with its last step first.

    tf.js: its own go_backwards turns tensors of rank 5 around, which webgl cannot.
    """
    if not layer.go_backwards:
        return []
    _check_states(layer)
    steps, *sizes = known(input_shape(layer))
    parts = [reshape(steps, math.prod(sizes), 1, suffix="series")]
    parts[0].inputs = (-1,)
    for step in range(steps):
        cropping = {"cropping": [[step, steps - 1 - step], [0, 0]]}
        parts.append(TfjsLayer("Cropping2D", cropping, {}, f"step_{step}", (0,)))
    if steps > 1:
        order = tuple(range(steps, 0, -1))
        parts.append(TfjsLayer("Concatenate", {"axis": 1}, {}, "backwards", order))
    return [*parts, reshape(steps, *sizes, suffix="turned")]


def _check_states(layer: Any) -> None:
    if layer.return_state or len(inputs_of(layer)) > 1:
        raise CannotConvertLayer(
            "tf.js's ConvLSTM2D has states of two dimensions and channels last only"
        )


def _write(layer: Any) -> TfjsLayer:
    """As tf.js's layer, with channels last."""
    cell = layer.cell
    if layer.stateful:
        raise CannotConvertLayer("tf.js's ConvLSTM2D keeps no state; build it with stateful=False")
    config, weights = weighted(cell, PARTS)
    sizes = ("kernel_size", "strides", "padding", "dilation_rate")
    config |= {name: listed(getattr(cell, name)) for name in (*sizes, "filters", "use_bias")}
    config |= {name: bool(getattr(layer, name)) for name in _FLAGS}
    config |= {
        "go_backwards": False,  # see _turned
        "data_format": "channels_last",
        "unit_forget_bias": cell.unit_forget_bias,
        "dropout": cell.dropout,
        "recurrent_dropout": cell.recurrent_dropout,
    }
    part = TfjsLayer("ConvLSTM2D", config, weights)
    write_activations(part, cell)
    return part


@reads("ConvLSTM2D")
def read_conv_lstm_2d(config: dict[str, Any]) -> Any:
    sizes = {
        name: config[name]
        for name in ("strides", "padding", "dilation_rate", *_FLAGS[:3])
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
        **read_weighted(config, PARTS),
        **read_base(config),
    )
