"""Element-wise arithmetic, against tf.js: values, dtypes, broadcasting, errors, gradients."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import tfjsbridge as tf
from tests.ops.elementwise_cases import (
    BROADCAST,
    COMPLEX,
    FLOATS,
    INFINITY,
    INTEGERS,
    NAN,
    NOT_BROADCAST,
    PAIRS,
    STRINGS,
    VALUES,
    assert_same_gradients,
    assert_same_method,
    assert_same_where,
    gradients,
    within_a_function,
)
from tests.ops.parity import assert_both_refuse, assert_same, assert_same_call, here, in_tfjs
from tests.tfjs.differences import DIFFERENCES, FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

ARITHMETIC = [
    "add", "sub", "mul", "div", "divNoNan", "floorDiv", "mod", "pow", "maximum", "minimum",
    "squaredDifference",
]  # fmt: skip

#: (operation, a, b) where tf.js says something else than we do, and why.
OTHERWISE: list[tuple[str, Any, Any, str]] = [
    ("div", np.float32([1e-30]), np.float32([1e10]), DIFFERENCES["subnormal results"]),
    ("pow", np.float32([1]), np.float32([NAN]), DIFFERENCES["powers of one"]),
    ("pow", np.float32([-1]), np.float32([INFINITY]), DIFFERENCES["powers of one"]),
    ("add", COMPLEX, 2, FAULTS["add of a complex64 scalar"]),
    ("sub", COMPLEX, 2, FAULTS["add of a complex64 scalar"]),
    ("mul", COMPLEX, np.ones([2, 3], np.float32), FAULTS["add of a complex64 scalar"]),
]

_NOT_SUMMED = FAULTS["gradients of maximum, minimum and squaredDifference"]
#: (operation, shapes of a and b) whose gradient is an error in tf.js, and why.
NO_GRADIENT = [
    ("maximum", [2, 3], [3], _NOT_SUMMED),
    ("minimum", [2, 3], [3], _NOT_SUMMED),
    ("squaredDifference", [2, 3], [3], _NOT_SUMMED),
    ("divNoNan", [3], [3], FAULTS["gradient of divNoNan"]),
]


@pytest.mark.parametrize("name", ARITHMETIC)
@pytest.mark.parametrize(("first", "second"), list(itertools.product(VALUES, VALUES)))
def test_values_and_promotion(node: NodeSession, name: str, first: str, second: str) -> None:
    a, b = VALUES[first][:, None], VALUES[second]
    # See OTHERWISE.
    one_to_nothing = (name == "pow") & (np.abs(a * 1.0) == 1) & ~np.isfinite(b)
    assert_same_where(node, name, a, b, ~one_to_nothing)


@pytest.mark.parametrize("name", ARITHMETIC)
def test_plain_numbers_on_both_sides(node: NodeSession, name: str) -> None:
    for number in (2, -3, 0, 0.1, -0.1, 2**31, 1e40, True):
        for values in (FLOATS[3:-1], INTEGERS, VALUES["bool"]):
            # See OTHERWISE.
            different = (name == "pow") & (number == 1e40) & (np.abs(values * 1.0) == 1)
            assert_same_where(node, name, values, number, ~different)
            different = (name == "pow") & (number == 1) & ~np.isfinite(values)
            assert_same_where(node, name, number, values, ~different)
    assert_same_call(node, name, 7, 2)
    assert_same_call(node, name, True, False)
    assert_same_call(node, name, [5, -7], [[2], [3]], rtol=1e-6)
    assert_same_call(node, name, [True, False], [True, True])


@pytest.mark.parametrize(("name", "a", "b", "reason"), OTHERWISE, ids=lambda part: str(part))
def test_a_known_difference_is_still_one(
    node: NodeSession, name: str, a: Any, b: Any, reason: str
) -> None:
    theirs = in_tfjs(node, name, a, b)["values"]
    assert not np.array_equal(here(name, a, b).numpy(), theirs, equal_nan=True), reason


@pytest.mark.parametrize("name", ARITHMETIC)
def test_broadcasting(node: NodeSession, name: str) -> None:
    for first, second in BROADCAST:
        a = np.arange(np.prod(first), dtype=np.float32).reshape(first)
        b = np.arange(1, np.prod(second) + 1, dtype=np.float32).reshape(second)
        assert_same_call(node, name, a, b, rtol=1e-5)
        assert_same_call(node, name, b, a, rtol=1e-5)
        assert_same_call(node, name, a.astype("int32"), b.astype("int32"))


@pytest.mark.parametrize("name", ARITHMETIC)
def test_shapes_that_do_not_broadcast_are_named(node: NodeSession, name: str) -> None:
    for (a, b), dtype in itertools.product(NOT_BROADCAST, ["float32", "int32", "bool"]):
        message = assert_both_refuse(node, name, np.ones(a, dtype), np.ones(b, dtype))
        assert str(a) in message
        assert str(b) in message


@pytest.mark.parametrize("name", ARITHMETIC)
@settings(derandomize=True, deadline=None, max_examples=25)
@given(pair=PAIRS)
def test_generated(node: NodeSession, name: str, pair: tuple[np.ndarray, np.ndarray]) -> None:
    a, b = pair
    if name == "pow" and a.size and b.size:  # see OTHERWISE
        b = np.nan_to_num(b, nan=3, posinf=5, neginf=-5)
    try:
        theirs = in_tfjs(node, name, a, b)
    except TfjsError:
        assert_both_refuse(node, name, a, b)
    else:
        assert_same(here(name, a, b), theirs, 1e-5, 1e-38)


@pytest.mark.parametrize("name", ARITHMETIC)
def test_complex_and_strings(node: NodeSession, name: str) -> None:
    if name in ("add", "sub", "mul"):
        assert_same_call(node, name, COMPLEX, COMPLEX[::-1].copy(), rtol=1e-6)
        assert_same_call(node, name, COMPLEX[:, None], FLOATS[4:8], rtol=1e-6)
        assert_same_call(node, name, np.int32([1, 2, 3]), COMPLEX, rtol=1e-6)
    else:
        assert "complex64" in assert_both_refuse(node, name, COMPLEX, COMPLEX)
        assert_both_refuse(node, name, COMPLEX, np.float32([1, 2, 3]))
    for a, b in ((["a"], 1), (1, ["a"]), (STRINGS, STRINGS)):
        assert name[:3] in assert_both_refuse(node, name, a, b)


@pytest.mark.parametrize("name", ARITHMETIC)
def test_something_else_is_named(name: str) -> None:
    for wrong in ({"a": 1}, None, object()):
        with pytest.raises(TypeError, match=f"must be a Tensor.*{type(wrong).__name__}"):
            getattr(tf, name)(1, wrong)
    with pytest.raises(ValueError, match=r"should have 2 elements"):
        getattr(tf, name)([[1, 2], [3]], 1)


@pytest.mark.parametrize("name", ARITHMETIC)
def test_every_operation_is_a_method(node: NodeSession, name: str) -> None:
    assert_same_method(node, name, np.float32([[5, -7]]), np.float32([[2], [3]]))
    assert_same_method(node, name, np.float32([[5, -7]]), 2)


def test_parameters_have_names() -> None:
    assert tf.add(a=1, b=2).arraySync() == 3
    assert tf.pow(base=2, exp=3).arraySync() == 8


GRID = np.float32([-7.5, -2, -1, -0.5, 0, 0.3, 1, 2, 2.5, 7])


@pytest.mark.parametrize(
    "name", ["add", "sub", "mul", "div", "mod", "pow", "maximum", "minimum", "squaredDifference"]
)
def test_gradients(node: NodeSession, name: str) -> None:
    a, b = (np.ravel(part) for part in np.meshgrid(GRID, GRID))
    if name == "mod":  # by 0 it is NaN
        a, b = a[b != 0], b[b != 0]
    assert_same_gradients(node, name, a, b)
    if name in ("add", "sub", "mul", "div", "mod", "pow"):
        assert_same_gradients(node, name, GRID[:6].reshape(2, 1, 3), np.float32([[2], [3]]))
        assert_same_gradients(node, name, GRID, np.float32(2.5))
    assert_same_gradients(node, name, GRID, rest=(2,))


@pytest.mark.parametrize(("name", "a", "b", "reason"), NO_GRADIENT, ids=lambda part: str(part))
def test_gradients_that_tfjs_refuses(
    node: NodeSession, name: str, a: list[int], b: list[int], reason: str
) -> None:
    first, second = (np.arange(1, np.prod(s) + 1, dtype=np.float32).reshape(s) for s in (a, b))
    with pytest.raises(TfjsError):
        assert_same_gradients(node, name, first, second)
    for value, gradient in zip(
        (first, second), gradients(getattr(tf, name), first, second), strict=True
    ):
        assert gradient.shape == value.shape, reason


def test_the_gradient_of_div_no_nan_is_that_of_div_but_where_b_is_0() -> None:
    a, b = np.float32([1, 2, 3]), np.float32([4, 0, -2])
    np.testing.assert_allclose(
        gradients(tf.divNoNan, a, b), [[1 / 4, 0, -1 / 2], [-1 / 16, 0, -3 / 4]]
    )


def test_floor_div_has_no_gradient_as_its_result_is_int32(node: NodeSession) -> None:
    # tf.js has that of div for it; TensorFlow differentiates no integers.
    a, b = np.float32([5, -7]), np.float32([2, 3])
    assert gradients(tf.floorDiv, a, b) == [None, None]
    with pytest.raises(AssertionError, match="no gradient"):
        assert_same_gradients(node, "floorDiv", a, b)


@pytest.mark.parametrize("name", ARITHMETIC)
def test_within_a_function(name: str) -> None:
    operation = getattr(tf, name)
    a, b = np.float32([[5, -7]]), np.float32([[2], [3]])
    np.testing.assert_allclose(within_a_function(operation, a, b), operation(a, b).numpy())
    np.testing.assert_allclose(
        within_a_function(lambda x: operation(operation(x, 3), 2.5), a),
        operation(operation(a, 3), 2.5).numpy(),
        rtol=1e-6,
    )
    np.testing.assert_allclose(
        within_a_function(lambda x: operation(2.5, x), a), operation(2.5, a).numpy()
    )
    whole = np.int32([[5, -7]])
    for pair in ((whole, whole * 2), (whole, b), (whole, whole > 0)):
        np.testing.assert_allclose(within_a_function(operation, *pair), operation(*pair).numpy())


def test_nothing_is_left_behind() -> None:
    a, b = tf.tensor([1, 2]), tf.tensor(np.int32([1, 2]))
    before = tf.memory()["numTensors"]
    for name in ARITHMETIC:
        for pair in ((a, a), (a, 1), (1, b), (b, a), (b, [1, 2])):
            getattr(tf, name)(*pair)
    assert tf.memory()["numTensors"] == before + 5 * len(ARITHMETIC)


def test_add_n(node: NodeSession) -> None:
    for shape in ([], [3], [2, 3], [0, 2], [1, 2, 1, 2, 1, 2]):
        values = [np.full(shape, v, np.float32) for v in (1.5, -2, 1e-3)]
        assert_same_call(node, "addN", values, rtol=1e-6)
        assert_same_call(node, "addN", values[:1])
        assert_same_call(node, "addN", [v.astype("int32") for v in values])
        assert_same_call(node, "addN", [v > 0 for v in values])
    assert_same_call(node, "addN", [FLOATS, FLOATS[::-1].copy()])
    assert_same_call(node, "addN", [[1, 2], [3, 4]])
    a, b = np.float32([1, 2]), np.int32([1, 2])
    assert "dtype" in assert_both_refuse(node, "addN", [a, b])
    assert "[1, 2]" in assert_both_refuse(node, "addN", [a, np.float32([[1, 2]])])
    assert "at least one" in assert_both_refuse(node, "addN", [])
    assert "list" in assert_both_refuse(node, "addN", 3)
    assert "complex64" in assert_both_refuse(node, "addN", [COMPLEX, COMPLEX])
    assert_both_refuse(node, "addN", [STRINGS, STRINGS])
    body = "return tf.grads((a, b) => tf.addN([a, b, a]))([args.a, args.b])"
    theirs = node.evaluate(body, a=a, b=a + 1)
    ours = gradients(lambda x, y: tf.addN([x, y, x]), a, a + 1)
    np.testing.assert_array_equal(ours, theirs)
