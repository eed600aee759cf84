"""Conversions of the normalizations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.common import (
    along_last_axis,
    as_float,
    input_shape,
    only_floats,
    read_base,
    read_weighted,
    values,
    weighted,
)
from tfjsbridge.converters.layers.rewrites import rescaling
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, reads, writes
from tfjsbridge.runtime import keras

layers = keras.layers

#: What Keras's Normalization divides by at least, keras.config.epsilon().
SMALLEST_DEVIATION = 1e-7


def _axes(layer: Any) -> list[int]:
    """Those of a layer, from 1 on."""
    rank = len(input_shape(layer))
    axes = layer.axis if isinstance(layer.axis, (list, tuple)) else [layer.axis]
    return [axis % rank for axis in axes]


def _last_axis(layer: Any) -> None:
    if _axes(layer) != [len(input_shape(layer)) - 1]:
        raise CannotConvertLayer(
            f"tf.js's backends normalize the last axis only, but it has axis={layer.axis}; put "
            "keras.layers.Permute around it"
        )


@writes(layers.BatchNormalization)
def write_batch_normalization(layer: Any) -> list[TfjsLayer]:
    config, weights = weighted(layer, {"gamma": "gamma", "beta": "beta"})
    for name in ("moving_mean", "moving_variance"):
        config[f"{name}_initializer"] = None
        weights[name] = values(getattr(layer, name))
    normalization = TfjsLayer(
        "BatchNormalization",
        {
            "axis": -1,
            "momentum": float(layer.momentum),
            "epsilon": float(layer.epsilon),
            "center": layer.center,
            "scale": layer.scale,
            **{name: value for name, value in config.items() if value is not None},
        },
        weights,
    )

    def write() -> list[TfjsLayer]:
        shape = input_shape(layer)
        if len(shape) < 5:
            return [normalization]
        # tf.js normalizes batches up to rank 4.
        if shape[1:].count(None) > 1:
            raise CannotConvertLayer("tf.js normalizes volumes of known sizes only")
        sizes = [-1 if size is None else size for size in shape[1:]]
        sizes.append(sizes.pop(_axes(layer)[0] - 1))
        series = TfjsLayer("Reshape", {"target_shape": [-1, sizes[-1]]}, suffix="series")
        return [series, normalization, TfjsLayer("Reshape", {"target_shape": sizes}, {}, "volume")]

    return [*as_float(layer), *along_last_axis(layer, layer.axis, write)]


@reads("BatchNormalization")
def read_batch_normalization(config: dict[str, Any]) -> Any:
    axis = config.get("axis", -1)
    return layers.BatchNormalization(
        axis=axis[0] if isinstance(axis, list) else axis,
        momentum=config.get("momentum", 0.99),
        epsilon=config.get("epsilon", 1e-3),
        center=config.get("center", True),
        scale=config.get("scale", True),
        **read_weighted(config, ["gamma", "beta"]),
        **read_base(config),
    )


@writes(layers.LayerNormalization)
def write_layer_normalization(layer: Any) -> list[TfjsLayer]:
    only_floats(layer)
    axes = _axes(layer)
    if len(axes) > 1:
        return _over_last_axes(layer, axes)
    if getattr(layer, "rms_scaling", False):
        raise CannotConvertLayer("it has rms_scaling=True; use keras.layers.RMSNormalization")
    config, weights = weighted(layer, {"gamma": "gamma", "beta": "beta"})
    normalization = TfjsLayer(
        "LayerNormalization",
        {
            "axis": -1,
            "epsilon": float(layer.epsilon),
            "center": layer.center,
            "scale": layer.scale,
            **{name: value for name, value in config.items() if not name.endswith("constraint")},
        },
        weights,
    )
    return along_last_axis(layer, layer.axis, lambda: [normalization])


def _over_last_axes(layer: Any, axes: list[int]) -> list[TfjsLayer]:
    """Several axes, which are the last ones, as one."""
    shape = input_shape(layer)
    if sorted(axes) != list(range(len(shape) - len(axes), len(shape))) or None in shape[1:]:
        raise CannotConvertLayer(f"tf.js computes along the last axis only, but it has axis={axes}")
    if getattr(layer, "rms_scaling", False):
        raise CannotConvertLayer("it has rms_scaling=True; use keras.layers.RMSNormalization")
    weights = {
        name: values(variable).reshape(-1)
        for name in ("gamma", "beta")
        if (variable := getattr(layer, name)) is not None
    }
    whole = [*shape[1 : min(axes)], math.prod(shape[min(axes) :])]
    options = {"center": "beta" in weights, "scale": "gamma" in weights}
    return [
        TfjsLayer("Reshape", {"target_shape": whole}, suffix="flat"),
        TfjsLayer(
            "LayerNormalization", {"axis": -1, "epsilon": float(layer.epsilon), **options}, weights
        ),
        TfjsLayer("Reshape", {"target_shape": list(shape[1:])}, suffix="whole"),
    ]


@reads("LayerNormalization")
def read_layer_normalization(config: dict[str, Any]) -> Any:
    return layers.LayerNormalization(
        axis=config.get("axis", -1),
        epsilon=config.get("epsilon", 1e-3),
        center=config.get("center", True),
        scale=config.get("scale", True),
        **read_weighted(config, ["gamma", "beta"]),
        **read_base(config),
    )


@writes(layers.Rescaling)
def write_rescaling(layer: Any) -> list[TfjsLayer]:
    """By a number, which tf.js has, or by one for each channel."""
    scale, offset = np.asarray(layer.scale, np.float32), np.asarray(layer.offset, np.float32)
    if scale.size == offset.size == 1:
        return [rescaling(float(scale.item()), float(offset.item()), "")]
    shape = input_shape(layer)
    if {scale.size, offset.size} - {1, shape[-1]} or len(shape) > 4:
        raise CannotConvertLayer(
            f"tf.js rescales by a number for each channel, but its scale has shape {scale.shape}"
        )
    vectors = (np.broadcast_to(x.reshape(-1), shape[-1:]).copy() for x in (scale, offset))
    part = factors(*vectors)
    part.config["trainable"] = False
    return [*as_float(layer), part]


@writes(layers.Normalization)
def write_normalization(layer: Any) -> list[TfjsLayer]:
    """(x - mean) / deviation: what a batch normalization does that has learned them."""
    mean = values(layer.mean).astype(np.float64)
    deviation = np.maximum(np.sqrt(values(layer.variance).astype(np.float64)), SMALLEST_DEVIATION)
    if layer.invert:
        return [*as_float(layer), *_inverted(layer, mean, deviation)]
    if mean.size == 1:
        scale = 1 / float(deviation.item())
        return [TfjsLayer("Rescaling", {"scale": scale, "offset": -scale * float(mean.item())})]
    rank = len(input_shape(layer))
    if tuple(np.shape(mean))[:-1].count(1) != mean.ndim - 1 or rank > 4:
        raise CannotConvertLayer(
            f"tf.js normalizes along the last axis only, but it has axis={layer.axis}"
        )
    normalization = TfjsLayer(
        "BatchNormalization",
        {"axis": -1, "epsilon": 0.0, "center": False, "scale": False, "trainable": False},
        {
            "moving_mean": mean.reshape(-1).astype(np.float32),
            "moving_variance": np.square(deviation).reshape(-1).astype(np.float32),
        },
    )
    return [*as_float(layer), normalization]


def _inverted(layer: Any, mean: np.ndarray, deviation: np.ndarray) -> list[TfjsLayer]:
    """deviation x + mean."""
    if mean.size == 1:
        part = rescaling(float(deviation.item()), float(mean.item()), "")
    elif mean.size == input_shape(layer)[-1] and len(input_shape(layer)) <= 4:
        part = factors(*(x.reshape(-1).astype(np.float32) for x in (deviation, mean)))
        part.config["trainable"] = False
    else:
        raise CannotConvertLayer(f"it has invert=True with axis={layer.axis}")
    return [part]


@writes(layers.UnitNormalization)
def write_unit_normalization(layer: Any) -> list[TfjsLayer]:
    """x / |x|: that of x and -x, whose mean is 0, is a layer normalization's."""
    only_floats(layer)
    shape, axis = input_shape(layer), layer.axis
    axis = axis[0] if isinstance(axis, (list, tuple)) and len(axis) == 1 else axis
    length = shape[axis] if isinstance(axis, int) else None
    if length is None:
        raise CannotConvertLayer(
            f"tf.js computes along one axis of known size, but has axis={axis}"
        )
    scale = 1 / math.sqrt(length)
    return along_last_axis(layer, axis, lambda: _of_both_signs(layer, length, scale, 1e-12))


