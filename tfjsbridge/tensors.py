"""Tensor: a TensorFlow tensor seen the tf.js way.

Follows tfjs-core/src/tensor.ts. A function of `tfjsbridge.ops` that is marked `chained` is a method
of every Tensor too (`a.add(b)`), as in tf.js; the operators below call the same functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import numpy as np

from tfjsbridge.dtypes import NUMPY_DTYPES, check_dtype, infer_dtype, tfjs_dtype
from tfjsbridge.engine import ENGINE, Buffer, operation, track, untrack
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensor_format import js_number, tensor_to_string

F = TypeVar("F", bound=Callable[..., Any])


class Tensor:
    """A tensor with tf.js's properties and methods; `tensor` is the TensorFlow tensor itself.

    NumPy takes it as an array (`np.asarray(t)`), TensorFlow as a tensor, and Python's operators
    work on it with tf.js's promotion of dtypes (bool < int32 < float32 < complex64; a plain Python
    number is float32).
    """

    __slots__ = ("__weakref__", "_remains", "buffer_", "isDisposed", "kept", "tensor")
    # NumPy's operators leave the work to the ones below: np.array([1]) + t is a Tensor.
    __array_priority__ = 1000
    __array_ufunc__ = None

    #: Whether `dispose` was called.
    isDisposed: bool
    #: Whether `keep` was called.
    kept: bool
    buffer_: Buffer

    def __init__(self, tensor: Any, of: Tensor | None = None):
        """A Tensor of a TensorFlow tensor; `of` is a Tensor of the same values in memory."""
        self.tensor = tensor
        self.isDisposed = self.kept = False
        track(self, tensor, of)
        if ENGINE.scopes:
            ENGINE.scopes[-1].append(self)

    def __getattr__(self, name: str) -> Any:
        if name == "tensor":  # dispose() took it away
            raise ValueError("Tensor is disposed.")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _described(self) -> Any:
        return self._remains if self.isDisposed else self.tensor

    @property
    def shape(self) -> list[int]:
        """The size of each axis; None where it is not known, within a `tensorflow.function`."""
        return cast("list[int]", self._described().shape.as_list())

    @property
    def dtype(self) -> str:
        """float32, int32, bool, complex64 or string."""
        return tfjs_dtype(self._described().dtype)

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self._described().shape)

    @property
    def size(self) -> int:
        """The number of values."""
        return cast(int, self._described().shape.num_elements())

    def dispose(self) -> None:
        """Give the values back; every later use is an error, "Tensor is disposed."."""
        if self.isDisposed:
            return
        tensor = self.tensor
        untrack(self, tensor)
        self._remains = tensorflow.TensorSpec(tensor.shape, tensor.dtype)
        self.isDisposed = True
        self._release()

    def _release(self) -> None:
        del self.tensor

    def numpy(self) -> np.ndarray:
        """The values as a NumPy array in the tensor's shape; strings as `str` objects."""
        values = np.asarray(self.tensor.numpy())
        if self.dtype == "string":
            decode = np.frompyfunc(lambda b: b.decode() if isinstance(b, bytes) else b, 1, 1)
            return np.asarray(decode(values), dtype=object)
        return values

    def dataSync(self) -> np.ndarray:
        """The values in row-major order, as a flat NumPy array (tf.js: a TypedArray)."""
        return self.numpy().reshape(-1)

    def arraySync(self) -> Any:
        """The values as nested lists, or a plain number for a scalar."""
        return self.numpy().tolist()

    def toString(self, verbose: bool = False) -> str:
        """The text that `print` prints, as tf.js writes it; `verbose` adds dtype, rank, shape."""
        return tensor_to_string(self.numpy(), self.dtype, verbose)

    def print(self, verbose: bool = False) -> None:
        """Print the values in tf.js's format; `verbose` adds dtype, rank and shape."""
        print(self.toString(verbose))

    def __repr__(self) -> str:
        return self.toString(verbose=True)

    def __str__(self) -> str:
        return self.toString()

    # NumPy and TensorFlow.

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        values = self.numpy()
        return values if dtype is None else values.astype(dtype)

    def __tf_tensor__(self, dtype: Any = None, name: str | None = None) -> Any:
        if dtype is None or dtype == self.tensor.dtype:
            return self.tensor
        raise TypeError(f"The Tensor is {self.dtype}, but TensorFlow asks for {dtype.name}.")

    # Python.

    def __len__(self) -> int:
        if self.rank == 0:
            raise TypeError("A scalar Tensor has no len(); its rank is 0.")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if self.rank == 0:
            raise TypeError("A scalar Tensor cannot be iterated over; its rank is 0.")
        return (Tensor(part) for part in tensorflow.unstack(self.tensor))

    def __getitem__(self, index: Any) -> Tensor:
        """Indexing and slicing as in NumPy."""
        return Tensor(tensorflow.convert_to_tensor(self.numpy()[index]))

    def __float__(self) -> float:
        return float(self.numpy().item())

    def __int__(self) -> int:
        return int(self.numpy().item())

    def __index__(self) -> int:
        if self.dtype != "int32":
            raise TypeError(f"Only an int32 scalar is an index; this Tensor is {self.dtype}.")
        return int(self)

    def __bool__(self) -> bool:
        return bool(self.numpy())

    def __reduce__(self) -> tuple[Any, ...]:
        return tensor_from, (self.numpy(),)

    # Comparison is by value, so that a Tensor is no dictionary key; nor are NumPy's arrays.
    __hash__ = None  # type: ignore[assignment]


