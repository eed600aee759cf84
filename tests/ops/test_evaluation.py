"""What is largest, unique, or where it would be sorted, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.ops.shape_cases import DTYPES, SHAPES, STRINGS, array, ids
from tests.tfjs.differences import DIFFERENCES, FAULTS
from tfjsbridge.verify import NodeSession

FEW = settings(derandomize=True, deadline=None, max_examples=40)
numbers = st.lists(st.integers(-3, 3), min_size=1, max_size=8)


@pytest.mark.parametrize("dtype", DTYPES)
def test_topk(node: NodeSession, dtype: str) -> None:
    for shape in [*SHAPES, [7], [2, 9], [0, 2]]:
        x = array(shape, dtype)
        for k in (DEFAULT, *range(shape[-1] + 1)):
            assert_same_call(node, "topk", x, k)
        assert_same_call(node, "topk", x, shape[-1], False)
    assert_same_call(node, "topk", array([2, 0], dtype), 0)
    assert_same_call(node, "topk", array([4], dtype), 2, method=True)


@FEW
@given(values=numbers, k=st.integers(0, 9))
def test_topk_with_equal_values(node: NodeSession, values: list[int], k: int) -> None:
    assert_same_outcome(node, "topk", values, k)


def test_topk_refuses(node: NodeSession) -> None:
    for values, k in ((array([]), 1), ([1, 2], 3), ([1, 2], -1), ([1, 2, 3], 1.5)):
        assert "topk" in assert_both_refuse(node, "topk", values, k)
    assert_both_refuse(node, "topk", np.array(["a"]), 1)
    with pytest.raises(ValueError, match="complex64"):
        tf.topk(np.array([1j], "complex64"))


def test_topk_of_infinities(node: NodeSession) -> None:
    assert "topk of infinities" in FAULTS
    x = np.array([-np.inf, 3, 1, np.inf], "float32")
    ours = tf.topk(x, 3)
    assert ours["values"].arraySync() == [np.inf, 3, 1]
    assert in_tfjs(node, "topk", x, 3)["values"]["values"].tolist() == [np.inf, 3, -np.inf]
    assert_same_call(node, "topk", x, 4)
    assert_same_call(node, "topk", np.array([np.inf, 1, np.inf, -np.inf], "float32"), 4)


def test_topk_without_sorting(node: NodeSession) -> None:
    assert "the order of what is not sorted" in DIFFERENCES
    x = np.array([5, 1, 4, 2, 3, 9, 7], "float32")
    theirs = in_tfjs(node, "topk", x, 3, False)
    ours = tf.topk(x, 3, False)
    for name in ("values", "indices"):
        np.testing.assert_array_equal(np.sort(ours[name].numpy()), np.sort(theirs[name]["values"]))
    with pytest.raises(AssertionError):
        assert_same(ours, theirs)


def test_inTopKAsync(node: NodeSession) -> None:
    predictions = array([4, 5])
    targets = ids(0, 3, 4, 1)
    for k in (DEFAULT, 1, 2, 5, 0, 6, -1):
        assert_same_outcome(node, "inTopKAsync", predictions, targets, k)
    cases: list[tuple[Any, ...]] = [
        ([[1, 2, 2, 0], [3, 3, 3, 1]], [2, 1], 2), ([[1, 2]], [5], 2), ([[1, 2]], [0.5], 2),
        (array([2, 3, 4]), ids(1, 2, 3, 0, 1, 2).reshape(2, 3), 2), (ids(1, 2)[None], ids(1)),
        (np.array([[True, False]]), ids(1)), (array([0, 2]), array([0])), ([[1, 2]], [[1]]),
        ([1, 2], 1), (array([2, 3]), ids(1)), ([[False, True]], [True]),
    ]  # fmt: skip
    for arguments in cases:
        assert_same_outcome(node, "inTopKAsync", *arguments)
    message = assert_both_refuse(node, "inTopKAsync", array([2, 3]), ids(1))
    assert "[2] and [1]" in message


@pytest.mark.parametrize("dtype", DTYPES)
def test_unique(node: NodeSession, dtype: str) -> None:
    for shape in [*SHAPES, [9], [6, 2]]:
        x = np.random.default_rng(0).integers(0, 2, shape).astype(dtype)
        for axis in (DEFAULT, *range(-len(shape), len(shape))):
            assert_same_call(node, "unique", x, axis)
    assert_same_call(node, "unique", array([4], dtype), method=True)


def test_unique_of_other_values(node: NodeSession) -> None:
    x = np.array([1, np.nan, -0.0, 0, np.nan, 1, np.inf, -np.inf, np.inf], "float32")
    assert_same_call(node, "unique", x)
    assert_same_call(node, "unique", np.stack([x, x]), 1)
    assert_same_call(node, "unique", STRINGS, 1)
    assert_same_call(node, "unique", np.array(["b", "a", "b"]))
    assert_same_call(node, "unique", [1, 1, 2], None)
    assert_same_call(node, "unique", [[1, 1, 2], [3, 3, 2]], [1])
    for shape in ([0], [2, 0], [0, 2]):
        for axis in range(len(shape)):
            assert_same_call(node, "unique", array(shape), axis)
    for values, axis in ((array([]), 0), (array([2]), 1), (array([2]), -2)):
        assert "unique" in assert_both_refuse(node, "unique", values, axis)
    with pytest.raises(ValueError, match="complex64"):
        tf.unique(np.array([1j], "complex64"))


SEARCHES: list[tuple[Any, Any]] = [
    ([-1, 3.3, 9.1, 10.0], [0.0, 4.1, 12.0]),
    ([0, 3, 9, 10, 10], [0, 4, 10, -1, 11]),
    ([[0.0, 3, 8, 9, 10], [1, 2, 3, 4, 5]], [[9.8, 2.1, 4.3], [0.1, 6.6, 4.5]]),
    (ids(1, 2, 2, 3), ids(0, 2, 3, 4)),
    (ids(1, 2, 2, 3), [1.5, 2, 2.5]),
    ([1, 2.5, 3], ids(1, 2, 3)),
    (np.array([False, True]), [0, 0.5, 1]),
    (np.array([False, False, True]), np.array([True, False])),
    (ids(2**24, 2**24 + 1), np.array([2.0**24], "float32")),
    ([[[1, 2, 3]], [[2, 3, 4]]], [[[1, 2]], [[3, 9]]]),
    ([3, 1, 2], [2, 0, 5]),
    (array([0, 3]), array([0, 2])),
]


@pytest.mark.parametrize("name", ["searchSorted", "lowerBound", "upperBound"])
def test_searches(node: NodeSession, name: str) -> None:
    for sequence, values in SEARCHES:
        assert_same_call(node, name, sequence, values)
        if name == "searchSorted":
            for side in ("left", "right"):
                assert_same_call(node, name, sequence, values, side)
    unusual = np.array([-np.inf, 1, 2, np.nan], "float32")
    wanted = np.array([np.nan, 1.5, 3, np.inf, -np.inf, 2], "float32")
    assert_same_call(node, name, unusual[:3], wanted)
    assert_same_call(node, name, unusual, wanted[:3])
    for sequence, values in [
        ([1, 2], 2), (1, [2]), ([1, 2], array([0])), (array([0]), [1]), ([[1, 2]], [[1], [2]]),
        (np.array(["a"]), [1]),
    ]:  # fmt: skip
        assert "searchSorted" in assert_both_refuse(node, name, sequence, values)


@FEW
@given(sequence=numbers, values=numbers, side=st.sampled_from(["left", "right"]))
def test_any_search(node: NodeSession, sequence: list[int], values: list[int], side: str) -> None:
    assert_same_call(node, "searchSorted", sequence, values, side)


def test_sides_have_names() -> None:
    # tf.js takes every other text for "right".
    with pytest.raises(ValueError, match="'left' or 'right'"):
        tf.searchSorted([1], [2], "rihgt")


def test_a_gradient_of_the_largest() -> None:
    # tf.js has none.
    raw = tensorflow.constant([[1.0, 5, 3], [2, 1, 4]])
    with tensorflow.GradientTape() as tape:
        tape.watch(raw)
        values = tf.topk(tf.tensor(raw), 2)["values"] * tf.tensor([2, 1])
    expected = [[0, 2, 1], [1, 0, 2]]
    np.testing.assert_array_equal(tape.gradient(values.tensor, raw), expected)


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 4], "float32")])
    def found(raw: Any) -> Any:
        x = tf.tensor(raw)
        made = [*tf.topk(x, 2).values(), *tf.unique(x).values(), tf.lowerBound(x, x)]
        return [one.tensor for one in made]

    sizes = [r.shape.as_list() for r in found(array([3, 4]))]
    assert sizes == [[3, 2], [3, 2], [3, 4], [3], [3, 4]]
