"""A model's weights as arrays: read, set for a while, and counted one number after the other."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from tfjsbridge.layers.weights import ordered_weights
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from tfjsbridge.report.snapshots import Snapshots

#: More snapshots than these make a slider hard to use and a page large; then these are shown.
MOST_SNAPSHOTS = 30


def keras_model(caller: str, model: Any) -> Any:
    """The `keras.Model` of a model of the mirror, or the one that was given.

    Raises:
      TypeError: for anything else.
    """
    found = getattr(model, "keras", model)
    if not isinstance(found, keras.Model):
        raise TypeError(
            f"{caller}: model must be a tf.LayersModel or a keras.Model, got "
            f"{type(model).__name__} {model!r}."
        )
    return found


def values_of(model: Any) -> list[np.ndarray]:
    """Copies of a Keras model's weights, in tf.js's order: trainable ones first."""
    return [weight.value.numpy().copy() for weight in ordered_weights(model)]


def put(model: Any, values: Sequence[np.ndarray]) -> None:
    """Set a Keras model's weights, in the same order."""
    for weight, value in zip(ordered_weights(model), values, strict=True):
        weight.assign(value)


@contextlib.contextmanager
def restored(model: Any) -> Iterator[None]:
    """Give a Keras model its weights back afterwards, also after an error."""
    values = values_of(model)
    try:
        yield
    finally:
        put(model, values)


def check_snapshots(caller: str, model: Any, snapshots: Snapshots) -> None:
    """Refuse what are no snapshots of a training of this Keras model.

    Raises:
      TypeError: for what are no Snapshots.
      ValueError: where there are none, or they are another model's.
    """
    if not hasattr(snapshots, "epochs") or not hasattr(snapshots, "weights"):
        raise TypeError(
            f"{caller}: snapshots must be report.Snapshots, got {type(snapshots).__name__} "
            f"{snapshots!r}."
        )
    if not len(snapshots.epochs):
        raise ValueError(
            f"{caller}: snapshots is empty. Give it to the training, model.fit(..., "
            "callbacks=[snapshots]), with epochs that the training reaches."
        )
    expected = [tuple(weight.shape) for weight in ordered_weights(model)]
    came = [np.shape(value) for value in snapshots.weights[0]]
    if came != expected:
        raise ValueError(
            f"{caller}: snapshots are of another model: its weights have the shapes "
            f"{[list(shape) for shape in came]}, those of this model "
            f"{[list(shape) for shape in expected]}."
        )


def shown(snapshots: Snapshots) -> list[int]:
    """The places of the snapshots that a slider shows: all, or so many evenly taken."""
    count = len(snapshots.epochs)
    places = np.linspace(0, count - 1, min(count, MOST_SNAPSHOTS))
    return [int(place) for place in np.round(places)]


class Parameter(NamedTuple):
    """One number among a model's weights.

    Attributes:
      variable: which of the weights, in tf.js's order.
      place: which number of that, counted flat.
      name: as "dense_Dense1/kernel[0, 1]".
    """

    variable: int
    place: int
    name: str

    def of(self, values: Sequence[np.ndarray]) -> float:
        """Its value in these weights."""
        return float(np.reshape(values[self.variable], -1)[self.place])


def parameter(caller: str, model: Any, number: int) -> Parameter:
    """Number `number` of a Keras model's trainable weights, counted flat one after the other.

    Raises:
      ValueError: for a number that there is not.
    """
    weights = model.trainable_weights
    total = sum(int(np.prod(weight.shape)) for weight in weights)
    if isinstance(number, bool) or not isinstance(number, (int, np.integer)):
        raise ValueError(f"{caller}: a parameter is given by its number, got {number!r}.")
    if not 0 <= number < total:
        raise ValueError(
            f"{caller}: the model has {total} trainable parameters, numbered from 0 to "
            f"{total - 1}; got {number}."
        )
    rest = int(number)
    for variable, weight in enumerate(weights):
        size = int(np.prod(weight.shape))
        if rest < size:
            indices = ", ".join(str(int(each)) for each in np.unravel_index(rest, weight.shape))
            path = weight.path.removeprefix(f"{model.name}/")
            name = f"{path}[{indices}]" if size > 1 else path
            return Parameter(variable, rest, name)
        rest -= size
    raise AssertionError("unreachable")
