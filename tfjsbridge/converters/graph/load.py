"""load_graph_model: a tf.js graph-model as a function that TensorFlow runs.

A graph-model's JSON is TensorFlow's own graph whose constants have lost their values: those stand
among the weights.
"""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import Any

import numpy as np

from tfjsbridge.converters.files import (
    check_artifacts,
    find_model_json,
    is_graph_model,
    read_weights,
)
from tfjsbridge.converters.graph.own import Compute, OwnNode, take_out
from tfjsbridge.converters.graph.standins import as_tensorflow, bodies, check_operations
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import quiet_streams, tensorflow

#: Constants of more values stay out of the graph, which cannot hold more than 2 GB.
_LARGE = 1024


class LoadedGraph:
    """A graph-model in TensorFlow.

    Attributes:
      description: the contents of its model.json.
      weights: the constants by their nodes' names, as TensorFlow's tensors.
      inputs: the names that its signature gives to what goes in, in order, to those in the graph,
        as "x:0".
      outputs: the same of what comes out.
      own: the nodes that a program computes itself, by the names that the graph has for what they
        give.
    """

    def __init__(
        self,
        description: dict[str, Any],
        graph: Any,
        weights: dict[str, np.ndarray],
        own: list[OwnNode],
    ):
        self.description = description
        self.own = {name: node for node in own for name in node.outputs}
        self.weights = {name: tensorflow.constant(value) for name, value in weights.items()}
        self._function = _imported(graph, self.weights)
        self._pruned: dict[tuple[tuple[str, ...], tuple[str, ...]], Any] = {}
        self.inputs, self.outputs = _signature(description, graph, set(weights), own)

    def tensor(self, name: str) -> Any:
        """The graph's tensor of a name, as "x" or "x:0"; None if there is none."""
        node, _, index = name.partition(":")
        if node in self.own and index not in ("", "0"):
            node, index = f"{node}/output_{index}", "0"
        try:
            outputs = self._function.graph.get_operation_by_name(node).outputs
            return outputs[int(index.rpartition(":")[2] or 0)]
        except (KeyError, ValueError, IndexError):
            return None

    def missing(self, feeds: list[str], fetches: list[str]) -> list[str]:
        """The inputs that the fetches depend on and that are not fed."""
        return [
            operation.name
            for operation in self._before(feeds, fetches)
            if operation.type == "Placeholder" and operation.name not in self.own
        ]

    def between(self, feeds: list[str], fetches: list[str]) -> list[str]:
        """The names of all tensors that are computed of the fed ones for the fetches."""
        return [
            tensor.name.removesuffix(":0")
            for operation in self._before(feeds, fetches)
            if operation.name not in self.weights
            for tensor in operation.outputs
            if tensor.dtype not in (tensorflow.resource, tensorflow.variant)
        ]

    def _before(self, feeds: list[str], fetches: list[str]) -> list[Any]:
        """The operations that the fetches depend on, up to the fed ones."""
        graph = self._function.graph
        given = {self.tensor(name).op for name in feeds}
        given |= {tensor.op for tensor in graph.internal_captures}
        pending = [self.tensor(name).op for name in fetches if name not in self.weights]
        seen, found = set(pending), []
        while pending:
            operation = pending.pop()
            if operation in given:
                continue
            found.append(operation)
            before = [*(tensor.op for tensor in operation.inputs), *operation.control_inputs]
            if operation.name in self.own:
                names = self.own[operation.name].inputs
                before += [self.tensor(name).op for name in names if name not in self.weights]
            pending += [each for each in before if each not in seen]
            seen.update(before)
        return found

    def run(
        self, feeds: dict[str, Any], fetches: list[str], compute: Compute | None = None
    ) -> list[Any]:
        """The tensors of some names, of tensors that are fed to others.

        Args:
          feeds: TensorFlow's tensors by their names in the graph, which may be those of inner ones.
          fetches: names in the graph.
          compute: computes the nodes of `own`.

        Raises:
          ValueError: what TensorFlow says of tensors that do not go together.
        """
        if self.own and compute is not None:
            feeds = dict(feeds)
            self._compute_own(feeds, fetches, compute)
        wanted = [name for name in dict.fromkeys(fetches) if name not in self.weights]
        key = tuple(feeds), tuple(wanted)
        if wanted and key not in self._pruned:
            tensors = [[self.tensor(name) for name in names] for names in key]
            self._pruned[key] = self._function.prune(*tensors)
        try:
            results = self._pruned[key](*feeds.values()) if wanted else []
        except tensorflow.errors.OpError as error:
            raise ValueError(f"The graph-model cannot be run on this: {error.message}") from error
        found = {**self.weights, **dict(zip(wanted, results, strict=True))}
        return [found[name] for name in fetches]

    def _compute_own(self, feeds: dict[str, Any], fetches: list[str], compute: Compute) -> None:
        """Compute the nodes of `own` that the fetches need, and feed what they give."""
        # From the last one, so that those before it come first.
        for operation in reversed(self._before(list(feeds), fetches)):
            node = self.own.get(operation.name)
            if node is None or node.name in feeds:
                continue
            self._compute_own(feeds, node.inputs, compute)
            results = compute(node, self.run(feeds, node.inputs))
            if len(results) < len(node.outputs):
                raise ValueError(
                    f"{node.name} ({node.op}) must give {len(node.outputs)} tensors, but gave "
                    f"{len(results)}."
                )
            feeds.update(zip(node.outputs, results, strict=False))


