"""How much examples count in the loss: sample weights, and those that class weights make."""

from __future__ import annotations

import reprlib
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training import checks
from tfjsbridge.training.slots import Part, Slot
from tfjsbridge.training.targets import as_outputs, by_name, parts_of

tree = keras.tree


def sample_weights(
    model: Any,
    y: Any,
    y_parts: list[Part],
    weight: Any,
    parts: list[Part],
    slots: list[Slot],
    problems: list[str],
) -> Any:
    """The sample weights in a nest as `y` is."""
    if any(part.array is not None and part.array.dtype == tensorflow.string for part in parts):
        problems.append("expected sampleWeight to hold numbers but got strings")
        return None
    size = tree.flatten(y)[0].shape[0]
    floatx = keras.config.floatx()
    weight = tree.map_structure(
        lambda w: tensorflow.ones([size], floatx) if w is None else tensorflow.cast(w, floatx),
        weight,
    )
    shared = not tree.is_nested(weight)
    if not slots:  # a model that does not say what its outputs are
        if shared:
            return tree.map_structure(lambda _: weight, y)
        try:
            tree.assert_same_structure(y, weight)
        except ValueError:
            problems.append("sampleWeight must be one array, or a nest of arrays as y is")
        return weight
    if isinstance(weight, dict):
        if not by_name("sampleWeight", "sample weight", weight, slots, slots, problems):
            return None
        weights = [weight[slot.name] for slot in slots]
    else:
        weights = [weight] * len(slots) if shared else list(weight)
    if len(weights) != len(slots):
        problems.append(
            f"there are {len(slots)} target(s), {', '.join(slot.name for slot in slots)}, but got "
            f"{len(weights)} sample weight(s)"
        )
        return None
    weighed = parts if shared else parts_of("sampleWeight", weights, slots)
    problems += checks.weight_problems(weighed, y_parts, slots)
    return as_outputs(model, weights, slots)


def class_weights(
    model: Any, parts: list[Part], class_weight: Any, slots: list[Slot], problems: list[str]
) -> Any:
    """The sample weights that class weights mean for the classes in the targets."""
    per_output = _class_weight_per_output(class_weight, len(parts), slots, problems)
    weights = []
    for i, (part, by_class) in enumerate(zip(parts, per_output, strict=False)):
        size = part.array.shape[0]
        if by_class is None:
            weights.append(tensorflow.ones([size], keras.config.floatx()))
            continue
        title = "classWeight" if len(parts) == 1 else f"classWeight ({slots[i].name})"
        classes, found = checks.classes_of(title, part, slots[i] if slots else None)
        numbers, places = np.unique(classes, return_inverse=True)
        found += checks.class_weight_problems(title, by_class, numbers, part.title)
        if found:
            problems += found
        else:
            by_place = [by_class[number] for number in numbers.tolist()]
            table = np.array(by_place, keras.config.floatx())
            weights.append(tensorflow.constant(table[places.reshape(-1)]))
    if not weights or len(weights) < len(parts):
        return None
    return as_outputs(model, weights, slots) if slots else weights[0]


def _class_weight_per_output(
    class_weight: Any, count: int, slots: list[Slot], problems: list[str]
) -> list[Any]:
    """A dict of class weights, or None, for each of `count` targets; none if that is not given."""
    names = ", ".join(slot.name for slot in slots)
    if isinstance(class_weight, (list, tuple)):
        if len(class_weight) == count and all(
            w is None or isinstance(w, dict) for w in class_weight
        ):
            return list(class_weight)
    elif isinstance(class_weight, dict):
        if slots and any(isinstance(value, dict) for value in class_weight.values()):
            found = by_name("classWeight", "class weights", class_weight, slots, [], problems)
            return [found.get(slot.name) for slot in slots] if found else []
        if count == 1:
            return [class_weight]
    expected = "{class number: weight}"
    if count > 1:
        expected = f"a list or a dict by output name of {expected} for the outputs {names}"
        if not slots:
            expected = "for a single target"
    problems.append(f"classWeight must be {expected}, got {reprlib.repr(class_weight)}")
    return []
