"""Sums, extremes, means and counts over axes, against tf.js."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.parity import (
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession

Shape = list[int]
NUMERIC = ["sum", "mean", "prod", "max", "min", "logSumExp"]
LOGICAL = ["all", "any"]
INDICES = ["argMax", "argMin"]
TOLERANCE = {"rtol": 1e-5, "atol": 1e-6}


def values(shape: Shape, dtype: str = "float32", seed: int = 0) -> np.ndarray:
    generator = np.random.default_rng(seed)
    if dtype == "float32":
        return generator.normal(size=shape).astype(np.float32)
    return generator.integers(
        -3 if dtype == "int32" else 0, 4 - 2 * (dtype == "bool"), shape
    ).astype(dtype)


@pytest.mark.parametrize("name", NUMERIC)
@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_numbers_of_all_ranks(node: NodeSession, name: str, dtype: str) -> None:
    for rank in range(7):
        x = values([2, 3, 1, 2, 2, 3][:rank], dtype)
        assert_same_call(node, name, x, **TOLERANCE)
        for axis in {0, rank - 1, -1, -rank} if rank else ():
            assert_same_call(node, name, x, axis, **TOLERANCE)
            assert_same_call(node, name, x, axis, True, **TOLERANCE)


@pytest.mark.parametrize("name", LOGICAL)
def test_booleans_of_all_ranks(node: NodeSession, name: str) -> None:
    for rank in range(7):
        x = values([2, 3, 1, 2, 2, 3][:rank], "bool")
        assert_same_call(node, name, x)
        for axis in {0, rank - 1, -1, -rank} if rank else ():
            assert_same_call(node, name, x, axis)
            assert_same_call(node, name, x, axis, True)


@pytest.mark.parametrize("name", INDICES)
@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_indices_of_all_ranks(node: NodeSession, name: str, dtype: str) -> None:
    for rank in range(1, 7):
        x = values([3, 2, 4, 2, 1, 3][:rank], dtype)
        assert_same_call(node, name, x)
        for axis in range(-rank, rank):
            assert_same_call(node, name, x, axis)
        assert_same_call(node, name, x, [rank - 1])


@pytest.mark.parametrize("name", NUMERIC)
def test_several_axes_in_any_order(node: NodeSession, name: str) -> None:
    x = values([2, 3, 4])
    for count in range(4):
        for axes in itertools.permutations([0, -2, 2], count):
            for keep in (False, True):
                assert_same_call(node, name, x, list(axes), keep, **TOLERANCE)


@pytest.mark.parametrize("name", [*NUMERIC, *LOGICAL])
def test_an_axis_twice_is_refused_here_and_reduces_another_in_tfjs(
    node: NodeSession, name: str
) -> None:
    x = np.ones([2, 3], bool if name in LOGICAL else np.float32)
    for axis in ([0, 0], [1, -1]):
        with pytest.raises(ValueError, match="twice"):
            getattr(tf, name)(tf.tensor(x), axis)
    if name != "logSumExp":
        # One row of three, reduced over its two axes rather than the one.
        theirs = in_tfjs(node, name, x, [1, 1])
        assert theirs["shape"] == [], FAULTS["an axis that is named twice"]


@pytest.mark.parametrize("name", [*NUMERIC, *LOGICAL, *INDICES])
def test_empty_tensors(node: NodeSession, name: str) -> None:
    dtypes = ["bool"] if name in LOGICAL else ["float32", "int32", "bool"]
    for dtype in dtypes:
        for shape in ([0], [2, 0], [0, 2], [2, 0, 3]):
            x = np.zeros(shape, dtype)
            for axis in range(len(shape)):
                assert_same_call(node, name, x, axis)
            if name not in INDICES:
                assert_same_call(node, name, x)
                assert_same_call(node, name, x, None, True)


@pytest.mark.parametrize("name", [*NUMERIC, *INDICES])
def test_nan_and_infinities(node: NodeSession, name: str) -> None:
    special = [np.nan, np.inf, -np.inf, 1.0, -0.0]
    rows = np.array(list(itertools.product(special, repeat=3)), np.float32)
    assert_same_call(node, name, rows, 1, **TOLERANCE)
    assert_same_call(node, name, rows, 0, **TOLERANCE)


@pytest.mark.parametrize("name", NUMERIC)
def test_sums_and_products_too_large(node: NodeSession, name: str) -> None:
    for x in (
        np.array([2147483647, 2147483647, 3], np.int32),
        np.array([-2147483648, 2147483647, -5], np.int32),
        np.array([65537, 65537], np.int32),
        np.array([1000003] * 3, np.int32),
        np.array([0, -(2**31)] + [2**31 - 1] * 40, np.int32),
    ):
        if name not in ("logSumExp",) or x.size < 3:
            assert_same_call(node, name, x, rtol=1e-5)
    if name == "prod":  # in double precision
        assert_same_call(node, name, np.array([1e30, 1e30, 1e-30], np.float32), rtol=1e-5)


def test_plain_lists_and_numbers(node: NodeSession) -> None:
    for name in NUMERIC:
        assert_same_call(node, name, [[1, 2], [3, 5]], **TOLERANCE)
        assert_same_call(node, name, 3, **TOLERANCE)
        assert_same_call(node, name, [True, False], **TOLERANCE)
    for name in LOGICAL:
        assert_same_call(node, name, [[1, 0], [2, 3]], 1)
        assert_same_call(node, name, True)
    for name in INDICES:
        assert_same_call(node, name, [[1, 2], [3, 0]], -1)


def test_the_methods_of_tensors(node: NodeSession) -> None:
    x = values([2, 3])
    for name in NUMERIC:
        assert_same_call(node, name, x, 0, True, method=True, **TOLERANCE)
    for name in INDICES:
        assert_same_call(node, name, x, 1, method=True)
    for name in LOGICAL:
        assert_same_call(node, name, x > 0, 1, method=True)


def test_complex_numbers_have_a_mean_of_their_real_parts_only(node: NodeSession) -> None:
    x = np.array([[1 + 2j, 3 - 1j]], np.complex64)
    assert_same_call(node, "mean", x, 1)
    for name in [*NUMERIC, *INDICES, *LOGICAL]:
        if name != "mean":
            assert_both_refuse(node, name, x)


def test_bad_axes_and_dtypes_are_named(node: NodeSession) -> None:
    for name in [*NUMERIC, *LOGICAL, *INDICES]:
        x = np.ones([2, 3], bool)
        for axis in (2, -3, [0, 5], 0.5):
            message = assert_both_refuse(node, name, x, axis)
            assert name in message
            assert "axis" in message
        assert_both_refuse(node, name, np.array(True), 0)
        assert_both_refuse(node, name, np.array(["a"]))
    for name in LOGICAL:
        message = assert_both_refuse(node, name, np.ones([2], np.float32))
        assert "bool" in message
    for name in INDICES:
        for axis in ([0, 1], [1, 0], [], None):
            assert_both_refuse(node, name, np.ones([2, 3], np.float32), axis)
        assert_same_call(node, name, np.ones([2], np.float32), None)


@settings(derandomize=True, deadline=None, max_examples=120)
@given(data=st.data())
def test_any_axes(node: NodeSession, data: Any) -> None:
    name = data.draw(st.sampled_from(NUMERIC))
    shape = data.draw(st.lists(st.integers(0, 3), max_size=4))
    dtype = data.draw(st.sampled_from(["float32", "int32", "bool"]))
    rank = len(shape)
    one = st.integers(-rank - 1, rank)
    axis = data.draw(st.none() | one | st.lists(one, max_size=3))
    if isinstance(axis, list) and len({a % max(rank, 1) for a in axis}) < len(axis):
        return  # a difference, see above
    keep = data.draw(st.booleans())
    assert_same_outcome(node, name, values(shape, dtype), axis, keep)


GRADIENTS = {
    "ties": np.array([[1, 3, 3], [2, 2, 2]], np.float32),
    "zeros": np.array([[0, 3, 0], [0, 2, 5]], np.float32),
    "some": values([3, 4]),
    "nan": np.array([[np.nan, 1, 2], [1, 2, 3]], np.float32),
}


@pytest.mark.parametrize("name", NUMERIC)
@pytest.mark.parametrize("case", GRADIENTS)
@pytest.mark.parametrize(("axis", "keep"), [(None, False), (0, False), (1, True), ([0, 1], False)])
def test_gradients(
    node: NodeSession, name: str, case: str, axis: int | Shape | None, keep: bool
) -> None:
    x = GRADIENTS[case]
    theirs = node.evaluate(
        "return tf.grad(x => tf[args.name](x, args.axis, args.keep).mul(args.factor))(args.x)",
        name=name, x=x, axis=axis, keep=keep, factor=2.5,
    )  # fmt: skip
    source = tensorflow.constant(x)
    with tensorflow.GradientTape() as tape:
        tape.watch(source)
        y = getattr(tf, name)(tf.tensor(source), axis, keep).tensor * 2.5
    np.testing.assert_allclose(tape.gradient(y, source), theirs, **TOLERANCE)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "max", "min", "logSumExp"])
def test_gradients_of_gradients(name: str) -> None:
    x = tensorflow.constant([1.0, 2.0, 4.0])
    with tensorflow.GradientTape() as outer:
        outer.watch(x)
        with tensorflow.GradientTape() as inner:
            inner.watch(x)
            y = getattr(tf, name)(tf.tensor(x * x)).tensor
        first = inner.gradient(y, x)
    second = outer.gradient(first, x)
    p = np.exp(np.array([1, 4, 16]) - 16.0)
    p /= p.sum()
    expected = {
        "sum": [2, 2, 2],
        "mean": np.array([2, 2, 2]) / 3,
        "prod": [272 * 2 + 128 - 8 * 2, 34 + 64, 24],
        "max": [0, 0, 2],
        "min": [2, 0, 0],
        "logSumExp": None,
    }[name]
    assert second is not None
    if name == "prod":
        # The sum of x -> d/dx of 2x * (product of the other squares), by finite differences.
        def gradient(v: np.ndarray) -> np.ndarray:
            return 2 * (v**2).prod() / v

        v, h = np.array([1.0, 2.0, 4.0]), 1e-6
        expected = [
            (gradient(v + h * row) - gradient(v - h * row)).sum() / (2 * h) for row in np.eye(3)
        ]
    if expected is not None:
        np.testing.assert_allclose(second, expected, rtol=1e-4)


def test_within_a_function_of_unknown_sizes(node: NodeSession) -> None:
    signature = [tensorflow.TensorSpec([None, None], tensorflow.float32)]

    @tensorflow.function(input_signature=signature)
    def reduced(x: Any) -> list[Any]:
        return [getattr(tf, name)(tf.tensor(x), 1).tensor for name in NUMERIC]

    for shape in ([2, 3], [2, 0], [0, 2]):
        x = values(shape)
        for name, ours in zip(NUMERIC, reduced(tensorflow.constant(x)), strict=True):
            assert_same(tf.tensor(ours), in_tfjs(node, name, x, 1), **TOLERANCE)

    @tensorflow.function(input_signature=signature)
    def greatest(x: Any) -> Any:
        with tensorflow.GradientTape() as tape:
            tape.watch(x)
            y = tf.max(tf.tensor(x)).tensor
        return tape.gradient(y, x)

    np.testing.assert_array_equal(greatest(tensorflow.constant([[3.0, 3.0]])), [[1, 1]])


def test_what_is_made_on_the_way_is_disposed_of() -> None:
    x = tf.tensor(values([2, 3]))
    before = tf.memory()["numTensors"]
    for name in [*NUMERIC, *INDICES]:
        getattr(tf, name)(x, 1)
    assert tf.memory()["numTensors"] == before + len(NUMERIC) + len(INDICES)
