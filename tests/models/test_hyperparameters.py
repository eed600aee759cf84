"""The search over hyperparameters."""

from __future__ import annotations

import numpy as np
import pytest

from models.hyperparameters import GRID, build, classifier, data, heatmap


@pytest.mark.slow
def test_keeps_its_promises(run_script) -> None:
    assert run_script("hyperparameters").missed == []


@pytest.mark.slow
def test_the_page_names_every_choice(run_script) -> None:
    page = run_script("hyperparameters").page.read_text("utf-8")
    for heading in ("layers", "neurons", "learning rate", "batch size", "accuracy"):
        assert f"<th>{heading}</th>" in page
    assert page.count("<tr>") == 1 + 5 + 1


def test_the_data_is_as_said() -> None:
    (xs, ys), (test_xs, test_ys) = data()
    assert (xs.shape, ys.shape) == ((300, 2), (300,))
    assert (test_xs.shape, test_ys.shape) == ((1000, 2), (1000,))
    assert not set(map(tuple, xs)) & set(map(tuple, test_xs))


@pytest.mark.parametrize("layers", GRID["model__layers"])
@pytest.mark.parametrize("units", GRID["model__units"])
def test_builds_what_the_search_asks_for(layers: int, units: int) -> None:
    model = build([2], 2, layers=layers, units=units, learningRate=0.1)
    between = (layers - 1) * (units * units + units)
    assert model.countParams() == (2 * units + units) + between + (2 * units + 2)
    assert float(model.keras.optimizer.learning_rate.value) == pytest.approx(0.1)


def test_a_good_candidate_beats_a_bad_one() -> None:
    (xs, ys), (test_xs, test_ys) = data()
    scores = []
    for units, rate, batch in ((16, 0.03, 20), (2, 0.001, 100)):
        candidate = classifier().set_params(
            model__units=units, model__learningRate=rate, batchSize=batch
        )
        scores.append(candidate.fit(xs, ys).score(test_xs, test_ys))
    assert scores[0] > 0.88
    assert scores[0] > scores[1] + 0.05


def test_the_heat_map_has_each_candidate_at_its_place() -> None:
    from sklearn.model_selection import ParameterGrid

    candidates = list(ParameterGrid(GRID))
    scores = np.linspace(0.5, 0.9, len(candidates))
    (cells,) = heatmap({"params": candidates, "mean_test_score": scores}).data
    assert np.shape(cells.z) == (4, 4)
    for candidate, score in zip(candidates, scores, strict=True):
        row = list(cells.y).index(f"{candidate['model__layers']} × {candidate['model__units']}")
        column = list(cells.x).index(
            f"{candidate['model__learningRate']:g}, {candidate['batchSize']}"
        )
        assert cells.z[row][column] == pytest.approx(score, abs=1e-3)
