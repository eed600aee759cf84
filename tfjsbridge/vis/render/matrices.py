"""heatmap, confusionMatrix: a matrix of numbers as colours.

Follows tfjs-vis/src/render/{heatmap,confusion_matrix}.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tfjsbridge.errors import unknown_name
from tfjsbridge.options import options
from tfjsbridge.tensors import Tensor
from tfjsbridge.vis.charts import TYPES, chart, plain, set_font_size
from tfjsbridge.vis.surfaces import surface_of

#: tfjs-vis's names of colour scales.
COLOUR_MAPS: dict[str, Any] = {
    "greyscale": [[0, "#000000"], [1, "#ffffff"]],
    "viridis": "Viridis",
    "blues": [[0, "#f7fbff"], [1, "#4292c6"]],
}


@options
def heatmap(
    container: Any,
    data: Mapping[str, Any],
    *,
    colorMap: str = "viridis",
    domain: Sequence[float] | None = None,
    rowMajor: bool = False,
    width: int | None = None,
    height: int | None = None,
    xLabel: str | None = None,
    yLabel: str | None = None,
    fontSize: float | None = None,
    xType: str = "ordinal",
    yType: str = "ordinal",
) -> Any:
    """A matrix of numbers as colours.

    Args:
      container: where it is shown, as {"name": "Weights", "tab": "Charts"}.
      data: {"values": matrix, "xTickLabels": texts, "yTickLabels": texts}: nested lists, an array
        or a Tensor. `values[x][y]` is the cell of column x from the left and row y from the top.
      colorMap: "viridis", "blues" or "greyscale".
      domain: the numbers of the scale's two ends; the least and the greatest without it.
      rowMajor: whether `values[y][x]` is that cell.
      width: in pixels; as wide as the page without it.
      height: in pixels.
      xLabel: what the columns are.
      yLabel: what the rows are.
      fontSize: of the axes' texts, in pixels.
      xType: "ordinal", "nominal" or "quantitative"; cells are of equal width all the same.
      yType: the same of the y axis.

    Returns:
      The plotly figure.

    Raises:
      ValueError: for another rank, rows of unequal length, labels of another number than columns
        or rows, an unknown colour scale.
      TypeError: for data of another form.
    """
    surface = surface_of(container)
    matrix = _matrix(data, "heatmap")
    if rowMajor:
        matrix = matrix.T
    columns, rows = data.get("xTickLabels"), data.get("yTickLabels")
    if columns is not None and len(columns) != matrix.shape[0]:
        raise ValueError(
            f"Length of xTickLabels ({len(columns)}) must match number of rows ({matrix.shape[0]})"
        )
    if rows is not None and len(rows) != matrix.shape[1]:
        raise ValueError(
            f"Length of yTickLabels ({len(rows)}) must match number of columns ({matrix.shape[1]})"
        )
    if not isinstance(colorMap, str) or colorMap not in COLOUR_MAPS:
        raise unknown_name("colorMap", colorMap, COLOUR_MAPS)
    for option, kind in (("xType", xType), ("yType", yType)):
        if kind not in TYPES:
            raise unknown_name(option, kind, TYPES)
    low, high = domain if domain is not None else (None, None)
    figure = chart(surface.label, xLabel, yLabel, width, height)
    figure.add_heatmap(
        z=matrix.T,
        zmin=low,
        zmax=high,
        colorscale=COLOUR_MAPS[colorMap],
        hovertemplate="x %{x}, y %{y}: %{z}<extra></extra>",
    )
    figure.update_xaxes(**_ticks(columns))
    figure.update_yaxes(autorange="reversed", **_ticks(rows))
    set_font_size(figure, fontSize)
    return surface.draw(figure)


@options
def confusionMatrix(
    container: Any,
    data: Mapping[str, Any],
    *,
    shadeDiagonal: bool = True,
    showTextOverlay: bool = True,
    colorMap: str | Sequence[str] = ("#f7fbff", "#4292c6"),
    width: int | None = None,
    height: int | None = 400,
    xLabel: str | None = None,
    yLabel: str | None = None,
    fontSize: float | None = None,
    xType: str = "nominal",
    yType: str = "nominal",
) -> Any:
    """How many examples of each class (rows) were predicted as each class (columns).

    Args:
      container: where it is shown, as {"name": "Confusion matrix", "tab": "Evaluation"}.
      data: {"values": matrix, "tickLabels": names}: nested lists, an array or a Tensor, as of
        `tf.vis.metrics.confusionMatrix`. The names are "Class 0" and so on without them.
      shadeDiagonal: whether the right predictions have colours, as they always have where there
        are no wrong ones.
      showTextOverlay: whether the numbers stand in the cells.
      colorMap: "viridis", "blues" or "greyscale", or the CSS colours of the least and the greatest.
      width: in pixels; as wide as the page without it.
      height: in pixels.
      xLabel: "prediction" without it.
      yLabel: "label" without it.
      fontSize: of the texts, in pixels.
      xType: "nominal"; tf.js has no other here.
      yType: the same of the y axis.

    Returns:
      The plotly figure.

    Raises:
      ValueError: for another rank, names of another number than classes, an unknown colour scale.
      TypeError: for data of another form.
    """
    surface = surface_of(container)
    counts = _matrix(data, "confusionMatrix")
    if counts.shape[0] != counts.shape[1]:
        raise ValueError(f"confusionMatrix: expected a square matrix, got shape {counts.shape}.")
    names = data.get("tickLabels") or [f"Class {number}" for number in range(len(counts))]
    if len(names) != len(counts):
        raise ValueError(
            f"confusionMatrix: expected {len(counts)} tickLabels, got {len(names)}: {names}."
        )
    for option, kind in (("xType", xType), ("yType", yType)):
        if kind not in TYPES:
            raise unknown_name(option, kind, TYPES)
    shaded = counts.astype(np.float64)
    if not shadeDiagonal and (counts - np.diag(np.diag(counts))).any():
        np.fill_diagonal(shaded, np.nan)
    figure = chart(surface.label, xLabel or "prediction", yLabel or "label", width, height)
    figure.add_heatmap(
        z=shaded,
        text=plain(counts),
        texttemplate="%{text}" if showTextOverlay else None,
        colorscale=_scale(colorMap),
        showscale=not showTextOverlay,
        colorbar={"title": {"text": "count"}},
        hovertemplate="label %{y}, prediction %{x}: %{text}<extra></extra>",
        hoverongaps=True,
    )
    figure.update_xaxes(**_ticks(names))
    figure.update_yaxes(autorange="reversed", **_ticks(names))
    set_font_size(figure, fontSize)
    return surface.draw(figure)


def _matrix(data: Any, function: str) -> np.ndarray:
    if not isinstance(data, Mapping) or data.get("values") is None:
        raise TypeError(
            f"{function}: expected data as {{'values': matrix}}, got "
            f"{type(data).__name__} {str(data)[:60]}."
        )
    values = data["values"]
    try:
        matrix = np.asarray(values.numpy() if isinstance(values, Tensor) else values)
    except ValueError:
        raise ValueError(f"{function}: the rows of the matrix are of unequal length.") from None
    if matrix.ndim != 2 or matrix.dtype.kind not in "biuf":
        raise ValueError(
            f"Input to {function} must be a 2d array or Tensor2d of numbers, got shape "
            f"{list(matrix.shape)}."
        )
    return matrix


def _scale(colours: str | Sequence[str]) -> Any:
    if isinstance(colours, str) and colours in COLOUR_MAPS:
        return COLOUR_MAPS[colours]
    if not isinstance(colours, str) and len(colours) == 2:
        return [[0, colours[0]], [1, colours[1]]]
    raise unknown_name("colorMap", colours, [*COLOUR_MAPS, "[first colour, last colour]"])


def _ticks(labels: Sequence[Any] | None) -> dict[str, Any]:
    """Texts at the cells' places, so that equal ones stay apart."""
    plain = {"showgrid": False, "zeroline": False}
    if labels is None:
        return {**plain, "tickformat": "d"}
    texts = [str(label) for label in labels]
    return {**plain, "tickvals": list(range(len(texts))), "ticktext": texts}
