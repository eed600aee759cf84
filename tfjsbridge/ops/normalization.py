"""Operations / Normalization of the tf.js API.

Follows tfjs-core/src/ops/{batchnorm,batchnorm2d,batchnorm3d,batchnorm4d,
local_response_normalization,log_softmax,moments,softmax}.ts and the cpu kernels.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.engine import operation
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.reduction import (
    Axis,
    average,
    less_greatest,
    numbers,
    positive_axes,
    real_numbers,
    total,
)
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained

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
    _check_last(len(value.shape), dim, "softmax", "dim")
    return Tensor(_raw.Softmax(logits=value))


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
    variance = average("moments", _raw.Square(x=_raw.Sub(x=value, y=mean)), axis, keepDims)
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

    Args:
      x: of any shape, float32; int32 results are truncated.
      mean: of the shape of `x`, or of that of its last axis.
      variance: as `mean`.
      offset: as `mean`; without it, 0.
      scale: as `mean`; without it, 1.
      varianceEpsilon: a small number, without which a variance of 0 gives no number; None is 0.001.

    Raises:
      ValueError: if these have other ranks than `mean`.
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
    given = {"mean": mean, "variance": variance, "scale": scale, "offset": offset}
    statistics = {
        name: numbers(part, "batchNorm", name=name)
        for name, part in given.items()
        if part is not None or name in ("mean", "variance")
    }
    _check_ranks(value, statistics, rank)
    dtype = value.dtype
    number = value if dtype is _FLOAT else _raw.Cast(x=value, DstT=_FLOAT)
    for name, part in statistics.items():
        part = part if part.dtype is _FLOAT else _raw.Cast(x=part, DstT=_FLOAT)
        statistics[name] = _fitted(part, number)
    factor = _raw.Rsqrt(x=statistics["variance"] + (0.001 if epsilon is None else epsilon))
    if "scale" in statistics:
        factor = _raw.Mul(x=factor, y=statistics["scale"])
    result = _raw.Mul(x=_raw.Sub(x=number, y=statistics["mean"]), y=factor)
    if "offset" in statistics:
        result = _raw.AddV2(x=result, y=statistics["offset"])
    return Tensor(result if dtype is _FLOAT else truncated(result, dtype))


def _check_ranks(x: Any, statistics: dict[str, Any], rank: int | None) -> None:
    if rank is not None:
        if len(x.shape) != rank:
            raise ValueError(
                f"Error in batchNorm{rank}D: x must be rank {rank} but got rank {len(x.shape)}."
            )
        for name, part in statistics.items():
            if len(part.shape) not in (rank, 1):
                raise ValueError(
                    f"Error in batchNorm{rank}D: {name} must be rank {rank} or rank 1 but got "
                    f"rank {len(part.shape)}."
                )
    for name, part in statistics.items():
        if len(part.shape) != len(statistics["mean"].shape):
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
    whole = x.shape.num_elements()
    if size == 0:
        return tensorflow.fill(x.shape, float("nan"))
    repeated = tensorflow.tile(tensorflow.reshape(part, [-1]), [-(-whole // size)])
    return tensorflow.reshape(repeated[:whole], x.shape)


def truncated(x: Any, dtype: Any) -> Any:
    """float32 as tf.js reads it from memory of another dtype: whole numbers, 0 if not finite."""
    whole = tensorflow.cast(tensorflow.where(tensorflow.math.is_finite(x), x, 0.0), "int32")
    return tensorflow.cast(whole, dtype)


@chained
def localResponseNormalization(
    x: Any, depthRadius: int = 5, bias: float = 1, alpha: float = 1, beta: float = 0.5
) -> Tensor:
    """x / (bias + alpha * s) ** beta, s being the sum of squares of the near channels.

    Args:
      x: of rank 4, or 3 without batch, the channels last; int32 results are truncated.
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
    if depthRadius % 1:
        raise ValueError(
            "Error in localResponseNormalization: depthRadius must be an integer but got "
            f"depthRadius {depthRadius}."
        )
    number = value if value.dtype is _FLOAT else _raw.Cast(x=value, DstT=_FLOAT)
    if depthRadius < 0:  # no channel is near
        result = number * float(bias) ** -beta
    else:
        whole = _raw.ExpandDims(input=number, axis=0) if rank == 3 else number
        result = _raw.LRN(
            input=whole,
            depth_radius=int(depthRadius),
            bias=float(bias),
            alpha=float(alpha),
            beta=float(beta),
        )
        result = _raw.Squeeze(input=result, axis=[0]) if rank == 3 else result
    return Tensor(result if value.dtype is _FLOAT else truncated(result, value.dtype))
