"""Operations / Dropout of the tf.js API.

Follows tfjs-core/src/ops/{dropout,dropout_util}.ts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.alea import Alea
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import dynamic_sizes, whole
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation


@operation
def dropout(
    x: Any,
    rate: float,
    noiseShape: Sequence[int | None] | None = None,
    seed: float | str | None = None,
) -> Tensor:
    """`x` with some values set to 0 at random, and the others divided by 1 - rate.

    Args:
      x: float32, of any shape.
      rate: the probability of a value to be dropped, from 0 to less than 1.
      noiseShape: a shape that broadcasts with that of `x`: values along an axis of size 1 are
        dropped together. None in it stands for the size of `x`.
      seed: makes the choice repeatable, the same as in tf.js.

    Raises:
      ValueError: for another dtype, a rate out of its range, a shape that does not broadcast.
    """
    source = convert(x, "x", "dropout")
    if source.dtype != "float32":
        raise ValueError(
            "Error in dropout: x has to be a floating point tensor since it's going to be scaled, "
            f"but got a {source.dtype} tensor instead."
        )
    if not isinstance(rate, (int, float, np.number)) or not 0 <= rate < 1:
        raise ValueError(
            f"Error in dropout: rate must be a float in the range [0, 1), but got {rate}."
        )
    value = source.tensor
    if rate == 0:
        return Tensor(value, of=source)
    shape = _noise_shape(value, noiseShape)
    kept = 1 - rate
    return Tensor(value * (tensorflow.floor(_random(shape, seed) + kept) / kept))


def _random(shape: list[Any], seed: float | str | None) -> Any:
    """Numbers from 0 to 1."""
    if seed is None:
        return tensorflow.random.uniform(shape)
    sizes = _known(shape)
    if None in sizes:
        raise ValueError(
            f"Error in dropout: with a seed the shape must be known, but it is {sizes} in this "
            "tensorflow.function."
        )
    drawn = Alea(seed).take(math.prod(sizes))
    return tensorflow.constant(drawn, tensorflow.float32, sizes)


def _noise_shape(x: Any, noiseShape: Sequence[int | None] | None) -> list[Any]:
    """The shape to draw in, with scalar TensorFlow tensors for sizes that are not known."""
    own = dynamic_sizes(x)
    if noiseShape is None:
        return own
    if not isinstance(noiseShape, (list, tuple, np.ndarray)):
        raise TypeError(
            f"Error in dropout: noiseShape must be a list of sizes, but got {noiseShape!r}."
        )
    shape = [whole(size) for size in noiseShape]
    if len(shape) == len(own):
        shape = [own[i] if noiseShape[i] is None else size for i, size in enumerate(shape)]
    if any(size is None or (isinstance(size, int) and size < 0) for size in shape):
        raise ValueError(
            "Error in dropout: noiseShape must be comprised of positive integers but got "
            f"{list(noiseShape)}"
        )
    try:
        tensorflow.broadcast_static_shape(x.shape, tensorflow.TensorShape(_known(shape)))
    except ValueError:
        raise ValueError(
            "Error in dropout: Operands could not be broadcast together with shapes "
            f"{x.shape.as_list()} and {_known(shape)}."
        ) from None
    return shape


def _known(shape: list[Any]) -> list[Any]:
    return [size if isinstance(size, int) else None for size in shape]
