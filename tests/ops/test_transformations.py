"""Shapes and dtypes, against tf.js."""

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
from tests.ops.shape_cases import DTYPES, SHAPES, STRINGS, array, assert_same_gradient, ids
from tfjsbridge.verify import NodeSession

FEW = settings(derandomize=True, deadline=None, max_examples=40)
sizes = st.lists(st.integers(0, 3), max_size=6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_reshape(node: NodeSession, dtype: str) -> None:
    for shape in SHAPES:
        for wanted in ([-1], [1, -1], [*shape[::-1]], [-1, *shape[1:]], [1, *shape, 1]):
            assert_same_call(node, "reshape", array(shape, dtype), wanted)
    assert_same_call(node, "reshape", np.array(3, dtype), [])
    assert_same_call(node, "reshape", np.array(3, dtype), [1, 1])
    assert_same_call(node, "reshape", np.array([3], dtype), [])


def test_reshape_of_strings_lists_complex_and_nothing(node: NodeSession) -> None:
    assert_same_call(node, "reshape", STRINGS, [3, -1])
    assert_same_call(node, "reshape", [[1, 2], [3, 4]], [4])
    assert_same_call(node, "reshape", [1, 2], [2.0, 1])
    theirs = node.evaluate("return tf.complex([1, 2], [3, 4]).reshape([2, 1]).shape")
    assert tf.reshape(np.array([1 + 3j, 2 + 4j], "complex64"), [2, 1]).shape == theirs
    for wanted in ([0], [-1], [0, 3], [3, 0, 2], [-1, 3]):
        assert_same_call(node, "reshape", np.zeros([0, 2], "float32"), wanted)


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        ([4], "Size(6)"),
        ([4, -1], "fractional"),
        ([-1, -1], "only have 1 implicit size"),
        ([-2, 3], "< 0"),
        ([0, -1], "Cannot infer"),
        ([], "Size(6)"),
        (6, "list of numbers"),
    ],
)
def test_shapes_that_do_not_fit(node: NodeSession, wanted: Any, words: str) -> None:
    assert words in assert_both_refuse(node, "reshape", array([2, 3]), wanted)


def test_sizes_are_whole_numbers() -> None:
    # tf.js makes a broken Tensor.
    with pytest.raises(ValueError, match="whole numbers"):
        tf.reshape(array([2, 3]), [1.5, 4])


@FEW
@given(shape=sizes, wanted=st.lists(st.integers(-1, 4), max_size=4))
def test_any_shape(node: NodeSession, shape: list[int], wanted: list[int]) -> None:
    assert_same_outcome(node, "reshape", np.zeros(shape, "float32"), wanted)


def test_squeeze(node: NodeSession) -> None:
    for shape in ([], [1], [3], [1, 3, 1], [1, 1, 1], [2, 1, 3, 1], [0, 1], [1, 1, 2, 1, 1, 1]):
        x = array(shape)
        for axis in (DEFAULT, [], *range(-7, 7), [0], [0, 2], [2, 0], [-1], [0, 0], [0, 0, 1]):
            assert_same_outcome(node, "squeeze", x, axis)
    assert_same_call(node, "squeeze", STRINGS[None])
    assert_same_call(node, "squeeze", [[[1], [2]]], -1)
    message = assert_both_refuse(node, "squeeze", array([1, 3]), [1])
    assert "Can't squeeze axis 1 since its dim '3' is not 1" in message
    assert "range [-2, 2)" in assert_both_refuse(node, "squeeze", array([1, 3]), [2])


def test_expandDims(node: NodeSession) -> None:
    for shape in ([], *SHAPES[:5], [0, 2]):
        assert_same_call(node, "expandDims", array(shape))
        for axis in range(-8, 8):
            assert_same_outcome(node, "expandDims", array(shape), axis)
    assert_same_call(node, "expandDims", STRINGS, 1)
    assert_same_call(node, "expandDims", [1, 2], -1)
    assert "rank" in assert_both_refuse(node, "expandDims", array([2]), 3)
    assert "[-2, 1]" in assert_both_refuse(node, "expandDims", array([2]), -3)


@FEW
@given(shape=st.lists(st.integers(0, 3), max_size=4), wanted=sizes)
def test_broadcastTo_any_shape(node: NodeSession, shape: list[int], wanted: list[int]) -> None:
    assert_same_outcome(node, "broadcastTo", array(shape), wanted)


