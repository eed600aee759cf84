"""Fourier transforms as products with matrices: of complex numbers tf.js's wasm has none.

A transform of length n = a b is one of length a, a turn of each number, and one of length b, so
that the matrices stay small.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tfjsbridge.converters.graph.rewrite import CannotRewrite, constant_value, rewrites
from tfjsbridge.runtime import tensorflow as tf

#: A real and an imaginary part, [..., n].
Pair = tuple[Any, Any]


@rewrites("Real", "Imag")
def part(operation: Any, x: Any) -> Any:
    """Of a number that was made of two, one of those."""
    parts = _parts(x)
    return None if parts is None else parts[0 if operation.type == "Real" else 1]


@rewrites("RFFT")
def real_transform(operation: Any, x: Any, length: Any) -> Any:
    """[..., n] to n / 2 + 1 complex numbers."""
    [count] = (int(number) for number in _constant(operation.inputs[1]))
    size = _length(x)
    if size < count:
        x = tf.pad(x, [*[[0, 0]] * (len(x.shape) - 1), [0, count - size]])
    real, imaginary = _transformed((x[..., :count], None), count, -1)
    half = count // 2 + 1
    return tf.complex(real[..., :half], imaginary[..., :half])


@rewrites("FFT", "IFFT", "FFT2D", "IFFT2D")
def transform(operation: Any, x: Any) -> Any:
    """[..., n] of complex numbers that were made of two, or [..., m, n] along both axes."""
    parts = _parts(x)
    if parts is None:
        return None
    inverse = operation.type.startswith("I")
    for _ in range(2 if operation.type.endswith("2D") else 1):
        count = _length(parts[0])
        real, imaginary = _transformed(parts, count, 1 if inverse else -1)
        scale = 1 / count if inverse else 1.0
        parts = real * scale, imaginary * scale
        if operation.type.endswith("2D"):
            parts = _swapped(parts[0]), _swapped(parts[1])
    return tf.complex(*parts)


@rewrites("IRFFT")
def real_inverse(operation: Any, x: Any, length: Any) -> Any:
    """n / 2 + 1 complex numbers, of which the others are mirrored, to n real ones."""
    [count] = (int(number) for number in _constant(operation.inputs[1]))
    parts = _parts(x)
    half = count // 2 + 1
    if parts is None or _length(parts[0]) < half:
        return None
    real, imaginary = (part[..., :half] for part in parts)
    mirrored = slice(count - half, 0, -1)
    whole = (
        tf.concat([real, real[..., mirrored]], -1),
        tf.concat([_ends(imaginary, count), -imaginary[..., mirrored]], -1),
    )
    return _transformed(whole, count, 1)[0] / count


def _ends(imaginary: Any, count: int) -> Any:
    """Without that of the first number, and of the one in the middle, which are real."""
    kept = np.ones(count // 2 + 1, np.float32)
    kept[0] = 0
    if count % 2 == 0:
        kept[-1] = 0
    return imaginary * tf.constant(kept)


def _parts(x: Any) -> Pair | None:
    """The two numbers that each complex one was made of."""
    while x.op.type == "Identity":
        x = x.op.inputs[0]
    return tuple(x.op.inputs) if x.op.type == "Complex" else None


def _length(x: Any) -> int:
    if x.shape[-1] is None:
        raise CannotRewrite("a Fourier transform of an unknown length")
    return int(x.shape[-1])


def _constant(tensor: Any) -> np.ndarray:
    values = constant_value(tensor)
    if values is None:
        raise CannotRewrite("a Fourier transform of a length that is no constant")
    return np.atleast_1d(values)


def _transformed(x: Any, count: int, sign: int) -> Pair:
    """The transform along the last axis; the second part of x is None for real numbers."""
    first = max(size for size in range(1, math.isqrt(count) + 1) if count % size == 0)
    second = count // first
    sizes = tf.shape(x[0])[:-1]

    # x[second i + j] at [i, j]: transformed along i, turned, and transformed along j.
    def tabled(part: Any) -> Any:
        made = tf.reshape(part, tf.concat([sizes, [first, second]], 0))
        made.set_shape([*part.shape[:-1], first, second])
        return made

    table = (tabled(x[0]), None if x[1] is None else tabled(x[1]))
    table = _product(_waves(first, first, first, sign), table, left=True)
    table = _turned(table, _waves(first, second, count, sign))
    table = _product(_waves(second, second, second, sign), table, left=False)
    # [k, l] is the frequency k + first l.
    whole = tf.concat([sizes, [count]], 0)
    real, imaginary = (tf.reshape(_swapped(part), whole) for part in table)
    real.set_shape([*x[0].shape[:-1], count])
    imaginary.set_shape([*x[0].shape[:-1], count])
    return real, imaginary


def _waves(rows: int, columns: int, length: int, sign: int) -> Pair:
    """exp(2 pi i k l / length), of rows k and columns l."""
    turns = np.outer(np.arange(rows), np.arange(columns)) % length
    angles = sign * 2 * np.pi * turns / length
    return tf.constant(np.cos(angles), tf.float32), tf.constant(np.sin(angles), tf.float32)


def _product(matrix: Pair, x: Any, left: bool) -> Pair:
    """The matrix, which is the same when transposed, times x, or x times the matrix."""

    def times(part: Any, values: Any) -> Any:
        part = _swapped(part) if left else part
        rows = tf.reshape(part, [-1, part.shape[-1]])
        product = tf.reshape(tf.matmul(rows, values), tf.shape(part))
        product.set_shape(part.shape)
        return _swapped(product) if left else product

    (cosine, sine), (real, imaginary) = matrix, x
    if imaginary is None:
        return times(real, cosine), times(real, sine)
    return (
        times(real, cosine) - times(imaginary, sine),
        times(real, sine) + times(imaginary, cosine),
    )


def _swapped(x: Any) -> Any:
    """With the last two axes in the other order."""
    rank = len(x.shape)
    return tf.transpose(x, [*range(rank - 2), rank - 1, rank - 2])


def _turned(x: Pair, waves: Pair) -> Pair:
    (real, imaginary), (cosine, sine) = x, waves
    return real * cosine - imaginary * sine, real * sine + imaginary * cosine
