"""Conversions of the basic layers and inputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.converters.layers.common import (
    activation_layers,
    input_shape,
    kernel_and_bias,
    read_activation,
    read_base,
    read_kernel_and_bias,
    read_weighted,
    then_activation,
    weighted,
)
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, argument, reads, writes
from tfjsbridge.runtime import keras

DATA_FORMATS = {"channelsFirst": "channels_first", "channelsLast": "channels_last"}


@writes(keras.layers.InputLayer)
def write_input_layer(layer: Any) -> TfjsLayer:
    if len(layer.batch_shape) < 2:
        raise CannotConvertLayer(
            "tf.js gives every input at least two axes, [examples, values], but its shape is "
            f"{list(layer.batch_shape)}; use keras.Input((1,))"
        )
    # tf.js has no float16, bfloat16 or float64; integers it takes as int32.
    dtype = "int32" if "int" in layer.dtype else layer.dtype
    return TfjsLayer(
        "InputLayer",
        {
            "batch_input_shape": list(layer.batch_shape),
            "dtype": dtype if dtype in ("bool", "int32", "string") else "float32",
            "sparse": False,
        },
    )


@reads("InputLayer")
def read_input_layer(config: dict[str, Any]) -> Any:
    return keras.layers.InputLayer(
        batch_shape=config["batch_input_shape"],
        dtype=config.get("dtype") or "float32",
        name=config.get("name"),
    )


@writes(keras.layers.Dense)
def write_dense(layer: Any) -> list[TfjsLayer]:
    config, weights = kernel_and_bias(layer)
    return then_activation(
        TfjsLayer("Dense", {"units": layer.units, **config}, weights), layer.activation, layer
    )


@reads("Dense")
def read_dense(config: dict[str, Any]) -> Any:
    return keras.layers.Dense(
        config["units"],
        activation=read_activation(config.get("activation")),
        **read_kernel_and_bias(config),
        **read_base(config),
    )


@writes(keras.layers.Dropout)
def write_dropout(layer: Any) -> TfjsLayer:
    shape = None if layer.noise_shape is None else list(layer.noise_shape)
    return TfjsLayer("Dropout", {"rate": layer.rate, "noise_shape": shape, "seed": layer.seed})


@reads("Dropout")
def read_dropout(config: dict[str, Any]) -> Any:
    shape = config.get("noise_shape")
    return keras.layers.Dropout(
        config["rate"],
        noise_shape=None if shape is None else tuple(shape),
        seed=config.get("seed"),
        **read_base(config),
    )


@writes(keras.layers.Flatten)
def write_flatten(layer: Any) -> TfjsLayer:
    shape = input_shape(layer)
    # tf.js flattens from rank 3 on; [batch, n] is flat already.
    if len(shape) == 2:
        return TfjsLayer("Activation", {"activation": "linear"})
    if None in shape[1:]:
        raise CannotConvertLayer(
            f"tf.js flattens no axis of unknown size, but its input has shape {list(shape)}"
        )
    return TfjsLayer("Flatten", {"data_format": layer.data_format})


@reads("Flatten")
def read_flatten(config: dict[str, Any]) -> Any:
    return keras.layers.Flatten(data_format=read_data_format(config), **read_base(config))


@writes(keras.layers.Activation)
def write_activation(layer: Any) -> list[TfjsLayer]:
    *before, last = activation_layers(layer.activation, lambda: input_shape(layer))
    last.suffix = ""
    return [*before, last]


@reads("Activation")
def read_activation_layer(config: dict[str, Any]) -> Any:
    return keras.layers.Activation(read_activation(config["activation"]), **read_base(config))


@reads("Rescaling")
def read_rescaling(config: dict[str, Any]) -> Any:
    return keras.layers.Rescaling(config["scale"], config.get("offset", 0.0), **read_base(config))


@writes(keras.layers.Embedding)
def write_embedding(layer: Any) -> TfjsLayer:
    config, weights = weighted(layer, {"embeddings": "embeddings"})
    return TfjsLayer(
        "Embedding",
        {
            "input_dim": layer.input_dim,
            "output_dim": layer.output_dim,
            "mask_zero": layer.mask_zero,
            **config,
        },
        weights,
    )


@writes(keras.layers.CategoryEncoding)
def write_category_encoding(layer: Any) -> list[TfjsLayer]:
    """An embedding in which each number has a place of its own."""
    shape = input_shape(layer)
    if argument(layer, "count_weights") is not None:
        raise CannotConvertLayer("tf.js's layers have no count_weights")
    if layer.sparse or not layer.num_tokens or len(shape) != 2 or None in shape[1:]:
        raise CannotConvertLayer(
            f"it takes an input of a known number of values, not of shape {list(shape)}"
        )
    count = layer.num_tokens
    places = TfjsLayer(
        "Embedding",
        {"input_dim": count, "output_dim": count, "mask_zero": False, "trainable": False},
        {"embeddings": np.eye(count, dtype=np.float32)},
        "places",
    )
    if layer.output_mode == "one_hot":
        if shape[1] != 1:
            return [places]
        return [places, TfjsLayer("Reshape", {"target_shape": [count]})]
    if layer.output_mode == "multi_hot":
        return [places, TfjsLayer("GlobalMaxPooling1D", {})]
    mean = TfjsLayer("GlobalAveragePooling1D", {}, suffix="mean")
    return [places, mean, TfjsLayer("Rescaling", {"scale": float(shape[1]), "offset": 0.0})]


@writes(keras.layers.Masking)
def write_masking(layer: Any) -> TfjsLayer:
    return TfjsLayer("Masking", {"mask_value": float(layer.mask_value)})


@reads("Masking")
def read_masking(config: dict[str, Any]) -> Any:
    return keras.layers.Masking(config.get("mask_value") or 0.0, **read_base(config))


@reads("Embedding")
def read_embedding(config: dict[str, Any]) -> Any:
    return keras.layers.Embedding(
        config["input_dim"],
        config["output_dim"],
        mask_zero=config.get("mask_zero") or False,
        **read_weighted(config, ["embeddings"]),
        **read_base(config),
    )


def read_data_format(config: dict[str, Any]) -> str:
    """Keras's data format; tf.js writes camelCase or leaves it out."""
    data_format = config.get("data_format") or "channels_last"
    return DATA_FORMATS.get(data_format, data_format)
