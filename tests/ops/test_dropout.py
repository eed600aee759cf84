"""dropout: with a seed tf.js's own choice, without one the same distribution."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.elementwise_cases import COMPLEX, FLOATS, NAN, STRINGS, within_a_function
from tests.ops.gradient_parity import assert_same_gradients, values
from tests.ops.parity import DEFAULT, assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.shape_cases import SHAPES
from tfjsbridge.verify import NodeSession


def test_all_ranks(node: NodeSession) -> None:
    for shape in [[], *SHAPES, [0], [2, 0], [1100]]:
        for rate in (0.1, 0.5, 0.75, 0.999):
            assert_same_call(node, "dropout", values(shape), rate, None, 42)


def test_seeds(node: NodeSession) -> None:
    x = values([4, 5])
    for seed in (0, 1, -3, 0.5, 1e21, "a text", "", "ä😀"):
        assert_same_call(node, "dropout", x, 0.4, None, seed)
    np.testing.assert_array_equal(
        tf.dropout(x, 0.4, seed=7).numpy(), tf.dropout(x, 0.4, None, 7).numpy()
    )


def test_hard_values_and_lists(node: NodeSession) -> None:
    assert_same_call(node, "dropout", FLOATS, 0.5, None, 3)
    assert_same_call(node, "dropout", FLOATS, 0.5, None, 4)
    assert_same_call(node, "dropout", [[1, 2], [3, 4]], 0.3, None, 4)
    assert_same_call(node, "dropout", 5, 0.3, None, 4)


def test_rate_zero(node: NodeSession) -> None:
    for x in (values([2, 3]), FLOATS, [1, 2], 3):
        assert_same_call(node, "dropout", x, 0)
        assert_same_call(node, "dropout", x, 0, [7], 1)
    x = tf.tensor([1, 2])
    before = tf.memory()
    same = tf.dropout(x, 0)
    after = tf.memory()
    assert after["numTensors"] == before["numTensors"] + 1
    assert after["numDataBuffers"] == before["numDataBuffers"]
    x.dispose()
    assert same.arraySync() == [1, 2]


def test_noise_shape(node: NodeSession) -> None:
    x = values([2, 3, 4])
    for shape in (
        None,
        [2, 3, 4],
        [2, 1, 4],
        [1, 1, 1],
        [None, 1, 4],
        [None, None, None],
        [2, 1, None],
        [4],
        [3, 1],
        [],
        [5, 2, 3, 4],
        [2, 1.0, 4],
    ):
        assert_same_call(node, "dropout", x, 0.5, shape, 42)
    assert_same_call(node, "dropout", values([]), 0.5, [2, 2], 42)
    assert_same_call(node, "dropout", values([1]), 0.5, [0], 42)
    ours = tf.dropout(x, 0.5, np.array([2, 1, 4]), 42)
    np.testing.assert_array_equal(ours.numpy(), tf.dropout(x, 0.5, [2, 1, 4], 42).numpy())


def test_what_is_refused(node: NodeSession) -> None:
    x = values([2, 3])
    for arguments, said in (
        ((values([2], "int32"), 0.5), "int32"),
        ((values([2], "int32"), 0), "int32"),
        ((values([2], "bool"), 0.5), "bool"),
        ((COMPLEX, 0.5), "complex64"),
        ((STRINGS, 0.5), "x"),
        (([True], 0.5), "bool"),
        ((x, 1), "[0, 1)"),
        ((x, -0.1), "-0.1"),
        ((x, 1.5), "1.5"),
        ((x, NAN), "rate"),
        ((x, "a"), "rate"),
        ((x, DEFAULT), "rate"),
        ((x, 0.5, [3, 3], 1), "[3, 3]"),
        ((x, 0.5, [2, 2], 1), "broadcast"),
        ((x, 0.5, [2], 1), "broadcast"),
        ((x, 0.5, [-1, 3], 1), "noiseShape"),
        ((x, 0.5, [0.5, 3], 1), "noiseShape"),
        ((x, 0.5, [None], 1), "noiseShape"),
        ((x, 0.5, ["a", 3], 1), "noiseShape"),
        ((x, 0.5, 3, 1), "noiseShape"),
    ):
        assert said in assert_both_refuse(node, "dropout", *arguments)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(data=st.data())
def test_any_call(node: NodeSession, data: Any) -> None:
    shape = data.draw(st.lists(st.integers(0, 3), max_size=4))
    sizes = st.lists(st.none() | st.integers(0, 3), max_size=4)
    broadcast = st.tuples(*(st.sampled_from([size, 1, None]) for size in shape)).map(list)
    noise = data.draw(st.none() | sizes | broadcast)
    rate = data.draw(st.floats(0, 1))
    seed = data.draw(st.integers(-5, 1000))
    assert_same_outcome(node, "dropout", values(shape), rate, noise, seed)


def test_without_a_seed() -> None:
    x = np.ones([200, 200], np.float32)
    for rate in (0.2, 0.9):
        y = tf.dropout(x, rate).numpy()
        kept = y != 0
        np.testing.assert_allclose(y[kept], 1 / (1 - rate), rtol=1e-6)
        assert abs(kept.mean() - (1 - rate)) < 0.02
        assert (y != tf.dropout(x, rate).numpy()).any()
    rows = tf.dropout(x, 0.5, [200, 1]).numpy()
    assert (rows == rows[:, :1]).all()
    assert 0 < rows[:, 0].mean() < 2


def test_gradients(node: NodeSession) -> None:
    x = values([4, 5])
    assert_same_gradients(node, "dropout", [x], 0.4, None, 5)
    assert_same_gradients(node, "dropout", [x], 0.4, [1, 5], 5)
    assert_same_gradients(node, "dropout", [x], 0)
    source = tensorflow.constant(x)
    with tensorflow.GradientTape() as tape:
        tape.watch(source)
        y = tf.dropout(tf.tensor(source), 0.4).tensor
    np.testing.assert_allclose(tape.gradient(y, source) * x, y, rtol=1e-6)


def test_within_a_function_of_unknown_sizes() -> None:
    x = np.ones([50, 40], np.float32)
    for noise in (None, [None, 1], [1, 40]):
        y = within_a_function(lambda x, noise=noise: tf.dropout(x, 0.5, noise), x)
        assert set(np.unique(y)) == {0, 2}
        if noise == [None, 1]:
            assert (y == y[:, :1]).all()
    np.testing.assert_array_equal(within_a_function(lambda x: tf.dropout(x, 0), x), x)
    with pytest.raises(ValueError, match="seed"):
        within_a_function(lambda x: tf.dropout(x, 0.5, None, 3), x)


def test_what_is_made_on_the_way_is_disposed_of() -> None:
    x = tf.tensor([1, 2])
    for seed in (None, 3):
        before = tf.memory()["numTensors"]
        tf.dropout(x, 0.5, None, seed)
        assert tf.memory()["numTensors"] == before + 1
