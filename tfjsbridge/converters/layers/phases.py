"""GRUs that reset after the multiplication, over any number of steps: as an LSTM of three phases.

tf.js runs a series of an open length in its own recurrent layers only, whose GRU resets before the
multiplication (tfjs-layers/src/layers/recurrent.ts). Its LSTM without an activation computes ::

    c = f c + i g        h = o c

with i, f, o as sigmoids and g as a sum of what it is given and of the last h. A step of the GRU is
three of an LSTM with twice as many units, of which half hold the GRU's state (s) and half what is
between (b)::

    1   b: c = h = sigmoid(x Wr + s Ur) (s Uh + ch)           s: kept in c, h = 0
    2   b: c = h = 2 sigmoid(2 (x Wh + b))                    s: kept in c, h = c
    3   s: c = h = z c + (1 - z) (b - 1)                      b: h = 0

as tanh(y) = 2 sigmoid(2 y) - 1. In each phase the other half is hidden by an h of 0 where it would
be in the way. What a phase has of x, and three numbers that say which phase it is, are made by a
dense layer before it. The weights are not trained in tf.js: there are zeros and ones among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.attention import dense
from tfjsbridge.converters.layers.common import input_shape, values
from tfjsbridge.converters.layers.rewrites import X, rescaling
from tfjsbridge.converters.layers.shapes import reshape
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer
from tfjsbridge.runtime import keras

activations = keras.activations

#: What a gate is given to be 1, and its negative to be 0, whatever else it is given.
OPEN = 1e4
#: Of the function a in the GRU: a(y) = scale sigmoid(scale y) + offset.
AS_SIGMOID = {activations.tanh: (2.0, -1.0), activations.sigmoid: (1.0, 0.0)}


def write_gru(
    layer: Any, cell: Any, series: Any, sequences: bool, state: int | None
) -> list[TfjsLayer]:
    """A GRU that resets after the multiplication.

    Args:
      layer: what has the options of a recurrent layer.
      cell: the cell.
      series: its input, [batch, steps, features], of which the number of steps may be unknown; None
        inside of another layer.
      sequences: whether it gives the outputs of all steps.
      state: where its first state comes from; see TfjsLayer. None for zeros.

    Raises:
      CannotConvertLayer: if it has other activations than tanh and sigmoid.
    """
    units = cell.units
    parts = _phases([(cell, layer.go_backwards)], series)
    # Without branches it stays a series of layers, as it may be inside of another layer.
    if branched := layer.return_state or state is not None:
        parts[0].inputs = (X,)
    lstm = TfjsLayer("LSTM", _config(units, sequences), _weights(cell, 0, units + 3), "lstm")
    lstm.config["go_backwards"] = bool(layer.go_backwards)
    if state is not None:
        lstm.inputs = (len(parts) - 1, len(parts) + 2, len(parts) + 2)
        parts += _begin(units, state)
    parts.append(_fixed(lstm))
    end = len(parts) - 1
    row = 2 if sequences else 0
    steps = _steps(layer, series) if sequences else None
    if layer.return_state:
        parts += _cut(end, 2 * units, row, 0, units, "state", steps)
        if sequences:
            parts.append(_last(units))
        parts[-1].output = 1
    parts += _cut(end if branched else None, 2 * units, row, 0, units, "", steps)
    return _ended(parts)


def write_bidirectional(layer: Any, series: Any) -> list[TfjsLayer]:
    """Two GRUs that reset after the multiplication, in a `Bidirectional` without given states.

    Raises:
      CannotConvertLayer: if they have other activations than tanh and sigmoid, other options than
        each other, or states.
    """
    forward, backward = layer.forward_layer, layer.backward_layer
    units, sequences = forward.units, forward.return_sequences
    if forward.return_state or forward.go_backwards or backward.units != units:
        raise CannotConvertLayer(
            "tf.js's GRU resets before the multiplication; a Bidirectional of those that reset "
            "after it begins forwards, and has no states, where the number of steps is open"
        )
    parts = _phases([(forward.cell, False), (backward.cell, True)], series)
    width = 2 * (units + 3)
    inner = {"name": "lstm", "trainable": False, "dtype": "float32", **_config(units, sequences)}
    weights = {
        f"{way}_lstm/{name}": values
        for number, (way, cell) in enumerate(
            (("forward", forward.cell), ("backward", backward.cell))
        )
        for name, values in _weights(cell, number * (units + 3), width).items()
    }
    config = {"merge_mode": "concat", "layer": {"class_name": "LSTM", "config": inner}}
    parts.append(_fixed(TfjsLayer("Bidirectional", config, weights, "lstms")))
    lstm = len(parts) - 1
    # The backward one has its third phase in the first row of a step's.
    rows = (2, 0) if sequences else (0, 0)
    steps = _steps(layer, series) if sequences else None
    ends = []
    for number, (row, name) in enumerate(zip(rows, ("f_end", "b_end"), strict=True)):
        parts += _cut(lstm, 4 * units, row, 2 * units * number, units, name, steps)
        ends.append(len(parts) - 1)
    parts += merged(layer.merge_mode, ends, parts)
    return _ended(parts)


MERGES = {"concat": "Concatenate", "sum": "Add", "mul": "Multiply", "ave": "Average"}


def merged(mode: str | None, ends: Sequence[int], parts: list[TfjsLayer]) -> list[TfjsLayer]:
    """What a `Bidirectional` makes of the outputs of both, or none where it gives both."""
    if mode is None:
        for number, end in enumerate(ends):
            parts[end].output = number
        return []
    config = {"axis": -1} if mode == "concat" else {}
    return [TfjsLayer(MERGES[mode], config, {}, "merged", tuple(ends))]


def _steps(layer: Any, series: Any) -> int:
    """How many there are, or -1."""
    shape = input_shape(layer) if series is None else series.shape
    return shape[1] or -1


def _ended(parts: list[TfjsLayer]) -> list[TfjsLayer]:
    parts[-1].suffix = ""
    parts[-1].untrained = "the training"
    return parts


def _phases(ways: Sequence[tuple[Any, bool]], series: Any) -> list[TfjsLayer]:
    """The series with three phases for each step, of each cell that is given and its direction."""
    for cell, _ in ways:
        if (
            cell.activation not in AS_SIGMOID
            or cell.recurrent_activation is not activations.sigmoid
        ):
            raise CannotConvertLayer(
                "tf.js's GRU resets before the multiplication; one that resets after it is written "
                "for any number of steps with the activation tanh or sigmoid and the "
                "recurrent_activation sigmoid"
            )
    both = [_of_input(cell)[:: -1 if backwards else 1] for cell, backwards in ways]
    in_order = [phase for row in zip(*both, strict=True) for phase in row]
    kernel, bias = (np.concatenate([phase[i] for phase in in_order], -1) for i in (0, 1))
    parts = [
        _fixed(dense(kernel, bias, "inputs")),
        reshape(-1, len(bias) // 3, suffix="phases"),
    ]
    if series is not None and "float" not in series.dtype:
        parts.insert(0, rescaling(1.0, 0.0, "as_float"))
    return parts


def _of_input(cell: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    """The kernel and the bias of what each phase has of x, and of the numbers that say which."""
    scale, _ = AS_SIGMOID[cell.activation]
    z, r, h = _gates(values(cell.kernel))
    (bz, br, bh), (cz, cr, _) = _biases(cell)
    none, one = np.zeros([len(z), 3], np.float32), np.eye(3, dtype=np.float32)
    made = zip([r, scale * h, z], [br + cr, scale * bh, bz + cz], one, strict=True)
    return [
        (np.concatenate([kernel, none], 1), np.concatenate([bias, phase]))
        for kernel, bias, phase in made
    ]


def _gates(array: np.ndarray) -> list[np.ndarray]:
    """What belongs to z, r and h."""
    return np.split(array, 3, axis=-1)


def _biases(cell: Any) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Those of the inputs and of the state."""
    bias = values(cell.bias) if cell.use_bias else np.zeros([2, 3 * cell.units], np.float32)
    return _gates(bias[0]), _gates(bias[1])


