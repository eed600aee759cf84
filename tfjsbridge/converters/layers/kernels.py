"""Kernels of convolutions as they are written where tf.js has not the convolution itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def steps_over(layer: Any) -> bool:
    """Whether some values are in no window of a convolution."""
    return any(s > k for s, k in zip(layer.strides, layer.kernel_size, strict=True))


def ungrouped(kernel: np.ndarray, groups: int) -> np.ndarray:
    """The kernel [..., in / groups, out] of a grouped convolution for all channels: 0 elsewhere."""
    *sizes, inputs, outputs = kernel.shape
    whole = np.zeros([*sizes, inputs * groups, outputs], kernel.dtype)
    each = outputs // groups
    for group in range(groups):
        ins = slice(group * inputs, (group + 1) * inputs)
        outs = slice(group * each, (group + 1) * each)
        whole[..., ins, outs] = kernel[..., outs]
    return whole


def dilated(kernel: np.ndarray, rates: Sequence[int]) -> np.ndarray:
    """The kernel [..., in, out] with zeros between its values."""
    sizes = [(size - 1) * rate + 1 for size, rate in zip(kernel.shape, rates, strict=False)]
    wide = np.zeros([*sizes, *kernel.shape[len(sizes) :]], kernel.dtype)
    wide[tuple(slice(None, None, rate) for rate in rates)] = kernel
    return wide
