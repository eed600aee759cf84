"""Images cut out, rotated and in perspective, against tf.js."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.gradient_parity import GRADIENTS, values
from tests.ops.image_cases import (
    EXAMPLES,
    NEAR,
    gradient,
    gradient_of_linear,
    on_wasm,
    with_hard_values,
)
from tests.ops.parity import assert_both_refuse, assert_same_call, in_tfjs
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

CROP, ROTATE, TRANSFORM = "image.cropAndResize", "image.rotateWithOffset", "image.transform"
NAN, INFINITY = math.nan, math.inf

#: Whole, in part, beyond the edge, turned around, a single line, outside, no number.
BOXES = np.float32(
    [
        [0, 0, 1, 1],
        [0.2, 0.1, 0.7, 0.85],
        [-0.5, 0.3, 1.5, 1.2],
        [1, 1, 0, 0],
        [0.5, 0, 0.5, 1],
        [2, 2, 3, 3],
        [NAN, 0, 1, 1],
        [0, 0, 1, INFINITY],
    ]
)
METHODS = ["bilinear", "nearest"]


# cropAndResize.


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
def test_crops(node: NodeSession, dtype: str, method: str) -> None:
    x = values([2, 4, 5, 3], dtype)
    # An image that there is not gives zeros; one before the first gives NaN.
    index = np.int32([0, 1, 1, 0, 1, 0, 0, 1])
    for size in ([2, 3], [1, 1], [1, 4], [9, 7], [4, 5]):
        for indices in (index, index * 0 + 2, index - 1, index[::-1].copy()):
            assert_same_call(node, CROP, x, BOXES, indices, size, method, **NEAR)
        assert_same_call(node, CROP, x, BOXES, index, size, method, -7.5, **NEAR)
    assert_same_call(node, CROP, x, BOXES, index, [2, 3], **NEAR)


@settings(max_examples=60, **EXAMPLES)
@given(st.data())
def test_generated_crops(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    side = st.integers(1, 6)
    x = values([draw(st.integers(1, 2)), draw(side), draw(side), draw(st.integers(1, 2))])
    corner = st.floats(-0.5, 1.5, width=16) | st.sampled_from([0.0, 1.0, 0.5])
    boxes = np.float32(draw(st.lists(st.lists(corner, min_size=4, max_size=4), max_size=4)))
    index = [draw(st.integers(-1, 2)) for _ in boxes]
    arguments = boxes.reshape(-1, 4), np.int32(index), [draw(side), draw(side)]
    assert_same_call(
        node, CROP, x, *arguments, draw(st.sampled_from(METHODS)), draw(st.floats(-9, 9)), **NEAR
    )


@pytest.mark.parametrize("method", METHODS)
def test_crops_of_values_that_are_not_finite(node: NodeSession, method: str) -> None:
    x, index = with_hard_values(2, 4, 5, 1), np.int32([0, 1, 0, 1, 0, 1, 0, 1])
    for size in ([4, 5], [7, 9], [3, 3]):
        for outside in (0, NAN, -INFINITY):
            assert_same_call(node, CROP, x, BOXES, index, size, method, outside, **NEAR)


@pytest.mark.parametrize("method", METHODS)
def test_empty_crops(node: NodeSession, method: str) -> None:
    for shape in ([0, 4, 5, 1], [2, 0, 5, 1], [2, 4, 0, 1], [2, 4, 5, 0]):
        assert_same_call(
            node, CROP, values(shape), BOXES, np.zeros(8, np.int32), [2, 3], method, 5, **NEAR
        )
    none = np.zeros([0, 4], np.float32), np.zeros([0], np.int32)
    assert_same_call(node, CROP, values([2, 4, 5, 1]), *none, [2, 3], method)


def test_crops_of_plain_lists(node: NodeSession) -> None:
    x = [[[[1], [2]], [[3], [4]]]]
    assert_same_call(node, CROP, x, [[0, 0, 1, 1]], [0], [3, 3], **NEAR)


@pytest.mark.parametrize(
    ("x", "arguments", "said"),
    [
        (values([4, 5, 1]), [[[0, 0, 1, 1]], [0], [2, 2]], "must be rank 4, but got rank 3"),
        (values([1, 4, 5, 1]), [[[0, 0, 1]], [0], [2, 2]], "boxes must have size [numBoxes, 4]"),
        (values([1, 4, 5, 1]), [[0, 0, 1, 1], [0], [2, 2]], "boxes must have size [numBoxes, 4]"),
        (values([1, 4, 5, 1]), [[[0, 0, 1, 1]], [0, 0], [2, 2]], "boxInd must have size [1]"),
        (values([1, 4, 5, 1]), [[[0, 0, 1, 1]], [[0]], [2, 2]], "boxInd must have size [1]"),
        (values([1, 4, 5, 1]), [[[0, 0, 1, 1]], [0], [2]], "must be of length 2"),
        (values([1, 4, 5, 1]), [[[0, 0, 1, 1]], [0], 2], "must be of length 2"),
        (values([1, 4, 5, 1]), [[[0, 0, 1, 1]], [0], [0, 2]], "at least [1,1]"),
        (values([1, 4, 5, 1]), [[[0, 0, 1, 1]], [0], [2, 2], "cubic"], "but was cubic"),
        (np.ones([1, 4, 5, 1], np.complex64), [[[0, 0, 1, 1]], [0], [2, 2]], "complex64"),
        (values([1, 4, 5, 1]), [np.int32([[0, 0, 1, 1]]), [0], [2, 2]], "'boxes'"),
        (values([1, 4, 5, 1]), [[[0, 0, 1, 1]], np.float32([0]), [2, 2]], "'boxInd'"),
    ],
    ids=str,
)
def test_crops_that_are_refused(
    node: NodeSession, x: np.ndarray, arguments: list[Any], said: str
) -> None:
    assert said in assert_both_refuse(node, CROP, x, *arguments)


# rotateWithOffset.

ANGLES = [0.0, 0.3, -1.2, math.pi / 4, math.pi / 2, math.pi, 3 * math.pi / 2, 100.0]


@pytest.mark.parametrize("radians", ANGLES)
def test_rotations(node: NodeSession, radians: float) -> None:
    for shape in ([1, 4, 4, 1], [2, 3, 6, 3], [1, 5, 2, 4], [1, 7, 7, 6]):
        x = values(shape)
        assert_same_call(node, ROTATE, x, radians)
        for fill in (5, -0.5, NAN, [1, 2, 3], [9, 8, 7, 6, 5], [1], []):
            assert_same_call(node, ROTATE, x, radians, fill)
        for center in (0, 0.25, 1, [0.2, 0.9], [-1, 2]):
            assert_same_call(node, ROTATE, x, radians, 7, center)


@settings(max_examples=60, **EXAMPLES)
@given(st.data())
def test_generated_rotations(node: NodeSession, data: st.DataObject) -> None:
    draw, side, part = data.draw, st.integers(1, 8), st.floats(-0.5, 1.5)
    x = values([draw(st.integers(1, 2)), draw(side), draw(side), draw(st.integers(1, 4))])
    center = draw(part | st.lists(part, min_size=2, max_size=2))
    assert_same_call(node, ROTATE, x, draw(st.floats(-7, 7)), draw(st.floats(-9, 9)), center)


def test_rotations_of_hard_values(node: NodeSession) -> None:
    assert_same_call(node, ROTATE, with_hard_values(1, 4, 5, 1), 0.4)
    for radians in (NAN, INFINITY, -INFINITY):
        assert_same_call(node, ROTATE, values([1, 2, 3, 1]), radians, 5)
    for center in (NAN, INFINITY, [NAN, 0.5]):
        assert_same_call(node, ROTATE, values([1, 2, 3, 1]), 0.5, 5, center)
    for shape in ([0, 3, 4, 1], [1, 0, 4, 1], [1, 3, 0, 1], [1, 3, 4, 0]):
        for fill in (7, [1, 2, 3]):
            assert_same_call(node, ROTATE, values(shape), 0.5, fill)


def test_rotations_that_are_refused(node: NodeSession) -> None:
    assert "must be rank 4, but got rank 3" in assert_both_refuse(
        node, ROTATE, values([3, 4, 1]), 0.5
    )
    for dtype in ("int32", "bool", "complex64"):
        x = np.ones([1, 3, 4, 1], dtype)
        assert f"but got {dtype}" in assert_both_refuse(node, ROTATE, x, 0.5)
    assert_both_refuse(node, ROTATE, values([1, 3, 4, 1]), 0.5, None)
    assert "a center of rotateWithOffset that is not [x, y]" in FAULTS
    with pytest.raises(ValueError, match="center must be a number or"):
        tf.image.rotateWithOffset(values([1, 3, 4, 1]), 0.5, 0, [0.5])


# transform.

FILLS = ["constant", "reflect", "wrap", "nearest"]
SAME = np.float32([[1, 0, 0, 0, 1, 0, 0, 0]])
#: Turned, far outside on both sides, in perspective with places at infinity, not finite.
MATRICES = [
    [0.7, 0.3, -1, -0.2, 1.4, 0.6, 0.01, 0.02],
    [5, 0, -20, 0, -7, 30, 0, 0],
    [-1, 0.5, -9.5, 2, 1, -11, 0, 0],
    [0.5, 0, 0, 0, 0.5, 0, -0.5, 0],
    [1, 0, 0.5, 0, 1, -0.5, 0, -1],
    [NAN, 0.3, -1, -0.2, INFINITY, 0.6, 0, 0],
    [1, 0, INFINITY, 0, 1, -INFINITY, 0, 0],
]


@pytest.mark.parametrize("fill", [*FILLS, "other"])
@pytest.mark.parametrize("interpolation", METHODS)
def test_transforms(node: NodeSession, interpolation: str, fill: str) -> None:
    for shape in ([1, 4, 5, 2], [1, 1, 4, 1], [1, 3, 1, 1]):
        for matrix in MATRICES:
            arguments = values(shape), np.float32([matrix]), interpolation, fill
            assert_same_call(node, TRANSFORM, *arguments, **NEAR)
            assert_same_call(node, TRANSFORM, *arguments, 5, [3, 8], **NEAR)
            assert_same_call(node, TRANSFORM, *arguments, -0.5, None, **NEAR)
    assert_same_call(node, TRANSFORM, with_hard_values(1, 4, 5, 1), SAME, interpolation, fill)
    assert_same_call(node, TRANSFORM, values([1, 4, 5, 1]), SAME)


@settings(max_examples=100, **EXAMPLES)
@given(st.data())
def test_generated_transforms(node: NodeSession, data: st.DataObject) -> None:
    draw, side = data.draw, st.integers(1, 6)
    x = values([1, draw(side), draw(side), draw(st.integers(1, 2))])
    number = st.floats(-8, 8, width=16) | st.sampled_from([0.0, 1.0, -1.0])
    matrix = [*draw(st.lists(number, min_size=6, max_size=6)), 0, 0]
    if draw(st.booleans()):
        matrix[6:] = draw(st.floats(-1, 1, width=16)), draw(st.floats(-1, 1, width=16))
    size = draw(st.none() | st.tuples(side, side).map(list))
    modes = draw(st.sampled_from(METHODS)), draw(st.sampled_from(FILLS))
    arguments = np.float32([matrix]), *modes, draw(st.floats(-9, 9)), size
    assert_same_call(node, TRANSFORM, x, *arguments, rtol=1e-5, atol=1e-5)


def test_transforms_of_a_batch(node: NodeSession) -> None:
    assert "transform of several images" in FAULTS
    both = np.float32(MATRICES[:2])
    for count, matrices in ((2, both), (2, both[:1]), (0, both[:1])):
        x = values([count, 3, 4, 2])
        for interpolation in METHODS:
            for fill in ("constant", "wrap", "nearest"):
                ours = tf.image.transform(x, matrices, interpolation, fill, 5, [4, 6]).numpy()
                theirs = on_wasm(
                    node,
                    "return tf.image.transform(args.x, args.t, args.mode, args.fill, 5, [4, 6])",
                    x=x,
                    t=matrices,
                    mode=interpolation,
                    fill=fill,
                )
                assert ours.shape == theirs.shape
                np.testing.assert_allclose(ours, theirs, **NEAR)
                cpu = in_tfjs(node, TRANSFORM, x, matrices, interpolation, fill, 5, [4, 6])
                if count:
                    np.testing.assert_allclose(ours[0], cpu["values"][0], **NEAR)
                    assert (cpu["values"][1] == 5).all(), "no longer a difference"
                else:
                    assert cpu["shape"] == [0, 3, 4, 2], "no longer a difference"


@pytest.mark.parametrize("fill", FILLS)
@pytest.mark.parametrize("interpolation", METHODS)
def test_empty_transforms(node: NodeSession, interpolation: str, fill: str) -> None:
    for shape in ([0, 3, 4, 1], [1, 0, 4, 1], [1, 3, 0, 1], [1, 3, 4, 0]):
        assert_same_call(node, TRANSFORM, values(shape), SAME, interpolation, fill, 5)
        if shape[0]:
            arguments = SAME, interpolation, fill, 5, [2, 2]
            assert_same_call(node, TRANSFORM, values(shape), *arguments)
    assert_same_call(node, TRANSFORM, values([1, 3, 4, 1]), SAME, interpolation, fill, 5, [0, 2])


@pytest.mark.parametrize(
    ("x", "arguments", "said"),
    [
        (values([3, 4, 1]), [SAME], "must be rank 4, but got rank 3"),
        (values([1, 3, 4, 1], "int32"), [SAME], "but got int32"),
        (values([1, 3, 4, 1]), [SAME.astype(np.int32)], "but got int32"),
        (values([1, 3, 4, 1]), [SAME[0]], "batch x 8 or 1 x 8"),
        (values([1, 3, 4, 1]), [SAME[:, :6]], "batch x 8 or 1 x 8"),
        (values([1, 3, 4, 1]), [np.concatenate([SAME, SAME])], "batch x 8 or 1 x 8"),
        (values([1, 3, 4, 1]), [SAME, "cubic"], "but got cubic"),
        (values([1, 3, 4, 1]), [SAME, "nearest", "constant", 0, [2]], "[height, width]"),
        (values([1, 3, 4, 1]), [SAME, "nearest", "constant", 0, 2], "[height, width]"),
        (values([1, 3, 4, 1]), [SAME, "nearest", "constant", 0, [-2, 2]], "not be negative"),
    ],
    ids=str,
)
def test_transforms_that_are_refused(
    node: NodeSession, x: np.ndarray, arguments: list[Any], said: str
) -> None:
    assert said in assert_both_refuse(node, TRANSFORM, x, *arguments)


# All three.

BOX = np.float32([[0.2, 0.1, 0.7, 0.85], [-0.5, 0.3, 1.5, 1.2], [0, 0, 1, 1]])
INDEX = np.int32([1, 0, 2])
TURNED = np.float32([MATRICES[0]])
#: An operation, and its other arguments.
CALLS: list[tuple[str, list[Any]]] = [
    (CROP, [BOX, INDEX, [3, 4]]),
    (CROP, [BOX, INDEX, [3, 4], "nearest"]),
    (ROTATE, [0.4]),
    (ROTATE, [0.4, 0, [0.1, 0.7]]),
    *[(TRANSFORM, [TURNED, method, fill]) for method in METHODS for fill in FILLS],
]


def _function(name: str, rest: list[Any]) -> Callable[[Any], Any]:
    function = getattr(tf.image, name.removeprefix("image."))
    return lambda x: function(x, *rest)


@pytest.mark.parametrize(("name", "rest"), CALLS)
def test_gradients_that_tfjs_has_not(node: NodeSession, name: str, rest: list[Any]) -> None:
    assert "gradients of operations on images" in FAULTS
    function, x = _function(name, rest), values([2, 3, 4, 1])
    dy = values(function(x).shape, seed=1)
    np.testing.assert_allclose(
        gradient(function, x, dy), gradient_of_linear(function, list(x.shape), dy), **NEAR
    )
    with pytest.raises(TfjsError, match="gradient function not found"):
        node.evaluate(GRADIENTS, name=name, tensors=[x], others=rest, dy=dy)


@pytest.mark.parametrize(("name", "rest"), CALLS)
def test_sizes_that_are_not_known_in_a_function(name: str, rest: list[Any]) -> None:
    function, x = _function(name, rest), values([2, 3, 4, 2])
    for shape in ([None] * 4, [None, 3, 4, 2], x.shape):
        traced = tensorflow.function(
            lambda x: function(x).tensor, input_signature=[tensorflow.TensorSpec(shape)]
        )
        np.testing.assert_allclose(traced(x), function(x), rtol=1e-6)


def test_boxes_and_matrices_that_are_not_known_in_a_function() -> None:
    x = values([3, 3, 4, 2])
    unknown, spec = [None] * 4, tensorflow.TensorSpec

    @tensorflow.function(input_signature=[spec(unknown), spec([None, 4]), spec([None], "int32")])
    def cropped(x: Any, boxes: Any, index: Any) -> Any:
        return tf.image.cropAndResize(x, boxes, index, [2, 3]).tensor

    @tensorflow.function(input_signature=[spec(unknown), spec([None, 8])])
    def turned(x: Any, matrices: Any) -> Any:
        return tf.image.transform(x, matrices, "bilinear").tensor

    crops = tf.image.cropAndResize(x, BOX, INDEX, [2, 3])
    np.testing.assert_allclose(cropped(x, BOX, INDEX), crops, rtol=1e-6)
    for matrices in (TURNED, np.float32(MATRICES[:3])):
        expected = tf.image.transform(x, matrices, "bilinear")
        np.testing.assert_allclose(turned(x, matrices), expected, rtol=1e-6)


def test_one_tensor_is_made() -> None:
    x = tf.tensor(values([3, 3, 4, 2]))
    before = tf.memory()["numTensors"]
    for name, rest in CALLS:
        _function(name, rest)(x)
    assert tf.memory()["numTensors"] == before + len(CALLS)
