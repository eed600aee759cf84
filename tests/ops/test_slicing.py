"""Parts of Tensors, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.parity import DEFAULT, assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.shape_cases import DTYPES, SHAPES, STRINGS, array, assert_same_gradient, ids
from tfjsbridge.verify import NodeSession

FEW = settings(derandomize=True, deadline=None, max_examples=60)
shapes = st.lists(st.integers(0, 3), max_size=4)


@pytest.mark.parametrize("dtype", DTYPES)
def test_slice(node: NodeSession, dtype: str) -> None:
    for shape in SHAPES:
        x, rank = array(shape, dtype), len(shape)
        assert_same_call(node, "slice", x, 0)
        assert_same_call(node, "slice", x, [size - 1 for size in shape])
        assert_same_call(node, "slice", x, [0] * rank, [1] * rank)
        assert_same_call(node, "slice", x, [0] * rank, [-1] * rank)
        assert_same_call(node, "slice", x, 0, 1, method=True)
        assert_same_call(node, "slice", x, [shape[0]], [0])


@FEW
@given(
    shape=shapes,
    begin=st.lists(st.integers(0, 2), max_size=4),
    size=st.lists(st.integers(-1, 3), max_size=4),
)
def test_slice_any_part(
    node: NodeSession, shape: list[int], begin: list[int], size: list[int]
) -> None:
    reaches = all(start <= length for start, length in zip(begin, shape, strict=False))
    if reaches:  # otherwise tf.js makes Tensors of negative sizes
        assert_same_outcome(node, "slice", array(shape), begin, size)


def test_slice_refuses(node: NodeSession) -> None:
    x = array([3])
    for arguments in [(-1,), (1, 5), (1, -2), ([0, 0], [1, 1]), ([0], [1, 1])]:
        assert "slice1D" in assert_both_refuse(node, "slice", x, *arguments)
    assert "scalar" in assert_both_refuse(node, "slice", array([]), 0)
    # What tf.js makes broken Tensors of.
    for arguments in [(-2,), (4,), ([4], [-1])]:
        with pytest.raises(ValueError, match="slice1D"):
            tf.slice(x, *arguments)
    with pytest.raises(ValueError, match="complex64"):
        tf.slice(np.array([1j], "complex64"), 0)
    assert_same_call(node, "slice", STRINGS, [0, 1], [2, 2])
    assert_same_call(node, "slice", [1, 2, 3], 1, 1)


def test_slices_of_a_rank(node: NodeSession) -> None:
    assert_same_call(node, "slice1d", array([4]), 1, 2)
    assert_same_call(node, "slice1d", array([4]), 1, -1)
    for rank in (2, 3, 4):
        x, name = array([3] * rank), f"slice{rank}d"
        assert_same_call(node, name, x, [1] * rank, [2] * rank)
        assert_same_call(node, name, x, [1], [-1])
        assert f"rank-{rank}" in assert_both_refuse(node, name, array([3]), [0], [1])
    assert_both_refuse(node, "slice1d", array([2, 2]), 0, 1)


@pytest.mark.parametrize("dtype", DTYPES)
def test_reverse(node: NodeSession, dtype: str) -> None:
    for shape in [[], *SHAPES, [0, 2]]:
        x = array(shape, dtype)
        for axis in (DEFAULT, [], 0, -1, [0, -1], [0, 0], [0, 0, 0], 6, -7, [1, 9]):
            assert_same_outcome(node, "reverse", x, axis)


def test_reverse_of_a_rank(node: NodeSession) -> None:
    assert_same_call(node, "reverse1d", array([3]))
    for rank in (2, 3, 4):
        x, name = array([2, 3, 2, 3][:rank]), f"reverse{rank}d"
        for axis in (DEFAULT, 0, [0, -1]):
            assert_same_call(node, name, x, axis)
        assert f"rank {rank}" in assert_both_refuse(node, name, array([3]))
    assert_both_refuse(node, "reverse1d", array([2, 3]))
    assert_both_refuse(node, "reverse", np.array(["a"]))
    with pytest.raises(ValueError, match="complex64"):
        tf.reverse(np.array([1j], "complex64"))
    assert_same_call(node, "reverse", array([2, 3]), 1, method=True)


@pytest.mark.parametrize("dtype", DTYPES)
def test_split(node: NodeSession, dtype: str) -> None:
    for shape in [[6], [2, 6], [1, 6, 2], [1, 1, 6, 1], [1, 1, 1, 6, 1], [1, 1, 1, 1, 6, 1]]:
        x, axis = array(shape, dtype), shape.index(6)
        for parts in (1, 2, 3, [6], [1, 2, 3], [0, 6], [1, -1], [2, -1, 3], [6, -1], [4, -1, 0]):
            assert_same_call(node, "split", x, parts, axis)
            assert_same_call(node, "split", x, parts, axis - len(shape))


def test_split_refuses(node: NodeSession) -> None:
    x = array([4, 2])
    for parts in (3, 0, -1, [], [1, 2], [-1, 2], [1, -1, -1], [-2, 6], [5, -1], [3, 3], [4.5]):
        assert "split" in assert_both_refuse(node, "split", x, parts)
    for axis in (2, -3, 0.5):
        assert_both_refuse(node, "split", x, 2, axis)
    assert_both_refuse(node, "split", array([]), 1)
    assert_both_refuse(node, "split", np.array(["a"]), 1)
    assert_same_call(node, "split", x, 2)
    assert_same_call(node, "split", array([0, 2]), 3)
    assert_same_call(node, "split", [1, 2], 2)
    assert_same_call(node, "split", x, [1, 3], method=True)
    with pytest.raises(ValueError, match="complex64"):
        tf.split(np.array([1j], "complex64"), 1)


@pytest.mark.parametrize("dtype", DTYPES)
def test_unstack(node: NodeSession, dtype: str) -> None:
    for shape in [[], *SHAPES, [0, 2], [2, 0]]:
        for axis in (DEFAULT, 0, -1, 1, -2, 6):
            assert_same_outcome(node, "unstack", array(shape, dtype), axis)
    assert_same_call(node, "unstack", STRINGS, 1)
    assert_same_call(node, "unstack", [[1, 2], [3, 4]])
    assert_same_call(node, "unstack", array([2, 3]), 1, method=True)
    assert "[-1, 1)" in assert_both_refuse(node, "unstack", array([2]), 1)
    with pytest.raises(ValueError, match="complex64"):
        tf.unstack(np.array([1j], "complex64"))


@pytest.mark.parametrize("dtype", DTYPES)
def test_tile(node: NodeSession, dtype: str) -> None:
    for shape in [[], *SHAPES, [0, 2]]:
        for reps in ([2] * len(shape), [(i + 1) % 3 for i in range(len(shape))], [1] * len(shape)):
            assert_same_call(node, "tile", array(shape, dtype), reps)
    assert_same_call(node, "tile", STRINGS, [2, 1])
    assert_same_call(node, "tile", [[1, 2]], [2, 2])
    assert_same_call(node, "tile", array([2]), [2], method=True)
    for reps in ([2], [2, 2, 2], [-1, 2], 2):
        assert "tile" in assert_both_refuse(node, "tile", array([2, 3]), reps)
    with pytest.raises(ValueError, match="complex64"):
        tf.tile(np.array([1j], "complex64"), [2])


@pytest.mark.parametrize("dtype", DTYPES)
def test_gather(node: NodeSession, dtype: str) -> None:
    for shape in SHAPES:
        x = array(shape, dtype)
        for axis in range(-len(shape), len(shape)):
            last = shape[axis] - 1
            for indices in (ids(0, last, 0), np.array(last, "int32"), ids(), ids(0, last)[:, None]):
                assert_same_call(node, "gather", x, indices, axis)
    assert_same_call(node, "gather", array([3], dtype), [2, 0], method=True)
    assert_same_call(node, "gather", array([3], dtype), 1)


def test_gather_in_batches(node: NodeSession) -> None:
    x = array([2, 3, 4])
    rows = np.array([[0, 2, 1], [1, 1, 0]], "int32")
    cases: list[tuple[Any, ...]] = [
        (x, rows, 1, 1), (x, rows, 2, 1), (x, rows, 2, 2), (x, rows, -1, -1), (x, rows, 1, -1),
        (x, rows[..., None], 2, 2), (x, rows[:, :1], 1, 1), (x, rows[:, 0], 1, 1),
        (x, rows, 0, 1), (x, rows, 1, 2), (x, rows, 2, 3), (x, rows, 2, -3), (x, rows[:1], 1, 1),
        (array([0, 3]), np.zeros([0, 2], "int32"), 1, 1),
    ]  # fmt: skip
    for arguments in cases:
        assert_same_outcome(node, "gather", *arguments)


def test_gather_refuses(node: NodeSession) -> None:
    x = array([2, 3])
    assert "2 is not in [0, 1]" in assert_both_refuse(node, "gather", x, [0, 2])
    assert "-1 is not in [0, 1]" in assert_both_refuse(node, "gather", x, [-1])
    assert "int32" in assert_both_refuse(node, "gather", x, np.array([0], "float32"))
    for axis in (2, -3, 0.5):
        assert "axis" in assert_both_refuse(node, "gather", x, [0], axis)
    assert_both_refuse(node, "gather", array([]), [0])
    assert_both_refuse(node, "gather", np.array(["a"]), [0])
    assert_same_call(node, "gather", array([0, 2]), ids())
    with pytest.raises(ValueError, match="complex64"):
        tf.gather(np.array([1j], "complex64"), [0])


def test_booleanMaskAsync(node: NodeSession) -> None:
    x = array([2, 3, 2])
    two, three = np.array([True, False]), np.array([True, False, True])
    cases: list[tuple[Any, ...]] = [
        (x, two), (x, two, 0), (x, three, 1), (x, two, 2), (x, array([2, 3], "bool")),
        (x, array([3, 2], "bool"), 1), (x, array([2, 3, 2], "bool")), (x, two * False),
        (x, [1, 0]), (x, [True, False]), (x, three), (x, two, 1), (x, three, -2), (x, two, -1),
        (x, np.array([1, 0], "float32")), (x, True), (array([]), [True]), (x, two, 5),
        (array([0, 2]), np.zeros([0], bool)), (x > 0, two), (x.astype("int32"), two),
        ([1, 2, 3], three), (np.array(["a", "b"]), two),
    ]  # fmt: skip
    for arguments in cases:
        assert_same_outcome(node, "booleanMaskAsync", *arguments)
    assert "[3]" in assert_both_refuse(node, "booleanMaskAsync", x, three)


@pytest.mark.parametrize(
    ("script", "function"),
    [
        ("x.slice([0, 1], [2, 2])", lambda x: tf.slice(x, [0, 1], [2, 2])),
        ("x.reverse(1)", lambda x: tf.reverse(x, 1)),
        ("x.split([1, 3], 1)[1]", lambda x: tf.split(x, [1, 3], 1)[1]),
        ("x.split(2, 1)[0]", lambda x: tf.split(x, 2, 1)[0]),
        ("x.unstack(1)[2]", lambda x: tf.unstack(x, 1)[2]),
        ("x.tile([2, 3])", lambda x: tf.tile(x, [2, 3])),
        (
            "x.gather(tf.tensor1d([2, 0, 2], 'int32'), 1)",
            lambda x: tf.gather(x, [2, 0, 2], 1),
        ),
        ("x.gather(tf.tensor1d([1, 1], 'int32'))", lambda x: tf.gather(x, [1, 1])),
    ],
)
def test_gradients(node: NodeSession, script: str, function: Any) -> None:
    assert_same_gradient(node, script, function, array([2, 4]))


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 2], "float32")])
    def parts(raw: Any) -> Any:
        x: Any = tf.tensor(raw)
        made = [
            x.slice(1), x.slice([0, 1], [2, -1]), x.reverse(), x.gather([1, 0]), x.tile([2, 1]),
            *x.split(2, 1), *x.unstack(1), *x.split([1, -1]),
        ]  # fmt: skip
        return [one.tensor for one in made]

    results = parts(array([3, 2]))
    assert [r.shape.as_list() for r in results] == [
        [2, 2], [2, 1], [3, 2], [2, 2], [6, 2], [3, 1], [3, 1], [3], [3], [1, 2], [2, 2]
    ]  # fmt: skip


def test_operations_dispose_of_what_they_make_on_the_way() -> None:
    before = tf.memory()["numTensors"]
    tf.slice([1, 2], 1)
    tf.split([1, 2], 2)
    tf.gather([1, 2], [0])
    tf.booleanMaskAsync([1, 2], [True, False])
    tf.reverse2d([[1]])
    assert tf.memory()["numTensors"] - before == 6
