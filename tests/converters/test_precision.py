"""Half precision is float32 in tf.js, and said to be."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tfjsbridge.converters import save_keras_model
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession

layers = keras.layers


def model(policy: str | None = None) -> Any:
    return keras.Sequential(
        [keras.Input((4,)), layers.Dense(8, "tanh", dtype=policy), layers.Dense(2)], name="model"
    )


@pytest.mark.parametrize("format", ["layers", "graph"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_it_is_said_and_computed_in_float32(
    dtype: str, format: Any, node: NodeSession, tmp_path: Path
) -> None:
    half, single = model(f"mixed_{dtype}"), model()
    single.set_weights(half.get_weights())
    with pytest.warns(UserWarning, match=f"'model' computes in {dtype}, tf.js in float32"):
        save_keras_model(half, tmp_path, format=format)
    x = np.random.default_rng(0).normal(size=(9, 4)).astype(np.float32)
    [got] = node.predict(tmp_path, [x])
    np.testing.assert_allclose(got, single.predict(x, verbose=0), rtol=1e-5, atol=1e-6)


def test_nothing_is_said_of_other_models(tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        save_keras_model(model(), tmp_path)
        save_keras_model(model("float64"), tmp_path)
