"""Layers / Basic and Inputs of the tf.js API.

Follows tfjs-layers/src/layers/core.ts and engine/input_layer.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.dtypes import check_dtype
from tfjsbridge.errors import unknown_name
from tfjsbridge.layers import base
from tfjsbridge.layers.base import BaseOptions, Layer, Shape, make_layer
from tfjsbridge.naming import uid
from tfjsbridge.options import options
from tfjsbridge.runtime import keras

DATA_FORMATS = {"channelsFirst": "channels_first", "channelsLast": "channels_last"}


def data_format(name: str) -> str:
    """Keras's spelling of "channelsLast" or "channelsFirst"."""
    if name not in DATA_FORMATS:
        raise unknown_name("dataFormat", name, DATA_FORMATS)
    return DATA_FORMATS[name]


@options
def dense(
    *,
    units: int,
    activation: str | None = None,
    useBias: bool = True,
    kernelInitializer: Any = "glorotNormal",
    biasInitializer: Any = "zeros",
    inputDim: int | None = None,
    kernelConstraint: Any = None,
    biasConstraint: Any = None,
    kernelRegularizer: Any = None,
    biasRegularizer: Any = None,
    activityRegularizer: Any = None,
    inputShape: Shape | None = None,
    batchInputShape: Shape | None = None,
    batchSize: int | None = None,
    dtype: str | None = None,
    name: str | None = None,
    trainable: bool = True,
    weights: Sequence[Any] | None = None,
    inputDType: str | None = None,
) -> Layer:
    """output = activation(input · kernel + bias), over the last axis.

    tf.js: kernels begin as glorotNormal, where Keras has glorotUniform.

    Args:
      units: the size of the output's last axis.
      activation: relu, sigmoid, softmax, ...; none without it.
      useBias: whether a bias is added.
      kernelInitializer: how the kernel, [inputs, units], begins.
      biasInitializer: how the bias, [units], begins.
      inputDim: short for `inputShape=[inputDim]`.
      kernelConstraint: what the kernel must meet, as "maxNorm".
      biasConstraint: what the bias must meet.
      kernelRegularizer: a penalty on the kernel, as `tf.regularizers.l2()`.
      biasRegularizer: a penalty on the bias.
      activityRegularizer: a penalty on the output.
      inputShape: the shape of one example, for a model's first layer.
      batchInputShape: the same with the batch axis.
      batchSize: the batch axis, with `inputShape`.
      dtype: the input's dtype.
      name: the name; dense_Dense1 and so on without it.
      trainable: whether training changes the weights.
      weights: initial weights, [kernel, bias].
      inputDType: the input's dtype; the older spelling of `dtype`.
    """
    if inputShape is None and inputDim is not None:
        inputShape = [base.positive_integer("inputDim", inputDim)]
    return make_layer(
        keras.layers.Dense,
        BaseOptions(
            inputShape, batchInputShape, batchSize, dtype, name, trainable, weights, inputDType
        ),
        units=base.positive_integer("units", units),
        activation=base.activation(activation),
        use_bias=useBias,
        kernel_initializer=initializers.get(kernelInitializer),
        bias_initializer=initializers.get(biasInitializer, "zeros"),
        kernel_constraint=constraints.get(kernelConstraint),
        bias_constraint=constraints.get(biasConstraint),
        kernel_regularizer=regularizers.get(kernelRegularizer),
        bias_regularizer=regularizers.get(biasRegularizer),
        activity_regularizer=regularizers.get(activityRegularizer),
    )


