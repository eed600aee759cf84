"""Training data as tensors, checked against the model before anything is trained."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow

tree = keras.tree

_CATEGORICAL = (keras.losses.CategoricalCrossentropy, keras.losses.categorical_crossentropy)

#: Losses whose targets have the output's shape.
_SAME_SHAPE = (
    keras.losses.MeanSquaredError,
    keras.losses.mean_squared_error,
    keras.losses.MeanAbsoluteError,
    keras.losses.mean_absolute_error,
    keras.losses.BinaryCrossentropy,
    keras.losses.binary_crossentropy,
    *_CATEGORICAL,
)


@dataclass(frozen=True)
class Data:
    """Examples in memory: `x` and, but for predictions, `y`, each a tensor or a nest of them."""

    x: Any
    y: Any
    size: int

    @property
    def tensors(self) -> tuple[Any, ...]:
        """What Keras's steps unpack: (x, y)."""
        return (self.x,) if self.y is None else (self.x, self.y)

    def shape_only(self) -> Data:
        """The same size without the examples."""
        return Data(None, None, self.size)

    def split(self, share: float) -> tuple[Data, Data]:
        """The examples before the last `share` of them, and those.

        Raises:
          ValueError: if either part would be empty.
        """
        at = int(self.size * (1 - share))
        if not 0 < share < 1 or at in (0, self.size):
            raise ValueError(
                f"validationSplit={share} leaves {at} of {self.size} examples for training and "
                f"{self.size - at} for validation; both need at least one."
            )

        def part(start: int, stop: int) -> Data:
            x, y = tree.map_structure(lambda t: t[start:stop], (self.x, self.y))
            return Data(x, y, stop - start)

        return part(0, at), part(at, self.size)


def positive_integer(name: str, value: Any) -> int:
    """`value`, checked.

    Raises:
      ValueError: if it is not a positive integer.
    """
    if not isinstance(value, Integral) or isinstance(value, bool) or value <= 0:
        raise ValueError(f"{name} must be a positive integer, got {value!r}.")
    return int(value)


def check_compiled(model: Any) -> None:
    """Refuse a model that has no loss and optimizer.

    Raises:
      ValueError: if the model is not compiled.
    """
    if not model.compiled:
        raise ValueError(
            "The model must be compiled before it is trained or evaluated: model.compile(...)."
        )


def prepare(model: Any, x: Any, y: Any = None, what: str = "") -> Data:
    """`x` and `y` as tensors.

    Args:
      model: the Keras model that they are for.
      x: arrays [examples, ...]: one, a list, or a dict by input name.
      y: arrays [examples, ...] likewise, or None.
      what: what the data is, for messages: "validation " or nothing.

    Raises:
      ValueError: listing everything in which the data does not fit the model.
    """
    x, y = tree.map_structure(_array, (x, y))
    if y is not None and getattr(model, "outputs", None):
        y = _outputs_of(y, model)
    sizes = {len(array) if array.ndim else 1 for array in tree.flatten((x, y)) if array is not None}
    problems = _input_problems(model, x)
    if y is not None:
        problems += _target_problems(model, y)
    if len(sizes) > 1:
        problems.append(
            "all inputs and targets must have the same number of examples, but their shapes are "
            + " and ".join(_text(a.shape) for a in tree.flatten((x, y)) if a is not None)
        )
    elif sizes == {0}:
        problems.append("there are no examples")
    if problems:
        lines = "; ".join(problems)
        raise ValueError(f"Error when checking {what}data: {lines}.")
    x, y = tree.map_structure(
        lambda a: None if a is None else tensorflow.convert_to_tensor(a), (x, y)
    )
    return Data(x, y, sizes.pop())


def _array(value: Any) -> Any:
    if value is None:
        return None
    array = np.asarray(value)
    return array.astype(keras.config.floatx()) if array.dtype.kind == "f" else array


def _outputs_of(y: Any, model: Any) -> Any:
    """Targets by output name in the order of the outputs, as the losses are."""
    names = _names(model.outputs)
    if isinstance(y, dict) and set(y) == set(names) and not isinstance(model.output, dict):
        y = [y[name] for name in names]
    return y[0] if isinstance(y, list) and len(y) == 1 else y


def _input_problems(model: Any, x: Any) -> list[str]:
    if not getattr(model, "inputs", None):
        return []  # a subclassed model takes what its call() takes
    names = _names(model.inputs)
    if isinstance(x, dict):
        missing = [name for name in names if name not in x]
        if missing:
            return [f"no data for the input {', '.join(missing)}; got {', '.join(x)}"]
        arrays = [x[name] for name in names]
    else:
        arrays = tree.flatten(x)
        if len(arrays) != len(names):
            return [
                f"the model expects {len(names)} input(s), {', '.join(names)}, but got "
                f"{len(arrays)}"
            ]
    strings = [
        f"expected {name} to hold numbers but got an array of {array.dtype}"
        for name, tensor, array in zip(names, model.inputs, arrays, strict=True)
        if array.dtype.kind in "OSU" and tensor.dtype != "string"
    ]
    return strings + [
        f"expected {name} to have shape {_text(tensor.shape)} but got array with shape "
        f"{_text(array.shape)}"
        for name, tensor, array in zip(names, model.inputs, arrays, strict=True)
        if not _fits(array.shape, tensor.shape)
    ]


def _target_problems(model: Any, y: Any) -> list[str]:
    outputs = getattr(model, "outputs", None)
    if not outputs:
        return []
    arrays = tree.flatten(y)
    if len(arrays) != len(outputs):
        return [
            f"the model has {len(outputs)} output(s), {', '.join(_names(outputs))}, but got "
            f"{len(arrays)} target(s)"
        ]
    losses = _losses(model)
    if len(losses) != len(arrays):
        return []
    problems = []
    for name, output, array, loss in zip(_names(outputs), outputs, arrays, losses, strict=True):
        if _is_one_of(loss, _SAME_SHAPE) and not _fits(array.shape, output.shape):
            hint = ""
            if _is_one_of(loss, _CATEGORICAL):
                hint = " (one-hot targets; for class numbers use sparseCategoricalCrossentropy)"
            problems.append(
                f"expected the target of {name} to have shape {_text(output.shape)}{hint} but got "
                f"array with shape {_text(array.shape)}"
            )
    return problems


def _losses(model: Any) -> list[Any]:
    """The losses in the order of the outputs, each a keras.losses.Loss, a function or None."""
    if not model.compiled:
        return []
    loss = model.loss
    if isinstance(loss, dict) and not isinstance(model.output, dict):
        losses = [loss.get(name) for name in _names(model.outputs)]
    else:
        losses = tree.flatten(loss)
    return [keras.losses.get(loss) for loss in losses]


def _is_one_of(loss: Any, kinds: tuple[Any, ...]) -> bool:
    return loss in kinds or type(loss) in kinds


def _names(tensors: Any) -> list[str]:
    """The names of the layers that inputs or outputs belong to."""
    return [str(tensor._keras_history.operation.name) for tensor in tensors]


def _fits(shape: tuple[int, ...], expected: Any) -> bool:
    expected = tuple(expected)
    if len(shape) == len(expected) - 1 and expected[-1] == 1:
        shape = (*shape, 1)  # Keras adds the axis itself
    return len(shape) == len(expected) and all(
        want is None or size == want for size, want in zip(shape[1:], expected[1:], strict=True)
    )


def _text(shape: Any) -> str:
    return "[" + ",".join("null" if size is None else str(size) for size in shape) + "]"
