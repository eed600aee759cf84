"""The threshold's slider: what it shows at each threshold is the report there."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from tfjsbridge import report

RNG = np.random.default_rng(0)
TRUE = RNG.integers(0, 2, 200)
SCORES = np.clip(TRUE * 0.3 + RNG.normal(0.35, 0.25, 200), 0, 1)


@pytest.mark.parametrize("threshold", [0.5, 0.123])
def test_every_step_is_scikit_learns(threshold: float) -> None:
    made = report.binary(TRUE, SCORES, threshold).plot_thresholds()
    [slider] = made.layout.sliders
    names = [step.label for step in slider.steps]
    assert [frame.name for frame in made.frames] == names
    assert {"0", "0.5", "1", f"{threshold:g}"} <= set(names)
    assert names[slider.active] == f"{threshold:g}"
    for frame in made.frames:
        called = float(frame.name) < SCORES
        tn, fp, fn, tp = metrics.confusion_matrix(TRUE, called).ravel()
        point, matrix, rates = frame.data
        assert point.x[0] == pytest.approx(fp / (fp + tn), abs=1e-5)
        assert point.y[0] == pytest.approx(tp / (tp + fn), abs=1e-5)
        assert [list(row) for row in matrix.z] == [[tp, fn], [fp, tn]]
        expected = [
            metrics.accuracy_score(TRUE, called),
            metrics.precision_score(TRUE, called, zero_division=0),
            metrics.recall_score(TRUE, called),
            fp / (fp + tn),
            metrics.f1_score(TRUE, called),
        ]
        np.testing.assert_allclose(rates.x, expected, atol=1e-5)
        assert list(rates.y) == ["accuracy", "precision", "recall", "FPR", "F1"]
        assert frame.traces == (2, 3, 4)
    # The figure shows the step at hand, its point on the curve.
    curve, _, point, matrix, _ = made.data
    assert point.x == made.frames[slider.active].data[0].x
    assert matrix.z == made.frames[slider.active].data[1].z
    np.testing.assert_array_equal(curve.x, report.binary(TRUE, SCORES).roc.fpr)


def test_scores_that_are_no_probabilities() -> None:
    made = report.binary(TRUE, SCORES * 10 - 5, 0.0).plot_thresholds()
    steps = [float(step.label) for step in made.layout.sliders[0].steps]
    assert (min(steps), max(steps)) == (-5, 5)
    assert 0 in steps


def test_one_class_alone_and_names() -> None:
    made = report.binary([1, 1], [0.2, 0.8]).plot_thresholds()
    assert made.data[2].x == (None,)
    words = np.array(["ham", "spam"])[TRUE]
    matrix = report.binary(words, SCORES).plot_thresholds().data[3]
    assert list(matrix.y) == ["is spam", "is ham"]
    assert list(matrix.x) == ["called<br>spam", "called<br>ham"]
    of_numbers = report.binary(TRUE.astype(float), SCORES).plot_thresholds().data[3]
    assert list(of_numbers.y) == ["is 1", "is 0"]
