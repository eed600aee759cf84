"""What the conversions of several layers share."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters import constraints, initializers, regularizers
from tfjsbridge.converters.activations import ACTIVATIONS, activation_name, tfjs_activation
from tfjsbridge.converters.keras_convolutions import TfjsConvolution
from tfjsbridge.converters.layers.rewrites import OF_A_SHAPE, REWRITES, rescaling
from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    inputs_of,
    then,
    write_layer,
)
from tfjsbridge.errors import unknown_name
from tfjsbridge.runtime import keras

#: Arrays to be written in place of the values of weights, by the weights' ids.
_INSTEAD: dict[int, np.ndarray] = {}


@contextlib.contextmanager
def with_values(arrays: Mapping[int, np.ndarray]) -> Iterator[None]:
    """While a model is written: other values for weights, by the weights' ids."""
    _INSTEAD.update(arrays)
    try:
        yield
    finally:
        _INSTEAD.clear()


def values(variable: Any) -> np.ndarray:
    """A weight's values in a dtype that tf.js has: float32 for every floating dtype."""
    if id(variable) in _INSTEAD:
        return _INSTEAD[id(variable)]
    array = np.asarray(keras.ops.convert_to_tensor(variable))
    return array if array.dtype.kind in "biu" else array.astype(np.float32)


#: The parts of a layer with a kernel and maybe a bias: what its options begin with, and its weight.
KERNEL_AND_BIAS = {"kernel": "kernel", "bias": "bias"}


def weighted(layer: Any, parts: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The configuration and the weights of a layer, or of the cell of a recurrent one.

    Keras's `kernel` has LoRA's matrices worked in.

    Args:
      layer: what has the weights, and the options of each: initializer, regularizer, constraint.
      parts: what the options of a weight begin with, and the weight's name; it may be None.
    """
    if getattr(layer, "quantization_mode", None):
        raise CannotConvertLayer(
            f"its weights are quantized ({layer.quantization_mode}); export the model before "
            "calling quantize()"
        )
    config: dict[str, Any] = {}
    weights: dict[str, np.ndarray] = {}
    for part, name in parts.items():
        variable = getattr(layer, name, None)
        constraint = getattr(layer, f"{part}_constraint")
        config[f"{part}_initializer"] = initializers.to_tfjs(getattr(layer, f"{part}_initializer"))
        config[f"{part}_regularizer"] = regularizers.to_tfjs(regularizers.of(layer, part))
        config[f"{part}_constraint"] = None
        if variable is not None:
            weights[name] = values(variable)
            config[f"{part}_constraint"] = constraints.to_tfjs(constraint, weights[name])
    return config, weights


def kernel_and_bias(layer: Any) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """The configuration and the weights of a layer with a kernel and maybe a bias."""
    config, weights = weighted(layer, KERNEL_AND_BIAS)
    return {"use_bias": layer.use_bias, **config}, weights


def read_weighted(config: dict[str, Any], parts: Iterable[str]) -> dict[str, Any]:
    """The Keras arguments of what `weighted` wrote, and of what tf.js writes."""
    arguments: dict[str, Any] = {}
    for part in parts:
        initializer = initializers.from_tfjs(config.get(f"{part}_initializer"))
        if initializer is not None:
            arguments[f"{part}_initializer"] = initializer
        arguments[f"{part}_regularizer"] = regularizers.from_tfjs(config.get(f"{part}_regularizer"))
        arguments[f"{part}_constraint"] = constraints.from_tfjs(config.get(f"{part}_constraint"))
    return arguments


def read_kernel_and_bias(config: dict[str, Any]) -> dict[str, Any]:
    """The Keras arguments of what `kernel_and_bias` wrote, and of what tf.js writes."""
    return {"use_bias": config.get("use_bias", True), **read_weighted(config, KERNEL_AND_BIAS)}


def read_base(config: dict[str, Any]) -> dict[str, Any]:
    """The Keras arguments that every layer takes."""
    return {"name": config.get("name"), "trainable": config.get("trainable", True)}


def read_activation(name: str | None) -> Callable[[Any], Any] | None:
    """The Keras function of an activation's name in a model.json."""
    if name is None:
        return None
    name = _CAMEL_CASE.get(name, name)
    if name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]


