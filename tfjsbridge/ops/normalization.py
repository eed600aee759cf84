"""Operations / Normalization of the tf.js API.

Follows tfjs-core/src/ops/{batchnorm,batchnorm2d,batchnorm3d,batchnorm4d,
local_response_normalization,log_softmax,moments,softmax}.ts and the cpu kernels.
"""

from __future__ import annotations

import math
from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.elementwise import FLOAT64, cast, sum_of_squares, to_int32
from tfjsbridge.ops.many_axes import are_many, repeated
from tfjsbridge.ops.reduction import (
    Axis,
    average,
    less_greatest,
    numbers,
    positive_axes,
    real_numbers,
    total,
)
from tfjsbridge.ops.shapes import number, whole
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation

_raw = tensorflow.raw_ops
_FLOAT = tensorflow.float32


@chained
def softmax(logits: Any, dim: int = -1) -> Tensor:
    """exp(logits) divided by its sum over the last axis.

    Args:
      logits: float32, of rank 1 at least.
      dim: the last axis; tf.js has no other.

    Raises:
      ValueError: for another dtype or axis.
    """
    value = logits.tensor if isinstance(logits, Tensor) else None
    if value is None or value.dtype is not _FLOAT:
        value = convert(logits, "logits", "softmax", "float32").tensor
    rank = len(value.shape)
    _check_last(rank, dim, "softmax", "dim")
    if rank > 5:  # TensorFlow has it up to there
        sizes = tensorflow.shape(value)
        rows = tensorflow.reshape(value, [tensorflow.reduce_prod(sizes[:-1]), sizes[-1]])
        return Tensor(tensorflow.reshape(_softmax(rows), sizes))
    return Tensor(_softmax(value))


def _softmax(value: Any) -> Any:
    result = _raw.Softmax(logits=value)
    if sum_of_squares(result) < math.inf:
        return result
    # Of a NaN or Infinity TensorFlow (its oneDNN) makes NaN alone, tf.js a row of NaN: as the sum
    # is. In every other row the sum is 1.
    return _raw.RealDiv(x=result, y=total("softmax", result, -1, True))


@chained
def logSoftmax(logits: Any, axis: int = -1) -> Tensor:
    """The logarithm of `softmax`, float32.

    Args:
      logits: float32, int32 or bool, of rank 1 at least.
      axis: the last axis; tf.js has no other.

    Raises:
      ValueError: for complex numbers or another axis.
    """
    value = numbers(logits, "logSoftmax", name="logits")
    _check_last(len(value.shape), axis, "logSoftmax", "axis")
    if value.dtype is _FLOAT:
        return Tensor(_raw.LogSoftmax(logits=value))
    shifted = less_greatest("logSoftmax", value, -1)[0]
    return Tensor(
        shifted - tensorflow.math.log(total("logSoftmax", tensorflow.exp(shifted), -1, True))
    )


def _check_last(rank: int, axis: Any, function: str, argument: str) -> None:
    if rank == 0:
        raise ValueError(f"Error in {function}: logits must have an axis, but it is a scalar.")
    if axis != -1 and axis != rank - 1:
        raise ValueError(
            f"Error in {function}: a non-last axis is not yet supported. Logits was rank {rank} "
            f"and {argument} was {axis}"
        )


@operation
def moments(x: Any, axis: Axis = None, keepDims: bool = False) -> dict[str, Tensor]:
    """The mean and the variance over the axes.

    Args:
      x: of any shape; of complex numbers their real parts, as in tf.js.
      axis: the axis or axes to reduce; without it, all of them.
      keepDims: whether to keep the reduced axes, of size 1.

    Returns:
      `mean` and `variance`, float32; of no values both are 0.
    """
    value = real_numbers(x, "moments")
    mean = average("moments", value, axis, True)
    # TensorFlow does not broadcast six axes.
    middle = repeated(mean, value.shape.as_list()) if are_many(value) else mean
    variance = average("moments", _raw.Square(x=_raw.Sub(x=value, y=middle)), axis, keepDims)
    if not keepDims:
        axes = positive_axes("moments", len(value.shape), axis)
        mean = _raw.Squeeze(input=mean, axis=axes) if axes else mean
    return {"mean": Tensor(mean), "variance": Tensor(variance)}


