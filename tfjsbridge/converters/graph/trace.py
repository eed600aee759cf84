"""A model's inference as a graph of TensorFlow operations, its weights constants."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.converters.graph.freeze import frozen
from tfjsbridge.converters.graph.lookup import Comparisons
from tfjsbridge.converters.names import OF_EVERY_OBJECT
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras, tensorflow


@dataclass(frozen=True)
class Traced:
    """A graph with the tensors that go in and come out, in the model's order and by its names.

    Attributes:
      graph: a `tensorflow.Graph`.
      inputs: its placeholders.
      outputs: tensors in it.
      bodies: the functions that it calls, by name.
    """

    graph: Any
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    bodies: dict[str, Traced] = field(default_factory=dict)


def traced(model: Any) -> Traced:
    """The graph of a built Keras model, functional, Sequential or subclassed.

    Raises:
      ConversionError: for a model that has no inputs yet, or keeps a state between calls.
    """
    from keras.src.export.export_utils import get_input_signature

    problems = [
        f"{layer.name} ({type(layer).__name__}): it keeps a state between predictions, which a "
        "graph-model cannot; use stateful=False"
        for layer in model._flatten_layers()
        if getattr(layer, "stateful", False)
    ]
    try:
        signature = get_input_signature(model)
    except (TypeError, ValueError) as error:
        problems.append(f"{model.name}: {error} Call the model on data once.")
    if problems:
        raise ConversionError(f"The model {model.name!r} cannot be made a graph:", problems)
    specs = keras.tree.flatten(signature)
    names = _unique([spec.name or f"input_{number}" for number, spec in enumerate(specs)])
    several = len(signature) > 1

    def call(*tensors: Any) -> list[Any]:
        given = keras.tree.pack_sequence_as(signature, list(tensors))
        alone = not several or not isinstance(signature, (list, tuple))
        outputs = model(given[0] if alone else given, training=False)
        return [tensorflow.identity(tensor) for tensor in keras.tree.flatten(outputs)]

    shapes = [
        tensorflow.TensorSpec(_shape(model, number, spec), spec.dtype, name=f"x{number}")
        for number, spec in enumerate(specs)
    ]
    try:
        with _for_inference(model):
            function = tensorflow.function(functools.partial(call), autograph=False)
            whole = function.get_concrete_function(*shapes)
        inline = not any(map(_is_keras_cell, model._flatten_layers()))
        inputs, results = frozen(whole, inline)
    except Exception as error:  # a layer of one's own may raise anything
        raise ConversionError(
            f"The model {model.name!r} cannot be made a graph:", [_reason(model, error)]
        ) from error
    count = len(specs)
    outputs = _unique(_output_names(model, len(results)))
    return Traced(
        results[0].graph,
        dict(zip(names, inputs[:count], strict=True)),
        dict(zip(outputs, results, strict=True)),
    )


def _shape(model: Any, number: int, spec: Any) -> tuple[int | None, ...]:
    """Of an input, with the batch size that the model fixes, if it does."""
    inputs = getattr(model, "inputs", None) or []
    return tuple(inputs[number].shape if number < len(inputs) else spec.shape)


def _output_names(model: Any, count: int) -> list[str]:
    names = list(getattr(model, "output_names", None) or [])
    return names if len(names) == count else [f"output_{number}" for number in range(count)]


def _unique(names: list[str]) -> list[str]:
    """The names, numbered where one occurs again."""
    found: list[str] = []
    for name in names:
        # JavaScript puts names that are numbers first, and knows those of every object.
        name = f"tensor_{name}" if name.isdigit() or name in OF_EVERY_OBJECT else name
        unique, number = name, 1
        while unique in found:
            unique, number = f"{name}_{number}", number + 1
        found.append(unique)
    return found


@contextlib.contextmanager
def _for_inference(model: Any) -> Iterator[None]:
    """The layers as a graph for tf.js needs them.

    Recurrent ones without a loop, whose TensorLists tf.js does not run; tables of whole numbers as
    comparisons; names that TensorFlow takes; seeds that stay as they are, of random numbers that
    are drawn in vain.
    """
    changes: list[tuple[Any, str, Any]] = []
    backwards = []
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.IntegerLookup):
            changes.append((layer, "lookup_table", Comparisons(layer.lookup_table)))
        if isinstance(layer, keras.layers.RNN) and not layer.unroll:
            changes.append((layer, "unroll", True))
            if layer.go_backwards:
                backwards.append(layer)
                changes.append((layer, "go_backwards", False))
        if not re.fullmatch(r"[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*", layer.name):
            valid = re.sub(r"[^A-Za-z0-9_.-]", "_", layer.name)
            changes.append((layer, "name", f"layer_{valid}"))
    before = [(layer, name, getattr(layer, name)) for layer, name, _ in changes]
    for layer, name, value in changes:
        setattr(layer, name, value)
    try:
        with contextlib.ExitStack() as stack:
            stack.enter_context(mock.patch.object(keras.random.SeedGenerator, "next", _same_seed))
            for layer in model._flatten_layers():
                if _is_keras_cell(layer):
                    stack.enter_context(mock.patch.object(layer, "call", _traced_once(layer.call)))
            for layer in backwards:
                stack.enter_context(
                    mock.patch.object(layer, "inner_loop", _turned(layer.inner_loop))
                )
            yield
    finally:
        for layer, name, value in before:
            setattr(layer, name, value)


#: Cells whose steps differ by their numbers alone, so that one may be traced for all.
_CELLS = (
    keras.layers.GRUCell,
    keras.layers.LSTMCell,
    keras.layers.SimpleRNNCell,
    *(keras_recurrent.GRUCell, keras_recurrent.LSTMCell, keras_recurrent.SimpleRNNCell),
)


def _is_keras_cell(layer: Any) -> bool:
    return type(layer) in _CELLS


def _traced_once(call: Any) -> Any:
    """A cell's step as a call of a function, which TensorFlow puts in the calls' place later.

    That takes much less time than to trace every step.
    """
    function = tensorflow.function(functools.partial(call, training=False), autograph=False)

    def run(inputs: Any, states: Any, training: bool = False) -> Any:
        return function(inputs, states)

    return run


def _turned(inner_loop: Any) -> Any:
    """The steps from the last to the first, mask and all.

    Keras, without a loop, takes the mask of a layer that goes backwards from the wrong end.
    """

    def run(sequences: Any, initial_state: Any, mask: Any, training: bool = False) -> Any:
        turned = keras.tree.map_structure(_last_first, sequences)
        if mask is not None:
            mask = _last_first(keras.ops.cast(mask, "float32")) > 0.5
        return inner_loop(turned, initial_state, mask, training=training)

    return run


def _last_first(x: Any) -> Any:
    """The steps in reverse; tf.js's webgpu reverses otherwise."""
    return keras.ops.stack(keras.ops.unstack(x, axis=1)[::-1], axis=1)


def _same_seed(generator: Any, ordered: bool = True) -> Any:
    return keras.ops.convert_to_tensor(generator.state)


def _reason(model: Any, error: Exception) -> str:
    """Why TensorFlow has no graph of the model, and what to do."""
    text = str(error)
    if "Cannot unroll" in text:
        names = [
            repr(layer.name)
            for layer in model._flatten_layers()
            if isinstance(layer, keras.layers.RNN)
        ]
        return (
            f"{', '.join(names)}: tf.js runs recurrent layers of a graph-model step by step, so "
            "that the number of steps must be known; give it in keras.Input((steps, features))"
        )
    if "AssignVariableOp" in text:
        return "a layer changes a variable when it is called, which a graph-model cannot"
    plain = re.sub(r"\x1b\[[0-9;]*m", "", text).strip().splitlines()
    return " ".join(line.strip() for line in plain[:3] if line.strip())
