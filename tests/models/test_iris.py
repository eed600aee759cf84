"""Three kinds of iris."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from models import iris
from tests.models.loaded import card, page, predictions


def test_keeps_its_promises(run_script) -> None:
    assert run_script("iris").missed == []


def test_the_accuracy_of_the_worst_class_is_scikit_learns(run_script, outputs: Path) -> None:
    figures = run_script("iris").figures
    xs, ys = iris.data()
    called = predictions(outputs, "iris", xs).argmax(axis=1)
    each = metrics.recall_score(np.asarray(ys).argmax(axis=1), called, average=None)
    assert figures["accuracy of the worst class"] == pytest.approx(each.min())


def test_the_data_is_as_said() -> None:
    xs, targets = iris.data()
    assert xs.shape == (150, 4)
    assert targets.shape == [150, 3]
    np.testing.assert_array_equal(np.asarray(targets).sum(axis=0), [50, 50, 50])
    assert 0 < xs.min() < xs.max() < 1


def test_the_page_has_the_vectors_of_a_flower_of_each_kind(run_script, outputs: Path) -> None:
    run_script("iris")
    found = page(outputs, "iris")
    for vector in ("[1, 0, 0]", "[0, 1, 0]", "[0, 0, 1]"):
        assert vector in found
    assert "Confusion matrix" in found


def test_the_card_names_features_and_kinds(run_script, outputs: Path) -> None:
    run_script("iris")
    found = card(outputs, "iris")
    assert found["kind"] == "multiclass"
    assert len(found["features"]) == 4
    assert [kind["en"] for kind in found["classes"]] == ["setosa", "versicolor", "virginica"]