def load_graph_model(path: str | Path, own: Container[str] = ()) -> LoadedGraph:
    """Load a tf.js graph-model, quantized or not.

    Only operations of tf.js's list are taken: a file cannot have TensorFlow read or write others,
    or run code. It can still ask for much memory and time.

    Args:
      path: the model.json or its folder.
      own: operations that the program computes itself, see `LoadedGraph.run`.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: where it, or its weights, are damaged or not of a graph-model that can be run.
    """
    path = find_model_json(Path(path))
    description = check_artifacts(path)
    check_graph(description, path)
    graph = _graph(description, path)
    taken = take_out(graph, own)
    check_operations(graph, path)
    weights = read_weights(path, description)
    try:
        as_tensorflow(graph)
        _fill_constants(graph, weights)
        return LoadedGraph(description, graph, weights, taken)
    except ModelFileError as error:
        raise ModelFileError(f"{path}: {error}") from None
    except Exception as error:  # TensorFlow raises whatever its parts raise on a damaged graph
        raise ModelFileError(
            f"{path}: TensorFlow cannot take up its graph: {type(error).__name__}: {error}"
        ) from error


def check_graph(description: dict[str, Any], path: str | Path) -> None:
    """Refuse the contents of a model.json that is not of a graph-model, or has resources.

    Raises:
      ModelFileError: for these.
    """
    if not is_graph_model(description):
        raise ModelFileError(f"{path} is a layers-model; load it with tf.loadLayersModel.")
    if description.get("modelInitializer"):
        raise ModelFileError(
            f"{path} has lookup tables, or other resources, which are not read here."
        )


def _graph(description: dict[str, Any], path: Path) -> Any:
    """The GraphDef of a model.json."""
    from google.protobuf.json_format import ParseDict, ParseError

    graph = tensorflow.compat.v1.GraphDef()
    try:
        ParseDict(description["modelTopology"], graph, ignore_unknown_fields=True)
    except (ParseError, RecursionError) as error:
        raise ModelFileError(f"{path}: its modelTopology is no graph: {error}") from error
    return graph


def _fill_constants(graph: Any, weights: dict[str, np.ndarray]) -> None:
    """Give the constants their values, of the weights; large ones are fed to the graph.

    Raises:
      ModelFileError: naming those that have none.
    """
    constants = [(nodes, node) for nodes in bodies(graph) for node in nodes if node.op == "Const"]
    lost = [node.name for _, node in constants if node.name not in weights]
    if lost:
        raise ModelFileError(f"among the weights, those of {', '.join(lost)} are missing.")
    for nodes, node in constants:
        value = weights[node.name]
        dtype = tensorflow.as_dtype(value.dtype).as_datatype_enum
        node.ClearField("attr")
        node.attr["dtype"].type = dtype
        if nodes is graph.node and value.size > _LARGE:
            node.op = "Placeholder"
            continue
        node.attr["value"].tensor.CopyFrom(tensorflow.make_tensor_proto(value))


def _imported(graph: Any, weights: dict[str, Any]) -> Any:
    """The graph as a function without arguments, the large constants captured."""
    used = {name for node in graph.node for name in node.input}
    large = {
        node.name: weights[node.name]
        for node in graph.node
        if node.op == "Placeholder" and node.name in weights
    }

    def body() -> None:
        own = tensorflow.compat.v1.get_default_graph()
        mapped = {
            name: own.capture(weights[name.split(":")[0]])
            for name in sorted(used)
            if name.split(":")[0] in large
        }
        tensorflow.graph_util.import_graph_def(graph, input_map=mapped, name="")

    with quiet_streams():
        return tensorflow.compat.v1.wrap_function(body, [])


def _signature(
    description: dict[str, Any], graph: Any, weights: set[str], own: list[OwnNode]
) -> tuple[dict[str, str], dict[str, str]]:
    """Names of inputs and outputs; without a signature all placeholders, and all that ends.

    Raises:
      ModelFileError: where the signature names what is not in the graph.
    """
    metadata = description.get("userDefinedMetadata") or {}
    signature = metadata.get("signature") or description.get("signature") or {}
    nodes = {node.name: node.op for node in graph.node if node.name not in weights}
    fed = {name for node in own for name in node.outputs}
    inputs = [name for node in (*graph.node, *own) for name in _inputs_of(node)]
    read = {name.lstrip("^").split(":")[0] for name in inputs}
    defaults = {
        "inputs": [n for n, op in nodes.items() if op.startswith("Placeholder") and n not in fed],
        "outputs": [name for name in nodes if name not in read],
    }
    parts = []
    for part, names in defaults.items():
        try:
            found = {key: str(entry["name"]) for key, entry in (signature.get(part) or {}).items()}
        except (AttributeError, KeyError, TypeError):
            raise ModelFileError(f"the signature's {part} are no tensors with names.") from None
        unknown = [name for name in found.values() if name.split(":")[0] not in nodes]
        if unknown:
            raise ModelFileError(f"the signature's {part} {', '.join(unknown)} are not in it.")
        parts.append(found or {name: name for name in names})
    return parts[0], parts[1]


def _inputs_of(node: Any) -> list[str]:
    return list(node.inputs if isinstance(node, OwnNode) else node.input)
