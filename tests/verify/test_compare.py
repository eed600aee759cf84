from __future__ import annotations

import math

import numpy as np
import pytest

from tfjsbridge.verify import Difference, differences


def one(expected: object, got: object) -> Difference:
    [difference] = differences([np.asarray(expected)], [np.asarray(got)], ["y"])
    return difference


def test_the_largest_difference_counts() -> None:
    difference = one([[1.0, 2.0], [3.0, 4.0]], [[1.0, 2.5], [3.0, 3.9]])
    assert difference.name == "y"
    assert difference.shape == (2, 2)
    assert difference.absolute == pytest.approx(0.5)
    assert difference.relative == pytest.approx(0.5 / 2.5)
    assert difference.error is None


def test_noise_next_to_zero_is_no_large_relative_difference() -> None:
    assert one([1.0, 1e-8], [1.0, -1e-8]).relative == pytest.approx(2e-8 / 1e-3)
    assert one([0.0], [1e-9]).relative == pytest.approx(1e-3)


def test_small_outputs_are_still_compared() -> None:
    assert one([1e-5, 2e-5], [2e-5, 2e-5]).relative == pytest.approx(0.5)


def test_nan_and_infinity() -> None:
    inf, nan = math.inf, math.nan
    assert one([nan, inf, -inf, 1.0], [nan, inf, -inf, 1.0]).absolute == 0
    for expected, got in [([nan], [1.0]), ([1.0], [nan]), ([inf], [-inf]), ([inf], [1.0])]:
        difference = one(expected, got)
        assert difference.absolute == difference.relative == inf
        assert not difference.within(1e9)


def test_empty_outputs_are_the_same() -> None:
    assert one(np.zeros((0, 3)), np.zeros((0, 3))).absolute == 0


def test_large_integers_are_compared_exactly() -> None:
    assert one(np.int32([2**31 - 1]), np.int32([2**31 - 2])).absolute == 1


def test_another_shape_or_dtype_is_an_error_in_words() -> None:
    shape = one(np.zeros((2, 3)), np.zeros((3, 2)))
    assert shape.error == "expected shape (2, 3), got (3, 2)"
    assert one(np.zeros(2), np.zeros(2, np.int32)).error == "expected dtype float32, got int32"
    assert not shape.within(math.inf)


def test_dtypes_that_are_one_in_tfjs_may_differ() -> None:
    assert one(np.float64([1]), np.float32([1])).error is None
    assert one(np.int64([1]), np.int32([1])).error is None


def test_missing_and_surplus_outputs() -> None:
    a = np.zeros(2)
    missing = differences([a, a], [a], ["y", "z"])
    assert [d.name for d in missing] == ["y", "z"]
    assert missing[1].error == "missing: expected 2 outputs, got 1"
    surplus = differences([a], [a, a], ["y"])
    assert [d.name for d in surplus] == ["y", "output 1"]
    assert surplus[1].error == "unexpected: expected 1 outputs, got 2"


def test_within_wants_the_absolute_or_the_relative_difference_small() -> None:
    assert Difference("y", (), absolute=0.01, relative=1e-7).within(1e-4)
    assert Difference("y", (), absolute=1e-6, relative=0.5).within(1e-4)
    assert not Difference("y", (), absolute=0.01, relative=0.5).within(1e-4)
