"""Graph-models of the tf.js API: loadGraphModel and GraphModel.

Follows tfjs-converter/src/executor/{graph_model,graph_executor}.ts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tfjsbridge.converters.graph.load import LoadedGraph, load_graph_model
from tfjsbridge.dtypes import tfjs_dtype
from tfjsbridge.options import options_method
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.urls import file_path

__all__ = ["GraphModel", "TensorInfo", "loadGraphModel"]


@dataclass(frozen=True)
class TensorInfo:
    """What goes into a graph-model, or comes out.

    Attributes:
      name: the node's name in the graph.
      shape: the size of each axis, -1 where it is open; None where nothing is known.
      dtype: tf.js's name of the dtype.
    """

    name: str
    shape: list[int] | None
    dtype: str


class GraphModel:
    """A graph of operations with its weights, which predicts and cannot be trained.

    `graph` is the loaded graph itself, which holds everything.
    """

    __slots__ = ("_disposed", "graph")

    def __init__(self, graph: LoadedGraph):
        self.graph = graph
        self._disposed = False

    @property
    def modelVersion(self) -> str:
        """The versions that TensorFlow gave to the graph."""
        versions = self.graph.description["modelTopology"].get("versions", {})
        # tf.js: what is not in the file is "undefined"
        return ".".join(str(versions.get(k, "undefined")) for k in ("producer", "minConsumer"))

    @property
    def inputNodes(self) -> list[str]:
        """The names of the inputs, in order."""
        return list(self.graph.inputs)

    @property
    def outputNodes(self) -> list[str]:
        """The names of the outputs, in order."""
        return list(self.graph.outputs)

    @property
    def inputs(self) -> list[TensorInfo]:
        """The inputs, in order, by the names of their nodes."""
        return [self._info(name) for name in self.graph.inputs.values()]

    @property
    def outputs(self) -> list[TensorInfo]:
        """The outputs, in order, by the names of their nodes."""
        return [self._info(name) for name in self.graph.outputs.values()]

    @property
    def weights(self) -> dict[str, list[Tensor]]:
        """The constants by the names of their nodes, each as a list of one tensor."""
        return {name: [Tensor(value)] for name, value in self.graph.weights.items()}

    @property
    def metadata(self) -> Any:
        """What the converter was given as `metadata`; None without it."""
        return self.graph.description.get("userDefinedMetadata")

    @property
    def modelSignature(self) -> Any:
        """The names, shapes and dtypes of inputs and outputs as they stand in the file."""
        own = (self.metadata or {}).get("signature")
        return own if own is not None else self.graph.description.get("signature")

    @property
    def modelStructuredOutputKeys(self) -> list[str] | None:
        """The names under which `predict` gives the outputs; None where it gives them in order."""
        keys = (self.metadata or {}).get("structuredOutputKeys")
        return None if keys is None else list(keys)

    @options_method
    def predict(self, inputs: Any, *, batchSize: int = 32, verbose: bool = False) -> Any:
        """The outputs for some inputs.

        Args:
          inputs: a tensor or array; a list of them in the order of `inputNodes`; or a dict by
            input name.
          batchSize: has no effect, as in tf.js: all examples are computed at once.
          verbose: has no effect.

        Returns:
          A tensor, or a list of them in the order of `outputNodes`; a dict where the model has
          `modelStructuredOutputKeys`.

        Raises:
          ValueError: for another number of inputs, an unknown name, a wrong shape or dtype.
        """
        found = self.execute(inputs)
        keys = self.modelStructuredOutputKeys
        if not keys:
            return found
        return dict(zip(keys, found if isinstance(found, list) else [found], strict=False))

    def execute(self, inputs: Any, outputs: str | list[str] | None = None) -> Any:
        """The tensors of some nodes, inner ones too.

        Args:
          inputs: as of `predict`; a dict may also feed inner nodes, by their names.
          outputs: names of outputs or of nodes, as "name" or "name:0"; the outputs without it.

        Returns:
          A tensor for one name, else a list.

        Raises:
          ValueError: for another number of inputs, an unknown name, a wrong shape or dtype, or an
            input that is missing.
        """
        if self._disposed:
            raise ValueError("GraphModel is disposed.")
        feeds = self._feeds(self._named(inputs))
        names = [outputs] if isinstance(outputs, str) else (outputs or self.outputNodes)
        fetches = [self.graph.outputs.get(name, name) for name in names]
        for name in fetches:
            if name not in self.graph.weights and self.graph.tensor(name) is None:
                raise ValueError(f"The output '{name}' is not found in the graph")
        missing = self.graph.missing(list(feeds), fetches)
        if missing:
            nodes = ",".join(name.split(":")[0] for name in fetches)
            raise ValueError(
                f"Cannot compute the outputs [{nodes}] from the provided inputs "
                f"[{','.join(feeds)}]. Missing the following inputs: [{','.join(missing)}]"
            )
        found = [Tensor(value) for value in self.graph.run(feeds, fetches)]
        return found[0] if len(found) == 1 else found

    def dispose(self) -> None:
        """Give the memory of the weights back; the model cannot be used afterwards."""
        self._disposed = True
        self.graph = LoadedGraph.__new__(LoadedGraph)

    def _info(self, name: str) -> TensorInfo:
        tensor = self.graph.tensor(name)
        shape = (
            None if tensor.shape.rank is None else [-1 if n is None else n for n in tensor.shape]
        )
        return TensorInfo(tensor.op.name, shape, tfjs_dtype(tensor.dtype))

    def _named(self, inputs: Any) -> dict[str, Any]:
        """The inputs by their names."""
        if isinstance(inputs, Mapping):
            return dict(inputs)
        given = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        names = self.inputNodes
        if len(given) != len(names):
            raise ValueError(
                f"Input tensor count mismatch, the graph model has {len(names)} non-resource "
                f"placeholders, while there are {len(given)} input tensors provided."
            )
        return dict(zip(names, given, strict=True))

    def _feeds(self, inputs: dict[str, Any]) -> dict[str, Any]:
        """TensorFlow's tensors by their names in the graph, in one order for all calls."""
        named = {self.graph.inputs.get(name, name): value for name, value in inputs.items()}
        unknown = [name for name in named if self.graph.tensor(name) is None]
        if unknown:
            raise ValueError(
                "The dict provided in model.execute(dict) has keys: "
                f"[{','.join(unknown)}] that are not part of graph"
            )
        return {name: self._checked(name, tensor_from(named[name])) for name in sorted(named)}

    def _checked(self, name: str, value: Tensor) -> Any:
        """The tensor of an input, if it has its shape and dtype."""
        wanted = self._info(name)
        shape = wanted.shape
        if shape is not None and (
            len(shape) != value.rank
            or any(n not in (-1, size) for n, size in zip(shape, value.shape, strict=True))
        ):
            raise ValueError(
                f"The shape of dict['{wanted.name}'] provided in model.execute(dict) must be "
                f"[{_listed(shape)}], but was [{_listed(value.shape)}]"
            )
        if wanted.dtype != value.dtype:
            raise ValueError(
                f"The dtype of dict['{wanted.name}'] provided in model.execute(dict) must be "
                f"{wanted.dtype}, but was {value.dtype}"
            )
        return value.tensor


def loadGraphModel(modelUrl: str | Path) -> GraphModel:
    """Load a graph-model that this package or a converter wrote; TensorFlow runs it here.

    Only operations that tf.js knows are taken, so that a file cannot read or write others or run
    code; it can still ask for much memory and time.

    Args:
      modelUrl: the model.json or its folder, as `file://path` or a path.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: where it, or its weights, are damaged or not of a graph-model that can be run.
    """
    return GraphModel(load_graph_model(file_path(modelUrl)))


def _listed(shape: list[int]) -> str:
    return ",".join(map(str, shape))
