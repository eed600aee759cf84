"""The text of `model.summary()`, as tf.js writes it.

Follows tfjs-layers/src/utils/layer_utils.ts.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters import masks

Line = Callable[[str], object]


def print_summary(
    keras_model: Any,
    layers: Sequence[Any],
    line_length: int | None,
    positions: Sequence[float] | None,
    print_line: Line,
) -> None:
    """Write the summary, line by line.

    Args:
      keras_model: a built Keras Sequential or Functional model.
      layers: its Keras layers, in tf.js's order.
      line_length: the width of the table; tf.js's default without it.
      positions: where each column ends, as a share of the width or in characters.
      print_line: is called with each line.
    """
    nodes = _nodes(keras_model)
    plain = _is_sequential_like(keras_model, layers, nodes)
    line_length = line_length or (90 if plain else 115)
    columns = list(positions or ([0.32, 0.61, 0.89, 1] if plain else [0.24, 0.48, 0.70, 0.80, 1]))
    if columns[-1] <= 1:
        columns = [math.floor(line_length * column) for column in columns]
    widths = [int(column) for column in columns]

    titles = ["Layer (type)", "Input Shape", "Output shape", "Param #"]
    print_line("_" * line_length)
    print_line(_row(titles if plain else [*titles, "Receives inputs"], widths))
    print_line("=" * line_length)
    for i, layer in enumerate(layers):
        calls = layer._inbound_nodes
        if hasattr(keras_model, "_functional"):
            # Keras calls the layers of a Sequential model anew with each one that is added.
            calls = [node for node in calls if node in nodes]
        for row in _layer_rows(layer, calls, nodes, plain):
            print_line(_row(row, widths))
        print_line(("=" if i == len(layers) - 1 else "_") * line_length)
    trainable = _count(keras_model.trainable_weights)
    fixed = _count(keras_model.non_trainable_weights)
    print_line(f"Total params: {trainable + fixed}")
    print_line(f"Trainable params: {trainable}")
    print_line(f"Non-trainable params: {fixed}")
    print_line("_" * line_length)


def _row(fields: Sequence[str], ends: Sequence[int]) -> str:
    line = ""
    for field, end in zip(fields, ends, strict=False):
        line = (line[:-1] + " " if line else "") + field
        line = line[:end].ljust(end)
    return line


def _layer_rows(layer: Any, calls: list[Any], nodes: list[Any], plain: bool) -> list[list[str]]:
    inputs = [_inputs(node) for node in calls]
    outputs = {_shapes([t.shape for t in node.output_tensors]) for node in calls}
    if hasattr(layer, "layers") and not getattr(layer, "_tfjs_first", False):
        # tf.js: a model has a node of its own before it is called in another model; that of a
        # sequential model of one layer has its output's shape without a list around it.
        inputs = [[tensor.shape for tensor in layer.inputs], *inputs]
        own = [tensor.shape for tensor in layer.outputs]
        outputs.add(json.dumps(own[0]) if _has_one_layer(layer) else _shapes(own))
    row = [
        f"{layer.name} ({class_name(layer)})",
        ",".join(_shapes(shapes) for shapes in inputs),
        # tf.js: the shape of a single output stands alone, of several as a list
        _one_shape(outputs, calls),
        str(_count(layer.weights)),
    ]
    if plain:
        return [row]
    connections = [
        f"{parent.operation.name}[{_tfjs_index(parent)}][{parent.tensor_index}]"
        for node in calls
        if node in nodes and not node.is_input
        for parent in (tensor._keras_history for tensor in masks.inputs(node))
    ]
    first, rest = connections[:1] or [""], connections[1:]
    return [[*row, *first], *(["", "", "", "", connection] for connection in rest)]


def _has_one_layer(model: Any) -> bool:
    """A sequential model whose input layer was made of the shape that its only layer was given."""
    first_two = getattr(model, "_layers", [])
    return (
        hasattr(model, "_functional")
        and len(first_two) == 2
        and getattr(first_two[1], "_tfjs_first", False)
    )


def _tfjs_index(history: Any) -> int:
    return int(history.node_index) + (1 if hasattr(history.operation, "layers") else 0)


def class_name(layer: Any) -> str:
    """tf.js's name of a layer's class: a functional model is a Model there."""
    name = str(getattr(layer, "_tfjs_class_name", type(layer).__name__))
    return "Model" if name == "Functional" else name


def _inputs(node: Any) -> list[Any]:
    tensors = node.output_tensors if node.is_input else masks.inputs(node)
    return [tensor.shape for tensor in tensors]


def _shapes(shapes: Sequence[Any]) -> str:
    return json.dumps([list(shape) for shape in shapes], separators=(",", ":"))


def _one_shape(outputs: set[str], calls: list[Any]) -> str:
    if len(outputs) != 1:
        return "multiple"
    text = outputs.pop()
    return text[1:-1] if len(calls[0].output_tensors) == 1 else text


def _nodes(model: Any) -> list[Any]:
    """The calls that make up the model: not those of its layers in other models.

    tf.js: a mask is no input of a layer, and no layer computes it.
    """
    return masks.computation(getattr(model, "_functional", None) or model)


def _is_sequential_like(model: Any, layers: Sequence[Any], nodes: list[Any]) -> bool:
    """A chain of layers, each called once: the table then has no "Receives inputs"."""
    model = getattr(model, "_functional", None) or model
    for calls in model._nodes_by_depth.values():
        at_depth = [node for node in calls if node in nodes]
        if len(at_depth) > 1 or (at_depth and len(masks.inputs(at_depth[0])) > 1):
            return False
    return all(sum(node in nodes for node in layer._inbound_nodes) <= 1 for layer in layers)


def _count(weights: Any) -> int:
    """How many values the weights hold. Dropout's random state is a weight to Keras only."""
    return sum(
        int(np.prod(weight.shape, dtype=np.int64))
        for weight in weights
        if not weight.path.endswith("seed_generator_state")
    )
