"""Elements of datasets: plain values, lists, Tensors, and dicts of these.

Follows tfjs-data/src/util/{deep_map,deep_clone}.ts and dataset.ts (`deepBatchConcat`). A list is an
array of numbers there, a dict a structure; None stands for undefined.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from numbers import Number
from typing import Any

import numpy as np

from tfjsbridge.data.js_values import as_number, as_text
from tfjsbridge.ops.creation import tensor
from tfjsbridge.ops.joining import stack
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from

#: What holds nothing. Most lists are of these alone, and are told by their types at once.
_PLAIN = frozenset((int, float, bool, str, type(None)))


def clone(element: Any) -> Any:
    """A copy of an element, so that what happens to it leaves the first one as it is."""
    if isinstance(element, Tensor):
        return element.clone()
    if isinstance(element, Mapping):
        return {key: clone(value) for key, value in element.items()}
    if isinstance(element, (list, tuple)):
        if _PLAIN.issuperset(map(type, element)):
            return list(element)
        return [clone(value) for value in element]
    return element


def dispose_replaced(before: Any, after: Any) -> None:
    """Dispose of the Tensors of an element that are not in what has come of it."""
    tensors = list(_tensors_in(before))
    if tensors:
        left = {id(each) for each in _tensors_in(after)}
        for each in tensors:
            if id(each) not in left:
                each.dispose()


def _tensors_in(element: Any) -> Iterator[Tensor]:
    """`tensors_in`, which does not look at each number of a list."""
    if isinstance(element, Tensor):
        yield element
    elif isinstance(element, (list, tuple)):
        if not _PLAIN.issuperset(map(type, element)):
            for part in element:
                yield from _tensors_in(part)
    elif isinstance(element, Mapping):
        for part in element.values():
            yield from _tensors_in(part)


def batch_of(rows: Sequence[Any]) -> Any:
    """Elements of one structure as a single one, whose Tensors have a first axis for them.

    Raises:
      ValueError: for Tensors or lists of different shapes.
      TypeError: for what no Tensor can be made of.
    """
    # tf.js: the first one decides on the structure of all.
    first = rows[0]
    if isinstance(first, Mapping):
        return {
            key: batch_of([row.get(key) if isinstance(row, Mapping) else None for row in rows])
            for key in first
        }
    return column_of(rows)


def column_of(values: Sequence[Any]) -> Tensor:
    """A Tensor with an item for each of the values: numbers, texts, lists or Tensors."""
    first = values[0]
    if isinstance(first, (Tensor, tensorflow.Tensor)):
        return stack([tensor_from(value) for value in values])
    _check_leaf(first)
    if isinstance(first, (list, tuple)) or np.ndim(first) == 0:
        values = _of_one_kind(values)
    return tensor(values)


def _check_leaf(value: Any) -> None:
    """Refuse lists of Tensors or dicts, and what is no value at all."""
    while isinstance(value, (list, tuple)) and value:
        held = next((part for part in value if isinstance(part, (Mapping, Tensor))), None)
        if held is not None:
            kind = "Tensors" if isinstance(held, Tensor) else "dicts"
            raise TypeError(
                f"A list in an element is an array of numbers or strings, and cannot hold {kind} "
                "when it is batched. Use a dict for several parts, as {'xs': ..., 'ys': ...}."
            )
        value = value[0]
    plain = (str, bool, Number, np.generic, np.ndarray, list, tuple)
    if value is not None and not isinstance(value, plain):
        raise TypeError(f"Can't recurse into non-iterable type: {type(value).__name__}")


def _of_one_kind(values: Sequence[Any]) -> Sequence[Any]:
    """Values that a mix of numbers, texts and None makes a tensor of, as JavaScript stores it."""
    try:
        kind = np.asarray(values).dtype.kind
    except (ValueError, TypeError):
        return values  # of different shapes, which `tensor` says
    if kind in "biufc":
        return values
    first = _first_leaf(values)
    if kind == "U" and isinstance(first, str) and _all_texts(values):
        return values
    # tf.js: the first value decides on the dtype; what is no number is NaN in one of numbers.
    return converted(values, as_text if isinstance(first, str) else as_number)


def _first_leaf(value: Any) -> Any:
    """The first value that is not None."""
    if not isinstance(value, (list, tuple, np.ndarray)):
        return value
    return next((leaf for leaf in map(_first_leaf, value) if leaf is not None), None)


def _all_texts(value: Any) -> bool:
    if isinstance(value, (list, tuple, np.ndarray)):
        return all(map(_all_texts, value))
    return isinstance(value, str)


def converted(value: Any, convert: Callable[[Any], Any]) -> Any:
    """Nested lists with what a function makes of each value in them."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [converted(part, convert) for part in value]
    return convert(value)
