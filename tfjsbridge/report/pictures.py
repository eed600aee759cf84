"""The reports as plotly figures."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import metrics

if TYPE_CHECKING:
    from tfjsbridge.report.binary import BinaryReport
    from tfjsbridge.report.multiclass import MulticlassReport
    from tfjsbridge.report.regression import RegressionReport
    from tfjsbridge.report.roc import RocCallback

#: Okabe and Ito's colours, which the colour-blind tell apart.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442")
GREY = "#888888"
BLUES = "Blues"


def _plotly() -> tuple[ModuleType, Any]:
    try:
        import plotly.graph_objects as graph_objects
        from plotly.subplots import make_subplots
    except ImportError as error:
        raise ImportError('plot() needs plotly: pip install "tfjsbridge[pictures]"') from error
    return graph_objects, make_subplots


def binary(report: BinaryReport) -> Any:
    """The ROC curve, precision over recall, the confusion matrix, and the scores."""
    graph, make_subplots = _plotly()
    negative, positive = map(str, report.labels)
    figure = make_subplots(
        rows=2,
        cols=2,
        subplot_titles=[
            f"ROC, AUC {report.auc:.4f}",
            f"Precision and recall, average {report.average_precision:.4f}",
            f"Confusion matrix at {report.threshold:.4g}",
            "Scores",
        ],
    )
    here = {"mode": "markers", "marker": {"color": COLOURS[1], "size": 11}, "showlegend": False}
    name = f"threshold {report.threshold:.4g}"
    figure.add_trace(_roc(graph, report.roc, COLOURS[0], ""), 1, 1)
    figure.add_trace(_diagonal(graph), 1, 1)
    figure.add_scatter(
        x=[report.false_positive_rate], y=[report.recall], name=name, row=1, col=1, **here
    )
    if len(np.unique(report.positive)) == 2:
        precision, recall, _ = metrics.precision_recall_curve(
            report.positive, report.scores, sample_weight=report.weights
        )
        figure.add_scatter(
            x=recall, y=precision, line_color=COLOURS[0], showlegend=False, row=1, col=2
        )
    figure.add_scatter(x=[report.recall], y=[report.precision], name=name, row=1, col=2, **here)
    rows = [f"actually {positive}", f"actually {negative}"]
    columns = [f"predicted {positive}", f"predicted {negative}"]
    figure.add_trace(_matrix(graph, report.confusion, rows, columns), 2, 1)
    figure.update_yaxes(autorange="reversed", row=2, col=1)
    edges = np.histogram_bin_edges(report.scores, 30)
    bins = {"start": edges[0], "end": edges[-1] + 1e-9, "size": edges[1] - edges[0]}
    for is_positive, label, colour in ((False, negative, COLOURS[0]), (True, positive, COLOURS[1])):
        figure.add_histogram(
            x=report.scores[report.positive == is_positive],
            name=f"actually {label}",
            marker_color=colour,
            opacity=0.65,
            xbins=bins,
            row=2,
            col=2,
        )
    figure.add_vline(x=report.threshold, line_dash="dash", line_color=GREY, row=2, col=2)
    _axes(figure, 1, 1, "false positive rate", "true positive rate (recall)", unit=True)
    _axes(figure, 1, 2, "recall", "precision", unit=True)
    _axes(figure, 2, 2, f"score of {positive}", "examples")
    figure.update_layout(
        template="plotly_white", barmode="overlay", height=820, legend={"y": 0.4, "yanchor": "top"}
    )
    return figure


def multiclass(report: MulticlassReport) -> Any:
    """The confusion matrix, and a ROC curve for each class."""
    graph, make_subplots = _plotly()
    titles = [f"Confusion matrix, accuracy {report.accuracy:.4f}", "ROC of each class"]
    figure = make_subplots(rows=1, cols=2, subplot_titles=titles)
    names = [str(label) for label in report.labels]
    figure.add_trace(_matrix(graph, report.confusion.tolist(), names, names), 1, 1)
    figure.update_yaxes(autorange="reversed", type="category", row=1, col=1)
    figure.update_xaxes(type="category", row=1, col=1)
    figure.add_trace(_diagonal(graph), 1, 2)
    for number, each in enumerate(report.classes):
        label = f"{each.label} (AUC {each.auc:.4f})"
        figure.add_trace(_roc(graph, each.roc, COLOURS[number % len(COLOURS)], label), 1, 2)
    _axes(figure, 1, 1, "predicted", "actually")
    _axes(figure, 1, 2, "false positive rate", "true positive rate", unit=True)
    figure.update_layout(template="plotly_white", height=480)
    return figure


def regression(report: RegressionReport) -> Any:
    """True against predicted numbers, and how the errors are distributed."""
    _, make_subplots = _plotly()
    figure = make_subplots(rows=1, cols=2, subplot_titles=[f"R² {report.r2_score:.4f}", "Errors"])
    several = report.y_true.shape[1] > 1
    for number in range(report.y_true.shape[1]):
        true, predicted = report.y_true[:, number], report.y_pred[:, number]
        style = {"name": f"target {number}", "legendgroup": str(number)}
        colour = COLOURS[number % len(COLOURS)]
        figure.add_scatter(
            x=true,
            y=predicted,
            mode="markers",
            marker={"color": colour, "opacity": 0.6},
            showlegend=several,
            row=1,
            col=1,
            **style,
        )
        figure.add_histogram(
            x=predicted - true,
            marker_color=colour,
            opacity=0.65,
            nbinsx=40,
            showlegend=False,
            row=1,
            col=2,
            **style,
        )
    ends = [float(report.y_true.min()), float(report.y_true.max())]
    figure.add_scatter(
        x=ends, y=ends, mode="lines", line={"color": GREY, "dash": "dash"}, showlegend=False,
        row=1, col=1,
    )  # fmt: skip
    _axes(figure, 1, 1, "true", "predicted")
    _axes(figure, 1, 2, "predicted - true", "examples")
    figure.update_layout(template="plotly_white", barmode="overlay", height=460)
    return figure


def roc_of_epochs(callback: RocCallback) -> Any:
    """The curves from the first epoch (light) to the last (dark), and the area over the epochs."""
    graph, make_subplots = _plotly()
    from plotly.colors import sample_colorscale

    figure = make_subplots(rows=1, cols=2, subplot_titles=["ROC through the epochs", "AUC"])
    count = len(callback.epochs)
    # More lines than can be told apart make a picture slow.
    chosen = sorted(set(np.linspace(0, count - 1, min(count, 12)).astype(int))) if count else []
    shades = sample_colorscale(BLUES, np.linspace(0.3, 1, max(len(chosen), 2)))
    for place, colour in zip(chosen, shades, strict=False):
        name = f"after epoch {callback.epochs[place] + 1}"
        figure.add_trace(_roc(graph, callback.curves[place], colour, name), 1, 1)
    figure.add_trace(_diagonal(graph), 1, 1)
    figure.add_scatter(
        x=[epoch + 1 for epoch in callback.epochs],
        y=callback.auc,
        line_color=COLOURS[0],
        showlegend=False,
        row=1,
        col=2,
    )
    _axes(figure, 1, 1, "false positive rate", "true positive rate", unit=True)
    _axes(figure, 1, 2, "epoch", "AUC")
    figure.update_layout(template="plotly_white", height=460)
    return figure


def _roc(graph: ModuleType, curve: Any, colour: str, name: str) -> Any:
    return graph.Scatter(
        x=curve.fpr,
        y=curve.tpr,
        customdata=curve.thresholds,
        mode="lines",
        hovertemplate="FPR %{x:.4f}, TPR %{y:.4f} from the score %{customdata:.4g} on",
        line_color=colour,
        name=name,
        showlegend=bool(name),
    )


def _diagonal(graph: ModuleType) -> Any:
    line = {"color": GREY, "dash": "dash"}
    return graph.Scatter(
        x=[0, 1], y=[0, 1], mode="lines", line=line, hoverinfo="skip", showlegend=False
    )


def _matrix(
    graph: ModuleType, counts: Sequence[Sequence[float]], rows: list[str], columns: list[str]
) -> Any:
    return graph.Heatmap(
        z=counts,
        x=columns,
        y=rows,
        texttemplate="%{z}" if len(rows) <= 20 else None,
        colorscale=BLUES,
        showscale=False,
        hovertemplate="%{y}, %{x}: %{z}<extra></extra>",
    )


def _axes(figure: Any, row: int, col: int, x: str, y: str, unit: bool = False) -> None:
    limits = {"range": [-0.02, 1.02]} if unit else {}
    figure.update_xaxes(title_text=x, row=row, col=col, **limits)
    figure.update_yaxes(title_text=y, row=row, col=col, **limits)
