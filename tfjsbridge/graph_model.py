"""Graph-models of the tf.js API: loadGraphModel and GraphModel.

Follows tfjs-converter/src/executor/{graph_model,graph_executor}.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from tfjsbridge import io
from tfjsbridge.converters.graph.load import LoadedGraph, check_graph, load_graph_model
from tfjsbridge.converters.graph.own import OwnNode
from tfjsbridge.dtypes import tfjs_dtype
from tfjsbridge.environment import ENV
from tfjsbridge.graph_ops import GraphNode, getRegisteredOp, registered_names
from tfjsbridge.io.artifacts import IOHandler, ModelArtifacts
from tfjsbridge.io.folder import artifacts_in_folder
from tfjsbridge.io.handlers import method_of
from tfjsbridge.model_files import load_handler, model_folder, save_handler
from tfjsbridge.options import options_method
from tfjsbridge.performance import dispose, keep
from tfjsbridge.promises import resolved
from tfjsbridge.tensors import Tensor, tensor_from

__all__ = ["GraphModel", "TensorInfo", "loadGraphModel", "loadGraphModelSync"]


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

    `tf.loadGraphModel` makes it. `graph` is the loaded graph itself, which holds everything.
    """

    __slots__ = ("_disposed", "_intermediate", "_io", "_options", "graph", "modelUrl")

    #: The loaded graph; of a model that is not loaded yet, there is none.
    graph: LoadedGraph

    def __init__(
        self,
        modelUrl: str | Path | IOHandler,
        loadOptions: Mapping[str, Any] | None = None,
        tfio: Any = io,
    ):
        """A model that is not loaded yet: `load` does that, or `loadSync` of artifacts.

        Args:
          modelUrl: as of `tf.loadGraphModel`.
          loadOptions: likewise.
          tfio: likewise.
        """
        self.modelUrl = modelUrl
        self._options = dict(loadOptions or {})
        self._io = tfio
        self._disposed = False
        self._intermediate: dict[str, list[Tensor]] | None = None

    def load(self) -> bool:
        """Load the model; `tf.loadGraphModel` has done it.

        Returns:
          True.

        Raises:
          FileNotFoundError: where there is no model.json.
          ModelFileError: where it, or its weights, are damaged or not of a graph-model.
        """
        handler = load_handler(self.modelUrl, self._options, self._io)
        with model_folder(handler, _check) as path:
            self.graph = load_graph_model(path, registered_names())
        return True

    def loadSync(self, artifacts: ModelArtifacts) -> bool:
        """Load the model of artifacts that a handler gave.

        Args:
          artifacts: a dict with `modelTopology`, `weightSpecs` and `weightData`.

        Returns:
          True.

        Raises:
          ModelFileError: where they are damaged or not of a graph-model.
        """
        with artifacts_in_folder(artifacts, _check) as path:
            self.graph = load_graph_model(path, registered_names())
        return True

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
        self.disposeIntermediateTensors()
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
        kept = self._to_keep(list(feeds), fetches)
        results = self.graph.run(feeds, [*fetches, *kept], _compute)
        if ENV.getBool("KEEP_INTERMEDIATE_TENSORS"):
            self._keep(feeds, dict(zip(kept, results[len(fetches) :], strict=True)))
        found = [Tensor(value) for value in results[: len(fetches)]]
        return found[0] if len(found) == 1 else found

    def executeAsync(self, inputs: Any, outputs: str | list[str] | None = None) -> Any:
        """`execute`, which computes loops and conditions here too."""
        return self.execute(inputs, outputs)

    @options_method
    def predictAsync(self, inputs: Any, *, batchSize: int = 32, verbose: bool = False) -> Any:
        """`predict`, which computes loops and conditions here too."""
        return self.predict(inputs)

    def save(self, handlerOrURL: str | Path | IOHandler, config: Any = None) -> Any:
        """Save the model, as tf.js loads it; weights that were quantized as what they are now.

        Args:
          handlerOrURL: a folder, as `file://path` or a path; `memory://name`; an http(s) URL that
            takes a POST request; or a handler with `save(artifacts)`.
          config: has no effect, as in tf.js.

        Returns:
          The SaveResult, {"modelArtifactsInfo": ...}; of a handler, what its `save` returns.

        Raises:
          ValueError: for a URL or handler that cannot be saved to.
          OSError: where the folder cannot be written.
        """
        save = method_of(save_handler(handlerOrURL, "GraphModel", self._io), "save")
        assert save is not None
        weights = io.encodeWeights({name: each[0] for name, each in self.weights.items()})
        description = self.graph.description
        artifacts = io.getModelArtifactsForJSONSync(
            {**description, "weightsManifest": []}, weights["specs"], weights["data"]
        )
        return resolved(save(artifacts))

    def getIntermediateTensors(self) -> dict[str, list[Tensor]] | None:
        """The tensors of all nodes that the last call computed, by the names of the nodes.

        They are kept where the flag is set: `tf.env().set("KEEP_INTERMEDIATE_TENSORS", True)`;
        without it, None.
        """
        return self._intermediate

    def disposeIntermediateTensors(self) -> None:
        """Dispose of what `getIntermediateTensors` gives."""
        dispose(self._intermediate)
        self._intermediate = None

    def dispose(self) -> None:
        """Give the memory of the weights back; the model cannot be used afterwards."""
        self._disposed = True
        self.graph = LoadedGraph.__new__(LoadedGraph)

    def _to_keep(self, feeds: list[str], fetches: list[str]) -> list[str]:
        """The names of inner tensors that are to be kept."""
        keeps = ENV.getBool("KEEP_INTERMEDIATE_TENSORS")
        return self.graph.between(feeds, fetches) if keeps else []

    def _keep(self, *parts: dict[str, Any]) -> None:
        """Keep tensors, by their names in the graph, and the weights."""
        kept = {name: [keep(Tensor(value))] for name, value in self.graph.weights.items()}
        for part in parts:
            for name, value in part.items():
                kept.setdefault(name.split(":")[0], []).append(keep(Tensor(value)))
        self._intermediate = kept

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
        return {name: self._checked(name, named[name]) for name in sorted(named)}

    def _checked(self, name: str, given: Any) -> Any:
        """The tensor of an input, if it has its shape and dtype."""
        value = tensor_from(given)
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
        tensor = value.tensor
        if value is not given:  # it was made here
            value.dispose()
        return tensor


