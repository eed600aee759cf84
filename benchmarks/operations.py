"""Thirty common operations in tf.js's names, in TensorFlow's, and in NumPy."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

import tfjsbridge as tf
from tfjsbridge.runtime import tensorflow


@dataclass(frozen=True)
class Operation:
    """The same operation in three programs, each an expression in the names of `inputs`.

    Attributes:
      ours: in tf.js's names, which is the same text in Python and in JavaScript.
      eager: what a user of TensorFlow writes.
      numpy: what a user of NumPy writes, with the functions of this module.
    """

    name: str
    ours: str
    eager: str
    numpy: str

    @property
    def inputs(self) -> list[str]:
        """The inputs that it takes, in order."""
        return list(dict.fromkeys(re.findall(r"\b[abmxkidc]\b", self.ours)))

    def function(self, expression: str) -> Callable[..., Any]:
        """One of the expressions as a function of the inputs."""
        scope = {"tf": tf, "tensorflow": tensorflow, "np": np, **NUMPY_FUNCTIONS}
        return cast(
            "Callable[..., Any]", eval(f"lambda {', '.join(self.inputs)}: {expression}", scope)
        )


def inputs(n: int) -> dict[str, np.ndarray]:
    """What the operations take, of about `n` values each; js/ops.cjs makes the same.

    Vectors a and b, a square matrix m, an image x with a filter k, indices i and conditions c.
    """
    side = math.isqrt(n)
    channels = max(1, side // 60)
    height = math.isqrt(n // channels)
    return {
        "a": _values(n),
        "b": _values(n),
        "m": _values(side * side).reshape(side, side),
        "x": _values(height * height * channels).reshape(1, height, height, channels),
        "k": _values(9 * channels**2).reshape(3, 3, channels, channels),
        "i": np.arange(n, dtype=np.int32) * 7 % n,
        "d": np.arange(n // 10, dtype=np.int32) % 10,
        "c": np.arange(n) % 2 == 0,
    }


def _values(n: int) -> np.ndarray:
    """Positive and not all the same."""
    return ((np.arange(n) % 97 + 50) / 97).astype(np.float32)


def sigmoid(a: Any) -> Any:
    """1 / (1 + exp(-a))."""
    return 1 / (1 + np.exp(-a))


def softmax(m: Any) -> Any:
    """Over the last axis."""
    e = np.exp(m - m.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


def conv2d(x: Any, k: Any) -> Any:
    """A convolution without padding."""
    patches = np.lib.stride_tricks.sliding_window_view(x, k.shape[:2], (1, 2))
    return np.tensordot(patches, k, ((4, 5, 3), (0, 1, 2)))


def max_pool(x: Any) -> Any:
    """The maxima of windows of 2 by 2."""
    _, height, width, channels = x.shape
    even = x[:, : height // 2 * 2, : width // 2 * 2]
    return even.reshape(1, height // 2, 2, width // 2, 2, channels).max((2, 4))


NUMPY_FUNCTIONS = {f.__name__: f for f in (sigmoid, softmax, conv2d, max_pool)}

OPERATIONS = [
    Operation(*texts)
    for texts in [
        ("add", "tf.add(a, b)", "tensorflow.add(a, b)", "np.add(a, b)"),
        ("sub", "tf.sub(a, b)", "tensorflow.subtract(a, b)", "np.subtract(a, b)"),
        ("mul", "tf.mul(a, b)", "tensorflow.multiply(a, b)", "np.multiply(a, b)"),
        ("div", "tf.div(a, b)", "tensorflow.divide(a, b)", "np.divide(a, b)"),
        ("pow", "tf.pow(a, b)", "tensorflow.pow(a, b)", "np.power(a, b)"),
        ("maximum", "tf.maximum(a, b)", "tensorflow.maximum(a, b)", "np.maximum(a, b)"),
        ("greater", "tf.greater(a, b)", "tensorflow.greater(a, b)", "np.greater(a, b)"),
        ("where", "tf.where(c, a, b)", "tensorflow.where(c, a, b)", "np.where(c, a, b)"),
        ("exp", "tf.exp(a)", "tensorflow.exp(a)", "np.exp(a)"),
        ("log", "tf.log(a)", "tensorflow.math.log(a)", "np.log(a)"),
        ("sqrt", "tf.sqrt(a)", "tensorflow.sqrt(a)", "np.sqrt(a)"),
        ("tanh", "tf.tanh(a)", "tensorflow.tanh(a)", "np.tanh(a)"),
        ("sigmoid", "tf.sigmoid(a)", "tensorflow.sigmoid(a)", "sigmoid(a)"),
        ("relu", "tf.relu(a)", "tensorflow.nn.relu(a)", "np.maximum(a, 0)"),
        ("cast", "tf.cast(a, 'int32')", "tensorflow.cast(a, 'int32')", "a.astype('int32')"),
        ("sum", "tf.sum(a)", "tensorflow.reduce_sum(a)", "np.sum(a)"),
        ("mean", "tf.mean(a)", "tensorflow.reduce_mean(a)", "np.mean(a)"),
        ("max", "tf.max(a)", "tensorflow.reduce_max(a)", "np.max(a)"),
        ("norm", "tf.norm(a)", "tensorflow.norm(a)", "np.linalg.norm(a)"),
        ("argMax", "tf.argMax(m)", "tensorflow.argmax(m)", "np.argmax(m, 0)"),
        ("softmax", "tf.softmax(m)", "tensorflow.nn.softmax(m)", "softmax(m)"),
        ("matMul", "tf.matMul(m, m)", "tensorflow.matmul(m, m)", "np.matmul(m, m)"),
        ("transpose", "tf.transpose(m)", "tensorflow.transpose(m)", "np.ascontiguousarray(m.T)"),
        ("reshape", "tf.reshape(a, [2, -1])", "tensorflow.reshape(a, [2, -1])", "a.reshape(2, -1)"),
        ("slice", "tf.slice(a, [1], [8])", "tensorflow.slice(a, [1], [8])", "a[1:9].copy()"),
        ("concat", "tf.concat([a, b])", "tensorflow.concat([a, b], 0)", "np.concatenate([a, b])"),
        ("gather", "tf.gather(a, i)", "tensorflow.gather(a, i)", "np.take(a, i)"),
        (
            "oneHot",
            "tf.oneHot(d, 10)",
            "tensorflow.one_hot(d, 10, dtype='int32')",
            "np.eye(10, dtype='int32')[d]",
        ),
        (
            "conv2d",
            "tf.conv2d(x, k, 1, 'valid')",
            "tensorflow.nn.conv2d(x, k, 1, 'VALID')",
            "conv2d(x, k)",
        ),
        (
            "maxPool",
            "tf.maxPool(x, 2, 2, 'valid')",
            "tensorflow.nn.max_pool2d(x, 2, 2, 'VALID')",
            "max_pool(x)",
        ),
    ]
]
