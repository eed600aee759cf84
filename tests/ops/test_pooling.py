"""Poolings over two axes, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.gradient_parity import assert_same_gradients, values
from tests.ops.parity import DEFAULT, assert_both_refuse, assert_same_call
from tests.ops.window_cases import (
    BATCHES,
    EXAMPLES,
    assert_same_windows,
    padding,
    sizes,
    spatial,
)
from tfjsbridge.verify import NodeSession

NEAR = {"rtol": 1e-5, "atol": 1e-5}
DTYPES = st.sampled_from(["float32", "int32", "bool"])
# With equal values, among which one must get the gradient.
TIES = np.round(values([2, 5, 6, 2])).clip(0)


@settings(max_examples=80, **EXAMPLES)
@given(st.data())
def test_max_pool_and_avg_pool(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    shape = [*draw(BATCHES), *draw(spatial(2)), draw(st.integers(1, 3))]
    pad, rounding = draw(padding())
    arguments = [draw(sizes(2)), draw(sizes(2)), pad, rounding]
    assert_same_windows(node, "maxPool", values(shape, draw(DTYPES)), *arguments)
    assert_same_windows(node, "avgPool", values(shape), *arguments)


@settings(max_examples=50, **EXAMPLES)
@given(st.data())
def test_max_pool_with_argmax(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    x = values([draw(st.integers(1, 2)), *draw(spatial(2)), draw(st.integers(1, 3))], draw(DTYPES))
    arguments = [draw(sizes(2)), draw(sizes(2)), draw(padding())[0], draw(st.booleans())]
    assert_same_windows(node, "maxPoolWithArgmax", x, *arguments)


@settings(max_examples=60, **EXAMPLES)
@given(st.data())
def test_pool(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    x = values([*draw(BATCHES), *draw(spatial(2)), draw(st.integers(1, 2))])
    pad, rounding = draw(padding())
    strides, dilations = (draw(sizes(2)), DEFAULT) if draw(st.booleans()) else (1, draw(sizes(2)))
    kind = draw(st.sampled_from(["avg", "max"]))
    arguments = [draw(sizes(2)), kind, pad, None if dilations == DEFAULT else dilations, strides]
    assert_same_windows(node, "pool", x, *arguments, rounding)


def test_values_that_are_not_finite(node: NodeSession) -> None:
    x = values([6, 6, 1])
    x[0, 1], x[3, 3], x[4, 0], x[:2, 4:], x[4:, 4:] = np.nan, np.inf, -np.inf, np.nan, -np.inf
    for pad in ("valid", "same", 1):
        assert_same_call(node, "maxPool", x, 2, 2, pad)
        assert_same_call(node, "maxPoolWithArgmax", x[None], 2, 2, pad)
        assert_same_call(node, "avgPool", x, 2, 2, pad, **NEAR)


def test_windows_of_nothing_but_padding(node: NodeSession) -> None:
    pad = [[0, 0], [2, 0], [3, 2], [0, 0]]
    for dtype in ("float32", "int32", "bool"):
        assert_same_call(node, "maxPool", values([4, 4, 1], dtype), 2, 2, pad)
    assert_same_call(node, "avgPool", values([4, 4, 1]), 2, 2, pad, **NEAR)


def test_empty_tensors(node: NodeSession) -> None:
    for shape in ([0, 4, 4, 1], [2, 4, 4, 0], [1, 1, 4, 1]):
        for name in ("maxPool", "avgPool"):
            assert_same_call(node, name, values(shape), 2, 1, "valid")


@pytest.mark.parametrize("pad", ["same", "valid", 1, [[0, 0], [1, 0], [0, 2], [0, 0]]])
@pytest.mark.parametrize(("size", "strides"), [(2, 2), ([3, 2], [1, 2]), ([1, 3], 1)])
def test_gradients(node: NodeSession, pad: Any, size: Any, strides: Any) -> None:
    assert_same_gradients(node, "maxPool", [TIES], size, strides, pad)
    assert_same_gradients(node, "avgPool", [TIES], size, strides, pad)
    if not isinstance(pad, str):
        for rounding in ("ceil", "round", "floor"):
            assert_same_gradients(node, "maxPool", [TIES[0]], size, strides, pad, rounding)
            assert_same_gradients(node, "avgPool", [TIES[0]], size, strides, pad, rounding)


def test_gradients_of_dilated_poolings(node: NodeSession) -> None:
    for kind in ("avg", "max"):
        for pad in ("same", "valid"):
            assert_same_gradients(node, "pool", [TIES], 2, kind, pad, [2, 1])


@pytest.mark.parametrize(
    ("name", "shape", "rest", "said"),
    [
        ("maxPool", [4, 4], [2, 2, "same"], "rank 4"),
        ("avgPool", [4, 4], [2, 2, "same"], "rank 4"),
        ("maxPool", [4, 4, 1], [2, 2, "half"], "half"),
        ("maxPool", [4, 4, 1], [2, 2, "same", "floor"], "floor"),
        ("avgPool", [4, 4, 1], [2, 2, 1, "up"], "up"),
        ("avgPool", [4, 4, 1], [6, 1, "valid"], "[6, 6]"),
        ("maxPool", [4, 4, 1], [2, 0, "same"], "larger than 0"),
        ("pool", [4, 4, 1], [2, "max", "same", 2, 2], "must be 1"),
        ("pool", [4, 4], [2, "max", "same", 2], "rank 4"),
        ("pool", [4, 4, 1], [2, "max", "half", 2], "half"),
    ],
)
def test_what_is_refused(
    node: NodeSession, name: str, shape: list[int], rest: list[Any], said: str
) -> None:
    assert said in assert_both_refuse(node, name, values(shape), *rest)


def test_integers_have_no_mean(node: NodeSession) -> None:
    assert "int32" in assert_both_refuse(node, "avgPool", values([4, 4, 1], "int32"), 2, 2, "same")
    x = values([4, 4, 1], "int32")
    assert "int32" in assert_both_refuse(node, "pool", x, 2, "avg", "same")


def test_the_methods(node: NodeSession) -> None:
    x = values([5, 5, 1])
    assert_same_call(node, "maxPool", x, 2, 2, "same", method=True)
    assert_same_call(node, "avgPool", x, 2, 2, "same", method=True, **NEAR)
    assert_same_call(node, "pool", x, 2, "avg", "same", [2, 1], method=True, **NEAR)


def test_a_window_of_one_shares_its_values(node: NodeSession) -> None:
    x = tf.tensor(values([5, 5, 1]))
    before = tf.memory()["numDataBuffers"]
    assert tf.maxPool(x, 1, 1, "same") is not x
    assert tf.memory()["numDataBuffers"] == before


def test_sizes_that_are_not_known_in_a_function() -> None:
    x = values([2, 5, 6, 1])
    for pool in (tf.maxPool, tf.avgPool):
        for pad in ("same", "valid"):

            @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, None, None, 1])])
            def pooled(x: Any, pool: Any = pool, pad: str = pad) -> Any:
                return pool(x, 2, 2, pad).tensor

            np.testing.assert_allclose(pooled(x), pool(x, 2, 2, pad), rtol=1e-6)


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_images_of_nothing_but_padding(node: NodeSession, dtype: str) -> None:
    x = np.zeros([2, 3, 0, 3], dtype)
    assert_same_call(node, "maxPool", x, 1, 3, 1)
    assert_same_call(node, "maxPoolWithArgmax", x, 1, 3, 1)
    assert_same_call(node, "pool", values([2, 7, 4, 3], dtype), 3, "max", "same", 3)
    if dtype == "float32":
        assert_same_call(node, "avgPool", x, 1, 3, 1)


def test_windows_without_values_are_refused() -> None:
    x = tf.ones([4, 4, 1])
    for size in (0, [2, -1]):
        with pytest.raises(ValueError, match="filterSize should be larger than 0"):
            tf.maxPool(x, size, 1, "same")
    with pytest.raises(ValueError, match="Unknown roundingMode"):
        tf.avgPool(x, 2, 1, 1, ["floor"])  # type: ignore[arg-type]
