"""tf.buffer and TensorBuffer, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.ops.parity import assert_same
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

#: shape, dtype, (value, location) to set, location to get.
CASES: list[tuple[list[int], str | None, list[tuple[Any, list[int]]], list[list[int]]]] = [
    ([3], "float32", [(1.5, [0]), (0.1, [2])], [[0], [1], [2], []]),
    ([3], None, [(1.5, [])], [[0], []]),
    ([2, 3], "float32", [(5, [1, 2]), (6, [0, 0])], [[1, 2], [0, 0], [1, 0], [1]]),
    ([2, 3], "int32", [(2.7, [1, 1]), (-2.7, [0, 1]), (7, [0, 0])], [[1, 1], [0, 1], [0, 0]]),
    ([2], "bool", [(True, [1])], [[0], [1]]),
    ([2, 2], "string", [("a", [0, 0]), ("ä", [0, 1]), ("", [1, 0]), ("b", [1, 1])], [[0, 1]]),
    ([1, 2, 1, 2, 1, 2], "float32", [(3, [0, 1, 0, 1, 0, 1])], [[0, 1, 0, 1, 0, 1]]),
    ([], "float32", [], [[]]),
    ([0, 2], "int32", [], []),
]
PROGRAM = """
    const b = tf.buffer(args.shape, args.dtype ?? undefined);
    for (const [value, locs] of args.set) b.set(value, ...locs);
    const t = b.toTensor();
    return {got: args.get.map(locs => b.get(...locs)), size: b.size, rank: b.rank,
            shape: b.shape, strides: b.strides, dtype: b.dtype,
            locations: Array.from({length: b.size}, (_, i) => b.indexToLoc(i)),
            tensor: {dtype: t.dtype, shape: t.shape, values: t}};
"""


@pytest.mark.parametrize(("shape", "dtype", "set_", "get"), CASES, ids=str)
def test_set_get_and_to_tensor(
    node: NodeSession, shape: list[int], dtype: str | None, set_: Any, get: Any
) -> None:
    theirs = node.evaluate(PROGRAM, shape=shape, dtype=dtype, set=set_, get=get)
    ours = tf.buffer(shape, dtype)
    for value, locs in set_:
        ours.set(value, *locs)
    assert [ours.get(*locs) for locs in get] == theirs["got"]
    for name in ("size", "rank", "shape", "strides", "dtype"):
        assert getattr(ours, name) == theirs[name], name
    locations = [ours.indexToLoc(i) for i in range(ours.size)]
    assert locations == theirs["locations"]
    assert [ours.locToIndex(loc) for loc in locations] == list(range(ours.size))
    assert_same(ours.toTensor(), theirs["tensor"])


@pytest.mark.parametrize(
    ("call", "ours", "words"),
    [
        ("tf.buffer([2], 'complex64')", lambda: tf.buffer([2], "complex64"), "real and imaginary"),
        ("tf.buffer([2], 'wrong')", lambda: tf.buffer([2], "wrong"), "wrong"),
        ("tf.buffer([-2])", lambda: tf.buffer([-2]), "positive integers"),
        ("tf.buffer([1.5])", lambda: tf.buffer([1.5]), "positive integers"),
        ("tf.buffer(3)", lambda: tf.buffer(3), "list of whole numbers"),
        ("tf.buffer([2], null, [1])", lambda: tf.buffer([2], None, [1]), "Length of values '1'"),
        ("tf.buffer([]).set(1)", lambda: tf.buffer([]).set(1), "coordinates"),
        ("tf.buffer([2, 2]).set(1, 0)", lambda: tf.buffer([2, 2]).set(1, 0), "coordinates"),
        ("tf.buffer([2]).get(2)", lambda: tf.buffer([2]).get(2), "out of range"),
        ("tf.buffer([2]).get(-1)", lambda: tf.buffer([2]).get(-1), "out of range"),
        ("tf.complex([1], [2]).bufferSync()", lambda: tf.complex([1], [2]).bufferSync(), "complex"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_what_is_refused(node: NodeSession, call: str, ours: Any, words: str) -> None:
    with pytest.raises(TfjsError):
        node.evaluate(f"return {call}")
    with pytest.raises((ValueError, TypeError, IndexError), match=words):
        ours()


def test_a_location_outside_is_refused_where_tfjs_writes_elsewhere(node: NodeSession) -> None:
    assert "a buffer's value at a place outside" in FAULTS
    body = "const b = tf.buffer([2, 2]); b.set(5, 0, 3); return Array.from(b.values)"
    assert node.evaluate(body) == [0, 0, 0, 5]
    with pytest.raises(IndexError, match=r"\[0, 3\]. Buffer shape=\[2, 2\]"):
        tf.buffer([2, 2]).set(5, 0, 3)


def test_values_that_are_given_are_used_and_not_copied(node: NodeSession) -> None:
    values = np.float32([1, 2])
    buffer = tf.buffer([2], "float32", values)
    buffer.set(5, 0)
    assert values.tolist() == [5, 2]
    assert tf.buffer([2], "int32", [1, 2]).get(1) == 2


def test_a_tensor_of_a_buffer_does_not_change_with_it() -> None:
    buffer = tf.buffer([1000])
    t = buffer.toTensor()
    buffer.set(5, 0)
    assert t.arraySync()[0] == 0
    assert buffer.toTensor().arraySync()[0] == 5


def test_the_buffer_of_a_tensor(node: NodeSession) -> None:
    body = """
        return [args.t.bufferSync(), await args.t.buffer()].map(
            b => [b.shape, b.dtype, b.get(1, 0), b.toTensor()]);
    """
    for array in (np.float32([[1], [2.5]]), np.int32([[1], [2]]), np.array([["a"], ["b"]], object)):
        t = tf.tensor(array)
        for theirs, ours in zip(
            node.evaluate(body, t=array), (t.bufferSync(), t.buffer()), strict=True
        ):
            assert [ours.shape, ours.dtype, ours.get(1, 0)] == theirs[:3]
            np.testing.assert_array_equal(ours.toTensor().numpy(), theirs[3])
            ours.set(array[0, 0], 1, 0)
            assert t.arraySync() == array.tolist()


def test_a_string_that_was_not_set_is_refused() -> None:
    buffer = tf.buffer([2], "string")
    buffer.set("a", 0)
    with pytest.raises(TypeError, match="strings"):
        buffer.toTensor()


def test_repr() -> None:
    assert repr(tf.buffer([1], "int32")).startswith("TensorBuffer(shape=[1], dtype='int32'")
    assert isinstance(tf.buffer([1]), tf.TensorBuffer)
