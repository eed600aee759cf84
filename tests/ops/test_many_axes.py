"""Six axes of which every other one differs, where TensorFlow's own kernels stop at five."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.gradient_parity import assert_same_gradients
from tests.ops.parity import assert_same, assert_same_call, in_tfjs
from tfjsbridge.verify import NodeSession

_numbers = np.random.default_rng(0)
WHOLE = _numbers.uniform(0.5, 3, [2, 3, 2, 1, 2, 3]).astype(np.float32)
PART = _numbers.uniform(0.5, 3, [2, 1, 2, 2, 2, 1]).astype(np.float32)

BINARY = ["add", "sub", "mul", "div", "divNoNan", "floorDiv", "mod", "pow", "maximum", "minimum"]
BINARY += ["squaredDifference", "atan2", "prelu"]
COMPARING = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"]


@pytest.mark.parametrize("name", [*BINARY, *COMPARING])
def test_broadcasting(node: NodeSession, name: str) -> None:
    for a, b in ((WHOLE, PART), (PART, WHOLE)):
        assert_same_call(node, name, a, b, rtol=1e-5)
        assert_same_call(node, name, a.astype(np.int32), b, rtol=1e-5)
        assert_same_call(node, name, a.astype(np.int32), b.astype(np.int32), rtol=1e-5)


@pytest.mark.parametrize("name", ["logicalAnd", "logicalOr", "logicalXor"])
def test_broadcasting_of_bool(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, WHOLE > 1.5, PART > 1.5)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div"])
def test_gradients_of_what_was_broadcast(node: NodeSession, name: str) -> None:
    assert_same_gradients(node, name, [WHOLE, PART])


@pytest.mark.parametrize("shape", [[2, 1, 2, 1, 2, 1], [1, 2, 1, 2], [2]])
def test_broadcast_to(node: NodeSession, shape: list[int]) -> None:
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    assert_same_call(node, "broadcastTo", x, [2] * 6)
    # tf.js: has no gradient for six axes. Each value goes to as many places.
    gradient = tf.grad(lambda t: tf.sum(tf.broadcastTo(t, [2] * 6)))(tf.tensor(x))
    np.testing.assert_array_equal(gradient.numpy(), np.full(shape, 2**6 / x.size))


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", ["add", "mod", "prelu", "less", "logicalAnd", "broadcastTo"])
def test_within_a_function(name: str, known: bool) -> None:
    function = getattr(tf, name)
    arrays = [WHOLE > 1, PART > 1] if name == "logicalAnd" else [WHOLE, PART]
    if name == "broadcastTo":
        arrays, function = [PART[:, :, :1]], lambda x: tf.broadcastTo(x, [2, 3, 2, 2, 2, 3])
    shapes = [x.shape if known else [None] * 6 for x in arrays]
    signature = [tensorflow.TensorSpec(s, x.dtype) for s, x in zip(shapes, arrays, strict=True)]

    @tensorflow.function(input_signature=signature)
    def traced(*raw: Any) -> Any:
        return function(*(tf.tensor(x) for x in raw)).tensor

    wanted = function(*arrays).numpy()
    np.testing.assert_allclose(traced(*map(tensorflow.constant, arrays)).numpy(), wanted, 1e-6)


@pytest.mark.parametrize("known", [True, False])
def test_gradients_within_a_function(known: bool) -> None:
    shapes = [x.shape if known else [None] * 6 for x in (WHOLE, PART)]

    @tensorflow.function(input_signature=[tensorflow.TensorSpec(s) for s in shapes])
    def traced(a: Any, b: Any) -> Any:
        return [g.tensor for g in tf.grads(lambda a, b: tf.mul(a, b))([tf.tensor(a), tf.tensor(b)])]

    wanted = tf.grads(lambda a, b: tf.mul(a, b))([tf.tensor(WHOLE), tf.tensor(PART)])
    found = traced(tensorflow.constant(WHOLE), tensorflow.constant(PART))
    for mine, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(mine.numpy(), other.numpy(), 1e-5)


REDUCING = ["sum", "mean", "prod", "max", "min", "logSumExp"]


@pytest.mark.parametrize("axis", [None, [1, 3, 5], [0, -2], 2, []])
@pytest.mark.parametrize("name", REDUCING)
def test_reductions(node: NodeSession, name: str, axis: list[int] | int | None) -> None:
    for keep in (False, True):
        assert_same_call(node, name, WHOLE, axis, keep, rtol=1e-5)
        assert_same_call(node, name, WHOLE.astype(np.int32), axis, keep, rtol=1e-5)
        assert_same_call(node, name, WHOLE[:, :0], axis, keep, rtol=1e-5)


@pytest.mark.parametrize("axis", [[1, 3, 5], [0, 2, 4]])
@pytest.mark.parametrize("name", REDUCING)
def test_gradients_of_reductions(node: NodeSession, name: str, axis: list[int]) -> None:
    assert_same_gradients(node, name, [WHOLE], axis)


def test_moments(node: NodeSession) -> None:
    for keep in (False, True):
        ours = tf.moments(WHOLE, [1, 3, 5], keep)
        assert_same(ours, in_tfjs(node, "moments", WHOLE, [1, 3, 5], keep), rtol=1e-5)


def test_other_axes_are_still_refused() -> None:
    with pytest.raises(ValueError, match="Operands could not be broadcast together with shapes"):
        tf.add(WHOLE, PART[:, :, :1, :, :, [0, 0]])
