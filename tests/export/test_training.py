"""Going on with a training in the page: as Python would, and back."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.export.conftest import Visitor
from tests.export.small_models import MODELS


def train(visitor: Visitor, epochs: int, *, shuffle: bool = True) -> str:
    """Train, and wait for the end; what the page says then."""
    page = visitor.page
    page.fill(".training input[type=number]", str(epochs))
    page.set_checked(".training input[type=checkbox]", shuffle)
    page.click("button:text-is('Go on training')")
    page.wait_for_function(
        """() => /epochs:|cannot|diverged/
          .test(document.querySelector(".training .answer").textContent)"""
    )
    return visitor.text(".training .answer")


def logs(visitor: Visitor) -> dict[str, float]:
    """The loss and metrics that the page shows, and the epoch."""
    text = visitor.text(".logs")
    found = {name: float(value) for name, value in re.findall(r"(\w+) (-?[\d.e+-]+)(?:,|$)", text)}
    return found | {"epoch": float(re.search(r"Epoch (\d+)", text)[1])}


@pytest.mark.parametrize("name", MODELS)
def test_as_python_goes_on(
    name: str, site: Path, cards: dict[str, dict[str, Any]], visitor: Visitor
) -> None:
    card = cards[name]
    xs, ys = (np.array(card[part], dtype=np.float32) for part in ("inputs", "targets"))
    model = tf.loadLayersModel(site / "models" / name)
    before = float(model.evaluate(xs, ys)[0].arraySync())
    history = model.fit(xs, ys, epochs=4, batchSize=card["batchSize"], shuffle=False, verbose=0)

    visitor.open(name, "?backend=cpu")
    shown = logs(visitor)
    assert shown["epoch"] == 0
    assert shown["loss"] == pytest.approx(before, abs=1e-3)
    assert train(visitor, 4, shuffle=False).startswith("4 epochs")
    shown = logs(visitor)
    assert shown.pop("epoch") == 4
    assert shown.keys() == history.history.keys()
    for key, values in history.history.items():
        assert shown[key] == pytest.approx(values[-1], abs=1e-3), key


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["webgl", "wasm", "webgpu", "cpu"])
def test_the_loss_falls_and_the_weights_come_back(backend: str, visitor: Visitor) -> None:
    visitor.open("line", f"?backend={backend}")
    before = logs(visitor)["loss"]
    line = visitor.page.get_attribute(".view .line.thick", "d")
    train(visitor, 30)
    assert logs(visitor)["loss"] < 0.5 * before
    points = visitor.page.get_attribute(".training .line", "d").split("L")
    assert len(points) == 31
    heights = [float(point.split()[1]) for point in points]
    assert heights[-1] > heights[0]  # lower on the screen
    assert visitor.page.get_attribute(".view .line.thick", "d") != line

    visitor.page.click("button:text-is('Exported weights again')")
    visitor.page.wait_for_function(
        "line => document.querySelector('.view .line.thick').getAttribute('d') === line", arg=line
    )
    visitor.wait("line")
    assert logs(visitor) == {"epoch": 0, "loss": before, "mse": before}


def test_stops_when_asked_and_goes_on_from_there(visitor: Visitor) -> None:
    visitor.open("circle", "?backend=cpu")
    page = visitor.page
    page.fill(".training input[type=number]", "100000")
    page.click("button:text-is('Go on training')")
    page.wait_for_function("() => /Epoch [1-9]/.test(document.querySelector('.logs').textContent)")
    # The picture follows while it trains.
    before = page.evaluate("document.querySelector('.boundary').getAttribute('d')")
    page.wait_for_function(
        "before => document.querySelector('.boundary').getAttribute('d') !== before", arg=before
    )
    assert page.is_disabled("button:text-is('Go on training')")
    page.click("button:text-is('Stop')")
    page.wait_for_selector("button:text-is('Go on training'):enabled")
    epoch = logs(visitor)["epoch"]
    assert 1 <= epoch < 100000
    train(visitor, 3)
    assert logs(visitor)["epoch"] == epoch + 3


def test_leaving_ends_it(visitor: Visitor) -> None:
    visitor.open("circle", "?backend=cpu")
    page = visitor.page
    page.fill(".training input[type=number]", "100000")
    page.click("button:text-is('Go on training')")
    page.wait_for_function("() => /Epoch [1-9]/.test(document.querySelector('.logs').textContent)")
    page.click(".back")
    page.wait_for_selector(".card")
    assert page.evaluate("tf.memory().numTensors") == 0


def test_the_backend_may_change_while_it_trains(visitor: Visitor) -> None:
    visitor.open("circle", "?backend=cpu")
    page = visitor.page
    page.fill(".training input[type=number]", "100000")
    page.click("button:text-is('Go on training')")
    page.wait_for_function("() => /Epoch [1-9]/.test(document.querySelector('.logs').textContent)")
    visitor.choose_backend("wasm")
    page.wait_for_function("() => /Epoch 0/.test(document.querySelector('.logs').textContent)")
    visitor.wait("circle")
    assert float(visitor.text("[data-value=same]")) < 1e-4


def test_from_new_random_weights(visitor: Visitor) -> None:
    visitor.open("irises", "?backend=cpu")
    trained = logs(visitor)["loss"]
    visitor.page.click("button:text-is('New random weights')")
    visitor.page.wait_for_function(
        """loss => document.querySelector(".logs").textContent.match(/loss ([0-9.]+)/)[1] > loss""",
        arg=2 * trained,
    )
    fresh = logs(visitor)
    assert fresh["epoch"] == 0
    train(visitor, 60)
    assert logs(visitor)["loss"] < fresh["loss"]


def test_a_backend_that_cannot_train_says_so(visitor: Visitor) -> None:
    # tf.js's wasm has no gradient of convolutions.
    visitor.open("digits", "?backend=wasm")
    said = train(visitor, 1)
    assert "The backend wasm cannot train this model" in said
    visitor.choose_backend("cpu")
    visitor.wait("digits")
    assert train(visitor, 1).startswith("1 epochs")


def test_epochs_must_be_a_number(visitor: Visitor) -> None:
    visitor.open("line", "?backend=cpu")
    visitor.page.fill(".training input[type=number]", "0")
    visitor.page.click("button:text-is('Go on training')")
    assert visitor.page.is_enabled("button:text-is('Go on training')")
    assert logs(visitor)["epoch"] == 0
