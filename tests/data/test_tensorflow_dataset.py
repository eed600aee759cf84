"""Datasets as TensorFlow's own, for Keras."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.runtime import keras, tensorflow

X = np.random.default_rng(0).normal(size=(20, 3)).astype(np.float32)
Y = X.sum(axis=1, keepdims=True)


def pairs() -> tf.data.Dataset:
    return tf.data.array([{"xs": x, "ys": y} for x, y in zip(X, Y, strict=True)])


def values(dataset: Any) -> list[Any]:
    return list(dataset.as_numpy_iterator())


@pytest.mark.parametrize("size", [5, 7])
def test_keras_trains_on_a_dataset_as_on_its_own(size: int) -> None:
    def model() -> Any:
        model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1, name="d")])
        model.set_weights([np.ones((3, 1)), np.zeros(1)])
        model.compile("sgd", "mse")
        return model

    native = tensorflow.data.Dataset.from_tensor_slices((X, Y)).batch(size)
    ours = pairs().batch(size).tensorflow()
    assert ours.element_spec == native.element_spec
    assert ours.cardinality() == native.cardinality()
    expected, found = (
        model().fit(data, epochs=3, shuffle=False, verbose=0).history for data in (native, ours)
    )
    np.testing.assert_allclose(found["loss"], expected["loss"], rtol=1e-6)


def test_elements_keep_their_structure() -> None:
    items = [
        {"n": 1, "b": True, "s": "x", "l": [1, 2], "d": {"t": tf.tensor([1, 2], dtype="int32")}},
        {"n": 2.5, "b": False, "s": "ü", "l": [3, 4], "d": {"t": tf.tensor([3, 4], dtype="int32")}},
    ]
    dataset = tf.data.array(items).tensorflow()
    specs = {name: (spec.dtype.name, spec.shape) for name, spec in dataset.element_spec.items()
             if name != "d"}  # fmt: skip
    assert specs == {"n": ("float32", []), "b": ("bool", []), "s": ("string", []),
                     "l": ("float32", [2])}  # fmt: skip
    first, second = values(dataset)
    assert (first["n"], first["b"], first["s"]) == (1, True, b"x")
    assert (second["n"], second["b"], second["s"].decode()) == (2.5, False, "ü")
    assert second["l"].tolist() == [3, 4]
    assert second["d"]["t"].tolist() == [3, 4]
    assert second["d"]["t"].dtype == np.int32


def test_what_is_missing() -> None:
    items = [{"n": None, "s": "x"}, {"n": 2}, {"n": "3", "s": 4}]
    found = values(tf.data.array(items).tensorflow())
    np.testing.assert_equal([float(e["n"]) for e in found], [math.nan, 2, 3])
    assert [e["s"] for e in found] == [b"x", b"", b"4"]


def test_sizes() -> None:
    assert pairs().tensorflow().cardinality() == 20
    assert pairs().repeat().tensorflow().cardinality() == tensorflow.data.INFINITE_CARDINALITY
    unknown = pairs().filter(lambda e: True).tensorflow()
    assert unknown.cardinality() == tensorflow.data.UNKNOWN_CARDINALITY


def test_what_can_be_read_once_is_read_once() -> None:
    numbers = iter([1, 2, 3])
    dataset = tf.data.func(lambda: {"value": next(numbers, None), "done": False}).take(3)
    assert values(dataset.tensorflow()) == [1, 2, 3]
    again = tf.data.array([1, 2]).tensorflow()
    assert [values(again), values(again)] == [[1, 2], [1, 2]]


def test_a_signature_of_ones_own() -> None:
    signature = (
        tensorflow.TensorSpec([None, 3], tensorflow.float32),
        tensorflow.TensorSpec([None, 1], tensorflow.float32),
    )
    dataset = pairs().batch(8).take(0).tensorflow(signature)
    assert values(dataset) == []
    x, _ = values(pairs().batch(8).tensorflow(signature))[2]
    np.testing.assert_allclose(x, X[16:])
    with pytest.raises(ValueError, match=r"no elements to see what they are like: give output_sig"):
        pairs().take(0).tensorflow()


def test_pairs_of_a_generator() -> None:
    dataset = tf.data.generator(lambda: iter(zip(X, Y, strict=True))).tensorflow()
    x, y = values(dataset)[3]
    np.testing.assert_array_equal(x, X[3])
    np.testing.assert_array_equal(y, Y[3])


def test_tensors_are_disposed_of() -> None:
    dataset = pairs().batch(4)
    before = tf.memory()["numTensors"]
    values(dataset.tensorflow())
    assert tf.memory()["numTensors"] == before
