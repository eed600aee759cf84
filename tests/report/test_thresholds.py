"""The best threshold for an aim, against trying all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tfjsbridge import report

#: A score between 0 and 1, often one that others have too.
SCORE = st.one_of(st.sampled_from([0.0, 0.25, 0.5, 1.0]), st.floats(0, 1))
DATA = st.lists(st.tuples(st.booleans(), SCORE), min_size=2, max_size=12).filter(
    lambda rows: len({positive for positive, _ in rows}) == 2
)


def every_report(true: np.ndarray, scores: np.ndarray) -> list[report.BinaryReport]:
    """A report for each way in which a threshold can part the scores."""
    edges = np.unique(scores)
    return [report.binary(true, scores, t) for t in [*edges, np.nextafter(edges[0], -1)]]


def split(rows: Any) -> tuple[np.ndarray, np.ndarray]:
    positive, scores = zip(*rows, strict=True)
    return np.array(positive), np.array(scores)


@settings(deadline=None, max_examples=40)
@given(rows=DATA, least=st.floats(0, 1))
def test_recall(rows: Any, least: float) -> None:
    true, scores = split(rows)
    found = report.thresholds(true, scores, recall=least)
    enough = [each for each in every_report(true, scores) if each.recall >= least - 1e-12]
    assert found.recall >= least - 1e-12
    assert found.precision == max(each.precision for each in enough)


@settings(deadline=None, max_examples=40)
@given(rows=DATA, least=st.floats(0, 1))
def test_precision(rows: Any, least: float) -> None:
    true, scores = split(rows)
    enough = [each for each in every_report(true, scores) if each.precision >= least - 1e-12]
    if not enough:
        with pytest.raises(ValueError, match="No threshold has a precision of at least"):
            report.thresholds(true, scores, precision=least)
        return
    found = report.thresholds(true, scores, precision=least)
    assert found.precision >= least - 1e-12
    assert found.recall == max(each.recall for each in enough)


@settings(deadline=None, max_examples=40)
@given(rows=DATA, false_positive=st.integers(0, 5), false_negative=st.integers(0, 5))
def test_cost(rows: Any, false_positive: int, false_negative: int) -> None:
    true, scores = split(rows)

    def cost(each: report.BinaryReport) -> float:
        return false_positive * each.false_positives + false_negative * each.false_negatives

    costs = {"false_positive": false_positive, "false_negative": false_negative}
    found = report.thresholds(true, scores, cost=costs)
    assert cost(found) == min(map(cost, every_report(true, scores)))


def test_the_threshold_lies_between_scores() -> None:
    true, scores = [0, 0, 1, 1], np.array([0.1, 0.4, 0.6, 0.9])
    found = report.thresholds(true, scores, recall=1)
    assert (found.threshold, found.precision, found.recall) == (0.5, 1, 1)
    assert report.thresholds(true, scores, precision=1).threshold == 0.5
    expensive = {"false_positive": 1000, "false_negative": 0}
    nothing = report.thresholds(true, scores, cost=expensive)
    assert (nothing.threshold, nothing.true_positives) == (pytest.approx(0.95), 0)
    cheap = {"false_positive": 0, "false_negative": 1}
    assert report.thresholds([1, 0, 1], [0.2, 0.4, 0.6], cost=cheap).threshold == 0.1


def test_weights_count() -> None:
    true, scores = [0, 1, 0, 1], [0.2, 0.4, 0.6, 0.8]
    costs = {"false_positive": 1, "false_negative": 1}
    for weight, threshold in (([1, 9, 1, 1], 0.3), ([1, 1, 9, 1], 0.7)):
        found = report.thresholds(true, scores, cost=costs, sampleWeight=weight)
        assert found.threshold == pytest.approx(threshold)


@pytest.mark.parametrize(
    ("aim", "said"),
    [
        ({}, "State one aim: recall=, precision= or cost=; got none"),
        ({"recall": 0.5, "precision": 0.5}, "got recall and precision"),
        ({"recall": 1.5}, "recall must be from 0 to 1"),
        ({"precision": 0.99}, "No threshold has a precision of at least 0.99; the best is 0.5000"),
        ({"cost": {"falsePositive": 1}}, "did you mean 'false_positive'.*'false_negative' is miss"),
        ({"cost": {"false_positive": -1, "false_negative": 1}}, "'false_positive' is negative"),
    ],
    ids=str,
)
def test_aims_that_make_no_sense(aim: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        report.thresholds([1, 0, 0, 1], [0.5, 0.5, 0.9, 0.9], **aim)


def test_one_class_alone() -> None:
    with pytest.raises(ValueError, match="one class alone, 1"):
        report.thresholds([1, 1], [0.5, 0.7], recall=0.5)
