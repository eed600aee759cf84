"""Models of the tf.js API: sequential, model, input, and what they are made of.

Follows tfjs-layers/src/{models,exports}.ts and engine/{container,training}.ts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tfjsbridge.converters.load import build_keras_model, named_weights
from tfjsbridge.io.artifacts import IOHandler
from tfjsbridge.io.weights import loadWeights
from tfjsbridge.layers.arguments import Shape, shape_tuple
from tfjsbridge.layers.base import Layer
from tfjsbridge.layers.recurrent import RNN
from tfjsbridge.layers.refusals import refusal
from tfjsbridge.layers.wrappers import wrapped
from tfjsbridge.load_training import load_training_config
from tfjsbridge.model_files import (
    load_handler,
    read_layers_model,
    save_handler,
    save_layers_model,
    set_user_metadata,
    set_weights_by_name,
    topology_json,
    user_metadata,
)
from tfjsbridge.naming import uid
from tfjsbridge.options import options, options_method
from tfjsbridge.pythonic import from_pythonic
from tfjsbridge.runtime import keras
from tfjsbridge.summary import class_name, print_summary
from tfjsbridge.symbolic import SymbolicTensor
from tfjsbridge.trainable import Trainable

__all__ = [
    "LayersModel",
    "Sequential",
    "input",
    "loadLayersModel",
    "model",
    "modelFromJSON",
    "sequential",
]


class LayersModel(Trainable):
    """A model with tf.js's methods; `keras` is the Keras model itself, which holds everything."""

    __slots__ = ()

    @property
    def layers(self) -> list[Layer]:
        """The layers, each as a Layer or, where it is a model, as a LayersModel."""
        return [wrap(layer) for layer in self._keras_layers()]

    @property
    def inputs(self) -> list[SymbolicTensor]:
        """The model's inputs."""
        return [SymbolicTensor(tensor) for tensor in self._built().inputs]

    @property
    def outputs(self) -> list[SymbolicTensor]:
        """The model's outputs."""
        return [SymbolicTensor(tensor) for tensor in self._built().outputs]

    @property
    def outputShape(self) -> Any:
        """The shape of the output, with the batch axis; a list of shapes of several outputs."""
        shapes = [output.shape for output in self.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def inputNames(self) -> list[str]:
        """The names of the input layers."""
        return [str(tensor._keras_history.operation.name) for tensor in self._built().inputs]

    @property
    def outputNames(self) -> list[str]:
        """The names of the layers that give the outputs."""
        return [str(tensor._keras_history.operation.name) for tensor in self._built().outputs]

    @property
    def stopTraining(self) -> bool:
        """Set it to True in a callback to stop training after the epoch (or batch)."""
        return bool(self.keras.stop_training)

    @stopTraining.setter
    def stopTraining(self, value: bool) -> None:
        self.keras.stop_training = value

    def getLayer(self, nameOrIndex: str | int | None, index: int | None = None) -> Layer:
        """The layer of a name or an index.

        Raises:
          ValueError: where there is none.
        """
        layers = self.layers
        key = nameOrIndex if nameOrIndex is not None else index
        if isinstance(key, int):
            if not -len(layers) <= key < len(layers):
                raise ValueError(
                    f"Was asked to retrieve layer at index {key}, but model only has "
                    f"{len(layers)} layer(s)."
                )
            return layers[key]
        for layer in layers:
            if layer.name == key:
                return layer
        raise ValueError(f"No such layer: {key}. Layers: {', '.join(x.name for x in layers)}.")

    def summary(
        self,
        lineLength: int | None = None,
        positions: Sequence[float] | None = None,
        printFn: Callable[[str], object] = print,
    ) -> None:
        """Print the layers with their shapes and numbers of weights, as tf.js writes them.

        Args:
          lineLength: the table's width: 90, or 115 where layers receive more than one input.
          positions: where each column ends, as shares of the width or in characters.
          printFn: is called with each line in place of `print`.
        """
        print_summary(self._built(), self._keras_layers(), lineLength, positions, printFn)

    @options_method
    def save(
        self,
        handlerOrURL: str | Path | IOHandler,
        *,
        trainableOnly: bool = False,
        includeOptimizer: bool = False,
    ) -> Any:
        """Save the model, as tf.js loads it: into a folder, to a server, or by a handler.

        All files of a folder are written or none: a failed or killed save leaves what stood there.

        Args:
          handlerOrURL: a folder, as `file://path` or a path; it is made where it is missing. Or
            `memory://name`, an http(s) URL that takes a POST request, or a handler with
            `save(artifacts)`, as `tf.io.withSaveHandler` makes.
          trainableOnly: whether the weights that are not trained stay away; the model is then
            loaded with `strict` false.
          includeOptimizer: whether the optimizer's state goes with it, so that a compiled model
            goes on training in tf.js where it stopped here.

        Returns:
          The SaveResult, {"modelArtifactsInfo": {"dateSaved": ..., "modelTopologyType": "JSON",
          "modelTopologyBytes": ..., "weightSpecsBytes": ..., "weightDataBytes": ...}}; of a
          handler, what its `save` returns.

        Raises:
          ConversionError: listing every layer that tf.js cannot express.
          ValueError: for a URL or handler that cannot be saved to.
          OSError: where the folder cannot be written.
        """
        handler = save_handler(handlerOrURL, "LayersModel")
        return save_layers_model(self._built(), handler, includeOptimizer, trainableOnly)

    def toJSON(self, unused: Any = None, returnString: bool = True) -> Any:
        """The layers and how they are connected, as `tf.models.modelFromJSON` takes them.

        Args:
          unused: has no effect.
          returnString: whether to give a JSON text; else a dict.

        Raises:
          ConversionError: listing every layer that tf.js cannot express.
        """
        topology = topology_json(self.keras)
        return json.dumps(topology, separators=(",", ":")) if returnString else topology

    def getConfig(self) -> dict[str, Any]:
        """The name, the layers and how they are connected, in tf.js's camel case."""
        config: dict[str, Any] = from_pythonic(self.toJSON(None, False)["config"])
        return config

    def setUserDefinedMetadata(self, userDefinedMetadata: Mapping[str, Any]) -> None:
        """Give the model data of your own, which is saved and loaded with it.

        Args:
          userDefinedMetadata: a dict of what JSON can say.

        Raises:
          TypeError: for anything else.
        """
        set_user_metadata(self.keras, userDefinedMetadata)

    def getUserDefinedMetadata(self) -> Any:
        """What `setUserDefinedMetadata` was given, or what was loaded; None without it."""
        return user_metadata(self.keras)

    def resetStates(self) -> None:
        """Set the states of all stateful layers to zeros."""
        for layer in self.layers:
            if isinstance(layer, RNN) and layer.stateful:
                layer.resetStates()

    def getClassName(self) -> str:
        """The class: Sequential or Model."""
        return class_name(self.keras)

    def _keras_layers(self) -> list[Any]:
        return list(self.keras.layers)

    def _built(self) -> Any:
        return self.keras


class Sequential(LayersModel):
    """A model that is a stack of layers."""

    __slots__ = ()

    def add(self, layer: Layer) -> None:
        """Put a layer (or a model) on top.

        Raises:
          ValueError: for a first layer without an input shape, or shapes that do not fit.
        """
        if not isinstance(layer, Layer):
            raise TypeError(f"add expects a layer, got {type(layer).__name__} {layer!r}.")
        is_model = isinstance(layer, LayersModel)
        if is_model and (len(layer.keras.inputs) != 1 or len(layer.keras.outputs) != 1):
            raise ValueError(
                "All layers in a Sequential model should have a single input and a single output "
                f"tensor; {layer.name} has {len(layer.keras.inputs)} and "
                f"{len(layer.keras.outputs)}. Use the functional API: tf.model."
            )
        before = list(self.keras._layers)
        try:
            if not before and not isinstance(layer.keras, keras.layers.InputLayer):
                self.keras.add(self._input_for(layer))
                layer.keras._tfjs_first = True
            self.keras.add(layer.keras)
        except ValueError as error:
            # Keras keeps a layer that it could not connect.
            self.keras._layers[:] = before
            raise refusal(error, layer.keras) from error

    def pop(self) -> None:
        """Take the last layer off."""
        if not self.layers:
            raise TypeError("There are no layers in the model.")
        if len(self._keras_layers()) > 1:
            self.keras.pop()
        else:  # with the input layer that `add` made; Keras cannot pop the last one
            self.keras._layers.clear()
            self.keras.built, self.keras._functional = False, None

    def _input_for(self, layer: Layer) -> Any:
        """The input layer that tf.js makes of the first layer's input shape."""
        if isinstance(layer, LayersModel):
            tensor = layer._built().inputs[0]
            shape, dtype = tensor.shape, tensor.dtype
        elif layer.batchInputShape is None:
            raise ValueError(
                "The first layer in a Sequential model must get an `inputShape` or "
                f"`batchInputShape` argument; {layer.name} has none."
            )
        else:
            shape, dtype = tuple(layer.batchInputShape), layer.keras._tfjs_input_dtype
        return keras.layers.InputLayer(batch_shape=shape, dtype=dtype, name=f"{layer.name}_input")

    def _keras_layers(self) -> list[Any]:
        # tf.js: an input layer counts where the program added it, not where add() did.
        layers = list(self.keras._layers)
        implicit = len(layers) > 1 and layers[0].name == f"{layers[1].name}_input"
        return layers[1:] if implicit else layers

    def _built(self) -> Any:
        if not self.keras._layers:
            raise TypeError(
                "Sequential model cannot be built: model is empty. Add some layers first."
            )
        return self.keras


def wrap(keras_layer: Any) -> Layer:
    """The Layer, LayersModel or Sequential of a Keras layer or model."""
    if isinstance(keras_layer, keras.Sequential):
        return Sequential(keras_layer)
    if isinstance(keras_layer, keras.Model):
        return LayersModel(keras_layer)
    return wrapped(keras_layer)


@options
def sequential(*, layers: Sequence[Layer] = (), name: str | None = None) -> Sequential:
    """A model that is a stack of layers.

    Args:
      layers: the layers; more can be added with `add`.
      name: the name; sequential_1 and so on without it.
    """
    result = Sequential(keras.Sequential(name=name or uid("sequential_")))
    for layer in layers:
        result.add(layer)
    return result


@options
def model(*, inputs: Any, outputs: Any, name: str | None = None) -> LayersModel:
    """A model that is a graph of layers, from its inputs to its outputs.

    Args:
      inputs: a SymbolicTensor of `tf.input`, or a list of them.
      outputs: what layers gave on them, one or a list.
      name: the name; model1 and so on without it.
    """
    try:
        graph = keras.Model(
            _symbolic("inputs", inputs), _symbolic("outputs", outputs), name=name or uid("model")
        )
    except ValueError as error:
        if "All operation names" in str(error):
            text = str(error).replace("All operation names", "All layer names")
            raise ValueError(text) from error
        if "not connected" not in str(error):
            raise
        raise ValueError(
            "Graph disconnected: an output is computed from an input that is not among `inputs`."
        ) from error
    return LayersModel(graph)


@options
def input(
    *,
    shape: Shape | None = None,
    batchShape: Shape | None = None,
    name: str | None = None,
    dtype: str = "float32",
    sparse: bool = False,
) -> SymbolicTensor:
    """An input of a model of `tf.model`.

    Args:
      shape: the shape of one example.
      batchShape: the same with the batch axis, in place of `shape`.
      name: the input layer's name; input1 and so on without it.
      dtype: float32, int32, bool or string.
      sparse: must be False; tf.js has no sparse tensors either.
    """
    if sparse:
        raise ValueError("input: sparse inputs are not supported.")
    if shape is None and batchShape is None:
        raise ValueError(
            "Please provide to Input either a `shape` or a `batchShape` argument. Note that "
            "`shape` does not include the batch dimension."
        )
    if shape is not None and batchShape is not None:
        raise ValueError("Please provide either a `shape` or `batchShape` argument, but not both.")
    batch = (
        shape_tuple("batchShape", batchShape)
        if batchShape is not None
        else (None, *shape_tuple("shape", shape))
    )
    return SymbolicTensor(keras.Input(batch_shape=batch, dtype=dtype, name=name or uid("input")))


@options
def loadLayersModel(
    pathOrIOHandler: str | Path | IOHandler,
    *,
    requestInit: Mapping[str, Any] | None = None,
    onProgress: Callable[[float], object] | None = None,
    fetchFunc: Callable[..., Any] | None = None,
    strict: bool | None = True,
    weightPathPrefix: str | None = None,
    fromTFHub: bool | None = None,
    weightUrlConverter: Callable[[str], Any] | None = None,
    streamWeights: bool | None = None,
) -> LayersModel:
    """Load a layers-model that this package, a converter or tf.js wrote.

    The file is not trusted: no code of it is run, and no file outside of its folder is read.

    Args:
      pathOrIOHandler: the model.json or its folder, as `file://path` or a path; an http(s) URL of
        a model.json; `memory://name`; or a handler with `load()`, as `tf.io.fromMemory` makes.
      requestInit: of requests to a server: a dict of `headers` and `method`.
      onProgress: is called with the share of the weight files that has come, from 0 to 1.
      fetchFunc: takes the place of reading paths and http(s) URLs: a function of (url,
        requestInit, options) that gives the bytes or a response, as `tf.util.fetch` does.
      strict: whether the weights must be exactly those of the layers. If not, those that are
        missing stay as the initializers make them, and others are left out.
      weightPathPrefix: a path or URL that stands in front of the weight files' names, in place of
        the folder of the model.json.
      fromTFHub: has no effect; TensorFlow Hub has graph-models.
      weightUrlConverter: a function of a weight file's name that gives its whole path or URL.
      streamWeights: changes only the numbers that `onProgress` gets: weights are always read in
        pieces. In tf.js, a layers-model's weights stay unread.

    Returns:
      The model; compiled, with its optimizer's state, if it was saved so.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: where it, or its weights, are damaged or not of a model that can be loaded.
      ValueError: for a URL or handler that cannot be loaded from, or a way of training that tf.js
        has not.
    """
    given = {
        "requestInit": requestInit,
        "onProgress": onProgress,
        "fetchFunc": fetchFunc,
        "weightPathPrefix": weightPathPrefix,
        "weightUrlConverter": weightUrlConverter,
        "streamWeights": streamWeights,
    }
    handler = load_handler(pathOrIOHandler, given)
    keras_model, description, state = read_layers_model(handler, strict is None or bool(strict))
    result = wrap(keras_model)
    assert isinstance(result, LayersModel)
    training_config = description.get("trainingConfig")
    if training_config is not None:
        load_training_config(result, training_config, state)
    if description.get("userDefinedMetadata") is not None:
        result.setUserDefinedMetadata(description["userDefinedMetadata"])
    return result


def modelFromJSON(
    modelAndWeightsConfig: Mapping[str, Any] | str, customObjects: Any = None
) -> LayersModel:
    """A model of what `toJSON` gave, with new weights, or with those of files.

    Args:
      modelAndWeightsConfig: the dict that `toJSON` gave, or its text; or a dict of
        `modelTopology`, that dict, and of the `weightsManifest` of a model.json and `pathPrefix`,
        the folder or URL of the weight files.
      customObjects: must be None: classes of one's own are registered by
        `tf.serialization.registerClass`.

    Returns:
      The model, not compiled.

    Raises:
      ModelFileError: where it makes no sense, or has layers that cannot be read; it lists all.
      ValueError: where weights are missing or do not fit.
    """
    if customObjects:
        raise ValueError(
            "modelFromJSON: customObjects are not taken; register classes of your own with "
            "tf.serialization.registerClass."
        )
    # tf.js: a text is no input, though its documentation says so.
    config = modelAndWeightsConfig
    config = json.loads(config) if isinstance(config, str) else config
    if not isinstance(config, Mapping):
        raise TypeError(f"modelFromJSON: expected a dict, got {type(config).__name__}.")
    if "modelTopology" not in config:
        config = {"modelTopology": config}
    keras_model = build_keras_model(config["modelTopology"])
    if config.get("weightsManifest") is not None:
        named = named_weights(keras_model)
        prefix = config.get("pathPrefix") or ""
        values = loadWeights(config["weightsManifest"], prefix, [name for name, _ in named])
        set_weights_by_name(named, values)
    result = wrap(keras_model)
    assert isinstance(result, LayersModel)
    return result


def _symbolic(name: str, value: Any) -> Any:
    values = list(value) if isinstance(value, (list, tuple)) else [value]
    for item in values:
        if not isinstance(item, SymbolicTensor):
            raise TypeError(
                f"model: {name} must be SymbolicTensors, of tf.input and layer.apply; got "
                f"{type(item).__name__}."
            )
    return [item.keras for item in values] if isinstance(value, (list, tuple)) else value.keras
