"""tf.losses: Training / Losses of the tf.js API.

Follows tfjs-core/src/ops/losses/*.ts. The names of losses that `compile` takes are in
`tfjsbridge.compile_losses`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import number
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation
from tfjsbridge.weighted_losses import Reduction as Reduction
from tfjsbridge.weighted_losses import matched, reduced, to_dtype, to_float

raw_ops = tensorflow.raw_ops

BY_NONZERO = Reduction.SUM_BY_NONZERO_WEIGHTS


@operation
def computeWeightedLoss(losses: Any, weights: Any = None, reduction: int = BY_NONZERO) -> Tensor:
    """The weighted loss of losses.

    Args:
      losses: of any shape.
      weights: how much each counts, of a shape that is broadcast against that of `losses`; without
        them, each counts 1.
      reduction: a tf.Reduction.

    Returns:
      A scalar, float32; with Reduction.SUM of the losses' dtype (of bool int32), and likewise with
      Reduction.MEAN and weights where both are int32. With Reduction.NONE the weighted losses.

    Raises:
      ValueError: for an unknown reduction, or shapes that do not broadcast.
    """
    value = convert(losses, "losses", "computeWeightedLoss")
    weight = _weights(weights, "computeWeightedLoss")
    result = reduced(value.tensor, weight, reduction)
    return Tensor(result, of=value if result is value.tensor else None)


@operation
def absoluteDifference(
    labels: Any, predictions: Any, weights: Any = None, reduction: int = BY_NONZERO
) -> Tensor:
    """|labels - predictions|, reduced.

    Args:
      labels: what should have been predicted.
      predictions: what was, of the same shape.
      weights: as of `computeWeightedLoss`.
      reduction: a tf.Reduction.
    """
    x, y, weight = _arguments(labels, predictions, weights, "absoluteDifference")
    difference, dtype = _difference(x, y)
    return Tensor(reduced(to_dtype(_abs(difference), dtype), weight, reduction))


@operation
def cosineDistance(
    labels: Any, predictions: Any, axis: int, weights: Any = None, reduction: int = BY_NONZERO
) -> Tensor:
    """1 minus the sum of labels · predictions along an axis, which are of length 1 there; reduced.

    Args:
      labels: what should have been predicted.
      predictions: what was, of the same shape.
      axis: the axis of the vectors; it stays, with size 1, under Reduction.NONE.
      weights: as of `computeWeightedLoss`.
      reduction: a tf.Reduction.
    """
    x, y, weight = _arguments(labels, predictions, weights, "cosineDistance")
    product = raw_ops.Mul(x=to_float(x), y=to_float(y))
    total = tensorflow.reduce_sum(product, _axes(axis, len(product.shape)), keepdims=True)
    return Tensor(reduced(1.0 - total, weight, reduction))


@operation
def hingeLoss(
    labels: Any, predictions: Any, weights: Any = None, reduction: int = BY_NONZERO
) -> Tensor:
    """max(0, 1 - (2 · labels - 1) · predictions), reduced.

    Args:
      labels: 0 or 1.
      predictions: of the same shape, below 0 for 0 and above for 1.
      weights: as of `computeWeightedLoss`.
      reduction: a tf.Reduction.
    """
    x, y, weight = _arguments(labels, predictions, weights, "hingeLoss")
    signs = 2.0 * to_float(x) - 1.0
    losses = raw_ops.Relu(features=1.0 - raw_ops.Mul(x=signs, y=to_float(y)))
    return Tensor(reduced(losses, weight, reduction))


@operation
def huberLoss(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    delta: float = 1.0,
    reduction: int = BY_NONZERO,
) -> Tensor:
    """Half the squared difference up to `delta`, and linear from there; reduced.

    Args:
      labels: what should have been predicted.
      predictions: what was, of the same shape.
      weights: as of `computeWeightedLoss`.
      delta: where it becomes linear.
      reduction: a tf.Reduction.
    """
    x, y, weight = _arguments(labels, predictions, weights, "huberLoss")
    delta = number(delta, "delta", "huberLoss")
    error = _abs(raw_ops.Sub(x=to_float(y), y=to_float(x)))
    quadratic = tensorflow.minimum(error, delta)
    losses = 0.5 * raw_ops.Square(x=quadratic) + delta * (error - quadratic)
    return Tensor(reduced(losses, weight, reduction))


@operation
def logLoss(
    labels: Any,
    predictions: Any,
    weights: Any = None,
    epsilon: float = 1e-7,
    reduction: int = BY_NONZERO,
) -> Tensor:
    """-labels · log(predictions) - (1 - labels) · log(1 - predictions), reduced.

    Args:
      labels: 0 to 1.
      predictions: probabilities, of the same shape.
      weights: as of `computeWeightedLoss`.
      epsilon: is added to what the logarithm is taken of.
      reduction: a tf.Reduction.
    """
    x, y, weight = _arguments(labels, predictions, weights, "logLoss")
    epsilon = number(epsilon, "epsilon", "logLoss")
    label, prediction = to_float(x), to_float(y)
    log = raw_ops.Log(x=prediction + epsilon)
    other = raw_ops.Log(x=(1.0 - prediction) + epsilon)
    losses = raw_ops.Neg(x=raw_ops.Mul(x=label, y=log)) - (1.0 - label) * other
    return Tensor(reduced(losses, weight, reduction))


@operation
def meanSquaredError(
    labels: Any, predictions: Any, weights: Any = None, reduction: int = BY_NONZERO
) -> Tensor:
    """(labels - predictions) squared, reduced.

    Args:
      labels: what should have been predicted.
      predictions: what was, of the same shape.
      weights: as of `computeWeightedLoss`.
      reduction: a tf.Reduction.
    """
    x, y, weight = _arguments(labels, predictions, weights, "meanSquaredError")
    difference, dtype = _difference(x, y)
    return Tensor(reduced(to_dtype(raw_ops.Square(x=difference), dtype), weight, reduction))


@operation
def sigmoidCrossEntropy(
    multiClassLabels: Any,
    logits: Any,
    weights: Any = None,
    labelSmoothing: float = 0,
    reduction: int = BY_NONZERO,
) -> Tensor:
    """The cross-entropy of labels and the sigmoid of logits, each value for itself; reduced.

    Args:
      multiClassLabels: 0 to 1.
      logits: of the same shape.
      weights: as of `computeWeightedLoss`.
      labelSmoothing: how far the labels are moved towards 1/2, 0 to 1.
      reduction: a tf.Reduction.
    """
    names = ("multiClassLabels", "logits")
    x, y, weight = _arguments(multiClassLabels, logits, weights, "sigmoidCrossEntropy", names)
    labelSmoothing = number(labelSmoothing, "labelSmoothing", "sigmoidCrossEntropy")
    label, logit = to_float(x), to_float(y)
    if labelSmoothing > 0:
        label = label * (1.0 - labelSmoothing) + 0.5 * labelSmoothing
    # log(1 + exp(-logit)) without overflow.
    rest = raw_ops.Log1p(x=raw_ops.Exp(x=raw_ops.Neg(x=_abs(logit))))
    losses = raw_ops.Relu(features=logit) - raw_ops.Mul(x=logit, y=label) + rest
    return Tensor(reduced(losses, weight, reduction))


@operation
def softmaxCrossEntropy(
    onehotLabels: Any,
    logits: Any,
    weights: Any = None,
    labelSmoothing: float = 0,
    reduction: int = BY_NONZERO,
) -> Tensor:
    """The cross-entropy of labels and the softmax of logits along the last axis; reduced.

    Args:
      onehotLabels: one-hot vectors, or other probabilities of classes.
      logits: of the same shape.
      weights: as of `computeWeightedLoss`, of the shape without the last axis.
      labelSmoothing: how far the labels are moved towards each other, 0 to 1. tf.js: they are
        moved to one part in the size of axis 1, whatever the rank.
      reduction: a tf.Reduction.
    """
    names = ("onehotLabels", "logits")
    x, y, weight = _arguments(onehotLabels, logits, weights, "softmaxCrossEntropy", names)
    labelSmoothing = number(labelSmoothing, "labelSmoothing", "softmaxCrossEntropy")
    label, logit = to_float(x), to_float(y)
    rank = len(logit.shape)
    if rank == 0 or (rank == 1 and labelSmoothing > 0):
        raise ValueError(
            "Error in softmaxCrossEntropy: onehotLabels and logits must have at least rank "
            f"{1 + (labelSmoothing > 0)}, but they have rank {rank}"
        )
    if labelSmoothing > 0:
        classes = tensorflow.cast(tensorflow.shape(label)[1], tensorflow.float32)
        label = label * (1.0 - labelSmoothing) + labelSmoothing / classes
    return Tensor(reduced(_softmax_cross_entropy(label, logit), weight, reduction))


@tensorflow.custom_gradient
def _softmax_cross_entropy(labels: Any, logits: Any) -> Any:
    greatest = raw_ops.Max(input=logits, axis=-1, keep_dims=True)
    exponentials = raw_ops.Exp(x=raw_ops.Sub(x=logits, y=greatest))
    log_of_sum = greatest + raw_ops.Log(x=raw_ops.Sum(input=exponentials, axis=-1, keep_dims=True))
    log_softmax = raw_ops.Sub(x=logits, y=log_of_sum)
    costs = raw_ops.Neg(x=raw_ops.Mul(x=log_softmax, y=labels))

    def gradient(dy: Any) -> tuple[Any, Any]:
        # tf.js: that of the labels is the negative of that of the logits.
        difference = raw_ops.Exp(x=log_softmax) - labels
        by_logits = tensorflow.expand_dims(dy, -1) * difference
        return -by_logits, by_logits

    return raw_ops.Sum(input=costs, axis=-1), gradient


def _arguments(
    labels: Any,
    predictions: Any,
    weights: Any,
    function: str,
    names: tuple[str, str] = ("labels", "predictions"),
) -> tuple[Any, Any, Any]:
    """The arguments of a loss as TensorFlow tensors, of which the first two have one shape."""
    first, second = (
        convert(value, name, function)
        for value, name in zip((labels, predictions), names, strict=True)
    )
    if function not in ("absoluteDifference", "meanSquaredError"):
        for name, value in zip(names, (first, second), strict=True):
            if value.dtype == "complex64":
                raise ValueError(
                    f"Argument '{name}' passed to '{function}' must not be a complex64 tensor: "
                    "there is no order of complex numbers."
                )
    weight = _weights(weights, function)
    shapes = first.shape, second.shape
    if shapes[0] != shapes[1] and not first.tensor.shape.is_compatible_with(second.tensor.shape):
        raise ValueError(f"Error in {function}: Shapes {shapes[0]} and {shapes[1]} must match")
    return first.tensor, second.tensor, weight


def _weights(weights: Any, function: str) -> Any:
    return None if weights is None else convert(weights, "weights", function).tensor


def _difference(x: Any, y: Any) -> tuple[Any, Any]:
    """x - y of the one dtype that tf.js computes in, and that dtype; of bool as int32."""
    x, y = matched(x, y)
    dtype = x.dtype
    if dtype is tensorflow.bool:
        x, y = (tensorflow.cast(each, tensorflow.int32) for each in (x, y))
    return raw_ops.Sub(x=x, y=y), dtype


def _abs(x: Any) -> Any:
    """|x|, whose derivative at 0 is -1, as tf.js has it."""
    if not x.dtype.is_floating:
        return raw_ops.ComplexAbs(x=x) if x.dtype.is_complex else raw_ops.Abs(x=x)
    sign = raw_ops.Sign(x=x)
    # The sign is 1 or -1, and -1 of 0; its derivative is 0, so that there are second ones.
    return raw_ops.Mul(x=x, y=sign + raw_ops.Abs(x=sign) - 1.0)


def _axes(axis: int | Sequence[int] | None, rank: int) -> list[int]:
    """The axes of `axis`, which may be negative, as tf.js checks them (parseAxisParam)."""
    if axis is None:
        return list(range(rank))
    axes: list[Any] = list(axis) if isinstance(axis, (list, tuple)) else [axis]
    for each in axes:
        if not isinstance(each, (int, float)) or each % 1:
            raise ValueError(f"All values in axis param must be integers but got axis {axis}")
    if any(not -rank <= each < rank for each in axes):
        raise ValueError(
            f"All values in axis param must be in range [-{rank}, {rank}) but got axis {axis}"
        )
    return [int(each) % rank for each in axes]
