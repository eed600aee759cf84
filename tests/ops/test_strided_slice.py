"""stridedSlice, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.parity import (
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.ops.shape_cases import DTYPES, SHAPES, STRINGS, array, assert_same_gradient
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

X = array([4, 5, 3])
LINE = array([5])
#: begin, end, strides, beginMask, endMask, ellipsisMask, newAxisMask, shrinkAxisMask
CASES: list[tuple[Any, ...]] = [
    ([1], [3]),
    ([1], [3], [1]),
    ([0, 0, 0], [4, 5, 3], [2, 2, 2]),
    ([-1, -1], [-4, -5], [-1, -2]),
    ([1, 1], [3, 3], [1, 2], 1),
    ([1, 1], [3, 3], [1, -1], 2, 1),
    ([1, 1], [3, 3], [2, 1], 3, 3),
    ([0, 1], [0, 2], [1, 1], 0, 0, 1),
    ([1, 0, 1], [2, 0, 2], [1, 1, 1], 0, 0, 2),
    ([0, 1, 0], [0, 2, 0], [1, 1, 1], 0, 0, 1, 4),
    ([0, 0, 0, 0], [2, 1, 3, 2], [1, 1, 2, 1], 0, 0, 0, 2),
    ([1, 0], [2, 3], [1, 1], 0, 0, 0, 0, 1),
    ([1, -1], [2, 0], [1, 1], 0, 0, 0, 0, 3),
    ([0, 0, 1], [2, 1, 3], [1, 1, 1], 0, 0, 0, 1, 4),
    ([1, 0, -1], [0, 0, 0], [1, 1, 1], 0, 0, 2, 0, 5),
    ([0], [100], [1]),
    ([-100], [100], [3]),
    ([1, 1], [1, 3], [1, 1]),
    ([3], [1], [2]),
    ([1], [3], [-1]),
    ([9], [10], [1]),
    ([4], [3], [1]),
    ([1], [3, 7], [1]),
    ([], [], []),
]


@pytest.mark.parametrize("dtype", DTYPES)
def test_cases(node: NodeSession, dtype: str) -> None:
    for arguments in CASES:
        assert_same_call(node, "stridedSlice", X.astype(dtype), *arguments)


def test_every_rank(node: NodeSession) -> None:
    for shape in SHAPES:
        rank = len(shape)
        x = array(shape)
        assert_same_call(node, "stridedSlice", x, [0] * rank, shape, [2] * rank)
        assert_same_call(node, "stridedSlice", x, [-1] * rank, [-9] * rank, [-1] * rank)
        assert_same_call(node, "stridedSlice", x, [0], [1], [1], 0, 0, 0, 0, 1, method=True)
    assert_same_call(node, "stridedSlice", array([]), [], [], [])
    assert_same_call(node, "stridedSlice", array([]), [0], [0], [1], 0, 0, 0, 1)
    assert_same_call(node, "stridedSlice", STRINGS, [0, 0], [2, 3], [1, 2])
    assert_same_call(node, "stridedSlice", array([0, 2]), [0, 0], [5, 1], [2, 1])
    assert_same_call(node, "stridedSlice", [1, 2, 3], [0], [3], [2])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([1], [2], [0]), "strides"),
        (([1, 1], [2, 2], [1, 1]), ""),
        (([7], [8], [1], 0, 0, 0, 0, 1), "out of bounds"),
        (([1], [2], [-1], 0, 0, 0, 0, 1), "stride 1"),
        (([0, 0], [0, 0], [1, 1], 0, 0, 3), "ellipses"),
        (([3], [2], [1]), "behind"),
        (([4], [1], [1]), "behind"),
        (([-1], [-3], [1]), "behind"),
        (([0, 0], [1], [1, 1]), "equally long"),
        ((1, 2, 1), "list"),
    ],
)
def test_refusals(node: NodeSession, arguments: tuple[Any, ...], words: str) -> None:
    assert words in assert_both_refuse(node, "stridedSlice", LINE, *arguments)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(
    shape=st.lists(st.integers(0, 4), min_size=1, max_size=3),
    begin=st.lists(st.integers(-5, 5), min_size=3, max_size=3),
    end=st.lists(st.integers(-5, 5), min_size=3, max_size=3),
    strides=st.lists(st.integers(-3, 3), max_size=3),
    masks=st.lists(st.integers(0, 7), min_size=3, max_size=3),
    new=st.integers(0, 7),
)
def test_any_part(
    node: NodeSession,
    shape: list[int],
    begin: list[int],
    end: list[int],
    strides: list[int],
    masks: list[int],
    new: int,
) -> None:
    assert_same_outcome(node, "stridedSlice", array(shape), begin, end, strides, *masks, new)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(
    begin=st.lists(st.integers(-5, 5), min_size=3, max_size=3),
    end=st.lists(st.integers(-5, 5), min_size=3, max_size=3),
    masks=st.lists(st.integers(0, 7), min_size=5, max_size=5),
)
def test_any_part_with_strides_of_1(
    node: NodeSession, begin: list[int], end: list[int], masks: list[int]
) -> None:
    assert_same_outcome(node, "stridedSlice", X, begin, end, [1, 1, 1], *masks)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (([1, 0], [2, 3], [1, 2], 0, 0, 0, 0, 1), lambda x: x[1, 0:3:2]),
        (([0, 1], [4, 2], [2, 1], 0, 0, 0, 0, 2), lambda x: x[0:4:2, 1]),
    ],
)
def test_an_axis_that_falls_away_beside_a_stride(
    node: NodeSession, arguments: tuple[Any, ...], expected: Any
) -> None:
    assert "stridedSlice of an axis that falls away beside a stride" in FAULTS
    x = array([4, 5])
    ours = tf.stridedSlice(x, *arguments)
    np.testing.assert_array_equal(ours.numpy(), expected(x))
    with pytest.raises((AssertionError, TfjsError)):
        assert_same(ours, in_tfjs(node, "stridedSlice", x, *arguments))


def test_gradients(node: NodeSession) -> None:
    assert_same_gradient(
        node,
        "x.slice([0, 1], [2, 2])",
        lambda x: tf.stridedSlice(x, [0, 1], [2, 3], [1, 1]),
        array([2, 4]),
    )


def test_values_in_memory_are_shared_where_all_are_taken() -> None:
    x = tf.tensor(X)
    before = tf.memory()["numDataBuffers"]
    tf.stridedSlice(x, [0], [4], [1])
    assert tf.memory()["numDataBuffers"] == before
    tf.stridedSlice(x, [0], [3], [1])
    assert tf.memory()["numDataBuffers"] == before + 1


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 4], "float32")])
    def part(raw: Any) -> Any:
        return tf.stridedSlice(tf.tensor(raw), [1, 0], [0, 4], [1, 2], 0, 1).tensor

    assert part(array([3, 4])).shape == [2, 2]
