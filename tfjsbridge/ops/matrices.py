"""Operations / Matrices of the tf.js API.

Follows tfjs-core/src/ops/mat_mul.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.arithmetic import check_broadcast
from tfjsbridge.ops.creation import matching
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained


@chained
def matMul(a: Any, b: Any, transposeA: bool = False, transposeB: bool = False) -> Tensor:
    """The matrix product of the last two axes; the axes before them are broadcast.

    Raises:
      ValueError: for a vector (tf.js multiplies matrices only: give it a second axis), or inner
        sizes that differ.
    """
    first, second = matching(a, b)
    for name, value in (("a", first), ("b", second)):
        if value.rank < 2:
            raise ValueError(
                f"Error in matMul: argument {name!r} must have at least rank 2, but it has rank "
                f"{value.rank} (shape {value.shape}). Make a row of it, [1, n], or a column, "
                "[n, 1]."
            )
    inner_a = first.shape[-2 if transposeA else -1]
    inner_b = second.shape[-1 if transposeB else -2]
    if inner_a != inner_b:
        raise ValueError(
            f"Error in matMul: inner shapes ({inner_a}) and ({inner_b}) of Tensors with shapes "
            f"{first.shape} and {second.shape} and transposeA={str(transposeA).lower()} and "
            f"transposeB={str(transposeB).lower()} must match."
        )
    check_broadcast(first, second, but_last=2)
    if first.dtype == "bool":
        numbers = (tensorflow.cast(t.tensor, "int32") for t in (first, second))
        product = tensorflow.matmul(*numbers, transposeA, transposeB)
        return Tensor(tensorflow.cast(product, "bool"))
    return Tensor(tensorflow.matmul(first.tensor, second.tensor, transposeA, transposeB))
