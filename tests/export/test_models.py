"""Every kind of model loads, predicts as in Python on each backend, and answers."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.export.conftest import Visitor
from tests.export.small_models import MODELS

BACKENDS = ("webgl", "wasm", "webgpu", "cpu")


def numbers(text: str) -> list[float]:
    """All numbers of a text."""
    return [float(found) for found in re.findall(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?", text)]


@pytest.mark.slow
@pytest.mark.parametrize("backend", BACKENDS)
def test_predictions_are_pythons(backend: str, visitor: Visitor) -> None:
    visitor.overview(f"?backend={backend}")
    assert visitor.page.evaluate("tf.getBackend()") == backend
    for name in MODELS:
        visitor.open(name, f"?backend={backend}")
        assert float(visitor.text("[data-value=same]")) < 1e-4
        assert "the same as Python's" in visitor.text(".facts .answer")
        assert visitor.text("[data-value=one]").endswith(" ms")


@pytest.mark.slow
def test_the_backend_changes_under_an_open_model(visitor: Visitor) -> None:
    visitor.open("circle", "?backend=cpu")
    for backend in ("wasm", "webgl", "webgpu", "cpu"):
        visitor.choose_backend(backend)
        visitor.wait("circle")
        assert float(visitor.text("[data-value=same]")) < 1e-4


def test_memory_is_given_back(visitor: Visitor) -> None:
    visitor.open("circle", "?backend=cpu")
    before = visitor.page.evaluate("tf.memory().numTensors")
    for name in ("irises", "digits", "circle"):
        visitor.page.evaluate("name => { location.hash = name; }", name)
        visitor.wait(name)
    assert visitor.page.evaluate("tf.memory().numTensors") == before


def test_other_predictions_are_said(
    site: Path, tmp_path: Path, serve: Callable[[Path], str], visit: Callable[..., Visitor]
) -> None:
    other = tmp_path / "export"
    shutil.copytree(site, other)
    path = other / "models" / "line" / "card.json"
    card = json.loads(path.read_text("utf-8"))
    card["predictions"][3][0] += 0.25
    path.write_text(json.dumps(card), encoding="utf-8")
    visitor = visit(serve(other))
    visitor.open("line", "?backend=cpu")
    assert "not the same" in visitor.text(".facts .answer")
    assert float(visitor.text("[data-value=same]")) == pytest.approx(0.25, abs=1e-4)


def test_the_plane_answers_a_click_and_the_keys(site: Path, visitor: Visitor) -> None:
    model = tf.loadLayersModel(site / "models" / "circle")
    visitor.open("circle", "?backend=cpu")
    box = visitor.page.locator(".plane").bounding_box()
    visitor.page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 0.45 * box["height"])
    answer = ".view .answer"
    visitor.page.wait_for_function("() => document.querySelector('.view .answer').textContent")
    said = visitor.text(answer)
    # "x1 = 0.1, x2 = 0.2: inside. Probability of “inside”: 0.9"
    _, x, _, y, probability = numbers(said)
    expected = float(model.predict(np.array([[x, y]])).arraySync()[0][0])
    assert probability == pytest.approx(expected, abs=5e-3)  # x and y are said with three digits
    assert (": inside." in said) == (expected > 0.5)

    visitor.page.focus(".plane")
    for _ in range(60):
        visitor.page.keyboard.press("ArrowRight")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_function(
        "old => document.querySelector('.view .answer').textContent !== old", arg=said
    )
    _, x, _, y, probability = numbers(visitor.text(answer))
    expected = float(model.predict(np.array([[x, y]])).arraySync()[0][0])
    assert probability == pytest.approx(expected, abs=5e-3)
    assert "outside." in visitor.text(answer)


def test_the_surface_is_the_models(site: Path, visitor: Visitor) -> None:
    model = tf.loadLayersModel(site / "models" / "circle")
    visitor.open("circle", "?backend=wasm")
    pixels = visitor.page.evaluate(
        """() => {
          const canvas = document.querySelector(".surface");
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          return { size: canvas.width, data: [...data] };
        }"""
    )
    size = pixels["size"]
    image = np.array(pixels["data"]).reshape(size, size, 4)[::-1]  # from the bottom up
    card = json.loads((site / "models" / "circle" / "card.json").read_text("utf-8"))
    low, high = np.min(card["inputs"], axis=0), np.max(card["inputs"], axis=0)
    margin = 0.06 * (high - low)
    axes = [np.linspace(low[i] - margin[i], high[i] + margin[i], size) for i in range(2)]
    points = np.stack(np.meshgrid(*axes), axis=-1)
    expected = np.asarray(model.predict(points.reshape(-1, 2))).reshape(size, size, 1)
    blue, white, orange = (np.array(c) for c in ((0, 114, 178), (255, 255, 255), (213, 94, 0)))
    towards = np.abs(expected - 0.5) * 2
    colours = white + towards * (np.where(expected < 0.5, blue, orange) - white)
    assert np.abs(image[..., :3] - colours).max() <= 1.5


@pytest.mark.parametrize("name", ["line", "band"])
def test_the_line_answers_a_click_and_the_keys(name: str, site: Path, visitor: Visitor) -> None:
    model = tf.loadLayersModel(site / "models" / name)
    visitor.open(name, "?backend=cpu")
    box = visitor.page.locator(".plane").bounding_box()
    visitor.page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"])
    visitor.page.wait_for_function("() => document.querySelector('.view .answer').textContent")
    said = visitor.text(".view .answer")
    found = numbers(said)
    expected = float(model.predict(np.array([[found[0]]])).arraySync()[0][0])
    assert found[-1] == pytest.approx(expected, abs=5e-3)
    visitor.page.focus(".plane")
    visitor.page.keyboard.press("ArrowLeft")
    visitor.page.keyboard.press("Enter")
    visitor.page.wait_for_function(
        "old => document.querySelector('.view .answer').textContent !== old", arg=said
    )
    found = numbers(visitor.text(".view .answer"))
    expected = float(model.predict(np.array([[found[0]]])).arraySync()[0][0])
    assert found[-1] == pytest.approx(expected, abs=2e-2)


def test_fields_ask_for_other_inputs(
    site: Path, cards: dict[str, dict[str, Any]], visitor: Visitor
) -> None:
    model = tf.loadLayersModel(site / "models" / "irises")
    visitor.open("irises", "?backend=cpu")
    for field, value in zip(
        visitor.page.locator(".field [type=number]").all(), "6541", strict=True
    ):
        field.fill(value)
    expected = np.asarray(model.predict(np.array([[6.0, 5.0, 4.0, 1.0]])))[0]
    _wait_for_bars(visitor, expected)
    visitor.page.fill(".row-choice input", "120")
    _wait_for_bars(visitor, np.array(cards["irises"]["predictions"][119]))


def _wait_for_bars(visitor: Visitor, expected: np.ndarray) -> None:
    visitor.page.wait_for_function(
        """expected => [...document.querySelectorAll(".bars .value")]
          .every((value, i) => Math.abs(Number(value.textContent) - expected[i]) < 2e-3)""",
        arg=expected.tolist(),
        timeout=10_000,
    )


def test_several_classes_are_counted_as_by_scikit_learn(
    cards: dict[str, dict[str, Any]], visitor: Visitor
) -> None:
    from sklearn.metrics import confusion_matrix

    visitor.open("irises", "?backend=cpu")
    card = cards["irises"]
    expected = confusion_matrix(
        np.argmax(card["targets"], axis=1), np.argmax(card["predictions"], axis=1)
    )
    shown = [int(text) for text in visitor.page.locator(".confusion tbody td").all_inner_texts()]
    np.testing.assert_array_equal(np.reshape(shown, (3, 3)), expected)
    right = np.trace(expected)
    assert f"Right: {right} of 150" in visitor.text(".view")


def test_a_regression_is_measured_as_by_scikit_learn(
    site: Path, cards: dict[str, dict[str, Any]], visitor: Visitor
) -> None:
    from sklearn import metrics

    visitor.open("diabetes", "?backend=cpu")
    truths, predictions = (np.ravel(cards["diabetes"][name]) for name in ("targets", "predictions"))
    for key, measure in (
        ("mae", metrics.mean_absolute_error),
        ("rmse", metrics.root_mean_squared_error),
        ("r2", metrics.r2_score),
    ):
        shown = float(visitor.text(f"[data-value={key}]"))
        assert shown == pytest.approx(measure(truths, predictions), rel=1e-3)
    assert visitor.page.locator(".view .mark").count() == len(truths)
    visitor.page.click("summary")
    visitor.page.locator(".field [type=number]").first.fill("2.5")
    row = [2.5, *cards["diabetes"]["inputs"][0][1:]]
    model = tf.loadLayersModel(site / "models" / "diabetes")
    expected = float(model.predict(np.array([row])).arraySync()[0][0])
    visitor.page.wait_for_function(
        """expected => Math.abs(document.querySelector(".view .answer").textContent
          .match(/-?[0-9.]+$/)[0] - expected) < 2e-3""",
        arg=expected,
        timeout=10_000,
    )