@chained
def batchNorm(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any = None,
    scale: Any = None,
    varianceEpsilon: float | None = None,
) -> Tensor:
    """(x - mean) / sqrt(variance + varianceEpsilon) * scale + offset.

    It has gradients without `offset` or `scale` too; in tf.js there are none.

    Args:
      x: of any shape, float32; int32 results are truncated.
      mean: of the shape of `x`, or of that of its last axis.
      variance: as `mean`.
      offset: as `mean`; without it, 0.
      scale: as `mean`; without it, 1.
      varianceEpsilon: a small number, without which a variance of 0 gives no number; None is 0.001.

    Raises:
      ValueError: if these have other ranks than `mean`, for complex numbers.
    """
    return _batch_norm(x, mean, variance, offset, scale, varianceEpsilon, None)


@operation
def batchNorm2d(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any = None,
    scale: Any = None,
    varianceEpsilon: float | None = None,
) -> Tensor:
    """`batchNorm` of rank 2, [batch, depth]; the others must be of rank 1 or 2."""
    return _batch_norm(x, mean, variance, offset, scale, varianceEpsilon, 2)


@operation
def batchNorm3d(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any = None,
    scale: Any = None,
    varianceEpsilon: float | None = None,
) -> Tensor:
    """`batchNorm` of rank 3, [batch, width, depth]; the others must be of rank 1 or 3."""
    return _batch_norm(x, mean, variance, offset, scale, varianceEpsilon, 3)


@operation
def batchNorm4d(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any = None,
    scale: Any = None,
    varianceEpsilon: float | None = None,
) -> Tensor:
    """`batchNorm` of rank 4, [batch, height, width, depth]; the others of rank 1 or 4."""
    return _batch_norm(x, mean, variance, offset, scale, varianceEpsilon, 4)


def _batch_norm(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    epsilon: float | None,
    rank: int | None,
) -> Tensor:
    value = numbers(x, "batchNorm")
    if rank is not None and len(value.shape) != rank:
        raise ValueError(
            f"Error in batchNorm{rank}D: x must be rank {rank} but got rank {len(value.shape)}."
        )
    given = {"mean": mean, "variance": variance, "scale": scale, "offset": offset}
    statistics = {
        name: numbers(part, "batchNorm", name=name)
        for name, part in given.items()
        if part is not None or name in ("mean", "variance")
    }
    _check_ranks(statistics, rank)
    # JavaScript computes in double precision, which shows where a result is truncated.
    added = 0.001 if epsilon is None else number(epsilon, "varianceEpsilon", "batchNorm")
    double = value if value.dtype is _FLOAT else _raw.Cast(x=value, DstT=FLOAT64)
    fitted = {name: _fitted(cast(part, double.dtype), double) for name, part in statistics.items()}
    factor = _raw.Rsqrt(x=fitted["variance"] + added)
    if "scale" in fitted:
        factor = _raw.Mul(x=factor, y=fitted["scale"])
    result = _raw.Mul(x=_raw.Sub(x=double, y=fitted["mean"]), y=factor)
    if "offset" in fitted:
        result = _raw.AddV2(x=result, y=fitted["offset"])
    return Tensor(_stored(result, value.dtype))


def _check_ranks(statistics: dict[str, Any], rank: int | None) -> None:
    expected = len(statistics["mean"].shape)
    for name, part in statistics.items():
        found = len(part.shape)
        if rank is not None and found not in (rank, 1):
            raise ValueError(
                f"Error in batchNorm{rank}D: {name} must be rank {rank} or rank 1 but got rank "
                f"{found}."
            )
        if found != expected:
            raise ValueError(
                f"Error in batchNorm: mean and {name} must have equal ranks, but got shapes "
                f"{statistics['mean'].shape.as_list()} and {part.shape.as_list()}."
            )


