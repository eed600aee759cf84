"""thresholds: the threshold that suits a stated aim best."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn import metrics

from tfjsbridge.errors import did_you_mean
from tfjsbridge.report.binary import BinaryReport, binary, prepared

#: The kinds of errors that a cost is given for.
ERRORS = ("false_positive", "false_negative")


def thresholds(
    yTrue: Any,
    yScore: Any,
    *,
    recall: float | None = None,
    precision: float | None = None,
    cost: Mapping[str, float] | None = None,
    positive: Any = None,
    sampleWeight: Any = None,
) -> BinaryReport:
    """The report at the threshold that suits an aim best; its `threshold` is that.

    The threshold lies halfway between two scores, so that it makes no difference whether a page
    compares with `>` or `>=`.

    Args:
      yTrue: the classes, as of `binary`.
      yScore: the scores, as of `binary`.
      recall: of the thresholds with at least this recall, the one with the best precision.
      precision: of the thresholds with at least this precision, the one with the best recall.
      cost: the cheapest: {"false_positive": 1, "false_negative": 10}, for each such error.
      positive: the positive class, as of `binary`.
      sampleWeight: how much each example counts, [examples].

    Raises:
      ValueError: without exactly one aim, or where no threshold reaches it.
    """
    aims = {"recall": recall, "precision": precision, "cost": cost}
    given = [name for name, value in aims.items() if value is not None]
    if len(given) != 1:
        raise ValueError(
            f"State one aim: recall=, precision= or cost=; got {' and '.join(given) or 'none'}."
        )
    labels, is_positive, scores, weight = prepared(yTrue, yScore, positive, sampleWeight)
    if is_positive.all() or not is_positive.any():
        raise ValueError(
            f"yTrue has examples of one class alone, {labels[int(is_positive[0])]!r}; a threshold "
            "tells two apart."
        )
    fpr, tpr, edges = metrics.roc_curve(
        is_positive, scores, sample_weight=weight, drop_intermediate=False
    )
    count = np.ones(len(scores)) if weight is None else weight
    hits = tpr * count[is_positive].sum()
    false_alarms = fpr * count[~is_positive].sum()
    called = hits + false_alarms
    precisions = np.divide(hits, called, out=np.zeros_like(hits), where=called > 0)
    if cost is not None:
        _check_cost(cost)
        misses = count[is_positive].sum() - hits
        total = cost["false_positive"] * false_alarms + cost["false_negative"] * misses
        chosen = int(np.argmin(total))
    elif recall is not None:
        chosen = _best("recall", recall, tpr, precisions)
    else:
        assert precision is not None
        chosen = _best("precision", precision, precisions, tpr)
    return binary(
        yTrue,
        yScore,
        _between(edges, chosen),
        positive=positive,
        sampleWeight=sampleWeight,
    )


def _best(name: str, least: float, reached: np.ndarray, other: np.ndarray) -> int:
    """The place of the best `other` among those that reach enough; of equals the first."""
    if not 0 <= least <= 1:
        raise ValueError(f"{name} must be from 0 to 1, got {least!r}.")
    enough = reached >= least - 1e-12
    if not enough.any():
        raise ValueError(
            f"No threshold has a {name} of at least {least:g}; the best is {reached.max():.4f}."
        )
    return int(np.argmax(np.where(enough, other, -1.0)))


def _check_cost(cost: Mapping[str, float]) -> None:
    problems = [
        f"unknown {name!r}{did_you_mean(name, ERRORS)}" for name in cost if name not in ERRORS
    ]
    problems += [f"{name!r} is missing" for name in ERRORS if name not in cost]
    problems += [f"{k!r} is negative" for k, v in cost.items() if k in ERRORS and v < 0]
    if problems:
        raise ValueError(
            f"cost: {', '.join(problems)}. Expected {{'false_positive': ..., "
            "'false_negative': ...}."
        )


def _between(edges: np.ndarray, chosen: int) -> float:
    """A threshold under the score `edges[chosen]` and not under the next lower one.

    The edges fall from infinity: above the highest score nothing is positive.
    """
    upper = edges[chosen]
    if chosen == len(edges) - 1:  # everything is positive
        below = upper / 2 if upper > 0 else np.nextafter(upper, -np.inf)
        return float(below)
    lower = edges[chosen + 1]
    if np.isinf(upper):
        return float((lower + 1) / 2) if lower < 1 else float(lower)
    middle = lower + (upper - lower) / 2
    return float(lower if middle >= upper else middle)
