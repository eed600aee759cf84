"""tensor, scalar, tensor1d to tensor6d and oneHot, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call, in_tfjs
from tfjsbridge.verify import NodeSession

NAN, INFINITY = float("nan"), float("inf")

ACCEPTED: list[tuple[Any, ...]] = [
    ("tensor", 1),
    ("tensor", 1.5),
    ("tensor", True),
    ("tensor", "a"),
    ("tensor", []),
    ("tensor", [[], []]),
    ("tensor", [1, 2]),
    ("tensor", [0.1, 1e-45, 1e300, -1e300, NAN, INFINITY, -INFINITY]),
    ("tensor", [16777217, -16777219]),
    ("tensor", [[[1, 2]], [[3, 4]]]),
    ("tensor", [True, False]),
    ("tensor", ["a", "b"]),
    ("tensor", [["ä", ""], ["日本", "'"]]),
    ("tensor", ["a", 1]),
    ("tensor", [1, True]),
    ("tensor", [True, 2, 0]),
    ("tensor", [True, 0.4]),
    ("tensor", 1, []),
    ("tensor", 1, [1, 1]),
    ("tensor", [1], []),
    ("tensor", [], [0, 3]),
    ("tensor", [], [3, 0]),
    ("tensor", [1, 2, 3, 4], [2, 2]),
    ("tensor", [[1, 2], [3, 4]], [2, 2]),
    ("tensor", [[1, 2], [3, 4]], [2, 1, 2]),
    ("tensor", [1, 2], None, "int32"),
    ("tensor", [16777217, 2147483647, -2147483648], None, "int32"),
    ("tensor", [1.7, -1.7, NAN, INFINITY], None, "int32"),
    ("tensor", [1.5, True], None, "int32"),
    ("tensor", [0.4, 0.6, -0.5, -0.6, 0.5, 1.5, 2, NAN], None, "bool"),
    ("tensor", [1, 0], [2, 1], "bool"),
    ("tensor", [True, False], None, "float32"),
    ("tensor", "a", None, "string"),
    ("scalar", 1),
    ("scalar", True),
    ("scalar", "x"),
    ("scalar", 1.5, "int32"),
    ("scalar", 0, "bool"),
    ("scalar", 0.6, "bool"),
    ("tensor1d", [1, 2]),
    ("tensor1d", []),
    ("tensor1d", ["a"]),
    ("tensor1d", [True], "int32"),
    ("tensor2d", [[1, 2]]),
    ("tensor2d", [[]]),
    ("tensor2d", [], [0, 0]),
    ("tensor2d", [1, 2], [2, 1]),
    ("tensor2d", [[1, 2]], [1, 2], "int32"),
    ("tensor3d", [[[1, 2]]]),
    ("tensor3d", [1, 2], [1, 2, 1]),
    ("tensor4d", [[[[1, 2]]]]),
    ("tensor4d", [1], [1, 1, 1, 1]),
    ("tensor5d", [[[[[1]]]]]),
    ("tensor5d", [1], [1, 1, 1, 1, 1], "bool"),
    ("tensor6d", [[[[[[1, 2]]]]]]),
    ("tensor6d", [1, 0], [1, 1, 1, 1, 1, 2], "int32"),
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
    ("oneHot", np.int32([[2, 0]]), 3),
]

#: What is refused in both, and what the message here says was expected and got.
REFUSED: list[tuple[tuple[Any, ...], list[str]]] = [
    (("tensor", None), ["number, boolean or string", "NoneType"]),
    (("tensor", {"a": 1}), ["number, boolean or string", "dict"]),
    (("tensor", [[1, 2], [3]]), ["arr[1]", "2 elements", "1 elements"]),
    (("tensor", [[1, 2], 3]), ["arr[1]", "2 elements", "a number"]),
    (("tensor", [1, [2]]), ["arr[1]", "a number", "1 elements"]),
    (("tensor", [[[1], [2]], [[1], [2, 3]]]), ["arr[1][1]", "1 elements", "2 elements"]),
    (("tensor", [["a"], ["b", "c"]]), ["arr[1]", "1 elements", "2 elements"]),
    (("tensor", [1, 2, 3], [2, 2]), ["[2, 2]", "4 values", "3"]),
    (("tensor", 1, [2]), ["[2]", "2 values", "1"]),
    (("tensor", [1, 2], [-1, 2]), ["positive integers", "[-1, 2]"]),
    (("tensor", [1, 2], [-2, -1]), ["positive integers", "[-2, -1]"]),
    (("tensor", [1, 2], [0.5, 4]), ["positive integers", "[0.5, 4]"]),
    (("tensor", [[1, 2], [3, 4]], [4]), ["[2, 2]", "[4]"]),
    (("tensor", [[1, 2], [3, 4]], [4, 1]), ["[2, 2]", "[4, 1]"]),
    (("tensor", [[1, 2], [3, 4]], [1, 4]), ["[2, 2]", "[1, 4]"]),
    (("tensor", [[1, 2, 3, 4]], [2, 2]), ["[1, 4]", "[2, 2]"]),
    (("tensor", 1, None, "float64"), ["'float64'", "did you mean 'float32'", "int32"]),
    (("tensor", [1], None, "string"), ["Expected strings", "numbers"]),
    (("scalar", [1]), ["primitive", "list of shape [1]"]),
    (("scalar", None), ["number, boolean or string", "NoneType"]),
    (("scalar", 1, "string"), ["Expected strings", "numbers"]),
    (("scalar", 1, "wrong"), ["'wrong'", "float32"]),
    (("tensor1d", 1), ["flat/TypedArray", "[]"]),
    (("tensor1d", [[1], [2]]), ["flat/TypedArray", "[2, 1]"]),
    (("tensor1d", None), ["NoneType"]),
    (("tensor2d", 1), ["number[][]", "[]"]),
    (("tensor2d", []), ["shape to be provided", "0 values"]),
    (("tensor2d", [1, 2]), ["shape to be provided", "2 values"]),
    (("tensor2d", [1, 2], [2]), ["two numbers", "[2]"]),
    (("tensor2d", [[1, 2]], [2, 1]), ["[1, 2]", "[2, 1]"]),
    (("tensor2d", [[[1]]]), ["number[][]", "[1, 1, 1]"]),
    (("tensor3d", [[1]]), ["number[][][]", "[1, 1]"]),
    (("tensor3d", [[1]], [1, 1, 1]), ["number[][][]", "[1, 1]"]),
    (("tensor4d", [1]), ["shape to be provided", "1 values"]),
    (("tensor4d", [1], [1]), ["four numbers", "[1]"]),
    (("tensor5d", [1]), ["shape to be provided", "1 values"]),
    (("tensor5d", [1], [1]), ["five numbers", "[1]"]),
    (("tensor6d", [1]), ["shape to be provided", "1 values"]),
    (("tensor6d", [1], [1, 1, 1]), ["six numbers", "[1, 1, 1]"]),
    (("tensor6d", [[[[[[1, 2]]]]]], [2, 1, 1, 1, 1, 1]), ["[1, 1, 1, 1, 1, 2]"]),
    (("oneHot", [0], 1), [">=2", "1"]),
    (("oneHot", [0], 2, 1, 0, "wrong"), ["'wrong'", "int32"]),
    (("oneHot", ["a"], 2), ["int32", "strings"]),
    (("oneHot", np.float32([0, 1]), 2), ["must be int32", "float32"]),
    (("oneHot", np.array([True]), 2), ["must be int32", "bool"]),
]

#: What tf.js takes without a word, and gives a value that was not meant.
REFUSED_HERE_ONLY: list[tuple[tuple[Any, ...], str]] = [
    (("tensor", [1, "a"]), "tf.js: NaN"),
    (("tensor", ["1"], None, "float32"), "tf.js: strings are parsed, or NaN"),
    (("scalar", "a", "float32"), "tf.js: NaN"),
    (("tensor", [None]), "tf.js: 0"),
    (("tensor", [1, None]), "tf.js: 0"),
    (("tensor", [2**31], None, "int32"), "tf.js: wraps around to -2147483648"),
    (("tensor", [2.0**40], None, "int32"), "tf.js: wraps around to 0"),
    (("tensor", [-(2**31) - 1], None, "int32"), "tf.js: wraps around to 2147483647"),
]

#: What only we take: tf.js makes complex tensors with tf.complex(real, imag).
ACCEPTED_HERE_ONLY: list[tuple[Any, ...]] = [("tensor", [1], None, "complex64")]


def label(call: tuple[Any, ...]) -> str:
    return " ".join(str(part) for part in call)


@pytest.mark.parametrize("call", ACCEPTED, ids=label)
def test_dtype_shape_and_values_are_tfjss(node: NodeSession, call: tuple[Any, ...]) -> None:
    assert_same_call(node, *call)


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
    with pytest.raises((ValueError, TypeError)):
        getattr(tf, call[0])(*call[1:])


@pytest.mark.parametrize("call", ACCEPTED_HERE_ONLY, ids=label)
def test_what_only_we_accept(node: NodeSession, call: tuple[Any, ...]) -> None:
    with pytest.raises(Exception, match=r"tf\.complex"):
        in_tfjs(node, *call)
    assert getattr(tf, call[0])(*call[1:]).dtype == "complex64"


TYPED_ARRAYS = {
    "float32": "Float32Array",
    "float64": "Float32Array",  # tf.js has no dtype for a Float64Array
    "float16": "Float32Array",
    "int32": "Int32Array",
    "int64": "Int32Array",
    "uint8": "Uint8Array",
    "int16": "Int32Array",
}


@pytest.mark.parametrize("dtype", TYPED_ARRAYS)
@pytest.mark.parametrize("nested", [False, True])
def test_numpy_arrays_are_typed_arrays(node: NodeSession, dtype: str, nested: bool) -> None:
    body = f"""
        const array = {TYPED_ARRAYS[dtype]}.from([0, 1, 2]);
        const t = tf.tensor({"[array, array]" if nested else "array"});
        return [t.dtype, t.shape, t];
    """
    array = np.arange(3, dtype=dtype)
    expected = node.evaluate(body)
    ours = [tf.tensor([array, array]), tf.tensor(np.stack([array, array]))]
    for t in ours if nested else [tf.tensor(array)]:
        assert [t.dtype, t.shape] == expected[:2]
        np.testing.assert_array_equal(t.numpy(), expected[2])


def test_numpy_arrays_of_booleans_strings_and_complex_numbers_keep_their_kind() -> None:
    assert tf.tensor(np.array([True, False])).dtype == "bool"
    assert tf.tensor(np.array(["a", "bc"])).arraySync() == ["a", "bc"]
    assert tf.tensor(np.array(["a", "bc"], object)).arraySync() == ["a", "bc"]
    assert tf.tensor(np.array([1 + 2j])).dtype == "complex64"


def test_an_integer_array_that_does_not_fit_int32_is_refused_naming_the_value() -> None:
    with pytest.raises(ValueError, match="value 2147483648 does not fit int32"):
        tf.tensor(np.array([5, 2**31]))
    assert tf.tensor(np.array([-(2**31), 2**31 - 1])).arraySync() == [-(2**31), 2**31 - 1]


def test_pandas_frames_and_series() -> None:
    frame = pd.DataFrame({"a": [1.5, 2.5], "b": [3.0, 4.0]})
    assert tf.tensor(frame).arraySync() == [[1.5, 3.0], [2.5, 4.0]]
    assert tf.tensor2d(frame).shape == [2, 2]
    assert tf.tensor1d(frame["a"]).arraySync() == [1.5, 2.5]
    assert tf.tensor(pd.Series([1, 2])).dtype == "int32"
    assert tf.tensor(pd.Series([True, False])).dtype == "bool"
    assert tf.tensor(pd.Series(["x", "y"])).arraySync() == ["x", "y"]
    mixed = tf.tensor(pd.DataFrame({"a": [1.5, 2.5], "b": [True, False]}))
    assert mixed.dtype == "float32"
    assert mixed.arraySync() == [[1.5, 1.0], [2.5, 0.0]]
    with pytest.raises(TypeError, match="objects"):
        tf.tensor(pd.Series([1, None], dtype=object))
    with pytest.raises(ValueError, match="int32"):
        tf.tensor(pd.Series([2**31]), dtype="int32")


@pytest.mark.parametrize(
    ("value", "dtype"),
    [
        (tensorflow.constant([1.5]), "float32"),
        (tensorflow.constant([1.5], "float64"), "float32"),
        (tensorflow.constant([1.5], "bfloat16"), "float32"),
        (tensorflow.constant([1], "int64"), "int32"),
        (tensorflow.constant([1], "uint8"), "int32"),
        (tensorflow.constant([True]), "bool"),
        (tensorflow.constant(["a"]), "string"),
        (tensorflow.Variable([1.5]), "float32"),
    ],
)
def test_tensorflow_tensors_and_variables(value: Any, dtype: str) -> None:
    t = tf.tensor(value)
    assert t.dtype == dtype
    assert t.shape == [1]
    expected = value.numpy()[0]
    assert t.arraySync() == [expected.decode() if dtype == "string" else expected]
    assert tf.tensor(value, [1, 1]).shape == [1, 1]
    with pytest.raises(ValueError, match="should have 2 values but has 1"):
        tf.tensor(value, [2])


def test_a_tensor_of_a_tensor_and_a_cast_by_dtype() -> None:
    t = tf.tensor([1.5, 0])
    assert tf.tensor(t).arraySync() == [1.5, 0]
    assert tf.tensor(t, dtype="int32").arraySync() == [1, 0]
    assert tf.tensor2d(t, [2, 1]).arraySync() == [[1.5], [0]]
    with pytest.raises(ValueError, match="strings"):
        tf.tensor(t, dtype="string")
