"""Resized images, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.gradient_parity import GRADIENTS, assert_same_gradients, gradients_here, values
from tests.ops.image_cases import (
    EXAMPLES,
    NEAR,
    gradient,
    gradient_of_linear,
    on_wasm,
    with_hard_values,
)
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

BILINEAR, NEAREST = "image.resizeBilinear", "image.resizeNearestNeighbor"
NAMES = [BILINEAR, NEAREST]
#: alignCorners, halfPixelCenters.
FLAGS = [(False, False), (True, False), (False, True)]


@settings(max_examples=150, **EXAMPLES)
@given(st.data())
def test_generated_images(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    side = st.integers(1, 9)
    batch = draw(st.sampled_from([[], [1], [2]]))
    shape = [*batch, draw(side), draw(side), draw(st.integers(1, 3))]
    size = [draw(st.integers(0, 12)), draw(st.integers(0, 12))]
    x = values(shape, draw(st.sampled_from(["float32", "int32", "bool"])))
    for name in NAMES:
        assert_same_outcome(node, name, x, size, draw(st.booleans()), draw(st.booleans()), **NEAR)


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", NAMES)
def test_the_places_are_those_of_float64(
    node: NodeSession, name: str, flags: tuple[bool, bool]
) -> None:
    # In float32 some would be others, or other means.
    for old, new in ((100, 333), (224, 500), (333, 100), (480, 77), (1000, 777), (49, 98)):
        x = values([old, 1, 1])
        assert_same_call(node, name, x, [new, 1], *flags, rtol=1e-5, atol=1e-6)
        assert_same_call(node, name, x[None, None, :, 0], [1, new], *flags, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", NAMES)
def test_every_small_size(node: NodeSession, name: str, flags: tuple[bool, bool]) -> None:
    x = values([13, 1, 1])
    for old in range(1, 14):
        for new in range(1, 30, 1 + old % 3):
            assert_same_call(node, name, x[:old], [new, 1], *flags, **NEAR)


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", NAMES)
def test_values_that_are_not_finite(node: NodeSession, name: str, flags: tuple[bool, bool]) -> None:
    x = with_hard_values(2, 5, 6, 2)
    for size in ([5, 6], [10, 12], [3, 4], [7, 11], [1, 1]):
        assert_same_call(node, name, x, size, *flags, **NEAR)
    assert_same_call(node, name, np.float32([[[3e38], [-3e38]]]), [1, 2], *flags, **NEAR)


@pytest.mark.parametrize("name", NAMES)
def test_dtypes(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, values([4, 5, 2], "int32"), [3, 7], **NEAR)
    assert_same_call(node, name, [[[1, 2], [3, 4]]], [2, 3], **NEAR)
    if name == BILINEAR:
        assert_same_call(node, name, values([4, 5, 2], "bool"), [3, 7], **NEAR)


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", NAMES)
def test_empty_images(node: NodeSession, name: str, flags: tuple[bool, bool]) -> None:
    for shape in ([0, 2, 3, 1], [2, 0, 3, 1], [1, 2, 0, 1], [1, 2, 3, 0], [0, 3, 1], [0, 0, 0, 0]):
        for size in ([2, 2], [0, 2], [2, 0]):
            assert_same_call(node, name, values(shape), size, *flags)
    assert_same_call(node, NEAREST, values([0, 3, 1], "int32"), [2, 2], *flags)


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", NAMES)
def test_gradients(node: NodeSession, name: str, flags: tuple[bool, bool]) -> None:
    for side in (2, 3, 5):
        for size in ([4, 7], [2, 2], [9, 1], [1, 3], [5, 5], [15, 6]):
            assert_same_gradients(node, name, [values([1, side, side, 2])], size, *flags)
            assert_same_gradients(node, name, [values([side, side, 1])], size, *flags)
    if name == NEAREST:
        assert_same_gradients(node, name, [values([3, 6, 2])], [4, 7], *flags)
    else:
        assert_same_gradients(node, name, [values([2, 3, 3, 2])], [4, 7], *flags)


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", [[5, 2], [1, 9], [6, 3], [3, 4]])
def test_gradients_of_any_sizes(name: str, size: list[int], flags: tuple[bool, bool]) -> None:
    resize, shape = getattr(tf.image, name.removeprefix("image.")), [2, 3, 4, 1]
    dy = values([2, *size, 1])
    ours = gradient(lambda x: resize(x, size, *flags), values(shape), dy)
    # The gradient heeds alignCorners, but not halfPixelCenters.
    wanted = gradient_of_linear(lambda x: resize(x, size, flags[0]), shape, dy)
    np.testing.assert_allclose(ours, wanted, rtol=1e-5, atol=1e-6)


def test_a_bilinear_gradient_that_tfjs_refuses(node: NodeSession) -> None:
    assert "gradient of resizeBilinear" in FAULTS
    with pytest.raises(TfjsError, match="shape"):
        assert_same_gradients(node, BILINEAR, [values([2, 3, 4, 2])], [5, 2])
    assert_same_gradient_as_on_wasm(node, BILINEAR, values([2, 3, 4, 2]), [5, 2])


def test_a_nearest_gradient_that_tfjs_gets_wrong(node: NodeSession) -> None:
    assert "gradient of resizeNearestNeighbor" in FAULTS
    assert_same_gradients(node, NEAREST, [values([2, 3, 3, 2])], [3, 3])
    with pytest.raises(AssertionError):
        assert_same_gradients(node, NEAREST, [values([2, 3, 3, 2])], [4, 5])
    assert_same_gradient_as_on_wasm(node, NEAREST, values([2, 3, 3, 2]), [4, 5])


def assert_same_gradient_as_on_wasm(
    node: NodeSession, name: str, x: np.ndarray, size: list[int]
) -> None:
    dy, (ours,) = gradients_here(name, [x], [size])
    arguments = {"name": name, "tensors": [x], "others": [size], "dy": dy}
    np.testing.assert_allclose(ours, on_wasm(node, GRADIENTS, **arguments)[0], **NEAR)


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_empty_images_are_zeros(name: str, flags: tuple[bool, bool]) -> None:
    resize = getattr(tf.image, name.removeprefix("image."))
    for shape, size in (([2, 3, 4, 1], [0, 2]), ([0, 3, 4, 1], [5, 2]), ([2, 0, 4, 1], [5, 2])):
        dy = np.ones([shape[0], *size, shape[3]], np.float32)
        ours = gradient(lambda x, size=size: resize(x, size, *flags), values(shape), dy)
        np.testing.assert_array_equal(ours, np.zeros(shape))


def test_the_methods(node: NodeSession) -> None:
    x = values([2, 4, 5, 1])
    for name in ("resizeBilinear", "resizeNearestNeighbor"):
        assert_same_call(node, name, x, [3, 7], method=True, **NEAR)
        for flags in FLAGS:
            assert_same_call(node, name, x, [3, 7], *flags, method=True, **NEAR)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("x", "arguments", "said"),
    [
        (values([3, 4]), [[2, 2]], "rank 3 or 4, but got rank 2"),
        (values([1, 1, 3, 4, 1]), [[2, 2]], "rank 3 or 4, but got rank 5"),
        (values([3, 4, 1]), [[2]], "new shape must 2D"),
        (values([3, 4, 1]), [[2, 2, 1]], "new shape must 2D"),
        (values([3, 4, 1]), [2], "new shape must 2D"),
        (values([3, 4, 1]), [[-1, 2]], "must not be negative"),
        (values([3, 4, 1]), [[-1, -1]], "must not be negative"),
        (values([3, 4, 1]), [[2, 2], True, True], "alignCorners must be false"),
        (np.ones([3, 4, 1], np.complex64), [[2, 2]], "complex64"),
        (np.array([[["a"]]], object), [[2, 2]], "must be numeric tensor"),
    ],
    ids=str,
)
def test_what_is_refused(
    node: NodeSession, name: str, x: np.ndarray, arguments: list[Any], said: str
) -> None:
    assert said in assert_both_refuse(node, name, x, *arguments)


def test_more_that_is_refused(node: NodeSession) -> None:
    assert "but got bool" in assert_both_refuse(node, NEAREST, values([3, 4, 1], "bool"), [2, 2])
    assert "sizes that are no whole numbers" in FAULTS
    with pytest.raises(ValueError, match="whole number"):
        tf.image.resizeBilinear(values([3, 4, 1]), [2.5, 2])
    with pytest.raises(TypeError, match="Argument 'images' passed to 'resizeBilinear'"):
        tf.image.resizeBilinear(None, [2, 2])


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", NAMES)
def test_sizes_that_are_not_known_in_a_function(name: str, flags: tuple[bool, bool]) -> None:
    resize = getattr(tf.image, name.removeprefix("image."))
    x = values([2, 5, 6, 2])

    def resized(x: Any) -> Any:
        return resize(x, [7, 4], *flags)

    for shape in ([None] * 4, [None, 5, 6, 2], x.shape):
        traced = tensorflow.function(
            lambda x: resized(x).tensor, input_signature=[tensorflow.TensorSpec(shape)]
        )
        np.testing.assert_allclose(traced(x), resized(x), rtol=1e-6)
        dy = values([2, 7, 4, 2])
        np.testing.assert_allclose(
            gradient(lambda x, traced=traced: tf.tensor(traced(x.tensor)), x, dy),
            gradient(resized, x, dy),
            rtol=1e-5,
            atol=1e-6,
        )


def test_one_tensor_is_made() -> None:
    x = tf.tensor(values([5, 6, 2]))
    before = tf.memory()["numTensors"]
    tf.image.resizeBilinear(x, [2, 2])
    tf.image.resizeNearestNeighbor(x, [2, 2], False, True)
    assert tf.memory()["numTensors"] == before + 2
