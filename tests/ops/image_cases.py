"""What the tests of tf.image share: pictures, and gradients by way of the operation itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

NEAR = {"rtol": 1e-5, "atol": 1e-6}
EXAMPLES = {"derandomize": True, "deadline": None, "database": None}


def with_hard_values(*shape: int) -> np.ndarray:
    """A picture with a few NaN and infinite values."""
    random = np.random.default_rng([7, *shape])
    picture = random.normal(size=shape).astype(np.float32)
    flat = picture.reshape(-1)
    flat[random.permutation(flat.size)[:3]] = np.nan, np.inf, -np.inf
    return picture


def gradient(function: Callable[[Any], Any], x: np.ndarray, dy: np.ndarray) -> np.ndarray:
    """The gradient of the sum of `function(x) * dy`."""
    value = tensorflow.constant(x)
    with tensorflow.GradientTape() as tape:
        tape.watch(value)
        y = function(tf.tensor(value)).tensor
    return np.asarray(tape.gradient(y, value, tensorflow.constant(dy)))


def gradient_of_linear(
    function: Callable[[Any], Any], shape: list[int], dy: np.ndarray
) -> np.ndarray:
    """What that gradient must be if the function is linear: from its values alone."""
    ones = np.eye(int(np.prod(shape)), dtype=np.float32)
    results = [np.asarray(function(tf.tensor(one.reshape(shape))), np.float64) for one in ones]
    return np.array([np.sum(result * dy) for result in results]).reshape(shape)


def on_wasm(node: NodeSession, body: str, **arguments: Any) -> Any:
    """What the body of a JavaScript function gives on tf.js's wasm backend."""
    return node.evaluate("await tf.setBackend('wasm');" + body, **arguments)
