"""What a model takes and gives: its inputs, and its outputs with their losses."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any, NamedTuple

from tfjsbridge.keras_losses import KERAS_LOSSES, SPARSE
from tfjsbridge.runtime import keras

tree = keras.tree
losses = keras.losses

#: Losses whose targets are one-hot.
ONE_HOT = {"categoricalCrossentropy", "categoricalFocalCrossentropy", "categoricalHinge"}

#: Losses of whole examples, not means over the last axis.
_OF_EXAMPLES = {"dice", "tversky"}

#: Losses whose targets have the output's shape.
SAME_SHAPE = KERAS_LOSSES.keys() - {SPARSE}

#: Losses that are a mean over the last axis.
OVER_LAST_AXIS = SAME_SHAPE - _OF_EXAMPLES

_NAMES = {thing: name for name, things in KERAS_LOSSES.items() for thing in things}


class Loss(NamedTuple):
    """A loss of an output: its name in tf.js, or None for a user's own."""

    name: str | None
    ignored_class: int | None = None


class Slot(NamedTuple):
    """What a model takes or gives: an input, or an output with its losses."""

    name: str
    tensor: Any
    losses: Sequence[Loss] = ()

    @property
    def classes(self) -> int | None:
        """The size of the last axis."""
        shape = self.tensor.shape
        return shape[-1] if len(shape) > 1 else None


class Part(NamedTuple):
    """An array in the data, with what messages call it: y, or y (kind) where there are several."""

    title: str
    array: Any  # None where nothing could be made one
    shape: tuple[int, ...]

    @classmethod
    def of(cls, title: str, array: Any) -> Part:
        """A part with the array's shape."""
        return cls(title, array, () if array is None else tuple(array.shape))


def inputs_of(model: Any) -> list[Slot]:
    """The inputs; none of a model that takes what its call() takes."""
    tensors = getattr(model, "inputs", None) or []
    return [
        Slot(name, tensor)
        for name, tensor in zip(_names(model, "input", tensors), tensors, strict=True)
    ]


def outputs_of(model: Any) -> list[Slot]:
    """The outputs; none of a model that does not say, or whose targets are its own affair."""
    tensors = getattr(model, "outputs", None) or []
    if not tensors or not has_keras_step(model):
        return []
    if len(tensors) > 1:
        struct = model.output
        parts = struct.values() if isinstance(struct, dict) else struct
        if any(map(tree.is_nested, parts)):
            return []
    names = _names(model, "output", tensors)
    return [
        Slot(name, tensor, found)
        for name, tensor, found in zip(names, tensors, _losses(model, names), strict=True)
    ]


def has_bare_input(model: Any) -> bool:
    """Whether the model takes a single array, neither in a list nor in a dict."""
    if not getattr(model, "inputs", None):
        return False
    return isinstance(model, keras.Sequential) or not isinstance(model.input, (dict, list, tuple))


def has_dict_output(model: Any) -> bool:
    """Whether the model gives a dict."""
    return not isinstance(model, keras.Sequential) and isinstance(model.output, dict)


def _names(model: Any, which: str, tensors: Sequence[Any]) -> list[str]:
    """The keys of a dict of inputs or outputs, or the names of their layers."""
    struct = None if isinstance(model, keras.Sequential) or not tensors else getattr(model, which)
    if isinstance(struct, dict):
        keys = {id(tensor): key for key, tensor in struct.items()}
        if all(id(tensor) in keys for tensor in tensors):
            return [keys[id(tensor)] for tensor in tensors]
    return [str(tensor._keras_history.operation.name) for tensor in tensors]


def has_keras_step(model: Any) -> bool:
    """Whether targets go to the compiled loss, as no step of the model's own changes."""
    return all(
        method.__module__.startswith("keras.")
        for method in (model.train_step, model.test_step, model.compute_loss)
    )


def _losses(model: Any, names: Sequence[str]) -> list[list[Loss]]:
    """The losses of each output."""
    loss = model.loss if model.compiled else None
    if isinstance(loss, dict):
        given = [loss.get(name) for name in names]
    elif len(names) == 1 or not isinstance(loss, (list, tuple)):
        given = [loss] * len(names)  # Keras gives one loss to all, and several to a single output
    else:
        given = list(loss) if len(loss) == len(names) else [None] * len(names)
    return [[_loss(part) for part in flattened(parts) if part is not None] for parts in given]


def flattened(nest: Any) -> list[Any]:
    return tree.flatten(nest) if isinstance(nest, (dict, list, tuple)) else [nest]


def _loss(loss: Any) -> Loss:
    if isinstance(loss, str):
        by_class_name = getattr(losses, loss, None)
        if inspect.isclass(by_class_name):
            loss = by_class_name
        else:
            try:
                loss = losses.get(loss)
            except ValueError:  # Keras says so itself
                return Loss(None)
    if inspect.isfunction(loss):
        return Loss(_NAMES.get(loss))
    kind = loss if inspect.isclass(loss) else type(loss)
    # A user's class may take other targets than the one that it extends.
    if kind.__module__.partition(".")[0] not in ("keras", __name__.partition(".")[0]):
        return Loss(None)
    if getattr(loss, "_fn_kwargs", {}).get("axis") not in (None, -1):
        return Loss(None)
    name = next((_NAMES[base] for base in kind.__mro__ if base in _NAMES), None)
    return Loss(name, getattr(loss, "ignore_class", None))
