"""images, filters: small pictures side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.report.inputs import numbers
from tfjsbridge.report.look import CLASSES, plotly, style
from tfjsbridge.report.weights import keras_model
from tfjsbridge.runtime import keras
from tfjsbridge.tensors import as_array

#: How many pictures are shown at most.
MOST = 64


def images(
    images: Any, titles: Sequence[Any] | None = None, *, title: str = "", columns: int = 8
) -> Any:
    """Pictures side by side.

    Args:
      images: [pictures, height, width] or [pictures, height, width, channels] of 1 or 3 channels;
        of a single channel, the largest number is black. The first 64 are shown.
      titles: what stands above each.
      title: what the picture shows.
      columns: how many stand in a row.

    Returns:
      A plotly figure.

    Raises:
      ValueError: for another shape, another number of titles, or no columns.
      ImportError: without the pictures extra.
    """
    pictures = numbers("images", as_array(images))
    if pictures.ndim == 4 and pictures.shape[3] == 1:
        pictures = pictures[..., 0]
    if pictures.ndim not in (3, 4) or (pictures.ndim == 4 and pictures.shape[3] != 3):
        raise ValueError(
            "images: images must be [pictures, height, width] or [pictures, height, width, "
            f"channels] of 1 or 3 channels, got the shape {list(pictures.shape)}."
        )
    if not len(pictures):
        raise ValueError("images: there are no pictures.")
    if titles is not None and len(titles) != len(pictures):
        raise ValueError(f"images: there are {len(pictures)} pictures, but {len(titles)} titles.")
    if columns < 1:
        raise ValueError(f"images: columns must be a positive number, got {columns!r}.")
    limits = (float(pictures.min()), float(pictures.max()))
    return _grid(pictures, titles, title or "Pictures", columns, "Greys", limits)


def filters(model: Any, layer: Any = None, *, title: str = "") -> Any:
    """The kernels of a conv2d layer as small pictures.

    Blue are negative weights, orange positive ones, white is 0.

    Args:
      model: a tf.LayersModel or keras.Model.
      layer: the layer, its name, or its number; the first conv2d layer without it.
      title: what the picture shows.

    Returns:
      A plotly figure: a picture for each filter and channel of its input, the first 64.

    Raises:
      ValueError: where there is no such layer, or it is no conv2d layer.
      ImportError: without the pictures extra.
    """
    found = _conv2d(keras_model("filters", model), layer)
    kernel = np.asarray(found.kernel)  # [height, width, channels, filters]
    pictures = kernel.transpose(3, 2, 0, 1).reshape(-1, *kernel.shape[:2])
    channels = kernel.shape[2]
    titles = [
        f"{number}" if channels == 1 else f"{number}, {channel}"
        for number in range(kernel.shape[3])
        for channel in range(channels)
    ]
    largest = float(np.abs(kernel).max()) or 1.0
    said = title or f"The {kernel.shape[3]} filters of {found.name}"
    if channels > 1:
        said += "<br><sup>above each: filter, channel of its input</sup>"
    return _grid(pictures, titles, said, 8, CLASSES, (-largest, largest))


def _conv2d(model: Any, layer: Any) -> Any:
    convolutions = [each for each in model.layers if isinstance(each, keras.layers.Conv2D)]
    if layer is None:
        if not convolutions:
            raise ValueError("filters: the model has no conv2d layer.")
        return convolutions[0]
    if isinstance(layer, str):
        found = next((each for each in model.layers if each.name == layer), None)
    elif isinstance(layer, int):
        found = model.layers[layer] if 0 <= layer < len(model.layers) else None
    else:
        found = getattr(layer, "keras", layer)
    if found not in convolutions:
        raise ValueError(
            f"filters: {layer!r} is no conv2d layer of the model; those are "
            f"{', '.join(each.name for each in convolutions) or 'none'}."
        )
    return found


def _grid(
    pictures: np.ndarray,
    titles: Sequence[Any] | None,
    title: str,
    columns: int,
    colorscale: Any,
    limits: tuple[float, float],
) -> Any:
    graph = plotly("images")
    from plotly.subplots import make_subplots

    pictures = pictures[:MOST]
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    names = None if titles is None else [str(each) for each in titles[:MOST]]
    made = make_subplots(
        rows=rows, cols=columns, subplot_titles=names, horizontal_spacing=0.01,
        vertical_spacing=0.3 / rows if names else 0.05 / rows,
    )  # fmt: skip
    for number, picture in enumerate(pictures):
        if picture.ndim == 3:
            scaled = (picture - limits[0]) / ((limits[1] - limits[0]) or 1) * 255
            trace = graph.Image(z=np.round(scaled).astype(np.uint8))
        else:
            trace = graph.Heatmap(
                z=np.round(picture, 4).tolist(),
                colorscale=colorscale,
                zmin=limits[0],
                zmax=limits[1],
                showscale=False,
                hovertemplate="%{z}<extra></extra>",
            )
        row, column = divmod(number, columns)
        made.add_trace(trace, row + 1, column + 1)
    made.update_xaxes(visible=False, constrain="domain")
    made.update_yaxes(
        visible=False, autorange="reversed", constrain="domain", constraintoward="top"
    )
    for number in range(len(pictures)):
        name = "" if number == 0 else str(number + 1)
        made.layout[f"yaxis{name}"].scaleanchor = f"x{name}"
    style(made, title, 80 + 120 * rows)
    made.update_layout(margin={"l": 10, "r": 10, "b": 10, "t": 60 + 25 * title.count("<br>")})
    made.update_annotations(font_size=12)
    return made
