"""The same gradients in tf.js and here, or an error in both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

from tests.ops.parity import here
from tfjsbridge.verify import NodeSession, TfjsError

GRADIENTS = """
    const {name, tensors, others, dy} = args;
    const rest = others.map(v => v === '$undefined' ? undefined : v);
    const owner = name.split('.').slice(0, -1).reduce((object, part) => object[part], tf);
    const f = owner[name.split('.').at(-1)];
    return tf.grads((...xs) => f(...xs, ...rest))(tensors, dy);
"""


def values(shape: Any, dtype: str = "float32", seed: int = 0) -> np.ndarray:
    """Random values: normal ones, small integers, or booleans."""
    random = np.random.default_rng([seed, *shape])
    if dtype == "bool":
        return random.random(shape) < 0.5
    if dtype == "int32":
        return random.integers(-5, 6, shape).astype(np.int32)
    return np.asarray(random.normal(size=shape), np.float32)


def gradients_here(name: str, tensors: list[np.ndarray], others: list[Any]) -> tuple[Any, Any]:
    """The result's shape, and the gradients of its sum, weighted by `values` of that shape."""
    inputs = [tensorflow.constant(array) for array in tensors]
    with tensorflow.GradientTape() as tape:
        tape.watch(inputs)
        y = here(name, *inputs, *others)
    dy = values(y.shape, seed=9)
    return dy, tape.gradient(y.tensor, inputs, output_gradients=tensorflow.constant(dy))


def assert_same_gradients(
    node: NodeSession, name: str, tensors: list[np.ndarray], *others: Any
) -> None:
    """The gradients of `tf.name(...tensors, ...others)` with respect to the tensors."""
    dy, ours = gradients_here(name, tensors, list(others))
    theirs = node.evaluate(GRADIENTS, name=name, tensors=tensors, others=list(others), dy=dy)
    for i, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        np.testing.assert_allclose(mine, other, rtol=1e-4, atol=1e-5, err_msg=f"{name}, {i}")


def assert_both_refuse_gradients(
    node: NodeSession, name: str, tensors: list[np.ndarray], *others: Any
) -> str:
    """There is a result but no gradient, in tf.js and here; our message."""
    y = here(name, *tensors, *others)
    with pytest.raises(TfjsError):
        node.evaluate(
            GRADIENTS, name=name, tensors=tensors, others=list(others), dy=values(y.shape)
        )
    with pytest.raises(ValueError, match="gradient") as caught:
        gradients_here(name, tensors, list(others))
    return str(caught.value)
