"""GRUs that reset after the multiplication, as a model of a step, called for each of them.

tf.js's GRU resets before it (tfjs-layers/src/layers/recurrent.ts); Keras's resets after it by
default::

    z = sigmoid(x Wz + bz + h Uz + cz)
    r = sigmoid(x Wr + br + h Ur + cr)
    a = tanh(x Wh + bh + r (h Uh + ch))
    h = z h + (1 - z) a

So the weights are Keras's, each in one place, and train as Keras's do: x and a one, by which b is
multiplied, stand before h in the input of the gates. In training tf.js leaves out dropout, and
regularizers, as a kernel is a part of a layer's.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfjsbridge.converters.activations import tfjs_activation
from tfjsbridge.converters.layers.attention import dense
from tfjsbridge.converters.layers.blocks import Blocks
from tfjsbridge.converters.layers.common import activation_layers, values
from tfjsbridge.converters.layers.phases import merged
from tfjsbridge.converters.layers.rewrites import X, activation, merge, rescaling
from tfjsbridge.converters.layers.shapes import reshape
from tfjsbridge.converters.registry import TfjsLayer, model_of, then

#: The most steps. Each makes the model.json longer, and calls in calls where a model is loaded; for
#: more of them see `phases.py`.
MOST_STEPS = 128


@dataclass
class Direction:
    """A way through a series.

    Attributes:
      cell: Keras's, with its weights.
      backwards: whether it begins at the last step.
      state: where its first state comes from, see TfjsLayer; None for zeros.
      name: what the names of its layers begin with.
    """

    cell: Any
    backwards: bool
    state: int | None
    name: str


class Unrolled:
    """A GRU, or two of a `Bidirectional`, step by step."""

    def __init__(self, series: Any, use_bias: bool):
        """Begin with the steps of the series.

        Args:
          series: the first input, [batch, steps, features], of known sizes.
          use_bias: whether the inputs of the gates have a one.
        """
        steps, features = series.shape[1:]
        self.parts = Blocks()
        given = X
        if "float" not in series.dtype:
            given = self._call("as_float", [rescaling(1.0, 0.0, "")], X)
        self._given, self._shape = given, (steps, features)
        x = self._call("series", [reshape(steps, 1, features)], given)
        if use_bias:
            x = self._call("one", [_joined(3)], x, self._ones)
        self.features = features + use_bias
        self.steps = self._cut(x, steps)

    @functools.cached_property
    def _ones(self) -> int:
        return self._call("ones", _ones(*self._shape), self._given)

    def _cut(self, series: int, steps: int) -> list[int]:
        """Each step, cut from a block of several, which is cut from the series.

        tf.js makes the calls of a layer as they become possible: all steps must be there before
        some are taken backwards, so that these layers come first.
        """
        size = math.isqrt(steps - 1) + 1
        begins = [min(begin, steps - size) for begin in range(0, steps, size)]
        blocks = [
            self._call(f"from_{begin}", [_cropping(begin, steps - size - begin)], series)
            for begin in begins
        ]
        found: dict[int, int] = {}
        for begin, block in zip(begins, blocks, strict=True):
            # The last block begins where it ends with the series, maybe within the one before.
            for row in range(size):
                if begin + row not in found:
                    cropping = _cropping(row, size - 1 - row)
                    found[begin + row] = self._call(f"row_{row}", [cropping], block)
        return [found[number] for number in range(steps)]

    def _call(self, name: str, block: list[TfjsLayer], *inputs: int) -> int:
        return self.parts.call(name, block, *inputs)

    def run(self, direction: Direction) -> list[int]:
        """The states [1, 1, units] after each step, in the order of their computation."""
        units = direction.cell.units
        if direction.state is None:
            h = self._call(f"{direction.name}zeros", _zeros(len(self.steps), units), self._ones)
        else:
            h = self._call(f"{direction.name}begin", [reshape(1, 1, units)], direction.state)
        step = model_of(_step(direction.cell), (1, 1, self.features), (1, 1, units))
        after = []
        for x in reversed(self.steps) if direction.backwards else self.steps:
            h = self._call(f"{direction.name}step", [step], x, h)
            after.append(h)
        return after

    def end(self, after: list[int], units: int, sequences: bool, name: str) -> int:
        """The output [steps, units] or [units] of the states after the steps."""
        if not sequences:
            return self._call(name, [reshape(units)], after[-1])
        end = after[0]
        if len(after) > 1:
            end = self._call(f"{name}_steps".strip("_"), [_joined(1)], *after)
        return self._call(name, [reshape(len(after), units)], end)


def _step(cell: Any) -> list[TfjsLayer]:
    """The layers of a step, of its input, with a one where there is a bias, and of the state."""
    parts, weights = Blocks(), _Weights(cell)
    x, h = -1, -2
    both = parts.call("xh", [_joined(3)], x, h)
    z, r = (parts.call(name, weights.gates[name], both) for name in ("z", "r"))
    left = parts.call("rh", [merge("Multiply", -1, -2)], r, parts.call("h", [weights.of_state], h))
    given = parts.call("x", [weights.of_input], x)
    total = parts.call("sum", [merge("Add", -1, -2)], given, left)
    a = parts.call("a", _activation(cell.activation, cell.units), total)
    # a + z (h - a): the sum of products would take a layer more.
    minus = parts.call("minus", [rescaling(-1.0, 0.0, "")], a)
    change = parts.call("less", [merge("Add", -1, -2)], h, minus)
    kept = parts.call("keep", [merge("Multiply", -1, -2)], z, change)
    parts.call("new", [merge("Add", -1, -2)], a, kept)
    return parts


class _Weights:
    """The layers that have the weights of a cell, which stand in tf.js by gate."""

    def __init__(self, cell: Any):
        kernel, recurrent = (
            np.split(values(array), 3, axis=1) for array in (cell.kernel, cell.recurrent_kernel)
        )
        biases: list[np.ndarray | None] = [None] * 3
        if cell.use_bias:
            of_x, of_h = values(cell.bias)
            biases = list(np.split(of_h, 3))
            rows = np.split(of_x[None], 3, axis=1)
            kernel = [np.concatenate(pair) for pair in zip(kernel, rows, strict=True)]
        #: z and r, of x and h.
        self.gates = {
            name: _activated(
                dense(np.concatenate([kernel[gate], recurrent[gate]]), biases[gate], ""), cell
            )
            for gate, name in enumerate(("z", "r"))
        }
        #: x Wh + bh.
        self.of_input = dense(kernel[2], None, "")
        #: h Uh + ch.
        self.of_state = dense(recurrent[2], biases[2], "")


def _activated(part: TfjsLayer, cell: Any) -> list[TfjsLayer]:
    """A gate with its activation: inside where tf.js has the function."""
    function = cell.recurrent_activation
    name = tfjs_activation(function)
    if name is None:
        return then([part], _activation(function, cell.units))
    part.config["activation"] = name
    return [part]


def _activation(function: Any, units: int) -> list[TfjsLayer]:
    return activation_layers(function, lambda: (None, 1, 1, units))


def _cropping(before: int, after: int) -> TfjsLayer:
    """Without so many steps."""
    return TfjsLayer("Cropping2D", {"cropping": [[before, after], [0, 0]]})


def _joined(axis: int) -> TfjsLayer:
    return TfjsLayer("Concatenate", {"axis": axis})


def _zeros(steps: int, units: int) -> list[TfjsLayer]:
    """The first state [1, 1, units], of ones [steps, 1, 1]."""
    padding = {"padding": [[0, 0], [0, units - 1]]}
    return [
        _cropping(0, steps - 1),
        rescaling(0.0, 0.0, "zero"),
        TfjsLayer("ZeroPadding2D", padding, suffix="padding"),
        reshape(1, 1, units),
    ]


def _ones(steps: int, features: int) -> list[TfjsLayer]:
    """A one for each step, [steps, 1, 1]."""
    cropping = {"cropping": [[0, 0], [0, features - 1]]}
    return [
        reshape(steps, features, 1),
        *([TfjsLayer("Cropping2D", cropping, suffix="first")] if features > 1 else []),
        activation("sigmoid"),  # which is finite, whatever comes
        rescaling(0.0, 1.0, ""),
    ]


def write_gru(
    layer: Any, cell: Any, series: Any, sequences: bool, state: int | None
) -> list[TfjsLayer]:
    """A GRU that resets after the multiplication.

    Args:
      layer: what has the options of a recurrent layer.
      cell: the cell.
      series: its input, [batch, steps, features].
      sequences: whether it gives the outputs of all steps.
      state: where its first state comes from; see TfjsLayer. None for zeros.
    """
    unrolled = Unrolled(series, cell.use_bias)
    after = unrolled.run(Direction(cell, layer.go_backwards, state, ""))
    if layer.return_state:
        unrolled.parts[unrolled.end(after, cell.units, False, "state")].output = 1
    unrolled.end(after, cell.units, sequences, "")
    return _ended(unrolled.parts, [cell])


#: Of the directions.
_NAMES = ("f", "b")


def write_bidirectional(layer: Any, series: Any, states: Sequence[int]) -> list[TfjsLayer]:
    """Two GRUs that reset after the multiplication, in a `Bidirectional`.

    Both have a bias, or none has, and the same recurrent_activation.

    Args:
      layer: the `Bidirectional`.
      series: its input, [batch, steps, features].
      states: where their first states come from; see TfjsLayer. Empty for zeros.
    """
    ways = [layer.forward_layer, layer.backward_layer]
    cells = [way.cell for way in ways]
    unrolled = Unrolled(series, cells[0].use_bias)
    given = states or (None, None)
    both = [
        unrolled.run(Direction(way.cell, way.go_backwards, state, f"{name}_"))
        for way, state, name in zip(ways, given, _NAMES, strict=True)
    ]
    ends = []
    for way, after, name in zip(ways, both, _NAMES, strict=True):
        turned = way.return_sequences and way is layer.backward_layer
        in_time = after[::-1] if turned else after
        ends.append(unrolled.end(in_time, way.cell.units, way.return_sequences, f"{name}_end"))
    if layer.return_state:
        for number, (after, name) in enumerate(zip(both, _NAMES, strict=True)):
            end = unrolled.end(after, cells[number].units, False, f"{name}_state")
            unrolled.parts[end].output = number + (2 if layer.merge_mode is None else 1)
    parts = unrolled.parts
    parts += merged(layer.merge_mode, ends, parts)
    if layer.merge_mode is not None:
        parts[-1].suffix = ""
    return _ended(unrolled.parts, cells)


def _ended(parts: list[TfjsLayer], cells: list[Any]) -> list[TfjsLayer]:
    """Say what training leaves out."""
    if any(cell.dropout or cell.recurrent_dropout for cell in cells):
        parts[-1].untrained = "the dropout"
    return list(parts)
