"""Operations / Dropout of the tf.js API.

Follows tfjs-core/src/ops/{dropout,dropout_util}.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.alea import Alea
from tfjsbridge.engine import operation
from tfjsbridge.ops.convert import convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor


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
    if not 0 <= rate < 1:
        raise ValueError(
            f"Error in dropout: rate must be a float in the range [0, 1), but got {rate}."
        )
    value = source.tensor
    if rate == 0:
        return Tensor(value, of=source)
    shape = _noise_shape(value, noiseShape)
    if seed is None:
        random = tensorflow.random.uniform(shape)
    else:
        sizes = tensorflow.TensorShape(shape)
        drawn = Alea(seed).take(sizes.num_elements())
        random = tensorflow.reshape(tensorflow.constant(drawn, "float32"), sizes)
    kept = 1 - rate
    return Tensor(value * (tensorflow.floor(random + kept) / kept))


def _noise_shape(x: Any, noiseShape: Sequence[int | None] | None) -> Any:
    sizes = x.shape.as_list()
    if noiseShape is None:
        return tensorflow.shape(x) if None in sizes else sizes
    shape = list(noiseShape)
    if len(shape) == len(sizes):
        shape = [sizes[i] if size is None else size for i, size in enumerate(shape)]
    if any(not isinstance(size, int) or size < 0 for size in shape):
        raise ValueError(
            "Error in dropout: noiseShape must be comprised of positive integers but got "
            f"{list(noiseShape)}"
        )
    try:
        tensorflow.broadcast_static_shape(x.shape, tensorflow.TensorShape(shape))
    except ValueError:
        raise ValueError(
            f"Error in dropout: Operands could not be broadcast together with shapes {sizes} and "
            f"{shape}."
        ) from None
    return shape
