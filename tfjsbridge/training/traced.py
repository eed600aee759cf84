"""What a traced training depends on, and so for which other trainings it serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tfjsbridge.runtime import keras


@dataclass(frozen=True)
class Traced:
    """The parts of a model and the shapes of data that a function was traced with.

    Attributes:
      parts: the optimizer, compiled losses and metrics, layers and weights, as objects. `compile`
        makes new ones; freezing a layer changes which weights are trained.
      shapes: of the data, with dtypes and the names in it, and of the batches.
    """

    parts: tuple[Any, ...]
    shapes: str

    @classmethod
    def of(cls, model: Any, *shapes: Any) -> Traced:
        """What a function of `model` depends on, besides these: Batches, nests, numbers."""
        compiled = (
            (model.optimizer, model._compile_loss, model._compile_metrics) if model.compiled else ()
        )
        parts = (*compiled, *model._flatten_layers(), *model.trainable_variables)
        return cls(parts, f"{[_text(shape) for shape in shapes]} {model.run_eagerly}")

    def serves(self, other: Traced) -> bool:
        """Whether a training that needs `other` can run what was traced with these."""
        return (
            self.shapes == other.shapes
            and len(self.parts) == len(other.parts)
            and all(mine is its for mine, its in zip(self.parts, other.parts, strict=True))
        )


def _text(shape: Any) -> str:
    if hasattr(shape, "data"):
        return f"{_text(shape.data.tensors)} in {shape.size}s"
    return str(
        keras.tree.map_structure(
            lambda t: f"{t.dtype.name}{t.shape}" if hasattr(t, "dtype") else t, shape
        )
    )