def chained(function: F) -> F:
    """An `operation` that is a method of every Tensor too: `a.add(b)` is `tf.add(a, b)`."""
    method = operation(function)
    setattr(Tensor, function.__name__, method)
    return method


def tensor_from(value: Any, dtype: str | None = None) -> Tensor:
    """A Tensor of anything that holds numbers, booleans or strings.

    Args:
      value: a Tensor, TensorFlow tensor or variable, NumPy array, pandas frame or series, nested
        lists, or a plain value. Arrays keep their kind of dtype (int64 becomes int32, float64
        becomes float32); plain Python numbers are float32, even whole ones, as in tf.js.
      dtype: tf.js's name of a dtype, to cast to.
    """
    if dtype is not None:
        check_dtype(dtype)
    if isinstance(value, Tensor):
        return value if dtype in (None, value.dtype) else _cast(value, dtype)
    if isinstance(value, tensorflow.Variable):
        value = value.value
        value = value() if callable(value) else value
    if tensorflow.is_tensor(value):
        wanted = tensorflow.as_dtype(NUMPY_DTYPES[tfjs_dtype(value.dtype)])
        tensor = Tensor(value if value.dtype == wanted else tensorflow.cast(value, wanted))
        return tensor if dtype in (None, tensor.dtype) else _cast(tensor, dtype)
    return Tensor(tensorflow.convert_to_tensor(as_array(value, dtype)))


def as_array(value: Any, dtype: str | None = None) -> np.ndarray:
    """The NumPy array of a value, in one of tf.js's dtypes (see `tensor_from`)."""
    if isinstance(value, Tensor):
        return value.numpy()
    if hasattr(value, "to_numpy"):  # pandas
        value = value.to_numpy()
    if hasattr(value, "__array__"):
        array = np.asarray(value)
        if array.dtype.kind == "O":  # of a frame with columns of several dtypes, or of strings
            array = np.asarray(array.tolist()) if array.size else array.astype(str)
        inferred = tfjs_dtype(array.dtype)
    else:
        try:
            array = np.asarray(value)
        except ValueError:
            raise _not_numbers(value) from None
        inferred = infer_dtype(value)
        if array.dtype.kind not in ("U" if inferred == "string" else "biufc"):
            raise _not_numbers(value)
    return _as_dtype(array, dtype or inferred)


def _not_numbers(value: Any) -> Exception:
    """Why nested lists make no array: an odd length, or a value that is no number."""
    problem = _ragged(value, [])
    if problem:
        return ValueError(problem)
    return TypeError(
        "values must be a number, boolean or string, nested lists of them, or an array; "
        f"got {type(value).__name__} {str(value)[:60]}."
    )


def _ragged(value: Any, path: list[int]) -> str | None:
    """tf.js's words for nested lists of unequal lengths (assertArrayShapesMatch, util.ts)."""
    if not isinstance(value, (list, tuple)) or not value:
        return None
    place = "".join(f"[{i}]" for i in path)
    lengths = [len(part) if isinstance(part, (list, tuple)) else None for part in value]
    for i, length in enumerate(lengths):
        if length != lengths[0]:
            wanted = "a number" if lengths[0] is None else f"{lengths[0]} elements"
            got = "a number" if length is None else f"{length} elements"
            return f"Element arr{place}[{i}] should have {wanted}, but has {got}."
    for i, part in enumerate(value):
        problem = _ragged(part, [*path, i])
        if problem:
            return problem
    return None


def _as_dtype(array: np.ndarray, dtype: str) -> np.ndarray:
    """The values as tf.js stores them in a dtype (toTypedArray, util.ts)."""
    kind = array.dtype.kind
    if (dtype == "string") != (kind in "SU"):
        wanted, got = ("strings", "numbers") if dtype == "string" else ("numbers", "strings")
        raise TypeError(
            f"Expected {wanted} for dtype {dtype}, but the values are "
            f"{'objects' if kind == 'O' else got}."
        )
    if dtype == "bool" and kind == "f":
        return np.floor(array + 0.5) != 0  # tf.js: Math.round
    if dtype == "int32" and kind in "iuf" and array.size:
        finite = array[np.isfinite(array)].astype(np.float64)
        lowest, highest = finite.min(initial=0), finite.max(initial=0)
        if lowest <= -(2.0**31) - 1 or highest >= 2.0**31:
            value = lowest if lowest <= -(2.0**31) - 1 else highest
            raise ValueError(f"The value {js_number(value)} does not fit int32.")
        if kind == "f":
            array = np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0)
    with np.errstate(over="ignore"):  # tf.js: a number too large for float32 is Infinity
        return array.astype(NUMPY_DTYPES[dtype], copy=False)


def _cast(tensor: Tensor, dtype: str) -> Tensor:
    if "string" in (dtype, tensor.dtype):
        raise ValueError("Only strings can be casted to strings")
    return Tensor(tensorflow.cast(tensor.tensor, NUMPY_DTYPES[dtype]))
