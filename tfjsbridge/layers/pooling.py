"""Layers / Pooling of the tf.js API.

Follows tfjs-layers/src/layers/pooling.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.layers.base import BaseOptions, Layer, Shape, make_layer
from tfjsbridge.layers.convolutional import Pair, padding_mode, pair
from tfjsbridge.layers.core import data_format
from tfjsbridge.options import options
from tfjsbridge.runtime import keras


@options
def maxPooling2d(
    *,
    poolSize: Pair = (2, 2),
    strides: Pair | None = None,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    inputShape: Shape | None = None,
    batchInputShape: Shape | None = None,
    batchSize: int | None = None,
    dtype: str | None = None,
    name: str | None = None,
    trainable: bool = True,
    weights: Sequence[Any] | None = None,
    inputDType: str | None = None,
) -> Layer:
    """The largest value of each window of an image, [batch, height, width, channels].

    Args:
      poolSize: the window's height and width, one number for both or two.
      strides: the steps between windows; `poolSize` without it.
      padding: "valid" (none) or "same".
      dataFormat: "channelsLast" or "channelsFirst".
      inputShape: the shape of one example, for a model's first layer.
      batchInputShape: the same with the batch axis.
      batchSize: the batch axis, with `inputShape`.
      dtype: the input's dtype.
      name: the name; max_pooling2d_MaxPooling2D1 and so on without it.
      trainable: without effect, as the layer has no weights.
      weights: without effect, as the layer has no weights.
      inputDType: the input's dtype; the older spelling of `dtype`.
    """
    return make_layer(
        keras.layers.MaxPooling2D,
        BaseOptions(
            inputShape, batchInputShape, batchSize, dtype, name, trainable, weights, inputDType
        ),
        pool_size=pair("poolSize", poolSize),
        strides=pair("strides", poolSize if strides is None else strides),
        padding=padding_mode(padding),
        data_format=data_format(dataFormat),
    )


maxPool2d = maxPooling2d
