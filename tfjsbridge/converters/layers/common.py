"""What the conversions of several layers share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from tfjsbridge.converters import constraints, initializers, regularizers
from tfjsbridge.converters.activations import ACTIVATIONS, activation_name, tfjs_activation
from tfjsbridge.converters.keras_convolutions import TfjsConvolution
from tfjsbridge.converters.layers.rewrites import REWRITES, rescaling
from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    inputs_of,
    then,
    write_layer,
)
from tfjsbridge.errors import unknown_name
from tfjsbridge.runtime import keras


def values(variable: Any) -> np.ndarray:
    """A weight's values in a dtype that tf.js has: float32 for every floating dtype."""
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
        config[f"{part}_regularizer"] = regularizers.to_tfjs(getattr(layer, f"{part}_regularizer"))
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


def then_activation(layer: TfjsLayer, function: Any) -> list[TfjsLayer]:
    """`layer` with an activation: inside it where tf.js has the function, after it otherwise."""
    name = tfjs_activation(function)
    if name is not None:
        layer.config["activation"] = name
        return [layer]
    layer.config["activation"] = "linear"
    return then([layer], activation_layers(function))


def activation_layers(function: Any) -> list[TfjsLayer]:
    """An activation as layers of its own.

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
    writable = [f for f in ACTIVATIONS.values() if tfjs_activation(f)]
    known = ", ".join(activation_name(f) for f in [*writable, *REWRITES])
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
    return [
        TfjsLayer("Permute", {"dims": [*sizes, 1]}, suffix="channels_last"),
        *write(),
        TfjsLayer("Permute", {"dims": [sizes[-1], *range(1, sizes[-1])]}, suffix="channels_first"),
    ]


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


def along_last_axis(layer: Any, axis: Any, write: Callable[[], list[TfjsLayer]]) -> list[TfjsLayer]:
    """What tf.js computes along the last axis only, with another one in its place for the time.

    Args:
      layer: the Keras layer.
      axis: a number, or a list with one.
      write: writes it for the last axis, without branches.
    """
    rank = len(input_shape(layer))
    axes = [a % rank for a in (axis if isinstance(axis, (list, tuple)) else [axis])]
    if axes == [rank - 1]:
        return write()
    if len(axes) > 1 or axes == [0]:
        raise CannotConvertLayer(f"tf.js computes along the last axis only, but it has axis={axis}")
    order = [a for a in range(1, rank) if a != axes[0]] + axes
    back = [order.index(a) + 1 for a in range(1, rank)]
    return then(
        [TfjsLayer("Permute", {"dims": order}, suffix="axis_last")],
        [*write(), TfjsLayer("Permute", {"dims": back}, suffix="axis_back")],
    )


def listed(value: Any) -> Any:
    """A tuple, or a tuple of tuples, as lists."""
    return [listed(part) for part in value] if isinstance(value, (tuple, list)) else value