@pytest.mark.parametrize("dtype", DTYPES)
def test_broadcastTo(node: NodeSession, dtype: str) -> None:
    for shape, wanted in [
        ([], [2, 3]), ([1], [4]), ([3], [2, 3]), ([2, 1], [2, 3]), ([1, 1, 1], [2, 3, 4]),
        ([2], [2]), ([1], [0]), ([1], [2, 0]), ([2, 1, 1], [1, 2, 2, 2, 1, 3]),
    ]:  # fmt: skip
        assert_same_call(node, "broadcastTo", array(shape, dtype), wanted)


def test_broadcastTo_refuses(node: NodeSession) -> None:
    for shape, wanted in ([3], [2]), ([2, 3], [3]), ([3], [3, 2]), ([1], [-1]), ([0], [2]):
        message = assert_both_refuse(node, "broadcastTo", array(shape), wanted)
        assert str(wanted) in message
    assert_both_refuse(node, "broadcastTo", np.array(["a"]), [2])
    with pytest.raises(ValueError, match="complex64"):
        tf.broadcastTo(np.array([1j], "complex64"), [2])


def test_broadcastArgs(node: NodeSession) -> None:
    cases: list[tuple[Any, Any]] = [
        ([2, 3], [3]), ([1, 5], [4, 1]), ([1], [0]), ([0], [0]), ([2], [3]), ([0], [2]),
        (ids(2, 1), ids(3, 1, 4)), (ids(), ids(3)), ([[2]], [2]), (2, [2]), ([2], 2),
        (np.array([2], "float32"), [2]), ([-2, 1], [-2, 5]),
    ]  # fmt: skip
    for s0, s1 in cases:
        assert_same_outcome(node, "broadcastArgs", s0, s1)
    assert "[2] and [3]" in assert_both_refuse(node, "broadcastArgs", [2], [3])
    assert "vector" in assert_both_refuse(node, "broadcastArgs", [[2]], [3])


def test_ensureShape(node: NodeSession) -> None:
    x = array([2, 3])
    for wanted in ([2, 3], [2, None], [None, None], [3, 3], [2], [2, 3, 1], None):
        assert_same_outcome(node, "ensureShape", x, wanted)
    assert_same_call(node, "ensureShape", STRINGS, [2, None])
    assert_same_call(node, "ensureShape", 3.0, [])
    kept = tf.tensor(x)
    assert tf.ensureShape(kept, [None, 3]) is kept
    assert "[2, 3]" in assert_both_refuse(node, "ensureShape", x, [3, None])


NUMBERS = [0, -0.0, 0.3, 1.9, -1.9, np.nan, np.inf, -np.inf, 3e9, -3e9, 1e20, -1e30, 2.0**33]


@pytest.mark.parametrize("dtype", DTYPES)
def test_cast(node: NodeSession, dtype: str) -> None:
    x = np.array(NUMBERS, "float32")
    assert_same_call(node, "cast", x, dtype)
    assert_same_call(node, "cast", [0.3, -2.7], dtype)
    for known in DTYPES:
        for shape in ([], *SHAPES, [0, 2]):
            assert_same_call(node, "cast", array(shape, known), dtype)
    theirs = node.evaluate(
        "return tf.complex([1.5, 0], [2, 3]).cast(args.dtype).arraySync()", dtype=dtype
    )
    ours = tf.cast(np.array([1.5 + 2j, 3j], "complex64"), dtype)
    assert ours.dtype == dtype
    np.testing.assert_array_equal(ours.numpy(), theirs)


def test_cast_to_complex(node: NodeSession) -> None:
    for dtype in DTYPES:
        x = array([3], dtype)
        theirs = node.evaluate("return args.x.cast('complex64').dataSync()", x=x)
        ours = tf.cast(x, "complex64")
        assert ours.dtype == "complex64"
        np.testing.assert_allclose(ours.numpy().view("float32"), np.asarray(theirs, "float32"))


def test_cast_refuses(node: NodeSession) -> None:
    assert "int64" in assert_both_refuse(node, "cast", [1], "int64")
    assert "string" in assert_both_refuse(node, "cast", [1], "string")
    assert_both_refuse(node, "cast", ["a"], "float32")
    assert_both_refuse(node, "cast", ["a"], "string")