#: How tf.js and Keras 2 write the names that are camelCase in a tf.js program.
_CAMEL_CASE = {"hard_sigmoid": "hardSigmoid", "log_softmax": "logSoftmax"}


def then_activation(layer: TfjsLayer, function: Any, of: Any = None) -> list[TfjsLayer]:
    """`layer` with an activation: inside it where tf.js has the function, after it otherwise.

    Args:
      layer: tf.js's.
      function: Keras's.
      of: the Keras layer, for the functions that depend on the shape of what they are given.
    """
    name = tfjs_activation(function)
    if name is not None:
        layer.config["activation"] = name
        return [layer]
    layer.config["activation"] = "linear"
    shape = None if of is None else lambda: _before_activation(of)
    return then([layer], activation_layers(function, shape))


def _before_activation(layer: Any) -> tuple[Any, ...]:
    if getattr(layer, "data_format", "channels_last") == "channels_first":
        raise CannotConvertLayer(
            f"on channels first its activation {activation_name(layer.activation)!r} is along "
            "pixels; put keras.layers.Activation behind it"
        )
    return output_shape(layer)


def activation_layers(
    function: Any, shape: Callable[[], Sequence[Any]] | None = None
) -> list[TfjsLayer]:
    """An activation as layers of its own.

    Args:
      function: Keras's.
      shape: gives the shape of its input, batch first, which some functions depend on.

    Raises:
      CannotConvertLayer: if no way is known to compute the function in tf.js.
    """
    if isinstance(function, keras.layers.Layer) and not function.weights:
        parts = write_layer(function)
        parts[-1].suffix = "activation"
        return parts
    name = tfjs_activation(function)
    if name is not None:
        return [TfjsLayer("Activation", {"activation": name}, suffix="activation")]
    if function in REWRITES:
        return REWRITES[function]()
    if function in OF_A_SHAPE and shape is not None:
        return OF_A_SHAPE[function](shape())
    writable = [f for f in ACTIVATIONS.values() if tfjs_activation(f)]
    known = ", ".join(activation_name(f) for f in [*writable, *REWRITES, *OF_A_SHAPE])
    raise CannotConvertLayer(
        f"no conversion is known for the activation {activation_name(function)!r}; "
        f"use one of these: {known}"
    )


def inner_activation(function: Any, what: str) -> str:
    """tf.js's name of an activation inside a recurrent layer, where no other can be put behind it.

    Raises:
      CannotConvertLayer: if tf.js has no such function.
    """
    name = tfjs_activation(function)
    if name is None:
        known = ", ".join(activation_name(f) for f in ACTIVATIONS.values() if tfjs_activation(f))
        raise CannotConvertLayer(
            f"tf.js has no {activation_name(function)!r} for its {what}; use one of these: {known}"
        )
    return name


def input_shape(layer: Any) -> tuple[Any, ...]:
    """The shape of a layer's input, batch first; of a layer in another one, as it was built.

    Raises:
      CannotConvertLayer: if the layer does not know it.
    """
    tensors = inputs_of(layer)
    if tensors:
        return tuple(tensors[0].shape)
    shape = (layer.get_build_config() or {}).get("input_shape")
    if shape is None:
        raise CannotConvertLayer("inside of another layer the shape of its input is not known")
    return tuple(shape)


def as_float(layer: Any) -> list[TfjsLayer]:
    """What makes numbers with a fraction of a layer's input, where it has whole ones.

    tf.js would go on computing in whole numbers.
    """
    tensors = inputs_of(layer)
    if tensors and "float" in tensors[0].dtype:
        return []
    return [rescaling(1.0, 0.0, "as_float")]


def only_floats(layer: Any) -> None:
    """Refuse a layer on whole numbers, where Keras rounds, or tf.js's wasm reads them wrongly."""
    for tensor in inputs_of(layer):
        if "float" not in tensor.dtype:
            raise CannotConvertLayer(
                f"its input is {tensor.dtype}, of which tf.js's layer computes something else than "
                "Keras; cast the input first"
            )


def output_shape(layer: Any) -> tuple[Any, ...]:
    """The shape of a layer's output, batch first."""
    return tuple(layer.compute_output_shape(input_shape(layer)))


