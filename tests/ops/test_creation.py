"""tensor, scalar, tensor1d to tensor6d, clone, complex, real, imag, print, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call, in_tfjs
from tests.tfjs.differences import DIFFERENCES
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
    ("tensor", [2**70, -(2**64), 1]),
    ("tensor", [[[1, 2]], [[3, 4]]]),
    ("tensor", [True, False]),
    ("tensor", ["a", "b"]),
    ("tensor", [["ä", ""], ["日本", "'"]]),
    ("tensor", ["a", 1]),
    ("tensor", [1, True]),
    ("tensor", [True, 2, 0]),
    ("tensor", [True, 0.4]),
    ("tensor", [1, None]),
    ("tensor", [[None], [2.5]]),
    ("tensor", [None, True]),
    ("tensor", [True, None]),
    ("tensor", [1, None], None, "int32"),
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
    ("clone", [1, 2]),
    ("clone", 3),
    ("clone", ["a"]),
    ("clone", np.int32([[1, 2]])),
    ("clone", np.array(["a", "ä"], object)),
    ("clone", np.complex64([1 + 2j])),
    ("clone", np.zeros((0, 2), np.float32)),
    ("complex", [1, 2], [3, 4]),
    ("complex", 1, 2),
    ("complex", [[1], [NAN]], [[-INFINITY], [0]]),
    ("complex", np.int32([1, 2]), np.array([True, False])),
    ("complex", [], []),
    ("complex", np.zeros((1, 2, 1, 2, 1, 2), np.float32), np.ones((1, 2, 1, 2, 1, 2), np.float32)),
    ("real", np.complex64([1 + 2j, 3 - 4j])),
    ("real", np.asarray(np.complex64(1 + 2j))),
    ("imag", np.complex64([[1 + 2j], [3 - 4j]])),
    ("imag", np.zeros((0,), np.complex64)),
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
    (("tensor", [1], None, "complex64"), ["tf.complex(real, imag)"]),
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
    (("clone", None), ["'x' passed to 'clone'", "NoneType"]),
    (("clone", {"a": 1}), ["'x' passed to 'clone'", "dict"]),
    (("complex", [1], [1, 2]), ["[1]", "[2]", "must match in call to tf.complex()"]),
    (("complex", "a", 2), ["'real' passed to 'complex'", "string tensor"]),
    (("complex", np.complex64([1]), [3]), ["'real' passed to 'complex'", "complex64"]),
    (("real", [1]), ["'input' passed to 'real'", "complex64", "float32"]),
    (("imag", np.int32([1])), ["'input' passed to 'imag'", "complex64", "int32"]),
    (("imag", "a"), ["'input' passed to 'imag'", "string"]),
]

#: What tf.js takes without a word, and gives a value that was not meant.
REFUSED_HERE_ONLY: list[tuple[tuple[Any, ...], str]] = [
    (("tensor", [1, "a"]), "tf.js: NaN"),
    (("tensor", ["1"], None, "float32"), "tf.js: strings are parsed, or NaN"),
    (("scalar", "a", "float32"), "tf.js: NaN"),
    (("tensor", ["a", None]), "tf.js: the string null"),
    (("tensor", [2**31], None, "int32"), "tf.js: wraps around to -2147483648"),
    (("tensor", [2.0**40], None, "int32"), "tf.js: wraps around to 0"),
    (("tensor", [-(2**31) - 1], None, "int32"), "tf.js: wraps around to 2147483647"),
]


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
    assert "values that would be changed" in DIFFERENCES
    with pytest.raises((ValueError, TypeError)):
        getattr(tf, call[0])(*call[1:])


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
    with pytest.raises(TypeError, match="all of one kind"):
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


def test_pil_images() -> None:
    image = pytest.importorskip("PIL.Image").fromarray(np.uint8([[[1, 2, 3], [4, 5, 255]]]))
    assert tf.tensor(image).dtype == "int32"
    assert tf.tensor3d(image).arraySync() == [[[1, 2, 3], [4, 5, 255]]]


def test_a_clone_is_another_tensor_of_the_same_values() -> None:
    t = tf.tensor([1, 2])
    other = t.clone()
    assert other is not t
    t.dispose()
    assert other.arraySync() == [1, 2]
    with pytest.raises(ValueError, match=r"Tensor is disposed\."):
        tf.clone(t)


def test_print(node: NodeSession, capsys: pytest.CaptureFixture[str]) -> None:
    array = np.float32([[1, 2], [3, 4.5]])
    texts = node.evaluate("return [args.t.toString(), args.t.toString(true)]", t=array)
    tf.print(tf.tensor(array))
    tf.print(tf.tensor(array), True)
    tf.print(array)  # an array is printed as its Tensor
    assert capsys.readouterr().out == "\n".join([*texts, texts[0]]) + "\n"
    assert_both_refuse(node, "print", None)


def test_a_plain_number_in_a_function_that_is_traced() -> None:
    @tensorflow.function(autograph=False)
    def function(x: Any) -> Any:
        return tf.complex(tf.tensor(x), tf.scalar(2)).tensor

    assert function(tensorflow.constant(1.0)).numpy() == 1 + 2j


@pytest.mark.parametrize("dtype", ["float32", "int32", "bool", "string"])
@pytest.mark.parametrize("values", [[], [[]], [[], []]])
def test_no_values_of_every_dtype(node: NodeSession, values: list[Any], dtype: str) -> None:
    assert_same_call(node, "tensor", values, None, dtype)


def test_print_leaves_no_tensor(capsys: pytest.CaptureFixture[str]) -> None:
    before = tf.memory()["numTensors"]
    tf.print([1, 2])
    assert tf.memory()["numTensors"] == before
    assert capsys.readouterr().out == "Tensor\n    [1, 2]\n"
