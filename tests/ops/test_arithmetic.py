"""Element-wise arithmetic and comparisons, against tf.js: values, dtypes, broadcasting, errors."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same, assert_same_call, in_tfjs
from tfjsbridge.verify import NodeSession

ARITHMETIC = ["add", "sub", "mul", "div", "floorDiv", "mod", "pow"]
COMPARISONS = ["equal", "notEqual", "less", "lessEqual", "greater", "greaterEqual"]
BINARY = ARITHMETIC + COMPARISONS
UNARY = ["neg", "abs"]

INFINITY, NAN = np.inf, np.nan
VALUES = {
    "float32": np.float32(
        [
            -INFINITY,
            -1e30,
            -7.5,
            -2,
            -1,
            -0.5,
            -1e-30,
            -0.0,
            0,
            0.3,
            1,
            2,
            7.25,
            1e10,
            INFINITY,
            NAN,
        ]
    ),
    "int32": np.int32([-40000, -7, -2, -1, 0, 1, 2, 3, 7, 40000]),
    "bool": np.array([False, True]),
}
PAIRS = list(itertools.product(VALUES, VALUES))

#: (operation, a, b) where tf.js says something else than we do, and why.
DIFFERENCES: list[tuple[str, np.ndarray, np.ndarray, str]] = [
    ("div", np.float32([1e-30]), np.float32([1e10]), "TensorFlow flushes subnormal results to 0"),
    ("mod", np.float32([0]), np.float32([-INFINITY]), "tf.js: NaN; 0 is the remainder"),
    ("pow", np.float32([1]), np.float32([NAN]), "JavaScript's Math.pow(1, NaN) is NaN, C's is 1"),
    ("pow", np.float32([-1]), np.float32([INFINITY]), "JavaScript: NaN, C: 1"),
    ("mul", np.int32([2**31 - 1]), np.int32([2**31 - 1]), "tf.js multiplies in double precision"),
    ("mod", np.int32([2**31 - 1]), np.float32([2]), "tf.js does not round int32 to float32 first"),
]


def known(name: str, a: Any, b: Any) -> np.ndarray:
    """Where in the broadcast values of VALUES a difference of DIFFERENCES stands."""
    one_to_nothing = (name == "pow") & (np.abs(a) == 1) & ~np.isfinite(b)
    zero_by_infinity = (name == "mod") & (a == 0) & (b == -INFINITY)
    subnormal = (name == "div") & (np.abs(a) == np.float32(1e-30)) & (np.abs(b) > 1e8)
    return one_to_nothing | zero_by_infinity | subnormal


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_values_and_promotion(node: NodeSession, name: str, first: str, second: str) -> None:
    a, b = VALUES[first][:, None], VALUES[second]
    theirs = in_tfjs(node, name, a, b)
    ours = getattr(tf, name)(a, b)
    with np.errstate(invalid="ignore"):
        different = known(name, a.astype(np.float32), b.astype(np.float32))
    assert ours.dtype == theirs["dtype"]
    np.testing.assert_allclose(
        ours.numpy()[~different], theirs["values"][~different], rtol=1e-6 if name == "pow" else 0
    )


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", VALUES)
def test_unary(node: NodeSession, name: str, dtype: str) -> None:
    assert_same_call(node, name, VALUES[dtype])


@pytest.mark.parametrize(("name", "a", "b", "reason"), DIFFERENCES, ids=lambda part: str(part))
def test_a_known_difference_is_still_one(
    node: NodeSession, name: str, a: np.ndarray, b: np.ndarray, reason: str
) -> None:
    theirs = in_tfjs(node, name, a, b)["values"]
    assert not np.array_equal(getattr(tf, name)(a, b).numpy(), theirs, equal_nan=True), reason


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ([], [3]),
        ([2, 3], []),
        ([2, 3], [3]),
        ([2, 3], [2, 1]),
        ([4, 1, 3], [2, 1]),
        ([1, 1, 1, 1, 2], [3, 1]),
        ([0], [1]),
        ([2, 0], [0]),
        ([0, 3], [3]),
        ([1, 0, 1], [2, 1, 4]),
    ],
)
@pytest.mark.parametrize("name", ["add", "floorDiv", "equal"])
def test_broadcasting(node: NodeSession, name: str, first: list[int], second: list[int]) -> None:
    a = np.arange(np.prod(first), dtype=np.float32).reshape(first)
    b = np.arange(1, np.prod(second) + 1, dtype=np.float32).reshape(second)
    assert_same_call(node, name, a, b)
    assert_same_call(node, name, b, a)


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize(("a", "b"), [([2], [3]), ([2, 3], [2]), ([2, 3], [3, 2]), ([0], [2])])
def test_shapes_that_do_not_broadcast_are_named(
    node: NodeSession, name: str, a: list[int], b: list[int]
) -> None:
    message = assert_both_refuse(node, name, np.ones(a, np.float32), np.ones(b, np.float32))
    assert str(a) in message
    assert str(b) in message


@pytest.mark.parametrize("name", [*ARITHMETIC, "less"])
def test_strings_are_no_numbers(node: NodeSession, name: str) -> None:
    assert_both_refuse(node, name, ["a"], 1)


@pytest.mark.parametrize("name", ["equal", "notEqual"])
def test_strings_are_compared(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, np.array(["a", "b"], object), np.array(["a", "c"], object))


@pytest.mark.parametrize("name", BINARY)
def test_plain_numbers_and_lists_are_float32(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, [5, -7], 2, rtol=1e-6)
    assert_same_call(node, name, 3, [[1], [2]], rtol=1e-6)
    assert_same_call(node, name, True, [True, False])


@pytest.mark.parametrize("name", [*BINARY, *UNARY, "matMul"])
def test_every_operation_is_a_method(node: NodeSession, name: str) -> None:
    a, b = np.float32([[5, -7]]), np.float32([[2], [3]])
    rest = [] if name in UNARY else [b]
    assert_same(getattr(tf.tensor(a), name)(*rest), in_tfjs(node, name, a, *rest, method=True))


OPERATORS: list[tuple[Callable[..., Any], str]] = [
    (operator.add, "add"),
    (operator.sub, "sub"),
    (operator.mul, "mul"),
    (operator.truediv, "div"),
    (operator.floordiv, "floorDiv"),
    (operator.mod, "mod"),
    (operator.pow, "pow"),
    (operator.eq, "equal"),
    (operator.ne, "notEqual"),
    (operator.lt, "less"),
    (operator.le, "lessEqual"),
    (operator.gt, "greater"),
    (operator.ge, "greaterEqual"),
]


@pytest.mark.parametrize(("symbol", "name"), OPERATORS, ids=[name for _, name in OPERATORS])
@pytest.mark.parametrize(
    "other", [2, 2.5, True, np.float32(2.5), np.int32([1, 2, 4]), np.array([[1.5], [2]])], ids=str
)
@pytest.mark.parametrize("values", [np.float32([1, 2.5, -3]), np.int32([2, 7, -4])], ids=str)
def test_operators_on_both_sides(
    node: NodeSession, symbol: Callable[..., Any], name: str, other: Any, values: np.ndarray
) -> None:
    t = tf.tensor(values)
    plain = np.asarray(other) if isinstance(other, np.generic) else other
    assert_same(symbol(t, other), in_tfjs(node, name, values, plain), rtol=1e-6)
    # What Python makes of 2 < t is t > 2: the same values.
    assert_same(symbol(other, t), in_tfjs(node, name, plain, values), rtol=1e-6)


def test_unary_operators_and_in_place_ones() -> None:
    t = tf.tensor([1, -2])
    assert (-t).arraySync() == [-1, 2]
    assert abs(t).arraySync() == [1, 2]
    before = t
    t += 1
    assert t.arraySync() == [2, -1]
    assert before.arraySync() == [1, -2]


def test_an_operator_with_something_else_says_what_it_got() -> None:
    with pytest.raises(TypeError, match=r"got dict"):
        tf.tensor([1]) + {"a": 1}
    with pytest.raises(TypeError, match=r"got NoneType"):
        tf.tensor([1]) * None
