"""histories, learning_curves: how losses and metrics went through trainings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tfjsbridge.report.look import COLOURS, DASHES, LEGEND, figure, plotly, style


def histories(
    histories: Mapping[str, Any], key: str = "loss", *, title: str = "", log: bool = False
) -> Any:
    """A value of several trainings, each a line over the epochs.

    Args:
      histories: for each label what `model.fit` gave, or its `history`, a dict of lists; or the
        list of the values, of a training by hand.
      key: the value in the history: "loss", "val_loss", "acc", ...
      title: what the picture shows.
      log: whether the axis of the values is logarithmic.

    Returns:
      A plotly figure.

    Raises:
      ValueError: without histories, or for one that has no such value.
      ImportError: without the pictures extra.
    """
    if not isinstance(histories, Mapping):
        raise TypeError(
            f"histories: expected a dict of histories by their labels, got {histories!r}."
        )
    if not histories:
        raise ValueError("histories: expected histories by their labels, got none.")
    made = figure(title or f"{key} of {len(histories)} trainings", "epoch", key)
    largest, least = -np.inf, np.inf
    for number, (label, history) in enumerate(histories.items()):
        logs = _logs("histories", history, key)
        if key not in logs:
            raise ValueError(
                f"histories: {label!r} has no {key!r}; it has {', '.join(map(repr, logs))}."
            )
        values = np.array(logs[key], dtype=float)
        epochs = _epochs(history, len(values))
        finite = np.isfinite(values)
        colour = COLOURS[number % len(COLOURS)]
        made.add_scatter(
            x=epochs,
            y=[value if np.isfinite(value) else None for value in values.tolist()],
            mode="lines",
            name=str(label),
            legendgroup=str(label),
            line={"color": colour, "dash": DASHES[number % len(DASHES)], "width": 2.5},
        )
        if finite.any() and not finite[-1]:
            last = int(np.flatnonzero(finite)[-1])
            made.add_scatter(
                x=[epochs[last]],
                y=[values[last]],
                mode="markers+text",
                text=[f"{label} diverges"],
                textposition="middle right",
                name=f"{label} diverges",
                legendgroup=str(label),
                showlegend=False,
                marker={"color": colour, "symbol": "x", "size": 10},
            )
        largest, least = max([largest, *values[finite]]), min([least, *values[finite]])
    made.update_layout(showlegend=True, legend=LEGEND)
    if log:
        made.update_yaxes(type="log", exponentformat="power")
        if least > 0 and largest / least > 100:
            made.update_yaxes(dtick=1)  # a line for each power of ten, none between
    return made


def learning_curves(history: Any, *, title: str = "") -> Any:
    """The loss and each metric over the epochs, of the training and of the validation.

    Args:
      history: what `model.fit` gave, or its `history`, a dict of lists.
      title: what the picture shows.

    Returns:
      A plotly figure.

    Raises:
      ValueError: for an empty history.
      ImportError: without the pictures extra.
    """
    logs = _logs("learning_curves", history)
    names = [name for name in logs if not name.startswith("val_")]
    if not names:
        raise ValueError("learning_curves: the history is empty.")
    plotly("learning_curves")
    from plotly.subplots import make_subplots

    made = make_subplots(rows=len(names), cols=1, shared_xaxes=True, vertical_spacing=0.06)
    for row, name in enumerate(names, start=1):
        for place, (key, label) in enumerate(((name, "training"), (f"val_{name}", "validation"))):
            if key in logs:
                made.add_scatter(
                    x=_epochs(history, len(logs[key])),
                    y=list(logs[key]),
                    name=label,
                    legendgroup=label,
                    showlegend=row == 1,
                    line={"color": COLOURS[place], "dash": DASHES[place], "width": 2.5},
                    row=row,
                    col=1,
                )
        made.update_yaxes(title_text=name, row=row, col=1)
    made.update_xaxes(title_text="epoch", row=len(names), col=1)
    style(made, title or "Learning curves", 110 + 240 * len(names))
    made.update_layout(legend=LEGEND)
    return made


def _epochs(history: Any, count: int) -> list[int]:
    """How many epochs were done at each value."""
    numbers = getattr(history, "epoch", [])
    return [number + 1 for number in numbers] if len(numbers) == count else [*range(1, count + 1)]


def _logs(caller: str, history: Any, key: str = "loss") -> dict[str, Any]:
    """The lists by name of a history, or of a mere list of one value."""
    found = getattr(history, "history", history)
    if isinstance(found, (list, tuple, np.ndarray)):
        return {key: found}
    if not isinstance(found, Mapping):
        raise TypeError(
            f"{caller}: expected a history, as model.fit gives it, a dict of lists, or a list of "
            f"numbers, got {type(history).__name__} {history!r}."
        )
    return dict(found)
