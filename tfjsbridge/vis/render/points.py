"""linechart, scatterplot: points of one or several series.

Follows tfjs-vis/src/render/{linechart,scatterplot}.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from tfjsbridge.options import options
from tfjsbridge.tensors import Tensor
from tfjsbridge.vis.charts import (
    DASHES,
    SYMBOLS,
    axis_type,
    chart,
    check_colours,
    plain,
    set_font_size,
)
from tfjsbridge.vis.surfaces import surface_of

#: A line of so few points shows each of them too.
_FEW = 30


class Series(NamedTuple):
    """Points with a name."""

    name: str
    x: Sequence[Any]
    y: Sequence[Any]


@options
def linechart(
    container: Any,
    data: Mapping[str, Any],
    *,
    xAxisDomain: Sequence[float] | None = None,
    yAxisDomain: Sequence[float] | None = None,
    zoomToFit: bool = False,
    seriesColors: Sequence[str] | None = None,
    width: int | None = None,
    height: int | None = None,
    xLabel: str | None = "x",
    yLabel: str | None = "y",
    fontSize: float | None = None,
    xType: str = "quantitative",
    yType: str = "quantitative",
) -> Any:
    """A line for each series.

    Args:
      container: where it is shown, as {"name": "Loss", "tab": "Training"}.
      data: {"values": points, "series": names}. The points are a list of {"x": ..., "y": ...}, for
        several series a list of such lists, or arrays or Tensors [points, 2]. The names are
        "Series 1" and so on without them. NaN is a gap. A point without "x" stands at its number.
        tf.js: every point stands at its number, whatever its x, and no series may be longer than
        the first.
      xAxisDomain: where the x axis begins and ends.
      yAxisDomain: where the y axis begins and ends.
      zoomToFit: whether the y axis shows the values only; otherwise 0 too.
      seriesColors: a CSS colour for each series.
      width: in pixels; as wide as the page without it.
      height: in pixels.
      xLabel: the quantity along the x axis.
      yLabel: the quantity along the y axis.
      fontSize: of the axes' texts, in pixels.
      xType: "quantitative", "ordinal" or "nominal".
      yType: the same of the y axis.

    Returns:
      The plotly figure.

    Raises:
      ValueError: where there are not as many names or colours as series, another type of axis.
      TypeError: for points of another form.
    """
    surface = surface_of(container)
    series = _read(data, "linechart")
    names = data.get("series")
    if names is not None and len(names) != len(series):
        raise ValueError(
            "Must have an equal number of series labels as there are data series: "
            f"expected {len(series)}, got {len(names)}."
        )
    figure = chart(surface.label, xLabel, yLabel, width, height)
    add_lines(figure, series, seriesColors)
    figure.update_xaxes(range=None if zoomToFit else xAxisDomain)
    figure.update_xaxes(**axis_type("xType", xType, (x for each in series for x in each.x)))
    figure.update_yaxes(**y_axis(zoomToFit, yAxisDomain))
    figure.update_yaxes(**axis_type("yType", yType, (y for each in series for y in each.y)))
    _legend(figure, len(series) > 1)
    set_font_size(figure, fontSize)
    return surface.draw(figure)


@options
def scatterplot(
    container: Any,
    data: Mapping[str, Any],
    *,
    xAxisDomain: Sequence[float] | None = None,
    yAxisDomain: Sequence[float] | None = None,
    zoomToFit: bool = False,
    seriesColors: Sequence[str] | None = None,
    width: int | None = None,
    height: int | None = None,
    xLabel: str | None = "x",
    yLabel: str | None = "y",
    fontSize: float | None = None,
    xType: str = "quantitative",
    yType: str = "quantitative",
) -> Any:
    """A point for each pair of numbers, with a colour and a shape for each series.

    Args:
      container: where it is shown, as {"name": "Data", "tab": "Charts"}.
      data: {"values": points, "series": names}, as of `linechart`; a point needs both "x" and "y".
      xAxisDomain: where the x axis begins and ends.
      yAxisDomain: where the y axis begins and ends.
      zoomToFit: whether the axes show the values only, whatever the domains; otherwise 0 too.
      seriesColors: a CSS colour for each series.
      width: in pixels; as wide as the page without it.
      height: in pixels.
      xLabel: the quantity along the x axis.
      yLabel: the quantity along the y axis.
      fontSize: of the axes' texts, in pixels.
      xType: "quantitative", "ordinal" or "nominal".
      yType: the same of the y axis.

    Returns:
      The plotly figure.

    Raises:
      ValueError: where there are not as many colours as series, another type of axis.
      TypeError: for points of another form.
    """
    surface = surface_of(container)
    series = _read(data, "scatterplot", needs_x=True)
    figure = chart(surface.label, xLabel, yLabel, width, height)
    colours = check_colours(seriesColors, len(series))
    for number, each in enumerate(series):
        figure.add_scatter(
            x=each.x,
            y=each.y,
            name=each.name,
            mode="markers",
            marker={
                "color": colours[number],
                "symbol": SYMBOLS[number % len(SYMBOLS)],
                "size": 7,
                "opacity": 0.75,
            },
        )
    figure.update_xaxes(**y_axis(zoomToFit, xAxisDomain))
    figure.update_xaxes(**axis_type("xType", xType, (x for each in series for x in each.x)))
    figure.update_yaxes(**y_axis(zoomToFit, yAxisDomain))
    figure.update_yaxes(**axis_type("yType", yType, (y for each in series for y in each.y)))
    _legend(figure, len(series) > 1)
    set_font_size(figure, fontSize)
    return surface.draw(figure)


def add_lines(
    figure: Any, series: Sequence[Series], colours: Sequence[str] | None = None, **place: Any
) -> None:
    """Add a line for each series.

    Args:
      figure: to be added to.
      series: the lines.
      colours: a CSS colour for each.
      place: the row, column and legend of plotly's subplots.

    Raises:
      ValueError: where there are not as many colours as series.
    """
    for number, (each, colour) in enumerate(
        zip(series, check_colours(colours, len(series)), strict=True)
    ):
        figure.add_scatter(
            x=each.x,
            y=each.y,
            name=each.name,
            mode="lines+markers" if len(each.y) <= _FEW else "lines",
            line={"color": colour, "dash": DASHES[number % len(DASHES)]},
            marker_symbol=SYMBOLS[number % len(SYMBOLS)],
            **place,
        )
    figure.update_layout(hovermode="x unified")


def y_axis(zoom: bool, domain: Sequence[float] | None) -> dict[str, Any]:
    """plotly's options of an axis that shows 0 too, the values only, or a domain."""
    if zoom:
        return {"rangemode": "normal"}
    if domain is not None:
        return {"range": list(domain)}
    return {"rangemode": "tozero"}