@writes(layers.RMSNormalization)
def write_rms_normalization(layer: Any) -> list[TfjsLayer]:
    _last_axis(layer)
    parts = _of_both_signs(layer, input_shape(layer)[-1], 1.0, float(layer.epsilon))
    parts[-1].suffix = "normalized"
    return [*parts, factors(values(layer.scale))]


def _of_both_signs(layer: Any, channels: int, scale: float, epsilon: float) -> list[TfjsLayer]:
    """scale * x / sqrt(mean(x^2) + epsilon), along the last axis, of so many channels."""
    sizes = input_shape(layer)[1:-1]
    if len(sizes) > 1:
        raise CannotConvertLayer(
            f"its input has rank {len(sizes) + 2}; put keras.layers.Reshape around it"
        )
    # A matrix picks the first half of [x, -x]: no layer of tf.js takes slices of channels.
    half = np.concatenate([np.eye(channels), np.zeros([channels, channels])]) * scale
    return [
        rescaling(-1.0, 0.0, "minus", -1),
        TfjsLayer("Concatenate", {"axis": -1}, {}, "both", (-1, 0)),
        TfjsLayer(
            "LayerNormalization",
            {"axis": -1, "epsilon": epsilon, "center": False, "scale": False},
            suffix="normalization",
        ),
        TfjsLayer(
            "Dense",
            {"units": channels, "use_bias": False, "trainable": False},
            {"kernel": half.astype(np.float32)},
        ),
    ]


