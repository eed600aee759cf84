"""What a traced training depends on, and so for which other trainings it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tfjsbridge.runtime import keras
from tfjsbridge.training.data import Data


@dataclass(frozen=True)
class Traced:
    """The parts of a model and the shapes of data that a training was traced with.

    Attributes:
      parts: the optimizer, compiled losses and metrics, layers and weights, as objects. `compile`
        makes new ones; freezing a layer changes which weights are trained.
      shapes: of the data, with dtypes and the names in it, and of the batches.
    """

    parts: tuple[Any, ...]
    shapes: str

    @classmethod
    def of(
        cls, model: Any, train: Data, validation: Data | None, batch_size: int, shuffle: bool
    ) -> Traced:
        """What a training of `model` on this data depends on."""
        nest = (train.tensors, validation and validation.tensors)
        shapes = keras.tree.map_structure(
            lambda t: None if t is None else f"{t.dtype.name}{t.shape}", nest
        )
        parts = (
            model.optimizer,
            model._compile_loss,
            model._compile_metrics,
            *model._flatten_layers(),
            *model.trainable_variables,
        )
        return cls(parts, f"{shapes} {batch_size} {shuffle} {model.run_eagerly}")

    def serves(self, other: Traced) -> bool:
        """Whether a training that needs `other` can run what was traced with these."""
        return (
            self.shapes == other.shapes
            and len(self.parts) == len(other.parts)
            and all(mine is its for mine, its in zip(self.parts, other.parts, strict=True))
        )
