"""What joins Tensors, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
)
from tests.ops.shape_cases import DTYPES, SHAPES, STRINGS, array, assert_same_gradient, ids
from tfjsbridge.verify import NodeSession


@pytest.mark.parametrize("dtype", DTYPES)
def test_concat(node: NodeSession, dtype: str) -> None:
    for shape in SHAPES:
        x = array(shape, dtype)
        for axis in (*range(-len(shape), len(shape)), DEFAULT):
            assert_same_call(node, "concat", [x, array(shape, dtype, 1), x], axis)
        longer = array([shape[0] + 2, *shape[1:]], dtype)
        assert_same_call(node, "concat", [x, longer], 0)
        assert_same_call(node, "concat", [x], 0)


@pytest.mark.parametrize("first", DTYPES)
@pytest.mark.parametrize("second", DTYPES)
def test_concat_gives_the_first_dtype(node: NodeSession, first: str, second: str) -> None:
    values = np.array([0, 1, 0.4, -1.7, 2], "float32")
    if first == "bool":  # tf.js keeps a 2 as true
        values = values[:3]
    assert_same_call(node, "concat", [np.array([1, 0], first), values.astype(second)])
    assert_same_call(node, "concat", [np.array([], first), values.astype(second)])
    assert_same_call(node, "concat", [np.array([], first), np.array([], second)])


def test_concat_of_strings_lists_complex_and_nothing(node: NodeSession) -> None:
    assert_same_call(node, "concat", [STRINGS, STRINGS[:, :1]], 1)
    assert_same_call(node, "concat", [[1, 2], [3]])
    assert_same_call(node, "concat", [array([0, 2]), array([0, 2]), array([3, 2])])
    assert_same_call(node, "concat", [array([2, 0]), array([2, 0])], 1)
    z = np.array([1 + 2j], "complex64")
    theirs = node.evaluate(
        "return tf.concat([tf.complex([1], [2]), tf.complex([1], [2])]).dataSync()"
    )
    np.testing.assert_array_equal(tf.concat([z, z]).numpy().view("float32"), theirs)


@pytest.mark.parametrize(
    ("tensors", "axis"),
    [
        ([], 0),
        ([array([2]), array([2, 2])], 0),
        ([array([2, 3]), array([2, 2])], 0),
        ([array([0]), array([2, 2])], 0),
        ([array([]), array([])], 0),
        ([array([2]), array([2])], 1),
        ([array([2]), array([2])], -2),
        ([array([2]), array([2])], 0.5),
        ([np.array(["a"]), array([1])], 0),
        (1, 0),
    ],
)
def test_concat_refuses(node: NodeSession, tensors: Any, axis: Any) -> None:
    assert_both_refuse(node, "concat", tensors, axis)


def test_complex_and_strings_are_joined_with_their_like() -> None:
    for other in (np.array([1j], "complex64"), np.array(["a"])):
        for tensors in ([array([1]), other], [other, array([1])]):
            with pytest.raises(ValueError, match="Cannot concatenate"):
                tf.concat(tensors)


def test_what_differs_is_named(node: NodeSession) -> None:
    message = assert_both_refuse(node, "concat", [array([2, 3]), array([2, 2])], 0)
    assert "[2, 2]" in message
    assert "[2, 3]" in message


CONCAT = {1: "concat1d", 2: "concat2d", 3: "concat3d", 4: "concat4d"}


@pytest.mark.parametrize("dtype", DTYPES)
def test_concat_of_a_rank(node: NodeSession, dtype: str) -> None:
    assert_same_call(node, "concat1d", [array([2], dtype), array([3], dtype), array([0], dtype)])
    for rank in (2, 3, 4):
        x = array([2, 3, 1, 2][:rank], dtype)
        for axis in (DEFAULT, *range(-rank, rank)):
            assert_same_call(node, CONCAT[rank], [x, x], axis)
            assert_same_call(node, CONCAT[rank], [x], axis)
        longer = array([4, 3, 1, 2][:rank], dtype)
        assert_same_call(node, CONCAT[rank], [x, longer, x], 0)
        assert_same_call(node, CONCAT[rank], [x, array([0, 3, 1, 2][:rank], dtype)], 0)


def test_concat_of_a_rank_takes_other_ranks_lists_and_strings(node: NodeSession) -> None:
    assert_same_call(node, "concat1d", [[1, 2], [3]])
    assert_same_call(node, "concat1d", [STRINGS[0], STRINGS[1]])
    assert_same_call(node, "concat1d", [ids(1, 2), array([1])])
    assert_same_call(node, "concat1d", [array([2, 3]), array([1, 3])])
    for rank in (2, 3, 4):
        assert_same_call(node, CONCAT[rank], [[[1], [2]], [[3], [4]]], 1)
        assert_same_call(node, CONCAT[rank], [array([2]), array([3])], 0)
        assert_same_call(node, CONCAT[rank], [STRINGS, STRINGS], 1)


@pytest.mark.parametrize("rank", [1, 2, 3, 4])
def test_concat_of_a_rank_refuses(node: NodeSession, rank: int) -> None:
    name, shape = CONCAT[rank], [2, 3, 1, 2][:rank]
    x = array(shape)
    axis = () if rank == 1 else (0,)
    assert_both_refuse(node, name, [], *axis)
    assert_both_refuse(node, name, 1, *axis)
    assert_both_refuse(node, name, [array([]), array([])], *axis)
    assert "rank" in assert_both_refuse(node, name, [x, array([*shape, 1])], *axis)
    if rank > 1:
        shorter = array([*shape[:-1], shape[-1] + 1])
        assert "does not match" in assert_both_refuse(node, name, [x, shorter], 0)
        for out_of_range in (rank, -rank - 1, 0.5):
            assert "axis" in assert_both_refuse(node, name, [x, x], out_of_range)


def test_methods(node: NodeSession) -> None:
    x = array([2, 3])
    assert_same_call(node, "concat", x, array([1, 3]), method=True)
    assert_same_call(node, "concat", x, array([2, 2]), 1, method=True)
    assert_same_call(node, "concat", x, [x, x], -1, method=True)
    assert_same_call(node, "stack", x, x, method=True)
    assert_same_call(node, "stack", x, [x, x], 1, method=True)


@pytest.mark.parametrize("dtype", DTYPES)
def test_stack(node: NodeSession, dtype: str) -> None:
    for shape in [[], *SHAPES[:5], [0, 2]]:
        x, y = array(shape, dtype), array(shape, dtype, 1)
        for axis in (DEFAULT, *range(-7, 7)):
            assert_same_outcome(node, "stack", [x, y], axis)
            assert_same_outcome(node, "stack", [x], axis)


def test_stack_of_strings_and_lists_and_what_it_refuses(node: NodeSession) -> None:
    assert_same_call(node, "stack", [STRINGS, STRINGS], 1)
    assert_same_call(node, "stack", [[1, 2], [3, 4]], -1)
    assert "dtypes" in assert_both_refuse(node, "stack", [array([1]), ids(1)])
    assert "[2]" in assert_both_refuse(node, "stack", [array([1]), array([2])])
    assert "interval [-2, 1]" in assert_both_refuse(node, "stack", [array([1]), array([1])], 2)
    assert_both_refuse(node, "stack", [])
    assert_both_refuse(node, "stack", 1)
    z = np.array([1 + 2j], "complex64")
    assert tf.stack([z, z]).shape == [2, 1]


@pytest.mark.parametrize("indexing", ["xy", "ij"])
def test_meshgrid(node: NodeSession, indexing: str) -> None:
    def compare(*arrays: Any) -> None:
        theirs = node.evaluate(
            """
            return tf.meshgrid(...args.arrays, {indexing: args.indexing}).map(
                t => ({dtype: t.dtype, shape: t.shape, values: t}));
            """,
            arrays=arrays,
            indexing=indexing,
        )
        ours = tf.meshgrid(*(tf.tensor(a) for a in arrays), indexing=indexing)
        assert_same(ours, theirs)

    for dtype in DTYPES:
        compare(array([2], dtype), array([3]))
    compare(array([2, 3]), array([4, 1]))
    compare(np.float32(3), array([2]))
    compare(array([0]), array([2]))


def test_meshgrid_of_less(node: NodeSession) -> None:
    assert_same_call(node, "meshgrid")
    assert_same_call(node, "meshgrid", [1, 2])
    assert_same_call(node, "meshgrid", [1, 2], [3])
    assert_both_refuse(node, "meshgrid", np.array(["a"]), [1])
    with pytest.raises(TypeError, match="valid third argument"):
        tf.meshgrid([1], [2], indexing="yx")


def test_gradients(node: NodeSession) -> None:
    x = array([2, 3])
    for rank in (2, 3, 4):
        y, name = array([2, 3, 1, 2][:rank]), CONCAT[rank]
        assert_same_gradient(
            node,
            f"tf.{name}([x, x.square()], 1)",
            lambda x, name=name: getattr(tf, name)([x, x * x], 1),
            y,
        )
    assert_same_gradient(
        node, "tf.concat1d([x, x.square()])", lambda x: tf.concat1d([x, x * x]), array([3])
    )
    assert_same_gradient(
        node, "tf.concat([x, x.square()], 1)", lambda x: tf.concat([x, x * x], 1), x
    )
    assert_same_gradient(node, "tf.stack([x, x.mul(x)])", lambda x: tf.stack([x, x * x]), x)
    assert_same_gradient(
        node,
        "tf.meshgrid(x.flatten(), tf.ones([2]))[0]",
        lambda x: tf.meshgrid(x.flatten(), tf.tensor([1, 1]))[0],
        x,
    )


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 2], "float32")])
    def joined(raw: Any) -> Any:
        x = tf.tensor(raw)
        return [tf.concat([x, x]).tensor, tf.stack([x, x]).tensor, tf.concat([x, x], 1).tensor]

    assert [r.shape.as_list() for r in joined(array([3, 2]))] == [[6, 2], [2, 3, 2], [3, 4]]


def test_what_is_joined_with_nothing_is_a_clone(node: NodeSession) -> None:
    body = """
        const x = tf.tensor2d([[1, 2]]), none = tf.zeros([0, 2]), scalar = tf.scalar(1);
        const before = tf.memory().numDataBuffers;
        const results = [tf.concat([none, x]), tf.concat([x, none, none]), tf.concat([x, x]),
                         tf.concat([none, none]), tf.reverse(scalar)];
        return tf.memory().numDataBuffers - before;
    """
    x, none, scalar = tf.tensor2d([[1, 2]]), tf.zeros([0, 2]), tf.scalar(1)
    before = tf.memory()["numDataBuffers"]
    results = [tf.concat([none, x]), tf.concat([x, none, none]), tf.concat([x, x])]
    results += [tf.concat([none, none]), tf.reverse(scalar)]
    assert tf.memory()["numDataBuffers"] - before == node.evaluate(body)
    assert tf.grad(lambda x: tf.concat([none, x]).square())(x).arraySync() == [[2, 4]]


def test_no_grid_of_strings(node: NodeSession) -> None:
    for other in (np.array(["a"]), np.array([1j], np.complex64)):
        assert "'y' passed to 'meshgrid'" in assert_both_refuse(node, "meshgrid", [1, 2], other)
