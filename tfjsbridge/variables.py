"""Variable: a Tensor whose values can be changed in place, as training does.

Follows `Variable` of tfjs-core/src/tensor.ts and `makeVariable` of engine.ts.
"""

from __future__ import annotations

import itertools
import weakref
from typing import Any

import numpy as np

from tfjsbridge.dtypes import check_dtype
from tfjsbridge.errors import named
from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.tfjs_engine import own_buffer, release, share, track

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
    #: The TensorFlow variable.
    variable: Any

    def __init__(
        self,
        initialValue: Tensor,
        trainable: bool,
        name: str | None,
        tensorId: int | None = None,
    ):
        name = name or str(next(_ids))
        if name in _registered:
            raise ValueError(f"Variable with name {name} was already registered")
        self.name = name
        self.trainable = trainable
        self.variable = tensorflow.Variable(initialValue.tensor, trainable)
        if tensorId is not None:
            self._number = tensorId
        self.isDisposed = self.kept = False
        track(self, self.variable, initialValue)
        _registered[name] = self

    @property
    def tensor(self) -> Any:
        """The values as they are now, a TensorFlow tensor."""
        if self.isDisposed:
            raise ValueError("Tensor is disposed.")
        return tensorflow.convert_to_tensor(self.variable)

    def _described(self) -> Any:
        return self._remains if self.isDisposed else self.variable

    @property
    def shape(self) -> list[int]:
        """The size of each axis."""
        return list(self._described().shape)

    def assign(self, newValue: Any) -> None:
        """Change the values.

        Args:
          newValue: a Tensor of the variable's shape and dtype.

        Raises:
          ValueError: for another shape or dtype.
        """
        value = convert(newValue, "newValue", "assign", STRING_OR_NUMERIC)
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
        # tf.js: from now on it shares the new value's buffer.
        if value is not self:
            release(self)
            share(self, value)
        if value is not newValue:
            value.dispose()

    def dispose(self) -> None:
        """Give the values back; every later use is an error, "Tensor is disposed."."""
        super().dispose()
        _registered.pop(self.name, None)

    def _release(self) -> None:
        del self.variable

    def __reduce__(self) -> tuple[Any, ...]:
        return _copy, (self.numpy(), self.trainable, self.name)


def registered_variables() -> dict[str, Variable]:
    """The variables that there are, by name."""
    return dict(_registered)


def changed_in_place(name: str) -> None:
    """Count a variable that TensorFlow or Keras has changed as tf.js does: it assigns new values.

    Args:
      name: of a Variable; nothing happens where there is none.
    """
    if name in _registered:
        own_buffer(_registered[name])


def dispose_variables() -> None:
    """Dispose of all variables."""
    for variable in registered_variables().values():
        variable.dispose()


def _copy(values: np.ndarray, trainable: bool, name: str) -> Variable:
    """A Variable from a pickle or for `copy`: of the same name, unless that is taken."""
    initial = tensor_from(values)
    copied = Variable(initial, trainable, None if name in _registered else name)
    initial.dispose()
    return copied


@named
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
    if isinstance(initialValue, Tensor) and dtype not in (None, initialValue.dtype):
        from tfjsbridge.ops.transformations import cast

        return Variable(cast(initialValue, dtype), trainable, name)
    return Variable(tensor_from(initialValue, dtype), trainable, name)
