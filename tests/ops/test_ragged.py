"""Ragged tensors, against tf.js."""

from __future__ import annotations

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
from tests.ops.shape_cases import DTYPES, array, ids
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

GATHER, RANGE, DENSE = "raggedGather", "raggedRange", "raggedTensorToTensor"
SPLITS = ids(0, 3, 3, 7, 9)


@pytest.mark.parametrize("dtype", DTYPES)
def test_raggedGather(node: NodeSession, dtype: str) -> None:
    values = array([9], dtype)
    one, two = [SPLITS], [ids(0, 1, 3, 3, 5, 6), ids(0, 0, 2, 3, 5, 8, 9)]
    cases: list[tuple[Any, ...]] = [
        (one, values, ids(2, 1, 0, 3), 1), (one, values, ids(2, 1)[:, None], 2),
        (one, values, ids(2, 1, 0, 3).reshape(2, 2), 2), (one, values, np.array(2, "int32"), 0),
        (one, values, ids(), 1), (two, values, ids(2, 1, 0, 2, 3), 2),
        (two, values, ids(2, 1).reshape(1, 2), 3), (one, array([9, 2], dtype), ids(2, 0), 1),
        (two, array([9, 2, 3], dtype), ids(4), 2), (one, values, [1, 2], 1),
        (one, values, ids(2, 1), 7), ([[0, 2, 9]], values, [1], 1),
    ]  # fmt: skip
    for arguments in cases:
        assert_same_call(node, GATHER, *arguments)


def test_raggedGather_refuses(node: NodeSession) -> None:
    values = array([9])
    for arguments, words in [
        (([SPLITS], values, ids(2, 10), 1), "indices[1] = 10 is not in [0, 4)"),
        (([ids(0, 3, 5, 2, 9)], values, ids(0, 2), 1), "must be sorted"),
        (([ids(-1, 3, 2, 7, 9)], values, ids(0, 2), 1), "non-negative"),
        (([ids()], array([0]), ids(), 1), "may not be empty"),
        (([ids(0, 20, 40)], values, ids(0, 1), 1), "must not point past values"),
        (([ids(0)], array([]), ids(), 1), "params.rank must be nonzero"),
        (([], values, ids(0), 1), "at least 1"),
        (([np.array(0, "int32")], values, ids(0), 1), "must not be scalars"),
        (([np.array([0.0, 9], "float32")], values, ids(0), 1), "int32"),
        (([SPLITS], np.array(["a"]), ids(0), 1), "numeric"),
    ]:
        message = assert_both_refuse(node, GATHER, *arguments)
        assert words in message
        assert GATHER in message
    with pytest.raises(ValueError, match="complex64"):
        tf.raggedGather([ids(0, 1)], np.array([1j], "complex64"), [0], 1)


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_raggedRange(node: NodeSession, dtype: str) -> None:
    def numbers(*values: Any) -> np.ndarray:
        return np.array(values, dtype)

    cases: list[tuple[Any, ...]] = [
        (numbers(0, 5, 8, 5), numbers(8, 7, 8, 1), numbers(2, 1, 1, -1)),
        (numbers(0, 5, 8), numbers(8, 7, 8), np.array(1, dtype)),
        (np.array(0, dtype), numbers(3, 0, 2), np.array(1, dtype)),
        (np.array(0, dtype), np.array(12, dtype), numbers(3, 4, 5)),
        (np.array(0, dtype), np.array(5, dtype), np.array(1, dtype)),
        (numbers(0, 5), numbers(5, 0), np.array(2, dtype)),
        (numbers(0, 5), numbers(5, 0), np.array(-2, dtype)),
        (numbers(0, 5), [3.5, 7], 1),
        (numbers(3), numbers(3), numbers(-1)),
        (numbers(), numbers(), np.array(1, dtype)),
        (numbers(0), numbers(1000), numbers(3)),
    ]
    for arguments in cases:
        assert_same_call(node, RANGE, *arguments)


def test_raggedRange_of_fractions_lists_and_bool(node: NodeSession) -> None:
    assert_same_call(node, RANGE, [0.5, 3], [3, 0.1], [0.7, -0.3])
    assert_same_call(node, RANGE, [0], [1000], 0.1, rtol=1e-6)
    assert_same_call(node, RANGE, np.array([False]), np.array([True]), np.array([True]))


def test_raggedRange_refuses(node: NodeSession) -> None:
    for arguments, words in [
        (([1.1, 0.1], [10, 1e10], [1, 1e-10]), "Requires ((limit - start) / delta) <= 2147483647"),
        (([[0, 5]], [8, 7], [2, 1]), "starts must be a scalar or vector"),
        (([0, 5], [[8, 7]], [2, 1]), "limits must be a scalar or vector"),
        (([0, 5], [8, 7], [[2, 1]]), "deltas must be a scalar or vector"),
        (([0, 5, 8], [8, 7], [2, 1]), "must have the same shape"),
        (([0, 5], [8, 7], [2, 0]), "Requires delta != 0"),
        ((ids(0), array([1]), [1]), "int32"),
        ((["a"], ["b"], ["c"]), "numeric"),
    ]:
        message = assert_both_refuse(node, RANGE, *arguments)
        assert words in message
        assert RANGE in message


