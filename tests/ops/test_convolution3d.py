"""Convolutions over three axes, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.gradient_parity import assert_both_refuse_gradients, assert_same_gradients, values
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.window_cases import BATCHES, EXAMPLES, padding3d, sizes, spatial
from tfjsbridge.verify import NodeSession

NEAR = {"rtol": 1e-5, "atol": 1e-5}
DTYPES = st.sampled_from(["float32", "float32", "int32", "bool"])


@settings(max_examples=80, **EXAMPLES)
@given(st.data())
def test_conv3d(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    channels, out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    x = values([*draw(BATCHES), *draw(spatial(3, 5)), channels], draw(DTYPES))
    kernel = [*(draw(st.integers(1, 3)) for _ in range(3)), channels, out]
    strides, dilations = (draw(sizes(3)), 1) if draw(st.booleans()) else (1, draw(sizes(3)))
    arguments = [strides, draw(padding3d())[0], "NDHWC", dilations]
    assert_same_outcome(node, "conv3d", x, values(kernel, draw(DTYPES)), *arguments, **NEAR)


@settings(max_examples=40, **EXAMPLES)
@given(st.data())
def test_conv3d_transpose(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    channels, out = draw(st.integers(1, 2)), draw(st.integers(1, 2))
    target = [*draw(BATCHES), *draw(spatial(3, 5)), channels]
    filter = values([*(draw(st.integers(1, 2)) for _ in range(3)), channels, out])
    strides, pad = draw(sizes(3)), draw(padding3d())[0]
    x = values(tf.conv3d(np.zeros(target, np.float32), filter, strides, pad).shape, draw(DTYPES))
    arguments = [target, strides, pad]
    assert_same_call(node, "conv3dTranspose", x, filter, *arguments, **NEAR)


def test_empty_tensors(node: NodeSession) -> None:
    for x, filter in (
        ([0, 2, 2, 2, 1], [1, 2, 2, 1, 3]),
        ([2, 2, 2, 2, 0], [1, 2, 2, 0, 3]),
        ([1, 1, 2, 2, 1], [3, 2, 2, 1, 1]),
    ):
        assert_same_outcome(node, "conv3d", values(x), values(filter), 1, "valid")


@pytest.mark.parametrize(
    ("name", "shapes", "rest"),
    [
        ("conv3d", [[2, 3, 4, 4, 2], [2, 2, 2, 2, 2]], [[1, 2, 1], "same"]),
        ("conv3d", [[3, 4, 4, 1], [1, 2, 3, 1, 2]], [1, "valid"]),
        ("conv3d", [[3, 4, 4, 1], [2, 2, 2, 1, 2]], [2, 1]),
        ("conv3d", [[2, 3, 4, 3, 1], [1, 1, 2, 1, 1]], [[2, 1, 3], "same"]),
    ],
)
def test_gradients(node: NodeSession, name: str, shapes: list[list[int]], rest: list[Any]) -> None:
    assert_same_gradients(node, name, [values(shape) for shape in shapes], *rest)


def test_a_dilated_convolution_has_no_gradient(node: NodeSession) -> None:
    tensors = [values([3, 4, 4, 1]), values([1, 2, 2, 1, 1])]
    assert_both_refuse_gradients(node, "conv3d", tensors, 1, "same", "NDHWC", [1, 2, 2])


@pytest.mark.parametrize(
    ("name", "shapes", "rest", "said"),
    [
        ("conv3d", [[4, 4, 1], [2, 2, 2, 1, 1]], [1, "same"], "rank 5"),
        ("conv3d", [[4, 4, 4, 1], [2, 2, 1, 1]], [1, "same"], "rank 5"),
        ("conv3d", [[4, 4, 4, 2], [2, 2, 2, 1, 1]], [1, "same"], "(2)"),
        ("conv3d", [[4, 4, 4, 1], [2, 2, 2, 1, 1]], [2, "same", "NDHWC", 2], "must be 1"),
        ("conv3d", [[4, 4, 4, 1], [2, 2, 2, 1, 1]], [1, "same", "NCDHW"], "NCDHW"),
        ("conv3d", [[4, 4, 4, 1], [2, 2, 2, 1, 1]], [0, "same"], "larger than 0"),
        ("conv3d", [[4, 4, 4, 1], [2, 2, 2, 1, 1]], [1, "half"], "half"),
        ("conv3d", [[4, 4, 4, 1], [2, 2, 2, 1, 1]], [1, [[0, 0]] * 5], "padding"),
        ("conv3dTranspose", [[4, 4, 4, 1], [2, 2, 2, 1, 1]], [[4, 4, 4], 1, "same"], "[4, 4, 4]"),
        ("conv3dTranspose", [[4, 4, 4, 1], [2, 2, 2, 2, 1]], [[4, 4, 4, 1], 1, "same"], "(1)"),
    ],
)
def test_what_is_refused(
    node: NodeSession, name: str, shapes: list[list[int]], rest: list[Any], said: str
) -> None:
    message = assert_both_refuse(node, name, *(values(shape) for shape in shapes), *rest)
    assert said in message
