"""The registry of conversions: a small function for each Keras layer, and for each tf.js layer.

::

    @writes(keras.layers.Dense)
    def write_dense(layer): ...      # a Keras layer as tf.js layers, one after the other

    @writes_operation("Negative")
    def write_negative(call): ...    # an operation on tensors as tf.js layers

    @reads("Dense")
    def read_dense(config): ...      # a tf.js layer as a Keras layer
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tfjsbridge.converters.masks import inputs


class CannotConvertLayer(ValueError):
    """Why a layer cannot be said in tf.js, and what to do instead; becomes one of the problems."""


@dataclass
class TfjsLayer:
    """A layer as it stands in a model.json.

    Attributes:
      class_name: tf.js's class.
      config: its configuration, in snake case, without the name.
      weights: its weights by their names in tf.js (kernel, bias), in the order of the manifest.
      suffix: added to the Keras layer's name; empty for the layer that keeps the name.
      inputs: what feeds it: the number of a layer before it in the list that it is written in, or
        -1 for the first input of the Keras layer, -2 for the second, ... Without it that is the
        layer before it, and for the first one all inputs.
      again: the number of a layer before it in that list, if it is another call of that one, which
        has the class, the configuration, the weights and the name.
      output: which of the Keras layer's outputs it gives; without it, the last of the list gives
        them all.
      untrained: what training in tf.js leaves out of what Keras's layer does there, in words.
      inside: of a model in a layer's place its layers, the last of which gives what it gives; their
        `inputs` below 0 are the model's.
      shapes: those of its inputs, without the batch's size.
    """

    class_name: str
    config: dict[str, Any]
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    suffix: str = ""
    inputs: tuple[int, ...] | None = None
    again: int | None = None
    output: int | None = None
    untrained: str = ""
    inside: Sequence[TfjsLayer] = ()
    shapes: Sequence[tuple[int, ...]] = ()


Writer = Callable[[Any], "TfjsLayer | Sequence[TfjsLayer]"]
Reader = Callable[[dict[str, Any]], Any]

WRITERS: dict[type, Writer] = {}
OPERATION_WRITERS: dict[str, Writer] = {}
READERS: dict[str, Reader] = {}


def writes(*keras_classes: type) -> Callable[[Writer], Writer]:
    """Register how layers of these Keras classes (not of their subclasses) are written."""

    def register(function: Writer) -> Writer:
        for keras_class in keras_classes:
            WRITERS[keras_class] = function
        return function

    return register


def writes_operation(*class_names: str) -> Callable[[Writer], Writer]:
    """Register how operations on Keras tensors are written, by the classes in `keras.src.ops`.

    The function takes a `Call`.
    """

    def register(function: Writer) -> Writer:
        for class_name in class_names:
            OPERATION_WRITERS[class_name] = function
        return function

    return register


def reads(*class_names: str) -> Callable[[Reader], Reader]:
    """Register how layers of these tf.js classes are read."""

    def register(function: Reader) -> Reader:
        for class_name in class_names:
            READERS[class_name] = function
        return function

    return register


@dataclass(frozen=True)
class Call:
    """An operation on tensors outside of a layer, as `x + 1` or `keras.ops.relu(x)`.

    Attributes:
      operation: Keras's, which holds the options.
      arguments: its arguments, tensors and constants.
      output_shape: batch first.
    """

    operation: Any
    arguments: tuple[Any, ...]
    output_shape: tuple[Any, ...]


#: The calls (Keras's nodes) of the layers that are being written, by the layers' ids.
_CALLS: dict[int, Any] = {}
#: How many calls such a layer has in the model.
_COUNTS: dict[int, int] = {}


@contextlib.contextmanager
def called_by(layer: Any, node: Any, count: int = 1) -> Iterator[None]:
    """While a layer is written: which of its calls is meant, as it may have others elsewhere.

    Args:
      layer: the layer.
      node: the call.
      count: how many calls of it the model has.
    """
    _CALLS[id(layer)], _COUNTS[id(layer)] = node, count
    try:
        yield
    finally:
        del _CALLS[id(layer)], _COUNTS[id(layer)]


def is_called_once(layer: Any) -> bool:
    """Whether a layer stands in a model itself, and is called there once."""
    return _COUNTS.get(id(layer)) == 1


def inputs_of(layer: Any) -> list[Any]:
    """The Keras tensors that a layer is called on; none of a layer inside of another one."""
    node = _CALLS.get(id(layer))
    return [] if node is None else inputs(node)


def positions_of(layer: Any, names: Sequence[str]) -> dict[str, int]:
    """Where the tensors of a layer's call come from (see TfjsLayer), by the names that it has."""
    node = _CALLS[id(layer)]
    given = [*zip(names, node.arguments.args, strict=False), *node.arguments.kwargs.items()]
    tensors = [name for name, value in given if name in names and value is not None]
    return {name: -1 - number for number, name in enumerate(tensors)}


