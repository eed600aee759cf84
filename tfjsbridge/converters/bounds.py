"""Building what a file describes in no more memory than the file's own weights take.

A model.json of some bytes can describe a layer of a billion units. So layers are built without the
memory of their weights, and get it when their shapes are known to be those of the file.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tfjsbridge.runtime import keras

_layers = keras.layers
_global_state = keras.src.backend.common.global_state

#: The steps that Keras writes out one after the other, each as operations of its own.
MAX_STEPS = 4096
#: The values that recurrent layers keep from call to call; a file does not have them.
MAX_STATE_VALUES = 2**24
#: Where Keras notes the variables that wait for their memory.
_WAITING = "uninitialized_variables"


@dataclass
class Build:
    """Layers that are being built without memory.

    Attributes:
      variables: all that were made, also those of layers that no output of the model needs.
      stateful: the recurrent layers that keep their states, and the layers around them.
    """

    variables: list[Any] = field(default_factory=list)
    stateful: list[Any] = field(default_factory=list)

    def add(self, layer: Any) -> None:
        """Take a new layer up, before it is called: Keras takes memory for states at once."""
        for part in _parts(layer):
            if getattr(part, "stateful", False):
                part.stateful = False
                self.stateful.append(part)

    def take_memory(self, model: Any) -> None:
        """Have the model's variables for real."""
        mine = {id(variable) for variable in model.variables}
        # Keras takes the memory of all that wait when a scope is left.
        with (
            _waiting([variable for variable in self.variables if id(variable) in mine]),
            keras.StatelessScope(),
        ):
            pass
        self._take_states(mine)

    def _take_states(self, mine: set[int]) -> None:
        recurrent = [
            layer
            for layer in self.stateful
            if isinstance(layer, _layers.RNN) and mine.issuperset(map(id, layer.variables))
        ]
        count = sum(map(_state_values, recurrent))
        if count > MAX_STATE_VALUES:
            raise ValueError(f"its stateful layers keep {count} values from call to call")
        for layer in self.stateful:
            layer.stateful = True
        for layer in recurrent:
            layer.build_from_config(layer.get_build_config())


def check_steps(layer: Any, shape: Any) -> None:
    """Refuse a layer that Keras would write out step by step for too many steps.

    Raises:
      ValueError: for these.
    """
    steps, axis = 1, 1
    for part in _parts(layer):
        repeated = isinstance(part, _layers.TimeDistributed)
        if repeated or getattr(part, "unroll", False):
            steps *= (shape[axis] if len(shape) > axis else None) or 1
        axis += repeated
    if steps > MAX_STEPS:
        raise ValueError(
            f"the layer {layer.name} is written out for {steps} steps; {MAX_STEPS} is the most"
        )


def _parts(layer: Any) -> list[Any]:
    """The layer, and the layers inside of a wrapper."""
    if isinstance(layer, _layers.Bidirectional):
        return [layer, layer.forward_layer, layer.backward_layer]
    if isinstance(layer, _layers.TimeDistributed):
        return [layer, *_parts(layer.layer)]
    return [layer]


def _state_values(layer: Any) -> int:
    config = layer.get_build_config()
    batch = next(iter(config.get("shapes_dict", config).values()))[0]
    return (batch or 1) * sum(keras.tree.flatten(layer.cell.state_size))


@contextlib.contextmanager
def without_memory() -> Iterator[Build]:
    """Layers that are built inside have weights with a shape, but without memory.

    Each must be shown to `Build.add`, and before a call to `check_steps`.
    """
    build = Build()
    with _waiting(build.variables), keras.StatelessScope(initialize_variables=False):
        yield build


@contextlib.contextmanager
def _waiting(variables: list[Any]) -> Iterator[None]:
    """Have these as Keras's list of the variables that wait, and its own one afterwards.

    Left there, they would get their memory at the end of any other scope.
    """
    before = _global_state.get_global_attribute(_WAITING)
    _global_state.set_global_attribute(_WAITING, variables)
    try:
        yield
    finally:
        _global_state.set_global_attribute(_WAITING, before)
