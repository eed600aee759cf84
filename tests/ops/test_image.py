"""Images flipped, in grey, in colour, in black and white, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import tfjsbridge as tf
from tests.ops.elementwise_cases import within_a_function
from tests.ops.gradient_parity import GRADIENTS, assert_same_gradients, values
from tests.ops.image_cases import (
    EXAMPLES,
    NEAR,
    gradient,
    gradient_of_linear,
    with_hard_values,
)
from tests.ops.parity import assert_both_refuse, assert_same_call
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

FLIP, TO_RGB, TO_GREY = "image.flipLeftRight", "image.grayscaleToRGB", "image.rgbToGrayscale"
THRESHOLD = "image.threshold"
DTYPES = ["float32", "int32", "bool"]


def picture(*shape: int, dtype: str = "float32") -> np.ndarray:
    """Values from 0 to 255."""
    return np.random.default_rng([*shape]).uniform(0, 256, shape).astype(dtype)


# flipLeftRight.


def test_flip_left_right(node: NodeSession) -> None:
    for shape in ([1, 2, 3, 1], [2, 3, 4, 3], [1, 1, 1, 1], [3, 2, 5, 2]):
        assert_same_call(node, FLIP, values(shape))
    for shape in ([0, 2, 3, 1], [1, 0, 3, 1], [1, 2, 0, 1], [1, 2, 3, 0]):
        assert_same_call(node, FLIP, values(shape))
    assert_same_call(node, FLIP, with_hard_values(1, 3, 4, 1))
    assert_same_call(node, FLIP, [[[[1, 2], [3, 4]]]])


def test_flips_that_are_refused(node: NodeSession) -> None:
    assert "must be rank 4, but got rank 3" in assert_both_refuse(node, FLIP, values([2, 3, 1]))
    for dtype in ("int32", "bool", "complex64"):
        x = np.ones([1, 2, 3, 1], dtype)
        assert f"must be float32 tensor, but got {dtype}" in assert_both_refuse(node, FLIP, x)


# Grey and colours.


@pytest.mark.parametrize("dtype", DTYPES)
def test_colours_of_all_ranks(node: NodeSession, dtype: str) -> None:
    for rank in range(2, 7):
        shape = [2, 3, 1, 2, 2][: rank - 1]
        assert_same_call(node, TO_RGB, values([*shape, 1], dtype))
        assert_same_call(node, TO_GREY, values([*shape, 3], dtype), **NEAR)
    assert_same_call(node, TO_RGB, values([0, 1], dtype))
    assert_same_call(node, TO_GREY, values([2, 0, 3], dtype))


@settings(max_examples=30, **EXAMPLES)
@given(
    hnp.arrays(np.int32, st.tuples(st.integers(1, 30), st.just(3)), elements=st.integers(0, 255))
)
def test_grey_integers_are_cut_off_at_the_same_place(node: NodeSession, x: np.ndarray) -> None:
    assert_same_call(node, TO_GREY, x)
    assert_same_call(node, TO_GREY, -x)


def test_grey_and_colours_of_hard_values(node: NodeSession) -> None:
    assert_same_call(node, TO_GREY, with_hard_values(4, 5, 3), **NEAR)
    assert_same_call(node, TO_GREY, np.float32([[np.inf, -np.inf, 0], [3e38, 3e38, 3e38]]), **NEAR)
    assert_same_call(node, TO_RGB, with_hard_values(4, 5, 1))
    # Of a complex number the real part.
    assert_same_call(node, TO_GREY, np.array([[1 + 2j, 3, 4j]], np.complex64), **NEAR)
    whole = [[[10, 20, 30], [255, 255, 255]]]
    assert_same_call(node, TO_GREY, whole, **NEAR)


def test_grey_and_colours_that_are_refused(node: NodeSession) -> None:
    assert "at least rank 2, but got rank 1" in assert_both_refuse(node, TO_RGB, values([1]))
    assert "at least rank 2, but got rank 0" in assert_both_refuse(node, TO_RGB, 1)
    assert "at least rank 2, but got rank 1" in assert_both_refuse(node, TO_GREY, values([3]))
    assert "should be size 1, but got size 3" in assert_both_refuse(node, TO_RGB, values([2, 3]))
    assert "should be size 3, but got size 4" in assert_both_refuse(node, TO_GREY, values([2, 4]))
    assert "complex64" in assert_both_refuse(node, TO_RGB, np.ones([2, 1], np.complex64))
    for name, size in ((TO_RGB, 1), (TO_GREY, 3)):
        assert "numeric" in assert_both_refuse(node, name, np.array([["a"] * size], object))


def test_the_gradient_of_grayscale_to_rgb(node: NodeSession) -> None:
    for shape in ([2, 1], [2, 3, 1], [2, 3, 4, 1]):
        assert_same_gradients(node, TO_RGB, [values(shape)])


@pytest.mark.parametrize(("name", "channels"), [(FLIP, 2), (TO_GREY, 3)])
def test_gradients_that_tfjs_has_not(node: NodeSession, name: str, channels: int) -> None:
    assert "gradients of operations on images" in FAULTS
    function = getattr(tf.image, name.removeprefix("image."))
    x = values([2, 2, 3, channels])
    dy = values(function(x).shape, seed=1)
    np.testing.assert_allclose(
        gradient(function, x, dy), gradient_of_linear(function, list(x.shape), dy), **NEAR
    )
    with pytest.raises(TfjsError, match="gradient function not found"):
        node.evaluate(GRADIENTS, name=name, tensors=[x], others=[], dy=dy)


# threshold.


@pytest.mark.parametrize("inverted", [False, True])
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("dtype", ["float32", "int32"])
def test_thresholds(node: NodeSession, dtype: str, channels: int, inverted: bool) -> None:
    x = picture(9, 8, channels, dtype=dtype)
    for part in (0.0, 0.2, 0.5, 1.0, 2.0, -1.0):
        assert_same_call(node, THRESHOLD, x, "binary", inverted, part)
    assert_same_call(node, THRESHOLD, x, "binary", inverted)
    assert_same_call(node, THRESHOLD, x, "otsu", inverted)
    assert_same_call(node, THRESHOLD, x)


def test_a_value_at_the_threshold_is_not_brighter(node: NodeSession) -> None:
    x = np.arange(256, dtype=np.int32).reshape(16, 16, 1)
    for level in range(0, 256, 5):
        for inverted in (False, True):
            assert_same_call(node, THRESHOLD, x, "binary", inverted, level / 255)
            assert_same_call(node, THRESHOLD, x.astype(np.float32), "binary", inverted, level / 255)


@st.composite
def bright_and_dark(draw: st.DrawFn) -> np.ndarray:
    """Images of two crowds of values, or of few different ones, whose variances may be equal."""
    shape = [draw(st.integers(1, 6)), draw(st.integers(1, 6)), draw(st.sampled_from([1, 3]))]
    most = draw(st.sampled_from([1, 4, 255, 300]))
    x = draw(hnp.arrays(np.float32, shape, elements=st.integers(0, most).map(float)))
    return x + np.float32(draw(st.sampled_from([0, 0.25, 0.5])))


@settings(max_examples=60, **EXAMPLES)
@given(bright_and_dark(), st.booleans())
def test_otsu(node: NodeSession, x: np.ndarray, inverted: bool) -> None:
    assert_same_call(node, THRESHOLD, x, "otsu", inverted)
    if x.shape[2] == 1:
        assert_same_call(node, THRESHOLD, np.round(x).astype(np.int32), "otsu", inverted)


def test_otsu_of_many_pixels(node: NodeSession) -> None:
    random = np.random.default_rng(0)
    dark, bright = random.normal(70, 25, [150, 100]), random.normal(160, 30, [150, 100])
    x = np.concatenate([dark, bright]).clip(0, 255)[..., None].astype(np.float32)
    assert_same_call(node, THRESHOLD, x, "otsu")


def test_thresholds_of_hard_values(node: NodeSession) -> None:
    x = np.float32([np.nan, np.inf, 3, 250, 5, 1e10, 2**32 + 7, -np.inf]).reshape(8, 1, 1)
    for inverted in (False, True):
        assert_same_call(node, THRESHOLD, x, "binary", inverted)
        assert_same_call(node, THRESHOLD, x, "otsu", inverted)  # NaN counts as 0
        assert_same_call(node, THRESHOLD, x, "binary", inverted, np.nan)
        for same in (0, 1, 255, 256):
            assert_same_call(
                node, THRESHOLD, np.full([2, 3, 1], same, np.float32), "otsu", inverted
            )
    for method in ("binary", "otsu"):
        for shape in ([0, 3, 1], [3, 0, 3]):
            assert_same_call(node, THRESHOLD, values(shape), method)
    assert_same_call(node, THRESHOLD, [[[1]], [[200]]], "otsu")


@pytest.mark.parametrize(
    ("x", "arguments", "said"),
    [
        (values([2, 3]), [], "must be rank 3, but got rank 2"),
        (values([1, 2, 3, 1]), [], "must be rank 3, but got rank 4"),
        (values([2, 3, 2]), [], "but got 2"),
        (values([2, 3, 1], "bool"), [], "int32 or float32, but got bool"),
        (np.ones([2, 3, 1], np.complex64), [], "int32 or float32, but got complex64"),
        (values([2, 3, 1]), ["mean"], "binary or otsu, but was mean"),
        (values([2, 3, 1]) - 100, ["otsu"], "non-negative"),
    ],
    ids=str,
)
def test_thresholds_that_are_refused(
    node: NodeSession, x: np.ndarray, arguments: list[Any], said: str
) -> None:
    assert said in assert_both_refuse(node, THRESHOLD, x, *arguments)


# Within functions.


def test_within_a_function() -> None:
    x = picture(2, 4, 5, 3)
    np.testing.assert_array_equal(
        within_a_function(tf.image.flipLeftRight, x), tf.image.flipLeftRight(x).numpy()
    )
    for function, channels in (
        (tf.image.rgbToGrayscale, 3),
        (tf.image.grayscaleToRGB, 1),
        (tf.image.threshold, 3),
        (lambda x: tf.image.threshold(x, "otsu", True), 1),
    ):
        part = x[0, ..., :channels]

        @tensorflow.function(
            input_signature=[tensorflow.TensorSpec([None, None, channels], "float32")]
        )
        def traced(x: Any, function: Any = function) -> Any:
            return function(x).tensor

        np.testing.assert_allclose(traced(part), function(part).numpy(), rtol=1e-6)


def test_one_tensor_is_made() -> None:
    grey, colours = tf.tensor(picture(3, 4, 1)), tf.tensor(picture(3, 4, 3))
    before = tf.memory()["numTensors"]
    made = [
        tf.image.grayscaleToRGB(grey),
        tf.image.rgbToGrayscale(colours),
        tf.image.threshold(colours, "otsu"),
        tf.image.flipLeftRight(picture(1, 2, 3, 1)),
    ]
    assert tf.memory()["numTensors"] == before + len(made)
