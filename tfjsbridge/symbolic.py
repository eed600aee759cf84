"""SymbolicTensor: what `tf.input` and `layer.apply` give, a tensor with a shape and no values yet.

Follows tfjs-layers/src/engine/topology.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.dtypes import tfjs_dtype


class SymbolicTensor:
    """A placeholder for a tensor in a model's graph; `keras` is the KerasTensor itself."""

    __slots__ = ("keras",)

    def __init__(self, keras_tensor: Any):
        self.keras = keras_tensor

    @property
    def shape(self) -> list[int | None]:
        """The size of each axis; None where it is not known, as for the batch."""
        return list(self.keras.shape)

    @property
    def dtype(self) -> str:
        """float32, int32, bool or string."""
        return tfjs_dtype(self.keras.dtype)

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.keras.shape)

    @property
    def name(self) -> str:
        """The name."""
        return str(self.keras.name)

    def __repr__(self) -> str:
        return f"SymbolicTensor(name={self.name!r}, shape={self.shape}, dtype={self.dtype!r})"
