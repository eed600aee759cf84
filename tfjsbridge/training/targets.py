"""Targets in the order of a model's outputs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.errors import did_you_mean
from tfjsbridge.runtime import keras
from tfjsbridge.training.slots import Part, Slot, has_dict_output

tree = keras.tree


def parts_of(title: str, arrays: Sequence[Any], slots: Sequence[Slot]) -> list[Part]:
    if len(slots) == 1:
        return [Part.of(title, array) for array in arrays]
    return [
        Part.of(f"{title} ({slot.name})", array) for array, slot in zip(arrays, slots, strict=True)
    ]


def targets_of(outputs: list[Slot], y: Any, problems: list[str]) -> tuple[list[Any], list[Slot]]:
    """The targets in the order of the outputs, and the outputs that they are for.

    An output without a loss needs none. Where the targets are not those of the outputs, there are
    none of either.
    """
    trained = [slot for slot in outputs if slot.losses] or outputs
    if isinstance(y, dict):
        found = by_name("y", "target", y, outputs, trained, problems)
        slots = [slot for slot in outputs if slot.name in y]
        return ([], []) if found is None else ([y[slot.name] for slot in slots], slots)
    arrays = list(y) if isinstance(y, (list, tuple)) else [y]
    for slots in (outputs, trained):
        if len(arrays) == len(slots) and not any(map(tree.is_nested, arrays)):
            return arrays, slots
    names = ", ".join(slot.name for slot in outputs)
    problems.append(
        f"the model has {len(outputs)} output(s), {names}, but got {len(tree.flatten(y))} target(s)"
    )
    return [], []


def by_name(
    title: str, kind: str, given: dict[Any, Any], known: Sequence[Slot], needed: Sequence[Slot],
    problems: list[str],
) -> dict[Any, Any] | None:  # fmt: skip
    """`given`, unless it has a name that is no output's or lacks one that is needed."""
    names = [slot.name for slot in known]
    unknown = [name for name in given if name not in names]
    missing = [slot.name for slot in needed if slot.name not in given]
    problems += [
        f"{title} names {name!r}, which is no output{did_you_mean(name, names)}; the outputs are "
        f"{', '.join(names)}"
        for name in unknown
    ]
    if missing and not unknown:
        problems.append(
            f"no {kind} for the output {', '.join(missing)}; got {', '.join(map(str, given))}"
        )
    return None if unknown or missing else given


def as_outputs(model: Any, arrays: Sequence[Any], slots: Sequence[Slot]) -> Any:
    """Arrays for the outputs as the model has these: one, a list, or a dict."""
    if has_dict_output(model):
        return {slot.name: array for slot, array in zip(slots, arrays, strict=True)}
    # As the losses are, which Keras keeps in the order of the outputs.
    return arrays[0] if len(arrays) == 1 else list(arrays)
