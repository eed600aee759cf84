"""Gradients of gradients, where TensorFlow's own would be missing."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession

X = np.array([-2, 0, 3, -0.5], np.float32)


@pytest.mark.parametrize("call", ["tf.abs(x)", "tf.norm(x, 1)"])
def test_abs(node: NodeSession, call: str) -> None:
    f = {"tf.abs(x)": tf.abs, "tf.norm(x, 1)": lambda x: tf.norm(x, 1)}[call]
    first = tf.grad(lambda x: tf.sum(f(x)))
    second = tf.grad(lambda x: tf.sum(tf.square(first(x))))
    theirs = node.evaluate(
        f"const first = tf.grad(x => tf.sum({call}));"
        "return [first(args.x), tf.grad(x => tf.sum(tf.square(first(x))))(args.x)]",
        x=X,
    )
    np.testing.assert_array_equal(first(tf.tensor(X)).numpy(), theirs[0])
    np.testing.assert_array_equal(second(tf.tensor(X)).numpy(), theirs[1])


def test_abs_while_gradients_are_recorded() -> None:
    x = np.array([np.nan, np.inf, -np.inf, -0.0, 1e-45], np.float32)
    seen = []
    tf.grad(lambda t: seen.append(tf.abs(t).numpy()) or tf.sum(t))(tf.tensor(x))
    np.testing.assert_array_equal(seen[0][:4], [np.nan, np.inf, np.inf, 0])
    assert not np.signbit(seen[0][3])


def test_acosh_below_one(node: NodeSession) -> None:
    assert "gradient of acosh below 1" in FAULTS
    theirs = node.evaluate(
        "return [tf.acosh(args.x), tf.grad(x => tf.sum(tf.acosh(x)))(args.x)]", x=X[:1]
    )
    assert np.isnan(theirs[0])
    assert np.isfinite(theirs[1])
    assert np.isnan(tf.grad(lambda x: tf.sum(tf.acosh(x)))(tf.tensor(X[:1])).numpy())


def test_mod(node: NodeSession) -> None:
    # TensorFlow has no gradient of the quotient, which the first one is; in tf.js it is 0.
    x, y = np.float32([[0.3, -0.6, 0.9]]), np.float32([[0.7], [-0.25]])
    body = """
        const first = (x, y) => tf.grads(tf.mod)([x, y])[1];
        return tf.grads((x, y) => tf.sum(tf.mul(y, tf.square(first(x, y)))))([args.x, args.y]);
    """
    theirs = node.evaluate(body, x=x, y=y)

    def f(x: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        return tf.sum(tf.mul(y, tf.square(tf.grads(tf.mod)([x, y])[1])))

    for mine, other in zip(tf.grads(f)([tf.tensor(x), tf.tensor(y)]), theirs, strict=True):
        np.testing.assert_allclose(mine.numpy(), other, 1e-6)
