"""Indexing and slicing of Tensors, against NumPy."""

from __future__ import annotations

import itertools
from typing import Any

import hypothesis.extra.numpy as hn
import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf

SHAPES = hn.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4)


@st.composite
def mixed(draw: Any) -> tuple[tuple[int, ...], Any]:
    """A shape and an index of whole numbers, slices, `...`, None, arrays and masks."""
    shape = draw(hn.array_shapes(min_dims=1, max_dims=4, min_side=1, max_side=4))
    common = draw(hn.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=3))
    items: list[Any] = []
    for size in shape[: draw(st.integers(1, len(shape)))]:
        number = st.integers(-size, size - 1)
        part = st.sampled_from([common, common[-1:], (1,), ()])
        array = part.flatmap(lambda s, number=number: hn.arrays(np.int32, s, elements=number))
        items.append(draw(st.one_of(number, st.slices(size), array, array)))
    if draw(st.booleans()):
        items.insert(draw(st.integers(0, len(items))), None)
    if draw(st.booleans()):
        items.append(Ellipsis)
    return shape, tuple(items)


@st.composite
def basic(draw: Any) -> tuple[tuple[int, ...], Any]:
    shape = draw(SHAPES)
    return shape, draw(hn.basic_indices(shape, allow_newaxis=True, max_dims=6))


@given(case=st.one_of(basic(), mixed()))
@settings(derandomize=True, deadline=None, max_examples=400)
def test_any_index_is_numpys(case: tuple[tuple[int, ...], Any]) -> None:
    shape, index = case
    array = np.arange(np.prod(shape, dtype=int), dtype=np.float32).reshape(shape)
    part = tf.tensor(array)[index]
    expected = array[index]
    assert part.shape == list(np.shape(expected))
    np.testing.assert_array_equal(part.numpy(), expected)


ARRAY = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
MASK = ARRAY % 3 == 0
INDICES: list[Any] = [
    MASK,
    MASK[:, :, 0],
    MASK[:, 0, 0],
    (slice(None), MASK[0]),
    (0, MASK[0]),
    (MASK[:, :, 0], 1),
    (MASK[:, :, 0], slice(1, 3)),
    (slice(None), [True, False, True]),
    (slice(None), slice(None), [1, -1]),
    ([0, 1], slice(None), [1, 2]),
    (slice(None), [0, 2], [1, 2]),
    (None, [0, 1], None, [1, 2]),
    ([[0], [1]], [0, 2]),
    [],
    ([], 0),
    np.int64(1),
    np.uint8([1, 0]),
    (slice(5, 0, -2), slice(-10, 10), slice(None, None, -1)),
    (slice(-10, -20, -1),),
    (slice(3, 1),),
]


@pytest.mark.parametrize("index", INDICES, ids=lambda index: str(index)[:50])
def test_masks_and_arrays_are_numpys(index: Any) -> None:
    expected = ARRAY[index]
    tensors = tuple(
        tf.tensor(item) if isinstance(item, np.ndarray) else item
        for item in (index if isinstance(index, tuple) else (index,))
    )
    for each in (index, tensors):
        part = tf.tensor(ARRAY)[each]
        assert part.shape == list(expected.shape)
        np.testing.assert_array_equal(part.numpy(), expected)


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool", "complex64", "string"])
def test_every_dtype(dtype: str) -> None:
    array = ARRAY.astype(str).astype(object) if dtype == "string" else ARRAY.astype(dtype)
    t = tf.tensor(array)
    for index in (1, (..., -1), [1, 0], MASK, (slice(None, None, -1), None)):
        assert t[index].dtype == dtype
        np.testing.assert_array_equal(t[index].numpy(), array[index])


ERRORS: list[tuple[Any, str]] = [
    (2, "index 2 is out of bounds for axis 0 with size 2"),
    ((0, -4), "index -4 is out of bounds for axis 1 with size 3"),
    ([0, 2], "index 2 is out of bounds for axis 0 with size 2"),
    ((0, 0, 0, 0), "too many indices.*rank 3.*4 were indexed"),
    ((..., 0, ...), "single ellipsis"),
    (np.array([True, False, True]), "size 3 along axis 0, but the Tensor 2"),
    (1.5, "whole numbers.*float64 1.5"),
    ("a", "whole numbers"),
    ([0.5], "whole numbers"),
    (([0, 1], [0, 1, 2]), r"broadcast together with shapes \[2\] \[3\]"),
]


@pytest.mark.parametrize(("index", "words"), ERRORS, ids=lambda part: str(part)[:40])
def test_what_is_no_index(index: Any, words: str) -> None:
    with pytest.raises(IndexError, match=words):
        tf.tensor(ARRAY)[index]
    with pytest.raises(IndexError):
        ARRAY[index]


def test_a_tensor_of_floats_is_no_index_and_says_what_to_do() -> None:
    with pytest.raises(IndexError, match="make it int32"):
        tf.tensor(ARRAY)[tf.tensor([0, 1])]


def test_an_index_leaves_one_tensor() -> None:
    t = tf.tensor(ARRAY)
    for index in (0, MASK, ([0, 1], 0)):
        before = tf.memory()["numTensors"]
        t[index]
        assert tf.memory()["numTensors"] == before + 1


@pytest.mark.parametrize("index", [1, (..., slice(None, None, -2)), MASK, (slice(None), [2, 0, 2])])
def test_gradients_to_the_second_order(index: Any) -> None:
    x = tensorflow.constant(ARRAY)
    with tensorflow.GradientTape() as outer:
        outer.watch(x)
        with tensorflow.GradientTape() as inner:
            inner.watch(x)
            y = tensorflow.reduce_sum(tf.Tensor(x)[index].tensor ** 2)
        first = inner.gradient(y, x)
    expected = np.zeros_like(ARRAY)
    np.add.at(expected, index if not isinstance(index, tuple) else tuple(index), 1)
    np.testing.assert_allclose(first, 2 * ARRAY * expected)
    np.testing.assert_allclose(outer.gradient(first, x), 2 * expected)


def test_unknown_sizes_in_a_function_that_is_traced() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, None, 4])])
    def parts(x: Any) -> Any:
        t = tf.Tensor(x)
        indices = [(0, -1), (slice(None, None, -1), None), [1, 0], ([1, 0], slice(None), [1, 2])]
        return [t[index].tensor for index in indices] + [t[t > 5].tensor]

    *parts_, masked = parts(tensorflow.constant(ARRAY))
    indices: list[Any] = [(0, -1), (slice(None, None, -1), None), [1, 0]]
    for part, index in itertools.zip_longest(parts_, [*indices, ([1, 0], slice(None), [1, 2])]):
        np.testing.assert_array_equal(part, ARRAY[index])
    np.testing.assert_array_equal(masked, ARRAY[ARRAY > 5])
