"""Callback: a class of functions that are called while a model trains, to be subclassed.

Follows `BaseCallback` of tfjs-layers/src/base_callbacks.ts and `Callback` of callbacks.ts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tfjsbridge.models import LayersModel

Logs = Mapping[str, float]


class Callback:
    """Functions that are called while a model trains; a subclass has those that it needs."""

    #: The model that is being trained.
    model: LayersModel
    #: How it is trained: epochs, steps, verbose, ...
    params: Mapping[str, Any]

    def setModel(self, model: LayersModel) -> None:
        """Is called before all others."""
        self.model = model

    def setParams(self, params: Mapping[str, Any]) -> None:
        """Is called next."""
        self.params = params

    def onTrainBegin(self, logs: Logs) -> None:
        """Is called before the first epoch."""

    def onTrainEnd(self, logs: Logs) -> None:
        """Is called after the last epoch."""

    def onEpochBegin(self, epoch: int, logs: Logs) -> None:
        """Is called before each epoch; the first one is 0."""

    def onEpochEnd(self, epoch: int, logs: Logs) -> None:
        """Is called after each epoch, with its loss and metrics."""

    def onBatchBegin(self, batch: int, logs: Logs) -> None:
        """Is called before each step of training."""

    def onBatchEnd(self, batch: int, logs: Logs) -> None:
        """Is called after each step of training, with its loss and metrics."""
