"""Tensors of what users have for arrays: NumPy, TensorFlow, pandas, lists."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from numbers import Number
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training.slots import Part

_UNEVEN = "is a list of rows of different shapes; an array needs equal ones"


class Reader:
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
    if isinstance(value, (tensorflow.data.Dataset, keras.utils.PyDataset)):
        raise _NoArray("is a dataset of batches, which fit_dataset (model.fitDataset) trains on")
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
