"""Conversions of arithmetic with constants: numbers, vectors, arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.affine import affine
from tfjsbridge.converters.layers.rewrites import X, activation, merge, rescaling
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, then
from tfjsbridge.runtime import keras


def constant(values: Any, x: Any, first: int = X) -> list[TfjsLayer]:
    """An array [...], the same for every example: what a layer gives that looks at nothing.

    Args:
      values: the array.
      x: some Keras tensor of sizes that are known.
      first: where that one comes from; see TfjsLayer.
    """
    values = np.asarray(values, np.float32)
    if None in x.shape[1:]:
        raise CannotConvertLayer(
            f"tf.js's layers compute with an array only where every size is known, but here it is "
            f"{list(x.shape)}; give it in keras.Input"
        )
    count = math.prod(x.shape[1:])
    fixed = {"use_bias": False, "activation": "linear", "trainable": False}
    return [
        activation("sigmoid", first),  # which is finite, whatever comes
        TfjsLayer("Reshape", {"target_shape": [count]}, suffix="flat"),
        TfjsLayer(
            "Dense", {"units": 1, **fixed}, {"kernel": np.zeros([count, 1], np.float32)}, "nothing"
        ),
        TfjsLayer(
            "Dense",
            {"units": values.size, **fixed, "use_bias": True},
            {"kernel": np.zeros([1, values.size], np.float32), "bias": values.reshape(-1)},
            "constant",
        ),
        TfjsLayer("Reshape", {"target_shape": list(values.shape)}, suffix="array"),
    ]


def plus(x: Any, value: Any, as_bias: bool = False) -> list[TfjsLayer]:
    """x + value.

    Args:
      x: the Keras tensor.
      value: the array.
      as_bias: whether the array is the second of the two: Keras on TensorFlow adds a vector there
        along the last axis, or else the first, that is as long.
    """
    array = _array(value)
    long = [size for size in array.shape if size > 1]
    if as_bias and len(long) == 1 and long[0] in (x.shape[1], x.shape[-1]):
        places = [1] * (len(x.shape) - 1)
        places[-1 if long[0] == x.shape[-1] else 0] = long[0]
        array = array.reshape(places)
    array = _fitting(x, array)
    if array.size == 1:
        return [rescaling(1.0, float(array.item()), "plus")]
    if _is_vector(x, array):
        return affine(x.shape[1:], (None, array.reshape(-1)))
    parts = constant(array, x)
    return [*parts, merge("Add", X, len(parts) - 1)]


def times(x: Any, value: Any) -> list[TfjsLayer]:
    """x * value."""
    array = _fitting(x, value)
    if array.size == 1:
        return [rescaling(float(array.item()), 0.0, "times")]
    if _is_vector(x, array):
        return affine(x.shape[1:], (array.reshape(-1), None))
    parts = constant(array, x)
    return [*parts, merge("Multiply", X, len(parts) - 1)]


def minus(x: Any, value: Any, turned: bool) -> list[TfjsLayer]:
    """x - value, or value - x if it is turned."""
    if not turned:
        return plus(x, -_array(value))
    array = _fitting(x, value)
    if array.size == 1:
        return [rescaling(-1.0, float(array.item()), "minus")]
    return then([rescaling(-1.0, 0.0, "minus")], plus(x, value))


def extremum(name: str, x: Any, value: Any) -> list[TfjsLayer]:
    """Maximum(x, value) or Minimum."""
    array = _fitting(x, value)
    if array.size == 1:
        # 0 times a number that is not infinite, plus the constant.
        number = rescaling(0.0, float(array.item()), "constant")
        return [activation("sigmoid"), number, merge(name, X, 1)]
    parts = constant(array, x)
    return [*parts, merge(name, X, len(parts) - 1)]


def _array(value: Any) -> np.ndarray:
    return np.asarray(keras.ops.convert_to_numpy(value), np.float32)


def _fitting(x: Any, value: Any) -> np.ndarray:
    """The array, with as many axes as an example has, if it is one for every example."""
    array = _array(value)
    if not np.isfinite(array).all():
        raise CannotConvertLayer("a model.json holds no infinite numbers")
    rank = len(x.shape)
    if array.ndim == rank and array.shape[0] == 1:
        array = array[0]
    if array.ndim >= rank:
        raise CannotConvertLayer(
            f"the array has shape {list(array.shape)} with a value for each example, for which "
            "tf.js's layers have no place"
        )
    return array.reshape((1,) * (rank - 1 - array.ndim) + array.shape)


def _is_vector(x: Any, array: np.ndarray) -> bool:
    """Whether it is a number for each channel, which a convolution of pixels can hold."""
    of_channels = array.size == array.shape[-1] == x.shape[-1] and "float" in x.dtype
    return of_channels and (len(x.shape) == 4 or x.shape[1:].count(None) < 2)
