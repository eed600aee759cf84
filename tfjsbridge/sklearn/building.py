"""The model of an estimator: built anew for each `fit`, for the data at hand."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfjsbridge import layers
from tfjsbridge.errors import did_you_mean
from tfjsbridge.layers import Layer
from tfjsbridge.models import LayersModel, sequential, wrap
from tfjsbridge.runtime import keras

#: What a function that builds a model is given, where it has a parameter of the name.
GIVEN = ("inputShape", "outputs")

#: How many units the hidden layer has where no model is given.
HIDDEN_UNITS = 32


def build(
    model: Callable[..., Any] | Sequence[Layer] | None,
    input_shape: Sequence[int],
    outputs: int,
    activation: str | None,
    options: Mapping[str, Any],
) -> LayersModel:
    """A new model for the data, as `tf.sequential` and `tf.model` make them.

    Args:
      model: a function that builds it, a list of layers, or None for one hidden layer.
      input_shape: the shape of an example.
      outputs: how many numbers it is to give for an example.
      activation: the last layer's, where no model is given.
      options: for the function.

    Raises:
      TypeError: for anything else than a model.
      ValueError: for layers that do not fit the data.
    """
    if model is None:
        return sequential(
            layers=[
                layers.dense(inputShape=list(input_shape), units=HIDDEN_UNITS, activation="relu"),
                layers.dense(units=outputs, activation=activation),
            ]
        )
    if callable(model) and not isinstance(model, Layer):
        return _called(model, input_shape, outputs, options)
    if options:
        raise TypeError(f"modelOptions {sorted(options)} are for a function that builds the model.")
    if not isinstance(model, (list, tuple)) or not model:
        raise TypeError(
            "model must be a function that builds a model, or a list of layers; got "
            f"{type(model).__name__} {str(model)[:80]}."
        )
    stack = sequential(layers=[layers.inputLayer(inputShape=list(input_shape))])
    for number, layer in enumerate(model):
        if not isinstance(layer, (Layer, keras.layers.Layer)):
            raise TypeError(f"model[{number}] must be a layer, got {type(layer).__name__}.")
        stack.add(_another(layer.keras if isinstance(layer, Layer) else layer, input_shape, number))
    return stack


def parameters_of(model: Any) -> dict[str, Any]:
    """The options of a function that builds a model, with their defaults."""
    if not callable(model) or isinstance(model, Layer):
        return {}
    return {
        name: None if parameter.default is parameter.empty else parameter.default
        for name, parameter in inspect.signature(model).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        and name not in GIVEN
    }


def takes_any_option(model: Any) -> bool:
    """Whether a function that builds a model takes options of every name."""
    if not callable(model) or isinstance(model, Layer):
        return False
    return any(p.kind is p.VAR_KEYWORD for p in inspect.signature(model).parameters.values())


def _called(
    function: Callable[..., Any],
    input_shape: Sequence[int],
    outputs: int,
    options: Mapping[str, Any],
) -> LayersModel:
    given = {"inputShape": list(input_shape), "outputs": outputs}
    if not takes_any_option(function):
        known = parameters_of(function)
        unknown = [f"{name!r}{did_you_mean(name, known)}" for name in options if name not in known]
        if unknown:
            raise TypeError(
                f"{_name(function)} has no option {', '.join(unknown)}. Its options: "
                f"{', '.join(known) or 'none'}."
            )
        parameters = inspect.signature(function).parameters
        given = {name: value for name, value in given.items() if name in parameters}
    result = function(**{**given, **options})
    if isinstance(result, keras.Sequential) and not result.built:
        result.build((None, *input_shape))
    if isinstance(result, keras.Model):
        result = wrap(result)
    if not isinstance(result, LayersModel):
        raise TypeError(
            f"{_name(function)} must return a model, as tf.sequential makes it; it returned "
            f"{type(result).__name__} {str(result)[:80]}."
        )
    return result


def _another(layer: Any, input_shape: Sequence[int], number: int) -> Layer:
    """A layer like this one, with weights of its own."""
    wanted = getattr(layer, "_tfjs_batch_input_shape", None)
    if number == 0 and wanted is not None and tuple(wanted[1:]) != tuple(input_shape):
        raise ValueError(
            f"The first layer has inputShape={list(wanted[1:])}, but the examples in X have the "
            f"shape {list(input_shape)}. Without inputShape it takes that of X."
        )
    return wrap(type(layer).from_config(layer.get_config()))


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__name__", type(function).__name__)


#: Activations behind which there are probabilities.
_PROBABILITIES = ("sigmoid", "softmax", "hard_sigmoid")


def check_outputs(
    model: LayersModel, expected: Sequence[int], what: str, probabilities: bool
) -> int:
    """How many numbers a model gives for an example.

    Args:
      model: the model.
      expected: the numbers that fit the targets, the usual one first.
      what: describes the targets, for the message.
      probabilities: whether they must be probabilities.

    Raises:
      ValueError: if it gives another number of them, or something that is no probability.
    """
    outputs = getattr(model.keras, "outputs", None)
    if not outputs:
        raise ValueError(
            f"The model must be a Sequential or functional one; {type(model.keras).__name__} says "
            "nothing of its outputs."
        )
    shapes = [list(output.shape) for output in outputs]
    if len(shapes) != 1 or len(shapes[0]) != 2 or shapes[0][1] not in expected:
        counts = " or ".join(str(count) for count in expected)
        raise ValueError(
            f"The model gives {' and '.join(map(str, shapes))} for {what}; expected one output "
            f"[None, {counts}]. A function that builds the model is told the number as `outputs`."
        )
    if probabilities:
        last = outputs[0]._keras_history.operation
        activation = getattr(last, "activation", None)
        name = getattr(activation, "__name__", "")
        own = getattr(activation, "__module__", "").startswith("keras.")
        if own and name not in _PROBABILITIES:
            needed = "sigmoid" if shapes[0][1] == 1 else "softmax (or, for several labels, sigmoid)"
            raise ValueError(
                f"The model must give probabilities, but its last layer {last.name!r} has the "
                f"activation {name!r}. Give it {needed}."
            )
    return int(shapes[0][1])
