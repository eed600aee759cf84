"""The namespace tf.fused: a product or a convolution, a bias and an activation in one call.

Follows tfjs-core/src/ops/fused and ops/fused_util.ts. TensorFlow computes the parts one by one
here, so that each has its gradient; the results are tf.js's.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops import activations
from tfjsbridge.ops.arithmetic import add
from tfjsbridge.ops.conv_kernels import convolve2d, convolve_depthwise
from tfjsbridge.ops.conv_util import Pad, Sizes, batched, refuse_gradient, unbatched
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.matrices import matMul as product_of
from tfjsbridge.options import options
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation

__all__ = ["conv2d", "depthwiseConv2d", "matMul"]


@operation
@options
def matMul(
    *,
    a: Any,
    b: Any,
    transposeA: bool = False,
    transposeB: bool = False,
    bias: Any = None,
    activation: str | None = "linear",
    preluActivationWeights: Any = None,
    leakyreluAlpha: float = 0.2,
) -> Tensor:
    """activation(a · b + bias).

    Args:
      a: matrices, of rank 2 at least.
      b: matrices, as many; batches are broadcast.
      transposeA: whether to transpose the matrices in `a` before.
      transposeB: whether to transpose the matrices in `b` before.
      bias: what to add, broadcast.
      activation: "linear", "relu", "relu6", "elu", "prelu", "leakyrelu" or "sigmoid".
      preluActivationWeights: the slopes of "prelu" below 0.
      leakyreluAlpha: the slope of "leakyrelu" below 0.

    Returns:
      A Tensor of the shape of the product; of its dtype, but float32 for the last two.
    """
    product = product_of(a, b, transposeA, transposeB)
    shape = product.shape
    if len(shape) > 3:  # tf.js: bias and weights see the matrices as one batch
        product = Tensor(tensorflow.reshape(product.tensor, [-1, *shape[-2:]]))
    _check_broadcast("fused matMul", "bias", bias, shape)
    y = _finish("fused matMul", product, bias, activation, preluActivationWeights, leakyreluAlpha)
    return y if y.shape == shape else Tensor(tensorflow.reshape(y.tensor, shape), of=y)


@operation
@options
def conv2d(
    *,
    x: Any,
    filter: Any,
    strides: Sizes,
    pad: Pad,
    dataFormat: str = "NHWC",
    dilations: Sizes = (1, 1),
    dimRoundingMode: str | None = None,
    bias: Any = None,
    activation: str | None = "linear",
    preluActivationWeights: Any = None,
    leakyreluAlpha: float | None = None,
) -> Tensor:
    """activation(conv2d(x, filter) + bias).

    Args:
      x, filter, strides, pad, dataFormat, dilations, dimRoundingMode: as of `tf.conv2d`.
      bias: what to add, broadcast; for NCHW a number or one for each channel.
      activation, preluActivationWeights, leakyreluAlpha: as of `matMul`; weights are a number,
        one for each channel, or of rank 3.

    Returns:
      A float32 Tensor, as of `tf.conv2d`. For NCHW it has no gradient, as in tf.js.
    """
    name = "fused conv2d"
    values, weights = convert(x, "x", name, "float32"), convert(filter, "filter", name, "float32")
    image, single = batched(values.tensor, 4)
    raw = convolve2d(
        name, image, weights.tensor, strides, pad, dataFormat, dilations, dimRoundingMode
    )
    slopes = preluActivationWeights
    first = dataFormat == "NCHW"
    if slopes is not None:
        slopes = convert(slopes, "preluActivationWeights", name)
        if slopes.rank not in (0, 1, 3):
            raise ValueError(
                f"Error in {name}: only supports scalar, 1-D Tensor or 3-D Tensor PReLU activation "
                f"weights but got a tensor of rank-{slopes.rank}."
            )
        slopes = _of_channels(name, "PReLU activation weights", slopes, raw, first)
    if bias is not None:
        bias = convert(bias, "bias", name)
        if first and bias.rank > 1:
            raise ValueError(
                f"Error in {name}: only supports scalar or 1-D Tensor bias for NCHW format but got "
                f"the bias of rank-{bias.rank}."
            )
        if first:
            bias = _of_channels(name, "bias", bias, raw, first)
        else:
            _check_broadcast(name, "bias", bias, raw.shape.as_list())
    y = _finish(name, Tensor(raw), bias, activation, slopes, leakyreluAlpha).tensor
    if first:
        y = refuse_gradient(
            y,
            f"Error in gradient of {name}: got dataFormat of NCHW but only NHWC is currently "
            "supported.",
        )
    return Tensor(unbatched(y, single))


@operation
@options
def depthwiseConv2d(
    *,
    x: Any,
    filter: Any,
    strides: Sizes,
    pad: Pad,
    dataFormat: str = "NHWC",
    dilations: Sizes = (1, 1),
    dimRoundingMode: str | None = None,
    bias: Any = None,
    activation: str | None = "linear",
    preluActivationWeights: Any = None,
    leakyreluAlpha: float | None = None,
) -> Tensor:
    """activation(depthwiseConv2d(x, filter) + bias).

    Args:
      x, filter, strides, pad, dataFormat, dilations, dimRoundingMode: as of `tf.depthwiseConv2d`.
      bias: what to add, broadcast.
      activation, preluActivationWeights, leakyreluAlpha: as of `matMul`.

    Returns:
      A float32 Tensor, as of `tf.depthwiseConv2d`.
    """
    name = "fused depthwiseConv2d"
    values, weights = convert(x, "x", name, "float32"), convert(filter, "filter", name, "float32")
    image, single = batched(values.tensor, 4)
    raw = convolve_depthwise(
        name, image, weights.tensor, strides, pad, dataFormat, dilations, dimRoundingMode
    )
    _check_broadcast(name, "bias", bias, raw.shape.as_list())
    y = _finish(name, Tensor(raw), bias, activation, preluActivationWeights, leakyreluAlpha)
    return Tensor(unbatched(y.tensor, single))


def _of_channels(name: str, what: str, value: Tensor, y: Any, first: bool) -> Tensor:
    """A bias or slopes, checked against the result, in a shape that broadcasts with it."""
    shape = y.shape.as_list()
    if value.rank == 1 and value.shape[0] not in (1, shape[1 if first else 3]):
        raise ValueError(
            f"Error in {name}: {what} ({value.shape}) is not compatible with the number of output "
            f"channels ({shape[1 if first else 3]})."
        )
    if first and value.rank == 1:
        return Tensor(tensorflow.reshape(value.tensor, [-1, 1, 1]))
    _check_broadcast(name, what, value, shape)
    return value


def _check_broadcast(name: str, what: str, value: Any, shape: list[int]) -> None:
    if value is None:
        return
    given = convert(value, what, name).shape
    try:
        tensorflow.broadcast_static_shape(
            tensorflow.TensorShape(given), tensorflow.TensorShape(shape)
        )
    except ValueError:
        raise ValueError(
            f"Error in {name}: {what} of shape {given} could not be broadcast together with the "
            f"result of shape {shape}."
        ) from None


def _finish(
    name: str, y: Tensor, bias: Any, activation: str | None, slopes: Any, alpha: float | None
) -> Tensor:
    """The bias and the activation; the result is of the dtype of `y`, integers truncated."""
    dtype = y.dtype
    if bias is not None:
        y = _as(dtype, add(y, bias))
    if activation is None or activation in ("linear", ""):
        return y
    if activation == "relu":
        return activations.relu(y)
    if activation == "relu6":
        return activations.relu6(y)
    if activation == "prelu":
        if slopes is None:
            raise ValueError(f"Error in {name}: prelu needs preluActivationWeights.")
        return activations.prelu(y, slopes)
    if activation == "leakyrelu":
        # tf.js's kernels make NaN of a missing alpha, its gradients take the default.
        return activations.leakyRelu(y, 0.2 if alpha is None else alpha)
    if activation in ("elu", "sigmoid"):
        function = activations.elu if activation == "elu" else activations.sigmoid
        return function(y) if dtype == "float32" else _in_double(activation, y)
    raise ValueError(
        f"Error in {name}: Unknown fused activation {activation}; there are linear, relu, relu6, "
        "elu, prelu, leakyrelu and sigmoid."
    )


def _in_double(activation: str, y: Tensor) -> Tensor:
    """The activation of integers, truncated."""
    wide = tensorflow.cast(y.tensor, "float64")
    result = tensorflow.nn.elu(wide) if activation == "elu" else tensorflow.sigmoid(wide)
    return Tensor(tensorflow.cast(tensorflow.cast(result, "int32"), y.dtype))


def _as(dtype: str, y: Tensor) -> Tensor:
    return y if y.dtype == dtype else Tensor(tensorflow.cast(y.tensor, dtype))
