"""decision_boundary, probability_surface: how a model parts the plane of two variables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge.report.functions import (
    axis,
    class_numbers,
    function_of,
    outputs_through,
    points_of,
    rounded,
)
from tfjsbridge.report.level_lines import level_line
from tfjsbridge.report.look import CLASSES, COLOURS, LEGEND, SCALE, SPACE, SYMBOLS, figure
from tfjsbridge.report.slider import add_slider

if TYPE_CHECKING:
    from tfjsbridge.report.snapshots import Snapshots

#: Places along each axis, of two classes and of more: those have a whole number at each.
_GRID = 60
_FINE_GRID = 80
_HEIGHT = 560
_LINE = {"color": "black", "width": 2.5}
#: Those of `SYMBOLS` that there are in space, too.
_SYMBOLS_3D = ("circle", "diamond")


def decision_boundary(
    model: Any,
    xs: Any,
    ys: Any,
    snapshots: Snapshots | None = None,
    *,
    title: str = "",
    names: Sequence[str] = ("x1", "x2"),
    classes: Sequence[str] | None = None,
) -> Any:
    """The plane of two variables with the model's probability as colour, and the data.

    Of two classes the line is where the probability is 0.5. Of more, the colour is that of the most
    probable class, and the lines are where two are equally probable.

    Args:
      model: a tf.LayersModel or keras.Model from [None, 2] to [None, 1], a probability, or to
        [None, classes], one for each.
      xs: the points, [examples, 2].
      ys: their classes, [examples] or [examples, 1]; or one-hot, [examples, classes].
      snapshots: of the model's training; a slider goes through them, 30 at most. Without, the model
        as it is.
      title: what the picture shows.
      names: of the two variables, with their units.
      classes: the classes' names; "0", "1" and so on without it.

    Returns:
      A plotly figure.

    Raises:
      ValueError: for a model or data of other shapes, or snapshots of another model.
      ImportError: without the pictures extra.
    """
    plane = _Plane("decision_boundary", model, xs, ys, snapshots, names, classes)
    made = figure(title or "Decision boundary", plane.names[0], plane.names[1], _HEIGHT)
    steps = [plane.colours(each) for each in range(len(plane.outputs))]
    for trace in steps[-1]:
        made.add_trace(trace)
    for number, name, points in plane.by_class():
        made.add_scatter(
            x=rounded(points[:, 0]),
            y=rounded(points[:, 1]),
            mode="markers",
            name=name,
            marker={
                "color": COLOURS[number % len(COLOURS)],
                "symbol": SYMBOLS[number % len(SYMBOLS)],
                "size": 8,
                "line": {"color": "white", "width": 1},
            },
        )
    made.update_layout(legend=LEGEND)
    for update, places in ((made.update_xaxes, plane.x), (made.update_yaxes, plane.y)):
        update(range=[places[0], places[-1]], constrain="domain", showgrid=False, zeroline=False)
    if plane.alike:
        made.update_yaxes(scaleanchor="x")
    if plane.epochs:
        add_slider(made, plane.epochs, steps, traces=range(len(steps[-1])))
    return made


def probability_surface(
    model: Any,
    xs: Any,
    ys: Any,
    snapshots: Snapshots | None = None,
    *,
    title: str = "",
    names: Sequence[str] = ("x1", "x2"),
    classes: Sequence[str] | None = None,
) -> Any:
    """The probability of class 1 as a surface over the plane, with the line where it is 0.5.

    Args:
      model: a tf.LayersModel or keras.Model from [None, 2] to [None, 1] or, of two classes,
        [None, 2].
      xs: the points, [examples, 2].
      ys: their classes, [examples] or [examples, 1]; or one-hot, [examples, 2].
      snapshots: of the model's training; a slider goes through them, 30 at most. Without, the model
        as it is.
      title: what the picture shows.
      names: of the two variables, with their units.
      classes: the names of class 0 and class 1.

    Returns:
      A plotly figure.

    Raises:
      ValueError: for a model or data of other shapes, more than two classes, or snapshots of
        another model.
      ImportError: without the pictures extra.
    """
    plane = _Plane("probability_surface", model, xs, ys, snapshots, names, classes)
    if plane.count > 2:
        raise ValueError(
            f"probability_surface is for two classes, but the model has {plane.count}; "
            "decision_boundary draws more."
        )
    made = figure(title or "Probability surface", height=_HEIGHT)
    steps = [plane.surface(each) for each in range(len(plane.outputs))]
    for trace in steps[-1]:
        made.add_trace(trace)
    for number, name, points in plane.by_class():
        made.add_scatter3d(
            x=rounded(points[:, 0]),
            y=rounded(points[:, 1]),
            z=[number] * len(points),
            mode="markers",
            name=name,
            marker={
                "color": COLOURS[number],
                "symbol": _SYMBOLS_3D[number],
                "size": 3.5,
                "line": {"color": "white", "width": 1},
            },
        )
    made.update_layout(
        margin={"l": 5, "r": 20, "b": 10},
        legend=LEGEND,
        scene=SPACE
        | {
            "xaxis": {"title": {"text": plane.names[0]}},
            "yaxis": {"title": {"text": plane.names[1]}},
            "zaxis": {"title": {"text": f"P({plane.classes[1]})"}, "range": [-0.02, 1.02]},
        },
    )
    if plane.epochs:
        add_slider(made, plane.epochs, steps, traces=range(len(steps[-1])))
    return made


class _Plane:
    """The data, a grid over it, and what the model says there.

    Attributes:
      count: how many classes there are.
      points, ys: the data, [examples, 2], and its classes, [examples].
      x, y: the grid's columns and rows.
      epochs: those of the snapshots, none without.
      outputs: for each snapshot [y, x, classes or 1].
    """

    def __init__(
        self,
        caller: str,
        model: Any,
        xs: Any,
        ys: Any,
        snapshots: Snapshots | None,
        names: Sequence[str],
        classes: Sequence[str] | None,
    ):
        function = function_of(caller, model, 2, None)
        width = function.outputs[0].shape[1]
        self.count = max(2, width)
        self.points = points_of(caller, xs, 2)
        self.ys = class_numbers(caller, ys, len(self.points), self.count)
        if len(names) != 2:
            raise ValueError(f"{caller}: names must be of the two variables, got {list(names)}.")
        self.names = [str(name) for name in names]
        given = range(self.count) if classes is None else classes
        self.classes = [str(name) for name in given]
        if len(self.classes) != self.count:
            raise ValueError(
                f"{caller}: the model has {self.count} classes, but classes has "
                f"{len(self.classes)} names."
            )
        places = _GRID if self.count == 2 else _FINE_GRID
        self.x, self.y = (axis(self.points[:, i], places) for i in (0, 1))
        grid = np.stack(np.meshgrid(self.x, self.y), axis=-1).reshape(-1, 2)
        self.epochs, found = outputs_through(caller, function, snapshots, grid)
        self.outputs = [values.reshape(places, places, width) for values in found]

    @property
    def alike(self) -> bool:
        """Whether the variables are of like size, so that both axes may have one scale."""
        spans = self.x[-1] - self.x[0], self.y[-1] - self.y[0]
        return bool(max(spans) <= 3 * min(spans))

    def by_class(self) -> list[tuple[int, str, np.ndarray]]:
        """Number, name and points of each class."""
        return [
            (number, name, self.points[self.ys == number])
            for number, name in enumerate(self.classes)
        ]

    def colours(self, step: int) -> list[dict[str, Any]]:
        """The plane at a snapshot as traces: its colour, and the lines between classes."""
        if self.count > 2:
            return self._regions(self.outputs[step])
        probability = self.outputs[step][:, :, -1]
        x, y = level_line(self.x, self.y, probability, 0.5)
        said = f"P({self.classes[1]})"
        return [
            {
                "type": "heatmap",
                "x": rounded(self.x),
                "y": rounded(self.y),
                "z": rounded(probability),
                "zmin": 0,
                "zmax": 1,
                "zsmooth": "best",
                "colorscale": CLASSES,
                "opacity": 0.75,
                "colorbar": SCALE
                | {
                    "title": {"text": said, "side": "right"},
                    "tickvals": [0, 0.5, 1],
                    "ticktext": ["0", "0.5, the line", "1"],
                    "tickangle": 90,
                },
                "hovertemplate": self._hover(said),
            },
            {
                "type": "scatter",
                "x": x,
                "y": y,
                "mode": "lines",
                "name": f"{said} = 0.5",
                "showlegend": False,  # the scale says it
                "line": _LINE,
                "hoverinfo": "skip",
            },
        ]

    def surface(self, step: int) -> list[dict[str, Any]]:
        """The probability at a snapshot as traces in space: the surface, and the line at 0.5."""
        probability = self.outputs[step][:, :, -1]
        x, y = level_line(self.x, self.y, probability, 0.5)
        said = f"P({self.classes[1]})"
        return [
            {
                "type": "surface",
                "x": rounded(self.x),
                "y": rounded(self.y),
                "z": rounded(probability),
                "colorscale": CLASSES,
                "cmin": 0,
                "cmax": 1,
                "showscale": False,
                "opacity": 0.9,
                "hovertemplate": self._hover(said),
            },
            {
                "type": "scatter3d",
                "x": x,
                "y": y,
                "z": [None if place is None else 0.5 for place in x],
                "mode": "lines",
                "name": f"{said} = 0.5",
                "line": _LINE | {"width": 7},
                "hoverinfo": "skip",
            },
        ]

    def _hover(self, said: str) -> str:
        x, y = self.names
        return f"{x} %{{x:.3g}}, {y} %{{y:.3g}}<br>{said} = %{{z:.3f}}<extra></extra>"

    def _regions(self, probabilities: np.ndarray) -> list[dict[str, Any]]:
        """The most probable class as colour, and the lines where two are equally probable."""
        scale = []
        for number in range(self.count):
            colour = COLOURS[number % len(COLOURS)]
            scale += [[number / self.count, colour], [(number + 1) / self.count, colour]]
        xs: list[Any] = []
        ys: list[Any] = []
        for number in range(self.count - 1):  # the last one borders on these alone
            others = np.delete(probabilities, number, axis=2).max(axis=2)
            x, y = level_line(self.x, self.y, probabilities[:, :, number] - others, 0)
            xs, ys = xs + x, ys + y
        return [
            {
                "type": "heatmap",
                "x": rounded(self.x),
                "y": rounded(self.y),
                "z": probabilities.argmax(axis=2).tolist(),
                "zmin": -0.5,
                "zmax": self.count - 0.5,
                "colorscale": scale,
                "showscale": False,
                "opacity": 0.35,
                "hoverinfo": "skip",
            },
            {
                "type": "scatter",
                "x": xs,
                "y": ys,
                "mode": "lines",
                "showlegend": False,
                "line": _LINE,
                "hoverinfo": "skip",
            },
        ]
