"""Non-maximum suppression, against tf.js."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.image_cases import EXAMPLES
from tests.ops.parity import assert_both_refuse, assert_same_call
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession

PLAIN = ["image.nonMaxSuppression", "image.nonMaxSuppressionAsync"]
PADDED = ["image.nonMaxSuppressionPadded", "image.nonMaxSuppressionPaddedAsync"]
SCORED = ["image.nonMaxSuppressionWithScore", "image.nonMaxSuppressionWithScoreAsync"]
NAMES = [*PLAIN, *PADDED, *SCORED]
NAN, INFINITY = math.nan, math.inf
#: Scores are multiplied by an exponential, of which languages differ in the last place.
NEAR = {"rtol": 1e-6, "atol": 1e-7}

#: Three clusters, some with their corners turned around, and one of no area.
BOXES = np.float32(
    [
        [0, 0, 1, 1],
        [0, 0.1, 1, 1.1],
        [1, 0.9, 0, -0.1],
        [0, 10, 1, 11],
        [0, 11.1, 1, 10.1],
        [0, 100, 1, 101],
        [0, 100, 0, 101],
    ]
)
SCORES = np.float32([0.9, 0.75, 0.6, 0.95, 0.5, 0.3, 0.4])


@pytest.mark.parametrize("name", NAMES)
def test_every_option(node: NodeSession, name: str) -> None:
    for most in (0, 1, 3, 7, 30, -1):
        assert_same_call(node, name, BOXES, SCORES, most)
    for overlap in (0.0, 0.2, 0.5, 0.82, 1.0):
        for least in (-INFINITY, 0.0, 0.3, 0.5, 0.95, 2.0, NAN):
            assert_same_call(node, name, BOXES, SCORES, 7, overlap, least)
    assert_same_call(node, name, BOXES, SCORES, 7, None, None)


@pytest.mark.parametrize("name", PADDED)
def test_padding(node: NodeSession, name: str) -> None:
    for most in (0, 1, 5, 7, 30, -1):
        for pad in (True, False):
            assert_same_call(node, name, BOXES, SCORES, most, 0.5, 0.0, pad)
    assert_same_call(node, name, BOXES[:0], SCORES[:0], 3, 0.5, 0.0, True)


@pytest.mark.parametrize("name", SCORED)
def test_soft_suppression(node: NodeSession, name: str) -> None:
    for sigma in (0.0, 0.01, 0.5, 1.0, None):
        for overlap in (0.0, 0.5, 1.0):
            for least in (-INFINITY, 0.0, 0.4, 0.75):
                for most in (2, 7):
                    arguments = BOXES, SCORES, most, overlap, least, sigma
                    assert_same_call(node, name, *arguments, **NEAR)
    # A negative score becomes greater when it is multiplied by less than 1.
    assert_same_call(node, name, BOXES, -SCORES, 7, 1.0, -INFINITY, 0.5, **NEAR)


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool"])
@pytest.mark.parametrize("name", NAMES[1:])
def test_dtypes(node: NodeSession, name: str, dtype: str) -> None:
    assert_same_call(node, name, BOXES.astype(dtype), SCORES, 7)
    assert_same_call(node, name, BOXES, (10 * SCORES).astype(dtype), 7)


@pytest.mark.parametrize("name", NAMES)
def test_plain_lists(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, BOXES.tolist(), SCORES.tolist(), 7)


@pytest.mark.parametrize("name", NAMES)
def test_equal_scores(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, BOXES, np.ones(7, np.float32), 7)
    assert_same_call(node, name, BOXES, np.float32([1, 2, 1, 2, 1, 2, 1]), 7)
    assert_same_call(node, name, np.concatenate([BOXES] * 3), np.ones(21, np.float32), 7)


@pytest.mark.parametrize("name", NAMES)
def test_nothing(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, BOXES[:0], SCORES[:0], 7)
    assert_same_call(node, name, BOXES, SCORES, 7, 0.5, 1.0)


@pytest.mark.parametrize("name", NAMES)
def test_values_that_are_not_finite(node: NodeSession, name: str) -> None:
    hard = np.float32([NAN, INFINITY, INFINITY, -INFINITY, 0, 1, NAN])
    options: tuple[Any, ...] = (0.5, -1.0)
    for value in (NAN, INFINITY, -INFINITY):
        for row, column in ((0, 3), (2, 1), (3, 0)):
            boxes = BOXES.copy()
            boxes[row, column] = value
            assert_same_call(node, name, boxes, SCORES, 7)
            assert_same_call(node, name, boxes, hard, 7, *options, **NEAR)
            if name in SCORED:
                assert_same_call(node, name, boxes, SCORES, 7, *options, 0.5, **NEAR)
    for least in (-INFINITY, INFINITY, 0.0):
        assert_same_call(node, name, BOXES, hard, 7, 0.5, least)
        if name in SCORED:
            assert_same_call(node, name, BOXES, hard, 7, 1.0, least, 0.5, **NEAR)


_COORDINATES = st.integers(0, 8).map(lambda n: n / 4)
_BOXES = st.lists(st.lists(_COORDINATES, min_size=4, max_size=4), max_size=12)


@settings(max_examples=150, **EXAMPLES)
@given(st.data())
def test_generated_boxes(node: NodeSession, data: st.DataObject) -> None:
    draw = data.draw
    boxes = np.float32(draw(_BOXES)).reshape(-1, 4)
    scores = np.float32([draw(st.integers(-2, 10)) / 8 for _ in boxes])
    most = draw(st.integers(0, 13))
    overlap, least = draw(st.floats(0, 1)), draw(st.floats(-0.5, 1))
    assert_same_call(node, PLAIN[0], boxes, scores, most, overlap, least)
    assert_same_call(node, PADDED[0], boxes, scores, most, overlap, least, draw(st.booleans()))
    sigma = draw(st.sampled_from([0.0, 0.1, 0.5, 1.0]))
    assert_same_call(node, SCORED[0], boxes, scores, most, overlap, least, sigma, **NEAR)


def test_many_boxes(node: NodeSession) -> None:
    random = np.random.default_rng(0)
    corners = random.uniform(0, 100, [1500, 2])
    boxes = np.float32(np.concatenate([corners, corners + random.uniform(1, 20, [1500, 2])], 1))
    scores = np.float32(random.uniform(size=1500))
    assert_same_call(node, PLAIN[0], boxes, scores, 300, 0.3, 0.1)
    assert_same_call(node, SCORED[0], boxes, scores, 100, 0.6, 0.1, 0.5, **NEAR)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([BOXES, SCORES, 3, 1.1], "iouThreshold must be in [0, 1], but was '1.1'"),
        ([BOXES, SCORES, 3, -0.1], "iouThreshold must be in [0, 1], but was '-0.1'"),
        ([BOXES, SCORES, 3, NAN], "iouThreshold must be in [0, 1]"),
        ([BOXES[0], SCORES[:4], 3], "boxes must be a 2D tensor, but was of rank '1'"),
        ([BOXES[None], SCORES, 3], "boxes must be a 2D tensor, but was of rank '3'"),
        ([BOXES[:, :3], SCORES, 3], "boxes must have 4 columns, but 2nd dimension was 3"),
        ([BOXES, BOXES, 3], "scores must be a 1D tensor"),
        ([BOXES, SCORES[:3], 3], "Expected 7, but was 3"),
        ([["a"], SCORES, 3], "but got string tensor"),
        ([BOXES, ["a"], 3], "but got string tensor"),
    ],
    ids=str,
)
def test_what_is_refused(node: NodeSession, name: str, arguments: list[Any], said: str) -> None:
    message = assert_both_refuse(node, name, *arguments)
    assert said in message
    assert name.removeprefix("image.") in message


def test_more_that_is_refused(node: NodeSession) -> None:
    for dtype in ("int32", "bool"):
        for arguments in ((BOXES.astype(dtype), SCORES), (BOXES, SCORES.astype(dtype))):
            assert f"but got {dtype}" in assert_both_refuse(node, PLAIN[0], *arguments, 3)
    for name in SCORED:
        for sigma in (1.1, -0.1, NAN):
            said = assert_both_refuse(node, name, BOXES, SCORES, 3, 0.5, 0.0, sigma)
            assert "softNmsSigma must be in [0, 1]" in said
    # tf.js: of nothing, nothing.
    with pytest.raises(TypeError, match="maxOutputSize must be a number, but got NoneType"):
        tf.image.nonMaxSuppression(BOXES, SCORES, None)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", NAMES)
def test_complex_numbers_are_refused(name: str) -> None:
    assert "nonMaxSuppressionAsync of complex64" in FAULTS
    function = getattr(tf.image, name.removeprefix("image."))
    for dtypes in (("complex64", "float32"), ("float32", "complex64")):
        boxes, scores = tf.tensor(BOXES.astype(dtypes[0])), tf.tensor(SCORES.astype(dtypes[1]))
        with pytest.raises(ValueError, match="complex64"):
            function(boxes, scores, 3)


@pytest.mark.parametrize("name", NAMES)
def test_within_a_function(name: str) -> None:
    function = getattr(tf.image, name.removeprefix("image."))
    options: dict[str, Any] = {"padToMaxOutputSize": True} if name in PADDED else {}
    if name in SCORED:
        options["softNmsSigma"] = 0.5

    def called(boxes: Any, scores: Any) -> list[Any]:
        result = function(boxes, scores, 5, 0.5, 0.1, **options)
        parts = result.values() if isinstance(result, dict) else [result]
        return [part.tensor for part in parts]

    for count in (None, 7):
        spec = [tensorflow.TensorSpec([count, 4]), tensorflow.TensorSpec([count])]
        traced = tensorflow.function(called, input_signature=spec)(BOXES, SCORES)
        for mine, eager in zip(traced, called(BOXES, SCORES), strict=True):
            assert mine.dtype == eager.dtype
            np.testing.assert_array_equal(mine, eager)


def test_the_tensors_that_are_made() -> None:
    boxes, scores = tf.tensor(BOXES), tf.tensor(SCORES)
    for name in NAMES:
        before = tf.memory()["numTensors"]
        result = getattr(tf.image, name.removeprefix("image."))(boxes, scores, 3)
        made = len(result) if isinstance(result, dict) else 1
        assert tf.memory()["numTensors"] == before + made, name
