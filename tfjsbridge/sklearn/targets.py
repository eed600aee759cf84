"""The targets of an estimator as its model takes them, and the model's outputs as labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import column_or_1d

from tfjsbridge.keras_losses import SPARSE
from tfjsbridge.training.slots import outputs_of


@dataclass(frozen=True)
class Labels:
    """The labels that a classifier has learned.

    Attributes:
      classes: the labels in order, of any dtype; for several labels per example their numbers.
      several: whether an example has several labels: y is [examples, labels] of 0 and 1.
    """

    classes: np.ndarray
    several: bool

    @classmethod
    def of(cls, y: Any) -> Labels:
        """The labels in targets [examples] or, of 0 and 1, [examples, labels].

        Raises:
          ValueError: if they are no labels, or all the same.
        """
        check_classification_targets(y)
        if type_of_target(y) == "multilabel-indicator":
            return cls(np.arange(y.shape[1]), True)
        if type_of_target(y) == "multiclass-multioutput":
            raise ValueError(
                "Classifier takes one label per example, or several as a matrix of 0 and 1; y is a "
                f"matrix {list(np.shape(y))} of other values."
            )
        classes = np.unique(column_or_1d(y, warn=True))
        if len(classes) < 2:
            raise ValueError(
                f"Classifier needs at least 2 classes, but y has only 1 class: {classes.tolist()}."
            )
        return cls(classes, False)

    @property
    def outputs(self) -> int:
        """How many numbers the model gives for an example, if not a single one for two classes."""
        return len(self.classes)

    @property
    def possible_outputs(self) -> tuple[int, ...]:
        """How many it may give."""
        two = not self.several and self.outputs == 2
        return (self.outputs, 1) if two else (self.outputs,)

    @property
    def activation(self) -> str:
        """What makes probabilities of the last layer's numbers."""
        return "sigmoid" if self.several else "softmax"

    def encoded(self, y: Any, model: Any, width: int) -> np.ndarray:
        """Targets for a compiled Keras model whose output is [None, width]."""
        if self.several:
            return np.asarray(y, np.float32)
        numbers = np.searchsorted(self.classes, column_or_1d(y))
        if width == 1:
            return numbers[:, None].astype(np.float32)
        if any(loss.name == SPARSE for output in outputs_of(model) for loss in output.losses):
            return numbers.astype(np.int32)
        return np.eye(width, dtype=np.float32)[numbers]

    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """The probability of each class, [examples, classes], from the model's outputs.

        Raises:
          ValueError: if these are no probabilities.
        """
        finite = outputs[np.isfinite(outputs)]
        low, high = finite.min(initial=0.0), finite.max(initial=1.0)
        if low < -1e-6 or high > 1 + 1e-6:
            raise ValueError(
                f"The model gives numbers from {low:g} to {high:g}, which are no probabilities. "
                "Give its last layer a softmax or sigmoid."
            )
        if outputs.shape[1] == 1 and not self.several:
            return np.concatenate([1 - outputs, outputs], axis=1)
        return outputs

    def decoded(self, probabilities: np.ndarray) -> np.ndarray:
        """The labels of the most probable classes; of several, those above one half."""
        if self.several:
            return (probabilities > 0.5).astype(int)
        return self.classes[probabilities.argmax(axis=1)]
