"""Conversions of the normalizations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.affine import affine
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
from tfjsbridge.converters.layers.rewrites import normalization, rescaling
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, reads, writes
from tfjsbridge.runtime import keras

layers = keras.layers

#: What Keras's Normalization divides by at least, keras.config.epsilon().
SMALLEST_DEVIATION = 1e-7


@writes(layers.BatchNormalization)
def write_batch_normalization(layer: Any) -> list[TfjsLayer]:
    config, weights = weighted(layer, {"gamma": "gamma", "beta": "beta"})
    for name in ("moving_mean", "moving_variance"):
        config[f"{name}_initializer"] = None
        weights[name] = values(getattr(layer, name))
    whole = TfjsLayer(
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

    def write(sizes: list[int | None]) -> list[TfjsLayer]:
        if len(sizes) < 4:
            return [whole]
        # tf.js normalizes batches up to rank 4.
        if sizes.count(None) > 1:
            raise CannotConvertLayer("tf.js normalizes volumes of known sizes only")
        wanted = [-1 if size is None else size for size in sizes]
        series = TfjsLayer("Reshape", {"target_shape": [-1, wanted[-1]]}, suffix="series")
        return [series, whole, TfjsLayer("Reshape", {"target_shape": wanted}, {}, "volume")]

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
    if getattr(layer, "rms_scaling", False):
        raise CannotConvertLayer("it has rms_scaling=True; use keras.layers.RMSNormalization")
    config, weights = weighted(layer, {"gamma": "gamma", "beta": "beta"})
    weights = {name: values.reshape(-1) for name, values in weights.items()}
    whole = TfjsLayer(
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

    def write(sizes: list[int | None]) -> list[TfjsLayer]:
        if layer.center or sizes[-1] is None or sizes[:-1].count(None) > 1:
            return [whole]
        # Without an offset tf.js has no gradient.
        parts = [normalization(sizes[-1], float(layer.epsilon))]
        if layer.scale:
            parts += affine(sizes, (weights["gamma"], None), trainable=True)
        return parts

    return along_last_axis(layer, layer.axis, write)


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
    rank = max(scale.ndim, offset.ndim)
    arrays = [x.reshape((1,) * (rank - x.ndim) + x.shape) for x in (scale, offset)]
    if rank == len(shape) and all(x.shape[0] == 1 for x in arrays):
        arrays = [x[0] for x in arrays]
    sizes = np.broadcast_shapes(*(x.shape for x in arrays))
    axes = [number - len(sizes) for number, size in enumerate(sizes) if size > 1]
    if len(sizes) >= len(shape):
        raise CannotConvertLayer(f"its scale has a value for each example, {list(sizes)}")
    own = [np.broadcast_to(x, sizes).reshape(-1) for x in arrays]
    written = along_last_axis(layer, axes, lambda s: affine(s, (own[0], own[1])))
    return [*as_float(layer), *written]


@writes(layers.Normalization)
def write_normalization(layer: Any) -> list[TfjsLayer]:
    """(x - mean) / deviation, the numbers in two steps, as a large mean would hide the rest."""
    mean = values(layer.mean).astype(np.float64)
    deviation = np.maximum(np.sqrt(values(layer.variance).astype(np.float64)), SMALLEST_DEVIATION)
    mean, deviation = np.broadcast_arrays(mean, deviation)
    rank = len(input_shape(layer))
    axes = [number + rank - mean.ndim for number, size in enumerate(mean.shape) if size > 1]
    if mean.size == 1:
        scale, offset = float(deviation.item()), float(mean.item())
        if layer.invert:
            return [rescaling(scale, offset, "")]
        return [rescaling(1.0, -offset, "difference"), rescaling(1 / scale, 0.0, "")]

    def write(sizes: list[int | None]) -> list[TfjsLayer]:
        if layer.invert:
            return affine(sizes, (deviation, mean))
        return affine(sizes, (None, -mean), (1 / deviation, None))

    return [*as_float(layer), *along_last_axis(layer, axes, write)]


@writes(layers.UnitNormalization)
def write_unit_normalization(layer: Any) -> list[TfjsLayer]:
    """x / |x|: that of x and -x, whose mean is 0, is a layer normalization's."""
    only_floats(layer)
    return along_last_axis(layer, layer.axis, lambda sizes: _of_both_signs(sizes, None, 1e-12))


