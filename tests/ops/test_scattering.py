"""Values at lists of coordinates, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.shape_cases import DTYPES, SHAPES, STRINGS, array, ids
from tfjsbridge.verify import NodeSession


def coordinates(shape: list[int], depth: int, *batch: int, seed: int = 0) -> np.ndarray:
    """Random coordinates on the first axes of a shape."""
    choose = np.random.default_rng(seed)
    axes = [choose.integers(0, size, batch) for size in shape[:depth]]
    return np.stack(axes, -1).astype("int32")


@pytest.mark.parametrize("dtype", DTYPES)
def test_gatherND(node: NodeSession, dtype: str) -> None:
    for shape in SHAPES:
        x = array(shape, dtype)
        for depth in range(1, len(shape) + 1):
            for batch in ((), (3,), (2, 2), (0,)):
                assert_same_call(node, "gatherND", x, coordinates(shape, depth, *batch))
        assert_same_call(node, "gatherND", x, np.zeros([2, 0], "int32"))


def test_gatherND_of_strings_and_lists_and_what_it_refuses(node: NodeSession) -> None:
    x = array([2, 3])
    assert_same_call(node, "gatherND", STRINGS, [[1, 0], [0, 2]])
    assert_same_call(node, "gatherND", [[1, 2], [3, 4]], [[1]])
    # tf.js: only the place that coordinates give in row-major order must be there.
    assert_same_call(node, "gatherND", x, [[0, 4], [1, -1]])
    for indices in ([[2]], [[-1]], [[1, 3]], [[0, 0, 0]], 1, np.array([[0]], "float32")):
        assert "gatherND" in assert_both_refuse(node, "gatherND", x, indices)
    assert "does not index" in assert_both_refuse(node, "gatherND", x, [[2, 0]])
    for empty in (array([]), array([0, 2])):
        assert_both_refuse(node, "gatherND", empty, [[0]])
    assert_both_refuse(node, "gatherND", array([0, 2]), np.zeros([0, 1], "int32"))
    with pytest.raises(ValueError, match="complex64"):
        tf.gatherND(np.array([1j], "complex64"), [[0]])


@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_scatterND(node: NodeSession, dtype: str) -> None:
    for shape in SHAPES:
        for depth in range(1, len(shape) + 1):
            for batch in ((4,), (2, 2), (0,)):
                indices = coordinates(shape, depth, *batch)
                updates = array([*batch, *shape[depth:]], dtype)
                assert_same_call(node, "scatterND", indices, updates, shape, rtol=1e-6)
    assert_same_call(node, "scatterND", ids(1, 1, 0), array([3], dtype), [3])
    assert_same_call(node, "scatterND", ids(1, 0), array([2, 2], dtype), [3, 2])


def test_scatterND_of_lists_bool_and_nothing_and_what_it_refuses(node: NodeSession) -> None:
    assert_same_call(node, "scatterND", [[4], [3], [1], [7]], [9, 10, 11, 12], [8])
    assert_same_call(node, "scatterND", [[1], [2]], np.array([True, False]), [3])
    assert_same_call(node, "scatterND", [[0, 4]], [9], [2, 3])  # see gatherND
    assert_same_call(node, "scatterND", [[1]], [4], [0])
    for arguments in [
        ([[3]], [1], [3]), ([[-1]], [1], [3]), ([[1]], [1, 2], [3]), ([[1]], [[1, 2]], [3]),
        ([[1, 1]], [1], [3]), (1, [1], [3]), ([1], 1, [3]), ([[1]], [1], []), ([[1]], [1], [-3]),
        (np.array([[1]], "float32"), [1], [3]), ([[1]], np.array(["a"]), [3]),
        ([[1]], [[1, 2]], [3, 3]), ([[1], [2]], [1], [3]),
    ]:  # fmt: skip
        assert "scatterND" in assert_both_refuse(node, "scatterND", *arguments)
    with pytest.raises(ValueError, match="complex64"):
        tf.scatterND([[0]], np.array([1j], "complex64"), [3])


@pytest.mark.parametrize("dtype", DTYPES)
def test_tensorScatterUpdate(node: NodeSession, dtype: str) -> None:
    for shape in SHAPES:
        for depth in range(1, len(shape) + 1):
            for batch in ((4,), (2, 2), (0,)):
                indices = coordinates(shape, depth, *batch)
                updates = array([*batch, *shape[depth:]], dtype, 1)
                x = array(shape, dtype)
                assert_same_call(node, "tensorScatterUpdate", x, indices, updates)
    assert_same_call(
        node, "tensorScatterUpdate", array([3], dtype), ids(1, 0), array([2], dtype, 1)
    )


def test_tensorScatterUpdate_of_lists_and_what_it_refuses(node: NodeSession) -> None:
    name = "tensorScatterUpdate"
    assert_same_call(node, name, [1, 2, 3], [[1], [1]], [8, 9])
    assert_same_call(node, name, [[1, 2], [3, 4]], [[0, 2]], [8])  # see gatherND
    assert_same_call(node, name, array([0, 2]), [[1]], [[3, 4]])
    for arguments in [
        ([1, 2], [[2]], [1]), ([1, 2], [[-1]], [1]), ([1, 2], [[1]], ids(1)), (3, [[0]], [1]),
        ([1, 2], [[1]], [1, 2]), ([1, 2], [[0, 0]], [1]), ([1, 2], 0, [1]), ([1, 2], [0], 1),
        (np.array(["a"]), [[0]], np.array(["b"])),
    ]:  # fmt: skip
        assert name in assert_both_refuse(node, name, *arguments)
    with pytest.raises(ValueError, match="complex64"):
        tf.tensorScatterUpdate(np.array([1j], "complex64"), [[0]], np.array([1j], "complex64"))


def test_tensorScatterUpdate_leaves_its_argument_alone() -> None:
    # tf.js writes into the Tensor that it is given, too.
    x = tf.tensor([1, 2, 3])
    tf.tensorScatterUpdate(x, [[1]], [9])
    assert x.arraySync() == [1, 2, 3]


@pytest.mark.parametrize("dtype", DTYPES)
def test_sparseToDense(node: NodeSession, dtype: str) -> None:
    values, zero = array([2], dtype), np.array(0, dtype)
    other = np.array(1, dtype)
    for default in (zero, other):
        assert_same_call(node, "sparseToDense", ids(2, 0), values, [4], default)
        assert_same_call(node, "sparseToDense", ids(1, 1), values, [4], default)
        assert_same_call(node, "sparseToDense", ids(2, 0), other, [4], default)
        assert_same_call(node, "sparseToDense", np.array(2, "int32"), other, [4], default)
        assert_same_call(node, "sparseToDense", [[0, 1], [1, 2]], values, [2, 3], default)
        assert_same_call(node, "sparseToDense", [[0, 1, 0], [1, 2, 1]], values, [2, 3, 2], default)


def test_sparseToDense_of_strings_and_lists_and_what_it_refuses(node: NodeSession) -> None:
    name = "sparseToDense"
    assert_same_call(node, name, [4, 5, 6, 1, 2, 3], [10, 11, 12, 13, 14, 15], [8])
    assert_same_call(node, name, [0, 2], np.array(["a", "b"]), [3], "z")
    assert_same_call(node, name, [[0, 4]], [4], [2, 3])  # see gatherND
    assert_same_call(node, name, [0], [1], [0])
    for arguments in [
        ([0, 3], [1, 2], [3]), ([0, -1], [1, 2], [3]), ([0], [1, 2], [3]), ([[0]], [1], [3, 3]),
        ([[[0]]], [1], [3]), ([0], [1], [-3]), ([0], [[1]], [3]), ([0], ids(1), [3], array([])),
        ([0, 2], np.array(["a", "b"]), [3]), (np.array([0], "float32"), [1], [3]),
    ]:  # fmt: skip
        assert_same_outcome(node, name, *arguments)
    assert "does not index" in assert_both_refuse(node, name, [0, 3], [1, 2], [3])
    z = np.array([1j], "complex64")
    with pytest.raises(ValueError, match="complex64"):
        tf.sparseToDense([0], z, [3], z[0])


def test_gradients() -> None:
    # tf.js has none for these.
    raw = tensorflow.constant(array([3, 2]))
    with tensorflow.GradientTape(persistent=True) as tape:
        tape.watch(raw)
        x = tf.tensor(raw)
        gathered = tf.gatherND(x, [[1, 1], [1, 1], [0, 0]])
        scattered = tf.scatterND([[1], [0], [1]], x, [4, 2]) * tf.tensor([[1, 2]])
        updated = tf.tensorScatterUpdate(x, [[1]], [[7, 8]])
    gradient = lambda y: tensorflow.convert_to_tensor(tape.gradient(y.tensor, raw)).numpy()  # noqa: E731
    np.testing.assert_array_equal(gradient(gathered), [[1, 0], [0, 2], [0, 0]])
    np.testing.assert_array_equal(gradient(scattered), [[1, 2]] * 3)
    np.testing.assert_array_equal(gradient(updated), [[1, 1], [0, 0], [1, 1]])


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 2], "float32")])
    def made(raw: Any) -> Any:
        x = tf.tensor(raw)
        return [
            tf.gatherND(x, [[1, 1], [0, 0]]).tensor,
            tf.tensorScatterUpdate(x, [[0]], [[7, 8]]).tensor,
        ]

    gathered, updated = made(np.array([[1, 2], [3, 4]], "float32"))
    np.testing.assert_array_equal(gathered, [4, 1])
    np.testing.assert_array_equal(updated, [[7, 8], [3, 4]])
