"""GRUs that reset after the multiplication, as the layers of each of their steps.

tf.js's GRU resets before it (tfjs-layers/src/layers/recurrent.ts); Keras's resets after it by
default::

    z = sigmoid(x Wz + bz + h Uz + cz)
    r = sigmoid(x Wr + br + h Ur + cr)
    a = tanh(x Wh + bh + r (h Uh + ch))
    h = z h + (1 - z) a

The layers of a step are called again for the next one, so that the weights are Keras's, each in one
place, and train as Keras's do: x and a one, by which b is multiplied, stand before h in the input
of the gates. In training tf.js leaves out dropout, and regularizers, as a kernel is a part of a
layer's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
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
from tfjsbridge.converters.registry import TfjsLayer, then

#: The most steps. They make a model.json of 400 bytes each, and calls in calls where a model is
#: loaded; for more of them see `phases.py`.
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
        x = self._call("series", [reshape(steps, 1, features)], given)
        if use_bias:
            ones = self._call("ones", _ones(steps, features), given)
            x = self._call("one", [_joined(3)], x, ones)
        self.steps = self._cut(x, steps)

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

    def run(self, *directions: Direction) -> list[list[int]]:
        """The states [1, 1, units] after each step, in the order of their computation, of each."""
        ways = [_Way(self._call, direction) for direction in directions]
        for number, step in enumerate(self.steps):
            for way in ways:
                way.begin(self.steps[-1 - number] if way.direction.backwards else step)
            for stage in _stages(directions[0].cell):
                for way in ways:
                    for make in stage:
                        make(way)
        return [way.after for way in ways]

    def end(self, after: list[int], units: int, sequences: bool, name: str) -> int:
        """The output [steps, units] or [units] of the states after the steps."""
        if not sequences:
            return self._call(name, [reshape(units)], after[-1])
        end = after[0]
        if len(after) > 1:
            end = self._call(f"{name}_steps".strip("_"), [_joined(1)], *after)
        return self._call(name, [reshape(len(after), units)], end)


class _Way:
    """The layers of one direction, a step after the other."""

    def __init__(self, call: Callable[..., int], direction: Direction):
        self.direction = direction
        self.weights = _Weights(direction.cell)
        self.activation = _activation(direction.cell.activation, direction.cell.units)
        self.after: list[int] = []
        self._make = call

    def begin(self, step: int) -> None:
        """Begin a step with its input, and maybe a one."""
        self.x = step

    def take_input(self) -> None:
        """First what the input gives, of which zeros are made."""
        if self.direction.state is None:
            self._take()
        if self.after:
            self.h = self.after[-1]
        elif self.direction.state is None:
            self.h = self._call("zero", [rescaling(0.0, 0.0, "")], self.new)
        else:
            first = reshape(1, 1, self.direction.cell.units)
            self.h = self._call("begin", [first], self.direction.state)

    def take_gate(self) -> None:
        """How much is left of the state."""
        self.both = self._call("xh", [_joined(3)], self.x, self.h)
        self.r = self._call("r", self.weights.gates[1], self.both)

    def take_state(self) -> None:
        """What is left of it."""
        old = self._call("h", [self.weights.of_state], self.h)
        self.reset = self._call("rh", [merge("Multiply", -1, -2)], self.r, old)

    def take_input_late(self) -> None:
        """What the input gives, where there is a state that is not made of it."""
        if self.direction.state is not None:
            self._take()

    def go_on(self) -> None:
        """To the next state, a + z (h - a): the sum of products would take a layer more."""
        total = self._call("sum", [merge("Add", -1, -2)], self.new, self.reset)
        a = self._call("a", self.activation, total)
        minus = self._call("minus", [rescaling(-1.0, 0.0, "")], a)
        change = self._call("less", [merge("Add", -1, -2)], self.h, minus)
        z = self._call("z", self.weights.gates[0], self.both)
        kept = self._call("keep", [merge("Multiply", -1, -2)], z, change)
        self.after.append(self._call("new", [merge("Add", -1, -2)], a, kept))

    def _take(self) -> None:
        self.new = self._call("x", [self.weights.of_input], self.x)

    def _call(self, name: str, block: list[TfjsLayer], *inputs: int) -> int:
        return self._make(f"{self.direction.name}{name}", block, *inputs)


def _stages(cell: Any) -> list[list[Callable[[_Way], None]]]:
    """What is made of a step, of all ways before what comes next.

    The layers with weights come in the order in which tf.js trains them: what is farther from the
    output first. A gate is farther than the state where its activation is layers of its own.
    """
    apart = tfjs_activation(cell.recurrent_activation) is None
    gate, state = _Way.take_gate, _Way.take_state
    middle: list[list[Callable[[_Way], None]]] = [[gate], [state]] if apart else [[gate, state]]
    return [[_Way.take_input], *middle, [_Way.take_input_late], [_Way.go_on]]


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
        self.gates = [
            _activated(
                dense(np.concatenate([kernel[gate], recurrent[gate]]), biases[gate], ""), cell
            )
            for gate in (0, 1)
        ]
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
    [after] = unrolled.run(Direction(cell, layer.go_backwards, state, ""))
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
    both = unrolled.run(
        *[
            Direction(way.cell, way.go_backwards, state, name)
            for way, state, name in zip(ways, given, _NAMES, strict=True)
        ]
    )
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
