"""Layers / Basic and Inputs of the tf.js API.

Follows tfjs-layers/src/layers/core.ts and engine/input_layer.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.dtypes import check_dtype
from tfjsbridge.layers.arguments import (
    Shape,
    activation_function,
    data_format,
    positive_integer,
)
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, batch_input_shape, layer_options
from tfjsbridge.naming import uid
from tfjsbridge.options import options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack


@layer_options
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
    **base: Unpack[LayerOptions],
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
    """
    if base.get("inputShape") is None and inputDim is not None:
        base["inputShape"] = [positive_integer("inputDim", inputDim)]
    return make_layer(
        keras.layers.Dense,
        base,
        units=positive_integer("units", units),
        activation=activation_function(activation),
        use_bias=useBias,
        kernel_initializer=initializers.get(kernelInitializer),
        bias_initializer=initializers.get(biasInitializer, "zeros"),
        kernel_constraint=constraints.get(kernelConstraint),
        bias_constraint=constraints.get(biasConstraint),
        kernel_regularizer=regularizers.get(kernelRegularizer),
        bias_regularizer=regularizers.get(biasRegularizer),
        activity_regularizer=regularizers.get(activityRegularizer),
    )


@layer_options
def dropout(
    *,
    rate: float,
    noiseShape: Sequence[int | None] | None = None,
    seed: int | None = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """In training, a share `rate` of the values is set to 0 and the rest scaled up to make up.

    Args:
      rate: between 0 and 1.
      noiseShape: the shape of the mask, broadcast over the input.
      seed: makes the masks repeatable.
    """
    # tf.js: a rate outside of 0 to 1 is clipped to it, and 1 passes everything on.
    rate = max(min(rate, 1.0), 0.0)
    return make_layer(
        keras.layers.Dropout,
        base,
        rate=0.0 if rate == 1.0 else rate,
        noise_shape=None if noiseShape is None else tuple(noiseShape),
        seed=seed,
    )


@layer_options
def flatten(
    *,
    dataFormat: str = "channelsLast",
    **base: Unpack[LayerOptions],
) -> Layer:
    """Each example as one row of values: [batch, a, b, c] to [batch, a·b·c].

    Args:
      dataFormat: "channelsFirst" moves the channels last before flattening.
    """
    return make_layer(
        keras.layers.Flatten,
        base,
        data_format=data_format(dataFormat),
    )


@layer_options
def activation(
    *,
    activation: str,
    **base: Unpack[LayerOptions],
) -> Layer:
    """An activation function as a layer of its own.

    Args:
      activation: relu, sigmoid, softmax, ...
    """
    return make_layer(
        keras.layers.Activation,
        base,
        activation=activation_function(activation),
    )


@layer_options
def reshape(*, targetShape: Shape, **base: Unpack[LayerOptions]) -> Layer:
    """Each example in another shape of as many values.

    Args:
      targetShape: the shape of one example; one size may be None or -1: what is left.
    """
    target = tuple(-1 if size is None else size for size in targetShape)
    return make_layer(keras.layers.Reshape, base, target_shape=target)


@layer_options
def permute(*, dims: Sequence[int], **base: Unpack[LayerOptions]) -> Layer:
    """The axes of each example in another order.

    Args:
      dims: the axes in their new order, counted from 1: [2, 1] exchanges the first two.

    Raises:
      ValueError: for anything but the numbers from 1 on, each once.
    """
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise ValueError(
            f"Invalid permutation `dims`: {dims}. `dims` must contain consecutive integers "
            "starting from 1."
        )
    return make_layer(keras.layers.Permute, base, dims=tuple(dims))


@layer_options
def repeatVector(*, n: int, **base: Unpack[LayerOptions]) -> Layer:
    """Each example n times: [batch, values] to [batch, n, values].

    Args:
      n: how often.
    """
    return make_layer(keras.layers.RepeatVector, base, n=positive_integer("n", n))


@layer_options
def masking(*, maskValue: float = 0.0, **base: Unpack[LayerOptions]) -> Layer:
    """Steps of a series that later layers pass over.

    Args:
      maskValue: a step is passed over where all its values are this.
    """
    return make_layer(keras.layers.Masking, base, mask_value=maskValue)


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
    shape = batch_input_shape(
        {"inputShape": inputShape, "batchInputShape": batchInputShape, "batchSize": batchSize}
    )
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