def argument(layer: Any, name: str) -> Any:
    """What a layer's call gives by a name; None where it does not."""
    node = _CALLS.get(id(layer))
    return None if node is None else node.arguments.kwargs.get(name)


def write_layer(layer: Any) -> list[TfjsLayer]:
    """A Keras layer as one or several tf.js layers.

    Raises:
      CannotConvertLayer: if tf.js cannot compute what the layer computes.
    """
    writer = WRITERS.get(type(layer))
    if writer is None:
        raise CannotConvertLayer(
            "no conversion is known for this layer; build it of others, or register one with "
            "tfjsbridge.converters.registry.writes"
        )
    return _listed(writer(layer))


def write_in_place_of(layer: Any, inner: Any) -> list[TfjsLayer]:
    """The layer inside of another one, called on what that one is called on.

    Raises:
      CannotConvertLayer: also if the outer one is inside of a third, where no call is known.
    """
    node = _CALLS.get(id(layer))
    if node is None:
        raise CannotConvertLayer("inside of another layer the shape of its input is not known")
    with called_by(inner, node, _COUNTS[id(layer)]):
        return write_layer(inner)


def write_operation(operation: Any) -> list[TfjsLayer]:
    """An operation on tensors outside of a layer as one or several tf.js layers.

    Raises:
      CannotConvertLayer: if tf.js's layers cannot compute it.
    """
    name = type(operation).__name__
    own = type(operation).__module__.startswith("keras.src.ops.")
    writer = OPERATION_WRITERS.get(name) if own else None
    if writer is None:
        raise CannotConvertLayer(
            "no conversion is known for this operation on tensors outside of a layer; use a layer "
            "that does the same"
        )
    [node] = operation._inbound_nodes
    if any(len(tensor.shape) < 2 for tensor in (*node.input_tensors, *node.output_tensors)):
        raise CannotConvertLayer(
            "tf.js's layers have at least two axes, [examples, values], but here is a tensor with "
            "one; keep the second, as in x[:, 0:1]"
        )
    if any("float" not in tensor.dtype for tensor in node.output_tensors):
        raise CannotConvertLayer(
            f"tf.js's layers compute in float32, but it gives {node.output_tensors[0].dtype}"
        )
    arguments = (*node.arguments.args, *node.arguments.kwargs.values())
    return _listed(writer(Call(operation, arguments, tuple(node.output_tensors[0].shape))))


def _listed(written: TfjsLayer | Sequence[TfjsLayer]) -> list[TfjsLayer]:
    return [written] if isinstance(written, TfjsLayer) else list(written)


def model_of(inside: Sequence[TfjsLayer], *shapes: tuple[int, ...]) -> TfjsLayer:
    """A model in a layer's place, of inputs of these shapes without the batch's size."""
    return TfjsLayer("Functional", {}, inside=inside, shapes=shapes)


def then(first: Sequence[TfjsLayer], rest: Sequence[TfjsLayer]) -> list[TfjsLayer]:
    """Layers behind others: what `rest` calls its first input is what `first` ends with."""
    count = len(first)
    return [*first, *[_moved(part, count) for part in rest]]


def _moved(part: TfjsLayer, count: int) -> TfjsLayer:
    """A layer of a list that begins `count` layers later."""
    if part.again is not None:
        part = replace(part, again=part.again + count)
    if part.inputs is None:
        return part
    return replace(part, inputs=tuple(count + i if i >= 0 else count - 1 for i in part.inputs))
