"""Layer: a Keras layer seen the tf.js way, and the options that every layer takes.

Follows tfjs-layers/src/engine/topology.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from tfjsbridge.converters.activations import ACTIVATIONS
from tfjsbridge.dtypes import NUMPY_DTYPES, check_dtype
from tfjsbridge.errors import unknown_name
from tfjsbridge.naming import layer_name
from tfjsbridge.runtime import keras
from tfjsbridge.symbolic import SymbolicTensor
from tfjsbridge.tensors import Tensor, as_array, tensor_from

Shape = Sequence[int | None]


class Layer:
    """A layer with tf.js's methods; `keras` is the Keras layer itself, which holds everything."""

    __slots__ = ("keras",)

    def __init__(self, keras_layer: Any):
        self.keras = keras_layer

    @property
    def name(self) -> str:
        """The name, as in the model's summary and its weights' names."""
        return str(self.keras.name)

    @property
    def trainable(self) -> bool:
        """Whether training changes the weights; set it before `compile`."""
        return bool(self.keras.trainable)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.keras.trainable = value

    @property
    def batchInputShape(self) -> list[int | None] | None:
        """The input's shape with the batch axis, where the layer was given one."""
        shape = getattr(self.keras, "_tfjs_batch_input_shape", None)
        return None if shape is None else list(shape)

    @property
    def outputShape(self) -> list[int | None]:
        """The shape of what the layer gives, with the batch axis."""
        return list(self.keras.output.shape)

    def apply(self, inputs: Any) -> Any:
        """The layer on a SymbolicTensor (building a model) or on a Tensor (computing).

        A list of either is for a layer with several inputs; several outputs come as a list.
        """
        kinds = (SymbolicTensor, Tensor)
        several = isinstance(inputs, (list, tuple)) and any(isinstance(i, kinds) for i in inputs)
        given = list(inputs) if several else [inputs]
        symbolic = [isinstance(each, SymbolicTensor) for each in given]
        if all(symbolic):
            values = [each.keras for each in given]
        elif any(symbolic):
            raise ValueError(
                "Arguments to apply() must be all SymbolicTensors or all Tensors; got "
                f"{', '.join(type(each).__name__ for each in given)}."
            )
        else:
            values = [tensor_from(each).tensor for each in given]
        result = self.keras(values if len(values) > 1 else values[0])
        kind = SymbolicTensor if all(symbolic) else Tensor
        return [kind(r) for r in result] if isinstance(result, (list, tuple)) else kind(result)

    __call__ = apply

    def getWeights(self) -> list[Tensor]:
        """The weights: trainable ones first, as in tf.js."""
        return [Tensor(weight.value) for weight in ordered_weights(self.keras)]

    def setWeights(self, weights: Sequence[Any]) -> None:
        """Set the weights, in the order of `getWeights`.

        Raises:
          ValueError: for another number of weights or a wrong shape; nothing is set then.
        """
        set_weights(self.keras, weights, f'layer "{self.name}"')

    def countParams(self) -> int:
        """The number of values in all weights."""
        return int(sum(np.prod(weight.shape, dtype=np.int64) for weight in self.keras.weights))

    def getClassName(self) -> str:
        """The class: Dense, Conv2D, ..."""
        return type(self.keras).__name__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layer) and other.keras is self.keras

    def __hash__(self) -> int:
        return id(self.keras)

    def __repr__(self) -> str:
        return f"<{self.getClassName()} {self.name!r}>"


class BaseOptions(NamedTuple):
    """The options of tf.js's LayerArgs."""

    inputShape: Shape | None = None
    batchInputShape: Shape | None = None
    batchSize: int | None = None
    dtype: str | None = None
    name: str | None = None
    trainable: bool = True
    weights: Sequence[Any] | None = None
    inputDType: str | None = None


def make_layer(keras_class: Callable[..., Any], base: BaseOptions, **config: Any) -> Layer:
    """A Layer over `keras_class(**config)`, named and sized as tf.js does it."""
    class_name = keras_class.__name__
    for dtype in (base.dtype, base.inputDType):
        if dtype is not None:
            check_dtype(dtype)
    layer = keras_class(
        name=base.name or layer_name(class_name),
        trainable=base.trainable,
        # `dtype` names what comes in, which may be int32; the layer computes in float32.
        dtype="float32",
        **config,
    )
    shape = batch_input_shape(base)
    if shape is not None:
        layer._tfjs_batch_input_shape = shape
        layer._tfjs_input_dtype = str(
            np.dtype(NUMPY_DTYPES[base.inputDType or base.dtype or "float32"])
        )
    if base.weights is not None:
        if shape is None:
            raise ValueError(f"{class_name}: `weights` needs `inputShape` or `batchInputShape`.")
        layer.build(shape)
        set_weights(layer, base.weights, f"the option `weights` of {class_name}")
    return Layer(layer)


def batch_input_shape(base: BaseOptions) -> tuple[int | None, ...] | None:
    """The input's shape with the batch axis, from the options that may give it."""
    if base.batchInputShape is not None:
        return shape_tuple("batchInputShape", base.batchInputShape)
    if base.inputShape is not None:
        return (base.batchSize, *shape_tuple("inputShape", base.inputShape))
    return None


def shape_tuple(option: str, shape: Any) -> tuple[int | None, ...]:
    """A shape as a tuple; a ValueError for anything else than a list of sizes and None."""
    if isinstance(shape, (list, tuple)) and all(
        size is None or (isinstance(size, (int, np.integer)) and size >= 0) for size in shape
    ):
        return tuple(None if size is None else int(size) for size in shape)
    raise ValueError(f"{option} must be a list of sizes (None where unknown), got {shape!r}.")


def positive_integer(option: str, value: Any) -> int:
    """`value`, or tf.js's error where it is no integer above zero."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value > 0:
        return int(value)
    raise ValueError(f"Value for {option} must be a positive integer, got {value!r}.")


def activation(name: Any) -> Any:
    """The Keras function of one of tf.js's activation names; a function is returned as it is."""
    if name is None:
        return None
    if not isinstance(name, str):
        return name
    if name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]


def ordered_weights(keras_layer: Any) -> list[Any]:
    """A layer's or model's weights in tf.js's order: all trainable ones, then the others."""
    return [*keras_layer.trainable_weights, *_without_seeds(keras_layer.non_trainable_weights)]


def _without_seeds(weights: Sequence[Any]) -> list[Any]:
    # Dropout's random state is a weight to Keras, but not to tf.js.
    return [weight for weight in weights if not weight.path.endswith("seed_generator_state")]


def set_weights(keras_layer: Any, values: Sequence[Any], owner: str) -> None:
    """Set all weights, in tf.js's order, or none if one does not fit."""
    weights = ordered_weights(keras_layer)
    if len(values) != len(weights):
        raise ValueError(
            f"You called setWeights(weights) on {owner} with a weight list of length "
            f"{len(values)}, but it was expecting {len(weights)} weights: "
            f"{[list(weight.shape) for weight in weights]}."
        )
    arrays = [as_array(value) for value in values]
    problems = [
        f"{weight.path}: weight shape {list(weight.shape)}, provided shape {list(array.shape)}"
        for weight, array in zip(weights, arrays, strict=True)
        if tuple(weight.shape) != array.shape
    ]
    if problems:
        raise ValueError(f"Weights do not fit {owner}: " + "; ".join(problems))
    for weight, array in zip(weights, arrays, strict=True):
        value = keras.ops.cast(array, weight.dtype)
        # tf.js: a constraint holds for what is set, too (LayerVariable.write, variables.ts)
        weight.assign(value if weight.constraint is None else weight.constraint(value))