@pytest.mark.parametrize("dtype", DTYPES)
def test_raggedTensorToTensor(node: NodeSession, dtype: str) -> None:
    nine = array([9], dtype)
    default = np.array(1, dtype)
    rows = ids(0, 0, 0, 2, 2, 2, 2, 3, 3)
    four = np.array(4, "int32")
    cases: list[tuple[Any, ...]] = [
        ([4, 4], nine, [four, rows], ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]),
        ([3, 5], nine, [four, rows], ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]),
        ([-1, -1], nine, [four, rows], ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]),
        ([4, 4], nine, [SPLITS], ["ROW_SPLITS"]),
        ([-1, -1], nine, [SPLITS], ["ROW_SPLITS"]),
        ([2, -1], nine, [SPLITS], ["ROW_SPLITS"]),
        ([6, 2], nine, [SPLITS], ["ROW_SPLITS"]),
        ([4, 0], nine, [SPLITS], ["ROW_SPLITS"]),
        (
            [5, 2, 3], nine, [ids(0, 1, 3, 3, 5, 6), ids(0, 0, 2, 3, 5, 8, 9)],
            ["ROW_SPLITS", "ROW_SPLITS"],
        ),
        (
            [-1, -1, -1], nine,
            [np.array(5, "int32"), ids(0, 1, 1, 3, 3, 4), ids(1, 1, 2, 3, 3, 4, 4, 4, 5)],
            ["FIRST_DIM_SIZE", "VALUE_ROWIDS", "VALUE_ROWIDS"],
        ),
        (
            [4, 2, 3, 2], array([8], dtype),
            [ids(0, 1, 3), ids(0, 0, 3, 4), ids(0, 2, 4, 6, 8)], ["ROW_SPLITS"] * 3,
        ),
    ]  # fmt: skip
    for shape, values, partitions, types in cases:
        assert_same_call(node, DENSE, shape, values, default, partitions, types)


def test_raggedTensorToTensor_refuses(node: NodeSession) -> None:
    nine = array([9])
    for arguments, words in [
        ((-1, nine, 0, [SPLITS], ["ROW_SPLITS"]), "shape must be a vector"),
        (([4], nine, 0, [SPLITS], ["ROW_SPLITS"]), "incompatible"),
        (([4, 2, 3], nine, 0, [SPLITS], ["ROW_SPLITS"]), "incompatible"),
        (([4, -2], nine, 0, [SPLITS], ["ROW_SPLITS"]), "must be >= -1"),
        (([4, 2], nine, [0], [SPLITS], ["ROW_SPLITS"]), "incompatible"),
        (([4, 2], nine, 0, [SPLITS], ["FOO"]), "FOO"),
        (([4, 2], nine, 0, [SPLITS], ["ROW_LENGTHS"]), "ROW_LENGTHS"),
        (([4, 2], nine, 0, [np.array([0.0, 9], "float32")], ["ROW_SPLITS"]), "int32"),
        (([4, 2], nine, 0, [ids(*[0] * 9)], ["VALUE_ROWIDS"]), "first dimension"),
        (
            ([2, 4], [1, 2], 9, [np.array(2, "int32"), ids(0, 5)],
             ["FIRST_DIM_SIZE", "VALUE_ROWIDS"]),
            "not less than 2",
        ),
        (([4, 2], np.array(["a"]), "b", [SPLITS], ["ROW_SPLITS"]), "numeric"),
    ]:  # fmt: skip
        assert words in assert_both_refuse(node, DENSE, *arguments)
    assert_same_outcome(node, DENSE, [4, 2], nine, 7.5, [SPLITS], ["ROW_SPLITS"])


def test_values_that_are_not_a_vector(node: NodeSession) -> None:
    assert "raggedTensorToTensor" in FAULTS
    values, default = array([9, 4]), array([4], seed=1)
    ours = tf.raggedTensorToTensor([-1, 2, -1], values, default, [SPLITS], ["ROW_SPLITS"])
    expected = np.broadcast_to(default, [4, 2, 4]).copy()
    expected[0], expected[2], expected[3] = values[0:2], values[3:5], values[7:9]
    np.testing.assert_array_equal(ours.numpy(), expected)
    for shape in ([-1, 2, -1], [4, 2, 4]):
        arguments = shape, values, default, [SPLITS], ["ROW_SPLITS"]
        with pytest.raises((TfjsError, AssertionError, TypeError, ValueError)):
            assert_same(ours, in_tfjs(node, DENSE, *arguments))


def test_values_that_are_missing(node: NodeSession) -> None:
    assert "raggedTensorToTensor" in FAULTS
    arguments = [4, 4], [1, 2], 9, [SPLITS], ["ROW_SPLITS"]
    assert np.isnan(in_tfjs(node, DENSE, *arguments)["values"]).any()
    with pytest.raises(ValueError, match="names 9 values"):
        tf.raggedTensorToTensor(*arguments)


def test_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None], "float32")])
    def made(raw: Any) -> Any:
        x = tf.tensor(raw)
        gathered = tf.raggedGather([SPLITS], x, [3, 1], 1)["outputDenseValues"]
        dense = tf.raggedTensorToTensor([4, 2], x, 0, [SPLITS], ["ROW_SPLITS"])
        return gathered.tensor, dense.tensor

    gathered, dense = made(np.arange(9, dtype="float32"))
    np.testing.assert_array_equal(gathered, [7, 8])
    np.testing.assert_array_equal(dense, [[0, 1], [0, 0], [3, 4], [7, 8]])
