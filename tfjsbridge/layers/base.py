"""Layer: a Keras layer seen the tf.js way, and the options that every layer takes.

Follows tfjs-layers/src/engine/topology.ts.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import Any, ParamSpec, TypedDict

import numpy as np

from tfjsbridge.dtypes import NUMPY_DTYPES, check_dtype
from tfjsbridge.layers.arguments import Shape, shape_tuple
from tfjsbridge.naming import layer_name
from tfjsbridge.options import OptionsFunction, options
from tfjsbridge.runtime import keras
from tfjsbridge.summary import class_name
from tfjsbridge.symbolic import SymbolicTensor
from tfjsbridge.tensors import Tensor, as_array, tensor_from
from tfjsbridge.variable_names import remember_weights

P = ParamSpec("P")


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
        if not all(symbolic):
            remember_weights(self.keras)  # for tf.variableGrads
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
        return class_name(self.keras)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layer) and other.keras is self.keras

    def __hash__(self) -> int:
        return id(self.keras)

    def __repr__(self) -> str:
        return f"<{self.getClassName()} {self.name!r}>"


class LayerOptions(TypedDict, total=False):
    """The options that every layer takes (tf.js: LayerArgs)."""

    inputShape: Shape | None
    batchInputShape: Shape | None
    batchSize: int | None
    dtype: str | None
    name: str | None
    trainable: bool
    weights: Sequence[Any] | None
    inputDType: str | None


#: Their defaults, and what the docstring of each layer says of them.
_LAYER_OPTIONS = {
    "inputShape": (None, "the shape of one example, for a model's first layer."),
    "batchInputShape": (None, "the same with the batch axis."),
    "batchSize": (None, "the batch axis, with `inputShape`."),
    "dtype": (None, "the input's dtype."),
    "name": (None, "the name; without it the class and a number, as dense_Dense1."),
    "trainable": (True, "whether training changes the weights."),
    "weights": (None, "initial weights, in the order of `getWeights`."),
    "inputDType": (None, "the input's dtype; the older spelling of `dtype`."),
}


def layer_options(function: Callable[P, Layer]) -> OptionsFunction[P, Layer]:
    """`options` for a function that ends in `**base: Unpack[LayerOptions]`.

    Its signature and docstring then show the options that every layer takes, after its own.
    """
    signature = inspect.signature(function)
    own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
    shared = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=default,
            annotation=LayerOptions.__annotations__[name].__forward_arg__,
        )
        for name, (default, _) in _LAYER_OPTIONS.items()
    ]
    function.__signature__ = signature.replace(parameters=own + shared)  # type: ignore[attr-defined]
    function.__doc__ = _with_layer_options(inspect.cleandoc(function.__doc__ or ""))
    return options(function)


def _with_layer_options(doc: str) -> str:
    before, raises, after = doc.partition("\n\nRaises:")
    if "\n\nArgs:\n" not in before:
        before += "\n\nArgs:"
    lines = (f"\n  {name}: {text}" for name, (_, text) in _LAYER_OPTIONS.items())
    return before + "".join(lines) + raises + after


def make_layer(
    keras_class: Callable[..., Any],
    base: LayerOptions,
    *,
    tfjs_class: str | None = None,
    **config: Any,
) -> Layer:
    """A Layer over `keras_class(**config)`, named and sized as tf.js does it.

    Args:
      keras_class: the Keras class, or a function that makes a layer.
      base: the options that every layer takes.
      tfjs_class: tf.js's name of the class, where it is not Keras's.
      config: what `keras_class` takes.
    """
    name = tfjs_class or keras_class.__name__
    for dtype in (base.get("dtype"), base.get("inputDType")):
        if dtype is not None:
            check_dtype(dtype)
    layer = keras_class(
        name=base.get("name") or layer_name(name),
        # `dtype` names what comes in, which may be int32; the layer computes in float32.
        dtype="float32",
        **config,
    )
    layer.trainable = base.get("trainable", True)
    if tfjs_class is not None:
        layer._tfjs_class_name = tfjs_class
    shape = batch_input_shape(base)
    if shape is not None:
        layer._tfjs_batch_input_shape = shape
        layer._tfjs_input_dtype = str(
            np.dtype(NUMPY_DTYPES[base.get("inputDType") or base.get("dtype") or "float32"])
        )
    weights = base.get("weights")
    if weights is not None:
        if shape is None:
            raise ValueError(f"{name}: `weights` needs `inputShape` or `batchInputShape`.")
        layer.build(shape)
        set_weights(layer, weights, f"the option `weights` of {name}")
    return Layer(layer)


def batch_input_shape(base: LayerOptions) -> tuple[int | None, ...] | None:
    """The input's shape with the batch axis, from the options that may give it."""
    whole, example = base.get("batchInputShape"), base.get("inputShape")
    if whole is not None:
        return shape_tuple("batchInputShape", whole)
    if example is not None:
        return (base.get("batchSize"), *shape_tuple("inputShape", example))
    return None


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
