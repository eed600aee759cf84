"""histogram: how values are distributed.

Follows tfjs-vis/src/render/histogram.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from tfjsbridge.errors import unknown_name
from tfjsbridge.options import options
from tfjsbridge.report.look import COLOURS
from tfjsbridge.vis.bins import bins
from tfjsbridge.vis.charts import axis_type, chart, plain, set_font_size
from tfjsbridge.vis.numbers import number, percent
from tfjsbridge.vis.render.tables import table_html
from tfjsbridge.vis.stats import HistogramStats, array_stats
from tfjsbridge.vis.surfaces import Surface, surface_of

#: The numbers' headings in the table above a histogram, in its order.
HEADINGS = {
    "numVals": "Num Vals",
    "min": "Min",
    "max": "Max",
    "numZeros": "# Zeros",
    "numNans": "# NaNs",
    "numInfs": "# Infinity",
}
#: Those that are said in percent of all values too.
_SHARES = ("numZeros", "numNans", "numInfs")


@options
def histogram(
    container: Any,
    data: Any,
    *,
    stats: HistogramStats | Literal[False] | None = None,
    maxBins: int = 12,
    color: str | None = None,
    width: int | None = None,
    height: int | None = None,
    xLabel: str | None = "value",
    yLabel: str | None = "count",
    fontSize: float | None = None,
    xType: str = "quantitative",
    yType: str = "quantitative",
) -> Any:
    """How many values lie in each of some ranges, and a table of the values' number and limits.

    Args:
      container: where it is shown, as {"name": "Weights", "tab": "Charts"}.
      data: a list of numbers or of {"value": ...}, an array or a Tensor of any shape. NaN and
        infinities are counted in the table only.
      stats: what the table says in place of what is counted: any of numVals, min, max, numZeros,
        numNans, numInfs. False for no table.
      maxBins: how many ranges there are at most.
      color: a CSS colour of the bars.
      width: in pixels; as wide as the page without it.
      height: in pixels.
      xLabel: the quantity of the values. tf.js: takes no label here.
      yLabel: the quantity of the bars. tf.js: takes no label here.
      fontSize: of the axes' texts, in pixels.
      xType: "quantitative"; tf.js has no other here.
      yType: the same of the y axis.

    Returns:
      The plotly figure; its `layout.meta["stats"]` are the table's numbers.

    Raises:
      ValueError: for a number of `stats` that there is not, less than one bin.
      TypeError: for data of another form.
    """
    surface = surface_of(container)
    values = _read(data)
    counted = array_stats(values) if stats is None else stats
    if counted is not False:
        draw_stats(surface, counted)
    figure = chart(surface.label, xLabel, yLabel, width, height)
    bars = distribution(values, maxBins, color)
    if bars is not None:
        figure.add_trace(bars)
    figure.update_layout(bargap=0, meta={"stats": dict(counted) if counted else None})
    figure.update_xaxes(**axis_type("xType", xType, values.tolist()))
    figure.update_yaxes(**axis_type("yType", yType, []))
    set_font_size(figure, fontSize)
    return surface.draw(figure, part="histogram")


def draw_stats(surface: Surface, stats: HistogramStats) -> None:
    """Draw the table above a histogram.

    Raises:
      ValueError: for a number that there is not.
    """
    headings, cells = stats_table(stats)
    surface.draw(None, table_html(headings, [cells]), part="stats")


def stats_table(stats: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """The headings and the cells of the table above a histogram.

    Raises:
      ValueError: for a number that there is not.
    """
    for name in stats:
        if name not in HEADINGS:
            raise unknown_name("number of stats", name, HEADINGS)
    headings, cells = [], []
    for name, heading in HEADINGS.items():
        value = stats.get(name)
        if value is None:
            continue
        headings.append(heading)
        cell = number(value)
        if name in _SHARES and stats.get("numVals") and value > 0:
            cell += f" ({percent(value / stats['numVals'])})"
        cells.append(cell)
    return headings, cells


def distribution(values: np.ndarray, most: int, color: str | None = None) -> Any:
    """The bars of a histogram as a plotly trace, None where no value is finite.

    Args:
      values: numbers.
      most: how many bars there are at most.
      color: a CSS colour.

    Raises:
      ValueError: for less than one bar.
    """
    if most < 1:
        raise ValueError(f"histogram: maxBins must be at least 1, got {most}.")
    finite = values[np.isfinite(values)]
    if not finite.size:
        return None
    from plotly.graph_objects import Bar

    edges, counts = bins(finite, most)
    return Bar(
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts,
        width=np.diff(edges),
        customdata=np.stack([edges[:-1], edges[1:]], 1),
        hovertemplate="%{customdata[0]} to %{customdata[1]}: %{y}<extra></extra>",
        marker={"color": color or COLOURS[0], "line": {"color": "white", "width": 1}},
    )


def _read(data: Any) -> np.ndarray:
    rows = plain(data)
    try:
        if rows is not data:
            return np.asarray(rows, np.float64).reshape(-1)
        if isinstance(rows, Sequence) and not isinstance(rows, str):
            if len(rows) and isinstance(rows[0], Mapping):
                rows = [row["value"] for row in rows]
            array = np.asarray(rows, np.float64)
            if array.ndim == 1:
                return array
    except (KeyError, TypeError, ValueError):
        pass
    raise TypeError(
        "histogram: input data must be an array: expected numbers or {'value': 1}, got "
        f"{type(data).__name__} {str(data)[:60]}."
    )
