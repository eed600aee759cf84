"""What the tests of shapes and positions share: arrays of every dtype, and gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

DTYPES = ["float32", "int32", "bool"]
#: A shape of every rank from 1 to 6.
SHAPES = [[3], [2, 3], [2, 1, 3], [1, 2, 3, 2], [2, 1, 2, 1, 3], [1, 2, 1, 2, 1, 2]]
STRINGS = np.array([["b", "a", ""], ["é", "b", "long one"]])


def array(shape: list[int], dtype: str = "float32", seed: int = 0) -> np.ndarray:
    """Random values; the same each time."""
    values = np.random.default_rng(seed).normal(size=shape) * 3
    return np.asarray(values > 0 if dtype == "bool" else values, dtype)


def ids(*values: Any) -> np.ndarray:
    """An int32 vector."""
    return np.array(values, "int32")


def assert_same_gradient(
    node: NodeSession, script: str, function: Callable[[Any], Any], x: np.ndarray
) -> None:
    """The gradient of `x => script` in tf.js is that of `function` here.

    Both are weighted by their squares, so that the gradient is not the same everywhere.
    """
    theirs = node.evaluate(f"return tf.grad(x => tf.square({script}))(args.x)", x=x)
    raw = tensorflow.constant(x)
    with tensorflow.GradientTape() as tape:
        tape.watch(raw)
        result = tensorflow.square(function(tf.tensor(raw)).tensor)
    ours = tensorflow.convert_to_tensor(tape.gradient(result, raw)).numpy()
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6, err_msg=script)
