"""Tensor: its properties, and how it behaves as a NumPy array and as a Python object."""

from __future__ import annotations

import contextlib
import copy
import pickle
from array import array as typed_array
from collections import deque
from typing import Any

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

ARRAYS = [
    np.float32([[1.5, -2], [np.nan, 0]]),
    np.int32([1, 2, 3]),
    np.array([[[True], [False]]]),
    np.complex64([1 + 2j]),
    np.array(["a", "ä"], object),
    np.asarray(np.float32(2.5)),
    np.zeros((0, 3), np.float32),
]


@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_properties_and_values(node: NodeSession, array: np.ndarray) -> None:
    body = """
        const t = args.t;
        return {dtype: t.dtype, shape: t.shape, rank: t.rank, size: t.size,
                strides: t.strides, array: t.dtype === 'complex64' ? null : t.arraySync(),
                data: t.dataSync(), same: [await t.data(), await t.array()]};
    """
    theirs = node.evaluate(body, t=array)
    t = tf.tensor(array)
    for name in ("dtype", "shape", "rank", "size", "strides"):
        assert getattr(t, name) == theirs[name]
    np.testing.assert_array_equal(t.data(), t.dataSync())
    np.testing.assert_array_equal(t.array(), t.arraySync())
    assert type(t.shape) is list
    if t.dtype == "complex64":  # tf.js: pairs of a real and an imaginary part
        assert t.dataSync().view(np.float32).tolist() == theirs["data"]
    else:
        np.testing.assert_array_equal(np.array(t.arraySync()), np.array(theirs["array"]))
        np.testing.assert_array_equal(t.dataSync(), np.array(theirs["data"]))
    assert t.dataSync().ndim == 1


def test_array_sync_gives_plain_python_values() -> None:
    assert type(tf.tensor([1.5]).arraySync()[0]) is float
    assert type(tf.tensor([1], dtype="int32").arraySync()[0]) is int
    assert type(tf.tensor([True]).arraySync()[0]) is bool
    assert type(tf.tensor(["a"]).arraySync()[0]) is str
    assert type(tf.scalar(1.5).arraySync()) is float


@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_numpy_takes_it_as_an_array(array: np.ndarray) -> None:
    t = tf.tensor(array)
    np.testing.assert_array_equal(np.asarray(t), array)
    np.testing.assert_array_equal(t.numpy(), array)
    assert np.asarray(t).dtype == array.dtype


def test_numpy_may_ask_for_a_dtype_and_a_copy() -> None:
    t = tf.tensor([1.5, 2])
    assert np.asarray(t, dtype=np.float64).dtype == np.float64
    assert np.array(t, np.int64).tolist() == [1, 2]
    changed = np.array(t)
    changed[0] = 9
    assert t.arraySync() == [1.5, 2]


def test_a_view_of_the_values_cannot_change_the_tensor() -> None:
    t = tf.tensor([1.5, 2])
    for view in (t.numpy(), t.dataSync(), np.asarray(t)):
        with contextlib.suppress(ValueError):  # read-only
            view[0] = 9
        assert t.arraySync() == [1.5, 2]


def test_numpy_functions_and_operators_take_it() -> None:
    t = tf.tensor([1.0, 4.0])
    assert isinstance(np.array([1, 2]) + t, tf.Tensor)
    assert (np.array([1, 2]) + t).arraySync() == [2, 6]
    assert (np.float64(2) * t).arraySync() == [2, 8]
    assert np.sum(np.asarray(t)) == 5
    assert np.mean(t) == 2.5
    assert np.allclose(t, [1, 4])
    assert np.concatenate([t, t]).tolist() == [1, 4, 1, 4]


def test_tensorflow_takes_it_as_a_tensor() -> None:
    t = tf.tensor([1.0, 4.0])
    assert tensorflow.reduce_sum(t).numpy() == 5
    assert tensorflow.convert_to_tensor(t) is t.tensor
    with pytest.raises(TypeError, match="float32, but TensorFlow asks for int32"):
        tensorflow.convert_to_tensor(t, "int32")


@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_bytes(node: NodeSession, array: np.ndarray) -> None:
    body = """
        const bytes = await args.t.bytes();
        return args.t.dtype === 'string' ? bytes.map(b => Array.from(b)) : Array.from(bytes);
    """
    ours: Any = tf.tensor(array).bytes()
    assert [list(b) if isinstance(b, bytes) else b for b in ours] == node.evaluate(body, t=array)


