"""Operations on the KerasTensors of a functional model: `keras.Model(x, tf.relu(x))`.

tf.js: operations take no SymbolicTensor, models are of layers only. Nor do they here; but a Keras
model of one's own may have them between its layers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tfjsbridge.runtime import keras
from tfjsbridge.tensors import Tensor


class Operation(keras.Operation):
    """A step of a Keras graph that calls one of tf.js's operations."""

    def __init__(self, function: Callable[..., Any]):
        super().__init__()
        self.function = function
        self._refusal: Exception | None = None

    def applied(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """The KerasTensors that are the result; the operation's own error, not Keras's of it."""
        try:
            return self(*args, **kwargs)
        except Exception:
            if self._refusal is not None:
                raise self._refusal from None
            raise

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """The result of the operation, TensorFlow tensors in place of Tensors."""
        try:
            result = self.function(*args, **kwargs)
        except Exception as error:
            self._refusal = error
            raise
        return keras.tree.map_structure(
            lambda each: each.tensor if isinstance(each, Tensor) else each, result
        )


def has_keras_tensors(args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool:
    """Whether an argument, or a part of a list of them, is a KerasTensor."""
    parts = keras.tree.flatten([list(args), dict(kwargs)])
    return any(isinstance(part, keras.KerasTensor) for part in parts)
