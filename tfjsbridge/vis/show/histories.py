"""history: the loss and metrics of a training.

Follows `history` of tfjs-vis/src/show/history.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfjsbridge.errors import did_you_mean
from tfjsbridge.options import options
from tfjsbridge.report.look import plotly, style
from tfjsbridge.vis.charts import HEIGHT, axis_type, set_font_size
from tfjsbridge.vis.render.points import Series, add_lines, y_axis
from tfjsbridge.vis.surfaces import surface_of


@options
def history(
    container: Any,
    history: Any,
    metrics: Sequence[str],
    *,
    zoomToFitAccuracy: bool = False,
    xAxisDomain: Sequence[float] | None = None,
    yAxisDomain: Sequence[float] | None = None,
    zoomToFit: bool = False,
    seriesColors: Sequence[str] | None = None,
    width: int | None = None,
    height: int | None = None,
    xLabel: str | None = "Iteration",
    yLabel: str | None = "Value",
    fontSize: float | None = None,
    xType: str = "quantitative",
    yType: str = "quantitative",
) -> Any:
    """The loss and metrics of a training: a line chart of each, with its validation in the same.

    Args:
      container: where it is shown, as {"name": "History", "tab": "Training"}.
      history: what `model.fit` gave, or the logs of the epochs (or batches) as a list of dicts, or
        a list of such lists, one for each metric.
      metrics: which to draw: "loss", "val_loss", "acc", ...
      zoomToFitAccuracy: whether the charts of accuracies show the values only; otherwise 0 to 1.
        tf.js: where a chart of accuracies comes first, later ones have its limits too.
      xAxisDomain: where the x axis begins and ends.
      yAxisDomain: where the y axis begins and ends.
      zoomToFit: whether the y axis shows the values only; otherwise 0 too.
      seriesColors: a CSS colour for each line of a chart.
      width: in pixels; as wide as the page without it.
      height: of each chart, in pixels.
      xLabel: what is counted along the x axis, from 0 on.
      yLabel: the quantity along the y axis.
      fontSize: of the axes' texts, in pixels.
      xType: "quantitative", "ordinal" or "nominal".
      yType: the same of the y axis.

    Returns:
      The plotly figure of all charts.

    Raises:
      ValueError: for a metric that a history has not, colours of another number than lines.
      TypeError: for a history of another form.
    """
    surface = surface_of(container)
    figure = history_figure(
        surface.label,
        history,
        metrics,
        zoomToFitAccuracy=zoomToFitAccuracy,
        xAxisDomain=xAxisDomain,
        yAxisDomain=yAxisDomain,
        zoomToFit=zoomToFit,
        seriesColors=seriesColors,
        width=width,
        height=height,
        xLabel=xLabel,
        yLabel=yLabel,
        fontSize=fontSize,
        xType=xType,
        yType=yType,
    )
    return surface.draw(figure)


def history_figure(
    title: str,
    history: Any,
    metrics: Sequence[str],
    *,
    zoomToFitAccuracy: bool,
    xAxisDomain: Sequence[float] | None,
    yAxisDomain: Sequence[float] | None,
    zoomToFit: bool,
    seriesColors: Sequence[str] | None,
    width: int | None,
    height: int | None,
    xLabel: str | None,
    yLabel: str | None,
    fontSize: float | None,
    xType: str,
    yType: str,
) -> Any:
    """The figure of `history`, with its arguments; `title` is the surface's name."""
    plotly("tf.vis.show.history")
    from plotly.subplots import make_subplots

    charts = _charts(history, list(metrics))
    rows = max(len(charts), 1)
    each = height or HEIGHT
    figure = make_subplots(
        rows=rows,
        cols=1,
        subplot_titles=list(charts),
        vertical_spacing=min(90 / (rows * each), 1 / rows),
    )
    style(figure, title, height=40 + rows * each)
    for row, series in enumerate(charts.values(), start=1):
        legend = "legend" if row == 1 else f"legend{row}"
        add_lines(
            figure, series, seriesColors, row=row, col=1, legend=legend, showlegend=len(series) > 1
        )
        accuracy = all("acc" in line.name for line in series)
        zoom = zoomToFitAccuracy or (zoomToFit and not accuracy)
        domain = [0, 1] if accuracy and not zoomToFitAccuracy else yAxisDomain
        figure.update_yaxes(title_text=yLabel, row=row, col=1, **y_axis(zoom, domain))
        if accuracy:
            figure.update_traces(cliponaxis=False, row=row, col=1)  # a line at 1 is seen whole
        values = [y for line in series for y in line.y]
        figure.update_yaxes(**axis_type("yType", yType, values), row=row, col=1)
        top = figure.layout[f"yaxis{row if row > 1 else ''}"].domain[1]
        place = {"x": 1, "xanchor": "right", "y": top, "yanchor": "bottom", "orientation": "h"}
        figure.update_layout({legend: {**place, "font": {"size": fontSize}}})
    # The names stand to the left, where the legends leave room.
    figure.update_annotations(x=0, xanchor="left", font_size=14)
    figure.update_xaxes(title_text=xLabel, range=xAxisDomain)
    longest = max([len(line.x) for series in charts.values() for line in series], default=0)
    figure.update_xaxes(**axis_type("xType", xType, range(longest)))
    figure.update_layout(width=width)
    set_font_size(figure, fontSize)
    return figure


def _charts(history: Any, metrics: list[str]) -> dict[str, list[Series]]:
    """The lines of each chart: a metric and its validation stand in one."""
    charts: dict[str, list[Series]] = {}
    for number, metric in enumerate(metrics):
        values = _values(history, metric, number)
        chart = metric.replace("val_", "", 1)
        charts.setdefault(chart, []).append(Series(metric, list(range(len(values))), values))
    return charts


def _values(history: Any, metric: str, number: int) -> list[Any]:
    if isinstance(history, (list, tuple)):
        nested = bool(history) and isinstance(history[0], (list, tuple))
        logs = history[number] if nested else history
        if all(isinstance(log, Mapping) for log in logs):
            return [log.get(metric) for log in logs]
    recorded = history.get("history") if isinstance(history, Mapping) else None
    recorded = getattr(history, "history", recorded)
    if not isinstance(recorded, Mapping):
        raise TypeError(
            "show.history: expected what model.fit gave or a list of logs, got "
            f"{type(history).__name__} {str(history)[:60]}."
        )
    if metric not in recorded:
        raise ValueError(
            f"show.history: the history has no {metric!r}{did_you_mean(metric, recorded)}. "
            f"It has: {', '.join(recorded)}."
        )
    return list(recorded[metric])
