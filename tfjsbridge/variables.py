"""Variable: a Tensor whose values can be changed in place, as training does.

Follows `Variable` of tfjs-core/src/tensor.ts and `makeVariable` of engine.ts.
"""

from __future__ import annotations

import itertools
import weakref
from typing import Any

from tfjsbridge.dtypes import check_dtype
from tfjsbridge.engine import track
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from

_ids = itertools.count()
#: The variables by name, as long as someone holds them.
_registered: weakref.WeakValueDictionary[str, Variable] = weakref.WeakValueDictionary()


class Variable(Tensor):
    """A Tensor that can be assigned new values; `variable` is the TensorFlow variable itself.

    Gradients are taken with respect to the trainable ones (`tf.variableGrads`), and optimizers
    change them.
    """

    __slots__ = ("name", "trainable", "variable")

    #: The variable's name, which no other has.
    name: str
    #: Whether gradients are taken with respect to it and optimizers change it.
    trainable: bool

    def __init__(self, initialValue: Tensor, trainable: bool, name: str | None):
        name = name or str(next(_ids))
        if name in _registered:
            raise ValueError(f"Variable with name {name} was already registered")
        self.name = name
        self.trainable = trainable
        self.variable = tensorflow.Variable(initialValue.tensor, trainable)
        self.isDisposed = self.kept = False
        track(self, self.variable, initialValue)
        _registered[name] = self

    @property
    def tensor(self) -> Any:
        """The values as they are now, a TensorFlow tensor."""
        if self.isDisposed:
            raise ValueError("Tensor is disposed.")
        return tensorflow.convert_to_tensor(self.variable)

    def assign(self, newValue: Any) -> None:
        """Change the values.

        Args:
          newValue: a Tensor of the variable's shape and dtype.

        Raises:
          ValueError: for another shape or dtype.
        """
        value = tensor_from(newValue)
        if value.dtype != self.dtype:
            raise ValueError(
                f"dtype of the new value ({value.dtype}) and previous value ({self.dtype}) "
                "must match"
            )
        if value.shape != self.shape:
            raise ValueError(
                f"shape of the new value ({value.shape}) and previous value ({self.shape}) "
                "must match"
            )
        self.variable.assign(value.tensor)

    def dispose(self) -> None:
        """Give the values back; every later use is an error, "Tensor is disposed."."""
        super().dispose()
        _registered.pop(self.name, None)

    def _release(self) -> None:
        del self.variable


def variable(
    initialValue: Any, trainable: bool = True, name: str | None = None, dtype: str | None = None
) -> Variable:
    """A Variable with the values of a Tensor.

    Args:
      initialValue: its first values.
      trainable: whether optimizers change it.
      name: a name that no other variable has; without it, a number.
      dtype: to cast the first values to.

    Raises:
      ValueError: if the name is taken.
    """
    if dtype is not None:
        check_dtype(dtype)
    return Variable(tensor_from(initialValue, dtype), trainable, name)
