"""matMul, against tf.js."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same, assert_same_call, in_tfjs
from tfjsbridge.verify import NodeSession

Shape = list[int]


def values(shape: Shape, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


@pytest.mark.parametrize(("transpose_a", "transpose_b"), [(0, 0), (0, 1), (1, 0), (1, 1)])
@pytest.mark.parametrize("batch", [[], [3], [2, 3], [0]])
def test_products_of_matrices_and_of_batches_of_them(
    node: NodeSession, transpose_a: bool, transpose_b: bool, batch: Shape
) -> None:
    a = values([*batch, *([3, 2] if transpose_a else [2, 3])])
    b = values([*batch, *([4, 3] if transpose_b else [3, 4])], 1)
    flags = bool(transpose_a), bool(transpose_b)
    theirs = in_tfjs(node, "matMul", a, b, *flags)
    ours = tf.matMul(a, b, *flags)
    assert ours.shape == theirs["shape"]
    np.testing.assert_allclose(ours.numpy(), theirs["values"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("a", "b"),
    [([2, 2, 3], [3, 4]), ([2, 3], [5, 3, 4]), ([1, 2, 3], [5, 3, 4])],
)
def test_batches_are_broadcast(node: NodeSession, a: Shape, b: Shape) -> None:
    theirs = in_tfjs(node, "matMul", values(a), values(b, 1))
    ours = tf.matMul(values(a), values(b, 1))
    assert ours.shape == theirs["shape"]
    np.testing.assert_allclose(ours.numpy(), theirs["values"], rtol=1e-5, atol=1e-6)


def test_batches_broadcast_in_both_directions_are_right_here_and_broken_in_tfjs(
    node: NodeSession,
) -> None:
    a, b = values([2, 1, 2, 3]), values([3, 3, 1], 1)
    np.testing.assert_allclose(tf.matMul(a, b).numpy(), a @ b, rtol=1e-5)
    # Its cpu kernel computes as many matrices as the larger batch has, not as their product.
    shape, size = node.evaluate(
        "const t = tf.matMul(args.a, args.b); return [t.shape, t.dataSync().length]", a=a, b=b
    )
    assert shape == [2, 3, 2, 1]
    assert size == 6


@pytest.mark.parametrize(("a", "b"), [([0, 3], [3, 2]), ([2, 0], [0, 2]), ([2, 3], [3, 0])])
def test_empty_matrices(node: NodeSession, a: Shape, b: Shape) -> None:
    assert_same_call(node, "matMul", values(a), values(b))


@pytest.mark.parametrize("first", ["float32", "int32", "bool"])
@pytest.mark.parametrize("second", ["float32", "int32", "bool"])
def test_dtypes_are_promoted(node: NodeSession, first: str, second: str) -> None:
    a = np.array([[1, 0], [1, 1]]).astype(first)
    b = np.array([[1, 1], [0, 1]]).astype(second)
    assert_same_call(node, "matMul", a, b)


def test_lists_are_float32(node: NodeSession) -> None:
    assert_same_call(node, "matMul", [[1, 2]], [[3], [4]])


@pytest.mark.parametrize("shapes", [([3], [3]), ([2, 3], [3]), ([3], [3, 2]), ([], [2, 2])])
def test_a_vector_is_refused_and_told_what_to_do(
    node: NodeSession, shapes: tuple[Shape, Shape]
) -> None:
    a, b = shapes
    message = assert_both_refuse(node, "matMul", values(a), values(b))
    assert "at least rank 2" in message
    assert "[1, n]" in message


@pytest.mark.parametrize(
    ("a", "b", "flags"),
    [
        ([2, 3], [2, 3], ()),
        ([2, 3], [3, 2], (True,)),
        ([2, 3], [3, 2], (False, True)),
        ([5, 2, 3], [5, 4, 3], ()),
    ],
)
def test_inner_sizes_that_differ_are_named(
    node: NodeSession, a: Shape, b: Shape, flags: tuple[bool, ...]
) -> None:
    message = assert_both_refuse(node, "matMul", values(a), values(b), *flags)
    assert str(a) in message
    assert str(b) in message


def test_batches_that_do_not_broadcast_are_named(node: NodeSession) -> None:
    message = assert_both_refuse(node, "matMul", values([2, 2, 3]), values([3, 3, 4]))
    assert "[2, 2, 3]" in message
    assert "[3, 3, 4]" in message


def test_the_operator(node: NodeSession) -> None:
    a, b = values([2, 3]), values([3, 4], 1)
    product = in_tfjs(node, "matMul", a, b)
    assert_same(tf.tensor(a) @ tf.tensor(b), product, rtol=1e-5)
    assert_same(tf.tensor(a) @ b, product, rtol=1e-5)
    assert_same(a @ tf.tensor(b), product, rtol=1e-5)
