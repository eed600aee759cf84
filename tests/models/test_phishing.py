"""A threshold that is not 0.5."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from models import datasets, exported, phishing
from models import page as pages
from models.features import PHISHING
from tests.models.loaded import card, page, predictions
from tfjsbridge import report


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "asked", lambda *_: None)


def test_keeps_its_promises(run_script) -> None:
    assert run_script("phishing").missed == []


def test_the_figures_are_scikit_learns(run_script, outputs: Path, offline: None) -> None:
    figures = run_script("phishing").figures
    _, _, test_xs, test_ys = phishing.data()
    scores = predictions(outputs, "phishing", test_xs)
    auc = metrics.roc_auc_score(test_ys, scores)
    assert figures["AUC"] == pytest.approx(auc, abs=1e-4)
    accuracy = metrics.accuracy_score(test_ys, scores > 0.5)
    assert figures["accuracy at 0.5"] == pytest.approx(accuracy)


def test_the_chosen_threshold_is_the_cheapest_of_the_training_part(
    run_script, outputs: Path, offline: None
) -> None:
    figures = run_script("phishing").figures
    xs, ys, test_xs, test_ys = phishing.data()
    scores = predictions(outputs, "phishing", xs)
    costs = {}
    for threshold in np.unique(scores):
        (_, false_alarms), (misses, _) = metrics.confusion_matrix(ys, scores > threshold)
        costs[float(threshold)] = false_alarms + 10 * misses
    chosen = report.thresholds(ys, scores, cost=phishing.COST)
    assert phishing.cost(chosen) == min(costs.values())
    assert chosen.threshold < 0.5
    recall = metrics.recall_score(
        test_ys, predictions(outputs, "phishing", test_xs) > chosen.threshold
    )
    assert figures["recall at the chosen threshold"] == pytest.approx(recall)


def test_a_row_of_the_table_is_scikit_learns() -> None:
    truth = np.array([0, 0, 0, 1, 1])
    scores = np.array([0.1, 0.6, 0.3, 0.2, 0.9])
    row = phishing.threshold_row(report.binary(truth, scores, 0.5))
    ((tn, fp), (fn, tp)) = metrics.confusion_matrix(truth, scores > 0.5)
    assert row[1:5] == [tp, fn, fp, tn]
    assert row[5:9] == pytest.approx([3 / 5, 1 / 2, 1 / 2, 1 / 3])
    assert row[9] == 1 + 10


def test_the_page_says_which_data(run_script, outputs: Path) -> None:
    run_script("phishing")
    assert "breast cancer" in page(outputs, "phishing")
    found = card(outputs, "phishing")
    assert found["kind"] == "binary"
    assert len(found["features"]) == 30
    assert found["classes"][1]["zh"] == "恶性"


@pytest.mark.slow
def test_with_an_answer_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(0)
    xs = random.choice([-1.0, 0.0, 1.0], size=(1000, 30))
    honest = np.where(xs[:, :8].sum(axis=1) + random.normal(size=1000) > 0, 1.0, -1.0)
    monkeypatch.setattr(datasets, "openml", lambda number: (list(PHISHING), xs, honest))
    monkeypatch.setattr(exported, "EXPORTS", tmp_path / "models")
    monkeypatch.setattr(pages, "PICTURES", tmp_path / "pictures")
    datasets.phishing.cache_clear()
    try:
        outcome = phishing.main(0)
    finally:
        datasets.phishing.cache_clear()
    assert outcome.figures["AUC"] > 0.9
    assert "1,000 web sites, from OpenML" in page(tmp_path, "phishing")
    found = card(tmp_path, "phishing")
    assert [words["en"] for words in found["classes"]] == ["honest", "phishing"]
    assert found["features"][1]["en"] == "length of the URL (standardised)"
