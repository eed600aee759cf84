"""Products, norms and transposes, against tf.js."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import (
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession

Shape = list[int]
TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}


def values(shape: Shape, seed: int = 0) -> np.ndarray:
    return np.asarray(np.random.default_rng(seed).normal(size=shape), np.float32)


def whole(shape: Shape, dtype: str, seed: int = 0) -> np.ndarray:
    return np.asarray(values(shape, seed) * 3, dtype)


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
    assert size == 6, FAULTS["matMul of two broadcast batches"]


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


def test_products_of_complex_numbers_and_strings_are_refused(node: NodeSession) -> None:
    for name in ("matMul", "dot"):
        assert_both_refuse(node, name, np.ones([1, 1], np.complex64), np.ones([1, 1], np.float32))
        assert_both_refuse(node, name, np.array([["a"]]), np.array([["a"]]))


def test_the_method_matmul(node: NodeSession) -> None:
    assert_same_call(node, "matMul", values([3, 2]), values([3, 4]), True, method=True, **TOLERANCE)


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_dot(node: NodeSession, dtype: str) -> None:
    shapes = [([3], [3]), ([3], [3, 2]), ([2, 3], [3]), ([2, 3], [3, 4])]
    shapes += [([0], [0]), ([0], [0, 2]), ([2, 0], [0]), ([2], [2, 0])]
    for first, second in shapes:
        a, b = whole(first, dtype), whole(second, dtype, 1)
        assert_same_call(node, "dot", a, b, **TOLERANCE)
        assert_same_call(node, "dot", a, values(second, 1), method=True, **TOLERANCE)
    assert_same_call(node, "dot", [1, 2], [[1, 2], [3, 4]])


def test_dot_refuses_other_ranks_and_sizes(node: NodeSession) -> None:
    for first, second in [([], [1]), ([2, 3], [2]), ([2, 3, 1], [2]), ([2], [3]), ([3], [2, 3])]:
        message = assert_both_refuse(node, "dot", values(first), values(second))
        assert "dot" in message


def test_outer_products(node: NodeSession) -> None:
    for dtype in ("float32", "int32", "bool"):
        a, b = whole([3], dtype), whole([4], dtype, 1)
        assert_same_call(node, "outerProduct", a, b, **TOLERANCE)
        assert_same_call(node, "outerProduct", a, values([4]), **TOLERANCE)
    assert_same_call(node, "outerProduct", [1, 2], [3, 4, 5])
    assert_same_call(node, "outerProduct", np.zeros([0], np.float32), [3, 4])
    for first, second in [([2, 1], [3]), ([], [3])]:
        message = assert_both_refuse(node, "outerProduct", values(first), values(second))
        assert "rank 1" in message


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_transpose_of_all_ranks(node: NodeSession, dtype: str) -> None:
    for rank in range(7):
        x = whole([2, 3, 1, 4, 2, 3][:rank], dtype)
        assert_same_call(node, "transpose", x)
        for seed in range(3):
            perm = np.random.default_rng(seed).permutation(rank).tolist()
            assert_same_call(node, "transpose", x, perm)
            assert_same_call(node, "transpose", x, perm, method=True)
    assert_same_call(node, "transpose", np.zeros([0, 3], dtype))
    assert_same_call(node, "transpose", [[1, 2, 3]])


def test_transpose_of_complex_numbers(node: NodeSession) -> None:
    for shape in ([], [2], [2, 3], [2, 1, 3]):
        x = np.asarray(values(shape) + 1j * values(shape, 1), np.complex64)
        for conjugate in (False, True):
            assert_same_call(node, "transpose", x, list(range(len(shape)))[::-1], conjugate)


def test_transpose_refuses_what_is_no_order_of_axes(node: NodeSession) -> None:
    for perm in ([-1, 0], [0], [0, 2], [0, 1, 2]):
        message = assert_both_refuse(node, "transpose", values([2, 3]), perm)
        assert "perm" in message
    assert_both_refuse(node, "transpose", values([3]), [1])
    assert_both_refuse(node, "transpose", np.array([["a"]]))
    with pytest.raises(ValueError, match="twice"):
        tf.transpose(values([2, 3]), [0, 0])
    theirs = in_tfjs(node, "transpose", values([2, 3]), [0, 0])
    assert theirs["shape"] == [2, 2], FAULTS["transpose by an axis twice"]


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_norms(node: NodeSession, dtype: str) -> None:
    orders = ["euclidean", "fro", 1, 2, np.inf, -np.inf, 3, "other", None]
    cases: list[tuple[Shape, list[Any]]] = [
        ([], [None, 0, []]),
        ([3], [None, 0, -1, [0], [], 1]),
        ([2, 3], [None, 0, -1, [1], [0, 1], [1, 0], [-2, -1], [], 2]),
        ([2, 3, 4], [None, 1, [0, 1], [0, 2], [1, 2], [-2, -1], [0, 1, 2], -4]),
    ]
    for shape, axes in cases:
        x = whole(shape, dtype)
        for order, axis, keep in itertools.product(orders, axes, (False, True)):
            assert_same_outcome(node, "norm", x, order, axis, keep)


def test_norms_of_special_values(node: NodeSession) -> None:
    assert_same_call(node, "norm", [3, 4])
    for x in ([np.nan, 1], [1e30, 1e30], [np.inf, 1], [-np.inf, 1]):
        for order in ("euclidean", 1, np.inf, -np.inf):
            assert_same_call(node, "norm", np.float32(x), order, **TOLERANCE)
    for shape in ([0], [2, 0], [0, 2]):
        for order in ("euclidean", 1, np.inf):
            assert_same_call(node, "norm", np.zeros(shape, np.float32), order)
            assert_same_call(node, "norm", np.zeros(shape, np.float32), order, 0)
    x = np.array([[3 + 4j, 1]], np.complex64)
    for order, axis in (("euclidean", None), (1, 1), (np.inf, 0), (1, [0, 1]), ("fro", [0, 1])):
        assert_same_outcome(node, "norm", x, order, axis)
    assert_same_call(node, "norm", values([2, 3]), 1, 1, True, method=True, **TOLERANCE)


def test_euclidean_norms(node: NodeSession) -> None:
    x = values([2, 3, 4])
    for axis in (None, 1, -1, [0, 1], [-1, -2]):
        for keep in (False, True):
            assert_same_call(node, "euclideanNorm", x, axis, keep, **TOLERANCE)
    assert_same_call(node, "euclideanNorm", x, 1, True, method=True, **TOLERANCE)
    assert_both_refuse(node, "euclideanNorm", np.ones([2], np.int32))
    assert_both_refuse(node, "euclideanNorm", x, [0, 1, 2])


EQUATIONS = {
    "ij,jk->ik": ([2, 3], [3, 4]),
    " i j , jk -> ki": ([2, 3], [3, 4]),
    "12,23->13": ([2, 3], [3, 4]),
    "aB,Bc->ca": ([2, 3], [3, 4]),
    "i,i->": ([3], [3]),
    "i,j->ij": ([2], [3]),
    "bi,bi->b": ([2, 3], [2, 3]),
    "abc,abd->cd": ([2, 3, 4], [2, 3, 5]),
    "abcd,cde->abe": ([2, 3, 2, 5], [2, 5, 3]),
    "abc,bca->a": ([2, 3, 4], [3, 4, 2]),
    ",->": ([], []),
    ",i->i": ([], [2]),
    "ij->ij": ([2, 3],),
    "ij->ji": ([2, 3],),
    "abc->cab": ([2, 3, 4],),
    "ij->": ([2, 3],),
    "abc->b": ([2, 3, 4],),
    "->": ([],),
    "ij,ij->i": ([2, 0], [2, 0]),
}


@pytest.mark.parametrize("equation", EQUATIONS)
@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_einsum(node: NodeSession, equation: str, dtype: str) -> None:
    tensors = [whole(shape, dtype, i) for i, shape in enumerate(EQUATIONS[equation])]
    assert_same_call(node, "einsum", equation, *tensors, **TOLERANCE)
    if len(tensors) == 2:
        other = values(EQUATIONS[equation][1])
        assert_same_call(node, "einsum", equation, tensors[0], other, **TOLERANCE)


def test_einsum_of_complex_numbers_and_lists(node: NodeSession) -> None:
    x = np.array([1 + 2j, 3], np.complex64)
    assert_same_call(node, "einsum", "i,i->i", x, x)
    assert_same_call(node, "einsum", "i->i", x)
    assert_both_refuse(node, "einsum", "i,i->", x, x)
    assert_same_call(node, "einsum", "i,i->", [1, 2], [3, 4])


def test_equations_that_are_refused(node: NodeSession) -> None:
    x = values([2, 2])
    for equation, *tensors in [
        ("ii->i", x),
        ("ij,jk", x, x),
        ("ij->jk", x),
        ("ij,jk,kl->il", x, x, x),
        ("ij,jk->ik", x),
        ("...i->i", x),
        ("i->i->i", x),
        ("ij,jk->ik", x, values([3, 2])),
        ("ij->i", values([2])),
        ("i->i", np.array(["a"])),
    ]:
        message = assert_both_refuse(node, "einsum", equation, *tensors)
        assert "einsum" in message


def test_equations_that_tfjs_computes_wrongly(node: NodeSession) -> None:
    a, b = values([2, 3]), values([3, 4], 1)
    for equation in ("ab,bc->", "ab,bc->b", "ab,bc->c"):
        np.testing.assert_allclose(
            tf.einsum(equation, a, b).numpy(), np.einsum(equation, a, b), **TOLERANCE
        )
        theirs = in_tfjs(node, "einsum", equation, a, b)
        assert theirs["shape"] != list(np.einsum(equation, a, b).shape), FAULTS["einsum"]
    for equation, x in (("i->i", a), ("i->", a), ("i->ii", a[0])):
        with pytest.raises(ValueError, match="einsum"):
            tf.einsum(equation, x)
        in_tfjs(node, "einsum", equation, x)


def test_dtypes_of_einsum_that_tfjs_stores_wrongly(node: NodeSession) -> None:
    x, whole = np.float32([0.5, -1.5]), np.int32([3, 1])
    for equation, b in (("i,i->", whole), ("i,j->ij", whole > 1)):
        theirs = in_tfjs(node, "einsum", equation, x, b)
        assert theirs["dtype"] != "float32", FAULTS["einsum"]
        ours = tf.einsum(equation, x, b)
        assert ours.dtype == "float32"
        np.testing.assert_array_equal(ours.numpy(), np.einsum(equation, x, b.astype("float32")))


GRADIENTS = {
    "x.matMul(args.b)": lambda x: tf.matMul(x, B),
    "x.matMul(args.b.transpose(), false, true)": lambda x: tf.matMul(x, B.T, False, True),
    "x.transpose().matMul(args.b, true)": lambda x: tf.matMul(tf.transpose(x), B, True),
    "tf.matMul(args.b.transpose(), x.transpose())": lambda x: tf.matMul(B.T, tf.transpose(x)),
    "x.dot(args.b)": lambda x: tf.dot(x, B),
    "x.flatten().dot(x.flatten())": lambda x: tf.dot(x.flatten(), x.flatten()),
    "tf.outerProduct(x.flatten(), args.b.flatten())": lambda x: tf.outerProduct(
        x.flatten(), B.ravel()
    ),
    "x.transpose()": lambda x: tf.transpose(x),
    "x.transpose([1, 0])": lambda x: x.transpose([1, 0]),
    "x.norm()": lambda x: tf.norm(x),
    "x.norm(1, 1)": lambda x: tf.norm(x, 1, 1),
    "x.norm(Infinity)": lambda x: tf.norm(x, np.inf),
    "x.norm(-Infinity, 0)": lambda x: tf.norm(x, -np.inf, 0),
    "x.norm(1, [0, 1])": lambda x: tf.norm(x, 1, [0, 1]),
    "x.norm(Infinity, [0, 1])": lambda x: tf.norm(x, np.inf, [0, 1]),
    "x.norm('fro', [0, 1], true)": lambda x: tf.norm(x, "fro", [0, 1], True),
    "x.euclideanNorm(1)": lambda x: tf.euclideanNorm(x, 1),
}
B = values([3, 4], 1)


@pytest.mark.parametrize("x", [values([2, 3]), np.float32([[0, -3, 3], [0, 0, 0]])], ids=str)
@pytest.mark.parametrize("expression", GRADIENTS)
def test_gradients(node: NodeSession, expression: str, x: np.ndarray) -> None:
    theirs = node.evaluate(f"return tf.grad(x => {expression})(args.x)", x=x, b=B)
    source = tensorflow.constant(x)
    with tensorflow.GradientTape() as tape:
        tape.watch(source)
        y = GRADIENTS[expression](tf.tensor(source)).tensor
    np.testing.assert_allclose(tape.gradient(y, source), theirs, **TOLERANCE)


def test_the_gradient_of_a_scalars_norm_at_zero(node: NodeSession) -> None:
    theirs = node.evaluate("return tf.grad(x => x.norm())(tf.scalar(0))")
    source = tensorflow.constant(0.0)
    with tensorflow.GradientTape() as tape:
        tape.watch(source)
        y = tf.norm(tf.tensor(source)).tensor
    assert float(tape.gradient(y, source)) == float(theirs) == -1


def test_within_a_function_of_unknown_sizes() -> None:
    spec = tensorflow.TensorSpec([None, None], tensorflow.float32)

    @tensorflow.function(input_signature=[spec, spec])
    def computed(a: Any, b: Any) -> list[Any]:
        x, y = tf.tensor(a), tf.tensor(b)
        results = tf.matMul(x, y), tf.dot(x, y), tf.einsum("ij,jk->ik", x, y), tf.norm(x, 1, 0)
        return [result.tensor for result in [*results, tf.transpose(x)]]

    a, b = values([2, 3]), values([3, 4], 1)
    expected = [a @ b, a @ b, a @ b, np.abs(a).sum(0), a.T]
    for ours, right in zip(computed(a, b), expected, strict=True):
        np.testing.assert_allclose(ours, right, **TOLERANCE)
