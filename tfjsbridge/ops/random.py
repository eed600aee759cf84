"""Tensors / Random of the tf.js API, and truncatedNormal.

Follows tfjs-core/src/ops/{multinomial,rand,random_gamma,random_normal,random_standard_normal,
random_uniform,random_uniform_int,truncated_normal,rand_util}.ts.

With a seed the numbers are tf.js's, number for number. Without one they are TensorFlow's, which
`tf.setRandomSeed` makes the same in each run, and which are new at each call of a
`tensorflow.function`.
"""

from __future__ import annotations

import itertools
import math
import random as python_random
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from tfjsbridge.alea import Alea, gammas, gaussians
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import number, whole
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation
from tfjsbridge.util import assertNonNegativeIntegerDimensions as check_sizes
from tfjsbridge.util import sizeFromShape

Seed = float | str | None


@operation
def rand(
    shape: Sequence[int], randFunction: Callable[[], float], dtype: str | None = None
) -> Tensor:
    """A Tensor of what a function gives.

    Args:
      shape: the shape.
      randFunction: called without arguments for each value, in row-major order.
      dtype: float32, int32 or bool; without it, float32.
    """
    check_sizes(shape)
    dtype = _checked(dtype, "rand", ("float32", "int32", "bool"))
    if not callable(randFunction):
        raise TypeError(
            "Argument 'randFunction' passed to 'rand' must be a function, "
            f"but got {type(randFunction).__name__} {str(randFunction)[:60]}"
        )
    return _tensor((float(randFunction()) for _ in range(sizeFromShape(shape))), shape, dtype)


@operation
def randomUniform(
    shape: Sequence[int],
    minval: float = 0,
    maxval: float = 1,
    dtype: str | None = "float32",
    seed: Seed = None,
) -> Tensor:
    """A Tensor of numbers that are equally likely.

    Args:
      shape: the shape.
      minval: the lowest number.
      maxval: all numbers are below it.
      dtype: float32; int32, where the fraction is cut off; or bool, where 0 is False.
      seed: a number or text, from which the numbers follow.
    """
    check_sizes(shape)
    dtype = _checked(dtype, "randomUniform", ("float32", "int32", "bool"))
    minval = number(minval, "minval", "randomUniform")
    maxval = number(maxval, "maxval", "randomUniform")
    if seed is None:
        # float64, as tf.js computes: float32 has not enough digits for every int32.
        value = tensorflow.random.uniform(list(shape), dtype="float64")
        return _stored(minval + (maxval - minval) * value, dtype)
    values = minval + (maxval - minval) * Alea(seed).take(sizeFromShape(shape))
    return _tensor(values, shape, dtype)


@operation
def randomUniformInt(
    shape: Sequence[int], minval: float, maxval: float, seed: Seed = None
) -> Tensor:
    """An int32 Tensor of whole numbers from `minval` to below `maxval`.

    As in tf.js the fraction of a number from `minval` to `maxval` is cut off: where they are of
    different sign, 0 comes twice as often as the others, and `minval` hardly ever.

    Args:
      shape: the shape.
      minval: the lowest number.
      maxval: all numbers are below it.
      seed: a number or text, from which the numbers follow.
    """
    minval = number(minval, "minval", "randomUniformInt")
    maxval = number(maxval, "maxval", "randomUniformInt")
    return randomUniform(shape, minval, maxval, "int32", seed)


@operation
def randomNormal(
    shape: Sequence[int],
    mean: float = 0,
    stdDev: float = 1,
    dtype: str | None = None,
    seed: Seed = None,
) -> Tensor:
    """A Tensor of normally distributed numbers.

    Args:
      shape: the shape.
      mean: their mean.
      stdDev: their standard deviation.
      dtype: float32, or int32, where they are rounded; without it, float32.
      seed: a number other than 0 or a text, from which the numbers follow.
    """
    return _normal("randomNormal", shape, mean, stdDev, dtype, seed, truncated=False)


@operation
def randomStandardNormal(
    shape: Sequence[int], dtype: str | None = None, seed: Seed = None
) -> Tensor:
    """A Tensor of normally distributed numbers with mean 0 and standard deviation 1.

    Args:
      shape: the shape.
      dtype: float32, or int32, where they are rounded; without it, float32.
      seed: a number other than 0 or a text, from which the numbers follow.
    """
    return _normal("randomStandardNormal", shape, 0, 1, dtype, seed, truncated=False)


@operation
def truncatedNormal(
    shape: Sequence[int],
    mean: float = 0,
    stdDev: float = 1,
    dtype: str | None = None,
    seed: Seed = None,
) -> Tensor:
    """A Tensor of normally distributed numbers at most two standard deviations from the mean.

    Args:
      shape: the shape.
      mean: their mean.
      stdDev: their standard deviation before those further away are left out.
      dtype: float32, or int32, where they are rounded; without it, float32.
      seed: a number other than 0 or a text, from which the numbers follow.
    """
    mean = number(mean, "mean", "truncatedNormal")
    stdDev = number(stdDev, "stdDev", "truncatedNormal")
    if not stdDev >= 0 or not math.isfinite(mean):
        # tf.js: searches without end for a number in this range
        raise ValueError(
            "Error in truncatedNormal: mean must be finite and stdDev at least 0, "
            f"got mean {mean} and stdDev {stdDev}"
        )
    return _normal("truncatedNormal", shape, mean, stdDev, dtype, seed, truncated=True)


