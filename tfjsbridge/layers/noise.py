"""Layers / Noise of the tf.js API, and dropout of whole channels: they work in training only.

Follows tfjs-layers/src/layers/noise.ts and core.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
def gaussianNoise(*, stddev: float, **base: Unpack[LayerOptions]) -> Layer:
    """In training, normal noise is added to each value.

    Args:
      stddev: the noise's standard deviation.
    """
    return make_layer(keras.layers.GaussianNoise, base, stddev=stddev)


@layer_options
def gaussianDropout(*, rate: float, **base: Unpack[LayerOptions]) -> Layer:
    """In training, each value is multiplied by normal noise of mean 1.

    Args:
      rate: the noise's standard deviation is sqrt(rate / (1 - rate)).
    """
    return make_layer(keras.layers.GaussianDropout, base, rate=rate)


@layer_options
def alphaDropout(
    *,
    rate: float,
    noiseShape: Sequence[int | None] | None = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """Dropout that keeps mean and variance of what selu gives.

    Args:
      rate: the share of values that are set to selu's lowest one.
      noiseShape: the shape of the mask, broadcast over the input.
    """
    return make_layer(
        keras.layers.AlphaDropout,
        base,
        rate=rate,
        noise_shape=None if noiseShape is None else tuple(noiseShape),
    )


@layer_options
def spatialDropout1d(
    *, rate: float, seed: int | None = None, **base: Unpack[LayerOptions]
) -> Layer:
    """Dropout of whole channels of a series, [batch, steps, channels].

    Args:
      rate: between 0 and 1.
      seed: makes the masks repeatable.
    """
    return make_layer(keras.layers.SpatialDropout1D, base, rate=rate, seed=seed)
