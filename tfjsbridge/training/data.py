"""Training data as tensors."""

from __future__ import annotations

import functools
import reprlib
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Number
from typing import Any

import numpy as np

from tfjsbridge.errors import did_you_mean
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training import checks
from tfjsbridge.training.checks import Part, Slot

tree = keras.tree

_UNEVEN = "is a list of rows of different shapes; an array needs equal ones"


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
    reader = _Reader()
    problems = reader.problems
    inputs = checks.inputs_of(model)
    x, x_parts = reader.read("x", x, [slot.name for slot in inputs])
    if not x_parts:
        problems.append("x holds no array")
    problems += checks.input_problems(inputs, x, x_parts)
    if len(x_parts) == 1 and checks.has_bare_input(model):
        x = x_parts[0].array  # a list or a dict of one, of which Keras warns
    y_parts: list[Part] = []
    weight_parts: list[Part] = []
    slots: list[Slot] = []
    weights = None
    if y is None:
        problems += checks.missing_target_problems(model, sample_weight, class_weight, training)
    else:
        outputs = checks.outputs_of(model)
        names = [slot.name for slot in outputs]
        known = len(problems)
        y, y_parts = reader.read("y", y, names)
        if outputs and len(problems) == known:
            listed, slots = _targets(outputs, y, problems)
            if slots:
                if tree.is_nested(y) or checks.has_dict_output(model):
                    y, y_parts = _as_outputs(model, listed, slots), _parts("y", listed, slots)
                problems += checks.target_problems(y_parts, slots)
        fits = len(problems) == known and all(part.shape for part in y_parts)
        if sample_weight is not None:
            sample_weight, weight_parts = reader.read("sampleWeight", sample_weight, names)
        if sample_weight is not None and class_weight is not None:
            problems.append("sampleWeight and classWeight exclude each other; give one of them")
        elif sample_weight is not None and fits:
            weights = _sample_weights(
                model, y, y_parts, sample_weight, weight_parts, slots, problems
            )
        elif class_weight is not None and fits:
            weights = _class_weights(model, y_parts, class_weight, slots, problems)
    problems += checks.size_problems([*x_parts, *y_parts, *weight_parts])
    if training:
        problems += checks.value_problems(x_parts, y_parts, slots, weight_parts)
    if problems:
        raise ValueError(f"Error when checking {what}data: {'; '.join(problems)}.")
    return Data(x, y, weights, x_parts[0].array.shape[0], by_class=class_weight is not None)