@options
def dropout(
    *,
    rate: float,
    noiseShape: Sequence[int | None] | None = None,
    seed: int | None = None,
    inputShape: Shape | None = None,
    batchInputShape: Shape | None = None,
    batchSize: int | None = None,
    dtype: str | None = None,
    name: str | None = None,
    trainable: bool = True,
    weights: Sequence[Any] | None = None,
    inputDType: str | None = None,
) -> Layer:
    """In training, a share `rate` of the values is set to 0 and the rest scaled up to make up.

    Args:
      rate: between 0 and 1.
      noiseShape: the shape of the mask, broadcast over the input.
      seed: makes the masks repeatable.
      inputShape: the shape of one example, for a model's first layer.
      batchInputShape: the same with the batch axis.
      batchSize: the batch axis, with `inputShape`.
      dtype: the input's dtype.
      name: the name; dropout_Dropout1 and so on without it.
      trainable: without effect, as the layer has no weights.
      weights: without effect, as the layer has no weights.
      inputDType: the input's dtype; the older spelling of `dtype`.
    """
    # tf.js: a rate outside of 0 to 1 is clipped to it, and 1 passes everything on.
    rate = max(min(rate, 1.0), 0.0)
    return make_layer(
        keras.layers.Dropout,
        BaseOptions(
            inputShape, batchInputShape, batchSize, dtype, name, trainable, weights, inputDType
        ),
        rate=0.0 if rate == 1.0 else rate,
        noise_shape=None if noiseShape is None else tuple(noiseShape),
        seed=seed,
    )


@options
def flatten(
    *,
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
    """Each example as one row of values: [batch, a, b, c] to [batch, a·b·c].

    Args:
      dataFormat: "channelsFirst" moves the channels last before flattening.
      inputShape: the shape of one example, for a model's first layer.
      batchInputShape: the same with the batch axis.
      batchSize: the batch axis, with `inputShape`.
      dtype: the input's dtype.
      name: the name; flatten_Flatten1 and so on without it.
      trainable: without effect, as the layer has no weights.
      weights: without effect, as the layer has no weights.
      inputDType: the input's dtype; the older spelling of `dtype`.
    """
    return make_layer(
        keras.layers.Flatten,
        BaseOptions(
            inputShape, batchInputShape, batchSize, dtype, name, trainable, weights, inputDType
        ),
        data_format=data_format(dataFormat),
    )


@options
def activation(
    *,
    activation: str,
    inputShape: Shape | None = None,
    batchInputShape: Shape | None = None,
    batchSize: int | None = None,
    dtype: str | None = None,
    name: str | None = None,
    trainable: bool = True,
    weights: Sequence[Any] | None = None,
    inputDType: str | None = None,
) -> Layer:
    """An activation function as a layer of its own.

    Args:
      activation: relu, sigmoid, softmax, ...
      inputShape: the shape of one example, for a model's first layer.
      batchInputShape: the same with the batch axis.
      batchSize: the batch axis, with `inputShape`.
      dtype: the input's dtype.
      name: the name; activation_Activation1 and so on without it.
      trainable: without effect, as the layer has no weights.
      weights: without effect, as the layer has no weights.
      inputDType: the input's dtype; the older spelling of `dtype`.
    """
    return make_layer(
        keras.layers.Activation,
        BaseOptions(
            inputShape, batchInputShape, batchSize, dtype, name, trainable, weights, inputDType
        ),
        activation=base.activation(activation),
    )


@options
def inputLayer(
    *,
    inputShape: Shape | None = None,
    batchSize: int | None = None,
    batchInputShape: Shape | None = None,
    dtype: str = "float32",
    sparse: bool = False,
    name: str | None = None,
) -> Layer:
    """The input as a layer, a sequential model's first.

    Args:
      inputShape: the shape of one example.
      batchSize: the batch axis, with `inputShape`.
      batchInputShape: the shape with the batch axis, in place of the two.
      dtype: the input's dtype.
      sparse: must be False; tf.js has no sparse tensors either.
      name: the name; input1 and so on without it.
    """
    if sparse:
        raise ValueError("inputLayer: sparse inputs are not supported.")
    given = BaseOptions(inputShape, batchInputShape, batchSize)
    shape = base.batch_input_shape(given)
    if shape is None:
        raise ValueError(
            "An InputLayer should be passed either a `batchInputShape` or an `inputShape`."
        )
    if inputShape is not None and batchInputShape is not None:
        raise ValueError("Only provide the inputShape OR batchInputShape argument, not both.")
    return Layer(
        keras.layers.InputLayer(
            batch_shape=shape, dtype=check_dtype(dtype), name=name or uid("input")
        )
    )
