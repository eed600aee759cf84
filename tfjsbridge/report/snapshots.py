"""Snapshots: a model's weights after chosen epochs of a training."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.report.weights import values_of
from tfjsbridge.runtime import keras


class Snapshots(keras.callbacks.Callback):
    """A callback for `model.fit` that keeps the weights after chosen epochs.

    Between two of them the fit engine makes as many epochs in one call as without it.

    Attributes:
      epochs: how many epochs were done at each snapshot; 0 is before training.
      weights: the weights then, in the order of `model.getWeights()`, NumPy arrays.
      losses: the loss that the log of the last epoch says; NaN before training, where there is
        none.
    """

    #: Not between any two epochs; `next_look` says when.
    watches = False

    def __init__(self, epochs: int | Sequence[int] = 20):
        """For some epochs.

        Args:
          epochs: numbers of epochs done, [0, 1, 10, 100]; or how many snapshots there shall be, the
            first before training and the last behind it, close together in early epochs.

        Raises:
          ValueError: for no epochs, negative ones, or fewer than two snapshots.
        """
        super().__init__()
        self._wanted = _checked(epochs)
        self._chosen: list[int] = []
        self.epochs: list[int] = []
        self.weights: list[list[np.ndarray]] = []
        self.losses: list[float] = []

    def next_look(self, epoch: int) -> int:
        """How many epochs will be done at the next snapshot, where `epoch` are."""
        return min((chosen for chosen in self._chosen if chosen > epoch), default=sys.maxsize)

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin anew."""
        self.epochs, self.weights, self.losses = [], [], []
        first, last = self.params.get("initialEpoch", 0), self.params["epochs"]
        if isinstance(self._wanted, int):
            self._chosen = [first + done for done in spaced(self._wanted, last - first)]
        else:
            self._chosen = self._wanted
        self._done = first
        if first in self._chosen:
            self._keep(float("nan"))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep the weights, if this is one of the epochs."""
        self._done = epoch + 1
        self._loss = float((logs or {}).get("loss", "nan"))
        if self._done in self._chosen:
            self._keep(self._loss)

    def on_train_end(self, logs: Any = None) -> None:
        """Keep the last weights of a training that ended early, if its end is of interest."""
        if isinstance(self._wanted, int) and self._done not in self.epochs:
            self._keep(self._loss)

    def _keep(self, loss: float) -> None:
        self.epochs.append(self._done)
        self.weights.append(values_of(self.model))
        self.losses.append(loss)

    def __len__(self) -> int:
        return len(self.epochs)


def spaced(count: int, epochs: int) -> list[int]:
    """At most `count` different numbers from 0 to `epochs`, close together at the beginning."""
    count = min(count, epochs + 1)
    if count < 2:
        return list(range(epochs + 1))
    places = np.arange(count)
    # The cube of an even spacing, but no two the same.
    cubes = np.round(epochs * (places / (count - 1)) ** 3).astype(int)
    return [int(number) for number in np.maximum(places, cubes)]


def _checked(epochs: Any) -> int | list[int]:
    if isinstance(epochs, (int, np.integer)) and not isinstance(epochs, bool):
        if epochs < 2:
            raise ValueError(
                f"Snapshots: epochs must be at least 2 snapshots or a list of epochs, got {epochs}."
            )
        return int(epochs)
    if isinstance(epochs, (Sequence, np.ndarray, range)) and not isinstance(epochs, (str, bytes)):
        wrong = [
            each
            for each in epochs
            if not isinstance(each, (int, np.integer)) or isinstance(each, bool) or each < 0
        ]
        if len(epochs) and not wrong:
            return sorted({int(each) for each in epochs})
    raise ValueError(
        "Snapshots: epochs must be a list of numbers of epochs done, [0, 1, 10, 100], or a number "
        f"of snapshots, got {epochs!r}."
    )