def _fitted(part: Any, x: Any) -> Any:
    """A statistic in a shape that broadcasts to `x`."""
    shape, size = part.shape, part.shape.num_elements()
    if size == 1:
        return tensorflow.reshape(part, [])
    if (len(shape) == 1 and len(x.shape) and size == x.shape[-1]) or shape == x.shape:
        return part
    if None in (size, x.shape.num_elements()):  # within a tensorflow.function
        return part
    # tf.js: begins anew with a statistic's values where they end.
    count = x.shape.num_elements()
    if size == 0:
        return tensorflow.fill(x.shape, tensorflow.constant(float("nan"), x.dtype))
    repeated = tensorflow.tile(tensorflow.reshape(part, [-1]), [-(-count // size)])
    return tensorflow.reshape(repeated[:count], x.shape)


def _stored(result: Any, dtype: Any) -> Any:
    """float64 as tf.js reads it from memory of another dtype, where it was put as float32."""
    if dtype is _FLOAT:
        return result
    integers = to_int32(cast(cast(result, _FLOAT), FLOAT64))
    if dtype is tensorflow.bool:  # tf.js: a number in a byte
        integers = tensorflow.bitwise.bitwise_and(integers, 255)
    return cast(integers, dtype)


@chained
def localResponseNormalization(
    x: Any, depthRadius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5
) -> Tensor:
    """x / (bias + alpha * s) ** beta, s being the sum of squares of the near channels.

    Args:
      x: of rank 4, or 3 without batch, the channels last, whose squares are float32 too; int32
        results are truncated.
      depthRadius: how many channels on each side are near.
      bias: a number that keeps the denominator from 0.
      alpha: a factor, usually positive.
      beta: an exponent.

    Raises:
      ValueError: for another rank, a radius that is no whole number, complex numbers.
    """
    value = numbers(x, "localResponseNormalization")
    rank = len(value.shape)
    if rank not in (3, 4):
        raise ValueError(
            f"Error in localResponseNormalization: x must be rank 3 or 4 but got rank {rank}."
        )
    radius = whole(depthRadius)
    if radius is None:
        raise ValueError(
            "Error in localResponseNormalization: depthRadius must be an integer but got "
            f"depthRadius {depthRadius}."
        )
    name = "localResponseNormalization"
    bias, alpha, beta = (
        number(bias, "bias", name),
        number(alpha, "alpha", name),
        number(beta, "beta", name),
    )
    double = value if value.dtype is _FLOAT else _raw.Cast(x=value, DstT=FLOAT64)
    near = _sums_of_near(_raw.Square(x=double), radius)
    base = bias + alpha * near
    # The default beta has an operation of its own, which is many times as quick.
    factor = _raw.Rsqrt(x=base) if beta == 0.5 else base**-beta
    return Tensor(_stored(double * factor, value.dtype))


def _sums_of_near(x: Any, radius: int) -> Any:
    """For each channel the sum over those that are at most `radius` away."""
    # TensorFlow's LRN multiplies with a matrix of zeros and ones: all channels of a NaN are NaN.
    channels = x.shape[-1]
    if radius < 0 or channels == 0:  # no channel is near
        return tensorflow.zeros_like(x)
    sizes = tensorflow.shape(x)
    if channels is not None:
        radius = min(radius, channels - 1)
    # As an image that is one pixel wide, its rows being the channels, and its channels all else.
    rows = tensorflow.transpose(tensorflow.reshape(x, [-1, sizes[-1]]))
    rows = tensorflow.pad(rows, [[radius, radius], [0, 0]])[None, :, None]
    width = 2 * radius + 1
    means = _raw.AvgPool(value=rows, ksize=[1, width, 1, 1], strides=[1, 1, 1, 1], padding="VALID")
    return tensorflow.reshape(tensorflow.transpose(means[0, :, 0]), sizes) * width