def loadGraphModel(
    modelUrl: str | Path | IOHandler,
    options: Mapping[str, Any] | None = None,
    tfio: ModuleType = io,
) -> GraphModel:
    """Load a graph-model that this package or a converter wrote; TensorFlow runs it here.

    Only operations that tf.js knows, or that `tf.registerOp` was told of, are taken, so that a file
    cannot read or write others or run code; it can still ask for much memory and time.

    Args:
      modelUrl: the model.json or its folder, as `file://path` or a path; an http(s) URL of a
        model.json; `memory://name`; or a handler with `load()`, as `tf.io.fromMemory` makes.
      options: a dict of LoadOptions, as `tf.loadLayersModel` takes them. With `fromTFHub`, the URL
        is that of a page of TensorFlow Hub.
      tfio: has `getLoadHandlers` and `getSaveHandlers`, in place of tf.io.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: where it, or its weights, are damaged or not of a graph-model that can be run.
      ValueError: for a URL or handler that cannot be loaded from.
    """
    if modelUrl is None:
        raise ValueError(
            "modelUrl in loadGraphModel() cannot be null. Please provide a url or an IOHandler "
            "that loads the model"
        )
    given = dict(options or {})
    if given.get("fromTFHub") and isinstance(modelUrl, str):
        modelUrl = f"{modelUrl.removesuffix('/')}/model.json?tfjs-format=file"
    model = GraphModel(modelUrl, given, tfio)
    model.load()
    return model


def loadGraphModelSync(modelSource: Any) -> GraphModel:
    """Load a graph-model from memory, or by a handler.

    Args:
      modelSource: a handler with `load()`; artifacts, a dict with `modelTopology`, `weightSpecs`
        and `weightData`; or a list of the contents of a model.json and the bytes of its weights.

    Raises:
      ValueError: for anything else.
      ModelFileError: where the model is damaged or not a graph-model that can be run.
    """
    if modelSource is None:
        raise ValueError(
            "modelUrl in loadGraphModelSync() cannot be null. Please provide model artifacts or an "
            "IOHandler that loads the model"
        )
    source = modelSource
    if isinstance(source, (list, tuple)):
        source = _artifacts_of(*source[:2])
    if method_of(source, "load") is None:
        known = {"modelTopology", "weightSpecs", "weightData"}
        if not isinstance(source, Mapping) or not known <= source.keys():
            raise ValueError("Unknown model format")
        source = io.fromMemorySync(source)
    return loadGraphModel(source)


def _artifacts_of(modelJSON: Any = None, weights: Any = None) -> ModelArtifacts:
    if not modelJSON and not isinstance(modelJSON, Mapping):
        raise ValueError("modelJSON must be the first element of the array")
    if not isinstance(weights, (bytes, bytearray, memoryview)):
        raise ValueError("An ArrayBuffer of weights must be the second element of the array")
    for key in ("modelTopology", "weightsManifest"):
        if key not in modelJSON:
            raise ValueError(f"Model JSON is missing '{key}'")
    specs = io.getWeightSpecs(modelJSON["weightsManifest"])
    return io.getModelArtifactsForJSONSync(modelJSON, specs, weights)


def _check(description: dict[str, Any]) -> None:
    check_graph(description, "The model")


def _compute(node: OwnNode, inputs: list[Any]) -> list[Any]:
    """What the function that was registered for a node gives, as TensorFlow's tensors."""
    entry = getRegisteredOp(node.op)
    if entry is None:
        raise ValueError(f"Custom op {node.op} is not registered.")
    function: Callable[[GraphNode], Any] = entry["customExecutor"]
    given = GraphNode(node.name, [Tensor(value) for value in inputs], node.attributes)
    result = resolved(function(given))
    results = result if isinstance(result, (list, tuple)) else [result]
    return [tensor_from(each).tensor for each in results]


def _listed(shape: list[int]) -> str:
    return ",".join(map(str, shape))
