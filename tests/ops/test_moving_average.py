"""movingAverage, against tf.js."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.elementwise_cases import COMPLEX, FLOATS, INTEGERS, STRINGS, within_a_function
from tests.ops.gradient_parity import assert_same_gradients, values
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.ops.shape_cases import DTYPES, SHAPES
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession

NAME = "movingAverage"
CLOSE = {"rtol": 1e-5, "atol": 1e-6}


@pytest.mark.parametrize("dtype", DTYPES)
def test_all_ranks(node: NodeSession, dtype: str) -> None:
    for shape in [[], *SHAPES, [0], [2, 0]]:
        v, x = values(shape, dtype), values(shape, dtype, 1)
        assert_same_call(node, NAME, v, x, 0.9, 3, **CLOSE)
        assert_same_call(node, NAME, v, x, 0.9, 3, True, **CLOSE)
        assert_same_call(node, NAME, v, x, 0.9, None, False, **CLOSE)
        assert_same_call(node, NAME, v, x, 0.9, 3, False, **CLOSE)


def test_lists_and_numbers(node: NodeSession) -> None:
    assert_same_call(node, NAME, [1, 2], [3, 5], 0.9, 1, **CLOSE)
    assert_same_call(node, NAME, 1, 3, 0.25, 7, **CLOSE)
    assert_same_call(node, NAME, [True, False], [False, True], 0.9, 2, **CLOSE)


def test_decay_and_step(node: NodeSession) -> None:
    v, x = values([2, 3]), values([2, 3], seed=1)
    for decay, step in itertools.product((0, 0.5, 0.999, 1, 2, -0.5), (0, 1, 10, 0.5, -1)):
        assert_same_call(node, NAME, v, x, decay, step, **CLOSE)
        assert_same_call(node, NAME, v, x, np.float32(decay), np.float32(step), **CLOSE)
        if step == int(step):
            assert_same_call(node, NAME, v, x, np.float32(decay), np.int32(step), **CLOSE)
    for decay in (np.int32(0), np.int32(1), np.int32(2), np.array(True), np.array(False)):
        for step in (np.float32(2), np.int32(2), np.array(True)):
            assert_same_outcome(node, NAME, v, x, decay, step)
            assert_same_outcome(node, NAME, v, x, decay, None, False)


def test_decay_and_step_of_several_values(node: NodeSession) -> None:
    v, x = values([2, 3]), values([2, 3], seed=1)
    for decay in ([0.1, 0.5, 0.9], [[0.1], [0.9]], np.float32([[[0.5]], [[0.25]]])):
        assert_same_call(node, NAME, v, x, decay, 2, **CLOSE)
        assert_same_call(node, NAME, v, x, decay, None, False, **CLOSE)
        assert_same_call(node, NAME, v, x, decay, [1, 2, 3], **CLOSE)


def test_hard_values(node: NodeSession) -> None:
    v, x = np.meshgrid(FLOATS, FLOATS)
    assert_same_call(node, NAME, v, x, 0.9, None, False, rtol=1e-5, atol=1e-38)
    assert_same_call(node, NAME, v, x, 0.9, 2, rtol=1e-5, atol=1e-38)
    v, x = np.meshgrid(INTEGERS, INTEGERS)
    assert_same_call(node, NAME, v, x, 0.9, None, False, **CLOSE)
    assert_same_call(node, NAME, v, x, 0.9, 2, **CLOSE)


def test_complex_numbers(node: NodeSession) -> None:
    assert_same_call(node, NAME, COMPLEX[:1], COMPLEX[1:2], [0.9], None, False, **CLOSE)
    ours = tf.movingAverage(COMPLEX, COMPLEX[::-1].copy(), 0.9, None, False).numpy()
    np.testing.assert_allclose(ours, COMPLEX + 0.1 * (COMPLEX[::-1] - COMPLEX), 1e-5)
    theirs = in_tfjs(node, NAME, COMPLEX, COMPLEX[::-1].copy(), 0.9, None, False)["values"]
    assert np.isnan(theirs).any(), FAULTS["add of a complex64 scalar"]
    assert_both_refuse(node, NAME, COMPLEX, COMPLEX, 0.9, 3)
    x, half = values([1]), np.array([0.5], np.complex64)
    assert_same_outcome(node, NAME, x, x, half, None, False)
    assert_same_outcome(node, NAME, x, x, half, 2)
    assert_same_outcome(node, NAME, x, x, 0.5, half)


def test_what_is_refused(node: NodeSession) -> None:
    x = values([2, 3])
    for arguments, said in (
        ((x, values([3]), 0.9, 1), "Shape mismatch"),
        ((x, values([2, 1]), 0.9, 1), "[2, 3] and [2, 1]"),
        ((x, values([2, 3], "int32"), 0.9, 1), "first(float32) and second(int32)"),
        ((values([3], "bool"), values([3], "int32"), 0.9, 1), "dtypes"),
        ((x, x, 0.9, DEFAULT), "step is required"),
        ((x, x, 0.9, None, True), "step is required"),
        ((STRINGS, STRINGS, 0.9, 1), "'v'"),
        ((x, STRINGS, 0.9, 1), "'x'"),
        ((x, x, "a", 1), "'decay'"),
        ((x, x, 0.9, "a"), "'step'"),
        ((None, x, 0.9, 1), "'v'"),
        ((x, x, None, 1), "'decay'"),
        ((x, x, values([2]), 1), "broadcast"),
        ((x, x, values([2]), None, False), "broadcast"),
        ((x, x, 0.5, values([2])), "broadcast"),
    ):
        assert said in assert_both_refuse(node, NAME, *arguments)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_any_call(node: NodeSession, data: Any) -> None:
    dtypes = st.sampled_from(DTYPES)
    shapes = st.lists(st.integers(0, 3), max_size=3)
    shape, dtype = data.draw(shapes), data.draw(dtypes)
    other = data.draw(st.just(shape) | shapes)
    part = st.sampled_from([0.5, 0.9]) | st.builds(values, shapes, dtypes)
    arguments = [values(shape, dtype), values(other, dtype, 1), data.draw(part)]
    if data.draw(st.booleans()):
        assert_same_outcome(node, NAME, *arguments, None, False)
    else:
        assert_same_outcome(node, NAME, *arguments, data.draw(part), data.draw(st.booleans()))


def test_gradients(node: NodeSession) -> None:
    v, x = values([2, 3]), values([2, 3], seed=1)
    assert_same_gradients(node, NAME, [v, x], 0.9, 3)
    assert_same_gradients(node, NAME, [v, x, np.float32(0.9)], None, False)
    assert_same_gradients(node, NAME, [v, x, np.float32(0.9), np.float32(3)])


def test_within_a_function_of_unknown_sizes(node: NodeSession) -> None:
    v, x = values([2, 3]), values([2, 3], seed=1)
    theirs = in_tfjs(node, NAME, v, x, 0.9, 3)["values"]
    ours = within_a_function(lambda v, x: tf.movingAverage(v, x, 0.9, 3), v, x)
    np.testing.assert_allclose(ours, theirs, **CLOSE)


def test_what_is_made_on_the_way_is_disposed_of() -> None:
    v, x = tf.tensor([1, 2]), tf.tensor([3, 4])
    before = tf.memory()["numTensors"]
    tf.movingAverage(v, x, 0.9, 3)
    assert tf.memory()["numTensors"] == before + 1
