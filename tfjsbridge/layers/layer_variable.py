"""LayerVariable: a weight of a layer, as `addWeight` gives it.

Follows tfjs-layers/src/variables.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.dtypes import tfjs_dtype
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, as_array
from tfjsbridge.variable_names import names_of, path_of


class LayerVariable:
    """A weight of a layer; `keras` is the Keras variable itself, which holds everything."""

    __slots__ = ("keras",)

    def __init__(self, keras_variable: Any):
        self.keras = keras_variable

    def read(self) -> Tensor:
        """The values as they are now."""
        return Tensor(tensorflow.convert_to_tensor(self.keras.value))

    def write(self, newVal: Any) -> LayerVariable:
        """Set the values, as the weight's constraint would have them.

        Raises:
          ValueError: for another shape.
        """
        array = as_array(newVal)
        if array.shape != tuple(self.keras.shape):
            raise ValueError(
                f"Shape mismatch: {self.shape} vs. {list(array.shape)}, for the weight "
                f"{self.originalName}."
            )
        value = tensorflow.cast(array, self.keras.dtype)
        constraint = self.keras.constraint
        self.keras.assign(value if constraint is None else constraint(value))
        return self

    @property
    def name(self) -> str:
        """The layer's name and the weight's own, dense_Dense1/kernel; no other has the same."""
        return names_of([self.keras.value])[0]

    @property
    def originalName(self) -> str:
        """The same, which other weights may have too."""
        return path_of(self.keras.value)

    @property
    def shape(self) -> list[int]:
        """The size of each axis."""
        return list(self.keras.shape)

    @property
    def dtype(self) -> str:
        """float32, int32 or bool."""
        return tfjs_dtype(self.keras.dtype)

    @property
    def trainable(self) -> bool:
        """Whether training changes it."""
        return bool(self.keras.trainable)

    @trainable.setter
    def trainable(self, value: bool) -> None:
        self.keras.trainable = value

    def __repr__(self) -> str:
        return f"<LayerVariable {self.name!r} {self.shape} {self.dtype}>"
