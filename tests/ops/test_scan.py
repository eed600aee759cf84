"""cumsum and cumprod, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same, assert_same_call, in_tfjs
from tests.ops.shape_cases import DTYPES, SHAPES, array, assert_same_gradient
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

FLAGS = [(), (True,), (False, True), (True, True)]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_every_axis(node: NodeSession, name: str, dtype: str) -> None:
    for shape in [*SHAPES, [0, 2], [2, 0]]:
        x = array(shape, dtype)
        for axis in range(len(shape)):
            for flags in FLAGS:
                assert_same_call(node, name, x, axis, *flags, rtol=1e-5, atol=1e-6)
        assert_same_call(node, name, x, rtol=1e-5, atol=1e-6)
    assert_same_call(node, name, array([4], dtype), 0, True, method=True, rtol=1e-5)


@pytest.mark.parametrize("name", ["cumsum", "cumprod"])
def test_unusual_values(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, [1, 2, 3, 4])
    for values in ([1, np.nan, 2], [np.inf, 1, -np.inf], [3e38, 3e38, 1], [0, np.inf, 1]):
        for flags in FLAGS:
            assert_same_call(node, name, np.array(values, "float32"), 0, *flags)
    assert_same_call(node, name, np.array([2**31 - 1, 1, 5], "int32"))
    assert_same_call(node, name, np.array([100000, 100000, 7], "int32"))
    assert_both_refuse(node, name, np.array(["a"]))
    with pytest.raises(ValueError, match="complex64"):
        getattr(tf, name)(np.array([1j], "complex64"))


def test_axes_that_are_not_counted_from_the_first(node: NodeSession) -> None:
    assert "axes of cumsum and cumprod" in FAULTS
    x = array([2, 3])
    for name in ("cumsum", "cumprod"):
        function = getattr(tf, name)
        ours = function(x, -1)
        np.testing.assert_array_equal(ours.numpy(), function(x, 1).numpy())
        assert not same(node, ours, name, x, -1)
        for values, axis in ((x, 2), (array([]), 0)):
            assert in_tfjs(node, name, values, axis)["shape"] == list(values.shape)
        for values, axis in ((x, 2), (x, -3), (array([]), 0)):
            with pytest.raises(ValueError, match="axis"):
                function(values, axis)


def same(node: NodeSession, ours: Any, *call: Any) -> bool:
    """Whether tf.js gives the same; a shape with holes cannot even be read."""
    try:
        assert_same(ours, in_tfjs(node, *call))
    except (AssertionError, TfjsError, TypeError, ValueError):
        return False
    return True


def test_gradients(node: NodeSession) -> None:
    for flags in ("false, false", "true, false", "false, true", "true, true"):
        exclusive, reverse = (flag == "true" for flag in flags.split(", "))
        assert_same_gradient(
            node,
            f"x.cumsum(1, {flags})",
            lambda x, e=exclusive, r=reverse: tf.cumsum(x, 1, e, r),
            array([2, 3]),
        )


def test_gradients_on_an_axis_that_is_not_the_last(node: NodeSession) -> None:
    assert "axes of cumsum and cumprod" in FAULTS
    x = array([2, 2])
    with pytest.raises(AssertionError):
        assert_same_gradient(node, "x.cumsum(0)", lambda x: tf.cumsum(x, 0), x)
    with pytest.raises(TfjsError, match="shape"):
        node.evaluate("return tf.grad(x => x.cumsum(0))(args.x)", x=array([2, 3]))
    weights = array([3, 2], seed=1)
    raw = tensorflow.constant(array([3, 2]))
    with tensorflow.GradientTape() as tape:
        tape.watch(raw)
        result = tf.cumsum(tf.tensor(raw)).tensor * weights
    np.testing.assert_allclose(
        tape.gradient(result, raw), np.cumsum(weights[::-1], 0)[::-1], rtol=1e-5
    )


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 2], "float32")])
    def scanned(raw: Any) -> Any:
        return tf.cumsum(tf.tensor(raw)).tensor

    assert scanned(array([3, 2])).shape == [3, 2]
