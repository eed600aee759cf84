"""modelSummary, layer: the layers of a model and their weights.

Follows tfjs-vis/src/show/model.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.layers.base import Layer
from tfjsbridge.models import LayersModel, wrap
from tfjsbridge.runtime import keras
from tfjsbridge.vis.charts import chart
from tfjsbridge.vis.render.distributions import distribution
from tfjsbridge.vis.render.tables import draw_table
from tfjsbridge.vis.stats import tensor_stats
from tfjsbridge.vis.surfaces import surface_of


def modelSummary(container: Any, model: Any) -> Any:
    """A table of a model's layers: their names, output shapes and numbers of weights.

    Args:
      container: where it is shown, as {"name": "Summary", "tab": "Model"}.
      model: a `tf.LayersModel` or a Keras model.

    Returns:
      The table as a plotly figure.

    Raises:
      TypeError: for anything else.
    """
    if isinstance(model, keras.Model):
        model = wrap(model)
    if not isinstance(model, LayersModel):
        raise TypeError(
            f"modelSummary: expected a tf.LayersModel, got {type(model).__name__} {model!r}."
        )
    rows = [
        [layer.name, _output_shape(layer.outputShape), layer.countParams(), layer.trainable]
        for layer in model.layers
    ]
    headings = ["Layer Name", "Output Shape", "# Of Params", "Trainable"]
    return draw_table(surface_of(container), headings, rows)


def layer(container: Any, layer: Any) -> Any:
    """A table of a layer's weights, and how the values of each are distributed.

    Args:
      container: where it is shown, as {"name": "Layer", "tab": "Model"}.
      layer: a layer of a model, as `model.getLayer(None, 1)` gives it, or a Keras layer.

    Returns:
      The plotly figure of the distribution, with a menu of the weights; for a layer without weights
      the empty table.

    Raises:
      TypeError: for anything else.
    """
    if isinstance(layer, keras.layers.Layer):
        layer = wrap(layer)
    if not isinstance(layer, (Layer, LayersModel)):
        raise TypeError(
            f"show.layer: expected a layer of a model, got {type(layer).__name__} {layer!r}."
        )
    surface = surface_of(container)
    names = [variable.name for variable in layer.weights]
    values = [np.asarray(weight.numpy()) for weight in layer.getWeights()]
    rows: list[list[Any]] = []
    for name, value in zip(names, values, strict=True):
        stats = tensor_stats(value)
        limits = [stats["min"], stats["max"], value.size]
        special = [stats["numZeros"], stats["numNans"], stats["numInfs"]]
        rows.append([name, _shape(value.shape), *limits, *special])
    headings = [
        "Weight Name",
        "Shape",
        "Min",
        "Max",
        "# Params",
        "# Zeros",
        "# NaNs",
        "# Infinity",
    ]
    table = draw_table(surface, headings, rows, part="layer-weights-info")
    if not values:
        return table
    figure = _distributions(surface.label, names, values)
    return surface.draw(figure, part="param-distribution", heading="Values distribution")


def _distributions(title: str, names: list[str], values: list[np.ndarray]) -> Any:
    """The histogram of the first weight, and a menu that shows another's.

    tf.js: shows none before a button is pressed.
    """
    figure = chart(title, "value", "count", None, None)
    buttons: list[dict[str, Any]] = []
    for name, value in zip(names, values, strict=True):
        bars = distribution(value.reshape(-1).astype(np.float64), 12)
        if bars is None:  # nothing is finite
            continue
        figure.add_trace(bars.update(name=name, visible=not buttons))
        buttons.append({"method": "update", "label": name})
    for number, button in enumerate(buttons):
        button["args"] = [{"visible": [place == number for place in range(len(buttons))]}]
    if len(buttons) > 1:
        menu = {"buttons": buttons, "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom"}
        figure.update_layout(updatemenus=[menu])
    figure.update_layout(bargap=0, showlegend=False)
    return figure


def _output_shape(shape: Sequence[Any]) -> str:
    if len(shape) and isinstance(shape[0], (list, tuple)):
        return f"[{', '.join(map(_shape, shape))}]"
    return _shape(shape)


def _shape(shape: Sequence[int | None]) -> str:
    """A shape as tfjs-vis writes it: the batch axis by name, other open ones as nothing."""
    if not len(shape):
        return "Scalar"
    sizes = ["" if size is None else str(size) for size in shape]
    return f"[{','.join(['batch' if shape[0] is None else sizes[0], *sizes[1:]])}]"
