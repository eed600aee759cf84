"""Convolutions over one and two axes, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.gradient_parity import (
    assert_both_refuse_gradients,
    assert_same_gradients,
    values,
)
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same_call,
    assert_same_outcome,
    here,
    in_tfjs,
)
from tests.ops.window_cases import (
    BATCHES,
    EXAMPLES,
    assert_same_windows,
    padding,
    sizes,
    spatial,
)
from tests.tfjs.differences import DIFFERENCES, FAULTS
from tfjsbridge.verify import NodeSession

NEAR = {"rtol": 1e-5, "atol": 1e-5}

# Where tf.js is not followed, and why; the tests of these names fail when it no longer differs.


@settings(max_examples=80, **EXAMPLES)
@given(st.data())
def test_conv2d(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    first, (height, width), batch = draw(st.booleans()), draw(spatial(2)), draw(BATCHES)
    channels, out = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    shape = [channels, height, width] if first else [height, width, channels]
    kernel = [draw(st.integers(1, 3)), draw(st.integers(1, 3)), channels, out]
    pad, rounding = draw(padding(first))
    strides, dilations = draw(st.sampled_from([0, 1])), 1
    strides, dilations = (draw(sizes(2)), 1) if strides else (1, draw(sizes(2)))
    layout = "NCHW" if first else "NHWC"
    arguments = [strides, pad, layout, dilations, rounding]
    x, filter = values([*batch, *shape]), values(kernel)
    assert_same_windows(node, "conv2d", x, filter, *arguments)


@settings(max_examples=60, **EXAMPLES)
@given(st.data())
def test_depthwise_conv2d(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    channels = draw(st.integers(1, 3))
    x = values([*draw(BATCHES), *draw(spatial(2)), channels])
    kernel = [draw(st.integers(1, 3)), draw(st.integers(1, 3)), channels, draw(st.integers(1, 3))]
    pad, rounding = draw(padding())
    strides, dilations = (draw(sizes(2)), 1) if draw(st.booleans()) else (1, draw(sizes(2)))
    arguments = [strides, pad, "NHWC", dilations, rounding]
    assert_same_windows(node, "depthwiseConv2d", x, values(kernel), *arguments)


@settings(max_examples=50, **EXAMPLES)
@given(st.data())
def test_dilation2d(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    depth, dtypes = draw(st.integers(1, 3)), st.sampled_from(["float32", "int32", "bool"])
    x = values([*draw(BATCHES), *draw(spatial(2)), depth], draw(dtypes))
    filter = values([draw(st.integers(1, 3)), draw(st.integers(1, 3)), depth], draw(dtypes))
    pad, _ = draw(padding())
    assert_same_windows(node, "dilation2d", x, filter, draw(sizes(2)), pad, draw(sizes(2)))


@pytest.mark.parametrize("batch", [[], [1], [3]])
@pytest.mark.parametrize("pad", ["same", "valid", 0, [[0, 0], [0, 0], [1, 2], [0, 0]], 1])
def test_conv1d(node: NodeSession, batch: list[int], pad: Any) -> None:
    x, filter = values([*batch, 7, 2]), values([3, 2, 4])
    for stride, dilation in ((1, 1), (2, 1), (3, 1), (1, 2)):
        assert_same_outcome(node, "conv1d", x, filter, stride, pad, "NWC", dilation, **NEAR)


def test_conv1d_rounds_what_padding_in_numbers_leaves(node: NodeSession) -> None:
    pad = [[0, 0], [0, 0], [1, 1], [0, 0]]
    for rounding in ("ceil", "round", "floor"):
        arguments = [2, pad, "NWC", 1, rounding]
        assert_same_call(node, "conv1d", values([7, 2]), values([2, 2, 1]), *arguments, **NEAR)


@pytest.mark.parametrize("batch", [[], [2]])
def test_separable_conv2d(node: NodeSession, batch: list[int]) -> None:
    x, depthwise, pointwise = values([*batch, 5, 6, 2]), values([2, 3, 2, 2]), values([1, 1, 4, 3])
    for arguments in (
        (1, "same"),
        ([1, 2], "valid"),
        (2, 1),
        (1, "same", [2, 1]),
        (1, "valid", 2, "NHWC"),
    ):
        assert_same_call(node, "separableConv2d", x, depthwise, pointwise, *arguments, **NEAR)


@settings(max_examples=40, **EXAMPLES)
@given(st.data())
def test_conv2d_transpose(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    batch, channels, out = draw(BATCHES), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    target = [*batch, *draw(spatial(2)), channels]
    filter = values([draw(st.integers(1, 3)), draw(st.integers(1, 3)), channels, out])
    strides, (pad, rounding) = draw(sizes(2)), draw(padding())
    mode = None if rounding == DEFAULT else rounding
    try:
        y = tf.conv2d(np.zeros(target, np.float32), filter, strides, pad, dimRoundingMode=mode)
    except ValueError:
        return  # the filter is larger than the image
    if 0 in y.shape:
        return
    x = values(y.shape, draw(st.sampled_from(["float32", "int32", "bool"])))
    arguments = [target, strides, pad, rounding]
    assert_same_call(node, "conv2dTranspose", x, filter, *arguments, **NEAR)


def test_numbers_as_padding_take_the_width_from_the_height(node: NodeSession) -> None:
    x = values([4, 6, 1])
    y = assert_same_call(node, "conv2d", x, values([1, 3, 1, 1]), [1, 2], 1, **NEAR)
    assert y.shape == [6, 8, 1]


@pytest.mark.parametrize("function", ["conv2d", "depthwiseConv2d"])
def test_empty_tensors(node: NodeSession, function: str) -> None:
    for x, filter in (
        ([0, 3, 3, 2], [2, 2, 2, 3]),
        ([2, 0, 3, 2], [1, 1, 2, 3]),
        ([2, 3, 3, 0], [2, 2, 0, 3]),
        ([2, 3, 3, 2], [2, 2, 2, 0]),
        ([1, 1, 3, 2], [2, 2, 2, 3]),
    ):
        for pad in ("same", "valid"):
            assert_same_outcome(node, function, values(x), values(filter), 1, pad)


def test_values_that_are_not_finite(node: NodeSession) -> None:
    x = values([5, 5, 1])
    x[1, 1], x[3, 3], x[4, 0] = np.nan, np.inf, -np.inf
    filter = np.abs(values([2, 2, 1, 1]))
    assert_same_call(node, "conv2d", x, filter, 1, "same", **NEAR)
    assert_same_call(node, "depthwiseConv2d", x, filter, 1, "same", **NEAR)
    assert_same_call(node, "dilation2d", x, filter[..., 0], 1, "same", **NEAR)


def test_infinite_filters_over_padding(node: NodeSession) -> None:
    x, filter = np.ones([3, 3, 1], np.float32), np.ones([3, 3, 1, 1], np.float32)
    filter[0, 0] = np.inf
    assert "infinite filters over padding" in DIFFERENCES
    for name in ("conv2d", "depthwiseConv2d"):
        assert_same_call(node, name, x, filter, 1, "same")
        theirs = in_tfjs(node, name, x, filter, 1, 1)["values"]
        ours = here(name, x, filter, 1, 1).numpy()
        np.testing.assert_array_equal(theirs[0].ravel(), [4, 6, 4])
        assert np.isnan(ours[0]).all()


def test_plain_values_become_float32(node: NodeSession) -> None:
    x, filter = np.arange(9).reshape(3, 3, 1).tolist(), [[[[True]]]]
    assert_same_call(node, "conv2d", x, filter, 1, "valid")
    assert_same_call(node, "depthwiseConv2d", x, filter, 1, "valid")
    assert_same_call(node, "conv1d", [[1], [2]], [[[3]]], 1, "valid")


@pytest.mark.parametrize(
    ("name", "shapes", "rest"),
    [
        ("conv1d", [[2, 6, 2], [3, 2, 2]], [2, "same"]),
        ("conv1d", [[6, 2], [3, 2, 2]], [1, 0]),
        ("conv2d", [[2, 5, 6, 2], [2, 3, 2, 3]], [[2, 1], "same"]),
        ("conv2d", [[5, 6, 2], [2, 3, 2, 3]], [1, 1]),
        ("conv2d", [[5, 6, 2], [2, 2, 2, 1]], [2, 1, "NHWC", 1, "ceil"]),
        ("conv2d", [[2, 2, 5, 6], [2, 3, 2, 3]], [2, "valid", "NCHW"]),
        ("conv2d", [[5, 6, 1], [2, 2, 1, 1]], [2, [[0, 0], [1, 0], [2, 1], [0, 0]]]),
        ("depthwiseConv2d", [[2, 5, 6, 2], [2, 3, 2, 2]], [[2, 1], "same"]),
        ("depthwiseConv2d", [[5, 6, 2], [2, 2, 2, 1]], [2, 1, "NHWC", 1, "ceil"]),
        ("separableConv2d", [[5, 6, 2], [2, 3, 2, 2], [1, 1, 4, 3]], [1, "same"]),
        ("dilation2d", [[2, 5, 6, 2], [2, 3, 2]], [1, "same", 2]),
        ("conv2dTranspose", [[2, 3, 3, 2], [2, 3, 1, 2]], [[2, 5, 6, 1], 2, "same"]),
        ("conv2dTranspose", [[4, 5, 2], [2, 2, 1, 2]], [[5, 6, 1], 1, "valid"]),
    ],
)
def test_gradients(node: NodeSession, name: str, shapes: list[list[int]], rest: list[Any]) -> None:
    assert_same_gradients(node, name, [values(shape) for shape in shapes], *rest)


@pytest.mark.parametrize("name", ["conv2d", "depthwiseConv2d"])
def test_dilated_convolutions_have_no_gradient(node: NodeSession, name: str) -> None:
    message = assert_both_refuse_gradients(
        node, name, [values([5, 5, 1]), values([2, 2, 1, 1])], 1, "same", "NHWC", [1, 2]
    )
    assert "[1, 2]" in message


def test_gradients_of_gradients() -> None:
    x, filter = tensorflow.constant(values([5, 5, 1])), values([2, 2, 1, 1])
    with tensorflow.GradientTape() as outer:
        outer.watch(x)
        with tensorflow.GradientTape() as inner:
            inner.watch(x)
            y = tensorflow.reduce_sum(tf.conv2d(x, filter, 1, "same").tensor ** 3)
        first = inner.gradient(y, x)
        size = tensorflow.reduce_sum(first**2)
    assert np.abs(outer.gradient(size, x)).max() > 0


@pytest.mark.parametrize(
    ("name", "shapes", "rest", "said"),
    [
        ("conv2d", [[4, 4], [2, 2, 1, 1]], [1, "same"], "rank 4"),
        ("conv2d", [[4, 4, 1], [2, 2, 1]], [1, "same"], "rank 4"),
        ("conv2d", [[4, 4, 2], [2, 2, 1, 1]], [1, "same"], "depth of input (2)"),
        ("conv2d", [[4, 4, 1], [2, 2, 1, 1]], [2, "same", "NHWC", 2], "must be 1"),
        ("conv2d", [[4, 4, 1], [2, 2, 1, 1]], [0, "same"], "larger than 0"),
        ("conv2d", [[4, 4, 1], [2, 2, 1, 1]], [1, "same", "NHWC", 0], "larger than 0"),
        ("conv2d", [[4, 4, 1], [2, 2, 1, 1]], [1, "same", "NWHC"], "NWHC"),
        ("conv2d", [[4, 4, 1], [2, 2, 1, 1]], [1, "half"], "half"),
        ("conv2d", [[4, 4, 1], [2, 2, 1, 1]], [1, "same", "NHWC", 1, "ceil"], "ceil"),
        ("conv2d", [[4, 4, 1], [2, 2, 1, 1]], [1, 1, "NHWC", 1, "up"], "up"),
        ("conv2d", [[4, 4, 1], [6, 2, 1, 1]], [1, "valid"], "[6, 2]"),
        ("conv1d", [[4], [2, 1, 1]], [1, "same"], "rank 3"),
        ("conv1d", [[4, 1], [2, 1, 1]], [2, "same", "NWC", 2], "must be 1"),
        ("conv1d", [[4, 1], [2, 1, 1]], [1, "same", "NCW"], "NCW"),
        ("conv1d", [[4, 1], [2, 1, 1]], [1, 1], "'valid'"),
        ("depthwiseConv2d", [[4, 4, 2], [2, 2, 1, 1]], [1, "same"], "channels (2)"),
        ("depthwiseConv2d", [[4, 4, 1], [2, 2, 1, 1]], [2, "same", "NHWC", 2], "must be 1"),
        ("dilation2d", [[4, 4], [2, 2, 1]], [1, "same"], "rank 3 or 4"),
        ("dilation2d", [[4, 4, 1], [2, 2, 1, 1]], [1, "same"], "rank 3"),
        ("dilation2d", [[4, 4, 2], [2, 2, 1]], [1, "same"], "same depth"),
        ("dilation2d", [[4, 4, 1], [2, 2, 1]], [1, "same", 1, "NCHW"], "NHWC"),
        ("separableConv2d", [[4, 4, 1], [2, 2, 1, 2], [1, 1, 1, 3]], [1, "same"], "[1, 1, 2]"),
        ("separableConv2d", [[4, 4, 1], [2, 2, 1, 2], [2, 1, 2, 3]], [1, "same"], "[2, 1, 2]"),
        (
            "separableConv2d",
            [[1, 4, 4], [2, 2, 1, 2], [1, 1, 2, 3]],
            [1, "same", 1, "NCHW"],
            "NCHW",
        ),
        ("conv2dTranspose", [[4, 4, 1], [2, 2, 1, 1]], [[4, 4], 1, "same"], "[4, 4]"),
        ("conv2dTranspose", [[4, 4, 1], [2, 2, 2, 1]], [[4, 4, 1], 1, "same"], "(1)"),
        ("conv2dTranspose", [[4, 4, 2], [2, 2, 1, 1]], [[4, 4, 1], 1, "same"], "(2)"),
    ],
)
def test_what_is_refused(
    node: NodeSession, name: str, shapes: list[list[int]], rest: list[Any], said: str
) -> None:
    message = assert_both_refuse(node, name, *(values(shape) for shape in shapes), *rest)
    assert said in message


def test_integers_are_refused(node: NodeSession) -> None:
    x, filter = values([4, 4, 1], "int32"), values([2, 2, 1, 1])
    for name in ("conv2d", "depthwiseConv2d"):
        assert "int32" in assert_both_refuse(node, name, x, filter, 1, "same")
    assert "int32" in assert_both_refuse(node, "conv1d", x[0], filter[0], 1, "same")


def test_the_methods(node: NodeSession) -> None:
    x, filter = values([5, 5, 1]), values([2, 2, 1, 1])
    for name in ("conv2d", "depthwiseConv2d"):
        assert_same_call(node, name, x, filter, [1, 2], "same", method=True, **NEAR)
    assert_same_call(node, "conv1d", x[0], filter[0], 1, "same", method=True, **NEAR)
    assert_same_call(node, "dilation2d", x, filter[..., 0], 1, "same", method=True, **NEAR)
    assert_same_call(
        node, "separableConv2d", x, filter, filter[:1, :1], 1, "same", method=True, **NEAR
    )
    assert_same_call(node, "conv2dTranspose", x, filter, [5, 5, 1], 1, "same", method=True, **NEAR)


def test_channels_first_are_first_in_a_depthwise_convolution(node: NodeSession) -> None:
    x, filter = values([1, 3, 4, 3]), values([2, 2, 3, 1])
    ours = tf.depthwiseConv2d(x, filter, 1, "same", "NCHW").numpy()
    last = tf.depthwiseConv2d(x.transpose(0, 2, 3, 1), filter, 1, "same").numpy()
    np.testing.assert_allclose(ours, last.transpose(0, 3, 1, 2), rtol=1e-5)
    theirs = in_tfjs(node, "depthwiseConv2d", x, filter, 1, "same", "NCHW")["values"]
    assert not np.allclose(theirs, ours), FAULTS["depthwiseConv2d of NCHW"]


def test_an_output_shape_that_does_not_fit_is_refused(node: NodeSession) -> None:
    x, filter = values([1, 2, 2, 1]), values([2, 2, 1, 1])
    arguments = [[1, 5, 5, 1], 2, "same"]
    with pytest.raises(ValueError, match=r"\[1, 3, 3\]"):
        tf.conv2dTranspose(x, filter, *arguments)
    theirs = in_tfjs(node, "conv2dTranspose", x, filter, *arguments)["values"]
    assert np.isnan(theirs).any(), FAULTS["conv2dTranspose to a shape that does not fit"]


def test_sizes_that_are_not_known_in_a_function() -> None:
    filter = values([2, 2, 1, 1])
    spec = tensorflow.TensorSpec([None, None, None, 1])
    for pad in ("same", "valid", 1, [[0, 0], [1, 0], [0, 1], [0, 0]]):

        @tensorflow.function(input_signature=[spec])
        def convolve(x: Any, pad: Any = pad) -> Any:
            return tf.conv2d(x, filter, 2, pad).tensor

        x = values([2, 5, 6, 1])
        np.testing.assert_allclose(convolve(x), tf.conv2d(x, filter, 2, pad), rtol=1e-5)


def test_nothing_is_left_over(node: NodeSession) -> None:
    x, filter = tf.tensor(values([5, 5, 1])), tf.tensor(values([2, 2, 1, 1]))
    before = tf.memory()["numTensors"]
    tf.conv2d(x, filter, 1, 1, "NHWC", 1, "ceil")
    assert tf.memory()["numTensors"] == before + 1
