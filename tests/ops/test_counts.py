"""How often numbers occur: bincount and denseBincount, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tfjsbridge as tf
from tests.ops.gradient_parity import values
from tests.ops.parity import assert_both_refuse, assert_same_call, in_tfjs
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession

NAMES = ["bincount", "denseBincount"]
NUMBERS = np.int32([1, 1, 2, 7, 0, 3])
MATRIX = np.int32([[1, 1, 2], [0, 0, 5]])
WEIGHTS = {
    "float32": st.integers(-16, 16).map(lambda n: n / 4),
    "int32": st.integers(-(2**31), 2**31 - 1),
    "bool": st.booleans(),
}


@pytest.mark.parametrize("name", NAMES)
def test_counts(node: NodeSession, name: str) -> None:
    for size in (0, 1, 3, 10):
        assert_same_call(node, name, NUMBERS, [], size)
        assert_same_call(node, name, NUMBERS, [0.5, 1, 2, 3, 4, 5], size)
        assert_same_call(node, name, MATRIX, [], size)
        for dtype in ("float32", "int32", "bool"):
            assert_same_call(node, name, NUMBERS, np.array([1, 0, 2, 1, 1, 3], dtype), size)
            assert_same_call(node, name, NUMBERS, np.zeros([0], dtype), size)
            assert_same_call(node, name, MATRIX, values([2, 3], dtype), size)
    assert_same_call(node, name, np.zeros([0], np.int32), [], 2)
    assert_same_call(node, name, NUMBERS, np.zeros([0, 3], np.float32), 2)


def test_dense_counts_of_matrices(node: NodeSession) -> None:
    for binary in (False, True):
        assert_same_call(node, "denseBincount", MATRIX, [], 3, binary)
        assert_same_call(node, "denseBincount", MATRIX, values([2, 3]), 3, binary)
        assert_same_call(node, "denseBincount", NUMBERS, [], 3, binary)
        assert_same_call(node, "denseBincount", np.zeros([0, 2], np.int32), [], 3, binary)
        assert_same_call(node, "denseBincount", np.zeros([2, 0], np.int32), [], 3, binary)


@settings(max_examples=80, derandomize=True, deadline=None, database=None)
@given(st.data())
def test_generated_numbers(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    shape = draw(hnp.array_shapes(min_dims=1, max_dims=2, min_side=0, max_side=6))
    x = draw(hnp.arrays(np.int32, shape, elements=st.integers(0, 9)))
    dtype = draw(st.sampled_from(sorted(WEIGHTS)))
    weights: Any = draw(hnp.arrays(dtype, shape, elements=WEIGHTS[dtype]))
    if draw(st.booleans()):
        weights = draw(st.sampled_from([[], np.zeros([0], dtype)]))
    size = draw(st.integers(0, 12))
    assert_same_call(node, "bincount", x, weights, size)
    assert_same_call(node, "denseBincount", x, weights, size)
    assert_same_call(node, "denseBincount", x, weights, size, draw(st.booleans()))


def test_numbers_of_all_ranks(node: NodeSession) -> None:
    for rank in range(7):
        shape = [2, 3, 1, 2, 2, 3][:rank]
        x = np.resize(np.int32([0, 1, 2, 3, 4]), shape)
        assert_same_call(node, "bincount", x, [], 6)
        assert_same_call(node, "bincount", x, np.float32(x) / 4, 3)
        if rank not in (1, 2):
            assert f"rank {rank}" in assert_both_refuse(node, "denseBincount", x, [], 6)


@pytest.mark.parametrize("name", NAMES)
def test_hard_weights(node: NodeSession, name: str) -> None:
    hard = np.float32([np.nan, np.inf, -np.inf, 1, 2, 3])
    assert_same_call(node, name, NUMBERS, hard, 8)
    assert_same_call(node, name, NUMBERS, np.float32([np.inf, -np.inf, 1, 2, 3, 4]), 8)
    # int32 wraps at 2**32, and the byte of a boolean at 256.
    assert_same_call(node, name, NUMBERS, np.full(6, 2**31 - 1, np.int32), 8)
    for count in (255, 256, 257, 512):
        zeros, ones = np.zeros(count, np.int32), np.ones(count, bool)
        assert_same_call(node, name, zeros, ones, 2)
        assert_same_call(node, "denseBincount", zeros[None], ones[None], 2)


@pytest.mark.parametrize("name", NAMES)
def test_numbers_beyond_the_size_are_left_out(node: NodeSession, name: str) -> None:
    x = np.int32([0, 2**31 - 1, 5, 5, 4])
    for size in (0, 5, 6):
        assert_same_call(node, name, x, [], size)
        assert_same_call(node, name, x, np.arange(5, dtype=np.float32), size)


def test_weights_of_a_vector_may_have_another_shape(node: NodeSession) -> None:
    weights = np.arange(6, dtype=np.float32)
    for shape in ([2, 3], [6, 1], [1, 1, 6]):
        for name in NAMES:
            assert_same_call(node, name, NUMBERS, weights.reshape(shape), 8)
    assert_same_call(node, "bincount", MATRIX, weights, 8)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_refused(node: NodeSession, name: str) -> None:
    assert "must be int32, but got float32" in assert_both_refuse(node, name, [1, 2], [], 3)
    assert "must be int32, but got bool" in assert_both_refuse(node, name, MATRIX > 0, [], 3)
    assert "non-negative" in assert_both_refuse(node, name, NUMBERS - 1, [], 3)
    assert "non-negative" in assert_both_refuse(node, name, MATRIX - 1, [], 3)
    assert "got -1" in assert_both_refuse(node, name, NUMBERS, [], -1)
    assert "complex64" in assert_both_refuse(node, name, NUMBERS, np.ones(6, np.complex64), 3)
    for weights in (np.ones(5, np.float32), [1]):
        assert "weights shape" in assert_both_refuse(node, name, NUMBERS, weights, 3)
    assert "numeric" in assert_both_refuse(node, name, NUMBERS, ["a"], 3)
    assert "sizes that are no whole numbers" in FAULTS
    for size in (2.5, "3", None):
        with pytest.raises(ValueError, match=f"{name}: size must be a non-negative integer"):
            getattr(tf, name)(NUMBERS, [], size)


def test_weights_in_another_shape_are_refused_here_and_nan_in_tfjs(node: NodeSession) -> None:
    assert "denseBincount of weights in another shape" in FAULTS
    weights = np.arange(6, dtype=np.float32)
    with pytest.raises(ValueError, match="same shape"):
        tf.denseBincount(MATRIX, weights, 3)
    assert np.isnan(in_tfjs(node, "denseBincount", MATRIX, weights, 3)["values"]).any()
    assert_both_refuse(node, "denseBincount", MATRIX, weights.reshape(3, 2), 3)


def test_a_size_may_be_an_integer_of_numpy() -> None:
    assert tf.bincount(NUMBERS, [], np.int64(3)).shape == [3]


def test_counts_have_no_gradient(node: NodeSession) -> None:
    for name in NAMES:
        with pytest.raises(ValueError, match="gradient"):
            tf.grad(lambda w, name=name: getattr(tf, name)(NUMBERS, w, 3))(np.ones(6, np.float32))
        message = node.evaluate(
            """try { tf.grad(w => tf[args.name](args.x, w, 3))(tf.ones([6])); }
            catch (error) { return error.message; }""",
            name=name,
            x=NUMBERS,
        )
        assert "gradient function not found" in message


def test_within_a_function() -> None:
    weights = np.float32([1, 2, 3, 4, 5, 6])

    def called(x: Any, w: Any, matrix: Any) -> list[Any]:
        return [
            tf.bincount(x, w, 4).tensor,
            tf.denseBincount(x, [], 4).tensor,
            tf.denseBincount(matrix, [], 4, True).tensor,
            tf.denseBincount(matrix, tf.cast(matrix, "float32"), 4).tensor,
        ]

    spec = tensorflow.TensorSpec
    unknown = [spec([None], "int32"), spec([None]), spec([None, None], "int32")]
    known = [spec([6], "int32"), spec([6]), spec([2, 3], "int32")]
    for signature in (unknown, known):
        traced = tensorflow.function(called, input_signature=signature)(NUMBERS, weights, MATRIX)
        for mine, eager in zip(traced, called(NUMBERS, weights, MATRIX), strict=True):
            np.testing.assert_array_equal(mine, eager)
