"""Exports that are verified at once, and the first layer that differs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from tests.converters.cases import build, sequential
from tests.converters.graph_cases import build as build_graph
from tfjsbridge.cli import main
from tfjsbridge.converters import registry, save_keras_model
from tfjsbridge.converters.registry import TfjsLayer
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession, VerificationFailed

layers = keras.layers


@pytest.mark.parametrize("format", ["layers", "graph"])
def test_a_right_export_is_written(format: Any, node: NodeSession, tmp_path: Path) -> None:
    path = save_keras_model(build("convolutional network"), tmp_path, format=format, verify=True)
    assert path.exists()


@pytest.mark.filterwarnings("ignore:.*is written as a graph-model")
def test_a_subclassed_model(node: NodeSession, tmp_path: Path) -> None:
    assert save_keras_model(build_graph("subclassed"), tmp_path, verify=True).exists()


@pytest.fixture
def wrong_leaky(monkeypatch: pytest.MonkeyPatch) -> None:
    """A conversion that is wrong on purpose."""

    def write(layer: Any) -> TfjsLayer:
        return TfjsLayer("LeakyReLU", {"alpha": 2.0})

    monkeypatch.setitem(registry.WRITERS, layers.LeakyReLU, write)


def model() -> Any:
    return sequential(layers.Dense(3), layers.LeakyReLU(name="e"), layers.Dense(2), layers.ReLU())


def test_the_first_layer_that_differs_is_named(
    wrong_leaky: None, node: NodeSession, tmp_path: Path
) -> None:
    with pytest.raises(VerificationFailed) as caught:
        save_keras_model(model(), tmp_path / "out", verify=True)
    assert "The first layer that differs is 'e' (LeakyReLU), by" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_the_command_names_it_too(wrong_leaky: None, node: NodeSession, tmp_path: Path) -> None:
    model().save(tmp_path / "m.keras")
    arguments = ["convert", str(tmp_path / "m.keras"), str(tmp_path / "out"), "--verify"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 1
    assert "NOT the same" in done.output
    assert "The first layer that differs is 'e' (LeakyReLU), by" in done.output


def test_what_tfjs_does_not_compute(
    monkeypatch: pytest.MonkeyPatch, node: NodeSession, tmp_path: Path
) -> None:
    monkeypatch.setitem(
        registry.WRITERS, layers.LeakyReLU, lambda layer: TfjsLayer("Nonsense", {"alpha": 1.0})
    )
    with pytest.raises(VerificationFailed, match=r"does not compute is 'e' .*: Unknown layer"):
        save_keras_model(model(), tmp_path / "out", verify=True)


def test_weights_that_are_not_close(node: NodeSession, tmp_path: Path) -> None:
    large = sequential(layers.Dense(4, name="d"))
    large.get_layer("d").set_weights([np.full((4, 4), 1e30), np.full(4, 1e-30)])
    assert save_keras_model(large, tmp_path, verify=True).exists()
