"""A model as a function: its outputs on given inputs, now or with the weights of snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge import training
from tfjsbridge.report.inputs import check_lengths, column, numbers
from tfjsbridge.report.weights import check_snapshots, keras_model, put, restored, shown
from tfjsbridge.tensors import as_array

if TYPE_CHECKING:
    from tfjsbridge.report.snapshots import Snapshots

#: How many rows are predicted at a time.
_BATCH = 16384


def function_of(caller: str, model: Any, inputs: int, outputs: int | None = 1) -> Any:
    """The Keras model of one that takes [None, inputs] and gives [None, outputs].

    Raises:
      ValueError: for a model of other shapes; `outputs` None allows any number.
    """
    found = keras_model(caller, model)
    shapes_in = [list(each.shape) for each in found.inputs]
    shapes_out = [list(each.shape) for each in found.outputs]
    fits_in = len(shapes_in) == 1 and shapes_in[0][1:] == [inputs]
    fits_out = len(shapes_out) == 1 and len(shapes_out[0]) == 2
    if fits_out and outputs is not None:
        fits_out = shapes_out[0][1] == outputs
    if not fits_in or not fits_out:
        raise ValueError(
            f"{caller}: model must take [None, {inputs}] and give "
            f"[None, {'classes' if outputs is None else outputs}]; this one takes "
            f"{_listed(shapes_in)} and gives {_listed(shapes_out)}."
        )
    return found


def _listed(shapes: Sequence[Any]) -> str:
    return " and ".join(map(str, shapes)) or "nothing yet"


def outputs_of(model: Any, points: np.ndarray) -> np.ndarray:
    """What a Keras model says of points, [points, outputs]."""
    return np.asarray(training.predict(model, points, batch_size=_BATCH), dtype=np.float64)


def outputs_through(
    caller: str, model: Any, snapshots: Snapshots | None, points: np.ndarray
) -> tuple[list[int], list[np.ndarray]]:
    """The same with the weights of each snapshot, or with the model's own without any.

    Returns:
      The epochs, none without snapshots, and the outputs.
    """
    if snapshots is None:
        return [], [outputs_of(model, points)]
    check_snapshots(caller, model, snapshots)
    found = []
    places = shown(snapshots)
    with restored(model):
        for place in places:
            put(model, snapshots.weights[place])
            found.append(outputs_of(model, points))
    return [snapshots.epochs[place] for place in places], found


def points_of(caller: str, xs: Any, inputs: int) -> np.ndarray:
    """Points [examples, inputs] of what was given as the model's inputs.

    Raises:
      ValueError: for another shape, or no examples.
    """
    points = numbers("xs", as_array(xs))
    if inputs == 1 and points.ndim == 1:
        points = points[:, None]
    if points.ndim != 2 or points.shape[1] != inputs:
        raise ValueError(
            f"{caller}: xs must be [examples, {inputs}], got the shape {list(points.shape)}."
        )
    check_lengths(xs=points)
    return points


def class_numbers(caller: str, ys: Any, count: int, classes: int) -> np.ndarray:
    """The class of each example, [examples] of int.

    Args:
      caller: the function, as errors say it.
      ys: class numbers [examples] or [examples, 1], or one-hot [examples, classes].
      count: how many examples there are.
      classes: how many classes there are.

    Raises:
      ValueError: for another shape, or numbers that are no class.
    """
    given = numbers("ys", as_array(ys))
    if given.ndim == 2 and given.shape[1] == classes and classes > 1:
        given = given.argmax(axis=1).astype(float)
    given = column("ys", given)
    if len(given) != count:
        raise ValueError(f"{caller}: xs has {count} examples, but ys has {len(given)}.")
    wrong = [each for each in np.unique(given) if each not in range(classes)]
    if wrong:
        raise ValueError(f"{caller}: ys must be classes from 0 to {classes - 1}, got {wrong[0]:g}.")
    return given.astype(int)


def axis(values: np.ndarray, count: int, margin: float = 0.1) -> np.ndarray:
    """So many places from the least to the largest value, and a bit beyond."""
    low, high = float(values.min()), float(values.max())
    beyond = (high - low) * margin or 1.0
    return np.linspace(low - beyond, high + beyond, count)


def rounded(values: np.ndarray, digits: int = 4) -> list[Any]:
    """Lists of numbers with so many digits behind the point, which keep a page small."""
    result: list[Any] = np.round(values, digits).tolist()
    return result