@writes(layers.RMSNormalization)
def write_rms_normalization(layer: Any) -> list[TfjsLayer]:
    rank = len(input_shape(layer))
    axes = sorted(axis % rank for axis in layer.axis)
    if axes != list(range(rank - len(axes), rank)):
        raise CannotConvertLayer(
            f"with axis={layer.axis} Keras multiplies the last axes by its scale; put "
            "keras.layers.Permute around it"
        )
    scale, epsilon = values(layer.scale).reshape(-1), float(layer.epsilon)
    written = along_last_axis(layer, layer.axis, lambda s: _of_both_signs(s, scale, epsilon))
    return [*as_float(layer), *written]


def _of_both_signs(
    sizes: list[int | None], gamma: np.ndarray | None, epsilon: float
) -> list[TfjsLayer]:
    """x / sqrt(mean(x^2) + epsilon) * gamma, along the last axis; without gamma x / |x|."""
    *rest, channels = sizes
    if channels is None or rest.count(None) > 1:
        raise CannotConvertLayer(f"tf.js computes along an axis of known size, not of {sizes}")
    wanted = [-1 if size is None else size for size in rest]
    parts = [
        rescaling(-1.0, 0.0, "minus", -1),
        TfjsLayer("Concatenate", {"axis": len(sizes)}, {}, "both", (-1, 0)),
        normalization(2 * channels, epsilon),
        *_first_half(wanted, channels),
    ]
    if gamma is None:
        return [*parts, rescaling(1 / math.sqrt(channels), 0.0, "length")]
    return [*parts, *affine(sizes, (gamma, None), trainable=True)]


def _first_half(rest: list[int], channels: int) -> list[TfjsLayer]:
    """[..., 2 channels] to [..., channels]; one of the other sizes may be -1, not known."""
    if -1 in rest:  # tf.js crops pictures of known sizes: with a matrix
        half = np.concatenate([np.eye(channels), np.zeros([channels, channels])])
        config = {"units": channels, "use_bias": False, "trainable": False}
        return [TfjsLayer("Dense", config, {"kernel": half.astype(np.float32)}, "half")]
    pairs = {"target_shape": [math.prod(rest), 2, channels]}
    return [
        TfjsLayer("Reshape", pairs, suffix="pairs"),
        TfjsLayer("Cropping2D", {"cropping": [[0, 0], [0, 1]]}, suffix="half"),
        TfjsLayer("Reshape", {"target_shape": [*rest, channels]}, suffix="shape"),
    ]


@writes(layers.GroupNormalization)
def write_group_normalization(layer: Any) -> list[TfjsLayer]:
    """A layer normalization of each group, then a factor and an offset for each channel."""
    only_floats(layer)
    return along_last_axis(layer, layer.axis, lambda sizes: _groups(layer, sizes))


def _groups(layer: Any, whole: list[int | None]) -> list[TfjsLayer]:
    """Those of a layer whose channels are at the end, behind `whole`."""
    if None in whole:
        raise CannotConvertLayer(
            "tf.js normalizes groups of known sizes, but its input has shape "
            f"{list(input_shape(layer))}"
        )
    *sizes, channels = (size for size in whole if size is not None)
    groups = channels if layer.groups == -1 else layer.groups
    pixels, each = math.prod(sizes), channels // groups
    # [pixels, groups, each] to [groups, pixels * each], and back.
    parts = [
        TfjsLayer("Reshape", {"target_shape": [pixels, groups, each]}, suffix="groups"),
        TfjsLayer("Permute", {"dims": [2, 1, 3]}, suffix="groups_first"),
        TfjsLayer("Reshape", {"target_shape": [groups, pixels * each]}, suffix="flat"),
        normalization(pixels * each, float(layer.epsilon)),
        TfjsLayer("Reshape", {"target_shape": [groups, pixels, each]}, suffix="unflat"),
        TfjsLayer("Permute", {"dims": [2, 1, 3]}, suffix="groups_last"),
        TfjsLayer("Reshape", {"target_shape": [*sizes, channels]}, suffix="whole"),
    ]
    gamma = values(layer.gamma) if layer.scale else None
    beta = values(layer.beta) if layer.center else None
    if gamma is None and beta is None:
        return parts
    return [*parts, *affine([*sizes, channels], (gamma, beta), trainable=True)]
