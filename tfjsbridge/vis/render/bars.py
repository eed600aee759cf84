"""barchart: a bar for each value.

Follows tfjs-vis/src/render/barchart.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfjsbridge.options import options
from tfjsbridge.report.look import COLOURS
from tfjsbridge.vis.charts import axis_type, chart, plain, set_font_size
from tfjsbridge.vis.surfaces import surface_of


@options
def barchart(
    container: Any,
    data: Sequence[Mapping[str, Any]],
    *,
    color: str | Sequence[str] | None = None,
    width: int | None = None,
    height: int | None = None,
    xLabel: str | None = "",
    yLabel: str | None = "",
    fontSize: float | None = None,
    xType: str = "ordinal",
    yType: str = "quantitative",
) -> Any:
    """A bar for each value.

    Args:
      container: where it is shown, as {"name": "Counts", "tab": "Charts"}.
      data: a list of {"index": ..., "value": ...}, or an array or Tensor [bars] of values, whose
        indices are their numbers. The bars stand in the order of their indices.
      color: a CSS colour for all bars, or a list of one for each index, from the lowest on.
      width: in pixels; as wide as the page without it.
      height: in pixels.
      xLabel: what the indices are.
      yLabel: the quantity of the values.
      fontSize: of the axes' texts, in pixels.
      xType: "ordinal", "nominal" or "quantitative".
      yType: the same of the y axis.

    Returns:
      The plotly figure.

    Raises:
      ValueError: for another type of axis.
      TypeError: for data of another form.
    """
    surface = surface_of(container)
    indices, values = _read(data)
    along = axis_type("xType", xType, indices)
    figure = chart(surface.label, xLabel, yLabel, width, height)
    figure.add_bar(x=indices, y=values, marker_color=_colours(color, indices))
    figure.update_xaxes(**along)
    figure.update_yaxes(**axis_type("yType", yType, values))
    set_font_size(figure, fontSize)
    return surface.draw(figure)


def _read(data: Any) -> tuple[list[Any], list[Any]]:
    rows = plain(data)
    if isinstance(rows, list) and rows is not data and not any(isinstance(r, list) for r in rows):
        return list(range(len(rows))), rows
    if isinstance(rows, (list, tuple)) and all(
        isinstance(row, Mapping) and "index" in row and "value" in row for row in rows
    ):
        return [row["index"] for row in rows], [row["value"] for row in rows]
    raise TypeError(
        "barchart: expected a list of {'index': 0, 'value': 1} or an array [bars], got "
        f"{type(data).__name__} {str(data)[:60]}."
    )


def _colours(color: str | Sequence[str] | None, indices: list[Any]) -> Any:
    if color is None or isinstance(color, str):
        return color or COLOURS[0]
    distinct = axis_type("xType", "nominal", indices)["categoryarray"]
    return [color[distinct.index(index) % len(color)] for index in indices]
