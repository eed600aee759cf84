"""One look for all pictures: colours, axes and fonts, readable in print and by the colour-blind."""

from __future__ import annotations

from types import ModuleType
from typing import Any

#: Okabe and Ito's colours, which the colour-blind tell apart.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#f0e442")
GREY = "#888888"
#: From little to much.
BLUES = "Blues"
#: From the first colour of `COLOURS` (class 0) over white (undecided) to the second (class 1).
CLASSES = ((0.0, "#0072b2"), (0.5, "#ffffff"), (1.0, "#d55e00"))

#: What tells classes and lines apart beside their colours.
SYMBOLS = ("circle", "diamond", "square", "cross", "x", "triangle-up", "star", "hexagon")
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")

TEMPLATE = "plotly_white"
#: A legend above the axes, which leaves them the whole width of a phone.
LEGEND = {
    "orientation": "h",
    "x": 0,
    "y": 1,
    "yanchor": "bottom",
    "itemsizing": "constant",
}
#: A slender scale of colours beside the axes. (A horizontal one moves plotly's titles.)
SCALE = {"thickness": 10, "lenmode": "pixels", "len": 240, "xpad": 6, "tickfont": {"size": 11}}
#: Where pictures in space are seen from: the first axis runs to the right, the second away.
SPACE = {
    "aspectmode": "manual",
    "aspectratio": {"x": 1, "y": 1, "z": 0.7},
    "camera": {"eye": {"x": 1.0, "y": -1.85, "z": 1.1}, "center": {"x": 0.03, "z": -0.1}},
}
HEIGHT = 460  # pixels, of a figure with one row of axes


def plotly(caller: str = "This picture") -> ModuleType:
    """plotly.graph_objects.

    Args:
      caller: what needs it, as the error says it.

    Raises:
      ImportError: without the pictures extra, with the line to type.
    """
    try:
        import plotly.graph_objects as graph_objects
    except ImportError as error:
        raise ImportError(f'{caller} needs plotly: pip install "tfjsbridge[pictures]"') from error
    return graph_objects


def figure(title: str, x: str = "", y: str = "", height: int = HEIGHT) -> Any:
    """An empty figure of this look.

    Args:
      title: what the picture shows.
      x: the quantity along the x axis, with its unit where it has one.
      y: the same along the y axis.
      height: in pixels; the width is the page's.
    """
    made = plotly(title).Figure()
    style(made, title, height)
    made.update_xaxes(title_text=x or None)
    made.update_yaxes(title_text=y or None)
    return made


def style(figure: Any, title: str | None = None, height: int = HEIGHT) -> None:
    """Give a figure that was made otherwise, such as subplots, this look."""
    figure.update_layout(
        template=TEMPLATE,
        colorway=COLOURS,
        # At the top, wherever legends and scales below it end.
        title={"text": title, "font": {"size": 16}, "y": 1 - 22 / height, "yanchor": "middle"}
        if title
        else None,
        font={"size": 13},
        height=height,
        margin={"l": 60, "r": 20, "t": 76 if title else 40, "b": 50},
    )


def matrix(counts: Any, rows: Any, columns: Any) -> Any:
    """A trace of a matrix with its numbers in the cells, as of a confusion matrix."""
    return plotly().Heatmap(
        z=counts,
        x=columns,
        y=rows,
        texttemplate="%{z}" if len(rows) <= 20 else None,
        colorscale=BLUES,
        showscale=False,
        hovertemplate="%{y}, %{x}: %{z}<extra></extra>",
    )
