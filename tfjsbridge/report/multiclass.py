"""multiclass: how well probabilities tell several classes apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn import metrics

from tfjsbridge.report import pictures
from tfjsbridge.report.base import Report, Table, count, plain
from tfjsbridge.report.binary import Curve, areas
from tfjsbridge.report.inputs import array, check_lengths, column, numbers, weights


@dataclass(frozen=True)
class ClassReport:
    """One class against all others.

    Attributes:
      label: the class.
      examples: how many there are, or the sum of their weights.
      precision: the share that is right of what was called so; 0 where nothing was.
      recall: the share of its examples that were called so; 0 without any.
      false_positive_rate: the share of the others that were called so.
      f1: the harmonic mean of precision and recall.
      auc: the area under the ROC curve of its probability.
      average_precision: the area under the curve of precision over recall.
      roc: the ROC curve.
    """

    label: Any
    examples: float
    precision: float
    recall: float
    false_positive_rate: float
    f1: float
    auc: float
    average_precision: float
    roc: Curve = field(compare=False)


@dataclass(frozen=True, repr=False)
class MulticlassReport(Report):
    """Probabilities of several classes against the truth; the most probable one is predicted.

    Attributes:
      labels: the classes, in the order of the probabilities.
      confusion: how many examples of each class (rows) were called each (columns), [n, n].
      accuracy: the share of examples that are right.
      macro_f1: the mean of the classes' F1.
      macro_auc: the mean of the classes' AUC.
      log_loss: the mean categorical cross-entropy; NaN where the rows are no probabilities.
      classes: a report for each class.
    """

    labels: list[Any]
    confusion: np.ndarray = field(compare=False)
    accuracy: float
    macro_f1: float
    macro_auc: float
    log_loss: float
    classes: list[ClassReport]

    def to_dict(self) -> dict[str, Any]:
        """The numbers by name, those of each class, and the points of their ROC curves."""
        names = ["labels", "confusion", "accuracy", "macro_f1", "macro_auc", "log_loss"]
        return {name: plain(getattr(self, name)) for name in names} | {
            "classes": [
                {
                    name: plain(vars(value) if isinstance(value, Curve) else value)
                    for name, value in vars(each).items()
                }
                for each in self.classes
            ]
        }

    def tables(self) -> list[Table]:
        """The confusion matrix, the numbers of each class, and those of all."""
        confusion = [
            [f"actually {label}", *map(count, row)]
            for label, row in zip(self.labels, self.confusion, strict=True)
        ]
        names = [
            *("examples", "precision", "recall", "false_positive_rate", "f1", "auc"),
            "average_precision",
        ]
        shown = {"false_positive_rate": "FPR", "f1": "F1", "auc": "AUC"}
        headings = ["class", *(shown.get(name, name.replace("_", " ")) for name in names)]
        each = [[c.label, *(getattr(c, name) for name in names)] for c in self.classes]
        all_classes = [
            ("accuracy", self.accuracy),
            ("macro F1", self.macro_f1),
            ("macro AUC", self.macro_auc),
            ("log loss", self.log_loss),
        ]
        return [
            Table("Confusion matrix", ["", *(f"as {label}" for label in self.labels)], confusion),
            Table("Each class", headings, each),
            Table("All classes", ["", ""], all_classes),
        ]

    def plot(self) -> Any:
        """The confusion matrix, and a ROC curve for each class."""
        return pictures.multiclass(self)


def multiclass(
    yTrue: Any, yProba: Any, labels: Sequence[Any] | None = None, *, sampleWeight: Any = None
) -> MulticlassReport:
    """How well probabilities tell several classes apart.

    Args:
      yTrue: the classes, [examples] of any dtype, or one-hot [examples, classes].
      yProba: the probability of each class, as a softmax gives them, [examples, classes].
      labels: the classes' values in yTrue, in the order of yProba's columns; or for yTrue of
        numbers from 0 or one-hot, names for them. Without it: the sorted values of yTrue where
        they are as many as there are columns, else the numbers of the columns.
      sampleWeight: how much each example counts, [examples].

    Raises:
      ValueError: for arrays that do not fit each other, or NaN.
    """
    scores = numbers("yProba", yProba)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise ValueError(f"yProba must be [examples, classes], got the shape {list(scores.shape)}.")
    weight = weights(sampleWeight)
    given = array("yTrue", yTrue)
    check_lengths(yTrue=given, yProba=scores, sampleWeight=weight)
    true, names = _numbered(given, scores.shape[1], labels)
    return _report(true, scores, names, weight)


def _numbered(
    true: np.ndarray, classes: int, labels: Sequence[Any] | None
) -> tuple[np.ndarray, list[Any]]:
    """The number of each example's class, and the classes' names."""
    numbered = range(classes)
    names = None if labels is None else list(labels)
    if names is not None and (len(names) != classes or len(set(names)) != classes):
        raise ValueError(f"labels must be {classes} different ones, for yProba's columns: {names}.")
    if true.ndim == 2 and true.shape[1] == classes:
        if not (np.isin(true, (0, 1)).all() and (true.sum(axis=1) == 1).all()):
            raise ValueError(
                f"yTrue of the shape {list(true.shape)} must be one-hot: a 1 in each row, else 0."
            )
        return true.argmax(axis=1), names or list(numbered)
    true = column("yTrue", true)
    found = np.unique(true).tolist()
    if names is None:
        names = found if len(found) == classes else list(numbered)
    values: Sequence[Any] = names
    if not set(found) <= set(names) and set(found) <= set(numbered):
        values = numbered
    unknown = [value for value in found if value not in values]
    if unknown:
        raise ValueError(
            f"yTrue has {', '.join(map(repr, unknown[:4]))}, which "
            f"{'is none' if len(unknown) == 1 else 'are none'} of the labels of yProba's {classes} "
            f"columns: {names}. Give the labels in the columns' order: labels=[...]."
        )
    place = {value: number for number, value in enumerate(values)}
    return np.array([place[value] for value in true.tolist()]), names


def _report(
    true: np.ndarray, scores: np.ndarray, labels: list[Any], weight: np.ndarray | None
) -> MulticlassReport:
    numbered = range(len(labels))
    called = scores.argmax(axis=1)
    confusion = metrics.confusion_matrix(true, called, labels=numbered, sample_weight=weight)
    precision, recall, f1, support = metrics.precision_recall_fscore_support(
        true, called, labels=numbered, sample_weight=weight, zero_division=0.0
    )
    classes = []
    for n in numbered:
        roc, auc, average_precision = areas(true == n, scores[:, n], weight)
        others = confusion.sum() - confusion[n].sum()
        false_positives = confusion[:, n].sum() - confusion[n, n]
        classes.append(
            ClassReport(
                label=labels[n],
                examples=count(support[n]),
                precision=float(precision[n]),
                recall=float(recall[n]),
                false_positive_rate=float(false_positives / others) if others else float("nan"),
                f1=float(f1[n]),
                auc=auc,
                average_precision=average_precision,
                roc=roc,
            )
        )
    sums = scores.sum(axis=1)
    probable = scores.min() >= 0 and bool(np.allclose(sums, 1, atol=1e-3))
    return MulticlassReport(
        labels=labels,
        confusion=confusion,
        accuracy=float(metrics.accuracy_score(true, called, sample_weight=weight)),
        macro_f1=float(np.mean(f1)),
        macro_auc=float(np.mean([each.auc for each in classes])),
        log_loss=float(
            # float32 probabilities do not sum to 1 in float64, of which scikit-learn would warn.
            metrics.log_loss(true, scores / sums[:, None], labels=numbered, sample_weight=weight)
        )
        if probable
        else float("nan"),
        classes=classes,
    )
