"""Conversions of the layers that are activations."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.converters.layers import rewrites
from tfjsbridge.converters.layers.common import (
    along_last_axis,
    input_shape,
    only_floats,
    read_base,
    read_weighted,
    weighted,
)
from tfjsbridge.converters.layers.rewrites import activation, elu, rescaling
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, reads, writes
from tfjsbridge.runtime import keras

layers = keras.layers


@writes(layers.Identity)
def write_identity(layer: Any) -> TfjsLayer:
    # tf.js takes the name Identity for its initializer.
    return TfjsLayer("Activation", {"activation": "linear"})


@writes(layers.ReLU)
def write_relu(layer: Any) -> TfjsLayer | list[TfjsLayer]:
    # tf.js's ReLU has a maxValue and ignores the other two; of integers wasm reads other numbers.
    only_floats(layer)
    slope, threshold, largest = (
        float(layer.negative_slope),
        float(layer.threshold),
        layer.max_value,
    )
    if slope == threshold == 0:
        return TfjsLayer("ReLU", {"max_value": None if largest is None else float(largest)})
    if threshold == 0 and largest is None:
        return TfjsLayer("LeakyReLU", {"alpha": slope})
    if slope == 0 and largest is None:
        return TfjsLayer("ThresholdedReLU", {"theta": threshold})
    # What is above the threshold, no more than the largest, and the slope times what is below.
    parts = [] if threshold == 0 else rewrites.threshold(threshold, 0.0)
    if threshold == 0 or largest is not None:
        limit = {"max_value": None if largest is None else float(largest)}
        parts.append(TfjsLayer("ReLU", limit, suffix="limited"))
    if slope == 0:
        return parts
    count = len(parts)
    return [
        *parts,
        rescaling(-1.0, threshold, "below", -1),
        activation("relu"),
        rescaling(-slope, 0.0, "slope"),
        TfjsLayer("Add", {}, inputs=(count - 1, count + 2)),
    ]


@reads("ReLU")
def read_relu(config: dict[str, Any]) -> Any:
    return layers.ReLU(max_value=config.get("max_value"), **read_base(config))


@reads("ThresholdedReLU")
def read_thresholded_relu(config: dict[str, Any]) -> Any:
    return layers.ReLU(threshold=config.get("theta", 1.0), **read_base(config))


@writes(layers.LeakyReLU)
def write_leaky_relu(layer: Any) -> TfjsLayer:
    return TfjsLayer("LeakyReLU", {"alpha": float(layer.negative_slope)})


@reads("LeakyReLU")
def read_leaky_relu(config: dict[str, Any]) -> Any:
    return layers.LeakyReLU(negative_slope=config.get("alpha", 0.3), **read_base(config))


@writes(layers.ELU)
def write_elu(layer: Any) -> list[TfjsLayer]:
    parts = elu(float(layer.alpha))
    parts[-1].suffix = ""
    return parts


@reads("ELU")
def read_elu(config: dict[str, Any]) -> Any:
    return layers.ELU(config.get("alpha", 1.0), **read_base(config))


@writes(layers.PReLU)
def write_prelu(layer: Any) -> TfjsLayer:
    config, weights = weighted(layer, {"alpha": "alpha"})
    axes = None if layer.shared_axes is None else list(layer.shared_axes)
    shape = input_shape(layer)
    if axes and sorted(axes) != list(range(1, len(axes) + 1)):
        # tf.js's wasm shares slopes along the first axes only: one for each, which are the same.
        if None in shape[1:]:
            raise CannotConvertLayer(
                f"tf.js's wasm shares slopes along the first axes only, but it has "
                f"shared_axes={axes}"
            )
        weights["alpha"] = np.broadcast_to(weights["alpha"], shape[1:]).copy()
        axes = None
    return TfjsLayer("PReLU", {**config, "shared_axes": axes}, weights)


@reads("PReLU")
def read_prelu(config: dict[str, Any]) -> Any:
    return layers.PReLU(
        shared_axes=config.get("shared_axes"),
        **read_weighted(config, ["alpha"]),
        **read_base(config),
    )


@writes(layers.Softmax)
def write_softmax(layer: Any) -> list[TfjsLayer]:
    # Not tf.js's Softmax: that takes a mask that an earlier layer left.
    softmax = TfjsLayer("Activation", {"activation": "softmax"})
    return along_last_axis(layer, layer.axis, lambda _: [softmax])


@reads("Softmax")
def read_softmax(config: dict[str, Any]) -> Any:
    return layers.Softmax(axis=config.get("axis", -1), **read_base(config))
