"""A Keras 3 model as the topology of a model.json, which is Keras 2's as tf.js reads it.

Follows tfjs-layers/src/engine/container.ts and models.ts (`fromConfig`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from keras.src.models.functional import Functional

from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    write_layer,
    write_operation,
)
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras


@dataclass
class Topology:
    """What goes into a model.json.

    Attributes:
      config: the model, as {"class_name", "config"}.
      weights: every weight by its name, <layer>/<weight>.
      trainable: the names of those that are trained, in tf.js's order.
    """

    config: dict[str, Any]
    weights: dict[str, np.ndarray]
    trainable: list[str]


def topology(model: Any) -> Topology:
    """The topology and weights of a Sequential or functional model.

    Raises:
      ConversionError: listing every layer that tf.js cannot express.
    """
    writer = _Writer()
    config = writer.model(model, model.name)
    if writer.problems:
        count = len(writer.problems)
        raise ConversionError(
            f"The model {model.name!r} cannot be written for TensorFlow.js; "
            f"{count} problem{'s' * (count > 1)}:",
            writer.problems,
        )
    return Topology(config, writer.weights, writer.trainable)


@dataclass
class _Writer:
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    trainable: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    #: tf.js finds weights by <layer>/<weight> without the model's name, so that layer names must
    #: differ in nested models too.
    names: set[str] = field(default_factory=set)
    #: What feeds an entry, by its name; see TfjsLayer.
    inputs: dict[str, tuple[int, ...] | None] = field(default_factory=dict)

    def model(self, model: Any, path: str) -> dict[str, Any]:
        """A model as {"class_name", "config"}; `path` is where it stands, for problems."""
        if isinstance(model, keras.Sequential):
            if not model.built or not model.inputs:
                self.problems.append(
                    f"{path}: the Sequential model has no input shape yet; begin it with "
                    "keras.Input(shape), or call it on data once"
                )
                return {}
            return self._sequential(model, path)
        if isinstance(model, Functional) and type(model).call is Functional.call:
            return self._functional(model, path, model.name)
        self.problems.append(
            f"{path} ({type(model).__name__}): a subclassed model has a call() method in place of "
            "a graph of layers; build it as keras.Model(inputs, outputs)"
        )
        return {}

    def _sequential(self, model: Any, path: str) -> dict[str, Any]:
        first, *rest = model._layers
        implicit = rest and first.name == f"{rest[0].name}_input" and not self._is_model(rest[0])
        kept = rest if implicit else model._layers
        before = dict(self.weights), set(self.names), list(self.trainable)
        entries = [entry for layer in kept for entry in self._entries(layer, path)]
        if self.problems:
            return {}
        if any(self.inputs[entry["name"]] is not None for entry in entries):
            # A layer is written with branches, which a Sequential cannot have: as a graph.
            self.weights, self.names, self.trainable = before
            return self._functional(model._functional, path, model.name)
        if implicit and entries:
            # The input layer that tf.js makes, by this name, of the first layer's input shape.
            shape = write_layer(first)[0].config
            entries[0]["config"] |= {key: shape[key] for key in ("batch_input_shape", "dtype")}
        return {"class_name": "Sequential", "config": {"name": model.name, "layers": entries}}

    def _functional(self, model: Any, path: str, name: str) -> dict[str, Any]:
        operations = _parents_first(model)
        chains = {id(op): self._entries(op, path) for op in operations}
        calls = {id(op): _calls(model, op) for op in operations}
        for operation in operations:
            for node_index in calls[id(operation)]:
                self._check_arguments(operation._inbound_nodes[node_index], path)
        if self.problems:  # the graph could only be drawn with gaps
            return {}

        def reference(tensor: Any) -> list[Any]:
            """The layer, its call, and which of the call's outputs a tensor is."""
            operation, node_index, tensor_index = tensor._keras_history
            call = calls[id(operation)].index(node_index)
            # A model in a model has a node of its own before the first call of it.
            own = 1 if self._is_model(operation) else 0
            return [chains[id(operation)][-1]["name"], call + own, tensor_index]

        copies: list[dict[str, Any]] = []
        for operation in operations:
            for position, node_index in enumerate(calls[id(operation)]):
                node = operation._inbound_nodes[node_index]
                if node.is_input:
                    continue
                given = [[*reference(tensor), {}] for tensor in node.input_tensors]
                made: list[list[Any]] = []
                for entry in chains[id(operation)]:
                    inputs = self.inputs[entry["name"]]
                    if inputs is None:
                        inbound = made[-1:] or given
                    else:
                        inbound = [made[i] if i >= 0 else given[-1 - i] for i in inputs]
                    entry["inbound_nodes"].append(self._apart(inbound, copies))
                    made.append([entry["name"], position, 0, {}])

        entries = [entry for op in operations for entry in chains[id(op)]] + copies
        ends: list[list[Any]] = []
        for end in map(reference, model.outputs):
            if end in ends:
                # tf.js computes a tensor that is two outputs only once, and misses it then.
                end = self._copied([*end, {}], entries)[:3]
            ends.append(end)
        return {
            "class_name": "Functional",
            "config": {
                "name": name,
                "layers": entries,
                "input_layers": [reference(tensor) for tensor in model.inputs],
                "output_layers": ends,
            },
        }

    def _entries(self, layer: Any, path: str) -> list[dict[str, Any]]:
        """A Keras layer as entries of a model's `layers`; collects its weights or its problem."""
        path = f"{path}/{layer.name}"
        if self._is_model(layer):
            written = self.model(layer, path)
            if not written:
                return []
            written["config"]["name"] = name = self._unique(layer.name)
            self.inputs[name] = None
            return [{**written, "name": name, "inbound_nodes": []}]
        is_layer = isinstance(layer, keras.layers.Layer)
        try:
            chain = write_layer(layer) if is_layer else write_operation(layer)
        except CannotConvertLayer as problem:
            self.problems.append(f"{path} ({type(layer).__name__}): {problem}")
            return []
        trainable = layer.trainable if is_layer else True
        return [self._entry(part, layer.name, trainable) for part in chain]

    def _entry(self, part: TfjsLayer, layer_name: str, trainable: bool) -> dict[str, Any]:
        name = self._unique(f"{layer_name}_{part.suffix}" if part.suffix else layer_name)
        for weight, values in part.weights.items():
            self.weights[f"{name}/{weight}"] = values
            if trainable and part.config.get("trainable", True) and not _is_statistic(weight):
                self.trainable.append(f"{name}/{weight}")
        self.inputs[name] = part.inputs
        base = {"name": name, "trainable": trainable, "dtype": "float32"}
        return {
            "class_name": part.class_name,
            "config": base | part.config,
            "name": name,
            "inbound_nodes": [],
        }

    def _apart(self, inbound: list[list[Any]], copies: list[dict[str, Any]]) -> list[list[Any]]:
        """The tensors that feed a call, each once.

        tf.js throws away too early what a layer takes twice and another one takes later.
        """
        result: list[list[Any]] = []
        for tensor in inbound:
            result.append(self._copied(tensor, copies) if tensor in result else tensor)
        return result

    def _copied(self, tensor: list[Any], copies: list[dict[str, Any]]) -> list[Any]:
        """A tensor by another name, from a layer that is added to `copies`."""
        copy = self._entry(TfjsLayer("Activation", {"activation": "linear"}), tensor[0], True)
        copy["inbound_nodes"].append([tensor])
        copies.append(copy)
        return [copy["name"], 0, 0, {}]

    @staticmethod
    def _is_model(layer: Any) -> bool:
        return isinstance(layer, keras.Model)

    def _unique(self, name: str) -> str:
        # tf.js's variables are named after their layers and take these characters only.
        name = re.sub(r"[^A-Za-z0-9._-]", "_", name)
        name = name if re.match("[A-Za-z0-9]", name) else f"layer{name}"
        unique, number = name, 1
        while unique in self.names:
            unique, number = f"{name}_{number}", number + 1
        self.names.add(unique)
        return unique

    def _check_arguments(self, node: Any, path: str) -> None:
        if not isinstance(node.operation, keras.layers.Layer):
            return
        recurrent = isinstance(node.operation, (keras.layers.RNN, keras.layers.Bidirectional))
        tensors = [
            name
            for name, value in node.arguments.kwargs.items()
            # tf.js takes it as further inputs, which it is among a node's tensors too.
            if not (recurrent and name == "initial_state")
            and any(isinstance(part, keras.KerasTensor) for part in keras.tree.flatten(value))
        ]
        if tensors:
            self.problems.append(
                f"{path}/{node.operation.name}: the tensor given as {', '.join(tensors)} cannot be "
                "kept in tf.js"
            )


def _is_statistic(weight: str) -> bool:
    return weight in ("moving_mean", "moving_variance")


def _calls(model: Any, operation: Any) -> list[int]:
    """The indices of the operation's calls that belong to this model, not to another one."""
    own = {id(node) for nodes in model._nodes_by_depth.values() for node in nodes}
    return [i for i, node in enumerate(operation._inbound_nodes) if id(node) in own]


def _parents_first(model: Any) -> Sequence[Any]:
    """The model's operations, each after those that feed it first."""
    return [
        operation
        for depth in sorted(model._operations_by_depth, reverse=True)
        for operation in model._operations_by_depth[depth]
    ]