def with_channels_last(layer: Any, write: Callable[[], list[TfjsLayer]]) -> list[TfjsLayer]:
    """A layer on channels first, as tf.js has it for channels last only, between permutations.

    Args:
      layer: has a `data_format`.
      write: writes it for channels last, whatever it says.
    """
    if layer.data_format != "channels_first":
        return write()
    sizes = list(range(2, len(input_shape(layer))))
    parts = write()
    after: list[TfjsLayer] = []
    function = getattr(layer, "activation", None)
    if function in ALONG_THE_LAST_AXIS and not getattr(layer, "activation_before", False):
        # Of Keras's last axis, which comes back with the permutation.
        for part in parts:
            if "activation" in part.config:
                part.config["activation"] = "linear"
        after = activation_layers(function)
    return [
        TfjsLayer("Permute", {"dims": [*sizes, 1]}, suffix="channels_last"),
        *parts,
        TfjsLayer("Permute", {"dims": [sizes[-1], *range(1, sizes[-1])]}, suffix="channels_first"),
        *after,
    ]


#: The activations that look at all numbers of the last axis.
ALONG_THE_LAST_AXIS = (keras.activations.softmax, keras.activations.log_softmax)


def check_bias(layer: Any) -> None:
    """Refuse a bias that Keras adds along the wrong axis.

    On channels first, where the last axis has as many values as there are filters, Keras on
    TensorFlow adds a bias for each place of that axis.
    """
    if layer.data_format != "channels_first" or not getattr(layer, "use_bias", False):
        return
    if isinstance(layer, TfjsConvolution):
        return
    after = output_shape(layer)
    if after[-1] in (None, after[1]):
        raise CannotConvertLayer(
            f"its output has shape {list(after)}, and where the last axis is as long as the "
            "channels' Keras adds the bias along it; use channels last, or use_bias=False"
        )


def along_last_axis(
    layer: Any, axis: Any, write: Callable[[list[int | None]], list[TfjsLayer]]
) -> list[TfjsLayer]:
    """What tf.js computes along the last axis only, with others in its place for the time.

    Args:
      layer: the Keras layer.
      axis: a number, or a list; of several axes all values become one axis.
      write: writes it for the last axis, given the sizes behind the batch's at that point.
    """
    return last_axes(input_shape(layer), axis, write)


def last_axes(
    shape: Sequence[Any], axis: Any, write: Callable[[list[int | None]], list[TfjsLayer]]
) -> list[TfjsLayer]:
    """See `along_last_axis`; of an input of this shape, batch first."""
    rank = len(shape)
    axes = sorted({a % rank for a in (axis if isinstance(axis, (list, tuple)) else [axis])})
    if 0 in axes:
        raise CannotConvertLayer(f"tf.js's layers leave the batch's axis alone, but it has {axis=}")
    if axes == [rank - 1]:
        return write(list(shape[1:]))
    rest = [a for a in range(1, rank) if a not in axes]
    sizes = [shape[a] for a in rest]
    own = [shape[a] for a in axes]
    before: list[TfjsLayer] = []
    after: list[TfjsLayer] = []
    if len(axes) > 1:
        if None in own or sizes.count(None) > 1:
            raise CannotConvertLayer(
                f"tf.js computes along several axes of known sizes only, but it has {axis=}, and "
                f"its input has shape {list(shape)}"
            )
        wanted = [-1 if size is None else size for size in sizes]
        flat = {"target_shape": [*wanted, math.prod(own)]}
        before = [TfjsLayer("Reshape", flat, suffix="axes_joined")]
        after = [TfjsLayer("Reshape", {"target_shape": [*wanted, *own]}, suffix="axes_apart")]
    order = [*rest, *axes]
    if order != sorted(order):
        back = [order.index(a) + 1 for a in range(1, rank)]
        before = [TfjsLayer("Permute", {"dims": order}, suffix="axis_last"), *before]
        after = [*after, TfjsLayer("Permute", {"dims": back}, suffix="axis_back")]
    return then(
        before, [*write([*sizes, math.prod(own)] if len(own) > 1 else [*sizes, *own]), *after]
    )


def listed(value: Any) -> Any:
    """A tuple, or a tuple of tuples, as lists."""
    return [listed(part) for part in value] if isinstance(value, (tuple, list)) else value
