"""Conversions of the layers that make one tensor of several, and that tf.js reads otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.converters.layers.common import listed, read_base
from tfjsbridge.converters.layers.rewrites import rescaling
from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    inputs_of,
    reads,
    writes,
)
from tfjsbridge.runtime import keras

layers = keras.layers


def concatenated(tensors: Sequence[Any], axis: int) -> list[TfjsLayer]:
    """Several tensors one behind the other.

    tf.js takes every axis below 0 for the last one, and the first tensor's dtype for that of all.
    """
    axis %= len(tensors[0].shape)
    if axis == 0:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    config = {"axis": axis}
    floats = ["float" in tensor.dtype for tensor in tensors]
    if all(floats) or len({_kind(tensor.dtype) for tensor in tensors}) == 1:
        return [TfjsLayer("Concatenate", config)]
    if not any(floats):
        raise CannotConvertLayer("its inputs are booleans and whole numbers; cast them first")
    parts: list[TfjsLayer] = []
    inputs = []
    for number, is_float in enumerate(floats):
        if not is_float:
            parts.append(rescaling(1.0, 0.0, f"as_float_{number}", -1 - number))
        inputs.append(-1 - number if is_float else len(parts) - 1)
    return [*parts, TfjsLayer("Concatenate", config, inputs=tuple(inputs))]


def _kind(dtype: str) -> str:
    """What tf.js has in the place of a dtype."""
    return "float" if "float" in dtype else "int" if "int" in dtype else dtype


@writes(layers.Concatenate)
def write_concatenate_layer(layer: Any) -> list[TfjsLayer]:
    return concatenated(inputs_of(layer), layer.axis)


@reads("Concatenate")
def read_concatenate(config: dict[str, Any]) -> Any:
    return layers.Concatenate(axis=config.get("axis", -1), **read_base(config))


@writes(layers.Dot)
def write_dot(layer: Any) -> TfjsLayer:
    if any(len(tensor.shape) > 3 for tensor in inputs_of(layer)):
        raise CannotConvertLayer("tf.js's Dot takes tensors of rank 2 and 3; use keras.ops.einsum")
    return TfjsLayer("Dot", {"axes": listed(layer.axes), "normalize": layer.normalize})


@reads("Dot")
def read_dot(config: dict[str, Any]) -> Any:
    normalize = config.get("normalize") or False
    return layers.Dot(config["axes"], normalize=normalize, **read_base(config))
