"""Digits written by hand."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models import datasets, exported, mnist
from models import page as pages
from tests.models.loaded import card, page, predictions


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "asked", lambda *_: None)


def test_keeps_its_promises(run_script) -> None:
    assert run_script("mnist").missed == []


def test_the_accuracy_is_of_pictures_that_were_not_trained_on(
    run_script, outputs: Path, offline: None
) -> None:
    figures = run_script("mnist").figures
    xs, ys, test_xs, test_ys = mnist.data()
    assert xs.shape == (1347, 8, 8, 1)
    assert ys.shape == (1347, 10)
    assert test_xs.shape == (450, 8, 8, 1)
    right = predictions(outputs, "mnist", test_xs).argmax(axis=1) == test_ys.argmax(axis=1)
    assert figures["accuracy on the test part"] == pytest.approx(right.mean(), abs=1e-4)


def test_the_worst_mistakes_come_first() -> None:
    ys = np.eye(3)[[0, 1, 2, 0]]
    probabilities = np.array([[0.3, 0.6, 0.1], [0, 1, 0], [0.9, 0.05, 0.05], [0.8, 0.1, 0.1]])
    assert mnist.worst_mistakes(ys, probabilities).tolist() == [2, 0]
    assert mnist.worst_mistakes(ys, probabilities, most=1).tolist() == [2]


def test_a_perfect_reader_has_no_mistakes_to_draw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert mnist.worst_mistakes(np.eye(3), np.eye(3)).tolist() == []
    monkeypatch.setattr(pages, "PICTURES", tmp_path / "pictures")
    monkeypatch.setattr(pages, "screenshot", lambda *_: False)
    drawn = pages.Page("digits", mnist.TITLE, mnist.IDEA)
    mnist.draw_mistakes(drawn, np.zeros((3, 8, 8, 1)), np.eye(3), np.eye(3))
    drawn.write()
    assert "There are none" in page(tmp_path, "digits")


def test_the_page_and_the_card(run_script, outputs: Path) -> None:
    run_script("mnist")
    found = page(outputs, "mnist")
    assert "1,797 digits" in found
    for part in ("Pictures of the training part", "16 filters", "Confusion matrix", ", not "):
        assert part in found
    digits = card(outputs, "mnist")
    assert digits["kind"] == "digits"
    assert np.shape(digits["inputs"]) == (400, 8, 8, 1)
    assert len(digits["classes"]) == 10


@pytest.mark.slow
def test_with_an_answer_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures of MNIST's size; here scikit-learn's, three times as wide and high."""
    from sklearn.datasets import load_digits

    small = load_digits()
    images = np.zeros((len(small.images), 28, 28), dtype=np.uint8)
    images[:, 2:26, 2:26] = np.kron(small.images, np.ones((3, 3))) / 16 * 255
    monkeypatch.setattr(datasets, "mnist", lambda: (images, small.target))
    monkeypatch.setattr(exported, "EXPORTS", tmp_path / "models")
    monkeypatch.setattr(pages, "PICTURES", tmp_path / "pictures")
    datasets.digits.cache_clear()
    try:
        outcome = mnist.main(0)
    finally:
        datasets.digits.cache_clear()
    assert outcome.missed == []
    assert "of MNIST" in page(tmp_path, "mnist")
    assert np.shape(card(tmp_path, "mnist")["inputs"]) == (100, 28, 28, 1)
