"""Padding, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.shape_cases import DTYPES, SHAPES, array, assert_same_gradient
from tfjsbridge.verify import NodeSession


@pytest.mark.parametrize("dtype", DTYPES)
def test_pad(node: NodeSession, dtype: str) -> None:
    for shape in [*SHAPES, [0, 2]]:
        paddings = [[i % 3, (i + 1) % 2] for i in range(len(shape))]
        x = array(shape, dtype)
        assert_same_call(node, "pad", x, paddings)
        assert_same_call(node, "pad", x, paddings, 1)
        assert_same_call(node, "pad", x, [[0, 0]] * len(shape))
    assert_same_call(node, "pad", array([2], dtype), [[1, 1]], True)


def test_constants_are_put_into_the_dtype(node: NodeSession) -> None:
    for constant in (2.7, -2.7, float("nan"), float("inf"), 1e10):
        assert_same_call(node, "pad", array([2]), [[1, 1]], constant)
        assert_same_call(node, "pad", array([2], "int32"), [[1, 1]], constant)
    assert_same_call(node, "pad", [[1, 2]], [[1, 1], [0, 2]])


def test_pad_of_a_rank(node: NodeSession) -> None:
    assert_same_call(node, "pad1d", array([2]), [1, 2])
    assert_same_call(node, "pad1d", array([2]), [1, 2], 5)
    for rank in (2, 3, 4):
        paddings = [[1, 0], [0, 2], [1, 1], [0, 0]][:rank]
        assert_same_call(node, f"pad{rank}d", array([2] * rank), paddings)
        assert_same_call(node, f"pad{rank}d", array([2] * rank), paddings, -1)
        assert_both_refuse(node, f"pad{rank}d", array([2] * rank), [[1]] * rank)
        assert_both_refuse(node, f"pad{rank}d", array([2] * rank), paddings[1:])
    assert_both_refuse(node, "pad1d", array([2]), [1, 1, 1])


def test_pad_refuses(node: NodeSession) -> None:
    assert "scalar" in assert_both_refuse(node, "pad", array([]), [])
    assert_both_refuse(node, "pad", np.array(["a"]), [[1, 1]])
    assert_both_refuse(node, "pad", array([2]), 1)
    # What tf.js makes broken Tensors of.
    for paddings in ([[1, 1]], [[1, 1]] * 3, [[-1, 0], [0, 0]], [[1], [1]], [1, 1], [[0.5, 0]] * 2):
        with pytest.raises((ValueError, TypeError), match=r"(?i)padding"):
            tf.pad(array([2, 3]), paddings)
    with pytest.raises(ValueError, match="complex64"):
        tf.pad(np.array([1j], "complex64"), [[1, 1]])


@pytest.mark.parametrize("mode", ["reflect", "symmetric"])
def test_mirrorPad(node: NodeSession, mode: str) -> None:
    for dtype in DTYPES:
        for shape in SHAPES:
            most = [size - (mode == "reflect") for size in shape]
            for paddings in (
                [[n, n] for n in most],
                [[0, min(1, n)] for n in most],
                [[0, 0]] * len(shape),
            ):
                assert_same_call(node, "mirrorPad", array(shape, dtype), paddings, mode)
    assert_same_call(node, "mirrorPad", [1, 2, 3], [[1, 2]], mode)
    for shape, paddings in [
        ([2], [[3, 0]]), ([2], [[0, -1]]), ([2], [[2, 2]]), ([2], [[1, 1], [1, 1]]), ([2], [[1]]),
        ([], []), ([0, 2], [[0, 0], [1, 1]]), ([2, 0], [[1, 1], [0, 0]]),
    ]:  # fmt: skip
        assert_same_outcome(node, "mirrorPad", array(shape), paddings, mode)


def test_mirrorPad_refuses(node: NodeSession) -> None:
    message = assert_both_refuse(node, "mirrorPad", array([2]), [[2, 0]], "reflect")
    assert "dimension 0 cannot be greater than 1" in message
    assert "mode" in assert_both_refuse(node, "mirrorPad", array([2]), [[1, 0]], "constant")


def test_gradients(node: NodeSession) -> None:
    x = array([2, 3])
    paddings = [[1, 2], [0, 1]]
    assert_same_gradient(node, "x.pad([[1, 2], [0, 1]], 3)", lambda x: tf.pad(x, paddings, 3), x)
    for mode in ("reflect", "symmetric"):
        assert_same_gradient(
            node,
            f"x.mirrorPad([[1, 0], [2, 1]], '{mode}')",
            lambda x, mode=mode: tf.mirrorPad(x, [[1, 0], [2, 1]], mode),
            x,
        )


def test_a_gradient_of_a_gradient() -> None:
    raw = tensorflow.constant(array([3]))
    with tensorflow.GradientTape() as outer:
        outer.watch(raw)
        with tensorflow.GradientTape() as inner:
            inner.watch(raw)
            result = tensorflow.pow(tf.mirrorPad(tf.tensor(raw), [[1, 1]], "reflect").tensor, 3)
        first = inner.gradient(result, raw)
    np.testing.assert_allclose(first, 3 * raw**2, rtol=1e-6)
    np.testing.assert_allclose(outer.gradient(first, raw), 6 * raw, rtol=1e-6)


def test_methods_and_unknown_sizes() -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 2], "float32")])
    def padded(raw: Any) -> Any:
        x: Any = tf.tensor(raw)
        return [x.pad([[1, 1], [0, 0]]).tensor, x.mirrorPad([[1, 1], [0, 0]], "reflect").tensor]

    assert [r.shape.as_list() for r in padded(array([3, 2]))] == [[5, 2], [5, 2]]