@operation
def randomGamma(
    shape: Sequence[int],
    alpha: float,
    beta: float | None = 1,
    dtype: str | None = "float32",
    seed: Seed = None,
) -> Tensor:
    """A Tensor of gamma distributed numbers.

    Args:
      shape: the shape.
      alpha: the shape parameter.
      beta: what the numbers are multiplied with. As in tf.js, whose documentation calls it the
        inverse of that.
      dtype: float32, or int32, where they are rounded.
      seed: a number other than 0 or a text, from which the numbers follow.
    """
    check_sizes(shape)
    dtype = _checked(dtype, "randomGamma", ("float32", "int32"))
    alpha = number(alpha, "alpha", "randomGamma")
    beta = 1 if beta is None else number(beta, "beta", "randomGamma")
    if not alpha > -2 / 3:  # tf.js: searches without end
        raise ValueError(f"Error in randomGamma: alpha must be at least 0, got {alpha}")
    if seed or dtype == "int32":
        drawn = gammas(seed or python_random.random(), alpha, beta, dtype == "int32")
        return _tensor(_first(drawn, shape, dtype), shape, dtype)
    return Tensor(beta * tensorflow.random.gamma(list(shape), float(alpha)))


@operation
def multinomial(
    logits: Any, numSamples: int, seed: float | None = None, normalized: bool = False
) -> Tensor:
    """An int32 Tensor of the numbers of outcomes that were drawn.

    Args:
      logits: the unnormalized logarithms of the outcomes' probabilities, [outcomes] or
        [batch, outcomes].
      numSamples: how many to draw, for each of the batch.
      seed: a number other than 0, from which the draws follow; with it, as in tf.js, each of the
        batch draws with the same numbers.
      normalized: whether `logits` are probabilities that add up to 1.

    Returns:
      A Tensor [numSamples] or [batch, numSamples].

    Raises:
      ValueError: for another rank, or fewer than two outcomes.
    """
    value = convert(logits, "logits", "multinomial")
    if value.size < 2:
        raise ValueError(
            f"Error in multinomial: you need at least 2 outcomes, but got {value.size}."
        )
    if value.rank > 2:
        raise ValueError(f"Rank of probabilities must be 1 or 2, but is {value.rank}")
    if (whole(numSamples) or 0) < 0 or whole(numSamples) is None:
        raise ValueError(
            "Error in multinomial: Tensor must have a shape comprised of positive integers but "
            f"numSamples is {type(numSamples).__name__} {str(numSamples)[:60]}"
        )
    raw = tensorflow.cast(value.tensor, "float32")
    raw = raw[None] if value.rank == 1 else raw
    if not seed:
        scores = tensorflow.math.log(raw) if normalized else raw
        drawn = tensorflow.random.categorical(scores, numSamples, dtype="int32")
    else:
        probabilities = raw if normalized else tensorflow.nn.softmax(raw)
        drawn = tensorflow.constant(_drawn(probabilities.numpy(), numSamples, seed))
    return Tensor(drawn[0] if value.rank == 1 else drawn)


def _drawn(probabilities: np.ndarray, numSamples: int, seed: float) -> np.ndarray:
    """The outcomes that tf.js draws with a seed."""
    numbers = Alea(seed).take(numSamples)
    cumulated = np.add.accumulate(probabilities, axis=1, dtype=np.float32)[:, :-1]
    result = np.zeros((len(cumulated), numSamples), np.int32)
    for row, bounds in zip(result, cumulated, strict=True):
        below = numbers[:, None] < bounds
        row[:] = np.where(
            below.any(axis=1), below.argmax(axis=1) if len(bounds) else 0, len(bounds)
        )
    return result


def _normal(
    name: str,
    shape: Sequence[int],
    mean: float,
    stdDev: float,
    dtype: str | None,
    seed: Seed,
    truncated: bool,
) -> Tensor:
    check_sizes(shape)
    dtype = _checked(dtype, name, ("float32", "int32"))
    mean, stdDev = number(mean, "mean", name), number(stdDev, "stdDev", name)
    if seed:
        drawn = gaussians(seed, mean, stdDev, truncated)
        return _tensor(_first(drawn, shape, dtype), shape, dtype)
    draw = tensorflow.random.truncated_normal if truncated else tensorflow.random.normal
    if dtype == "float32":
        return Tensor(draw(list(shape), mean, stdDev))
    value = draw(list(shape), mean, stdDev, "float64")
    return _stored(tensorflow.floor(value + 0.5), dtype)


def _checked(dtype: str | None, name: str, known: tuple[str, ...]) -> str:
    """A dtype, if the operation has it; float32 for None."""
    if dtype is None:
        return "float32"
    if dtype not in known:
        raise ValueError(
            f"Error in {name}: Unsupported data type {dtype}; it must be {' or '.join(known)}"
        )
    return dtype


def _first(numbers: Iterable[float], shape: Sequence[int], dtype: str) -> Iterable[float]:
    """As many numbers as the shape has, rounded for int32."""
    drawn = itertools.islice(numbers, sizeFromShape(shape))
    return drawn if dtype == "float32" else (math.floor(one + 0.5) for one in drawn)


def _tensor(values: Iterable[float] | np.ndarray, shape: Sequence[int], dtype: str) -> Tensor:
    """A Tensor of values in float64, stored as a TypedArray stores them."""
    array = values if isinstance(values, np.ndarray) else np.fromiter(values, np.float64)
    array = array.reshape(list(shape))
    if dtype != "float32":
        whole = np.trunc(np.where(np.isfinite(array), array, 0)).astype(np.int64)
        array = whole.astype(np.int32) if dtype == "int32" else whole.astype(np.uint8) != 0
    with np.errstate(over="ignore"):
        return Tensor(
            tensorflow.constant(array.astype(np.float32) if dtype == "float32" else array)
        )


def _stored(value: Any, dtype: str) -> Tensor:
    """A float64 TensorFlow tensor in a dtype; for bool too the fraction is cut off."""
    if dtype == "bool":
        value = tensorflow.cast(value, "int32")
    return Tensor(tensorflow.cast(value, dtype))
