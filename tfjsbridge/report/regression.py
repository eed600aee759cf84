"""regression: how far predicted numbers are from the true ones."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn import metrics

from tfjsbridge.report import pictures
from tfjsbridge.report.base import Report, Table, plain
from tfjsbridge.report.inputs import check_lengths, numbers, weights

#: The names of the numbers, and scikit-learn's functions.
METRICS = {
    "mean_squared_error": metrics.mean_squared_error,
    "root_mean_squared_error": metrics.root_mean_squared_error,
    "mean_absolute_error": metrics.mean_absolute_error,
    "mean_absolute_percentage_error": metrics.mean_absolute_percentage_error,
    "median_absolute_error": metrics.median_absolute_error,
    "r2_score": metrics.r2_score,
    "explained_variance": metrics.explained_variance_score,
}


@dataclass(frozen=True, repr=False)
class RegressionReport(Report):
    """Predicted numbers against true ones; of several targets, each number is their mean.

    Attributes:
      examples: how many there are.
      mean_squared_error, root_mean_squared_error, mean_absolute_error, median_absolute_error: in
        the targets' unit, or its square.
      mean_absolute_percentage_error: as a share, 0.05 for 5 %, as scikit-learn has it.
      max_error: the largest distance.
      r2_score: 1 for perfect predictions, 0 for always the mean; NaN of a single example.
      explained_variance: the same without regard to a constant error.
      per_target: the numbers of each target, where there are several.
      y_true, y_pred: [examples, targets].
    """

    examples: int
    mean_squared_error: float
    root_mean_squared_error: float
    mean_absolute_error: float
    mean_absolute_percentage_error: float
    median_absolute_error: float
    max_error: float
    r2_score: float
    explained_variance: float
    per_target: list[dict[str, float]]
    y_true: np.ndarray = field(compare=False)
    y_pred: np.ndarray = field(compare=False)

    def to_dict(self) -> dict[str, Any]:
        """The numbers by name."""
        names = ["examples", *METRICS, "max_error", "per_target"]
        return {name: plain(getattr(self, name)) for name in names}

    def tables(self) -> list[Table]:
        """The numbers, and those of each target."""
        names = [*METRICS, "max_error"]
        rows = [(name.replace("_", " "), getattr(self, name)) for name in names]
        result = [Table(f"Regression of {self.examples:,} examples", ["", ""], rows)]
        if self.per_target:
            headings = ["target", *(name.replace("_", " ") for name in METRICS)]
            each = [
                [number, *(values[name] for name in METRICS)]
                for number, values in enumerate(self.per_target)
            ]
            result.append(Table("Each target", headings, each))
        return result

    def plot(self) -> Any:
        """True against predicted numbers, residuals against predictions, and their histogram.

        Raises:
          ImportError: without the pictures extra.
        """
        return pictures.regression(self)


def regression(yTrue: Any, yPred: Any, *, sampleWeight: Any = None) -> RegressionReport:
    """How far predicted numbers are from the true ones.

    Args:
      yTrue: the true numbers, [examples] or [examples, targets].
      yPred: the predicted ones, likewise.
      sampleWeight: how much each example counts, [examples].

    Raises:
      ValueError: for arrays that do not fit each other, or NaN.
    """
    true, predicted = (
        values.reshape(len(values), -1)
        for values in (numbers("yTrue", yTrue), numbers("yPred", yPred))
    )
    weight = weights(sampleWeight)
    check_lengths(yTrue=true, yPred=predicted, sampleWeight=weight)
    if true.shape != predicted.shape:
        raise ValueError(
            f"yTrue has {true.shape[1]} target(s) and yPred has {predicted.shape[1]}: their shapes "
            f"are {list(true.shape)} and {list(predicted.shape)}."
        )
    each = {
        name: _each(name, function, true, predicted, weight) for name, function in METRICS.items()
    }
    several = true.shape[1] > 1
    per_target = [
        {name: float(values[number]) for name, values in each.items()}
        for number in range(true.shape[1] if several else 0)
    ]
    return RegressionReport(
        examples=len(true),
        **{name: float(np.mean(values)) for name, values in each.items()},
        max_error=float(np.abs(true - predicted).max()),
        per_target=per_target,
        y_true=true,
        y_pred=predicted,
    )


def _each(
    name: str, function: Any, true: np.ndarray, predicted: np.ndarray, weight: np.ndarray | None
) -> np.ndarray:
    """A metric of each target."""
    if name == "r2_score" and len(true) < 2:  # scikit-learn warns, and says NaN too
        return np.full(true.shape[1], np.nan)
    return np.atleast_1d(function(true, predicted, sample_weight=weight, multioutput="raw_values"))
