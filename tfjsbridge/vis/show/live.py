"""fitCallbacks: the loss and metrics of a training, drawn while it goes on.

Follows `fitCallbacks` of tfjs-vis/src/show/history.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from time import monotonic
from typing import Any

from tfjsbridge.errors import unknown_name
from tfjsbridge.options import options
from tfjsbridge.vis.panel import visor
from tfjsbridge.vis.show.histories import history_figure
from tfjsbridge.vis.surfaces import Surface, surface_of

#: What is drawn, and what is counted along its x axis.
LABELS = {"onEpochEnd": "Epoch", "onBatchEnd": "Batch"}
#: Drawing again waits so many seconds at least,
PAUSE = 0.5
#: and so long that drawing takes no more than this share of the time.
SHARE = 0.05

Logs = Mapping[str, float]


@options
def fitCallbacks(
    container: Any,
    metrics: Sequence[str],
    *,
    callbacks: Sequence[str] = ("onEpochEnd", "onBatchEnd"),
    zoomToFitAccuracy: bool = False,
    xAxisDomain: Sequence[float] | None = None,
    yAxisDomain: Sequence[float] | None = None,
    zoomToFit: bool = False,
    seriesColors: Sequence[str] | None = None,
    width: int | None = None,
    height: int | None = None,
    xLabel: str | None = None,
    yLabel: str | None = "Value",
    fontSize: float | None = None,
    xType: str = "quantitative",
    yType: str = "quantitative",
) -> dict[str, Callable[..., None]]:
    """Callbacks for `model.fit` that draw the loss and metrics as the training goes on.

    A picture is drawn again twice in a second at most, and at the end: so there is an `onTrainEnd`
    here, which tfjs-vis has not. Where a program calls the callbacks itself and never this one,
    the rest is drawn when it exits. Asking for batches makes a training of small batches slower;
    `callbacks=["onEpochEnd"]` does not ask for them.

    Args:
      container: where it is shown, as {"name": "Training", "tab": "Training"}.
      metrics: which to draw, where there are any of the name: "loss", "val_loss", "acc", ...
      callbacks: which to have: "onEpochEnd" for a chart over epochs, "onBatchEnd" over batches.
      zoomToFitAccuracy: as of `tf.vis.show.history`, as all that follow.
      xAxisDomain: where the x axis begins and ends.
      yAxisDomain: where the y axis begins and ends.
      zoomToFit: whether the y axis shows the values only; otherwise 0 too.
      seriesColors: a CSS colour for each line of a chart.
      width: in pixels; as wide as the page without it.
      height: of each chart, in pixels.
      xLabel: not used, as in tf.js: it is "Epoch" or "Batch".
      yLabel: the quantity along the y axis.
      fontSize: of the axes' texts, in pixels.
      xType: "quantitative", "ordinal" or "nominal".
      yType: the same of the y axis.

    Returns:
      The callbacks by name.

    Raises:
      ValueError: for a callback of another name.
    """
    for name in callbacks:
        if name not in LABELS:
            raise unknown_name("callback", name, LABELS)
    chart = {
        "zoomToFitAccuracy": zoomToFitAccuracy,
        "xAxisDomain": xAxisDomain,
        "yAxisDomain": yAxisDomain,
        "zoomToFit": zoomToFit,
        "seriesColors": seriesColors,
        "width": width,
        "height": height,
        "yLabel": yLabel,
        "fontSize": fontSize,
        "xType": xType,
        "yType": yType,
    }
    live = _Live(surface_of(container), list(metrics), chart)
    return {**{name: live.recorder(name) for name in callbacks}, "onTrainEnd": live.end}


class _Live:
    """The logs of a training, and when they were last drawn."""

    def __init__(self, surface: Surface, metrics: list[str], chart: dict[str, Any]) -> None:
        self._surface = surface
        self._metrics = metrics
        self._chart = chart
        self._values: dict[str, dict[str, list[Any]]] = {}
        self._undrawn: set[str] = set()
        self._goes_on = False
        self._next = monotonic() + PAUSE

    def recorder(self, name: str) -> Callable[[int, Logs], None]:
        """The callback of this name."""

        def record(index: int, logs: Logs) -> None:
            recorded = self._values.setdefault(name, {})
            for metric in self._metrics:
                if logs.get(metric) is not None:
                    recorded.setdefault(metric, []).append(float(logs[metric]))
            self._undrawn.add(name)
            if not self._goes_on:
                self._goes_on = True
                visor().begin(self.draw)
            if monotonic() >= self._next:
                self.draw()

        return record

    def end(self, logs: Logs | None = None) -> None:
        """The training is over."""
        self._goes_on = False
        visor().end(self.draw)

    def draw(self) -> None:
        """Draw what has changed."""
        began = monotonic()
        for name in [name for name in self._values if name in self._undrawn]:
            recorded = self._values[name]
            metrics = [metric for metric in self._metrics if metric in recorded]
            self._surface.draw(
                history_figure(
                    self._surface.label,
                    {"history": recorded},
                    metrics,
                    xLabel=LABELS[name],
                    **self._chart,
                ),
                part=name,
                heading=name,
            )
        self._undrawn.clear()
        now = monotonic()
        self._next = now + max(PAUSE, (now - began) / SHARE)