def _legend(figure: Any, shown: bool) -> None:
    figure.update_layout(
        showlegend=shown,
        legend={"orientation": "h", "x": 1, "xanchor": "right", "y": 1.01, "yanchor": "bottom"},
    )


def _read(data: Mapping[str, Any], function: str, needs_x: bool = False) -> list[Series]:
    if not isinstance(data, Mapping) or data.get("values") is None:
        raise TypeError(
            f"{function}: expected data as {{'values': points, 'series': names}}, got "
            f"{type(data).__name__} {str(data)[:60]}."
        )
    values = data["values"]
    array = isinstance(values, (Tensor, np.ndarray))
    nested = len(values.shape) == 3 if array else _is_list(values[0]) if len(values) else False
    groups = [plain(group) for group in (values if nested else [values])]
    names = list(data.get("series") or [])
    names += [f"Series {number + 1}" for number in range(len(names), len(groups))]
    return [
        _series(name, points, function, needs_x)
        for name, points in zip(names, groups, strict=False)
    ]


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple, np.ndarray, Tensor))


def _series(name: str, points: Sequence[Any], function: str, needs_x: bool) -> Series:
    xs, ys = [], []
    for number, point in enumerate(points):
        if isinstance(point, Mapping) and "y" in point and ("x" in point or not needs_x):
            xs.append(point.get("x", number))
            ys.append(point["y"])
        elif isinstance(point, (list, tuple)) and len(point) == 2:
            xs.append(point[0])
            ys.append(point[1])
        else:
            raise TypeError(
                f"{function}: expected points as {{'x': 0, 'y': 1}} or arrays [points, 2], got "
                f"{type(point).__name__} {str(point)[:60]}."
            )
    return Series(str(name), xs, ys)
