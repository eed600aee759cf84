"""Training data as tensors."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

from tfjsbridge.runtime import keras
from tfjsbridge.training import checks
from tfjsbridge.training.arrays import Reader
from tfjsbridge.training.slots import (
    Part,
    Slot,
    has_bare_input,
    has_dict_output,
    inputs_of,
    outputs_of,
)
from tfjsbridge.training.targets import as_outputs, parts_of, targets_of
from tfjsbridge.training.weights import class_weights, sample_weights

tree = keras.tree


@dataclass(frozen=True)
class Data:
    """Examples in memory: each of `x`, `y` and `sample_weight` is a tensor, a nest of them or None.

    `by_class` says that class weights made the sample weights; they are for training alone.
    """

    x: Any
    y: Any
    sample_weight: Any
    size: int
    by_class: bool = False

    @property
    def tensors(self) -> tuple[Any, ...]:
        """What Keras's steps unpack: (x,), (x, y) or (x, y, sample_weight)."""
        if self.y is None:
            return (self.x,)
        if self.sample_weight is None:
            return (self.x, self.y)
        return (self.x, self.y, self.sample_weight)

    def shape_only(self) -> Data:
        """The same size without the examples."""
        return Data(None, None, None, self.size)

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

        def part(start: int, stop: int, weight: Any) -> Data:
            x, y, weight = (
                None if nest is None else tree.map_structure(lambda t: t[start:stop], nest)
                for nest in (self.x, self.y, weight)
            )
            return Data(x, y, weight, stop - start)

        # Keras weighs the classes of what it trains on, not of what it validates on.
        weight = None if self.by_class else self.sample_weight
        return part(0, at, self.sample_weight), part(at, self.size, weight)


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


def prepare(
    model: Any,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    class_weight: Any = None,
    *,
    what: str = "",
    training: bool = False,
) -> Data:
    """The data of a training, an evaluation or a prediction as tensors.

    An array is a NumPy array, a TensorFlow tensor, a pandas frame or series, or nested lists.

    Args:
      model: the Keras model that they are for.
      x: arrays [examples, ...]: one, a list, or a dict by input name.
      y: arrays [examples, ...]: one, a list, or a dict by output name; or None.
      sample_weight: how much each example counts, [examples], or each step of each, [examples,
        steps]; for several outputs also a list or a dict by output name, with None for ones.
      class_weight: how much the examples of each class count, {class number: weight}; for several
        outputs a list or a dict by output name of such dicts, with None for ones.
      what: what the data is, for messages: "validation " or nothing.
      training: whether to look at the values too: NaN, infinity, numbers of no class.

    Raises:
      ValueError: listing everything in which the data does not fit the model.
    """
    reader = Reader()
    problems = reader.problems
    inputs = inputs_of(model)
    x, x_parts = reader.read("x", x, [slot.name for slot in inputs])
    if not x_parts:
        problems.append("x holds no array")
    problems += checks.input_problems(inputs, x, x_parts)
    if len(x_parts) == 1 and has_bare_input(model):
        x = x_parts[0].array  # a list or a dict of one, of which Keras warns
    y_parts: list[Part] = []
    weight_parts: list[Part] = []
    slots: list[Slot] = []
    weights = None
    if y is None:
        problems += checks.missing_target_problems(model, sample_weight, class_weight, training)
    else:
        outputs = outputs_of(model)
        names = [slot.name for slot in outputs]
        known = len(problems)
        y, y_parts = reader.read("y", y, names)
        if outputs and len(problems) == known:
            listed, slots = targets_of(outputs, y, problems)
            if slots:
                if tree.is_nested(y) or has_dict_output(model):
                    y, y_parts = as_outputs(model, listed, slots), parts_of("y", listed, slots)
                problems += checks.target_problems(y_parts, slots)
        fits = len(problems) == known and all(part.shape for part in y_parts)
        if sample_weight is not None:
            sample_weight, weight_parts = reader.read("sampleWeight", sample_weight, names)
        if sample_weight is not None and class_weight is not None:
            problems.append("sampleWeight and classWeight exclude each other; give one of them")
        elif sample_weight is not None and fits:
            weights = sample_weights(
                model, y, y_parts, sample_weight, weight_parts, slots, problems
            )
        elif class_weight is not None and fits:
            weights = class_weights(model, y_parts, class_weight, slots, problems)
    problems += checks.size_problems([*x_parts, *y_parts, *weight_parts])
    if training:
        problems += checks.value_problems(x_parts, y_parts, slots, weight_parts)
    if problems:
        raise ValueError(f"Error when checking {what}data: {'; '.join(problems)}.")
    return Data(x, y, weights, x_parts[0].array.shape[0], by_class=class_weight is not None)
