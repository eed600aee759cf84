"""A Dataset as one of TensorFlow's own, for Keras and what else works on those.

tf.js has nothing of the kind.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge.data.iterators import lazy
from tfjsbridge.data.js_values import as_number, as_text
from tfjsbridge.data.nests import column_of, converted
from tfjsbridge.performance import dispose, tidy
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor

if TYPE_CHECKING:
    from tfjsbridge.data.dataset import Dataset


def tensorflow_dataset(dataset: Dataset, signature: Any, batched: bool) -> Any:
    """A `tf.data.Dataset` with the elements of a Dataset.

    Args:
      dataset: of elements of one structure.
      signature: a nest of `tf.TensorSpec`, or None to see what the first element has.
      batched: whether the elements are batches, whose first axis may differ.

    Raises:
      ValueError: where the first element is needed and there is none.
    """
    begun: list[Iterator[Any]] = []
    if signature is None:
        iterator = lazy(dataset.iterator())
        try:
            first = next(iterator)
        except StopIteration:
            raise ValueError(
                "The dataset has no elements to see what they are like: give output_signature."
            ) from None
        signature = _specs(_as_pair(first), batched)
        # So that what can be read once is read once.
        begun.append(_continued(first, iterator))

    def elements() -> Iterator[Any]:
        for element in begun.pop() if begun else lazy(dataset.iterator()):
            yield _values(_as_pair(element), signature)
            dispose(element)

    result = tensorflow.data.Dataset.from_generator(elements, output_signature=signature)
    size = dataset.size
    if size is None or (size != math.inf and size != int(size)):
        return result
    count = tensorflow.data.INFINITE_CARDINALITY if size == math.inf else int(size)
    return result.apply(tensorflow.data.experimental.assert_cardinality(count))


def _continued(first: Any, rest: Iterator[Any]) -> Iterator[Any]:
    yield first
    yield from rest


def _as_pair(element: Any) -> Any:
    """What Keras takes: (x, y) for {"xs": x, "ys": y}."""
    if isinstance(element, Mapping) and set(element) == {"xs", "ys"}:
        return element["xs"], element["ys"]
    return element


def _specs(element: Any, batched: bool) -> Any:
    """What the parts of an element are like; tuples are structures at the top alone."""
    if isinstance(element, tuple):
        return tuple(_specs_of_part(part, batched) for part in element)
    return _specs_of_part(element, batched)


def _specs_of_part(part: Any, batched: bool) -> Any:
    if isinstance(part, Mapping):
        return {key: _specs_of_part(value, batched) for key, value in part.items()}
    shape: list[int | None]
    if isinstance(part, Tensor):
        shape, dtype = [*part.shape], part.tensor.dtype
    else:
        shape, dtype = tidy(lambda: _like_in_a_batch(part))
    if batched and shape:
        shape[0] = None
    return tensorflow.TensorSpec(shape, dtype)


def _like_in_a_batch(value: Any) -> tuple[list[int], Any]:
    column = column_of([value])
    return list(column.shape[1:]), column.tensor.dtype


def _values(part: Any, specs: Any) -> Any:
    """The parts of an element as TensorFlow takes them; what is missing is NaN or no text."""
    if isinstance(specs, Mapping):
        return {key: _values(part.get(key), spec) for key, spec in specs.items()}
    if isinstance(specs, (tuple, list)):
        return tuple(_values(*each) for each in zip(part, specs, strict=True))
    if isinstance(part, Tensor):
        return part.tensor
    if specs.dtype == tensorflow.string:
        return np.asarray(converted(part, as_text), object)
    if not isinstance(part, np.ndarray):
        part = np.asarray(converted(part, as_number))
    return part.astype(specs.dtype.as_numpy_dtype, copy=False)
