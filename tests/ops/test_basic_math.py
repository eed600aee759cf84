"""Element-wise functions of one tensor, against tf.js: values, dtypes, errors, gradients."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.ops.elementwise_cases import (
    COMPLEX,
    FLOATS,
    STRINGS,
    VALUES,
    assert_same_gradients,
    assert_same_method,
    gradients,
    within_a_function,
)
from tests.ops.parity import assert_both_refuse, assert_same, assert_same_call, here, in_tfjs
from tests.tfjs.differences import FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

#: Those that take every numeric dtype, and those that make float32 of what they are given.
NUMERIC = [
    "abs", "acos", "acosh", "asin", "asinh", "atan", "atanh", "exp", "expm1", "isFinite", "isInf",
    "isNaN", "leakyRelu", "log1p", "logSigmoid", "neg", "reciprocal", "relu", "relu6", "round",
    "selu", "sign", "sinh", "softplus", "square", "step",
]  # fmt: skip
OF_FLOAT32 = [
    "ceil", "cos", "cosh", "elu", "floor", "log", "rsqrt", "sigmoid", "sin", "sqrt", "tan", "tanh",
]  # fmt: skip
UNARY = [*NUMERIC, *OF_FLOAT32, "erf", "clipByValue"]
#: The further arguments that one must have.
REST: dict[str, list[Any]] = {"clipByValue": [-1.5, 2]}
SHAPES: list[list[int]] = [[], [1], [2, 3], [0], [3, 0, 2], [1, 2, 1, 2], [2, 1, 2, 1, 2, 1]]

#: Between the values at which a function changes, and at them.
GRID = np.float32([-7.5, -2, -1, -0.5, -0.0, 0, 0.3, 0.5, 1, 2, 2.5, 6, 7])
#: Where a function's gradient is one.
DOMAINS = {
    "acos": GRID[3:8], "acosh": GRID[9:], "asin": GRID[3:8], "atanh": GRID[3:8], "log": GRID[6:],
    "log1p": GRID[3:], "reciprocal": GRID[6:], "rsqrt": GRID[6:], "sqrt": GRID[6:],
}  # fmt: skip
#: Those whose result is bool: tf.js has no gradient of them.
OF_BOOL = ["isFinite", "isInf", "isNaN"]


def _large(name: str, dtype: str) -> np.ndarray:
    """The hard values of a dtype, without those that are tested for themselves."""
    values = VALUES[dtype]
    if name in ("sin", "cos", "tan"):  # of 1e30 C and JavaScript have other remainders
        return values[~(np.abs(values) > 1e9) | np.isinf(values)]
    if name in ("abs", "square") and dtype == "int32":
        return values[np.abs(values.astype(float)) < 4096]
    return values


@pytest.mark.parametrize("name", UNARY)
def test_values(node: NodeSession, name: str) -> None:
    rest = REST.get(name, [])
    dtypes = ["float32"] if name in OF_FLOAT32 else ["float32", "int32", "bool"]
    for dtype in dtypes if name != "erf" else dtypes[:2]:
        theirs = in_tfjs(node, name, _large(name, dtype), *rest)
        # tf.js's erf is an approximation.
        atol = 2e-7 if name == "erf" else 1e-38
        assert_same(here(name, _large(name, dtype), *rest), theirs, 1e-5, atol)
        for shape in SHAPES:
            x = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
            assert_same_call(node, name, x, *rest, rtol=1e-5, atol=2e-7)
    assert_same_call(node, name, [0.25, 0.5], *rest, rtol=1e-5, atol=2e-7)
    assert_same_call(node, name, 1, *rest, rtol=1e-5, atol=2e-7)


@pytest.mark.parametrize("name", UNARY)
def test_values_that_were_drawn(node: NodeSession, name: str) -> None:
    numbers = np.random.default_rng(0)
    x = (numbers.normal(size=200) * 10.0 ** numbers.integers(-6, 2, 200)).astype(np.float32)
    assert_same_call(node, name, x, *REST.get(name, []), rtol=1e-5, atol=2e-7)
    x = numbers.integers(-1000, 1000, 100).astype(np.int32)
    if name not in OF_FLOAT32:
        assert_same_call(node, name, x, *REST.get(name, []), rtol=1e-5, atol=2e-7)


@pytest.mark.parametrize("name", UNARY)
def test_every_function_is_a_method(node: NodeSession, name: str) -> None:
    x = np.float32([[0.25, 0.75]])
    if name == "clipByValue":
        assert_same_method(node, name, x, 0, 0.5)
    else:
        ours = here(name, x, method=True)
        assert_same(ours, in_tfjs(node, name, x, method=True), 1e-5, 2e-7)


@pytest.mark.parametrize("name", UNARY)
def test_other_dtypes_are_refused(node: NodeSession, name: str) -> None:
    rest = REST.get(name, [])
    wrong: list[Any] = [STRINGS, ["a"]]
    if name not in ("abs", "relu"):
        wrong.append(COMPLEX)
    if name in OF_FLOAT32:
        wrong += [VALUES["int32"], VALUES["bool"]]
    if name == "erf":
        wrong.append(VALUES["bool"])
    for x in wrong:
        try:
            in_tfjs(node, name, x, *rest)
        except TfjsError:
            pass
        else:
            assert x is COMPLEX, f"{name} of {x}"
        with pytest.raises((ValueError, TypeError)) as caught:
            here(name, x, *rest)
        assert name in str(caught.value) or "Input dtype" in str(caught.value)


@pytest.mark.parametrize("name", [name for name in UNARY if name not in OF_BOOL])
def test_gradients(node: NodeSession, name: str) -> None:
    assert_same_gradients(node, name, DOMAINS.get(name, GRID), rest=tuple(REST.get(name, [])))


@pytest.mark.parametrize("name", UNARY)
def test_within_a_function(name: str) -> None:
    def call(x: Any) -> Any:
        return getattr(tf, name)(x, *REST.get(name, []))

    for x in (FLOATS, VALUES["int32"], VALUES["bool"]):
        if x is FLOATS or (name not in OF_FLOAT32 and (name != "erf" or x.dtype != bool)):
            wanted = call(tf.tensor(x)).numpy()
            np.testing.assert_allclose(within_a_function(call, x), wanted, 1e-6, 1e-20)


def test_slopes_and_bounds(node: NodeSession) -> None:
    for x in VALUES.values():
        for alpha in (0, 0.1, -2, 3):
            assert_same_call(node, "leakyRelu", x, alpha, rtol=1e-6)
            assert_same_call(node, "step", x, alpha, rtol=1e-6)
        for low, high in ((0, 1), (-2.5, 2.5), (1, 1), (-np.inf, 0), (0, np.inf)):
            assert_same_call(node, "clipByValue", x, low, high, rtol=1e-6)
    for low, high in ((1, 0), (np.nan, 1)):
        assert "clipByValue" in assert_both_refuse(node, "clipByValue", FLOATS, low, high)


def test_int32_beyond_the_whole_numbers_of_float32(node: NodeSession) -> None:
    x = np.array([5001, 46341, -16777217], np.int32)
    reason = FAULTS["abs and square of int32"]
    assert in_tfjs(node, "square", x[:2])["values"].tolist() == [25010000, -2147479040], reason
    assert in_tfjs(node, "abs", x)["values"].tolist() == [5001, 46341, 16777216], reason
    assert tf.square(x[:2]).arraySync() == [5001**2, 46341**2 - 2**32]
    assert tf.abs(x).arraySync() == [5001, 46341, 16777217]
    assert_same_call(node, "mul", x, x)


def test_nothing_is_left_behind() -> None:
    x = tf.tensor([0.25, 0.5])
    before = tf.memory()["numTensors"]
    for name in UNARY:
        getattr(tf, name)(x, *REST.get(name, []))
    assert tf.memory()["numTensors"] == before + len(UNARY)


def test_a_gradient_of_whole_steps_is_zero() -> None:
    for name in ("ceil", "floor", "round", "sign", "step"):
        assert gradients(getattr(tf, name), GRID)[0].tolist() == [0] * len(GRID)
