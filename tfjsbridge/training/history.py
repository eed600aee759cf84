"""What a training recorded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfjsbridge.runtime import keras


class History(keras.callbacks.History):
    """The loss and metrics of each epoch.

    Attributes:
      epoch: the numbers of the epochs.
      history: for each of loss, val_loss, ... the values of the epochs.
      params: how the model was trained: epochs, batchSize, samples, ...
    """

    epoch: list[int]
    history: dict[str, list[Any]]
    params: dict[str, Any]

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Record an epoch. Keras's own sets `model.history` too each time, which takes a while."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def plot(self) -> Any:
        """The loss and metrics over the epochs, as a plotly figure.

        Raises:
          ImportError: without the pictures extra.
        """
        try:
            from plotly.subplots import make_subplots
        except ImportError as error:
            raise ImportError(
                'history.plot() needs plotly: pip install "tfjsbridge[pictures]"'
            ) from error
        names = [name for name in self.history if not name.startswith("val_")]
        figure = make_subplots(rows=len(names), cols=1, shared_xaxes=True, vertical_spacing=0.06)
        for row, name in enumerate(names, start=1):
            for key, color in ((name, "#0072b2"), (f"val_{name}", "#d55e00")):
                if key in self.history:
                    figure.add_scatter(
                        x=self.epoch,
                        y=self.history[key],
                        name=key,
                        line_color=color,
                        row=row,
                        col=1,
                    )
            figure.update_yaxes(title_text=name, row=row, col=1)
        figure.update_xaxes(title_text="epoch", row=len(names), col=1)
        figure.update_layout(template="plotly_white", height=80 + 260 * len(names))
        return figure
