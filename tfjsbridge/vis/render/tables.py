"""table: rows of texts and numbers.

Follows tfjs-vis/src/render/table.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfjsbridge.options import options
from tfjsbridge.report import html
from tfjsbridge.report.look import plotly, style
from tfjsbridge.vis.charts import plain
from tfjsbridge.vis.numbers import is_number, number
from tfjsbridge.vis.surfaces import Surface, surface_of


@options
def table(container: Any, data: Mapping[str, Any], *, fontSize: float | None = None) -> Any:
    """A table.

    Args:
      container: where it is shown, as {"name": "Results", "tab": "Evaluation"}.
      data: {"headers": texts, "values": rows}: numbers are written with at most four digits behind
        the point. Texts are shown as they are; tf.js: as HTML.
      fontSize: in pixels.

    Returns:
      The table as a plotly figure.

    Raises:
      ValueError: without headers or values.
    """
    for key in ("headers", "values"):
        if not isinstance(data, Mapping) or data.get(key) is None:
            raise ValueError(
                f'Data to render must have a "{key}" property: got '
                f"{type(data).__name__} {str(data)[:60]}."
            )
    return draw_table(surface_of(container), data["headers"], plain(data["values"]), fontSize)


def draw_table(
    surface: Surface,
    headings: Sequence[Any],
    rows: Sequence[Any],
    size: float | None = None,
    part: str = "",
) -> Any:
    """Draw a table to a surface.

    Args:
      surface: where it is shown.
      headings: of the columns.
      rows: the cells: numbers and texts.
      size: of the texts, in pixels.
      part: which picture of the surface it is.

    Returns:
      The table as a plotly figure.
    """
    texts = [str(heading) for heading in headings]
    cells = [[cell_text(cell) for cell in plain(row)] for row in rows]
    figure = _figure(surface.label, texts, cells, size)
    return surface.draw(figure, table_html(texts, cells, size), part)


def table_html(
    headings: Sequence[str], rows: Sequence[Sequence[str]], size: float | None = None
) -> str:
    """The HTML of a table, whose texts are `size` pixels high."""
    made = html.table(headings, rows)
    return made if size is None else f'<div style="font-size: {size}px">{made}</div>'


def cell_text(value: Any) -> str:
    """A cell as tfjs-vis writes it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return number(value) if is_number(value) else str(value)


def _figure(title: str, headings: list[str], rows: list[list[str]], size: float | None) -> Any:
    width = max([len(headings), *map(len, rows)])
    padded = [[*row, *[""] * (width - len(row))] for row in rows]
    figure = plotly("tf.vis.render.table").Figure()
    figure.add_table(
        header={"values": [f"<b>{html.text(heading)}</b>" for heading in headings]},
        cells={"values": [[html.text(row[i]) for row in padded] for i in range(width)]},
    )
    figure.update_traces(
        header={"align": "left", "height": 28, "font_size": size},
        cells={"align": "left", "height": 26, "font_size": size},
    )
    style(figure, title, height=140 + 26 * len(rows))
    return figure
