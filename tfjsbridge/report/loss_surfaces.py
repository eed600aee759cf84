"""loss_curve, loss_surface: the loss as a function of a model's parameters, with descent paths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge.report.look import (
    BLUES,
    COLOURS,
    DASHES,
    LEGEND,
    SCALE,
    SPACE,
    SYMBOLS,
    figure,
)
from tfjsbridge.report.loss_values import Losses
from tfjsbridge.report.weights import (
    Parameter,
    check_snapshots,
    keras_model,
    parameter,
    values_of,
)

if TYPE_CHECKING:
    from tfjsbridge.report.snapshots import Snapshots

#: Places along the axis of a curve, and along each axis of a surface.
_PLACES = 201
_GRID = 60
_HEIGHT = 560
#: How many levels of a contour there are.
_LEVELS = 24


def loss_curve(
    model: Any,
    xs: Any,
    ys: Any,
    snapshots: Snapshots | None = None,
    *,
    weight: int = 0,
    title: str = "",
    name: str | None = None,
    limits: tuple[float, float] | None = None,
) -> Any:
    """The loss as a function of one parameter, the others held where the model has them.

    Every loss is the one that `model.evaluate` gives for all examples in one batch. The path's
    points are the losses with all weights of a snapshot: where other parameters moved too, they lie
    off the curve.

    Args:
      model: a compiled tf.LayersModel or keras.Model.
      xs: the inputs, as of `model.fit`.
      ys: the targets, as of `model.fit`.
      snapshots: of the model's training: the descent path.
      weight: the parameter: its number among those of the trainable weights, counted flat in the
        order of `model.getWeights()`.
      title: what the picture shows.
      name: of the parameter.
      limits: from where to where the parameter goes; without it, about the path.

    Returns:
      A plotly figure.

    Raises:
      ValueError: for a model that is not compiled, data that does not fit it, a parameter that it
        has not, or snapshots of another model.
      ImportError: without the pictures extra.
    """
    function = keras_model("loss_curve", model)
    losses = Losses("loss_curve", function, xs, ys)
    chosen = parameter("loss_curve", function, weight)
    paths = {} if snapshots is None else {"descent": snapshots}
    walked = _walked("loss_curve", function, losses, paths, [chosen])
    places = _axis("loss_curve", chosen.of(values_of(function)), walked, 0, limits, _PLACES)
    found = losses.at([chosen], places[:, None])
    label = name or chosen.name
    made = figure(title or "The loss as a function of a parameter", label, "loss")
    made.add_scatter(
        x=_short(places),
        y=_short(found),
        mode="lines",
        name="loss",
        line={"color": COLOURS[0], "width": 3},
        hovertemplate=f"{label} %{{x:.4g}}: loss %{{y:.4g}}<extra></extra>",
    )
    for path in walked:
        made.add_scatter(
            x=_short(path.values[:, 0]),
            y=_short(path.losses),
            customdata=path.epochs,
            mode="lines+markers",
            name=path.label,
            line={"color": COLOURS[1], "dash": "dot", "width": 1.5},
            marker={"color": COLOURS[1], "size": 9, "line": {"color": "white", "width": 1}},
            hovertemplate="epoch %{customdata}: loss %{y:.4g}<extra></extra>",
        )
    _mark_starts(made, walked, [path.losses for path in walked])
    made.update_layout(legend=LEGEND)
    return made


def loss_surface(
    model: Any,
    xs: Any,
    ys: Any,
    paths: Mapping[str, Snapshots] | Snapshots | None = None,
    *,
    weights: Sequence[int] = (0, 1),
    title: str = "",
    kind: str = "contour",
    names: Sequence[str] | None = None,
    limits: Sequence[tuple[float, float]] | None = None,
) -> Any:
    """The loss as a function of two parameters, the others held where the model has them.

    Every loss is the one that `model.evaluate` gives for all examples in one batch. Where it is
    positive everywhere, a contour's levels are evenly spaced in its logarithm: a valley's ground
    has lines too.

    Args:
      model: a compiled tf.LayersModel or keras.Model.
      xs: the inputs, as of `model.fit`.
      ys: the targets, as of `model.fit`.
      paths: snapshots of trainings of this model, or of others of its shape, by their labels: the
        descent paths. Their losses are those with all weights of a snapshot.
      weights: the two parameters, as of `loss_curve`.
      title: what the picture shows.
      kind: "contour", seen from above with a line for each level, or "surface", in space.
      names: of the two parameters.
      limits: from where to where each of them goes; without it, about the paths.

    Returns:
      A plotly figure.

    Raises:
      ValueError: for another `kind`, a model that is not compiled, data that does not fit it,
        parameters that it has not, or snapshots of another model.
      ImportError: without the pictures extra.
    """
    if kind not in ("contour", "surface"):
        raise ValueError(f"loss_surface: kind must be 'contour' or 'surface', got {kind!r}.")
    for what, pair in (("weights", weights), ("names", names), ("limits", limits)):
        if pair is not None and len(pair) != 2:
            raise ValueError(f"loss_surface: {what} must be two, got {pair!r}.")
    if weights[0] == weights[1]:
        raise ValueError(f"loss_surface: weights must be two different ones, got {weights!r}.")
    function = keras_model("loss_surface", model)
    losses = Losses("loss_surface", function, xs, ys)
    chosen = [parameter("loss_surface", function, number) for number in weights]
    if paths is None:
        paths = {}
    elif not isinstance(paths, Mapping):
        paths = {"descent": paths}
    walked = _walked("loss_surface", function, losses, paths, chosen)
    here = values_of(function)
    x, y = (
        _axis(
            "loss_surface", each.of(here), walked, place, limits[place] if limits else None, _GRID
        )
        for place, each in enumerate(chosen)
    )
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    z = losses.at(chosen, grid).reshape(_GRID, _GRID)
    labels = [each.name for each in chosen] if names is None else [str(each) for each in names]
    draw = _contour if kind == "contour" else _surface
    return draw(title or "The loss as a function of two parameters", labels, x, y, z, walked)


def _contour(
    title: str,
    labels: Sequence[str],
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    walked: Sequence[_Path],
) -> Any:
    made = figure(title, labels[0], labels[1], _HEIGHT)
    heights, levels, said = _levels(z)
    made.add_contour(
        x=_short(x),
        y=_short(y),
        z=_short(heights),
        customdata=_short(z),
        colorscale=BLUES,
        contours=levels,
        autocontour=False,
        line={"width": 0.7, "color": "#555555"},
        opacity=0.85,
        colorbar=SCALE | {"title": {"text": "loss", "side": "right"}} | said,
        hovertemplate=f"{labels[0]} %{{x:.4g}}, {labels[1]} %{{y:.4g}}<br>"
        "loss %{customdata:.4g}<extra></extra>",
    )
    for number, path in enumerate(walked):
        made.add_scatter(
            x=_short(path.values[:, 0]),
            y=_short(path.values[:, 1]),
            customdata=np.stack([path.epochs, path.losses], axis=1),
            mode="lines+markers",
            name=path.label,
            showlegend=True,
            line={"color": _colour(number), "dash": DASHES[number % len(DASHES)], "width": 2.5},
            marker={
                "symbol": SYMBOLS[number % len(SYMBOLS)],
                "size": 7,
                "line": {"color": "white", "width": 0.5},
            },
            hovertemplate="epoch %{customdata[0]}: loss %{customdata[1]:.4g}",
        )
    _mark_starts(made, walked, [path.values[:, 1] for path in walked])
    made.update_layout(legend=LEGEND)
    made.update_xaxes(range=[x[0], x[-1]], zeroline=False)
    made.update_yaxes(range=[y[0], y[-1]], zeroline=False)
    return made


def _levels(z: np.ndarray) -> tuple[np.ndarray, dict[str, Any], dict[str, Any]]:
    """What a contour draws, between which levels, and how its scale says them.

    The logarithms of the losses where all are positive, but nothing below a millionth of the
    largest: a place that is the minimum by chance would have most levels for itself.
    """
    finite = z[np.isfinite(z)]
    if not finite.size or finite.min() <= 0 or finite.max() < 2 * finite.min():
        low, high = (finite.min(), finite.max()) if finite.size else (0.0, 1.0)
        return z, _spaced(float(low), float(high)), {}
    heights = np.log10(np.maximum(z, finite.max() * 1e-6))
    low, high = float(np.nanmin(heights)), float(np.log10(finite.max()))
    ticks = np.linspace(low, high, 5)
    said = {"tickvals": ticks.tolist(), "ticktext": [f"{10**tick:.2g}" for tick in ticks]}
    return heights, _spaced(low, high), said


def _spaced(low: float, high: float) -> dict[str, Any]:
    size = (high - low) / _LEVELS or 1.0
    return {"start": low + size / 2, "end": high, "size": size}


def _surface(
    title: str,
    labels: Sequence[str],
    x: np.ndarray,
    y: np.ndarray,
    z: np.ndarray,
    walked: Sequence[_Path],
) -> Any:
    made = figure(title, height=_HEIGHT)
    made.add_surface(
        x=_short(x),
        y=_short(y),
        z=_short(z),
        colorscale=BLUES,
        opacity=0.85,
        showscale=False,
        hovertemplate=f"{labels[0]} %{{x:.4g}}, {labels[1]} %{{y:.4g}}<br>"
        "loss %{z:.4g}<extra></extra>",
    )
    for number, path in enumerate(walked):
        made.add_scatter3d(
            x=_short(path.values[:, 0]),
            y=_short(path.values[:, 1]),
            z=_short(path.losses),
            customdata=path.epochs,
            mode="lines+markers",
            name=path.label,
            showlegend=True,
            line={"color": _colour(number), "width": 6, "dash": _DASHES_3D[number % 4]},
            marker={
                "size": [7, *[3.5] * (len(path.losses) - 1)],
                "symbol": _SYMBOLS_3D[number % 4],
            },
            hovertemplate="epoch %{customdata}: loss %{z:.4g}",
        )
    made.update_layout(
        margin={"l": 5, "r": 20, "b": 10},
        legend=LEGEND,
        scene=SPACE
        | {
            "xaxis": {"title": {"text": labels[0]}},
            "yaxis": {"title": {"text": labels[1]}},
            "zaxis": {"title": {"text": "loss"}},
        },
    )
    return made


#: Those of `DASHES` and `SYMBOLS` that there are in space, too.
_DASHES_3D = ("solid", "dash", "dot", "dashdot")
_SYMBOLS_3D = ("circle", "diamond", "square", "cross")


def _colour(number: int) -> str:
    """Of a path: none of the blue of the losses."""
    colours = [colour for colour in COLOURS if colour not in ("#0072b2", "#56b4e9")]
    return colours[number % len(colours)]


def _mark_starts(made: Any, walked: Sequence[_Path], heights: Sequence[np.ndarray]) -> None:
    """Say where the paths begin, once where several begin at the same place."""
    starts = {
        (float(f"{path.values[0, 0]:.4g}"), float(f"{each[0]:.4g}"))
        for path, each in zip(walked, heights, strict=True)
        if len(path.values)
    }
    for x, y in sorted(starts):
        made.add_annotation(
            x=x, y=y, text="start", bgcolor="white", opacity=0.85, arrowhead=0, ax=0, ay=-28
        )


def _short(values: np.ndarray) -> list[Any]:
    """Lists of the numbers with six digits, which keep a page small."""
    short = np.array([float(f"{value:.6g}") for value in values.ravel()])
    result: list[Any] = short.reshape(values.shape).tolist()
    return result


class _Path:
    """A training's way: the values of the parameters and the losses at its snapshots.

    Those that are not finite are left out: behind them the training was of no use.
    """

    def __init__(
        self, label: str, snapshots: Snapshots, losses: Losses, parameters: Sequence[Parameter]
    ):
        self.label = label
        values = np.array(
            [[each.of(weights) for each in parameters] for weights in snapshots.weights]
        )
        found = losses.of(snapshots.weights)
        finite = np.isfinite(values).all(axis=1) & np.isfinite(found)
        self.values = values[finite]
        self.losses = found[finite]
        self.epochs = np.array(snapshots.epochs)[finite]


def _walked(
    caller: str,
    model: Any,
    losses: Losses,
    paths: Mapping[str, Snapshots],
    parameters: Sequence[Parameter],
) -> list[_Path]:
    for snapshots in paths.values():
        check_snapshots(caller, model, snapshots)
    return [_Path(str(label), each, losses, parameters) for label, each in paths.items()]


def _axis(
    caller: str,
    here: float,
    walked: Sequence[_Path],
    place: int,
    limits: tuple[float, float] | None,
    count: int,
) -> np.ndarray:
    """Places along a parameter's axis: within the limits, or about the model and the paths."""
    if limits is not None:
        if not limits[0] < limits[1]:
            raise ValueError(f"{caller}: limits must be (least, largest), got {limits!r}.")
        return np.linspace(*limits, count)
    values = np.concatenate([[here], *(path.values[:, place] for path in walked)])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    beyond = 0.25 * (high - low) or max(1.0, abs(low))
    return np.linspace(low - beyond, high + beyond, count)