def test_an_empty_tensor_is_an_empty_list(node: NodeSession) -> None:
    for shape in ([0], [2, 0], [0, 3], [1, 0, 2]):
        assert tf.zeros(shape).arraySync() == node.evaluate(
            "return tf.zeros(args.shape).arraySync()", shape=shape
        )


def test_strings_that_are_no_utf8(node: NodeSession) -> None:
    t = tf.Tensor(tensorflow.constant([b"a\xff"]))
    body = """
        tf.env().set('TENSORLIKE_CHECK_SHAPE_CONSISTENCY', false);  // as in a program
        return tf.tensor([new Uint8Array([97, 255])], [1], 'string').dataSync();
    """
    assert t.dataSync().tolist() == node.evaluate(body)
    assert t.bytes() == [b"a\xff"]


def test_ids_are_of_one_tensor_only() -> None:
    tensors = [tf.scalar(i) for i in range(5)]
    assert len({t.id for t in tensors}) == 5
    assert tensors[0].id == tensors[0].id


def test_what_only_a_page_can_do_says_what_to_do() -> None:
    with pytest.raises(NotImplementedError, match=r"t\.dataSync\(\)"):
        tf.scalar(1).dataToGPU()


INDICES: list[Any] = [
    0,
    -1,
    slice(1, None),
    (slice(None), 1),
    (1, 2),
    (..., 0),
    None,
    [0, 2],
    (slice(None, None, -1), slice(0, 2)),
    np.array([True, False, True]),
]


@pytest.mark.parametrize("index", INDICES, ids=str)
@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_indexing_is_numpys(index: Any, dtype: str) -> None:
    array = np.arange(12).reshape(3, 4).astype(dtype)
    part = tf.tensor(array)[index]
    assert isinstance(part, tf.Tensor)
    assert part.dtype == dtype
    np.testing.assert_array_equal(part.numpy(), array[index])


def test_indexing_by_tensors_and_of_strings() -> None:
    t = tf.tensor([10, 20, 30])
    assert t[tf.tensor([2, 0], dtype="int32")].arraySync() == [30, 10]
    assert t[t > 15].arraySync() == [20, 30]
    assert t[tf.scalar(1, "int32")].arraySync() == 20
    assert tf.tensor(["a", "b"])[1].arraySync() == "b"
    with pytest.raises(IndexError, match="out of bounds"):
        t[3]


def test_iteration_and_length() -> None:
    t = tf.tensor([[1, 2], [3, 4], [5, 6]])
    assert len(t) == 3
    assert [row.arraySync() for row in t] == [[1, 2], [3, 4], [5, 6]]
    first, *_ = t
    assert isinstance(first, tf.Tensor)
    assert 3 in tf.tensor([1, 3])
    assert 4 not in tf.tensor([1, 3])
    assert 4 in tf.tensor([[1, 3], [4, 5]])
    assert "a" in tf.tensor(["a", "b"])
    assert list(tf.tensor([], [0, 2])) == []
    for function in (len, iter):
        with pytest.raises(TypeError, match="rank is 0"):
            function(tf.scalar(1))


def test_a_tensor_of_one_value_is_a_python_number() -> None:
    assert float(tf.scalar(1.5)) == 1.5
    assert int(tf.tensor([[2.7]])) == 2
    assert [10, 20][tf.scalar(1, "int32")] == 20
    assert bool(tf.scalar(0.5))
    assert not bool(tf.tensor([False]))
    assert f"{float(tf.scalar(0.25)):.1%}" == "25.0%"
    assert complex(tf.complex(1, 2)) == 1 + 2j
    assert f"{tf.scalar(0.25):.1f} {tf.scalar(1)}" == f"0.2 {tf.scalar(1).toString()}"
    for function in (float, int, bool):
        with pytest.raises(ValueError, match=r"size|truth value"):
            function(tf.tensor([1, 2]))
    with pytest.raises(TypeError, match="Only an int32 scalar is an index"):
        [10, 20][tf.scalar(1)]


def test_python_may_ask_what_it_asks_of_numbers() -> None:
    t = tf.tensor([7, -2])
    assert round(tf.scalar(2.567), 1) == pytest.approx(2.6)
    assert round(tf.scalar(2.5)) == 2
    assert [each.arraySync() for each in divmod(t, 2)] == [[3, -1], [1, 0]]
    assert (+t).arraySync() == [7, -2]
    assert (t == None, t != None) == (False, True)  # noqa: E711
    with pytest.raises(ValueError, match=r"for a Tensor of one value.*\[2\]"):
        f"{t:.2f}"


