"""A Keras 3 model as the topology of a model.json, which is Keras 2's as tf.js reads it.

Follows tfjs-layers/src/engine/container.ts and models.ts (`fromConfig`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from keras.src.models.functional import Functional

from tfjsbridge.converters.masks import INSTEAD, computation, inputs, masks_of
from tfjsbridge.converters.names import OF_EVERY_OBJECT
from tfjsbridge.converters.order import layers_in_order
from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    called_by,
    write_layer,
    write_operation,
)
from tfjsbridge.converters.untrained import in_words, learns, left_out
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras


@dataclass
class Topology:
    """What goes into a model.json.

    Attributes:
      config: the model, as {"class_name", "config"}.
      weights: every weight by its name, <layer>/<weight>.
      trainable: the names of those that are trained, in tf.js's order.
      untrained: what training in tf.js leaves out, in words; of a compiled model.
    """

    config: dict[str, Any]
    weights: dict[str, np.ndarray]
    trainable: list[str]
    untrained: list[str]


def topology(model: Any) -> Topology:
    """The topology and weights of a Sequential or functional model.

    Raises:
      ConversionError: listing every layer that tf.js cannot express.
    """
    writer = _Writer(model.name, model.compiled)
    config = writer.model(model, model.name)
    if writer.problems:
        count = len(writer.problems)
        raise ConversionError(
            f"The model {model.name!r} cannot be written for TensorFlow.js; "
            f"{count} problem{'s' * (count > 1)}:",
            writer.problems,
        )
    order = {name: place for place, name in enumerate(layers_in_order(config))}
    trainable = sorted(writer.trainable, key=lambda weight: order[weight.split("/")[0]])
    return Topology(config, writer.weights, trainable, in_words(writer.untrained))


@dataclass
class _Part:
    """A call of an entry of `layers`, of those that a Keras layer is written as.

    Attributes:
      entry: the layer.
      inputs: what feeds it; see TfjsLayer.
      call: the number of calls of it before, in one call of the Keras layer.
      output: which of the Keras layer's outputs it gives; see TfjsLayer.
    """

    entry: dict[str, Any]
    inputs: tuple[int, ...] | None
    call: int = 0
    output: int | None = None


@dataclass
class _Writer:
    #: The name of the whole model, where every path begins.
    root: str
    #: Whether the model is trained further, so that it matters what training does otherwise.
    compiled: bool
    weights: dict[str, np.ndarray] = field(default_factory=dict)
    trainable: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    #: tf.js finds weights by <layer>/<weight> without the model's name, so that layer names must
    #: differ in nested models too.
    names: set[str] = field(default_factory=set)
    #: What training leaves out, and where.
    untrained: list[tuple[str, str]] = field(default_factory=list)
    #: Whether the model that is being written stands behind weights that are trained.
    behind: bool = False

    def model(self, model: Any, path: str) -> dict[str, Any]:
        """A model as {"class_name", "config"}; `path` is where it stands, for problems."""
        if isinstance(model, keras.Sequential) and type(model).call is keras.Sequential.call:
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
        calls = _calls(model._functional)
        chains: dict[int, list[_Part]] = {}
        for layer in kept:
            if id(layer) not in chains:
                chains[id(layer)] = self._parts(layer, path, calls[id(layer)])
        parts = [part for chain in chains.values() for part in chain]
        entries = [part.entry for part in parts]
        self._check_masks(model._functional, path)
        if self.problems:
            return {}
        if len(chains) < len(kept) or any(part.inputs is not None for part in parts):
            # It has a layer twice, or one that is written with branches: as a graph.
            return self._functional(model._functional, path, model.name, chains)
        if implicit and entries:
            # The input layer that tf.js makes, by this name, of the first layer's input shape.
            shape = write_layer(first)[0].config
            entries[0]["config"] |= {key: shape[key] for key in ("batch_input_shape", "dtype")}
        return {"class_name": "Sequential", "config": {"name": model.name, "layers": entries}}

    def _functional(
        self, model: Any, path: str, name: str, written: Mapping[int, list[_Part]] | None = None
    ) -> dict[str, Any]:
        """A graph of layers, of which some may be written already, by their ids."""
        calls = _calls(model)
        operations = [nodes[0].operation for nodes in calls.values()]
        chains = dict(written or {})
        for op in operations:
            if id(op) not in chains:
                chains[id(op)] = self._parts(op, path, calls[id(op)])
        for nodes in calls.values():
            for node in nodes:
                self._check_arguments(node, path)
        masked = self._check_masks(model, path)
        for operation in operations:
            if id(operation) in masked:
                self._check_branches(operation, chains[id(operation)], path)
        if self.problems:  # the graph could only be drawn with gaps
            return {}

        def reference(tensor: Any) -> list[Any]:
            """The layer, its call, and which of the call's outputs a tensor is."""
            operation, node_index, tensor_index = tensor._keras_history
            call = calls[id(operation)].index(operation._inbound_nodes[node_index])
            chain = chains[id(operation)]
            for part in chain:
                if part.output == tensor_index:
                    return [part.entry["name"], _node(part, chain, call), 0]
            end = chain[-1]
            return [end.entry["name"], _node(end, chain, call), tensor_index]

        copies: list[dict[str, Any]] = []
        for operation in operations:
            for position, node in enumerate(calls[id(operation)]):
                if node.is_input:
                    continue
                given = [[*reference(tensor), {}] for tensor in inputs(node)]
                self._connect(chains[id(operation)], given, position, copies)

        first_calls = [p for op in operations for p in chains[id(op)] if p.call == 0]
        entries = [part.entry for part in first_calls] + copies
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

    def _parts(self, layer: Any, path: str, calls: list[Any]) -> list[_Part]:
        """A Keras layer as entries of a model's `layers`; collects its weights or its problem.

        Args:
          layer: or an operation.
          path: where the model stands.
          calls: those of the layer in that model.
        """
        path = f"{path}/{layer.name}"
        if self._is_model(layer):
            outside = self.behind
            self.behind |= learns([before for node in calls for before in node.parent_nodes])
            written = self.model(layer, path)
            self.behind = outside
            if not written:
                return []
            written["config"]["name"] = name = self._unique(layer.name)
            return [_Part({**written, "name": name, "inbound_nodes": []}, None)]
        is_layer = isinstance(layer, keras.layers.Layer)
        try:
            chain = _written_layer(layer, calls) if is_layer else write_operation(layer)
        except CannotConvertLayer as problem:
            self.problems.append(f"{path} ({type(layer).__name__}): {problem}")
            return []
        before = len(self.trainable)
        parts = self._chain(chain, layer.name, layer.trainable if is_layer else True)
        if self.compiled:
            trained = [self.weights[name] for name in self.trainable[before:]]
            if words := left_out(layer, chain, calls, trained, self.behind):
                self.untrained.append((words, path))
        return parts

    def _chain(self, chain: Sequence[TfjsLayer], layer_name: str, trainable: bool) -> list[_Part]:
        """What a Keras layer is written as, with an entry for all calls of the same."""
        parts: list[_Part] = []
        counts: dict[int, int] = {}
        for part in chain:
            if part.again is None:
                entry = self._entry(part, layer_name, trainable)
            else:
                entry = parts[part.again].entry
            number = counts.get(id(entry), 0)
            counts[id(entry)] = number + 1
            parts.append(_Part(entry, part.inputs, number, part.output))
        return parts

    def _connect(
        self,
        chain: Sequence[_Part],
        given: list[list[Any]],
        position: int,
        copies: list[dict[str, Any]],
    ) -> list[Any]:
        """Add the nodes of a Keras layer's call with this number; what it ends with.

        Args:
          chain: what the layer is written as.
          given: the tensors that it is called on.
          position: the number of the call.
          copies: takes layers that are added.
        """
        made: list[list[Any]] = []
        for part in chain:
            if part.inputs is None:
                inbound = made[-1:] or given
            else:
                inbound = [made[i] if i >= 0 else given[-1 - i] for i in part.inputs]
            part.entry["inbound_nodes"].append(self._apart(inbound, copies))
            made.append([part.entry["name"], _node(part, chain, position), 0, {}])
        return made[-1]

    def _inside(self, part: TfjsLayer, name: str, layer_name: str, trainable: bool) -> Any:
        """The configuration of a model in a layer's place."""
        inputs = [
            self._entry(
                TfjsLayer(
                    "InputLayer",
                    {"batch_input_shape": [None, *shape], "sparse": False},
                    suffix=f"{part.suffix}_{number}",
                ),
                layer_name,
                trainable,
            )
            for number, shape in enumerate(part.shapes)
        ]
        chain = self._chain(part.inside, layer_name, trainable)
        copies: list[dict[str, Any]] = []
        given = [[entry["name"], 0, 0] for entry in inputs]
        end = self._connect(chain, [[*tensor, {}] for tensor in given], 0, copies)
        first_calls = [each.entry for each in chain if each.call == 0]
        return {
            "name": name,
            "layers": [*inputs, *first_calls, *copies],
            "input_layers": given,
            "output_layers": [end[:3]],
        }

    def _entry(self, part: TfjsLayer, layer_name: str, trainable: bool) -> dict[str, Any]:
        name = self._unique(f"{layer_name}_{part.suffix}" if part.suffix else layer_name)
        if part.inside:
            config = self._inside(part, name, layer_name, trainable)
            return {"class_name": "Functional", "config": config, "name": name, "inbound_nodes": []}
        for weight, values in part.weights.items():
            self.weights[f"{name}/{weight}"] = values
            if trainable and part.config.get("trainable", True) and not _is_statistic(weight):
                self.trainable.append(f"{name}/{weight}")
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
        name = f"layer_{name}" if name in OF_EVERY_OBJECT else name
        unique, number = name, 1
        while unique in self.names:
            unique, number = f"{name}_{number}", number + 1
        self.names.add(unique)
        return unique

    def _check_masks(self, graph: Any, path: str) -> set[int]:
        """The operations that have a mask; collects what tf.js would do otherwise."""
        masks = masks_of(graph, whole=path == self.root)
        found = [f"{path}/{name}: {problem}" for name, problem in masks.problems]
        self.problems += [problem for problem in found if problem not in self.problems]
        return masks.masked

    def _check_branches(self, layer: Any, parts: list[_Part], path: str) -> None:
        if any(len(part.inputs or ()) > 1 for part in parts):
            self.problems.append(
                f"{path}/{layer.name} ({type(layer).__name__}): it becomes several layers that are "
                f"joined, and tf.js joins no masks; {INSTEAD}"
            )

    def _check_arguments(self, node: Any, path: str) -> None:
        if not isinstance(node.operation, keras.layers.Layer):
            return
        tensors = [
            name
            for name, value in node.arguments.kwargs.items()
            if name != "mask"  # see _check_masks
            and not (name in BY_NAME and isinstance(node.operation, BY_NAME[name]))
            and any(isinstance(part, keras.KerasTensor) for part in keras.tree.flatten(value))
        ]
        if tensors:
            self.problems.append(
                f"{path}/{node.operation.name}: the tensor given as {', '.join(tensors)} cannot be "
                "kept in tf.js"
            )


