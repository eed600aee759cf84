"""Conversions of operations that choose, repeat or reorder values by constant numbers.

Along each axis they are a product with a matrix of zeros and ones. An infinite value becomes NaN.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.attention import dense
from tfjsbridge.converters.layers.common import last_axes
from tfjsbridge.converters.layers.resizing import LARGEST
from tfjsbridge.converters.layers.shapes import known, reshape
from tfjsbridge.converters.registry import (
    Call,
    CannotConvertLayer,
    TfjsLayer,
    then,
    writes_operation,
)
from tfjsbridge.runtime import keras

#: What stands for a zero among the numbers of what is chosen.
ZERO = -1


def chosen(x: Any, choices: dict[int, Sequence[int]]) -> list[TfjsLayer]:
    """Of each axis the values of these numbers.

    Args:
      x: the Keras tensor.
      choices: the numbers, by their axis.

    Raises:
      CannotConvertLayer: of the batch's axis, of unknown sizes, and where the matrix is large.
    """
    sizes: list[int | None] = [None, *known(x.shape)]
    parts: list[TfjsLayer] = []
    for axis, numbers in choices.items():
        size = sizes[axis]
        if size is None:
            raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
        if size * len(numbers) > LARGEST:
            raise CannotConvertLayer(f"{size} to {len(numbers)} values take a large matrix")
        if list(numbers) == list(range(size)):
            continue
        matrix = np.zeros([size, len(numbers)], np.float32)
        for column, number in enumerate(numbers):
            if number != ZERO:
                matrix[number, column] = 1
        product = dense(matrix, None, f"chosen_{axis}")
        product.config["trainable"] = False
        parts += _along(sizes, axis, product)
        sizes[axis] = len(numbers)
    return parts or [TfjsLayer("Activation", {"activation": "linear"}, suffix="same")]


def _along(sizes: list[int | None], axis: int, product: TfjsLayer) -> list[TfjsLayer]:
    return last_axes(sizes, axis, lambda _: [product])


def _floats(x: Any) -> None:
    if not isinstance(x, keras.KerasTensor) or "float" not in x.dtype:
        raise CannotConvertLayer("tf.js's layers multiply floats, which it does not take")


@writes_operation("Flip")
def write_flip(call: Call) -> list[TfjsLayer]:
    x, axis = call.arguments[0], call.operation.axis
    _floats(x)
    rank = len(x.shape)
    axes = range(rank) if axis is None else axis if isinstance(axis, (list, tuple)) else [axis]
    sizes = [0, *known(x.shape)]
    if 0 in [a % rank for a in axes]:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    return chosen(x, {a % rank: range(sizes[a % rank])[::-1] for a in axes})


@writes_operation("Roll")
def write_roll(call: Call) -> list[TfjsLayer]:
    x, axis, shift = call.arguments[0], call.operation.axis, call.operation.shift
    _floats(x)
    rank = len(x.shape)
    if not isinstance(axis, int) or not isinstance(shift, int) or axis % rank == 0:
        raise CannotConvertLayer("tf.js's layers turn one axis by one number, not the batch's")
    size = known(x.shape)[axis % rank - 1]
    return chosen(x, {axis % rank: [(place - shift) % size for place in range(size)]})


@writes_operation("Take")
def write_take(call: Call) -> list[TfjsLayer]:
    """By constant numbers along an axis."""
    x, numbers = call.arguments[:2]
    _floats(x)
    axis, rank = call.operation.axis, len(x.shape)
    if axis is None or axis % rank == 0 or isinstance(numbers, keras.KerasTensor):
        raise CannotConvertLayer("tf.js's layers take by constant numbers, not along the batch")
    array = np.asarray(numbers)
    size = known(x.shape)[axis % rank - 1]
    if array.size == 0 or np.abs(array + 0.5).max() > size:
        raise CannotConvertLayer(f"it takes {array.tolist()} of {size} values")
    parts = chosen(x, {axis % rank: [int(number) % size for number in array.reshape(-1)]})
    return parts if array.ndim == 1 else then(parts, [reshape(*call.output_shape[1:])])


@writes_operation("Repeat")
def write_repeat(call: Call) -> list[TfjsLayer]:
    x, axis, repeats = call.arguments[0], call.operation.axis, call.operation.repeats
    _floats(x)
    rank = len(x.shape)
    if not isinstance(axis, int) or not isinstance(repeats, int) or axis % rank == 0:
        raise CannotConvertLayer("tf.js's layers repeat along one axis, not the batch's")
    size = known(x.shape)[axis % rank - 1]
    return chosen(x, {axis % rank: np.repeat(range(size), repeats).tolist()})


@writes_operation("Tile")
def write_tile(call: Call) -> list[TfjsLayer]:
    x, repeats = call.arguments[0], call.operation.repeats
    _floats(x)
    times = [repeats] if isinstance(repeats, int) else list(repeats)
    rank = len(x.shape)
    times = [1] * (rank - len(times)) + times
    if len(times) > rank or times[0] != 1:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    sizes = known(x.shape)
    return chosen(
        x, {axis + 1: [*range(size)] * times[axis + 1] for axis, size in enumerate(sizes)}
    )


@writes_operation("Pad")
def write_pad(call: Call) -> list[TfjsLayer]:
    """With zeros, or with values of the tensor."""
    x, operation = call.arguments[0], call.operation
    _floats(x)
    if any(isinstance(value, keras.KerasTensor) for value in call.arguments[1:]):
        raise CannotConvertLayer("tf.js's layers pad by constant numbers")
    values = [value for value in call.arguments[1:] if value is not None]
    if operation.mode == "constant" and any(np.any(value) for value in values):
        raise CannotConvertLayer("tf.js's layers pad with 0, not with other numbers")
    rank = len(x.shape)
    widths = np.broadcast_to(np.asarray(operation.pad_width), [rank, 2]).tolist()
    if any(widths[0]):
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    options = {"constant_values": ZERO} if operation.mode == "constant" else {}
    return chosen(
        x,
        {
            axis: np.pad(range(size), widths[axis], operation.mode, **options).tolist()
            for axis, size in enumerate(known(x.shape), 1)
        },
    )


@writes_operation("Dot", "Tensordot")
def write_product(call: Call) -> list[TfjsLayer]:
    """With a constant matrix."""
    x, matrix = call.arguments[:2]
    _floats(x)
    if isinstance(matrix, keras.KerasTensor):
        raise CannotConvertLayer("tf.js's layers multiply by a constant matrix here")
    values = np.asarray(matrix, np.float32)
    axes = getattr(call.operation, "axes", 1)
    if values.ndim != 2 or axes != 1 or len(x.shape) < 2:
        raise CannotConvertLayer(f"tf.js's layers multiply by one matrix, not by {values.shape}")
    part = dense(values, None, "product")
    part.config["trainable"] = False
    return [part]