class _Reader:
    """Makes tensors of what was given, and notes what none can be made of."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, title: str, value: Any, names: Sequence[str]) -> tuple[Any, list[Part]]:
        """`value` with a tensor for each array, and the parts of it.

        Args:
          title: what messages call it.
          value: an array or a nest of arrays.
          names: of the inputs or outputs that it is for; none where the model does not say.

        Returns:
          the nest, with None for what is no array, and its tensors with their titles.
        """
        if not isinstance(value, (dict, list, tuple)):
            tensor = self._tensor(title, value)
            return tensor, [Part.of(title, tensor)]
        parts: list[Part] = []
        return self._nest(title, value, names, parts), parts

    def _nest(self, title: str, value: Any, names: Sequence[str], parts: list[Part]) -> Any:
        if isinstance(value, dict):
            return {
                key: self._nest(f"{title} ({key})", part, (), parts) for key, part in value.items()
            }
        if isinstance(value, (list, tuple)) and _are_several(value, len(names)):
            titles = (
                [f"{title} ({name})" for name in names]
                if len(names) == len(value) > 1
                else [f"{title}[{i}]" if len(value) > 1 else title for i in range(len(value))]
            )
            nests = [
                self._nest(part_title, part, (), parts)
                for part_title, part in zip(titles, value, strict=True)
            ]
            if hasattr(value, "_make"):
                return value._make(nests)
            return tuple(nests) if isinstance(value, tuple) else nests
        tensor = self._tensor(title, value)
        parts.append(Part.of(title, tensor))
        return tensor

    def _tensor(self, title: str, value: Any) -> Any:
        if isinstance(value, tensorflow.Tensor):
            floatx = keras.config.floatx()
            if value.dtype.is_floating and value.dtype.name != floatx:
                return tensorflow.cast(value, floatx)
            return value
        try:
            return _tensor(value)
        except _NoArray as error:
            if not (value is None and title.startswith("sampleWeight")):  # weights of 1
                self.problems.append(f"{title} {error}")
            return None


class _NoArray(Exception):
    """What is given is no array; the message says what it is."""


def _are_several(value: Sequence[Any], count: int) -> bool:
    """Whether a list is one of arrays, not the rows of one.

    Args:
      value: the list.
      count: how many arrays the model takes, or 0 where it does not say.
    """
    items = [item for item in value if item is not None]
    if not items or any(isinstance(item, dict) for item in items):
        return bool(items) or count > 1
    if all(len(getattr(item, "shape", ())) for item in items):
        return True
    return count > 1 and all(isinstance(item, (list, tuple)) for item in items)


def _tensor(value: Any) -> Any:
    """A tensor of an array.

    Raises:
      _NoArray: if it is none, or not one of numbers or strings.
    """
    array = value if isinstance(value, np.ndarray) else _array(value)
    kind = array.dtype.kind
    if kind == "f" or (kind == "V" and "float" in array.dtype.name):  # bfloat16
        return _of_numbers(array, np.dtype(keras.config.floatx()))
    if kind in "biuc":
        return _of_numbers(array, array.dtype.newbyteorder("="))
    if kind == "O":
        return _of_objects(array, value)
    if kind not in "SU":
        raise _NoArray(f"holds values of type {array.dtype.name}; numbers are expected")
    return tensorflow.constant(array)


def _array(value: Any) -> np.ndarray:
    kind = type(value).__name__
    if value is None:
        raise _NoArray("is missing")
    remedy = {"SparseTensor": "tf.sparse.to_dense(...)", "RaggedTensor": "to_tensor()"}.get(kind)
    if type(value).__module__.startswith("scipy.sparse"):
        remedy = "toarray()"
    if remedy:
        raise _NoArray(f"is a {kind}; an array must be dense, as {remedy} makes it")
    try:
        return np.asarray(value)
    except (TypeError, ValueError) as error:
        if isinstance(value, (list, tuple)):
            raise _NoArray(_UNEVEN) from None
        raise _NoArray(f"is a {kind}, not an array: {error}") from None


def _of_numbers(array: np.ndarray, dtype: np.dtype) -> Any:
    with np.errstate(over="ignore"):  # what became infinite is refused by name
        if dtype.kind not in "iuf" or not array.size or _on_gpu():
            return tensorflow.constant(array if array.dtype == dtype else array.astype(dtype))
        # TensorFlow copies a copy of what it is given, but takes memory over as it is that lies as
        # its own does, on a boundary of 64 bytes.
        size = array.size * dtype.itemsize
        memory = np.empty(size + 64, np.uint8)
        start = -memory.ctypes.data % 64
        copy = memory[start : start + size].view(dtype).reshape(array.shape)
        np.copyto(copy, array, casting="same_kind")
    return tensorflow.experimental.dlpack.from_dlpack(copy.__dlpack__())


@functools.cache
def _on_gpu() -> bool:
    return bool(tensorflow.config.list_logical_devices("GPU"))


def _of_objects(array: np.ndarray, value: Any) -> Any:
    """A tensor of an array of Python objects: numbers or strings."""
    if array.ndim == 0:
        raise _NoArray(f"is a {type(value).__name__}, not an array")
    if all(isinstance(item, (str, bytes)) for item in array.flat):
        return tensorflow.constant(array)
    types = {type(item) for item in array.flat}
    # A frame of whole numbers, fractions and booleans is one of objects.
    if all(issubclass(kind, (Number, np.bool_)) for kind in types):
        return _of_numbers(array.astype(np.float64), np.dtype(keras.config.floatx()))
    if types <= {list, tuple, np.ndarray}:
        raise _NoArray(_UNEVEN)
    names = ", ".join(sorted(kind.__name__ for kind in types))
    raise _NoArray(f"holds values of type {names}; numbers are expected")


def _parts(title: str, arrays: Sequence[Any], slots: Sequence[Slot]) -> list[Part]:
    if len(slots) == 1:
        return [Part.of(title, array) for array in arrays]
    return [
        Part.of(f"{title} ({slot.name})", array) for array, slot in zip(arrays, slots, strict=True)
    ]


def _targets(outputs: list[Slot], y: Any, problems: list[str]) -> tuple[list[Any], list[Slot]]:
    """The targets in the order of the outputs, and the outputs that they are for.

    An output without a loss needs none. Where the targets are not those of the outputs, there are
    none of either.
    """
    trained = [slot for slot in outputs if slot.losses] or outputs
    if isinstance(y, dict):
        found = _by_name("y", "target", y, outputs, trained, problems)
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


def _by_name(
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


def _as_outputs(model: Any, arrays: Sequence[Any], slots: Sequence[Slot]) -> Any:
    """Arrays for the outputs as the model has these: one, a list, or a dict."""
    if checks.has_dict_output(model):
        return {slot.name: array for slot, array in zip(slots, arrays, strict=True)}
    # As the losses are, which Keras keeps in the order of the outputs.
    return arrays[0] if len(arrays) == 1 else list(arrays)


def _sample_weights(
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
        if not _by_name("sampleWeight", "sample weight", weight, slots, slots, problems):
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
    weighed = parts if shared else _parts("sampleWeight", weights, slots)
    problems += checks.weight_problems(weighed, y_parts, slots)
    return _as_outputs(model, weights, slots)


def _class_weights(
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
    return _as_outputs(model, weights, slots) if slots else weights[0]


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
            found = _by_name("classWeight", "class weights", class_weight, slots, [], problems)
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
