"""roc_callback: the ROC curve after each epoch of a training."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge import training
from tfjsbridge.report import pictures
from tfjsbridge.report.base import plain
from tfjsbridge.report.binary import Curve, binary
from tfjsbridge.runtime import keras
from tfjsbridge.tensors import as_array


class RocCallback(keras.callbacks.Callback):
    """Collects the ROC curve on given data after the epochs of a training.

    Attributes:
      epochs: their numbers, from 0.
      curves: the curve after each of them.
      auc: the area under each.
    """

    def __init__(self, x: Any, y: Any, every: int = 1):
        super().__init__()
        if not isinstance(every, int) or every < 1:
            raise ValueError(f"every must be a positive number of epochs, got {every!r}.")
        self._x, self._y, self._every = x, y, every
        self.epochs: list[int] = []
        self.curves: list[Curve] = []
        self.auc: list[float] = []

    def on_train_begin(self, logs: Any = None) -> None:
        """Begin anew, and refuse a model with several classes."""
        outputs = self.model.outputs
        if len(outputs) != 1 or len(outputs[0].shape) != 2 or outputs[0].shape[1] > 2:
            raise ValueError(
                "roc_callback is for models of two classes, with one output [None, 1] or "
                f"[None, 2]; this one gives {' and '.join(str(list(o.shape)) for o in outputs)}."
            )
        self.epochs, self.curves, self.auc = [], [], []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Predict, and keep the curve."""
        if (epoch + 1) % self._every == 0:
            found = binary(self._y, training.predict(self.model, self._x).numpy())
            self.epochs.append(epoch)
            self.curves.append(found.roc)
            self.auc.append(found.auc)

    def to_dict(self) -> dict[str, Any]:
        """The epochs with their curves and areas, of plain Python, for JSON."""
        return {
            "epochs": self.epochs,
            "auc": plain(self.auc),
            "curves": [plain(vars(curve)) for curve in self.curves],
        }

    def plot(self) -> Any:
        """The curves from the first epoch to the last, and the area over the epochs.

        Raises:
          ImportError: without the pictures extra.
        """
        return pictures.roc_of_epochs(self)


def roc_callback(x: Any, y: Any, every: int = 1) -> RocCallback:
    """A callback for `model.fit` that collects the ROC curve after each epoch.

    Args:
      x: inputs to predict on, as of `model.predict`.
      y: their classes, [examples] or [examples, 1] of two values; or one-hot, [examples, 2].
      every: after every so many epochs.
    """
    targets = np.asarray(as_array(y))
    if targets.ndim == 2 and targets.shape[1] == 2:
        targets = targets.argmax(axis=1)
    return RocCallback(as_array(x), targets, every)