def _config(units: int, sequences: bool) -> dict[str, Any]:
    return {
        "units": 2 * units,
        "activation": "linear",
        "recurrent_activation": "sigmoid",
        "use_bias": True,
        "unit_forget_bias": False,
        "return_sequences": sequences,
        "go_backwards": False,
        "implementation": 1,
    }


def _weights(cell: Any, at: int, width: int) -> dict[str, np.ndarray]:
    """Those of the LSTM; its gates are i, f, g, o, and its units s and b, as above.

    Args:
      cell: the GRU's.
      at: where in its inputs what is given to this cell begins.
      width: how many inputs it has.
    """
    units = cell.units
    scale, offset = AS_SIGMOID[cell.activation]
    uz, ur, uh = _gates(values(cell.recurrent_kernel))
    _, (_, _, ch) = _biases(cell)
    one = np.eye(units, dtype=np.float32)
    kernel = np.zeros([width, 4, 2, units], np.float32)
    recurrent = np.zeros([2, units, 4, 2, units], np.float32)
    bias = np.zeros([4, 2, units], np.float32)
    i, f, g, o = range(4)
    s, b = range(2)
    x = slice(at, at + units)
    first, second, third = range(at + units, at + units + 3)
    # s: changes in the third phase alone; hidden from the second one.
    kernel[x, i, s], recurrent[s, :, i, s] = -one, -uz
    kernel[x, f, s], recurrent[s, :, f, s] = one, uz
    kernel[[first, second], i, s], kernel[[first, second], f, s] = -OPEN, OPEN
    recurrent[b, :, g, s], bias[g, s] = one, offset
    kernel[first, o, s], kernel[[second, third], o, s] = -OPEN, OPEN
    # b: new in the first two; hidden from the first one.
    kernel[x, i, b], recurrent[s, :, i, b], recurrent[b, :, i, b] = one, ur, scale * one
    bias[f, b] = -OPEN
    recurrent[s, :, g, b], kernel[first, g, b], kernel[second, g, b] = uh, ch, scale
    kernel[[first, second], o, b], kernel[third, o, b] = OPEN, -OPEN
    return {
        "kernel": kernel.reshape(width, -1),
        "recurrent_kernel": recurrent.reshape(2 * units, -1),
        "bias": bias.reshape(-1),
    }


