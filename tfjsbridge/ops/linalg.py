"""tf.linalg of the tf.js API.

Follows tfjs-core/src/ops/linalg/{band_part,gram_schmidt,qr}.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.arithmetic import div, mul, sub
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.joining import stack
from tfjsbridge.ops.matrices import norm
from tfjsbridge.ops.reduction import sum
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation

__all__ = ["bandPart", "gramSchmidt", "qr"]


@operation
def bandPart(a: Any, numLower: Any, numUpper: Any) -> Tensor:
    """The matrices of the last two axes with zeros outside of a band around the diagonal.

    Args:
      a: of rank 2 at least, not empty, not complex64.
      numLower: how many diagonals to keep below the main one, negative for all; an integer, or an
        int32 Tensor that broadcasts to one matrix.
      numUpper: how many diagonals to keep above it.

    Raises:
      ValueError: for another rank or dtype, or more diagonals than there are.
    """
    value = convert(a, "a", "bandPart").tensor
    shape = value.shape.as_list()
    if len(shape) < 2:
        raise ValueError(f"bandPart(): Rank must be at least 2, got {len(shape)}.")
    if 0 in shape or value.dtype == tensorflow.complex64:
        raise ValueError(
            "bandPart(): a must not be empty or complex64, but got "
            f"{value.dtype.name} of shape {shape}."
        )
    lower = _diagonals(numLower, "numLower", shape, -2)
    upper = _diagonals(numUpper, "numUpper", shape, -1)
    rows, columns = (tensorflow.range(tensorflow.shape(value)[axis]) for axis in (-2, -1))
    below = rows[:, None] - columns
    outside = ((lower >= 0) & (below > lower)) | ((upper >= 0) & (-below > upper))
    return Tensor(tensorflow.where(outside, tensorflow.zeros([], value.dtype), value))


def _diagonals(number: Any, argument: str, shape: list[Any], axis: int) -> Any:
    """How many diagonals, as an int32 TensorFlow tensor that broadcasts to a matrix."""
    if not isinstance(number, (int, float)) or isinstance(number, bool):
        return _diagonals_of_tensor(convert(number, argument, "bandPart"), argument, shape[-2:])
    if number % 1:
        raise ValueError(f"bandPart(): {argument} must be an integer, got {number}.")
    size = shape[axis]
    if size is not None and number > size:
        raise ValueError(
            f"bandPart(): {argument} ({number}) must not be greater than the number of "
            f"{'rows' if axis == -2 else 'columns'} ({size})."
        )
    return tensorflow.constant(max(int(number), -1), "int32")


def _diagonals_of_tensor(number: Tensor, argument: str, matrix: list[Any]) -> Any:
    if number.dtype != "int32":
        raise ValueError(f"bandPart(): {argument}'s dtype must be an int32.")
    own = number.shape
    fits = all(size == 1 for size in own[:-2])
    for size, other in zip(reversed(own), reversed(matrix), strict=False):
        fits = fits and (size in (None, 1, other) or other is None)
    if not fits:
        raise ValueError(
            f"bandPart(): {argument} of shape {own} cannot be broadcast to a matrix of {matrix}."
        )
    return tensorflow.reshape(number.tensor, tensorflow.shape(number.tensor)[-2:])


@operation
def gramSchmidt(xs: Any) -> Any:
    """Vectors made orthogonal to each other, of length 1 each; the first keeps its direction.

    Args:
      xs: a matrix, float32, whose rows are the vectors; or a list of Tensors of rank 1, the first
        of them float32. There must not be more vectors than each has values.

    Returns:
      A matrix, or a list for a list.

    Raises:
      ValueError: for vectors of several lengths, too many of them, or of another dtype.
      TypeError: for a list of anything but Tensors and arrays.
    """
    if not isinstance(xs, (list, tuple)):
        matrix = convert(xs, "xs", "gramSchmidt").tensor
        if len(matrix.shape) < 2 or not matrix.shape[0]:
            raise ValueError(
                "Gram-Schmidt: xs must be a matrix of known size, or a list of vectors, but its "
                f"shape is {matrix.shape.as_list()}."
            )
        return stack(_orthogonal([Tensor(row) for row in tensorflow.unstack(matrix)]))
    if not xs:
        raise ValueError("Gram-Schmidt process: input must not be null, undefined, or empty")
    if any(isinstance(x, (list, tuple, int, float)) for x in xs):
        raise TypeError("Gram-Schmidt: a list must be of Tensors; a matrix can be one Tensor.")
    return _orthogonal([convert(x, f"xs[{i}]", "gramSchmidt") for i, x in enumerate(xs)])


def _orthogonal(xs: list[Tensor]) -> list[Tensor]:
    shapes = [x.shape for x in xs]
    for shape in shapes:
        if shape[:1] != shapes[0][:1]:
            raise ValueError(
                "Gram-Schmidt: Non-unique lengths found in the input vectors: "
                f"({shape} vs. {shapes[0]})"
            )
    length = shapes[0][0] if shapes[0] else 0
    if length is not None and len(xs) > length:
        raise ValueError(
            f"Gram-Schmidt: Number of vectors ({len(xs)}) exceeds number of dimensions ({length})."
        )
    ys: list[Tensor] = []
    for x in xs:
        for y in ys:
            x = sub(x, mul(sum(mul(y, x)), y))
        ys.append(div(x, norm(x, "euclidean")))
    return ys


@operation
def qr(x: Any, fullMatrices: bool = False) -> list[Tensor]:
    """The QR decomposition of matrices, `[q, r]`: q is orthogonal, r upper triangular.

    It is computed by Householder's reflections with the signs of tf.js. A column of zeros, and one
    that is a multiple of those before, give NaN, as in tf.js. It has a gradient, which tf.js's has
    not.

    Args:
      x: a matrix [m, n], float32; or of a higher rank, square matrices.
      fullMatrices: whether q is [m, m] and r [m, n] where m is greater than n; otherwise they are
        [m, n] and [n, n].

    Raises:
      ValueError: for another rank or dtype, or for several matrices that are not square, which
        tf.js refuses too.
      TypeError: for a plain list.
    """
    if isinstance(x, (list, tuple, int, float)):
        raise TypeError(f"Error in qr: x must be a Tensor, but got '{type(x).__name__}'.")
    value = convert(x, "x", "qr").tensor
    shape = value.shape.as_list()
    if len(shape) < 2:
        raise ValueError(
            f"qr() requires input tensor to have a rank >= 2, but got rank {len(shape)}"
        )
    rows, columns = shape[-2:]
    if rows is None or columns is None:
        raise ValueError(f"Error in qr: the size of the matrices must be known, but got {shape}.")
    if value.dtype != tensorflow.float32 and rows and columns:
        raise ValueError(f"Error in qr: x must be float32, but it is {value.dtype.name}.")
    q, r = _householder(value, rows, columns)
    if rows > columns and not fullMatrices:
        q, r = q[..., :columns], r[..., :columns, :]
    if len(shape) > 2:
        # tf.js: makes both of the shape of x, which it can of square and of empty matrices only.
        sizes = [part.shape[-2] * part.shape[-1] for part in (q, r)]
        if 0 in shape[:-2] or sizes != [rows * columns] * 2:
            raise ValueError(
                f"Error in qr: several matrices must be square, but got shape {shape}."
            )
        q, r = (tensorflow.reshape(part, tensorflow.shape(value)) for part in (q, r))
    return [Tensor(q), Tensor(r)]


def _householder(r: Any, rows: int, columns: int) -> tuple[Any, Any]:
    # All of a column's reflections are at once for all matrices of a batch.
    q = tensorflow.eye(rows, batch_shape=tensorflow.shape(r)[:-2])
    for j in range(min(rows, columns)):
        column = r[..., j:, j : j + 1]
        first = column[..., :1, :]
        length = tensorflow.sqrt(tensorflow.reduce_sum(column * column, [-2, -1], keepdims=True))
        sign = tensorflow.where(first > 0, -1.0, 1.0)
        u = first - sign * length
        w = tensorflow.concat([tensorflow.ones_like(first), column[..., 1:, :] / u], -2)
        scaled = -(sign * u / length) * w
        lower = r[..., j:, :]
        lower = lower - scaled @ tensorflow.matmul(w, lower, transpose_a=True)
        r = tensorflow.concat([r[..., :j, :], lower], -2)
        right = q[..., j:]
        right = right - tensorflow.matmul(right @ w, scaled, transpose_b=True)
        q = tensorflow.concat([q[..., :j], right], -1)
    return q, r
