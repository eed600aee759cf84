"""unsortedSegmentSum, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.shape_cases import DTYPES, SHAPES, array, assert_same_gradient, ids
from tfjsbridge.verify import NodeSession

NAME = "unsortedSegmentSum"


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_rank(node: NodeSession, dtype: str) -> None:
    for shape in [*SHAPES, [7], [5, 2], [0], [0, 2], [2, 0]]:
        x = array(shape, dtype)
        segments = np.random.default_rng(0).integers(0, 3, shape[0]).astype("int32")
        for count in (1, 2, 3, 5):
            assert_same_call(node, NAME, x, segments, count, rtol=1e-5, atol=1e-6)
    assert_same_call(node, NAME, array([3], dtype), ids(0, 1, 0), 2, method=True)


def test_segments_that_are_not_there_and_lists(node: NodeSession) -> None:
    assert_same_call(node, NAME, [1, 2, 3, 4], [1, 2, 0, 1], 3)
    assert_same_call(node, NAME, array([4, 2]), ids(-1, 9, 1, 1), 3)


def test_segments_of_other_shapes_are_broadcast(node: NodeSession) -> None:
    x = array([2, 3])
    cases: list[tuple[np.ndarray, np.ndarray]] = [
        (x, ids(0, 1, 0)[None]), (x, ids(0, 1, 0, 1, 1, 0).reshape(2, 3)), (x, ids(1)),
        (x, np.array(1, "int32")), (x, ids(0, 1, 1)), (x, ids(0, 1)[:, None, None]),
        (array([2, 3, 2]), ids(0, 1, 0, 1, 1, 0).reshape(2, 3)), (array([]), ids(0, 1)),
        (array([2, 3, 2]), ids(0, 1)[None]), (array([]), np.array(0, "int32")),
    ]  # fmt: skip
    for values, segments in cases:
        assert_same_outcome(node, NAME, values, segments, 2)
    assert "[3]" in assert_both_refuse(node, NAME, x, ids(0, 1, 1), 2)


def test_nan_and_infinities_are_in_every_segment(node: NodeSession) -> None:
    x = np.array([[1, np.nan, np.inf], [3, 4, 5], [-np.inf, 0, 1]], "float32")
    assert_same_call(node, NAME, x, ids(0, 1, 0), 3)


def test_refusals(node: NodeSession) -> None:
    for arguments in [
        ([1, 2], [0, 1], 0), ([1, 2], [0, 1], -1), ([1, 2], [0, 1], 1.5),
        ([1, 2], np.array([0, 1], "float32"), 2), (np.array(["a"]), [0], 1),
    ]:  # fmt: skip
        assert NAME in assert_both_refuse(node, NAME, *arguments)
    with pytest.raises(ValueError, match="complex64"):
        tf.unsortedSegmentSum(np.array([1j], "complex64"), [0], 1)


def test_gradients(node: NodeSession) -> None:
    assert_same_gradient(
        node,
        "x.unsortedSegmentSum(tf.tensor1d([1, 0, 1], 'int32'), 2)",
        lambda x: tf.unsortedSegmentSum(x, [1, 0, 1], 2),
        array([3, 2]),
    )


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    @tensorflow.function(
        input_signature=[
            tensorflow.TensorSpec([None, 2], "float32"), tensorflow.TensorSpec([None], "int32")
        ]
    )  # fmt: skip
    def summed(raw: Any, segments: Any) -> Any:
        return tf.unsortedSegmentSum(tf.tensor(raw), tf.tensor(segments), 2).tensor

    result = summed(np.ones([3, 2], "float32"), ids(0, 5, 0))
    np.testing.assert_array_equal(result, [[2, 2], [0, 0]])
