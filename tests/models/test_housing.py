"""A number from many features."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics import r2_score

from models import datasets, exported, housing
from models import page as pages
from models.features import BOSTON, DIABETES, standardised
from tests.models.loaded import card, page, predictions


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(datasets, "asked", lambda *_: None)


def test_keeps_its_promises(run_script) -> None:
    assert run_script("housing").missed == []


def test_the_r2_is_of_rows_that_were_not_trained_on(
    run_script, outputs: Path, offline: None
) -> None:
    figures = run_script("housing").figures
    xs, ys, test_xs, test_ys = housing.data()
    assert len(xs) + len(test_xs) == 442
    assert not {tuple(row) for row in xs} & {tuple(row) for row in test_xs}
    mine = r2_score(test_ys, predictions(outputs, "housing", test_xs))
    baseline = r2_score(test_ys, LinearRegression().fit(xs, ys).predict(test_xs))
    assert figures["R² on the test part"] == pytest.approx(mine, abs=1e-5)
    assert figures["R² behind the linear model"] == pytest.approx(baseline - mine, abs=1e-5)


def test_only_the_training_part_sets_the_scale(offline: None) -> None:
    xs, _, test_xs, _ = housing.data()
    np.testing.assert_allclose(xs.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(xs.std(axis=0), 1)
    assert np.abs(test_xs.mean(axis=0)).max() > 1e-3


def test_the_page_says_which_data_and_who_won(run_script, outputs: Path) -> None:
    figures = run_script("housing").figures
    found = page(outputs, "housing")
    assert "diabetes" in found
    assert ("not worth its pains" in found) == (figures["R² behind the linear model"] > 0)
    features = card(outputs, "housing")["features"]
    assert features[2] == standardised([DIABETES["bmi"]])[0].to_dict()
    assert "standardised" in features[2]["en"]


@pytest.mark.slow
def test_with_an_answer_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Prices that are not linear in the features: here the network is worth its pains."""
    random = np.random.default_rng(0)
    xs = random.normal(size=(506, 13))
    prices = 22 + 6 * np.tanh(2 * xs[:, 5]) * np.sign(xs[:, 12]) + 2 * xs[:, 0]
    monkeypatch.setattr(datasets, "openml", lambda number: (list(BOSTON), xs, prices))
    monkeypatch.setattr(exported, "EXPORTS", tmp_path / "models")
    monkeypatch.setattr(pages, "PICTURES", tmp_path / "pictures")
    datasets.housing.cache_clear()
    try:
        outcome = housing.main(0)
    finally:
        datasets.housing.cache_clear()
    assert outcome.figures["R² behind the linear model"] < -0.1
    found = page(tmp_path, "housing")
    assert "from OpenML" in found
    assert "better than the linear model" in found
    assert card(tmp_path, "housing")["features"][5]["en"] == "rooms per dwelling (standardised)"
