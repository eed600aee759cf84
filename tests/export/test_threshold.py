"""The threshold slider: the matrix, the rates and the point of the ROC follow it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn import metrics

from tests.export.conftest import Visitor


@pytest.fixture
def opened(visitor: Visitor) -> Visitor:
    visitor.open("tumours", "?backend=cpu")
    return visitor


def scores(cards: dict[str, dict[str, Any]]) -> tuple[np.ndarray, np.ndarray]:
    """The truths and the scores of the card."""
    card = cards["tumours"]
    return np.ravel(card["targets"]), np.ravel(card["predictions"])


def check(visitor: Visitor, cards: dict[str, dict[str, Any]], threshold: float) -> None:
    """Everything that is shown at a threshold, against scikit-learn."""
    truths, predictions = scores(cards)
    called = predictions > threshold
    page = visitor.page
    assert visitor.text(".slider output") == f"{threshold:.2f}"
    shown = [int(text) for text in page.locator(".confusion tbody td").all_inner_texts()]
    expected = metrics.confusion_matrix(truths, called)
    np.testing.assert_array_equal(np.reshape(shown, (2, 2)), expected)
    rates = {
        "accuracy": metrics.accuracy_score(truths, called),
        "precision": metrics.precision_score(truths, called, zero_division=np.nan),
        "recall": metrics.recall_score(truths, called),
        "falsePositiveRate": expected[0, 1] / expected[0].sum(),
        "area": metrics.roc_auc_score(truths, predictions),
    }
    for name, rate in rates.items():
        text = visitor.text(f"[data-value={name}]")
        assert text == ("\N{EN DASH}" if np.isnan(rate) else f"{rate:.4f}")
    # The point lies on the curve where the rates say.
    place = page.evaluate(
        """() => {
          const box = document.querySelector(".view .frame");
          const spot = document.querySelector(".view .spot");
          const of = (element, name) => Number(element.getAttribute(name));
          return [
            (of(spot, "cx") - of(box, "x")) / of(box, "width"),
            1 - (of(spot, "cy") - of(box, "y")) / of(box, "height"),
          ];
        }"""
    )
    np.testing.assert_allclose(place, [rates["falsePositiveRate"], rates["recall"]], atol=1e-4)


def move(visitor: Visitor, threshold: float) -> None:
    """Move the slider, as a pointer does."""
    visitor.page.fill(".slider input", str(threshold))


@pytest.mark.parametrize("threshold", [0.5, 0.05, 0.93, 0.0, 1.0])
def test_all_of_it_follows(
    threshold: float, opened: Visitor, cards: dict[str, dict[str, Any]]
) -> None:
    move(opened, threshold)
    check(opened, cards, threshold)


def test_by_keyboard(opened: Visitor, cards: dict[str, dict[str, Any]]) -> None:
    opened.page.focus(".slider input")
    for _ in range(7):
        opened.page.keyboard.press("ArrowLeft")
    check(opened, cards, 0.43)
    said = opened.text(".unseen")
    assert "Threshold 0.43" in said
    assert opened.text("[data-value=recall]") in said


def test_the_curve_is_scikit_learns(opened: Visitor, cards: dict[str, dict[str, Any]]) -> None:
    rates, recalls, _ = metrics.roc_curve(*scores(cards), drop_intermediate=False)
    points = opened.page.evaluate(
        """() => {
          const box = document.querySelector(".view .frame");
          const of = (name) => Number(box.getAttribute(name));
          return document.querySelector(".view .line.thick").getAttribute("d")
            .slice(1).split("L").map((pair) => pair.split(" ").map(Number))
            .map(([x, y]) => [(x - of("x")) / of("width"), 1 - (y - of("y")) / of("height")]);
        }"""
    )
    np.testing.assert_allclose(points, np.stack([rates, recalls], axis=1), atol=5e-4)


def test_the_class_of_a_row_depends_on_it(
    opened: Visitor, cards: dict[str, dict[str, Any]]
) -> None:
    _, predictions = scores(cards)
    row = int(np.argmin(np.abs(predictions - 0.4)))
    opened.page.click("summary")
    opened.page.fill(".row-choice input", str(row + 1))
    answer = ".view .answer"
    for threshold, kind in ((0.2, "malignant"), (0.8, "benign")):
        move(opened, threshold)
        opened.page.wait_for_function(
            "kind => document.querySelector('.view .answer').textContent.includes(`: ${kind}.`)",
            arg=kind,
            timeout=10_000,
        )
        assert f"{predictions[row]:.3f}"[:-1] in opened.text(answer)