def test_setdiff1dAsync(node: NodeSession) -> None:
    cases: list[tuple[Any, Any]] = [
        ([1, 2, 3, 4, 5, 6], [1, 3, 5]), ([1, 2], array([0])), (array([0]), [1]),
        (np.array([1, np.nan, 2, 0], "float32"), np.array([np.nan, -0.0], "float32")),
        (np.array([1, np.nan, np.inf], "float32"), [1]), ([1, 1, 2, 1], [2]),
        (ids(3, 1, 2), ids(2)), (np.array([True, False]), np.array([True])),
        ([1], ids(1)), ([[1]], [1]), ([1], 1), (["a"], ["b"]),
    ]  # fmt: skip
    for x, y in cases:
        assert_same_outcome(node, "setdiff1dAsync", x, y)
    assert "int32" in assert_both_refuse(node, "setdiff1dAsync", [1], ids(1))
    with pytest.raises(ValueError, match="complex64"):
        tf.setdiff1dAsync(np.array([1j], "complex64"), np.array([1j], "complex64"))


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("flatten", ()), ("as1D", ()), ("as2D", (3, 4)), ("as3D", (3, 2, 2)),
        ("as4D", (1, 3, 2, 2)), ("as5D", (1, 3, 1, 2, 2)), ("asType", ("int32",)),
        ("toBool", ()), ("toInt", ()), ("toFloat", ()), ("cast", ("bool",)),
        ("reshape", ([4, 3],)), ("squeeze", (0,)), ("expandDims", (1,)),
        ("broadcastTo", ([2, 3, 4],)), ("reshapeAs", (array([4, 3]),)),
    ],
)  # fmt: skip
def test_methods(node: NodeSession, method: str, arguments: tuple[Any, ...]) -> None:
    assert_same_call(node, method, array([1, 3, 4]), *arguments, method=True)


def test_asScalar(node: NodeSession) -> None:
    assert_same_call(node, "asScalar", array([1, 1]), method=True)
    with pytest.raises(ValueError, match="only 1 element"):
        tf.tensor([1, 2]).asScalar()  # type: ignore[attr-defined]


def test_gradients(node: NodeSession) -> None:
    x = array([2, 1, 3])
    assert_same_gradient(node, "x.reshape([3, 2])", lambda x: tf.reshape(x, [3, 2]), x)
    assert_same_gradient(node, "x.squeeze()", tf.squeeze, x)
    assert_same_gradient(node, "x.expandDims(1)", lambda x: tf.expandDims(x, 1), x)
    assert_same_gradient(
        node, "x.broadcastTo([4, 2, 5, 3].slice(1))", lambda x: tf.broadcastTo(x, [2, 5, 3]), x
    )
    assert_same_gradient(node, "x.cast('float32')", lambda x: tf.cast(x, "float32"), x)


def test_values_in_memory_are_shared_as_in_tfjs(node: NodeSession) -> None:
    script = """
        const x = args.x, before = tf.memory().numDataBuffers;
        const made = [x.reshape([3, 2]), x.squeeze(), x.expandDims(), x.cast(x.dtype),
            x.broadcastTo([2, 3]), x.flatten(), x.cast('float32'), x.cast('bool'),
            x.broadcastTo([2, 2, 3]), tf.concat([x]), tf.stack([x])];
        const after = tf.memory().numDataBuffers;
        tf.dispose(made);
        return after - before;
    """
    for dtype in DTYPES:
        theirs = node.evaluate(script, x=array([2, 3], dtype))
        x: Any = tf.tensor(array([2, 3], dtype))
        before = tf.memory()["numDataBuffers"]
        made = [
            x.reshape([3, 2]), x.squeeze(), x.expandDims(), x.cast(x.dtype),
            x.broadcastTo([2, 3]), x.flatten(), x.cast("float32"), x.cast("bool"),
            x.broadcastTo([2, 2, 3]), tf.concat([x]), tf.stack([x]),
        ]  # fmt: skip
        assert tf.memory()["numDataBuffers"] - before == theirs, dtype
        tf.dispose([x, made])


def test_operations_dispose_of_what_they_make_on_the_way() -> None:
    before = tf.memory()["numTensors"]
    tf.reshape([1, 2], [2, 1])
    tf.broadcastTo([1], [3])
    tf.squeeze([[1]])
    assert tf.memory()["numTensors"] - before == 3


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 1], "float32")])
    def shapes(raw: Any) -> Any:
        x: Any = tf.tensor(raw)
        assert x.shape == [None, 1]
        made = [
            x.reshape([-1]), x.squeeze(1), x.expandDims(-1), x.flatten(), x.toInt(),
            x.broadcastTo([3, 2]), tf.ensureShape(x, [None, 1]),
        ]  # fmt: skip
        return [one.tensor for one in made]

    results = shapes(np.ones([3, 1], "float32"))
    assert [r.shape.as_list() for r in results] == [
        [3], [3], [3, 1, 1], [3], [3, 1], [3, 2], [3, 1]
    ]  # fmt: skip


def test_the_result_of_in_tfjs_is_compared(node: NodeSession) -> None:
    assert_same(tf.reshape([1, 2], [2, 1]), in_tfjs(node, "reshape", [1, 2], [2, 1]))
