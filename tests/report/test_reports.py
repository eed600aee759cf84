"""Every number of a report against scikit-learn, and what reports say of data that do not fit."""

from __future__ import annotations

import json
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

import tfjsbridge as tf
from tfjsbridge import report

RNG = np.random.default_rng(0)
TRUE = RNG.integers(0, 2, 300)
SCORES = np.clip(TRUE * 0.3 + RNG.normal(0.35, 0.25, 300), 0, 1)
WEIGHTS = RNG.random(300)


@pytest.mark.parametrize("weight", [None, WEIGHTS], ids=["alike", "weighted"])
@pytest.mark.parametrize("threshold", [0.0, 0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize(
    "scores", [SCORES, np.round(SCORES, 1), np.full(300, 0.5)], ids=["any", "ties", "all the same"]
)
def test_binary(scores: Any, threshold: float, weight: Any) -> None:
    found = report.binary(TRUE, scores, threshold, sampleWeight=weight)
    called = (scores > threshold).astype(int)
    both = {"sample_weight": weight}
    tn, fp, fn, tp = metrics.confusion_matrix(TRUE, called, **both).ravel()
    expected = {
        "true_positives": tp,
        "false_negatives": fn,
        "false_positives": fp,
        "true_negatives": tn,
        "accuracy": metrics.accuracy_score(TRUE, called, **both),
        "precision": metrics.precision_score(TRUE, called, zero_division=0, **both),
        "recall": metrics.recall_score(TRUE, called, **both),
        "true_positive_rate": metrics.recall_score(TRUE, called, **both),
        "false_positive_rate": fp / (fp + tn),
        "f1": metrics.f1_score(TRUE, called, **both),
        "auc": metrics.roc_auc_score(TRUE, scores, **both),
        "average_precision": metrics.average_precision_score(TRUE, scores, **both),
        "log_loss": metrics.log_loss(TRUE, scores, **both),
    }
    for name, value in expected.items():
        assert getattr(found, name) == pytest.approx(value, rel=1e-12), name
    for ours, theirs in zip(
        vars(found.roc).values(), metrics.roc_curve(TRUE, scores, **both), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    assert found.confusion == [[tp, fn], [fp, tn]]
    assert report.binary(TRUE, scores, 0.3, sampleWeight=weight).at(threshold) == found


@pytest.mark.parametrize(
    "given",
    [
        (TRUE[:, None], SCORES[:, None]),
        (TRUE.astype(bool), np.column_stack([1 - SCORES, SCORES])),
        (TRUE.tolist(), SCORES.tolist()),
        (pd.Series(TRUE), pd.DataFrame({"score": SCORES})),
        (np.array(["ham", "spam"])[TRUE], SCORES),
        (TRUE * 2.0 - 1, SCORES),
    ],
    ids=["columns", "probabilities of both", "lists", "pandas", "words", "minus one"],
)
def test_what_binary_takes(given: Any) -> None:
    found, expected = report.binary(*given), report.binary(TRUE, SCORES)
    assert (found.confusion, found.auc) == (expected.confusion, expected.auc)


def test_tensors() -> None:
    found = report.binary(tf.tensor1d(TRUE), tf.tensor2d(SCORES[:, None]))
    assert found.auc == pytest.approx(metrics.roc_auc_score(TRUE, SCORES), abs=1e-6)


def test_which_class_is_positive() -> None:
    words = np.array(["ham", "spam"])[TRUE]
    assert report.binary(words, SCORES).labels == ("ham", "spam")
    turned = report.binary(words, 1 - SCORES, positive="ham")
    assert turned.labels == ("spam", "ham")
    assert turned.auc == pytest.approx(report.binary(words, SCORES).auc)
    assert report.binary(["ham"] * 3, [0.2, 0.3, 0.7], positive="spam").true_negatives == 2


@pytest.mark.parametrize("value", [0, 1])
def test_one_class_alone(value: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = report.binary(np.full(4, value), [0.1, 0.4, 0.6, 0.2])
    assert np.isnan([found.auc, found.average_precision]).all()
    assert np.isnan(found.false_positive_rate) == bool(value)
    assert found.precision == value
    assert found.recall == (0.25 if value else 0)
    assert "AUC" in str(found)
    assert found.to_dict()["auc"] is None
    found.plot()


def test_logits_have_no_log_loss() -> None:
    found = report.binary(TRUE, SCORES * 10 - 5, 0.0)
    assert np.isnan(found.log_loss)
    assert found.auc == pytest.approx(metrics.roc_auc_score(TRUE, SCORES))


CLASSES = RNG.integers(0, 4, 200)
PROBABILITIES = RNG.dirichlet(np.ones(4), 200) + np.eye(4)[CLASSES] * 0.4
PROBABILITIES /= PROBABILITIES.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("weight", [None, WEIGHTS[:200]], ids=["alike", "weighted"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_multiclass(weight: Any, dtype: Any) -> None:
    scores = PROBABILITIES.astype(dtype)
    found = report.multiclass(CLASSES, scores, sampleWeight=weight)
    called = scores.argmax(axis=1)
    both = {"sample_weight": weight}
    np.testing.assert_array_equal(
        found.confusion, metrics.confusion_matrix(CLASSES, called, **both)
    )
    assert found.accuracy == metrics.accuracy_score(CLASSES, called, **both)
    assert found.macro_f1 == metrics.f1_score(CLASSES, called, average="macro", **both)
    assert found.log_loss == pytest.approx(
        metrics.log_loss(CLASSES, PROBABILITIES, **both), abs=1e-6
    )
    expected = metrics.classification_report(CLASSES, called, output_dict=True, **both)
    aucs = metrics.roc_auc_score(np.eye(4)[CLASSES], scores, average=None, **both)
    for number, each in enumerate(found.classes):
        theirs = expected[str(number)]
        assert each.label == number
        assert each.precision == pytest.approx(theirs["precision"])
        assert each.recall == pytest.approx(theirs["recall"])
        assert each.f1 == pytest.approx(theirs["f1-score"])
        assert each.examples == pytest.approx(theirs["support"])
        assert each.auc == pytest.approx(aucs[number])
        binary = report.binary(number == CLASSES, called == number, sampleWeight=weight)
        assert each.false_positive_rate == pytest.approx(binary.false_positive_rate)
        assert each.average_precision == pytest.approx(
            metrics.average_precision_score(number == CLASSES, scores[:, number], **both)
        )
    assert found.macro_auc == pytest.approx(np.mean(aucs))


WORDS = ["b", "d", "a", "c"]


@pytest.mark.parametrize(
    ("given", "labels", "expected"),
    [
        (CLASSES, None, [0, 1, 2, 3]),
        (CLASSES, WORDS, WORDS),
        (np.eye(4)[CLASSES], None, [0, 1, 2, 3]),
        (np.eye(4)[CLASSES], WORDS, WORDS),
        (np.array(WORDS)[CLASSES], WORDS, WORDS),
        (np.array(["p", "q", "r", "s"])[CLASSES], None, ["p", "q", "r", "s"]),
        (CLASSES[:, None], None, [0, 1, 2, 3]),
        (CLASSES * 10.0, None, [0.0, 10.0, 20.0, 30.0]),
    ],
    ids=["numbers", "named", "one-hot", "named one-hot", "words", "sorted", "column", "floats"],
)
def test_labels_of_several_classes(given: Any, labels: Any, expected: list[Any]) -> None:
    found = report.multiclass(given, PROBABILITIES, labels)
    assert found.labels == expected
    np.testing.assert_array_equal(
        found.confusion, report.multiclass(CLASSES, PROBABILITIES).confusion
    )


def test_a_class_that_does_not_occur() -> None:
    some = CLASSES != 2
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = report.multiclass(CLASSES[some], PROBABILITIES[some])
    assert found.labels == [0, 1, 2, 3]
    assert (found.classes[2].examples, found.classes[2].recall) == (0, 0)
    assert np.isnan(found.classes[2].auc)
    found.plot()


NUMBERS = RNG.normal(size=(100, 2)) + 3
PREDICTED = NUMBERS + RNG.normal(size=(100, 2)) / 2


@pytest.mark.parametrize("weight", [None, WEIGHTS[:100]], ids=["alike", "weighted"])
@pytest.mark.parametrize("columns", [slice(0, 1), slice(0, 2)], ids=["one", "several"])
def test_regression(columns: slice, weight: Any) -> None:
    true, predicted = NUMBERS[:, columns], PREDICTED[:, columns]
    found = report.regression(true, predicted, sampleWeight=weight)
    for name in (
        *("mean_squared_error", "root_mean_squared_error", "mean_absolute_error", "r2_score"),
        *("mean_absolute_percentage_error", "median_absolute_error"),
    ):
        expected = getattr(metrics, name)(true, predicted, sample_weight=weight)
        assert getattr(found, name) == pytest.approx(expected), name
    assert found.explained_variance == pytest.approx(
        metrics.explained_variance_score(true, predicted, sample_weight=weight)
    )
    assert found.max_error == np.abs(true - predicted).max()
    assert len(found.per_target) == (2 if true.shape[1] == 2 else 0)
    for number, each in enumerate(found.per_target):
        assert each["r2_score"] == pytest.approx(
            metrics.r2_score(true[:, number], predicted[:, number], sample_weight=weight)
        )


def test_a_single_example_has_no_r2_score() -> None:
    assert np.isnan(report.regression([1.0], [2.0]).r2_score)


REPORTS = [
    report.binary(TRUE, SCORES),
    report.binary(TRUE, SCORES, sampleWeight=WEIGHTS),
    report.multiclass(CLASSES, PROBABILITIES, WORDS),
    report.regression(NUMBERS, PREDICTED),
    report.regression(NUMBERS[:, 0], PREDICTED[:, 0]),
]


@pytest.mark.parametrize("found", REPORTS, ids=lambda found: type(found).__name__)
def test_every_report_is_shown(found: report.BinaryReport) -> None:
    text, page = str(found), found._repr_html_()
    for table in found.tables():
        assert table.title in text
        for row in table.rows:
            assert str(row[0]) in text
            assert str(row[0]) in page
    assert max(map(len, text.splitlines())) <= 100
    assert json.loads(json.dumps(found.to_dict(), allow_nan=False)) == found.to_dict()
    figure = found.plot()
    assert len(figure.data) >= 2
    assert repr(found) == text


def test_html_of_labels_is_escaped() -> None:
    found = report.binary(np.array(["<script>", "b"])[TRUE], SCORES)
    assert "<script>" not in found._repr_html_()


BAD = [
    (report.binary, (TRUE, SCORES[1:]), "yTrue has 300, yScore has 299"),
    (report.binary, (TRUE, np.where(SCORES > 0.9, np.nan, SCORES)), "yScore has .* NaN"),
    (report.binary, (np.where(TRUE, np.nan, 0.0), SCORES), "yTrue has .* NaN"),
    (report.binary, (CLASSES, SCORES[:200]), "4 classes, 0, 1, 2, 3; binary expects two"),
    (report.binary, ([], []), "no examples"),
    (report.binary, (1, 0.5), "got a single value"),
    (report.binary, (["a"] * 3, [0.1] * 3), "single class, 'a'; say which one is positive"),
    (report.binary, (TRUE, np.stack([SCORES] * 3, 1)), r"yScore must be \[examples\]"),
    (report.binary, (TRUE, ["high"] * 300), "yScore must be numbers, got <U4 'high'"),
    (report.multiclass, (CLASSES, SCORES[:200]), r"yProba must be \[examples, classes\]"),
    (report.multiclass, (CLASSES + 2, PROBABILITIES[:, :3]), "yTrue has 3, 4, 5, which are none"),
    (report.multiclass, (np.ones((200, 4)), PROBABILITIES), "must be one-hot"),
    (report.multiclass, (CLASSES, PROBABILITIES, ["a", "b"]), "labels must be 4 different ones"),
    (report.multiclass, (["x"] * 200, PROBABILITIES), "'x', which is none of the labels"),
    (report.regression, (NUMBERS, PREDICTED[:, 0]), "2 target.s. and yPred has 1"),
    (report.regression, (NUMBERS, PREDICTED[1:]), "yTrue has 100, yPred has 99"),
    (report.regression, ([np.inf], [1]), r"is NaN or infinite, the first at \[0\]"),
]


@pytest.mark.parametrize(("function", "given", "said"), BAD, ids=range(len(BAD)))
def test_what_does_not_fit(function: Any, given: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        function(*given)


def test_weights_that_do_not_fit() -> None:
    for weight, said in ((-WEIGHTS, "negative"), (0 * WEIGHTS, "0 for all"), ([1], "has 1")):
        with pytest.raises(ValueError, match=said):
            report.binary(TRUE, SCORES, sampleWeight=weight)
    with pytest.raises(ValueError, match="none of the classes"):
        report.binary(TRUE, SCORES, positive="spam")
