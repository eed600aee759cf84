"""The reports as plotly figures."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import metrics

from tfjsbridge.report.look import BLUES, COLOURS, DASHES, GREY, SYMBOLS, matrix, plotly, style

if TYPE_CHECKING:
    from tfjsbridge.report.binary import BinaryReport
    from tfjsbridge.report.multiclass import MulticlassReport
    from tfjsbridge.report.regression import RegressionReport
    from tfjsbridge.report.roc import RocCallback


#: A legend below the axes, whatever their number of lines.
_BELOW = {"orientation": "h", "x": 0, "yref": "container", "y": 0.02, "yanchor": "bottom"}

#: The share of the width between two columns, which holds an axis's title on a phone.
_BETWEEN = 0.2


def _plotly() -> tuple[ModuleType, Any]:
    graph_objects = plotly("plot()")
    from plotly.subplots import make_subplots

    return graph_objects, make_subplots


def binary(report: BinaryReport) -> Any:
    """The ROC curve, precision over recall, the confusion matrix, and the scores."""
    graph, make_subplots = _plotly()
    negative, positive = map(str, report.labels)
    figure = make_subplots(
        rows=2,
        cols=2,
        subplot_titles=[
            f"ROC<br>AUC {report.auc:.4f}",
            f"Precision, recall<br>average {report.average_precision:.4f}",
            f"Confusion matrix<br>at {report.threshold:.4g}",
            "Scores",
        ],
        horizontal_spacing=_BETWEEN,
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
    figure.add_trace(matrix(report.confusion, rows, columns), 2, 1)
    figure.update_yaxes(autorange="reversed", row=2, col=1)
    edges = np.histogram_bin_edges(report.scores, 30)
    bins = {"start": edges[0], "end": edges[-1] + 1e-9, "size": edges[1] - edges[0]}
    for is_positive, label in ((False, negative), (True, positive)):
        figure.add_histogram(
            x=report.scores[report.positive == is_positive],
            name=f"actually {label}",
            marker_color=COLOURS[is_positive],
            marker_pattern_shape="/" if is_positive else "",
            opacity=0.65,
            xbins=bins,
            row=2,
            col=2,
        )
    figure.add_vline(x=report.threshold, line_dash="dash", line_color=GREY, row=2, col=2)
    _axes(figure, 1, 1, "false positive rate", "true positive rate (recall)", unit=True)
    _axes(figure, 1, 2, "recall", "precision", unit=True)
    _axes(figure, 2, 2, f"score of {positive}", "examples")
    style(figure, height=820)
    _titles_of_two_lines(figure)
    figure.update_layout(barmode="overlay", legend=_BELOW)
    return figure


def multiclass(report: MulticlassReport) -> Any:
    """The confusion matrix, and a ROC curve for each class."""
    graph, make_subplots = _plotly()
    titles = [f"Confusion matrix<br>accuracy {report.accuracy:.4f}", "ROC of each class"]
    figure = make_subplots(rows=1, cols=2, subplot_titles=titles, horizontal_spacing=_BETWEEN)
    names = [str(label) for label in report.labels]
    figure.add_trace(matrix(report.confusion.tolist(), names, names), 1, 1)
    figure.update_yaxes(autorange="reversed", type="category", row=1, col=1)
    figure.update_xaxes(type="category", row=1, col=1)
    figure.add_trace(_diagonal(graph), 1, 2)
    for number, each in enumerate(report.classes):
        label = f"{each.label} (AUC {each.auc:.4f})"
        curve = _roc(graph, each.roc, COLOURS[number % len(COLOURS)], label)
        curve.line.dash = DASHES[number % len(DASHES)]
        figure.add_trace(curve, 1, 2)
    _axes(figure, 1, 1, "predicted", "actually")
    _axes(figure, 1, 2, "false positive rate", "true positive rate", unit=True)
    style(figure, height=520)
    _titles_of_two_lines(figure)
    figure.update_layout(legend=_BELOW)
    return figure


def regression(report: RegressionReport) -> Any:
    """True against predicted numbers, the residuals, and how they are distributed."""
    _, make_subplots = _plotly()
    figure = make_subplots(
        rows=2,
        cols=2,
        specs=[[{}, {}], [{"colspan": 2}, None]],
        horizontal_spacing=_BETWEEN,
        vertical_spacing=0.2,
        subplot_titles=[
            f"R² {report.r2_score:.4f}",
            "Residuals",
            "Distribution of the residuals",
        ],
    )
    several = report.y_true.shape[1] > 1
    for number in range(report.y_true.shape[1]):
        true, predicted = report.y_true[:, number], report.y_pred[:, number]
        group = {"name": f"target {number}", "legendgroup": str(number)}
        colour = COLOURS[number % len(COLOURS)]
        points = {
            "mode": "markers",
            "marker": {
                "color": colour,
                "opacity": 0.6,
                "symbol": SYMBOLS[number % len(SYMBOLS)],
            },
        }
        figure.add_scatter(x=true, y=predicted, showlegend=several, row=1, col=1, **points, **group)
        figure.add_scatter(
            x=predicted, y=true - predicted, showlegend=False, row=1, col=2, **points, **group
        )
        figure.add_histogram(
            x=true - predicted,
            marker_color=colour,
            opacity=0.65,
            nbinsx=40,
            showlegend=False,
            row=2,
            col=1,
            **group,
        )
    ends = [float(report.y_true.min()), float(report.y_true.max())]
    reach = [float(report.y_pred.min()), float(report.y_pred.max())]
    for column, x, y in ((1, ends, ends), (2, reach, [0, 0])):
        figure.add_scatter(
            x=x,
            y=y,
            mode="lines",
            line={"color": GREY, "dash": "dash"},
            hoverinfo="skip",
            showlegend=False,
            row=1,
            col=column,
        )
    _axes(figure, 1, 1, "true", "predicted")
    _axes(figure, 1, 2, "predicted", "true - predicted")
    _axes(figure, 2, 1, "true - predicted", "examples")
    style(figure, height=760)
    figure.update_layout(barmode="overlay")
    return figure


def roc_of_epochs(callback: RocCallback) -> Any:
    """The curves from the first epoch (light) to the last (dark), and the area over the epochs."""
    graph, make_subplots = _plotly()
    from plotly.colors import sample_colorscale

    titles = ["ROC through<br>the epochs", "AUC"]
    figure = make_subplots(rows=1, cols=2, subplot_titles=titles, horizontal_spacing=_BETWEEN)
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
    style(figure, height=520)
    _titles_of_two_lines(figure)
    figure.update_layout(legend=_BELOW)
    return figure


def _titles_of_two_lines(figure: Any) -> None:
    """Small titles of the parts, and the place for them: on a phone they are close together."""
    figure.update_annotations(font_size=13)
    figure.update_layout(margin={"t": 60})


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


def _axes(figure: Any, row: int, col: int, x: str, y: str, unit: bool = False) -> None:
    limits = {"range": [-0.02, 1.02]} if unit else {}
    font = {"title_font_size": 12}  # for a phone
    figure.update_xaxes(title_text=x, row=row, col=col, **font, **limits)
    figure.update_yaxes(title_text=y, row=row, col=col, **font, **limits)
