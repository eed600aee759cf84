"""binary: how well scores tell two classes apart."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn import metrics
from sklearn.exceptions import UndefinedMetricWarning

from tfjsbridge.report import pictures
from tfjsbridge.report.base import Report, Table, count, plain
from tfjsbridge.report.inputs import array, check_lengths, column, numbers, weights
from tfjsbridge.report.threshold_slider import threshold_slider


@dataclass(frozen=True)
class Curve:
    """A receiver operating characteristic, as scikit-learn's `roc_curve` gives it.

    Attributes:
      fpr: the false positive rates, rising.
      tpr: the true positive rates.
      thresholds: the scores from which on examples count as positive, falling from infinity.
    """

    fpr: np.ndarray
    tpr: np.ndarray
    thresholds: np.ndarray


@dataclass(frozen=True, repr=False)
class BinaryReport(Report):
    """Scores of two classes against the truth. A score above the threshold counts as positive.

    Attributes:
      labels: the negative and the positive class.
      threshold: see above.
      true_positives, false_negatives, false_positives, true_negatives: how many examples, or the
        sum of their weights.
      accuracy: the share of examples that are right.
      precision: the share of positives among what was called positive; 0 where nothing was.
      recall: the share of the positives that were called so, the true positive rate; 0 without any.
      false_positive_rate: the share of the negatives that were called positive.
      f1: the harmonic mean of precision and recall.
      auc: the area under the ROC curve: how often a positive has a higher score than a negative.
      average_precision: the area under the curve of precision over recall.
      log_loss: the mean binary cross-entropy; NaN for scores outside of 0 to 1.
      roc: the ROC curve.
    """

    labels: tuple[Any, Any]
    threshold: float
    true_positives: float
    false_negatives: float
    false_positives: float
    true_negatives: float
    accuracy: float
    precision: float
    recall: float
    false_positive_rate: float
    f1: float
    auc: float
    average_precision: float
    log_loss: float
    roc: Curve = field(compare=False)
    positive: np.ndarray = field(compare=False)  # whether each example is, [examples] bool
    scores: np.ndarray = field(compare=False)  # [examples] float64
    weights: np.ndarray | None = field(compare=False)  # [examples] float64

    @property
    def true_positive_rate(self) -> float:
        """Recall by its other name."""
        return self.recall

    @property
    def confusion(self) -> list[list[float]]:
        """[[true positives, false negatives], [false positives, true negatives]]."""
        return [
            [self.true_positives, self.false_negatives],
            [self.false_positives, self.true_negatives],
        ]

    def at(self, threshold: float) -> BinaryReport:
        """The same scores at another threshold."""
        return _report(self.labels, self.positive, self.scores, threshold, self.weights)

    def to_dict(self) -> dict[str, Any]:
        """The numbers by name, with the points of the ROC curve."""
        names = [
            *("labels", "threshold", "true_positives", "false_negatives", "false_positives"),
            *("true_negatives", "accuracy", "precision", "recall", "false_positive_rate", "f1"),
            *("auc", "average_precision", "log_loss"),
        ]
        return {name: plain(getattr(self, name)) for name in names} | {
            "roc": {name: plain(values) for name, values in vars(self.roc).items()}
        }

    def tables(self) -> list[Table]:
        """The confusion matrix, and the numbers."""
        negative, positive = self.labels
        confusion = Table(
            f"Confusion matrix, positive above {self.threshold:.6g}",
            ["", f"predicted {positive}", f"predicted {negative}"],
            [
                [f"actually {positive}", *self.confusion[0]],
                [f"actually {negative}", *self.confusion[1]],
            ],
        )
        names = [
            *("accuracy", "precision", "recall", "false_positive_rate", "f1", "auc"),
            *("average_precision", "log_loss"),
        ]
        shown = {"recall": "recall (true positive rate)", "auc": "AUC", "f1": "F1"}
        rows = [(shown.get(name, name.replace("_", " ")), getattr(self, name)) for name in names]
        return [confusion, Table(f"Positive is {positive}", ["", ""], rows)]

    def plot(self) -> Any:
        """The ROC curve, precision over recall, the confusion matrix, and the scores."""
        return pictures.binary(self)

    def plot_thresholds(self) -> Any:
        """The ROC curve, the confusion matrix and the rates, with the threshold as a slider.

        Raises:
          ImportError: without the pictures extra.
        """
        return threshold_slider(self)


def binary(
    yTrue: Any,
    yScore: Any,
    threshold: float = 0.5,
    *,
    positive: Any = None,
    sampleWeight: Any = None,
) -> BinaryReport:
    """How well scores tell two classes apart.

    Args:
      yTrue: the classes, [examples] of two values of any dtype.
      yScore: the scores of the positive class, as a sigmoid gives them, [examples] or
        [examples, 1]; or the probabilities of both, [examples, 2].
      threshold: a score above it counts as positive, as in tf.js's `binaryAccuracy`.
      positive: the positive class; without it the later one, as 1 of 0 and 1.
      sampleWeight: how much each example counts, [examples].

    Raises:
      ValueError: for arrays that do not fit each other, more than two classes, or NaN.
    """
    labels, is_positive, scores, weight = prepared(yTrue, yScore, positive, sampleWeight)
    return _report(labels, is_positive, scores, threshold, weight)


def prepared(
    yTrue: Any, yScore: Any, positive: Any, sampleWeight: Any
) -> tuple[tuple[Any, Any], np.ndarray, np.ndarray, np.ndarray | None]:
    """The labels, which examples are positive, their scores and weights."""
    true = column("yTrue", array("yTrue", yTrue))
    scores = numbers("yScore", yScore)
    if scores.ndim == 2 and scores.shape[1] == 2:
        scores = scores[:, 1]
    scores = column("yScore", scores)
    weight = weights(sampleWeight)
    check_lengths(yTrue=true, yScore=scores, sampleWeight=weight)
    labels = _labels(true, positive)
    return labels, true == labels[1], scores, weight


def _labels(true: np.ndarray, positive: Any) -> tuple[Any, Any]:
    """The negative and the positive class."""
    if true.dtype.kind == "f" and np.isnan(true).any():
        raise ValueError(f"yTrue has {int(np.isnan(true).sum())} values that are NaN.")
    found = np.unique(true).tolist()
    if len(found) > 2:
        raise ValueError(
            f"yTrue has {len(found)} classes, {', '.join(map(repr, found[:4]))}"
            f"{', ...' if len(found) > 4 else ''}; binary expects two. For more: multiclass."
        )
    if positive is None:
        if len(found) == 2:
            return found[0], found[1]
        if found[0] in (0, 1):
            kind = type(found[0])
            return kind(0), kind(1)
        raise ValueError(
            f"yTrue has a single class, {found[0]!r}; say which one is positive: positive=..."
        )
    if positive not in found and len(found) == 2:
        raise ValueError(f"positive={positive!r} is none of the classes in yTrue, {found}.")
    others = [label for label in found if label != positive]
    return (others[0] if others else f"not {positive}"), positive


def _report(
    labels: tuple[Any, Any],
    positive: np.ndarray,
    scores: np.ndarray,
    threshold: float,
    weight: np.ndarray | None,
) -> BinaryReport:
    called = scores > threshold
    [[tn, fp], [fn, tp]] = metrics.confusion_matrix(
        positive, called, labels=[False, True], sample_weight=weight
    )
    precision, recall, f1, _ = metrics.precision_recall_fscore_support(
        positive, called, average="binary", sample_weight=weight, zero_division=0.0
    )
    roc, auc, average_precision = areas(positive, scores, weight)
    log_loss = float("nan")
    if scores.min() >= 0 and scores.max() <= 1:
        log_loss = metrics.log_loss(positive, scores, labels=[False, True], sample_weight=weight)
    return BinaryReport(
        labels=labels,
        threshold=float(threshold),
        true_positives=count(tp),
        false_negatives=count(fn),
        false_positives=count(fp),
        true_negatives=count(tn),
        accuracy=float(metrics.accuracy_score(positive, called, sample_weight=weight)),
        precision=float(precision),
        recall=float(recall),
        false_positive_rate=float(fp / (fp + tn)) if fp + tn else float("nan"),
        f1=float(f1),
        auc=auc,
        average_precision=average_precision,
        log_loss=float(log_loss),
        roc=roc,
        positive=positive,
        scores=scores,
        weights=weight,
    )


def areas(
    positive: np.ndarray, scores: np.ndarray, weight: np.ndarray | None
) -> tuple[Curve, float, float]:
    """The ROC curve, the area under it, and the average precision; NaN for a single class."""
    with warnings.catch_warnings():  # of a single class, which the report shows as undefined
        warnings.simplefilter("ignore", UndefinedMetricWarning)
        curve = Curve(*metrics.roc_curve(positive, scores, sample_weight=weight))
    if positive.all() or not positive.any():
        return curve, float("nan"), float("nan")
    auc = metrics.roc_auc_score(positive, scores, sample_weight=weight)
    average = metrics.average_precision_score(positive, scores, sample_weight=weight)
    return curve, float(auc), float(average)