def _node(part: _Part, chain: Sequence[_Part], call: int) -> int:
    """The number of a call in tf.js, of a part of a Keras layer's call with this number."""
    # A model in a model has a node of its own before the first call of it.
    own = 1 if "layers" in part.entry["config"] else 0
    if call == 0:
        return own + part.call
    return own + call * sum(other.entry is part.entry for other in chain) + part.call


def _written_layer(layer: Any, calls: list[Any]) -> list[TfjsLayer]:
    """A layer as it is for each of its calls in a model.

    Raises:
      CannotConvertLayer: also if its calls, on inputs of other shapes, take other layers.
    """
    chains = []
    for node in calls:
        with called_by(layer, node, len(calls)):
            chains.append(write_layer(layer))
    ranks = {len(tensor.shape) for node in calls for tensor in inputs(node)[:1]}
    of_any_rank = {part.class_name for part in chains[0]} <= OF_ANY_RANK
    differing = any(_configs(chain) != _configs(chains[0]) for chain in chains[1:])
    if differing or (len(ranks) > 1 and not of_any_rank):
        shapes = " and ".join(str(list(node.input_tensors[0].shape)) for node in calls)
        raise CannotConvertLayer(
            f"it is called in several ways, on inputs of shapes {shapes}, which take different "
            "layers in tf.js; use a layer for each"
        )
    return chains[0]


