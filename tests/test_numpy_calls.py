"""NumPy's functions with Tensors among their arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tfjsbridge.numpy_calls import _OF_BOOL, _UFUNCS

UNARY = [ufunc for ufunc in _UFUNCS if ufunc.nin == 1 and ufunc not in _OF_BOOL]
BINARY = [ufunc for ufunc in _UFUNCS if ufunc.nin == 2 and ufunc not in (*_OF_BOOL, np.matmul)]


@pytest.mark.parametrize("ufunc", UNARY, ids=lambda ufunc: ufunc.__name__)
def test_functions_of_one_tensor_that_tfjs_has_give_a_tensor(ufunc: Any) -> None:
    array = np.float32([0.25, 0.5, 1, 1.5 if ufunc in (np.sqrt, np.log, np.arccosh) else -0.75])
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = ufunc(array)
    result = ufunc(tf.tensor(array))
    assert isinstance(result, tf.Tensor)
    np.testing.assert_allclose(result.numpy(), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("ufunc", BINARY, ids=lambda ufunc: ufunc.__name__)
def test_functions_of_two_give_a_tensor_on_either_side(ufunc: Any) -> None:
    a, b = np.float32([[1, 2.5], [3, 4]]), np.float32([2, 3])
    for first, second in ((tf.tensor(a), b), (a, tf.tensor(b)), (tf.tensor(a), tf.tensor(b))):
        result = ufunc(first, second)
        assert isinstance(result, tf.Tensor)
        np.testing.assert_allclose(result.numpy(), ufunc(a, b), rtol=1e-5)


def test_matmul_and_logic() -> None:
    a = np.float32([[1, 2], [3, 4]])
    np.testing.assert_array_equal((a @ tf.tensor(a)).numpy(), a @ a)
    np.testing.assert_array_equal(np.matmul(tf.tensor(a), a).numpy(), a @ a)
    t = tf.tensor([True, False])
    assert np.logical_and(t, [True, True]).arraySync() == [True, False]
    assert np.logical_not(t).arraySync() == [False, True]
    # tf.js's take bool only.
    assert np.logical_and(tf.tensor([1, 0]), [1, 1]).tolist() == [True, False]


def test_operators_with_arrays_and_numpy_scalars() -> None:
    t = tf.tensor([1.0, 4.0])
    for left in (np.float64(2), np.float32(2), np.int64(2), np.array([2, 2]), np.array(2.0)):
        for result, expected in (
            (left * t, [2, 8]),
            (left - t, [1, -2]),
            (t / left, [0.5, 2]),
            (left < t, [False, True]),
            (left == t, [False, False]),
        ):
            assert isinstance(result, tf.Tensor), left
            assert result.arraySync() == expected


def test_other_functions_give_what_numpy_gives() -> None:
    array = np.float32([[3, 1], [2, 4]])
    t = tf.tensor(array)
    calls: list[Any] = [
        lambda x: np.sum(x),
        lambda x: np.mean(x, axis=0),
        lambda x: np.max(x, axis=1, keepdims=True),
        lambda x: np.std(x),
        lambda x: np.argmax(x),
        lambda x: np.sort(x),
        lambda x: np.concatenate([x, x]),
        lambda x: np.stack([x, x], axis=1),
        lambda x: np.where(x > 2, x, 0),
        lambda x: np.transpose(x),
        lambda x: np.reshape(x, -1),
        lambda x: np.linalg.inv(x),
        lambda x: np.add.reduce(x),
        lambda x: np.hypot(x, 1),
        lambda x: np.einsum("ij,jk", x, x),
        lambda x: np.pad(x, 1),
        lambda x: np.clip(x, 1, 2),
        lambda x: np.round(x),
        lambda x: np.percentile(x, 50),
    ]
    for call in calls:
        result, expected = call(t), call(array)
        assert isinstance(result, (np.ndarray, np.generic))
        assert result.dtype == expected.dtype
        np.testing.assert_array_equal(result, expected)
    assert np.allclose(t, array)
    assert np.shape(t) == (2, 2)
    assert np.ndim(t) == 2
    assert np.size(t) == 4


def test_out_and_where_are_numpys() -> None:
    t = tf.tensor([1, 2])
    out = np.zeros(2, np.float32)
    assert np.add(t, 1, out=out) is out
    assert out.tolist() == [2, 3]
    array = np.float32([1, 2])
    array += t
    assert array.tolist() == [2, 4]


def test_functions_are_differentiated() -> None:
    x = tensorflow.constant([0.5, 1.0])
    with tensorflow.GradientTape() as tape:
        tape.watch(x)
        y = np.exp(tf.Tensor(x)) * np.float32([1, 2])
    np.testing.assert_allclose(tape.gradient(y.tensor, x), np.exp([0.5, 1]) * [1, 2], rtol=1e-6)
