"""tf.sparse, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.shape_cases import DTYPES, SHAPES, array, ids
from tfjsbridge.verify import NodeSession

FILL, RESHAPE = "sparse.sparseFillEmptyRows", "sparse.sparseReshape"
MEAN, SUM = "sparse.sparseSegmentMean", "sparse.sparseSegmentSum"
NOTHING = np.zeros([0, 2], "int32")


@pytest.mark.parametrize("dtype", DTYPES)
def test_sparseFillEmptyRows(node: NodeSession, dtype: str) -> None:
    other = np.array(1, dtype)
    cases: list[tuple[Any, Any]] = [
        ([[0, 0], [1, 0], [1, 3], [1, 4], [3, 2], [3, 3]], [5, 6]),
        ([[2, 0], [0, 1], [2, 1]], [3, 3]), ([[0, 0], [1, 0]], [2, 1]), (NOTHING, [2, 3]),
        (NOTHING, [0, 3]), ([[0, 0], [0, 0]], [2, 3]), ([[0, 9]], [2, 3]), ([[0, 1]], [2]),
        ([[0, 1, 2]], [3, 2, 3]), ([[1]], [3]),
    ]  # fmt: skip
    for indices, shape in cases:
        assert_same_call(node, FILL, indices, array([len(indices)], dtype), shape, other)


def test_sparseFillEmptyRows_of_lists_and_what_it_refuses(node: NodeSession) -> None:
    assert_same_call(node, FILL, [[0, 0], [2, 0]], [1, 2], [4, 6], -1)
    for arguments, words in [
        (([[5, 0]], [1], [2, 3], 7), "indices(0, 0) is invalid: 5 >= 2"),
        (([[-5, 0]], [1], [2, 3], 7), "indices(0, 0) is invalid: -5 < 0"),
        (([[0, 0]], [1], [0, 3], 7), ""),
        (([0, 0], [1], [2, 3], 7), "Tensor2D"),
        (([[0, 0]], [[1]], [2, 3], 7), "Tensor1D"),
        (([[0, 0]], [1], [[2, 3]], 7), "Tensor1D"),
        (([[0, 0]], [1], [2, 3], [7]), "scalar"),
        (([[0, 0]], np.array(["a"]), [2, 3], "b"), "numeric"),
        (([[0, 0]], array([1]), [2, 3], np.array(1, "int32")), "float32"),
    ]:
        message = assert_both_refuse(node, FILL, *arguments)
        assert words in message
        assert "sparseFillEmptyRows" in message


def test_sparseReshape(node: NodeSession) -> None:
    for arguments in [
        ([[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 2, 3]], [2, 3, 6], [9, 4]),
        ([[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 2, 3]], [2, 3, 6], [9, -1]),
        ([[0, 1], [1, 2]], [2, 3], [6]), ([[0, 1], [1, 2]], [2, 3], [-1]), (NOTHING, [2, 3], [6]),
        (NOTHING, [0, 3], [3, 0]), (NOTHING, [0, 3], [3, -1]), ([[5, 5]], [2, 3], [6]),
        ([[0, 0]], [1, 1], ids()), (np.zeros([1, 0], "int32"), ids(), [1, 1]),
        ([[0, 1]], [2, 3], [1, 2, 1, 3, 1, 1]),
    ]:  # fmt: skip
        assert_same_call(node, RESHAPE, *arguments)


def test_sparseReshape_refuses(node: NodeSession) -> None:
    for arguments, words in [
        (([[0, 0]], [1, 1], [-1, -1]), "only one output dimension may be -1, not both 0 and 1"),
        (([[0, 0]], [1, 1], [-2, -1]), "size 0 must be non-negative, not -2"),
        (([[0, 0]], [2, 3], [4, -1]), "requires a multiple of 4"),
        (([[0, 0]], [2, 3], [4, 2]), "requested shape has 8"),
        ((NOTHING, [0, 3], [0, -1]), "cannot infer"),
        (([0, 0], [2, 3], [6]), "Tensor2D"),
        (([[0, 0]], [[2, 3]], [6]), "Tensor1D"),
        (([[0, 0]], [2, 3], 6), "Tensor1D"),
    ]:
        assert words in assert_both_refuse(node, RESHAPE, *arguments)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", [MEAN, SUM])
def test_segments(node: NodeSession, name: str, dtype: str) -> None:
    for shape in [*SHAPES, [5], [5, 2], [2, 0]]:
        x, last = array(shape, dtype), shape[0] - 1
        for indices, segments in [
            ([0, last], [0, 0]), ([last, 0], [0, 1]), ([0, last, 0], [1, 1, 3]), ([0], [2]),
        ]:  # fmt: skip
            if dtype == "bool":  # tf.js counts up to more than 1
                indices, segments = indices[:1], segments[:1]
            assert_same_call(node, name, x, ids(*indices), ids(*segments), rtol=1e-6)
        assert_same_call(node, name, x, ids(), ids())
    assert_same_call(node, name, array([0, 2], dtype), ids(), ids())


@pytest.mark.parametrize("name", [MEAN, SUM])
def test_segments_of_lists_and_what_they_refuse(node: NodeSession, name: str) -> None:
    x = [[1, 2, 3, 4], [-1, -2, -3, -4], [6, 7, 8, 9]]
    assert_same_call(node, name, x, [0, 1, 2], [0, 1, 1])
    assert_same_call(node, name, np.array([[1, -2], [2, -5]], "int32"), [0, 1], [0, 0])
    for arguments, words in [
        ((x, [0, 1], [1, 0]), "segment ids are not increasing"),
        ((x, [0, 1], [-1, 0]), "Segment id -1 out of range [0, 1)"),
        ((x, [0], [-1]), "segment ids must be >= 0"),
        ((x, [0, 4], [0, 1]), "indices[1] == 4 out of range [0, 3)"),
        ((x, [0, 1], [0]), "same size"),
        ((3, [0], [0]), "at least 1 dimensional"),
        ((x, [[0]], [0]), "Tensor1D"),
        ((x, [0], [[0]]), "Tensor1D"),
        ((x, np.array([0], "float32"), [0]), "int32"),
        ((np.array(["a"]), [0], [0]), "numeric"),
    ]:
        assert words in assert_both_refuse(node, name, *arguments)
    assert_same_outcome(node, name, x, [], [])
    function = getattr(tf.sparse, name.split(".")[1])
    with pytest.raises(ValueError, match="complex64"):
        function(np.array([1j], "complex64"), [0], [0])


def test_gradients() -> None:
    # tf.js has none.
    raw = tensorflow.constant(array([3, 2]))
    with tensorflow.GradientTape(persistent=True) as tape:
        tape.watch(raw)
        x = tf.tensor(raw)
        total = tf.sparse.sparseSegmentSum(x, [0, 2, 2], [0, 0, 1])
        mean = tf.sparse.sparseSegmentMean(x, [0, 2, 2], [0, 0, 1])
    for result, expected in ((total, [1, 0, 2]), (mean, [0.5, 0, 1.5])):
        gradient = tensorflow.convert_to_tensor(tape.gradient(result.tensor, raw))
        np.testing.assert_array_equal(gradient, np.repeat(expected, 2).reshape(3, 2))


def test_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None], "float32")])
    def made(raw: Any) -> Any:
        filled = tf.sparse.sparseFillEmptyRows([[0, 0], [2, 1]], tf.tensor(raw), [3, 2], 9)
        shaped = tf.sparse.sparseReshape([[0, 1]], [2, 3], [6])
        return filled["outputValues"].tensor, shaped["outputIndices"].tensor

    values, indices = made(np.array([1, 2], "float32"))
    np.testing.assert_array_equal(values, [1, 9, 2])
    np.testing.assert_array_equal(indices, [[1]])
