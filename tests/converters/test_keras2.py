"""Models of tf_keras are converted by way of Keras 3."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tfjsbridge.cli import main
from tfjsbridge.converters import save_keras_model
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import load_tensorflowjs
from tfjsbridge.verify import NodeSession

load_tensorflowjs()  # which imports it, quietly
tf_keras = pytest.importorskip("tf_keras", reason="tf_keras comes with tensorflowjs's packages")
layers = tf_keras.layers


def functional() -> Any:
    x = layers.Input((4,), name="x")
    y = layers.Dense(3, activation="swish", name="y")(x)
    return tf_keras.Model(x, [layers.Dense(2, name="b")(y), layers.Dense(1, name="a")(y)])


MODELS: dict[str, Callable[[], Any]] = {
    "dense": lambda: tf_keras.Sequential(
        [layers.Input((4,)), layers.Dense(3, "relu"), layers.Dropout(0.5), layers.Dense(2)]
    ),
    "functional": functional,
    "images": lambda: tf_keras.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(3, 3, activation="gelu"),
            layers.BatchNormalization(),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(2, activation="softmax"),
        ]
    ),
    "recurrent": lambda: tf_keras.Sequential(
        [
            layers.Input((5,)),
            layers.Embedding(9, 4),
            layers.Bidirectional(layers.LSTM(3, return_sequences=True)),
            layers.LSTM(2),
        ]
    ),
    "ReLU with a slope": lambda: tf_keras.Sequential(
        [layers.Input((4,)), layers.ReLU(negative_slope=0.1, threshold=0.5), layers.Dense(2)]
    ),
}


@pytest.mark.filterwarnings("ignore:.*is written as a graph-model")
@pytest.mark.parametrize("name", MODELS)
def test_predicts_the_same(name: str, node: NodeSession, tmp_path: Path) -> None:
    model = MODELS[name]()
    random = np.random.default_rng(0)
    model.set_weights([np.abs(w + random.normal(size=w.shape) / 4) for w in model.get_weights()])
    x = random.integers(0, 9, (6, *model.input_shape[1:])).astype(np.float32)
    save_keras_model(model, tmp_path)
    expected = model(x)
    expected = expected if isinstance(expected, list) else [expected]
    for got, wanted in zip(node.predict(tmp_path, [x]), expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-4, atol=1e-4)


def test_a_file_of_keras_2(node: NodeSession, tmp_path: Path) -> None:
    model = MODELS["recurrent"]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a legacy format
        model.save(tmp_path / "model.h5")
    before = (tmp_path / "model.h5").read_bytes()
    path = tmp_path / "model.h5"
    done = CliRunner().invoke(main, ["convert", str(path), str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    assert path.read_bytes() == before
    x = np.float32([[1, 2, 3, 4, 5]])
    np.testing.assert_allclose(node.predict(tmp_path / "out", [x])[0], model(x), atol=1e-5)


def test_what_keras_3_does_not_know(tmp_path: Path) -> None:
    class Own(layers.Layer):
        pass

    with pytest.raises(ConversionError, match="cannot be read by Keras 3"):
        save_keras_model(tf_keras.Sequential([layers.Input((4,)), Own()]), tmp_path)
