"""Models of the tf.js API: sequential, model, input, and what they are made of.

Follows tfjs-layers/src/{models,exports}.ts and engine/{container,training}.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tfjsbridge.converters import load_keras_model, save_keras_model
from tfjsbridge.layers.arguments import Shape, shape_tuple
from tfjsbridge.layers.base import Layer
from tfjsbridge.naming import uid
from tfjsbridge.options import options, options_method
from tfjsbridge.runtime import keras
from tfjsbridge.summary import class_name, print_summary
from tfjsbridge.symbolic import SymbolicTensor
from tfjsbridge.trainable import Trainable
from tfjsbridge.urls import file_path

__all__ = ["LayersModel", "Sequential", "input", "loadLayersModel", "model", "sequential"]


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

    def getLayer(self, nameOrIndex: str | int | None = None, index: int | None = None) -> Layer:
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
    def save(self, handlerOrURL: str | Path, *, includeOptimizer: bool = False) -> Path:
        """Write `model.json` and its weights, which tf.js loads, into a folder.

        All files are written or none: a failed or killed save leaves what stood there.

        Args:
          handlerOrURL: the folder, as `file://path` or a path; it is made where it is missing.
          includeOptimizer: whether the optimizer's state goes with it, so that a compiled model
            goes on training in tf.js where it stopped here.

        Returns:
          The path of the model.json.

        Raises:
          ConversionError: listing every layer that tf.js cannot express.
          OSError: where the folder cannot be written.
        """
        return save_keras_model(
            self._built(),
            file_path(handlerOrURL),
            format="layers",
            include_optimizer=includeOptimizer,
        )

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
        except ValueError:
            # Keras keeps a layer that it could not connect.
            self.keras._layers[:] = before
            raise

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
    return Layer(keras_layer)


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


def loadLayersModel(pathOrIOHandler: str | Path) -> LayersModel:
    """Load a layers-model that this package, a converter or tf.js wrote.

    Args:
      pathOrIOHandler: the model.json or its folder, as `file://path` or a path; or an http(s) URL
        of a model.json.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: where it, or its weights, are damaged or not of a model that can be loaded.
    """
    is_web = str(pathOrIOHandler).startswith(("http://", "https://"))
    source = str(pathOrIOHandler) if is_web else file_path(pathOrIOHandler)
    result = wrap(load_keras_model(source))
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
