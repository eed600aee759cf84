"""GRUs that reset after the multiplication: any length, and how large they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.converters.cases import build, sequential
from tfjsbridge.converters import save_keras_model
from tfjsbridge.converters.layers.reset_after import MOST_STEPS
from tfjsbridge.converters.topology import topology
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession

layers = keras.layers


@pytest.mark.parametrize("backend", ["cpu", "wasm"])
def test_any_number_of_steps(backend: str, node: NodeSession, tmp_path: Path) -> None:
    model = build("GRU both ways, any length")
    save_keras_model(model, tmp_path, format="layers")
    for steps in (1, 20):
        x = np.random.default_rng(steps).normal(size=(2, steps, 2)).astype("float32")
        got = node.predict(tmp_path, [x], backend)
        np.testing.assert_allclose(got[0], model(x), atol=1e-5)


def test_values_that_are_large(node: NodeSession, tmp_path: Path) -> None:
    # In phases the gates are held open or shut, whatever comes.
    model = build("GRU, any length")
    save_keras_model(model, tmp_path, format="layers")
    x = np.random.default_rng(1).normal(scale=500.0, size=(4, 9, 2)).astype("float32")
    np.testing.assert_allclose(node.predict(tmp_path, [x])[0], model(x), atol=1e-5)


def size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir())


@pytest.mark.slow
@pytest.mark.parametrize("layer", [layers.GRU, layers.LSTM, layers.SimpleRNN])
def test_it_is_a_tenth_of_a_graph(layer: Any, tmp_path: Path) -> None:
    model = sequential(layer(8), shape=(40, 4))
    sizes = {}
    for format in ("layers", "graph"):
        save_keras_model(model, tmp_path / format, format=format)
        sizes[format] = size(tmp_path / format)
    assert sizes["layers"] < 0.1 * sizes["graph"]


def test_a_step_that_is_not_trained() -> None:
    model = sequential(
        layers.GRU(2, name="g", trainable=False), layers.Dense(1, name="d"), shape=(3, 2)
    )
    assert topology(model).trainable == ["d/kernel", "d/bias"]


def entries(model: Any) -> int:
    return len(topology(model).config["config"]["layers"])


def test_few_layers_for_many_steps() -> None:
    def gru(steps: int) -> Any:
        return sequential(layers.GRU(2), shape=(steps, 2))

    # Twice the square root of the steps, to cut them.
    assert entries(gru(MOST_STEPS)) - entries(gru(4)) < 2 * MOST_STEPS**0.5
    assert entries(gru(MOST_STEPS + 1)) < 10
