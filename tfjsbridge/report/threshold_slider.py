"""The threshold of a binary classifier as a slider: the point on the ROC, and what it means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge.report.look import BLUES, COLOURS, GREY, plotly, style
from tfjsbridge.report.slider import add_slider

if TYPE_CHECKING:
    from tfjsbridge.report.binary import BinaryReport

#: How many thresholds the slider has, beside the report's own.
_STEPS = 41
#: The rates by their names in the report, and as the picture says them.
_RATES = {
    "accuracy": "accuracy",
    "precision": "precision",
    "recall": "recall",
    "false_positive_rate": "FPR",
    "f1": "F1",
}


def threshold_slider(report: BinaryReport) -> Any:
    """The ROC curve with the threshold's point, the confusion matrix and the rates.

    Raises:
      ImportError: without the pictures extra.
    """
    plotly("plot_thresholds()")
    from plotly.subplots import make_subplots

    made = make_subplots(
        rows=2,
        cols=2,
        specs=[[{"rowspan": 2}, {}], [None, {}]],
        horizontal_spacing=0.22,
        vertical_spacing=0.26,
        subplot_titles=[f"ROC, AUC {report.auc:.4f}", "Confusion matrix", "Rates"],
    )
    thresholds = _thresholds(report)
    active = thresholds.index(report.threshold)
    steps = [_traces(report.at(threshold)) for threshold in thresholds]
    for trace, (row, column) in zip(steps[active], ((1, 1), (1, 2), (2, 2)), strict=True):
        made.add_trace(trace, row, column)
    made.add_scatter(
        x=report.roc.fpr,
        y=report.roc.tpr,
        customdata=report.roc.thresholds,
        mode="lines",
        line={"color": COLOURS[0], "width": 2.5},
        hovertemplate="FPR %{x:.4f}, TPR %{y:.4f} from the score %{customdata:.4g} on"
        "<extra></extra>",
        row=1,
        col=1,
    )
    made.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        hoverinfo="skip",
        line={"color": GREY, "dash": "dash"},
        row=1,
        col=1,
    )
    made.update_xaxes(title_text="false positive rate", range=[-0.03, 1.03], row=1, col=1)
    made.update_yaxes(title_text="true positive rate (recall)", range=[-0.03, 1.03], row=1, col=1)
    for update in (made.update_xaxes, made.update_yaxes):
        update(type="category", showgrid=False, row=1, col=2)
    made.update_xaxes(range=[0, 1], row=2, col=2)
    for row in (1, 2):
        made.update_yaxes(autorange="reversed", row=row, col=2)
    style(made, height=560)
    made.data = made.data[3:] + made.data[:3]  # the point above the curve
    made.update_layout(showlegend=False)
    add_slider(
        made,
        [f"{threshold:.4g}" for threshold in thresholds],
        steps,
        traces=[2, 3, 4],
        prefix="threshold ",
        active=active,
    )
    return made


def _traces(report: BinaryReport) -> list[dict[str, Any]]:
    """What depends on the threshold: the point, the confusion matrix, and the rates."""
    negative, positive = (
        f"{label:g}" if isinstance(label, float) else str(label) for label in report.labels
    )
    return [
        {
            "type": "scatter",
            "x": [_plain(report.false_positive_rate)],
            "y": [_plain(report.recall)],
            "mode": "markers",
            "marker": {"color": COLOURS[1], "size": 13},
            "hovertemplate": "FPR %{x:.4f}, TPR %{y:.4f}<extra></extra>",
        },
        {
            "type": "heatmap",
            "z": report.confusion,
            "x": [f"called<br>{positive}", f"called<br>{negative}"],
            "y": [f"is {positive}", f"is {negative}"],
            "zmin": 0,
            "zmax": float(np.sum(report.confusion)),
            "texttemplate": "%{z}",
            "textfont": {"size": 15},
            "colorscale": BLUES,
            "showscale": False,
            "hovertemplate": "%{y}, %{x}: %{z}<extra></extra>",
        },
        {
            "type": "bar",
            "x": [_plain(getattr(report, name)) for name in _RATES],
            "y": list(_RATES.values()),
            "orientation": "h",
            "marker": {"color": COLOURS[0]},
            "texttemplate": "%{x:.3f}",
            "textposition": "auto",
            "hovertemplate": "%{y} %{x:.4f}<extra></extra>",
        },
    ]


def _plain(value: float) -> float | None:
    """None for what is not defined, as the rate of false positives without negatives."""
    return round(value, 5) if np.isfinite(value) else None


def _thresholds(report: BinaryReport) -> list[float]:
    """Even steps from 0 to 1, or from the least to the largest score, and the report's own."""
    low, high = float(report.scores.min()), float(report.scores.max())
    if low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    spaced = np.round(np.linspace(low, high, _STEPS), 6).tolist()
    own = report.threshold
    return sorted({*(each for each in spaced if not np.isclose(each, own)), own})
