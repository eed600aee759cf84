"""zeros, ones, fill, eye, diag, linspace, range, oneHot and the like, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    here,
    in_tfjs,
)
from tests.tfjs.differences import DIFFERENCES, FAULTS
from tfjsbridge.verify import NodeSession

NAN, INFINITY = float("nan"), float("inf")
GENERATED = settings(
    derandomize=True,
    deadline=None,
    max_examples=100,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SHAPES: list[list[int]] = [[], [0], [3], [2, 0], [2, 3], [1, 2, 1], [1, 2, 1, 2], [1] * 5, [2] * 6]
DTYPES = ["float32", "int32", "bool", "complex64"]

ACCEPTED: list[tuple[Any, ...]] = [
    *(("zeros", shape) for shape in SHAPES),
    *(("ones", shape) for shape in SHAPES),
    *(("zeros", [2, 3], dtype) for dtype in DTYPES),
    *(("ones", [2, 3], dtype) for dtype in DTYPES),
    ("zeros", [2], None),
    ("ones", [2], None),
    *(("zerosLike", np.ones(shape, np.float32)) for shape in SHAPES),
    *(("onesLike", np.zeros(shape, np.float32)) for shape in SHAPES),
    *(("zerosLike", np.ones([2, 3], dtype)) for dtype in DTYPES),
    *(("onesLike", np.zeros([2, 3], dtype)) for dtype in DTYPES),
    ("zerosLike", [[NAN, INFINITY]]),
    ("onesLike", [True]),
    ("onesLike", 5),
    *(("fill", shape, 3) for shape in SHAPES),
    ("fill", [2], True),
    ("fill", [2], "ab"),
    ("fill", [2], "", "string"),
    ("fill", [2], 2.7, "int32"),
    ("fill", [2], -2.7, "int32"),
    ("fill", [2], NAN, "int32"),
    ("fill", [2], INFINITY, "int32"),
    ("fill", [1], 3e9, "int32"),
    ("fill", [2], 0.4, "bool"),
    ("fill", [2], 0.9, "bool"),
    ("fill", [2], 2, "bool"),
    ("fill", [2], True, "float32"),
    ("fill", [2], NAN),
    ("fill", [2], 1e300),
    ("fill", [2], 0.1),
    ("eye", 3),
    ("eye", 0),
    ("eye", 2, 3),
    ("eye", 3, 2, None, "int32"),
    ("eye", 2, 3, None, "bool"),
    ("eye", 2, None, [2]),
    ("eye", 2, 1, [2, 3]),
    ("eye", 2, 2, [1, 2, 3]),
    ("eye", 2, 2, [0]),
    ("diag", [1, 2, 3]),
    ("diag", []),
    ("diag", 3),
    ("diag", [[1, 2], [3, NAN]]),
    ("diag", np.arange(8, dtype=np.float32).reshape(2, 2, 2)),
    ("diag", np.int32([1, -2])),
    ("diag", np.array([True, False])),
    ("diag", [True, False]),
    ("linspace", 0, 9, 10),
    ("linspace", 0, 1, 7),
    ("linspace", 1, 0, 4),
    ("linspace", -2.5, 2.5, 1000),
    ("linspace", 0, 9, 1),
    ("linspace", 0, 9, 2.5),
    ("linspace", 0, 9, 0.5),
    ("linspace", 3, 3, 3),
    ("range", 0, 5),
    ("range", 0, 5, 2),
    ("range", 5, 0),
    ("range", 5, 0, -2),
    ("range", 5, 0, 2),
    ("range", 5, 0, 0.5),
    ("range", 0, 5, -1),
    ("range", 3, 3),
    ("range", -0.5, 2.2, 0.7),
    ("range", 0, 1, 0.001),
    ("range", 0, 1000, 0.5),
    ("range", 0, 5, 1, "int32"),
    ("range", 0.7, 5, 1.5, "int32"),
    ("range", 0, 3, 0.5, "int32"),
    ("range", 2**31 - 2, 2**31 + 2, 1, "int32"),
    ("range", 2**24 - 2, 2**24 + 2, 1),
    ("range", 0, 3, 1, "bool"),
    ("range", 255, 258, 1, "bool"),
    ("range", 0, NAN),
    ("oneHot", 1, 3),
    ("oneHot", [], 2),
    ("oneHot", [0, 1, -1, 5], 2),
    ("oneHot", [0.7, 1.2], 2),
    ("oneHot", [True, False], 2),
    ("oneHot", [[0, 1], [1, 2]], 3),
    ("oneHot", [[0, 1], [1, 2]], 3, 5, -1, "float32"),
    ("oneHot", [0], 3, 2.7, 0, "int32"),
    ("oneHot", [0], 2, 1, 0, "bool"),
    ("oneHot", [0], 2, True, False, "bool"),
    ("oneHot", [0], 2, 0.6, 0, "bool"),
    ("oneHot", [0], 2, NAN, INFINITY, "float32"),
    ("oneHot", np.int32([[2, 0]]), 3),
    ("oneHot", np.zeros((1, 1, 1, 1, 1), np.int32), 2),
    ("oneHot", np.zeros((0, 3), np.int32), 2),
]

REFUSED: list[tuple[tuple[Any, ...], list[str]]] = [
    *((("zeros", shape), ["positive integers"]) for shape in ([-1], [1.5], [2, -3])),
    *((("ones", shape), ["positive integers"]) for shape in ([-1], [1.5], [2, -3])),
    (("ones", 3), ["list of whole numbers", "3"]),
    (("ones", [2], "string"), ["ones", "string"]),
    (("zeros", [2], "wrong"), ["'wrong'", "float32"]),
    (("zerosLike", ["a"]), ["'x' passed to 'zerosLike'", "string"]),
    (("onesLike", ["a"]), ["'x' passed to 'onesLike'", "string"]),
    (("onesLike", None), ["'x' passed to 'onesLike'", "NoneType"]),
    (("fill", [-1], 2), ["positive integers", "-1"]),
    (("fill", [2], 1, "complex64"), ["complex64"]),
    (("fill", [2], 1, "string"), ["string", "1"]),
    (("fill", [2], 1, "wrong"), ["'wrong'"]),
    (("eye", -1), ["positive integers"]),
    (("eye", 1.5), ["positive integers"]),
    (("eye", 2, 2, []), ["batchShapes", "0D"]),
    (("eye", 2, 2, [1, 1, 1, 1]), ["batchShapes", "4D"]),
    (("eye", 2, 2, None, "complex64"), ["eye", "complex64"]),
    (("eye", 2, 2, None, "string"), ["eye", "string"]),
    (("diag", ["a"]), ["'x' passed to 'diag'", "string"]),
    (("diag", np.complex64([1])), ["diag", "complex64"]),
    (("diag", None), ["NoneType"]),
    (("linspace", 0, 1, 0), ["positive", "0"]),
    (("linspace", 0, 1, -2), ["positive", "-2"]),
    (("range", 0, 1, 0), ["step of zero"]),
    (("range", 0, INFINITY), ["no end"]),
    (("range", 0, 1, 1, "string"), ["string"]),
    (("range", 0, 1, 1, "complex64"), ["complex64"]),
    (("range", 0, 1, 1, "wrong"), ["'wrong'"]),
    (("oneHot", [0], 1), [">=2", "1"]),
    (("oneHot", [0], 2, 1, 0, "wrong"), ["'wrong'", "int32"]),
    (("oneHot", [0], 2, 1, 0, "complex64"), ["complex64"]),
    (("oneHot", [0], 2, 1, 0, "string"), ["string"]),
    (("oneHot", ["a"], 2), ["must be int32", "string"]),
    (("oneHot", np.float32([0, 1]), 2), ["must be int32", "float32"]),
    (("oneHot", np.array([True]), 2), ["must be int32", "bool"]),
]

#: What tf.js takes without a word, and gives a value that was not meant.
REFUSED_HERE_ONLY: list[tuple[tuple[Any, ...], str]] = [
    (("fill", [2], None), "tf.js: zeros"),
    (("fill", [2], [1]), "tf.js: the list is made a text, and that a number"),
    (("fill", [2], "a", "int32"), "tf.js: 0"),
]


def label(call: tuple[Any, ...]) -> str:
    return " ".join(str(part) for part in call)


def test_values_shapes_and_dtypes_are_tfjss(node: NodeSession) -> None:
    for call in ACCEPTED:
        try:
            # The sums of float32 are the same, but for the last digit of one in float64.
            assert_same_call(node, *call, rtol=1e-6, atol=1e-8)
        except Exception as error:
            raise AssertionError(f"{label(call)}: {error}") from error


@pytest.mark.parametrize(("call", "said"), REFUSED, ids=lambda part: label(part[:3]))
def test_what_tfjs_refuses_is_refused_naming_what_was_expected_and_got(
    node: NodeSession, call: tuple[Any, ...], said: list[str]
) -> None:
    message = assert_both_refuse(node, *call)
    for words in said:
        assert words in message


@pytest.mark.parametrize(("call", "reason"), REFUSED_HERE_ONLY, ids=lambda part: label(part[:3]))
def test_what_only_we_refuse(node: NodeSession, call: tuple[Any, ...], reason: str) -> None:
    in_tfjs(node, *call)
    assert "values that would be changed" in DIFFERENCES
    with pytest.raises((ValueError, TypeError)):
        here(*call)


def test_a_depth_that_is_no_whole_number_is_refused(node: NodeSession) -> None:
    assert "oneHot of a depth that is no whole number" in FAULTS
    assert node.evaluate("return tf.oneHot([0], 2.5).shape") == [1, 2.5]
    with pytest.raises(ValueError, match="positive integers"):
        tf.oneHot([0], 2.5)


def test_defaults(node: NodeSession) -> None:
    assert_same_call(node, "range", 0, 3, DEFAULT, DEFAULT)
    assert_same_call(node, "eye", 2, DEFAULT, DEFAULT, DEFAULT)
    assert_same_call(node, "oneHot", [0, 1], 2, DEFAULT, DEFAULT, DEFAULT)
    assert_same_call(node, "zeros", [1], DEFAULT)


def test_methods(node: NodeSession) -> None:
    array = np.int32([[0, 1], [2, 1]])
    assert_same_call(node, "oneHot", array, 3, method=True)
    assert_same_call(node, "oneHot", array, 3, 5, -1, method=True)
    for name in ("zerosLike", "onesLike", "clone"):
        assert_same_call(node, name, array, method=True)


NUMBERS = st.one_of(st.integers(-8, 8), st.floats(-8, 8).filter(lambda x: x == 0 or abs(x) > 1e-3))


@given(
    start=NUMBERS, stop=NUMBERS, step=NUMBERS, dtype=st.sampled_from(["float32", "int32", "bool"])
)
@GENERATED
def test_any_range(node: NodeSession, start: float, stop: float, step: float, dtype: str) -> None:
    assert_same_outcome(node, "range", start, stop, step, dtype, rtol=1e-6, atol=1e-6)


@given(start=NUMBERS, stop=NUMBERS, num=st.integers(-1, 300))
@GENERATED
def test_any_linspace(node: NodeSession, start: float, stop: float, num: int) -> None:
    assert_same_outcome(node, "linspace", start, stop, num, rtol=1e-6, atol=1e-6)


GRADIENTS = {
    "zerosLike": "x => tf.zerosLike(x)",
    "onesLike": "x => tf.onesLike(x)",
    "clone": "x => tf.clone(x)",
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients(node: NodeSession, name: str) -> None:
    array = np.float32([[1, -2], [NAN, INFINITY]])
    theirs = node.evaluate(f"return tf.grad({GRADIENTS[name]})(args.x)", x=array)
    x = tensorflow.constant(array)
    with tensorflow.GradientTape() as tape:
        tape.watch(x)
        y = getattr(tf, name)(x)
    np.testing.assert_array_equal(tape.gradient(y.tensor, x), theirs)


def test_diag_has_the_gradient_of_its_diagonal() -> None:
    # tf.js has none: it refuses to differentiate it.
    x = tensorflow.constant([1.0, 2.0])
    with tensorflow.GradientTape() as tape:
        tape.watch(x)
        y = tf.diag(x).tensor * [[2.0, 3.0], [4.0, 5.0]]
    assert tape.gradient(y, x).numpy().tolist() == [2, 5]


def test_unknown_sizes_in_a_function_that_is_traced(node: NodeSession) -> None:
    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, 2])])
    def function(x: Any) -> Any:
        return tf.onesLike(x).tensor, tf.oneHot(tf.tensor(x, dtype="int32"), 3).tensor

    array = np.float32([[1, 2], [0, 5]])
    ones, hot = function(array)
    assert_same(tf.Tensor(ones), in_tfjs(node, "onesLike", array))
    assert_same(tf.Tensor(hot), in_tfjs(node, "oneHot", array.astype(np.int32), 3))
