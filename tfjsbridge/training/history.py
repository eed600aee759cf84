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
        from tfjsbridge.report.histories import learning_curves

        return learning_curves(self)
