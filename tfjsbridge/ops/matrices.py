"""Operations / Matrices of the tf.js API.

Follows tfjs-core/src/ops/{mat_mul,dot,norm,euclidean_norm,outer_product,transpose,einsum}.ts,
backends/einsum_util.ts and the cpu kernels.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.ops.basic_math import absolute
from tfjsbridge.ops.convert import convert, matching
from tfjsbridge.ops.reduction import (
    Axis,
    constant,
    largest,
    positive_axes,
    smallest,
    total,
)
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation

_raw = tensorflow.raw_ops
_FLOAT, _BOOL = tensorflow.float32, tensorflow.bool


@chained
def matMul(a: Any, b: Any, transposeA: bool = False, transposeB: bool = False) -> Tensor:
    """The matrix product of the last two axes; the axes before them are broadcast.

    Args:
      a: float32, int32 or bool, of rank 2 at least.
      b: as `a`; the dtypes are promoted to one.
      transposeA: whether to transpose the matrices in `a` before.
      transposeB: whether to transpose the matrices in `b` before.

    Raises:
      ValueError: for a vector (tf.js multiplies matrices only: give it a second axis), inner
        sizes that differ, complex numbers.
    """
    if isinstance(a, Tensor) and isinstance(b, Tensor):
        x, y = a.tensor, b.tensor
        if x.dtype is _FLOAT and y.dtype is _FLOAT and len(x.shape) == 2 and len(y.shape) == 2:
            try:
                return Tensor(
                    _raw.MatMul(
                        a=x, b=y, transpose_a=bool(transposeA), transpose_b=bool(transposeB)
                    )
                )
            except (tensorflow.errors.InvalidArgumentError, ValueError):
                pass  # sizes that differ; it is said below
    first, second = matching(a, b, "matMul")
    _check_matrices(first, second, transposeA, transposeB)
    return Tensor(_product(first, second, transposeA, transposeB))


def _product(x: Any, y: Any, transpose_x: bool = False, transpose_y: bool = False) -> Any:
    """The product of TensorFlow tensors of one dtype and of rank 2 at least."""
    if x.dtype == tensorflow.complex64:
        raise ValueError("Error in matMul: complex64 tensors have no product in tf.js.")
    flags = {"adj_x": bool(transpose_x), "adj_y": bool(transpose_y)}
    if x.dtype is _BOOL:
        x, y = (_raw.Cast(x=part, DstT=tensorflow.int32) for part in (x, y))
        return _raw.Cast(x=_raw.BatchMatMulV2(x=x, y=y, **flags), DstT=_BOOL)
    return _raw.BatchMatMulV2(x=x, y=y, **flags)


def _check_matrices(a: Any, b: Any, transpose_a: bool, transpose_b: bool) -> None:
    first, second = a.shape.as_list(), b.shape.as_list()
    for name, shape in (("a", first), ("b", second)):
        if len(shape) < 2:
            raise ValueError(
                f"Error in matMul: argument {name!r} must have at least rank 2, but it has rank "
                f"{len(shape)} (shape {shape}). Make a row of it, [1, n], or a column, [n, 1]."
            )
    inner_a, inner_b = first[-2 if transpose_a else -1], second[-1 if transpose_b else -2]
    if inner_a != inner_b and None not in (inner_a, inner_b):
        raise ValueError(
            f"Error in matMul: inner shapes ({inner_a}) and ({inner_b}) of Tensors with shapes "
            f"{first} and {second} and transposeA={str(bool(transpose_a)).lower()} and "
            f"transposeB={str(bool(transpose_b)).lower()} must match."
        )
    try:
        tensorflow.broadcast_static_shape(a.shape[:-2], b.shape[:-2])
    except ValueError:
        raise ValueError(
            f"Error in matMul: Operands could not be broadcast together with shapes {first} and "
            f"{second}."
        ) from None


@chained
def dot(t1: Any, t2: Any) -> Tensor:
    """The product of two vectors, of a matrix and a vector, or of two matrices.

    Args:
      t1: of rank 1 or 2.
      t2: of rank 1 or 2.

    Returns:
      A scalar of two vectors, a vector of a vector and a matrix, a matrix of two.

    Raises:
      ValueError: for other ranks, inner sizes that differ, complex numbers.
    """
    first, second = matching(t1, t2, "dot", ("t1", "t2"))
    ranks = len(first.shape), len(second.shape)
    if not all(rank in (1, 2) for rank in ranks):
        raise ValueError(
            "Error in dot: inputs must all be rank 1 or 2, but got ranks "
            f"{ranks[0]} and {ranks[1]}."
        )
    inner = first.shape[-1], second.shape[0]
    if inner[0] != inner[1] and None not in inner:
        raise ValueError(
            "Error in dot: inner dimensions of inputs must match, but got "
            f"{inner[0]} and {inner[1]}."
        )
    x = first if ranks[0] == 2 else _raw.ExpandDims(input=first, axis=0)
    y = second if ranks[1] == 2 else _raw.ExpandDims(input=second, axis=1)
    made = [axis for axis, rank in enumerate(ranks) if rank == 1]
    product = _product(x, y)
    return Tensor(_raw.Squeeze(input=product, axis=made) if made else product)


@operation
def outerProduct(v1: Any, v2: Any) -> Tensor:
    """The products of each value of a vector with each of another, [size of v1, size of v2].

    Raises:
      ValueError: for another rank than 1, complex numbers.
    """
    first, second = matching(v1, v2, "outerProduct", ("v1", "v2"))
    if len(first.shape) != 1 or len(second.shape) != 1:
        raise ValueError(
            "Error in outerProduct: inputs must be rank 1, but got ranks "
            f"{len(first.shape)} and {len(second.shape)}."
        )
    return Tensor(
        _product(_raw.ExpandDims(input=first, axis=1), _raw.ExpandDims(input=second, axis=0))
    )


@chained
def transpose(x: Any, perm: Sequence[int] | None = None, conjugate: bool | None = None) -> Tensor:
    """`x` with its axes in another order.

    Args:
      x: of any shape.
      perm: for each axis of the result, which axis of `x` it is; without it, the order is turned
        around.
      conjugate: whether to conjugate complex numbers, of rank 2 at least.

    Raises:
      ValueError: if `perm` does not name each axis once, counted from 0.
    """
    source = convert(x, "x", "transpose")
    value = source.tensor
    rank = len(value.shape)
    if isinstance(perm, list):
        perm = tuple(perm)
    try:
        order = _order(rank, perm)
    except TypeError:  # no key of a cache
        order = _order(rank, tuple(np.ravel(perm or []).tolist()))
    if rank <= 1:
        return Tensor(value, of=source)
    if conjugate and value.dtype == tensorflow.complex64:
        return Tensor(_raw.ConjugateTranspose(x=value, perm=order))
    return Tensor(_raw.Transpose(x=value, perm=order))


@functools.lru_cache(maxsize=1024)
def _order(rank: int, perm: tuple[int, ...] | None) -> Any:
    if perm is None:
        return constant(list(reversed(range(rank))))
    if len(perm) != rank:
        raise ValueError(
            f"Error in transpose: rank of input {rank} must match length of perm {list(perm)}."
        )
    if any(not isinstance(axis, (int, np.integer)) or not 0 <= axis < rank for axis in perm):
        raise ValueError(
            f"Error in transpose: All entries in 'perm' must be between 0 and {rank - 1} but got "
            f"{list(perm)}"
        )
    if len(set(perm)) < rank:
        # tf.js: makes a tensor of zeros with some of the values.
        raise ValueError(f"Error in transpose: perm {list(perm)} names an axis twice.")
    return constant(list(perm))


@chained
def norm(
    x: Any, ord: float | str = "euclidean", axis: Axis = None, keepDims: bool = False
) -> Tensor:
    """The norm of vectors or matrices.

    Args:
      x: of any shape; the Euclidean norm is of float32 and, of vectors, complex numbers only.
      ord: "euclidean" (or 2 for vectors, "fro" for matrices), 1, infinity or minus infinity.
      axis: an axis for vectors, two for matrices, of which the first comes before the second;
        without it, all values are one vector.
      keepDims: whether to keep the reduced axes, of size 1.

    Raises:
      ValueError: for another `ord` or `axis`, an int32 or bool tensor where a root is to be taken.
    """
    value = convert(x, "x", "norm").tensor
    rank = len(value.shape)
    result = _norm(value, ord, list(axis) if isinstance(axis, (tuple, list)) else axis)
    if keepDims:
        for one in sorted(positive_axes("norm", rank, axis)):
            result = _raw.ExpandDims(input=result, axis=one)
    return Tensor(result)


@chained
def euclideanNorm(x: Any, axis: Axis = None, keepDims: bool = False) -> Tensor:
    """The Euclidean norm of vectors or matrices: `norm` with its own `ord`."""
    return norm(x, "euclidean", axis, keepDims)


def _norm(x: Any, ord: Any, axis: Any) -> Any:
    rank = len(x.shape)
    if rank == 0:
        return _abs(x)
    if rank != 1 and axis is None:
        x, rank = _raw.Reshape(tensor=x, shape=[-1]), 1
    axes = axis if isinstance(axis, list) else None
    if rank == 1 or (axes is None and axis is not None) or (axes and len(axes) == 1):
        if ord == 1:
            return total("norm", _abs(x), axis)
        if ord == math.inf:
            return largest("norm", _abs(x), axis)
        if ord == -math.inf:
            return smallest("norm", _abs(x), axis)
        if ord in ("euclidean", 2):
            if x.dtype == tensorflow.complex64:
                x = _abs(x)
            return _root_of_squares(x, axis)
    elif axes and len(axes) == 2:
        # tf.js: does not count the second of these from another place when the first is gone.
        if ord == 1:
            return largest("norm", total("norm", _abs(x), axes[0]), axes[1] - 1)
        if ord == math.inf:
            return largest("norm", total("norm", _abs(x), axes[1]), axes[0])
        if ord == -math.inf:
            return smallest("norm", total("norm", _abs(x), axes[1]), axes[0])
        if ord in ("fro", "euclidean"):
            return _root_of_squares(x, axes)
    else:
        raise ValueError(f"Error in norm: invalid axis: {axis}")
    raise ValueError(f"Error in norm: invalid ord value: {ord}")


def _root_of_squares(x: Any, axis: Any) -> Any:
    if x.dtype is not _FLOAT:
        raise ValueError(
            f"Error in norm: x must be float32 for this norm, but it is {x.dtype.name}."
        )
    return _raw.Sqrt(x=total("norm", _raw.Square(x=x), axis))


def _abs(x: Any) -> Any:
    if x.dtype == tensorflow.complex64:
        return _raw.ComplexAbs(x=x)
    if x.dtype is _BOOL:
        return x
    return absolute(x)


@operation
def einsum(equation: str, *tensors: Any) -> Tensor:
    """Sums of products of one or two tensors, as an equation says that names their axes.

    Args:
      equation: the letters of each tensor's axes, an arrow, and those of the result, such as
        "ij,jk->ik" for the matrix product; axes that the result does not name are summed over.
      *tensors: one or two tensors; their dtypes are promoted to one.

    Raises:
      ValueError: for an equation without arrow, with "..." or with an axis twice in one tensor, or
        sizes that do not fit it.
    """
    values = [convert(t, f"tensors{i}", "einsum").tensor for i, t in enumerate(tensors)]
    inputs, letters, sums = _equation("".join(str(equation).split()), len(values))
    _check_sizes(inputs, values)
    if len(values) == 2:
        values = matching(Tensor(values[0]), Tensor(values[1]), "einsum")
    dtype = values[0].dtype
    if dtype == tensorflow.complex64 and sums:
        raise ValueError("Error in einsum: complex64 tensors have no sum in tf.js.")
    if dtype is _BOOL:
        values = [_raw.Cast(x=value, DstT=tensorflow.int32) for value in values]
    result = _raw.Einsum(inputs=values, equation=letters)
    # tf.js: a product of bool tensors is bool, their sum is not.
    return Tensor(_raw.Cast(x=result, DstT=_BOOL) if dtype is _BOOL and not sums else result)


@functools.lru_cache(maxsize=1024)
def _equation(equation: str, count: int) -> tuple[list[str], str, bool]:
    """The names of each tensor's axes, the equation in letters, and whether it sums."""
    problem = None
    parts = equation.split("->")
    inputs, output = parts[0].split(","), parts[-1]
    names = "".join(inputs)
    if len(parts) == 1:
        problem = "Equations without an arrow are not supported."
    elif len(parts) > 2:
        problem = 'Equation must contain exactly one arrow ("->").'
    elif "..." in equation:
        problem = 'The ellipsis notation ("...") is not supported yet.'
    elif len(inputs) != count:
        problem = f"Expected {len(inputs)} input tensors, received {count}"
    elif count > 2:
        problem = "Support for more than 2 input tensors is not implemented yet."
    elif not set(output) <= set(names):
        missing = next(name for name in output if name not in names)
        problem = (
            f"Output subscripts contain the label {missing} not present in the input subscripts."
        )
    elif any(len(set(term)) < len(term) for term in [*inputs, output]):
        problem = "Support for duplicate axes is not implemented yet."
    if problem:
        raise ValueError(f"Error in einsum: {problem} (equation {equation!r})")
    # Any characters may name an axis; TensorFlow takes letters only.
    letters = {ord(name): chr(ord("a") + i) for i, name in enumerate(dict.fromkeys(names))}
    return inputs, equation.translate(letters), set(output) != set(names)


def _check_sizes(inputs: list[str], values: list[Any]) -> None:
    sizes: dict[str, int] = {}
    for names, value in zip(inputs, values, strict=True):
        shape = value.shape.as_list()
        if len(names) != len(shape):
            raise ValueError(
                f"Error in einsum: {names!r} names {len(names)} axes, but the tensor has shape "
                f"{shape}."
            )
        for axis, (name, size) in enumerate(zip(names, shape, strict=True)):
            expected = sizes.setdefault(name, size)
            if size != expected and None not in (size, expected):
                raise ValueError(
                    f"Error in einsum: Expected dimension {expected} at axis {axis} of input "
                    f"shaped {shape}, but got dimension {size}"
                )