@writes(layers.GroupNormalization)
def write_group_normalization(layer: Any) -> list[TfjsLayer]:
    """A layer normalization of each group, then a factor and an offset for each channel."""
    only_floats(layer)
    return along_last_axis(layer, layer.axis, lambda: _groups(layer))


def _groups(layer: Any) -> list[TfjsLayer]:
    """Those of a layer whose channels are at the end."""
    shape = list(input_shape(layer))
    channels = shape.pop(layer.axis % len(shape))
    sizes = shape[1:]
    if None in sizes:
        raise CannotConvertLayer(
            "tf.js normalizes groups of known sizes, but its input has shape "
            f"{list(input_shape(layer))}"
        )
    groups = channels if layer.groups == -1 else layer.groups
    pixels, each = math.prod(sizes), channels // groups
    # [pixels, groups, each] to [groups, pixels * each], and back.
    parts = [
        TfjsLayer("Reshape", {"target_shape": [pixels, groups, each]}, suffix="groups"),
        TfjsLayer("Permute", {"dims": [2, 1, 3]}, suffix="groups_first"),
        TfjsLayer("Reshape", {"target_shape": [groups, pixels * each]}, suffix="flat"),
        TfjsLayer(
            "LayerNormalization",
            {"axis": -1, "epsilon": float(layer.epsilon), "center": False, "scale": False},
            suffix="normalization",
        ),
        TfjsLayer("Reshape", {"target_shape": [groups, pixels, each]}, suffix="unflat"),
        TfjsLayer("Permute", {"dims": [2, 1, 3]}, suffix="groups_last"),
        TfjsLayer("Reshape", {"target_shape": [pixels, channels]}, suffix="whole"),
    ]
    gamma = values(layer.gamma) if layer.scale else np.ones(channels, np.float32)
    beta = values(layer.beta) if layer.center else np.zeros(channels, np.float32)
    last = TfjsLayer("Reshape", {"target_shape": [*sizes, channels]}, suffix="shape")
    return [*parts, factors(gamma, beta), last]


def factors(gamma: np.ndarray, beta: np.ndarray | None = None) -> TfjsLayer:
    """A factor and an offset [channels]: what a batch normalization does that has seen nothing."""
    weights = {"gamma": gamma} | ({} if beta is None else {"beta": beta})
    return TfjsLayer(
        "BatchNormalization",
        {"axis": -1, "epsilon": 0.0, "center": beta is not None, "scale": True},
        weights | {"moving_mean": np.zeros_like(gamma), "moving_variance": np.ones_like(gamma)},
    )
