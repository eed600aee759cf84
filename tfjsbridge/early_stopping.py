"""EarlyStopping: no more training where it makes nothing better.

Follows tfjs-layers/src/callbacks.ts.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from tfjsbridge.callback import Callback, Logs


class EarlyStopping(Callback):
    """Stops training when a value does not improve any more; see `tf.callbacks.earlyStopping`."""

    def __init__(
        self,
        monitor: str = "val_loss",
        minDelta: float = 0,
        patience: int = 0,
        verbose: int = 0,
        mode: str = "auto",
        baseline: float | None = None,
        restoreBestWeights: bool = False,
    ):
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"earlyStopping: mode must be 'auto', 'min' or 'max', got {mode!r}.")
        self.monitor, self.minDelta = monitor, abs(minDelta)
        self.patience, self.verbose = patience, verbose
        self.baseline, self.restoreBestWeights = baseline, restoreBestWeights
        rises = mode == "max" or (mode == "auto" and "acc" in monitor)
        self._sign = 1 if rises else -1
        self._weights: Sequence[Any] = ()

    def onTrainBegin(self, logs: Logs) -> None:
        """Forget what was seen in an earlier training."""
        self.wait = self.stoppedEpoch = 0
        self.best = -self._sign * math.inf if self.baseline is None else self.baseline
        self._weights = ()

    def onEpochEnd(self, epoch: int, logs: Logs) -> None:
        """Stop, if it has been no better for long enough."""
        current = logs.get(self.monitor)
        if current is None:
            warnings.warn(
                f"Metric for EarlyStopping {self.monitor} is not available. Available metrics are: "
                f"{', '.join(logs)}.",
                stacklevel=2,
            )
            return
        if self._sign * current - self.minDelta > self._sign * self.best:
            self.best, self.wait = current, 0
            if self.restoreBestWeights:
                self._weights = self.model.keras.get_weights()
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.stoppedEpoch = epoch
            self.model.stopTraining = True

    def onTrainEnd(self, logs: Logs) -> None:
        """Say where it stopped, and go back to the best weights."""
        if self.stoppedEpoch > 0 and self.verbose:
            print(f"Epoch {self.stoppedEpoch}: early stopping.")
        if len(self._weights):
            self.model.keras.set_weights(self._weights)
