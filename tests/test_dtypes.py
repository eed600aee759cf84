"""dtypes: their names, promotion and inference."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import tensorflow

from tfjsbridge.dtypes import NUMPY_DTYPES, check_dtype, infer_dtype, tfjs_dtype, upcast
from tfjsbridge.verify import NodeSession, TfjsError

NUMERIC = ["bool", "int32", "float32", "complex64"]


@pytest.mark.parametrize(("a", "b"), list(itertools.product(NUMERIC, NUMERIC)))
def test_promotion(node: NodeSession, a: str, b: str) -> None:
    assert upcast(a, b) == node.evaluate("return tf.upcastType(args.a, args.b)", a=a, b=b)


@pytest.mark.parametrize("other", NUMERIC)
def test_strings_are_not_promoted(node: NodeSession, other: str) -> None:
    for a, b in (("string", other), (other, "string")):
        with pytest.raises(TfjsError) as theirs:
            node.evaluate("return tf.upcastType(args.a, args.b)", a=a, b=b)
        with pytest.raises(ValueError, match="Can not upcast") as ours:
            upcast(a, b)
        assert str(ours.value) == str(theirs.value)
    assert upcast("string", "string") == "string"


@pytest.mark.parametrize(
    "value", [1, 1.5, True, "a", [1], [[True, False]], [["a"]], [], [[]], [True, 1], [1, True]]
)
def test_inference_from_plain_values(node: NodeSession, value: Any) -> None:
    assert infer_dtype(value) == node.evaluate("return tf.tensor(args.x).dtype", x=value)


@pytest.mark.parametrize(
    ("dtype", "expected"),
    [
        ("float16", "float32"),
        ("float64", "float32"),
        (tensorflow.bfloat16, "float32"),
        (tensorflow.bool, "bool"),
        (tensorflow.string, "string"),
        ("int8", "int32"),
        ("uint64", "int32"),
        ("complex128", "complex64"),
        ("U3", "string"),
        ("S3", "string"),
        (object, "string"),
    ],
)
def test_every_numpy_and_tensorflow_dtype_has_a_name(dtype: Any, expected: str) -> None:
    assert tfjs_dtype(dtype) == expected


def test_each_name_is_the_name_of_its_numpy_dtype() -> None:
    assert [tfjs_dtype(numpy_dtype) for numpy_dtype in NUMPY_DTYPES.values()] == list(NUMPY_DTYPES)


def test_an_unknown_dtype_is_told_the_nearest_and_all() -> None:
    with pytest.raises(ValueError, match="did you mean 'float32'"):
        check_dtype("float64")
    with pytest.raises(ValueError, match="Known: bool, int32, float32, complex64, string"):
        check_dtype("x")
    assert check_dtype("int32") == "int32"


def test_inference_from_numpy_values_in_lists() -> None:
    assert infer_dtype([np.bool_(True)]) == "bool"
    assert infer_dtype([np.complex64(1)]) == "complex64"
    assert infer_dtype([np.int64([1, 2])]) == "int32"
