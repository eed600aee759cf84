"""Comparisons, logic and choices, against tf.js: values, dtypes, broadcasting, errors."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings

import tfjsbridge as tf
from tests.ops.elementwise_cases import (
    BROADCAST,
    COMPLEX,
    FLOATS,
    NOT_BROADCAST,
    PAIRS,
    STRINGS,
    VALUES,
    assert_same_gradients,
    assert_same_method,
    gradients,
    within_a_function,
)
from tests.ops.parity import (
    assert_both_refuse,
    assert_same_call,
    assert_same_outcome,
    here,
    in_tfjs,
)
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

COMPARING = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"]
LOGICAL = ["logicalAnd", "logicalOr", "logicalXor"]
#: Arithmetic of two tensors that stands among other functions.
OTHERS = ["atan2", "prelu"]


def _filled(shape: list[int], dtype: str = "float32", seed: int = 0) -> np.ndarray:
    numbers = np.random.default_rng([seed, *shape])
    return numbers.integers(-1 if dtype != "bool" else 0, 2, shape).astype(dtype)


@pytest.mark.parametrize("name", [*COMPARING, *OTHERS])
def test_values_and_promotion(node: NodeSession, name: str) -> None:
    for first, second in itertools.product(VALUES, VALUES):
        a, b = VALUES[first][:, None], VALUES[second]
        assert_same_call(node, name, a, b, rtol=1e-6, atol=1e-38)
    for number in (2, -3, 0, 0.1, 2**31, 1e40, True):
        for values in VALUES.values():
            assert_same_call(node, name, values, number, rtol=1e-6, atol=1e-38)
            assert_same_call(node, name, number, values, rtol=1e-6, atol=1e-38)


@pytest.mark.parametrize("name", [*COMPARING, *LOGICAL, *OTHERS])
def test_broadcasting(node: NodeSession, name: str) -> None:
    dtypes = ["bool"] if name in LOGICAL else ["float32", "int32", "bool"]
    for (first, second), dtype in itertools.product(BROADCAST, dtypes):
        a, b = _filled(first, dtype), _filled(second, dtype, seed=1)
        assert_same_call(node, name, a, b, rtol=1e-6)
        assert_same_call(node, name, b, a, rtol=1e-6)
    for (first, second), dtype in itertools.product(NOT_BROADCAST, dtypes):
        message = assert_both_refuse(node, name, _filled(first, dtype), _filled(second, dtype))
        assert str(first) in message
        assert str(second) in message


@pytest.mark.parametrize("name", [*COMPARING, *LOGICAL, *OTHERS])
@settings(derandomize=True, deadline=None, max_examples=25)
@given(pair=PAIRS)
def test_generated(node: NodeSession, name: str, pair: tuple[np.ndarray, np.ndarray]) -> None:
    if name in LOGICAL:
        pair = pair[0] > 0, pair[1] > 0
    assert_same_outcome(node, name, *pair)


@pytest.mark.parametrize("name", COMPARING)
def test_strings_and_complex(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, STRINGS, STRINGS[::-1].copy())
    assert_same_call(node, name, STRINGS[:, None], STRINGS)
    assert_same_call(node, name, ["a", "B"], ["b"])
    assert "complex64" in assert_both_refuse(node, name, COMPLEX, COMPLEX)
    assert name in assert_both_refuse(node, name, STRINGS, FLOATS[:3])
    assert name in assert_both_refuse(node, name, 1, STRINGS)


@pytest.mark.parametrize("name", [*LOGICAL, "logicalNot"])
def test_logic(node: NodeSession, name: str) -> None:
    two = name != "logicalNot"
    a, b = np.array([False, False, True, True]), np.array([False, True, False, True])
    for arguments in ([a, b], [True, b], [[True, False], False]):
        assert_same_call(node, name, *arguments[: 1 + two])
    for shape in ([], [0], [2, 3], [1, 2, 1, 2, 1, 2]):
        assert_same_call(node, name, *([_filled(shape, "bool")] * (1 + two)))
    for wrong in (FLOATS[:4], VALUES["int32"][:4], COMPLEX, STRINGS):
        assert "must be bool tensor" in assert_both_refuse(node, name, *[wrong, b][: 1 + two])
        if two:
            assert "must be bool tensor" in assert_both_refuse(node, name, b, wrong)
    # tf.js: a plain list is made bool.
    assert_same_call(node, name, *[[0, 1, 2.5, -1], b][: 1 + two])


@pytest.mark.parametrize("name", [*COMPARING, *LOGICAL, *OTHERS, "logicalNot"])
def test_every_function_is_a_method_and_can_be_traced(node: NodeSession, name: str) -> None:
    dtype = "bool" if name.startswith("logical") else "float32"
    a, b = (np.array([[1, 0]], dtype), np.array([[2], [0]], dtype))
    arguments = [a, b][: 1 if name == "logicalNot" else 2]
    assert_same_method(node, name, *arguments)
    wanted = here(name, *arguments).numpy()
    np.testing.assert_allclose(within_a_function(getattr(tf, name), *arguments), wanted, 1e-6)


@pytest.mark.parametrize("name", OTHERS)
def test_gradients(node: NodeSession, name: str) -> None:
    grid = np.float32([-7.5, -2, -0.5, 0.3, 1, 2.5])
    a, b = (np.ravel(part) for part in np.meshgrid(grid, grid))
    assert_same_gradients(node, name, a, b)
    x, y = grid.reshape(2, 1, 3), np.float32([[2], [3]])
    if name == "prelu":
        assert_same_gradients(node, name, x, y[:1])
        with pytest.raises(TfjsError, match="does not match the shape"):
            assert_same_gradients(node, name, x, y)
        assert gradients(tf.prelu, x, y)[0].shape == x.shape, FAULTS["gradient of prelu"]
    else:
        assert_same_gradients(node, name, x, y)


def test_where(node: NodeSession) -> None:
    dtypes = ["float32", "int32", "bool"]
    for shape in ([], [3], [2, 3], [0], [2, 0, 1], [1, 2, 1, 2, 1, 2]):
        condition = _filled(shape, "bool")
        for first, second in itertools.product(dtypes, dtypes):
            a, b = _filled(shape, first, 1), _filled(shape, second, 2)
            assert_same_call(node, "where", condition, a, b)
    for first, second in BROADCAST[:7]:
        a, b = _filled(first), _filled(second, seed=1)
        for condition in (_filled(first, "bool"), _filled(second, "bool"), np.array(True)):
            assert_same_call(node, "where", condition, a, b)
            assert_same_call(node, "where", condition, b, a)
    assert_same_call(node, "where", [True, False], [1, 2], 3)
    assert_same_call(node, "where", [1, 0], [1, 2], [3, 4])
    assert_same_call(node, "where", FLOATS > 0, FLOATS, -FLOATS)
    assert_same_call(node, "where", VALUES["int32"] > 0, VALUES["int32"], FLOATS[:13])
    x, condition = np.float32([[1, -2]]), np.array([[True], [False]])
    ours = tf.tensor(x).where(condition, tf.tensor(-x))
    theirs = node.evaluate("return args.x.where(args.c, args.y)", x=x, y=-x, c=condition)
    np.testing.assert_array_equal(ours.numpy(), theirs)
    np.testing.assert_array_equal(within_a_function(tf.where, condition, x, -x), theirs)


@settings(derandomize=True, deadline=None, max_examples=40)
@given(pair=PAIRS)
def test_where_of_anything(node: NodeSession, pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    if a.size and b.size:  # see test_where_that_is_broadcast_to_nothing
        assert_same_outcome(node, "where", a > 0, a, b)
        assert_same_outcome(node, "where", b > 0, a, b)


def test_where_that_is_broadcast_to_nothing(node: NodeSession) -> None:
    condition, a = np.ones([2, 0], bool), np.ones([2, 1], np.float32)
    theirs = in_tfjs(node, "where", condition, a, a)
    assert theirs["shape"] == [2, 1], FAULTS["where that is broadcast to no values"]
    assert tf.where(condition, a, a).shape == [2, 0]


def test_where_refuses(node: NodeSession) -> None:
    condition = np.array([True, False])
    for arguments in (
        (FLOATS[:2], FLOATS[:2], FLOATS[:2]),
        (condition, FLOATS[:3], FLOATS[:3]),
        (condition, FLOATS[:2], FLOATS[:3]),
        (condition, STRINGS[:2], STRINGS[:2]),
    ):
        assert_both_refuse(node, "where", *arguments)
    with pytest.raises(ValueError, match="where does not support complex64"):
        tf.where(condition, COMPLEX[:2], COMPLEX[:2])


def test_gradients_of_where(node: NodeSession) -> None:
    condition = np.array([[True, False, True], [False, False, True]])
    body = "return tf.grads((a, b) => tf.where(args.c, a, b))([args.a, args.b])"
    a, b = _filled([2, 3]), _filled([2, 3], seed=1)
    theirs = node.evaluate(body, a=a, b=b, c=condition)
    ours = tf.grads(lambda a, b: tf.where(condition, a, b))([tf.tensor(a), tf.tensor(b)])
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(mine.numpy(), other)


def test_where_async(node: NodeSession) -> None:
    for shape in ([], [4], [2, 3], [0], [2, 0], [2, 1, 2], [1, 2, 1, 2], [2, 1, 2, 1, 2, 1]):
        for seed in range(3):
            assert_same_call(node, "whereAsync", _filled(shape, "bool", seed))
    assert_same_call(node, "whereAsync", [True, False, True])
    assert_same_call(node, "whereAsync", [[1, 0], [0, 2]])
    for wrong in (FLOATS, VALUES["int32"], STRINGS):
        assert "must be bool tensor" in assert_both_refuse(node, "whereAsync", wrong)


def test_bitwise_and(node: NodeSession) -> None:
    whole = VALUES["int32"]
    for x, y in ((whole, whole[::-1].copy()), (whole[None], whole[None]), (whole[:0], whole[:0])):
        assert_same_call(node, "bitwiseAnd", x, y)
    assert_same_call(node, "bitwiseAnd", np.array(6, np.int32), np.array(3, np.int32))
    for x, y in (
        (whole, whole[:1]),
        (whole, FLOATS[:13]),
        (whole > 0, whole > 0),
        (STRINGS, STRINGS),
    ):
        assert_both_refuse(node, "bitwiseAnd", x, y)