def _fixed(part: TfjsLayer) -> TfjsLayer:
    part.config["trainable"] = False
    return part


def _begin(units: int, state: int) -> list[TfjsLayer]:
    """A first state, and zeros for what is between."""
    padding = {"padding": [[0, 0], [0, units]]}
    parts = [
        reshape(1, units, 1, suffix="begin"),
        TfjsLayer("ZeroPadding2D", padding, suffix="begin_padded"),
        reshape(2 * units, suffix="begin_both"),
    ]
    parts[0].inputs = (state,)
    return parts


def _cut(
    lstm: int | None, width: int, row: int, at: int, units: int, name: str, steps: int | None
) -> list[TfjsLayer]:
    """The states in what an LSTM gives: in one row of the three of each step, or in its last row.

    Args:
      lstm: its number; None for the layer before.
      width: of a row.
      row: the number of the row.
      at: where in the row they begin.
      units: how many they are.
      name: what the layers' names begin with.
      steps: how many, -1 if that is not known; None for the last row alone.
    """
    all_of_step = width if steps is None else 3 * width
    begin = row * width + at
    cropping = {"cropping": [[0, 0], [begin, all_of_step - begin - units]]}
    prefix = f"{name}_" if name else ""
    parts = [
        reshape(1 if steps is None else steps, all_of_step, 1, suffix=f"{prefix}of_step"),
        TfjsLayer("Cropping2D", cropping, suffix=f"{prefix}states"),
        reshape(*([] if steps is None else [steps]), units, suffix=name),
    ]
    parts[0].inputs = None if lstm is None else (lstm,)
    return parts


def _last(units: int) -> TfjsLayer:
    """The last step of a series of any length, as a layer that forgets all others."""
    config = {
        "units": units,
        "activation": "linear",
        "use_bias": False,
        "return_sequences": False,
    }
    weights = {
        "kernel": np.eye(units, dtype=np.float32),
        "recurrent_kernel": np.zeros([units, units], np.float32),
    }
    return _fixed(TfjsLayer("SimpleRNN", config, weights, "last"))
