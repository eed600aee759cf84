"""A slider below a figure, with a button that plays what it goes through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tfjsbridge.report.look import plotly

#: Pixels that buttons and slider take below the figure.
SPACE = 120

#: How long each step stands while it plays, in milliseconds.
_MS_PER_STEP = 300


def add_slider(
    figure: Any,
    labels: Sequence[Any],
    steps: Sequence[Sequence[Mapping[str, Any]]],
    *,
    traces: Sequence[int],
    prefix: str = "epoch ",
    active: int | None = None,
) -> None:
    """Add a slider and a play button to a figure that shows one of the steps already.

    Args:
      figure: a figure of `look`, with its size set.
      labels: what the slider says of each step, behind `prefix`.
      steps: for each step the traces as they are then, as dicts; of them the data is taken.
      traces: which of the figure's traces these are.
      prefix: before the label at hand.
      active: the step that the figure shows; the last one without it.
    """
    graph = plotly()
    names = [str(label) for label in labels]
    figure.frames = [
        graph.Frame(name=name, data=_changes(data), traces=list(traces))
        for name, data in zip(names, steps, strict=True)
    ]
    at_once = {"mode": "immediate", "transition": {"duration": 0}}
    play = at_once | {"fromcurrent": True, "frame": {"duration": _MS_PER_STEP, "redraw": True}}
    jump = at_once | {"frame": {"duration": 0, "redraw": True}}
    margin = figure.layout.margin
    figure.update_layout(
        height=(figure.layout.height or 460) + SPACE,
        margin={"b": (margin.b or 50) + SPACE},
        sliders=[
            {
                "active": len(names) - 1 if active is None else active,
                "steps": [
                    {"label": name, "method": "animate", "args": [[name], jump]} for name in names
                ],
                "currentvalue": {
                    "prefix": prefix,
                    "xanchor": "right",
                    "font": {"size": 14},
                    "offset": 22,  # the rail is below the buttons
                },
                "pad": {"t": 52, "b": 10},
                "x": 0,
                "len": 1,
            }
        ],
        updatemenus=[
            {
                "type": "buttons",
                "direction": "right",
                "showactive": False,
                "x": 0,
                "y": 0,
                "xanchor": "left",
                "yanchor": "top",
                "pad": {"t": 48, "l": 0},
                "buttons": [
                    {"label": "▶", "method": "animate", "args": [None, play]},
                    {"label": "❚❚", "method": "animate", "args": [[None], jump]},
                ],
            }
        ],
    )


def _changes(traces: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The traces' data without their look, which stays."""
    return [
        {name: trace[name] for name in ("type", "x", "y", "z") if name in trace} for trace in traces
    ]
