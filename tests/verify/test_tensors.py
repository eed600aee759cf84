from __future__ import annotations

import json
import math

import numpy as np
import pytest

from tfjsbridge.verify.tensors import decode, encode, encode_tensor


def test_values_survive_json() -> None:
    value = {
        "arrays": [np.arange(6, dtype=np.int32).reshape(2, 3), np.array(True)],
        "numbers": (1, 2.5, math.inf, -math.inf, math.nan, np.float32(0.5)),
        "others": ["text", None, False],
    }
    back = decode(json.loads(json.dumps(encode(value), allow_nan=False)))
    assert np.array_equal(back["arrays"][0], value["arrays"][0])
    assert back["arrays"][1].dtype == np.bool_
    assert back["arrays"][1].shape == ()
    assert back["numbers"][:4] == [1, 2.5, math.inf, -math.inf]
    assert math.isnan(back["numbers"][4])
    assert back["numbers"][5] == 0.5
    assert back["others"] == value["others"]


def test_integers_that_tfjs_cannot_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="int32; the array holds 0 to 2147483648"):
        encode_tensor(np.array([0, 2**31]))


def test_dtypes_that_tfjs_does_not_know_are_refused() -> None:
    with pytest.raises(TypeError, match="no dtype for NumPy's datetime64"):
        encode_tensor(np.array(["2020-01-01"], "datetime64[D]"))
