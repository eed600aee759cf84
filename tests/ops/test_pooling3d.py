"""Poolings over three axes, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ops.gradient_parity import assert_same_gradients, values
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.window_cases import BATCHES, EXAMPLES, padding3d, sizes, spatial
from tfjsbridge.verify import NodeSession

NEAR = {"rtol": 1e-5, "atol": 1e-5}
# With equal values, among which one must get the gradient.
TIES = np.round(values([2, 3, 4, 5, 1])).clip(0)


@settings(max_examples=80, **EXAMPLES)
@given(st.data())
def test_max_pool3d_and_avg_pool3d(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    shape = [*draw(BATCHES), *draw(spatial(3, 5)), draw(st.integers(1, 2))]
    pad, rounding = draw(padding3d())
    arguments = [draw(sizes(3)), draw(sizes(3)), pad, rounding]
    dtype = draw(st.sampled_from(["float32", "int32", "bool"]))
    assert_same_outcome(node, "maxPool3d", values(shape, dtype), *arguments, **NEAR)
    assert_same_outcome(node, "avgPool3d", values(shape), *arguments, **NEAR)


def test_values_that_are_not_finite(node: NodeSession) -> None:
    x = values([2, 4, 4, 1])
    x[0, 1], x[1, 3], x[:, :2, 2:], x[0, 2:, :2] = np.nan, np.inf, -np.inf, np.nan
    for pad in ("valid", "same", 1):
        assert_same_call(node, "maxPool3d", x, 2, 2, pad)
        assert_same_call(node, "avgPool3d", x, 2, 2, pad, **NEAR)


@pytest.mark.parametrize("pad", ["same", "valid", 1])
@pytest.mark.parametrize(("size", "strides"), [(2, 2), ([3, 2, 2], [1, 2, 1]), ([2, 3, 1], 1)])
def test_gradients(node: NodeSession, pad: Any, size: Any, strides: Any) -> None:
    assert_same_gradients(node, "maxPool3d", [TIES], size, strides, pad)
    assert_same_gradients(node, "avgPool3d", [TIES], size, strides, pad)


@pytest.mark.parametrize("name", ["maxPool3d", "avgPool3d"])
@pytest.mark.parametrize(
    ("shape", "rest", "said"),
    [
        ([4, 4, 1], [2, 2, "same"], "rank 5"),
        ([4, 4, 4, 1], [2, 2, "same", "floor"], "floor"),
        ([4, 4, 4, 1], [2, 2, 1, "up"], "up"),
        ([4, 4, 4, 1], [2, 2, "half"], "half"),
        ([4, 4, 4, 1], [2, 0, "same"], "larger than 0"),
        ([4, 4, 4, 1], [2, 1, 1, None, "NCDHW"], "NCDHW"),
    ],
)
def test_what_is_refused(
    node: NodeSession, name: str, shape: list[int], rest: list[Any], said: str
) -> None:
    assert said in assert_both_refuse(node, name, values(shape), *rest)


def test_integers_have_no_mean(node: NodeSession) -> None:
    x = values([4, 4, 4, 1], "int32")
    assert "int32" in assert_both_refuse(node, "avgPool3d", x, 2, 2, "same")


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_volumes_of_nothing_but_padding(node: NodeSession, dtype: str) -> None:
    x = np.zeros([2, 3, 0, 3, 1], dtype)
    assert_same_call(node, "maxPool3d", x, 1, 3, 1)
    if dtype == "float32":
        assert_same_call(node, "avgPool3d", x, 1, 3, 1)
