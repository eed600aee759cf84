"""Layers / Pooling of the tf.js API.

Follows tfjs-layers/src/layers/pooling.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfjsbridge.layers.arguments import Sizes, data_format, padding_mode, sizes
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


def _window(poolSize: Sizes, strides: Sizes | None, padding: str, axes: int) -> dict[str, Any]:
    """The Keras options of a window that moves along some axes."""
    return {
        "pool_size": sizes("poolSize", poolSize, axes),
        "strides": sizes("strides", poolSize if strides is None else strides, axes),
        "padding": padding_mode(padding),
    }


@layer_options
def averagePooling1d(
    *,
    poolSize: Sizes = 2,
    strides: Sizes | None = None,
    padding: str = "valid",
    **base: Unpack[LayerOptions],
) -> Layer:
    """The mean of each window of a series, [batch, steps, channels].

    Args:
      poolSize: the window's number of steps.
      strides: the steps between windows; `poolSize` without it.
      padding: "valid" (none) or "same".
    """
    window = _window(poolSize, strides, padding, 1)
    return make_layer(keras.layers.AveragePooling1D, base, **window)


@layer_options
def averagePooling2d(
    *,
    poolSize: Sizes = (2, 2),
    strides: Sizes | None = None,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    **base: Unpack[LayerOptions],
) -> Layer:
    """The mean of each window of an image, [batch, height, width, channels].

    Args:
      poolSize: the window's height and width, one number for both or two.
      strides: the steps between windows; `poolSize` without it.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
    """
    window = _window(poolSize, strides, padding, 2)
    return make_layer(
        keras.layers.AveragePooling2D, base, **window, data_format=data_format(dataFormat)
    )


@layer_options
def averagePooling3d(
    *,
    poolSize: Sizes = (2, 2, 2),
    strides: Sizes | None = None,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    **base: Unpack[LayerOptions],
) -> Layer:
    """The mean of each window of a volume, [batch, depth, height, width, channels].

    Args:
      poolSize: the window's depth, height and width, one number for all or three.
      strides: the steps between windows; `poolSize` without it.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
    """
    window = _window(poolSize, strides, padding, 3)
    return make_layer(
        keras.layers.AveragePooling3D, base, **window, data_format=data_format(dataFormat)
    )


@layer_options
def maxPooling1d(
    *,
    poolSize: Sizes = 2,
    strides: Sizes | None = None,
    padding: str = "valid",
    **base: Unpack[LayerOptions],
) -> Layer:
    """The largest value of each window of a series, [batch, steps, channels].

    Args:
      poolSize: the window's number of steps.
      strides: the steps between windows; `poolSize` without it.
      padding: "valid" (none) or "same".
    """
    window = _window(poolSize, strides, padding, 1)
    return make_layer(keras.layers.MaxPooling1D, base, **window)


@layer_options
def maxPooling2d(
    *,
    poolSize: Sizes = (2, 2),
    strides: Sizes | None = None,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    **base: Unpack[LayerOptions],
) -> Layer:
    """The largest value of each window of an image, [batch, height, width, channels].

    Args:
      poolSize: the window's height and width, one number for both or two.
      strides: the steps between windows; `poolSize` without it.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
    """
    window = _window(poolSize, strides, padding, 2)
    return make_layer(
        keras.layers.MaxPooling2D, base, **window, data_format=data_format(dataFormat)
    )


@layer_options
def maxPooling3d(
    *,
    poolSize: Sizes = (2, 2, 2),
    strides: Sizes | None = None,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    **base: Unpack[LayerOptions],
) -> Layer:
    """The largest value of each window of a volume, [batch, depth, height, width, channels].

    Args:
      poolSize: the window's depth, height and width, one number for all or three.
      strides: the steps between windows; `poolSize` without it.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
    """
    window = _window(poolSize, strides, padding, 3)
    return make_layer(
        keras.layers.MaxPooling3D, base, **window, data_format=data_format(dataFormat)
    )


@layer_options
def globalAveragePooling1d(**base: Unpack[LayerOptions]) -> Layer:
    """The mean of each channel of a series: [batch, steps, channels] to [batch, channels]."""
    return make_layer(keras.layers.GlobalAveragePooling1D, base)


@layer_options
def globalAveragePooling2d(
    *, dataFormat: str = "channelsLast", **base: Unpack[LayerOptions]
) -> Layer:
    """The mean of each channel of an image: [batch, height, width, channels] to [batch, channels].

    Args:
      dataFormat: "channelsLast" or "channelsFirst".
    """
    return make_layer(
        keras.layers.GlobalAveragePooling2D, base, data_format=data_format(dataFormat)
    )


@layer_options
def globalMaxPooling1d(**base: Unpack[LayerOptions]) -> Layer:
    """The largest value of each channel of a series, [batch, channels]."""
    return make_layer(keras.layers.GlobalMaxPooling1D, base)


@layer_options
def globalMaxPooling2d(*, dataFormat: str = "channelsLast", **base: Unpack[LayerOptions]) -> Layer:
    """The largest value of each channel of an image, [batch, channels].

    Args:
      dataFormat: "channelsLast" or "channelsFirst".
    """
    return make_layer(keras.layers.GlobalMaxPooling2D, base, data_format=data_format(dataFormat))


# The second names that tf.js has.
avgPool1d = averagePooling1d
avgPooling1d = averagePooling1d
avgPool2d = averagePooling2d
avgPooling2d = averagePooling2d
avgPool3d = averagePooling3d
avgPooling3d = averagePooling3d
maxPool1d = maxPooling1d
maxPool2d = maxPooling2d
globalMaxPool1d = globalMaxPooling1d
globalMaxPool2d = globalMaxPooling2d
