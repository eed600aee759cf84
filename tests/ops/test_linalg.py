"""tf.linalg, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.elementwise_cases import INFINITY, NAN, STRINGS, within_a_function
from tests.ops.gradient_parity import assert_same_gradients, values
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.ops.shape_cases import DTYPES
from tfjsbridge.verify import NodeSession, TfjsError

BAND, GRAM, QR = "linalg.bandPart", "linalg.gramSchmidt", "linalg.qr"
CLOSE = {"rtol": 1e-5, "atol": 1e-5}


# bandPart.


@pytest.mark.parametrize("dtype", DTYPES)
def test_band_part(node: NodeSession, dtype: str) -> None:
    for shape in (
        [3, 4],
        [4, 2],
        [1, 1],
        [2, 3, 3],
        [2, 1, 3, 4],
        [1, 2, 1, 2, 3],
        [1] * 4 + [3, 2],
    ):
        x = values(shape, dtype)
        rows, columns = shape[-2:]
        for lower in (-(2**40), -1, 0, 1, rows):
            for upper in (-2, -1, 0, 1, columns):
                assert_same_call(node, BAND, x, lower, upper)
                assert_same_call(
                    node, BAND, x, np.array(max(lower, -3), np.int32), np.array(upper, np.int32)
                )


def test_how_many_diagonals_as_tensors(node: NodeSession) -> None:
    x = values([3, 4])
    assert_same_call(node, BAND, x, np.array(1, np.int32), np.array(100, np.int32))
    assert_same_call(node, BAND, x, np.array(-1, np.int32), 1)
    for shape in ([1], [1, 1], [4], [3, 1], [3, 4], [2], [3], [1, 3, 4], [2, 3, 4], [1, 1, 1]):
        number = values(shape, "int32")
        assert_same_outcome(node, BAND, x, number, 1)
        assert_same_outcome(node, BAND, x, 1, number)


def test_band_part_of_hard_values_and_lists(node: NodeSession) -> None:
    x = np.array([[NAN, 1, INFINITY], [-INFINITY, NAN, -0.0], [NAN, INFINITY, 3]], np.float32)
    assert_same_call(node, BAND, x, 1, 0)
    assert_same_call(node, BAND, [[1, 2], [3, 4]], 0, 0)
    assert_same_call(node, BAND, [[True, True], [True, True]], 0, -1)
    assert_same_call(node, BAND, x, 1.0, -1.0)


def test_band_part_refuses(node: NodeSession) -> None:
    x = values([2, 3])
    for arguments, said in (
        ((values([]), 0, 0), "Rank must be at least 2, got 0"),
        ((values([3]), 0, 0), "Rank must be at least 2, got 1"),
        ((x, 0.5, 0), "numLower must be an integer"),
        ((x, 0, 0.5), "numUpper must be an integer"),
        ((x, NAN, 0), "numLower must be an integer"),
        ((x, 0, INFINITY), "numUpper must be an integer"),
        ((x, 3, 0), "numLower (3) must not be greater than the number of rows (2)"),
        ((x, 0, 4), "numUpper (4) must not be greater than the number of columns (3)"),
        ((x, values([]), 0), "numLower's dtype must be an int32"),
        ((x, 0, values([])), "numUpper's dtype must be an int32"),
        ((x, np.array(True), 0), "int32"),
        ((x, True, 0), "int32"),
        ((x, [1], 0), "int32"),
        ((x, "a", 0), "numLower"),
        ((x, None, 0), "numLower"),
        ((x, 0, DEFAULT), "numUpper"),
        ((STRINGS, 0, 0), "'a'"),
        ((np.ones([2, 2], np.complex64), 0, 0), "complex64"),
        ((values([0, 2]), 0, 0), "[0, 2]"),
        ((values([2, 0]), 0, 0), "[2, 0]"),
        ((values([0, 2, 2]), 0, 0), "[0, 2, 2]"),
    ):
        assert said in assert_both_refuse(node, BAND, *arguments)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_any_band_part(node: NodeSession, data: Any) -> None:
    shape = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    number = st.integers(-5, 5) | st.integers(-5, 5).map(lambda n: np.array(n, np.int32))
    x = values(shape, data.draw(st.sampled_from(DTYPES)))
    assert_same_outcome(node, BAND, x, data.draw(number), data.draw(number))


def test_gradients_of_band_part(node: NodeSession) -> None:
    assert_same_gradients(node, BAND, [values([2, 3, 3])], -1, 1)
    assert_same_gradients(node, BAND, [values([2, 2, 3, 4])], 1, 0)
    x = values([3, 4])
    with pytest.raises(TfjsError, match="stack"):  # tf.js has none of a single matrix
        node.evaluate("return tf.grad(x => tf.linalg.bandPart(x, 1, 0))(args.x)", x=x)
    ours = tf.grad(lambda x: tf.linalg.bandPart(x, 1, 0).square())(x).numpy()
    np.testing.assert_allclose(ours, 2 * tf.linalg.bandPart(x, 1, 0).numpy(), 1e-6)


def test_band_part_within_a_function_of_unknown_sizes(node: NodeSession) -> None:
    x = values([2, 3, 4])
    theirs = in_tfjs(node, BAND, x, 1, -1)["values"]
    np.testing.assert_array_equal(
        within_a_function(lambda x: tf.linalg.bandPart(x, 1, -1), x), theirs
    )


# gramSchmidt.


def test_gram_schmidt(node: NodeSession) -> None:
    for shape in ([1, 1], [2, 2], [2, 5], [4, 4], [1, 3]):
        x = values(shape)
        assert_same_call(node, GRAM, x, **CLOSE)
        ours = assert_same_call(node, GRAM, list(x), **CLOSE)
        assert isinstance(ours, list)
        np.testing.assert_allclose(tf.linalg.gramSchmidt(tf.tensor(x)).numpy(), np.stack(ours))


def test_gram_schmidt_of_hard_values(node: NodeSession) -> None:
    for x in (
        [[0, 0], [1, 2]],
        [[1, 2], [0, 0]],
        [[1, NAN], [1, 2]],
        [[1, INFINITY], [1, 2]],
        [[3, 4, 0], [3, 4, 1]],
    ):
        assert_same_call(node, GRAM, np.float32(x), **CLOSE)


def test_gram_schmidt_of_matrices(node: NodeSession) -> None:
    assert_same_outcome(node, GRAM, values([2, 2, 3]))
    assert_same_outcome(node, GRAM, values([2, 3, 1, 2]))
    assert_same_outcome(node, GRAM, [values([2, 3]), values([2, 3], seed=1)])
    assert_same_outcome(node, GRAM, [values([2, 3]), values([2, 1], seed=1)])
    assert_same_outcome(node, GRAM, [values([2, 3]), values([2], seed=1)])
    assert_same_outcome(node, GRAM, [values([2]), values([2, 2], seed=1)])


def test_gram_schmidt_refuses(node: NodeSession) -> None:
    for xs, said in (
        ([], "must not be null, undefined, or empty"),
        ([values([2]), values([3])], "Non-unique lengths"),
        ([values([1]), values([1])], "Number of vectors (2) exceeds"),
        (values([3, 2]), "Number of vectors (3) exceeds number of dimensions (2)"),
        (values([3]), "[3]"),
        (values([]), "[]"),
        (values([0, 2]), "[0, 2]"),
        (values([2, 0]), "exceeds"),
        ([values([])], "exceeds"),
        ([[1, 2], [3, 4]], "Tensors"),
        ([1, 2], "Tensors"),
        (1, "xs"),
        ("a", "xs"),
        (STRINGS, "xs"),
        ([STRINGS[0]], "xs[0]"),
        (np.ones([2, 2], np.complex64), "complex64"),
    ):
        assert said in assert_both_refuse(node, GRAM, xs)


@pytest.mark.parametrize("dtype", ["int32", "bool"])
def test_gram_schmidt_of_other_dtypes(node: NodeSession, dtype: str) -> None:
    for shape in ([1, 2], [2, 2], [2, 3]):
        assert_same_outcome(node, GRAM, values(shape, dtype))
        assert_same_outcome(node, GRAM, list(values(shape, dtype)))
    assert_same_outcome(node, GRAM, [values([2]), values([2], dtype)])
    assert_same_outcome(node, GRAM, [values([2], dtype), values([2])])


def test_gradients_of_gram_schmidt(node: NodeSession) -> None:
    assert_same_gradients(node, GRAM, [values([2, 3])])
    x = values([3, 3])
    theirs = node.evaluate(
        "return tf.grads((...xs) => tf.linalg.gramSchmidt(xs)[2].square())(args.xs)", xs=list(x)
    )
    ours = tf.grads(lambda *xs: tf.linalg.gramSchmidt(list(xs))[2].square())(list(x))
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.numpy(), other, 1e-4, 1e-5)


def test_gram_schmidt_within_a_function(node: NodeSession) -> None:
    x = values([2, 3])

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([2, None])])
    def traced(raw: Any) -> Any:
        return tf.linalg.gramSchmidt(tf.tensor(raw)).tensor

    np.testing.assert_allclose(
        traced(tensorflow.constant(x)), in_tfjs(node, GRAM, x)["values"], **CLOSE
    )
    with pytest.raises(ValueError, match="size"):
        within_a_function(lambda x: tf.linalg.gramSchmidt(x), x)


# qr.


@pytest.mark.parametrize("full", [DEFAULT, False, True])
def test_qr(node: NodeSession, full: Any) -> None:
    for shape in ([1, 1], [3, 3], [4, 2], [2, 4], [1, 3], [3, 1], [6, 5]):
        q, r = assert_same_call(node, QR, values(shape), full, **CLOSE)
        np.testing.assert_allclose(q.numpy() @ r.numpy(), values(shape), atol=1e-5)
    for shape in ([2, 3, 3], [1, 2, 2], [2, 1, 3, 3], [3, 1, 1], [1, 1, 1, 1, 2, 2]):
        assert_same_call(node, QR, values(shape), full, **CLOSE)


def test_qr_of_hard_values(node: NodeSession) -> None:
    for x in (
        [[0, 0], [0, 0]],
        [[0, 1], [0, 2]],
        [[1, 2], [2, 4]],
        [[0, 1], [1, 0]],
        [[1, 0], [0, 1]],
        [[-1, 0], [0, -1]],
        [[1, NAN], [2, 3]],
        [[1, INFINITY], [2, 3]],
        [[5]],
        [[-5]],
        [[0]],
        [[0, -0.0, 3]],
        [[-3], [4]],
    ):
        assert_same_call(node, QR, np.float32(x), **CLOSE)


def test_empty_qr(node: NodeSession) -> None:
    for shape in ([0, 0], [0, 2], [3, 0], [0, 2, 2], [2, 0, 0], [0, 0, 0], [2, 0, 3]):
        for full in (False, True):
            assert_same_outcome(node, QR, values(shape), full)


@pytest.mark.parametrize("dtype", ["int32", "bool"])
def test_qr_of_other_dtypes(node: NodeSession, dtype: str) -> None:
    for shape in ([2, 2], [3, 2], [2, 3], [1, 1], [2, 2, 2], [0, 2], [2, 0], [0, 0]):
        assert_same_outcome(node, QR, values(shape, dtype))
        assert_same_outcome(node, QR, values(shape, dtype), True)


def test_qr_refuses(node: NodeSession) -> None:
    for x, said in (
        (values([]), "rank >= 2, but got rank 0"),
        (values([3]), "rank >= 2, but got rank 1"),
        (values([2, 3, 2]), "[2, 3, 2]"),
        (values([2, 2, 3]), "[2, 2, 3]"),
        ([[1, 2], [3, 4]], "Tensor"),
        (1, "Tensor"),
        (STRINGS, "x"),
        (np.ones([2, 2], np.complex64), "complex64"),
    ):
        assert said in assert_both_refuse(node, QR, x)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(data=st.data())
def test_any_qr(node: NodeSession, data: Any) -> None:
    shape = data.draw(st.lists(st.integers(0, 4), min_size=1, max_size=4))
    x = values(shape, seed=data.draw(st.integers(0, 100)))
    assert_same_outcome(node, QR, x, data.draw(st.booleans()), rtol=1e-4, atol=1e-5)


def test_gradients_of_qr(node: NodeSession) -> None:
    for shape in ([2, 2], [3, 2], [3, 3], [2, 4], [2, 3, 3]):
        x, weights = values(shape), values(shape, seed=1)
        with pytest.raises(TfjsError, match="gradient function not found for Greater"):
            node.evaluate("return tf.grad(x => tf.linalg.qr(x)[0])(args.x)", x=x)

        def product(x: tf.Tensor) -> tf.Tensor:
            q, r = tf.linalg.qr(x)
            return tf.matMul(q, r)

        ours = tf.grad(product)(tf.tensor(x), tf.tensor(weights)).numpy()
        np.testing.assert_allclose(ours, weights, 1e-4, 1e-5)


def test_qr_within_a_function(node: NodeSession) -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 3, 3])])
    def traced(raw: Any) -> Any:
        return [part.tensor for part in tf.linalg.qr(tf.tensor(raw))]

    x = values([2, 3, 3])
    for mine, other in zip(traced(tensorflow.constant(x)), in_tfjs(node, QR, x), strict=True):
        assert_same(tf.tensor(mine), other, **CLOSE)
    with pytest.raises(ValueError, match="size"):
        within_a_function(lambda x: tf.linalg.qr(x)[0], values([2, 2]))


def test_what_is_made_on_the_way_is_disposed_of(node: NodeSession) -> None:
    script = """
        const before = tf.memory().numTensors;
        tf.linalg[args.name](...args.values);
        return tf.memory().numTensors - before;
    """
    x = values([3, 3])
    for name, rest in (("bandPart", [1, 1]), ("gramSchmidt", []), ("qr", [])):
        tensor = tf.tensor(x)
        before = tf.memory()["numTensors"]
        getattr(tf.linalg, name)(tensor, *rest)
        theirs = node.evaluate(script, name=name, values=[x, *rest])
        assert tf.memory()["numTensors"] - before == theirs, name
