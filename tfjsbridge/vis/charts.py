"""What all charts of tf.vis have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from tfjsbridge.errors import unknown_name
from tfjsbridge.report import look
from tfjsbridge.tensors import Tensor

HEIGHT = 320  # pixels; more than one picture is seen at a time
TYPES = ("quantitative", "ordinal", "nominal")
#: Lines and points are told apart by these too, not by colour alone.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle", "x", "square", "diamond", "triangle-up", "cross", "star", "triangle-down")


def chart(title: str, x: str | None, y: str | None, width: int | None, height: int | None) -> Any:
    """An empty figure of one pair of axes.

    Args:
      title: the name of the surface.
      x: the quantity along the x axis.
      y: the same along the y axis.
      width: in pixels; as wide as the page without it.
      height: in pixels.
    """
    figure = look.figure(title, x or "", y or "", height or HEIGHT)
    figure.update_layout(width=width)
    return figure


def set_font_size(figure: Any, size: float | None) -> None:
    """The size of the axes' and the legend's texts in pixels, where one is given."""
    if size is not None:
        figure.update_xaxes(tickfont_size=size, title_font_size=size)
        figure.update_yaxes(tickfont_size=size, title_font_size=size)
        figure.update_layout(legend_font_size=size, font_size=size)


def axis_type(option: str, kind: str, values: Iterable[Any]) -> dict[str, Any]:
    """plotly's options of an axis of one of tfjs-vis's types.

    Args:
      option: xType or yType, for the error.
      kind: "quantitative": numbers in proportion; "ordinal" or "nominal": equal steps from each
        value to the next.
      values: what is drawn along the axis.

    Raises:
      ValueError: for another type.
    """
    if kind not in TYPES:
        raise unknown_name(option, kind, TYPES)
    if kind == "quantitative":
        return {"type": "linear"}
    distinct = list(dict.fromkeys(values))
    try:
        distinct.sort()
    except TypeError:  # numbers among texts
        distinct.sort(key=str)
    return {"type": "category", "categoryorder": "array", "categoryarray": distinct}


def plain(values: Any) -> Any:
    """A Tensor's or an array's values as nested lists; anything else as it is."""
    if isinstance(values, Tensor):
        return values.numpy().tolist()
    return values.tolist() if isinstance(values, np.ndarray) else values


def check_colours(colours: Sequence[str] | None, count: int) -> Sequence[str]:
    """The colours of the series.

    Raises:
      ValueError: where there are not as many as series.
    """
    if colours is None:
        return [look.COLOURS[number % len(look.COLOURS)] for number in range(count)]
    if len(colours) != count:
        raise ValueError(
            "Must have an equal number of series colors as there are data series: "
            f"expected {count}, got {len(colours)}."
        )
    return colours
