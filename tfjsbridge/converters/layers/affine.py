"""A factor and an offset for each channel: as a convolution of single pixels.

Not as a BatchNormalization that has seen nothing: in training tf.js takes the batch's mean there.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer


def affine(
    sizes: Sequence[int | None], *steps: tuple[np.ndarray | None, np.ndarray | None],
    trainable: bool = False,
) -> list[TfjsLayer]:  # fmt: skip
    """x * factor + offset, along the last axis, once or several times.

    Args:
      sizes: those of x, behind the batch's.
      steps: factors and offsets [channels]; None for 1 and for no offset.
      trainable: whether training goes on with them.

    Raises:
      CannotConvertLayer: where the number of channels, or of two other axes, is not known.
    """
    *rest, channels = sizes
    if channels is None or (len(sizes) != 3 and rest.count(None) > 1):
        raise CannotConvertLayer(
            f"tf.js's layers need the sizes of what they scale, but it is {[None, *sizes]}"
        )
    parts = []
    for number, (factor, offset) in enumerate(steps):
        kernel = np.ones(channels) if factor is None else np.reshape(factor, channels)
        weights = {"depthwise_kernel": kernel.astype(np.float32).reshape(1, 1, channels, 1)}
        if offset is not None:
            weights["bias"] = np.reshape(offset, channels).astype(np.float32)
        config = {
            "kernel_size": [1, 1],
            "strides": [1, 1],
            "padding": "valid",
            "data_format": "channels_last",
            "dilation_rate": [1, 1],
            "depth_multiplier": 1,
            "use_bias": offset is not None,
            "activation": "linear",
            "trainable": trainable,
        }
        suffix = "channels" if len(steps) == 1 else f"channels_{number}"
        parts.append(TfjsLayer("DepthwiseConv2D", config, weights, suffix))
    if len(sizes) == 3:
        return parts
    wanted = [-1 if size is None else size for size in rest]
    rows = -1 if -1 in wanted else math.prod(wanted)
    pixels = {"target_shape": [rows, 1, channels]}
    return [
        TfjsLayer("Reshape", pixels, suffix="pixels"),
        *parts,
        TfjsLayer("Reshape", {"target_shape": [*wanted, channels]}, suffix="in_place"),
    ]