def test_sequences_and_buffers_are_lists_or_arrays() -> None:
    assert tf.tensor(range(3)).dtype == "float32"
    assert tf.tensor([range(2), range(1, 3)]).arraySync() == [[0, 1], [1, 2]]
    assert tf.tensor(deque([1, 2])).arraySync() == [1, 2]
    for buffer in (typed_array("i", [1, 2]), memoryview(b"\1\2")):
        assert tf.tensor(buffer).dtype == "int32"
        assert tf.tensor(buffer).arraySync() == [1, 2]


@pytest.mark.parametrize(
    "values",
    [
        pd.Series(["a", None]),
        pd.DataFrame({"a": [1, 2], "b": ["x", "y"]}),
        pd.Series([True, None], dtype="boolean"),
        pd.Series(pd.to_datetime(["2020-01-01"])),
        np.array(["2020-01-01"], "datetime64[D]"),
        np.array([object()]),
    ],
    ids=lambda values: str(values)[:20],
)
def test_what_is_neither_all_numbers_nor_all_strings_is_refused(values: Any) -> None:
    with pytest.raises(TypeError, match=r"tensor: .*(number|strings).*; got \w+"):
        tf.tensor(values)


def test_a_tape_knows_tensors_as_targets() -> None:
    v = tensorflow.Variable(3.0)
    with tensorflow.GradientTape() as tape:
        y = tf.square(v)
    assert y.id >= 0
    assert float(tape.gradient(y, v)) == 6


def test_operations_stand_between_the_layers_of_a_keras_model() -> None:
    x = keras.Input([3])
    y = tf.mul(tf.relu(keras.layers.Dense(3, kernel_initializer="identity")(x)), 2)
    moments = tf.moments(tf.concat([x, y], 1), 1)
    values = np.float32([[1, -2, 3]])
    first, mean = keras.Model(x, [y, moments["mean"]]).predict(values, verbose=0)
    np.testing.assert_allclose(first, [[2, 0, 6]])
    np.testing.assert_allclose(mean, [10 / 6], rtol=1e-6)
    with pytest.raises(ValueError, match=r"Error in matMul: inner shapes \(3\) and \(4\)"):
        tf.matMul(x, tf.ones([4, 4]))
    with pytest.raises(TypeError, match="must be a Tensor or TensorLike, but got 'SymbolicTensor'"):
        tf.relu(tf.input({"shape": [3]}))


@pytest.mark.parametrize("array", ARRAYS, ids=str)
def test_copies_are_equal_tensors(array: np.ndarray) -> None:
    t = tf.tensor(array)
    for other in (pickle.loads(pickle.dumps(t)), copy.deepcopy(t), copy.copy(t)):
        assert isinstance(other, tf.Tensor)
        assert other.dtype == t.dtype
        np.testing.assert_array_equal(other.numpy(), array)


def test_comparison_is_by_value_so_that_it_is_no_key() -> None:
    assert (tf.tensor([1, 2]) == tf.tensor([1, 3])).arraySync() == [True, False]
    with pytest.raises(TypeError, match="unhashable"):
        {tf.scalar(1): 1}


def test_a_traced_function_takes_and_gives_tensors_without_tracing_again() -> None:
    traced = []

    @tensorflow.function
    def function(x: Any) -> Any:
        traced.append(repr(tf.tensor(x)))
        return tf.tensor(x).add(1)

    assert function(tf.tensor([1, 2])).numpy().tolist() == [2, 3]
    assert function(tf.tensor([3, 4])).numpy().tolist() == [4, 5]
    assert traced == ["<symbolic Tensor, dtype float32, shape [2]>"]


def test_values_within_a_traced_function_are_refused_in_plain_words() -> None:
    @tensorflow.function(autograph=False)
    def function(x: Any) -> Any:
        with pytest.raises(TypeError, match=r"no values yet.*being built"):
            tf.Tensor(x).dataSync()
        assert str(tf.Tensor(x)) == "<symbolic Tensor, dtype float32, shape [None]>"
        return x

    function.get_concrete_function(tensorflow.TensorSpec([None]))


def test_keras_layers_compute_with_it() -> None:
    class Doubled(keras.layers.Layer):
        def call(self, x: Any) -> Any:
            return tf.tensor(x).mul(2)[:, ::-1].tensor

    model = keras.Sequential([keras.Input((2,)), Doubled()])
    assert model.predict(np.float32([[1, 2]]), verbose=0).tolist() == [[4, 2]]
    assert keras.ops.sum(tf.tensor([1, 2])).numpy() == 3
    assert keras.layers.Activation("relu")(tf.tensor([[-1, 2]])).numpy().tolist() == [[0, 2]]
    assert tf.tensor(keras.Variable([1.0, 2.0])).arraySync() == [1, 2]
