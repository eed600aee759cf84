"""What is wrong with data, in words: a list of problems, to be told all at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from numbers import Real
from typing import Any

import numpy as np

from tfjsbridge.errors import did_you_mean
from tfjsbridge.keras_losses import SPARSE
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training.slots import (
    ONE_HOT,
    OVER_LAST_AXIS,
    SAME_SHAPE,
    Loss,
    Part,
    Slot,
    flattened,
    has_keras_step,
)

#: How many values are looked at in one go.
_BLOCK = 2**20


def input_problems(inputs: Sequence[Slot], x: Any, parts: Sequence[Part]) -> list[str]:
    """What in the inputs does not fit the model's.

    Args:
      inputs: the model's inputs.
      x: the nest of tensors; None for what could not be made one.
      parts: its tensors with their titles.
    """
    if not inputs or (len(parts) == 1 and parts[0].array is None):
        return []
    names = [slot.name for slot in inputs]
    if isinstance(x, dict):
        missing = [name for name in names if name not in x]
        if missing:
            return [_missing_inputs(missing, x, names)]
        # Keras, too, passes over any others.
        parts = [Part.of(name, x[name]) for name in names]
    elif len(parts) != len(names):
        return [
            f"the model expects {len(names)} input(s), {', '.join(names)}, but got {len(parts)}"
        ]
    problems = []
    for slot, (_, array, shape) in zip(inputs, parts, strict=True):
        if array is None:
            continue
        problems += _kind_problems(slot.name, array, slot.tensor.dtype == "string")
        if not _fits(shape, slot.tensor.shape):
            problems.append(_shape_problem(slot.name, slot.tensor.shape, "", shape))
    return problems


def _missing_inputs(missing: Sequence[str], x: dict[Any, Any], names: Sequence[str]) -> str:
    others = [name for name in x if name not in names]
    meant = "".join(f" {name!r}{did_you_mean(name, missing)}" for name in others)
    return f"no data for the input {', '.join(missing)}; got {', '.join(map(str, x))}" + (
        f", of which the model has no{meant}" if meant else ""
    )


def target_problems(parts: Sequence[Part], outputs: Sequence[Slot]) -> list[str]:
    """What in the targets does not fit the outputs that they are for and their losses."""
    problems = []
    for part, slot in zip(parts, outputs, strict=True):
        for loss in slot.losses:
            problem = _target_problem(slot, loss, part.shape, slot.tensor.shape)
            if loss.name:
                problems += _kind_problems(f"the target of {slot.name}", part.array, False)
            if problem:
                problems.append(problem)
            if problem or loss.name:
                break
    return problems


def _target_problem(
    slot: Slot, loss: Loss, shape: tuple[int, ...], expected: tuple[Any, ...]
) -> str | None:
    title = f"the target of {slot.name}"
    fits_classes = len(expected) > 1 and _fits_classes(shape, expected)
    if loss.name == SPARSE:
        if len(expected) < 2 or fits_classes:
            return None
        problem = _shape_problem(title, expected[:-1], " (class numbers)", shape)
        if _fits(shape, expected):
            problem += ": for one-hot targets use categoricalCrossentropy"
        return problem
    if loss.name not in SAME_SHAPE or _fits_output(shape, expected):
        return None
    one_hot = loss.name in ONE_HOT or _is_softmax(slot)
    problem = _shape_problem(title, expected, " (one-hot targets)" if one_hot else "", shape)
    if one_hot and fits_classes:
        problem += (
            f": one-hot encode the class numbers, tf.oneHot(y, {expected[-1]}), or use {SPARSE} "
            f"in place of {loss.name}"
        )
    return problem


def _is_softmax(slot: Slot) -> bool:
    layer = slot.tensor._keras_history.operation
    softmax = keras.activations.softmax
    return isinstance(layer, keras.layers.Softmax) or getattr(layer, "activation", 0) is softmax


def weight_problems(
    parts: Sequence[Part], targets: Sequence[Part], outputs: Sequence[Slot]
) -> list[str]:
    """What in the sample weights does not fit the losses, of which Keras has one for each step.

    Args:
      parts: the weights of each output, or those of all.
      targets: the targets.
      outputs: the outputs that they are for.
    """
    problems: list[str] = []
    for i, (slot, target) in enumerate(zip(outputs, targets, strict=True)):
        title, _, shape = parts[i if len(parts) > 1 else 0]
        steps = slot.tensor.shape[:-1]
        names = {loss.name for loss in slot.losses}
        # Where a target lacks the output's last axis, of 1, Keras takes the mean of the steps.
        averaged = SPARSE not in names and 1 < len(target.shape) < len(slot.tensor.shape)
        if averaged:
            steps = steps[:-1]
        known = names and names <= {SPARSE, *OVER_LAST_AXIS}
        if not steps or not known or _fits_steps(shape, steps):
            continue
        shapes = [steps] if len(steps) == 1 else [(None, *[1] * (len(steps) - 1)), steps]
        problem = (
            f"expected {title} to have shape {' or '.join(map(shape_text, shapes))} but got array "
            f"with shape {shape_text(shape)}"
        )
        if averaged:
            problem += f": steps have weights where {target.title} has a last axis of 1"
        elif len(outputs) > len(parts):
            problem += f": give {slot.name} weights of its own"
        problems.append(problem)
    return problems


def _fits_steps(shape: tuple[int, ...], steps: tuple[Any, ...]) -> bool:
    """Whether weights of a shape fit losses of shape [examples, steps]."""
    if len(shape) == len(steps) + 1 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) == 1 and len(steps) == 2 and steps[1] == 1:
        shape = (*shape, 1)
    return len(shape) == len(steps) and all(
        want is None or size in (1, want) for size, want in zip(shape[1:], steps[1:], strict=True)
    )


def missing_target_problems(
    model: Any, sample_weight: Any, class_weight: Any, training: bool
) -> list[str]:
    """What is wrong where there are no targets.

    A loss of add_loss needs none, nor does a model with a step of its own.
    """
    problems = [
        f"{title} is given, but y is not"
        for title, weight in (("sampleWeight", sample_weight), ("classWeight", class_weight))
        if weight is not None
    ]
    if training and has_keras_step(model) and any(p is not None for p in flattened(model.loss)):
        problems.append("y is missing; the model's loss needs it")
    return problems


def size_problems(parts: Sequence[Part]) -> list[str]:
    """Whether all arrays have the same number of examples, and any."""
    parts = [part for part in parts if part.array is not None]
    shapes = [part.shape for part in parts]
    sizes = {shape[0] if shape else None for shape in shapes}
    if len(sizes) > 1:
        return [
            "all inputs, targets and weights must have the same number of examples, but the "
            f"shapes of {_and([part.title for part in parts])} are "
            f"{_and([shape_text(shape) for shape in shapes])}"
        ]
    if not sizes <= {0, None}:
        return []
    if None in sizes:
        return [f"{part.title} is a single value, not an array of examples" for part in parts]
    return [
        f"there are no examples: {part.title} has shape {shape_text(shape)}"
        for part, shape in zip(parts, shapes, strict=True)
    ]


def value_problems(
    x: Sequence[Part], y: Sequence[Part], outputs: Sequence[Slot], weights: Sequence[Part]
) -> list[str]:
    """Values that would spoil a training: NaN and infinity, and numbers of no class.

    Args:
      x: the inputs.
      y: the targets.
      outputs: the outputs that they are for; none where the model does not say. A user's own loss
        may make use of NaN in targets.
      weights: the sample weights.
    """
    problems = [_not_finite(part) for part in (*x, *weights)]
    for part, slot in zip(y, outputs, strict=False):
        if slot.losses and all(loss.name for loss in slot.losses):
            problem = _not_finite(part)
            problems.append(problem)
            for loss in slot.losses:
                if loss.name == SPARSE and not problem:
                    problems.append(_not_classes(part, slot, loss))
    return [problem for problem in problems if problem]


def _not_finite(part: Part) -> str | None:
    if part.array is None or not part.array.dtype.is_floating:
        return None
    array = np.asarray(part.array)
    with np.errstate(all="ignore"):
        # The sum takes a tenth of the time; it may overflow, so that one must look closer.
        if math.isfinite(array.sum()):
            return None
    return _found(part, array, lambda values: ~np.isfinite(values), "NaN or infinite")


def _not_classes(part: Part, slot: Slot, loss: Loss) -> str | None:
    array = np.asarray(part.array)
    classes = slot.classes
    if array.dtype.kind not in "iuf" or classes is None:
        return None

    def outside(values: np.ndarray) -> np.ndarray:
        wrong = (values < 0) | (values >= classes) | (values != np.floor(values))
        return wrong if loss.ignored_class is None else wrong & (values != loss.ignored_class)

    return _found(part, array, outside, f"none of the class numbers 0 to {classes - 1}")


def _found(part: Part, array: np.ndarray, wrong: Any, what: str) -> str | None:
    """How many values are wrong, and where the first is."""
    count, first = 0, -1
    flat = array.reshape(-1)
    for start in range(0, flat.size, _BLOCK):
        found = wrong(flat[start : start + _BLOCK])
        if count == 0 and found.any():
            first = start + int(found.argmax())
        count += int(np.count_nonzero(found))
    if count == 0:
        return None
    at = shape_text(np.unravel_index(first, array.shape))
    values = "1 value that is" if count == 1 else f"{count} values that are"
    return f"{part.title} holds {values} {what}, the first at {at}: {_number(flat[first])}"


def classes_of(title: str, part: Part, slot: Slot | None) -> tuple[np.ndarray, list[str]]:
    """The class of each example, [examples], for class weights, and what is wrong with them.

    Args:
      title: what messages call the class weights.
      part: the targets: class numbers [examples] or [examples, 1], or one-hot [examples, classes].
      slot: the output that they are for, or None where the model does not say.
    """
    array = np.asarray(part.array)
    none = np.zeros([0], int)
    if array.ndim == 2 and array.shape[1] == 1:
        return array[:, 0], []
    if array.ndim == 1:
        return array, []
    numbers = slot is not None and any(loss.name == SPARSE for loss in slot.losses)
    # Keras would take the largest of an example's steps for its class.
    if array.ndim != 2 or numbers or array.dtype.kind not in "biuf":
        return none, [
            f"{title} needs one class per example, but {part.title} has shape "
            f"{shape_text(array.shape)}"
        ]
    # And the first of several classes.
    several = (array == array.max(1, keepdims=True)).sum(1) != 1
    if several.any():
        return none, [
            f"{title} needs one class per example, but {part.title} has no single largest value "
            f"at {shape_text([int(several.argmax())])}"
        ]
    return array.argmax(1), []


def class_weight_problems(
    title: str, by_class: dict[Any, Any], numbers: np.ndarray, target: str
) -> list[str]:
    """What is wrong with class weights.

    Args:
      title: what messages call them.
      by_class: the weight of each class.
      numbers: the classes that occur.
      target: what messages call the targets in which they occur.
    """
    problems = [
        f"{title} is by class number, but has {key!r}"
        for key in by_class
        if not isinstance(key, Real) or key != math.floor(key)
    ]
    problems += [
        f"{title} must hold numbers, but has {weight!r} for class {key!r}"
        for key, weight in by_class.items()
        if not isinstance(weight, Real) or not math.isfinite(weight)
    ]
    # tf.js: an error; to Keras, a class without a weight has 1.
    missing = [number for number in numbers.tolist() if number not in by_class]
    if missing:
        many = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        problems.append(
            f"{title} has no weight for class {', '.join(map(_number, missing[:3]))}{many}, which "
            f"occurs in {target}; it has weights for {', '.join(map(str, by_class)) or 'none'}"
        )
    return problems


def _number(value: Any) -> str:
    return f"{value:.9g}"


def _kind_problems(title: str, array: Any, strings: bool) -> list[str]:
    if strings == (array.dtype == tensorflow.string):
        return []
    if strings:
        return [f"expected {title} to hold strings but got an array of {array.dtype.name}"]
    return [f"expected {title} to hold numbers but got an array of objects: strings"]


def _shape_problem(title: str, expected: Any, hint: str, shape: Any) -> str:
    return (
        f"expected {title} to have shape {shape_text(expected)}{hint} but got array with shape "
        f"{shape_text(shape)}"
    )


def _fits(shape: Sequence[Any], expected: Sequence[Any]) -> bool:
    """Whether an array of a shape is of the expected one, of which Keras adds a last axis of 1."""
    if len(shape) == len(expected) - 1 and expected[-1] == 1:
        shape = (*shape, 1)
    return _equal(shape, expected)


def _fits_output(shape: Sequence[Any], expected: Sequence[Any]) -> bool:
    """Whether targets of a shape fit an output; Keras also takes off a last axis of 1."""
    if len(shape) == len(expected) + 1 and shape[-1] == 1:
        shape = shape[:-1]
    return _fits(shape, expected)


def _fits_classes(shape: Sequence[Any], expected: Sequence[Any]) -> bool:
    """Whether targets of a shape are class numbers for an output with an axis of classes."""
    return _equal(shape, expected[:-1]) or _equal(shape, (*expected[:-1], 1))


def _equal(shape: Sequence[Any], expected: Sequence[Any]) -> bool:
    return len(shape) == len(expected) and all(
        want is None or size == want for size, want in zip(shape[1:], expected[1:], strict=True)
    )


def shape_text(shape: Any) -> str:
    """A shape as tf.js writes it: [null,3]."""
    return "[" + ",".join("null" if size is None else str(size) for size in shape) + "]"


def _and(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
