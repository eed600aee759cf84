"""The states of Keras's cells in tf.js's order.

Follows StackedRNNCells in tfjs-layers/src/layers/recurrent.ts. tf.js lists the states of several
cells flat and last cell first, so that the output comes first; Keras has a list for each cell,
first cell first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.runtime import keras


def state_size(cell: Any) -> list[int]:
    """The size of each state of a Keras cell."""
    return [size for each in reversed(_cells(cell)) for size in _own_sizes(each)]


def nested_states(cell: Any, states: Sequence[Any]) -> list[Any]:
    """tf.js's states as Keras takes them."""
    if not _is_stack(cell):
        return list(states)
    rest, nested = list(states), []
    for each in reversed(_cells(cell)):
        count = len(_own_sizes(each))
        nested.append(rest[:count])
        rest = rest[count:]
    return nested[::-1]


def flat_states(cell: Any, states: Any) -> list[Any]:
    """Keras's states as tf.js lists them."""
    return in_tfjs_order(cell, keras.tree.flatten(states))


def in_tfjs_order(cell: Any, states: Sequence[Any]) -> list[Any]:
    """Keras's states, flat but in Keras's order, as tf.js lists them."""
    rest, groups = list(states), []
    for each in _cells(cell):
        count = len(_own_sizes(each))
        groups.append(rest[:count])
        rest = rest[count:]
    return [state for group in reversed(groups) for state in group]


def variables_of(layer: Any) -> list[Any]:
    """The states that a Keras layer keeps, or None for each."""
    if layer.states is None:
        return [None] * len(state_size(layer.cell))
    return flat_states(layer.cell, layer.states)


def _own_sizes(cell: Any) -> list[int]:
    if hasattr(cell, "filters"):  # Keras knows a convolution's shapes only once it is built
        return [cell.filters, cell.filters]
    return list(cell.state_size) if keras.tree.is_nested(cell.state_size) else [cell.state_size]


def _cells(cell: Any) -> list[Any]:
    return list(cell.cells) if _is_stack(cell) else [cell]


def _is_stack(cell: Any) -> bool:
    return isinstance(cell, keras.layers.StackedRNNCells)
