"""Layer: a Keras layer seen the tf.js way, or a layer of one's own.

Follows tfjs-layers/src/engine/topology.ts.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, cast

import numpy as np

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.dtypes import NUMPY_DTYPES, check_dtype
from tfjsbridge.layers.config import layer_config
from tfjsbridge.layers.custom import CustomLayer
from tfjsbridge.layers.layer_options import LAYER_OPTIONS, LayerOptions, batch_input_shape
from tfjsbridge.layers.layer_variable import LayerVariable
from tfjsbridge.layers.refusals import refusal
from tfjsbridge.layers.weights import ordered_weights, set_weights
from tfjsbridge.naming import layer_name, snake_case
from tfjsbridge.pythonic import from_pythonic
from tfjsbridge.runtime import keras
from tfjsbridge.summary import class_name
from tfjsbridge.symbolic import SymbolicTensor
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.variable_names import remember_weights


class Layer:
    """A layer with tf.js's methods; `keras` is the Keras layer itself, which holds everything.

    A subclass is a layer of one's own, as in tf.js: `build(inputShape)` makes its weights with
    `addWeight`, `call(inputs, kwargs)` computes on Tensors, `computeOutputShape(inputShape)` and
    `getConfig()` say the rest, and `className` is its name. docs/layers.md has one.
    """

    __slots__ = ("keras",)

    #: The name of the class in summaries and files; without it Python's name of the class.
    className: ClassVar[str | None] = None

    def __init__(self, args: Any = None):
        """A Layer over a Keras layer; of a subclass, a new layer with tf.js's options.

        Args:
          args: a Keras layer, or the options that every layer takes, as a dict; others are left
            to the subclass.
        """
        if isinstance(args, keras.layers.Layer):
            self.keras = args
            return
        base = {name: value for name, value in (args or {}).items() if name in LAYER_OPTIONS}
        self.keras = make_layer(
            functools.partial(_custom_layer, self),
            cast(LayerOptions, base),
            tfjs_class=type(self).className or type(self).__name__,
        ).keras

    @classmethod
    def fromConfig(cls, config: Mapping[str, Any]) -> Layer:
        """The layer that `getConfig` gave this configuration of."""
        return cls(config)

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
    def built(self) -> bool:
        """Whether it has its weights."""
        return bool(self.keras.built)

    @built.setter
    def built(self, value: bool) -> None:
        self.keras.built = value

    @property
    def supportsMasking(self) -> bool:
        """Whether it takes, and passes on, the mask of the layer before it."""
        return bool(self.keras.supports_masking)

    @supportsMasking.setter
    def supportsMasking(self, value: bool) -> None:
        self.keras.supports_masking = value

    @property
    def weights(self) -> list[LayerVariable]:
        """The weights: trainable ones first."""
        return [LayerVariable(weight) for weight in ordered_weights(self.keras)]

    @property
    def trainableWeights(self) -> list[LayerVariable]:
        """The weights that training changes; none of a layer that is not trainable."""
        return [LayerVariable(weight) for weight in self.keras.trainable_weights]

    @property
    def nonTrainableWeights(self) -> list[LayerVariable]:
        """The other weights."""
        trained = {id(weight) for weight in self.keras.trainable_weights}
        return [weight for weight in self.weights if id(weight.keras) not in trained]

    @property
    def input(self) -> SymbolicTensor | list[SymbolicTensor]:
        """What the layer was called on in a model, a list if there were several."""
        return _symbolic(self.keras.input)

    @property
    def output(self) -> SymbolicTensor | list[SymbolicTensor]:
        """What it gave there; a model can end in it."""
        return _symbolic(self.keras.output)

    @property
    def outputShape(self) -> list[int | None]:
        """The shape of what the layer gives, with the batch axis."""
        return list(self.keras.output.shape)

    def apply(self, inputs: Any, kwargs: Mapping[str, Any] | None = None) -> Any:
        """The layer on a SymbolicTensor (building a model) or on a Tensor (computing).

        Args:
          inputs: one, or a list of either for a layer with several inputs.
          kwargs: what some layers take beside them, as {"training": True}.

        Returns:
          The output, a list where there are several.
        """
        self._check_use()
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
        more = {snake_case(name): _keras_value(value) for name, value in (kwargs or {}).items()}
        try:
            result = self.keras(values if len(values) > 1 else values[0], **more)
        except ValueError as error:
            raise refusal(error, self.keras) from error
        if not all(symbolic):
            remember_weights(self.keras)  # for tf.variableGrads
        kind = SymbolicTensor if all(symbolic) else Tensor
        if isinstance(result, (list, tuple)):
            return [kind(each) for each in keras.tree.flatten(result)]
        return kind(result)

    __call__ = apply

    def call(self, inputs: Any, kwargs: Mapping[str, Any]) -> Any:
        """What the layer computes of Tensors; a subclass says it.

        Args:
          inputs: a Tensor or a list of them; within a model always a list.
          kwargs: "training" and "mask" where there are any.

        Returns:
          A Tensor or a list of them.
        """
        if isinstance(self.keras, CustomLayer):
            return inputs
        return self.apply(inputs, kwargs)

    def build(self, inputShape: Any) -> None:
        """Make the weights for a shape of inputs, with the batch axis."""
        if not isinstance(self.keras, CustomLayer):
            nested = bool(inputShape) and isinstance(inputShape[0], (list, tuple))
            self.keras.build([tuple(s) for s in inputShape] if nested else tuple(inputShape))
        self.built = True

    def computeOutputShape(self, inputShape: Any) -> Any:
        """The shape of what the layer gives for a shape of inputs, both with the batch axis.

        A list of shapes where there are several. Of a subclass that does not say it, the same.
        """
        if isinstance(self.keras, CustomLayer):
            return inputShape
        nested = bool(inputShape) and isinstance(inputShape[0], (list, tuple))
        shape = self.keras.compute_output_shape(
            [tuple(each) for each in inputShape] if nested else tuple(inputShape)
        )
        several = bool(shape) and isinstance(shape[0], (list, tuple))
        return [list(each) for each in shape] if several else list(shape)

    def computeMask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask for the layer after this one: the same, where it is supported.

        Raises:
          TypeError: for a mask where the layer does not support it.
        """
        if not self.supportsMasking and any(each is not None for each in _list(mask)):
            raise TypeError(
                f"Layer {self.name} does not support masking, but was passed an inputMask."
            )
        return mask if self.supportsMasking else None

    def addWeight(
        self,
        name: str,
        shape: Sequence[int],
        dtype: str | None = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        getInitializerFunc: Callable[[], Any] | None = None,
    ) -> LayerVariable:
        """A new weight, in `build` of a layer of one's own.

        Args:
          name: its name in the layer.
          shape: the size of each axis.
          dtype: float32 without it.
          initializer: how it begins, of tf.initializers or a name; glorotUniform without it.
          regularizer: a penalty on it, of tf.regularizers.
          trainable: whether training changes it; True without it.
          constraint: what it must meet, of tf.constraints.
          getInitializerFunc: gives the initializer to be used after
            `setFastWeightInitDuringBuild(True)`; zeros without it.

        Raises:
          ValueError: for a name that the layer has already.
        """
        if any(weight.name == name for weight in self.keras.weights):
            raise ValueError(f"Duplicate weight name {name} for layer {self.name}.")
        if getattr(self.keras, "fast_initialization", False):
            initializer = getInitializerFunc() if getInitializerFunc else "zeros"
        weight = self.keras.add_weight(
            shape=tuple(shape),
            initializer=initializers.get(initializer, "glorotUniform"),
            dtype=None if dtype is None else str(np.dtype(NUMPY_DTYPES[dtype])),
            trainable=trainable is not False,
            regularizer=regularizers.get(regularizer),
            constraint=constraints.get(constraint),
            name=name,
        )
        return LayerVariable(weight)

    def addLoss(self, losses: Callable[[], Any] | Sequence[Callable[[], Any]]) -> None:
        """Add to the loss that training makes small, in a layer of one's own.

        Args:
          losses: a function without parameters that gives a scalar Tensor, or a list of them.
        """
        if not isinstance(self.keras, CustomLayer):
            raise TypeError(
                f"addLoss: {self.name} is no layer of your own; give it a regularizer instead."
            )
        functions = [losses] if callable(losses) else list(losses)
        if not all(map(callable, functions)):
            raise TypeError("addLoss expects functions without parameters that give a scalar.")
        self.keras.loss_functions.extend(functions)

    def setFastWeightInitDuringBuild(self, value: bool) -> None:
        """Whether `addWeight` saves the time of initializers, as weights are loaded afterwards."""
        self.keras.fast_initialization = value

    def resetStates(self) -> None:
        """Forget what was kept from the last batch: nothing, but in a stateful recurrent layer.

        Raises:
          ValueError: for a layer that keeps nothing.
        """
        if not getattr(self.keras, "stateful", False):
            raise ValueError("Cannot call the resetStates() method of a non-stateful Layer object.")
        self.keras.reset_states()

    def getWeights(self, trainableOnly: bool = False) -> list[Tensor]:
        """The weights: trainable ones first, or these alone."""
        found = self.keras.trainable_weights if trainableOnly else ordered_weights(self.keras)
        return [Tensor(weight.value) for weight in found]

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

    def getConfig(self) -> dict[str, Any]:
        """What it can be made of again; a subclass adds its own options to it."""
        base: dict[str, Any] = {"name": self.name, "trainable": self.trainable}
        if self.batchInputShape is not None:
            base |= {"batchInputShape": self.batchInputShape, "dtype": self.keras._tfjs_input_dtype}
        if isinstance(self.keras, CustomLayer):
            return base
        return {**from_pythonic(layer_config(self.keras, self.getClassName())), **base}

    def dispose(self) -> dict[str, int]:
        """Use it no more: its weights are given back, unless another model has it too.

        Returns:
          refCountAfterDispose: by how many models, or calls, it is still held.
          numDisposedVariables: how many weights were given back.

        Raises:
          ValueError: for a layer that has no weights yet, or that was given back already.
        """
        if not self.built:
            raise ValueError(f"Cannot dispose Layer {self.name} because it has not been built yet.")
        self._check_use()
        count = max(1, len(self.keras._inbound_nodes)) - getattr(self.keras, "_tfjs_given_up", 0)
        self.keras._tfjs_given_up = getattr(self.keras, "_tfjs_given_up", 0) + 1
        return {
            "refCountAfterDispose": count - 1,
            "numDisposedVariables": len(ordered_weights(self.keras)) if count == 1 else 0,
        }

    def _check_use(self) -> None:
        given_up = getattr(self.keras, "_tfjs_given_up", 0)
        if given_up and given_up >= max(1, len(self.keras._inbound_nodes)):
            raise ValueError(f"Layer '{self.name}' is already disposed.")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Layer) and other.keras is self.keras

    def __hash__(self) -> int:
        return id(self.keras)

    def __repr__(self) -> str:
        return f"<{self.getClassName()} {self.name!r}>"


def _custom_layer(mirror: Layer, name: str, dtype: str) -> Any:
    return CustomLayer(mirror, name, trainable=True)


def _symbolic(value: Any) -> SymbolicTensor | list[SymbolicTensor]:
    if isinstance(value, (list, tuple)):
        return [SymbolicTensor(each) for each in value]
    return SymbolicTensor(value)


def _list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _keras_value(value: Any) -> Any:
    """What Keras takes for a value of `apply`'s kwargs: its tensors without our wrappers."""
    if isinstance(value, (list, tuple)):
        return [_keras_value(part) for part in value]
    if isinstance(value, SymbolicTensor):
        return value.keras
    return value.tensor if isinstance(value, Tensor) else value


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
    if not base.get("trainable", True):  # True would unfreeze the layers inside, too
        layer.trainable = False
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
