"""curve: a model of one variable beside its data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfjsbridge.report.functions import axis, function_of, outputs_through, points_of, rounded
from tfjsbridge.report.inputs import check_lengths, column, numbers
from tfjsbridge.report.look import COLOURS, LEGEND, figure
from tfjsbridge.report.slider import add_slider
from tfjsbridge.tensors import as_array

if TYPE_CHECKING:
    from tfjsbridge.report.snapshots import Snapshots

_PLACES = 201


def curve(
    model: Any,
    xs: Any,
    ys: Any,
    snapshots: Snapshots | None = None,
    *,
    title: str = "",
    x: str = "x",
    y: str = "y",
) -> Any:
    """Data of one variable, and the function that the model is.

    Args:
      model: a tf.LayersModel or keras.Model from [None, 1] to [None, 1].
      xs: the inputs, [examples] or [examples, 1].
      ys: the targets, likewise.
      snapshots: of the model's training; a slider goes through them. Without, the model as it is.
      title: what the picture shows.
      x: the variable, with its unit.
      y: the target, with its unit.

    Returns:
      A plotly figure.

    Raises:
      ValueError: for a model or data of other shapes, or snapshots of another model.
      ImportError: without the pictures extra.
    """
    function = function_of("curve", model, 1)
    points = points_of("curve", xs, 1)
    targets = column("ys", numbers("ys", as_array(ys)))
    check_lengths(xs=points, ys=targets)
    places = axis(points, _PLACES, 0.05)
    epochs, found = outputs_through("curve", function, snapshots, places[:, None])
    lines = [outputs[:, 0] for outputs in found]
    made = figure(title or "The model beside its data", x, y)
    made.add_scatter(
        x=points[:, 0],
        y=targets,
        mode="markers",
        name="data",
        marker={"color": COLOURS[0], "size": 7, "opacity": 0.65},
    )
    made.add_scatter(
        x=rounded(places, 5),
        y=rounded(lines[-1], 5),
        mode="lines",
        name="model",
        line={"color": COLOURS[1], "width": 3},
    )
    # As wide as data and last line are; the first lines may be far outside.
    low = min(targets.min(), lines[-1].min())
    high = max(targets.max(), lines[-1].max())
    beyond = 0.08 * (high - low) or 1.0
    made.update_yaxes(range=[low - beyond, high + beyond])
    made.update_layout(legend=LEGEND)
    if epochs:
        add_slider(
            made,
            epochs,
            [[{"type": "scatter", "y": rounded(line, 5)}] for line in lines],
            traces=[1],
        )
    return made