#: tf.js's layers that can be called on tensors of several ranks.
OF_ANY_RANK = {"Activation", "Dense", "Dropout", "LeakyReLU", "ReLU", "Rescaling"}


def _configs(chain: Sequence[TfjsLayer]) -> list[Any]:
    return [
        (part.class_name, part.config, part.inputs, part.again, part.shapes, _configs(part.inside))
        for part in chain
    ]


#: The tensors that layers take by a name, which are further inputs of theirs in tf.js.
BY_NAME: dict[str, tuple[type, ...]] = {
    "initial_state": (keras.layers.RNN, keras.layers.Bidirectional),
    **dict.fromkeys(
        ("query", "value", "key"),
        (keras.layers.MultiHeadAttention, keras.layers.GroupQueryAttention),
    ),
}


def _is_statistic(weight: str) -> bool:
    return weight in ("moving_mean", "moving_variance")


def _calls(model: Any) -> dict[int, list[Any]]:
    """The calls (nodes) of each operation in a model, by its id, those that feed others first."""
    own = {id(node) for node in computation(model)}
    return {
        id(operation): nodes
        for depth in sorted(model._operations_by_depth, reverse=True)
        for operation in model._operations_by_depth[depth]
        if (nodes := [node for node in operation._inbound_nodes if id(node) in own])
    }
