"""Tensor: a TensorFlow tensor seen the tf.js way.

Follows tfjs-core/src/tensor.ts. A function of `tfjsbridge.ops` that is marked `chained` is a method
of every Tensor too (`a.add(b)`), as in tf.js; Python's operators call the same functions.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

from tfjsbridge.dtypes import NUMPY_DTYPES, check_dtype, tfjs_dtype
from tfjsbridge.numpy_calls import call_function, call_ufunc
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.tensor_format import tensor_to_string
from tfjsbridge.tfjs_engine import SCOPES, Buffer, count_string_bytes, operation, track, untrack
from tfjsbridge.values import as_array as as_array

if TYPE_CHECKING:
    from tfjsbridge.buffers import TensorBuffer
    from tfjsbridge.variables import Variable

F = TypeVar("F", bound=Callable[..., Any])

_ids = itertools.count()
#: tf.js's names of dtypes by TensorFlow's numbers of them.
_DTYPES = {
    tensorflow.as_dtype(dtype).as_datatype_enum: name for name, dtype in NUMPY_DTYPES.items()
}


class Tensor:
    """A tensor with tf.js's properties and methods; `tensor` is the TensorFlow tensor itself.

    NumPy takes it as an array (`np.asarray(t)`, `np.exp(t)`), TensorFlow as a tensor, and Python's
    operators work on it with tf.js's promotion of dtypes (bool < int32 < float32 < complex64; a
    plain Python number is float32). What tf.js gives as a Promise is given directly.
    """

    __slots__ = ("__weakref__", "_number", "_remains", "buffer_", "isDisposed", "kept", "tensor")
    # NumPy leaves operators to the ones below: np.array([1]) + t is a Tensor.
    __array_priority__ = 1000

    #: Whether `dispose` was called.
    isDisposed: bool
    #: Whether `keep` was called.
    kept: bool
    buffer_: Buffer | None
    _number: int

    def __init__(self, tensor: Any, of: Tensor | None = None):
        """A Tensor of a TensorFlow tensor; `of` is a Tensor of the same values in memory."""
        self.tensor = tensor
        self.isDisposed = self.kept = False
        track(self, tensor, of)
        scopes = SCOPES.open
        if scopes:
            scopes[-1].append(self)

    def __getattr__(self, name: str) -> Any:
        if name in ("tensor", "variable"):  # dispose() took it away
            raise ValueError("Tensor is disposed.")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def _described(self) -> Any:
        """What has a TensorFlow shape and dtype."""
        return self._remains if self.isDisposed else self.tensor

    # An EagerTensor says what it is quickest by the methods that begin with an underscore; where
    # there is none (a graph, a disposed Tensor), by its shape and dtype.

    @property
    def shape(self) -> list[int]:
        """The size of each axis; None where it is not known, within a `tensorflow.function`."""
        try:
            return list(self.tensor._shape_tuple())
        except (AttributeError, TypeError, ValueError):
            return cast("list[int]", self._described().shape.as_list())

    @property
    def dtype(self) -> str:
        """float32, int32, bool, complex64 or string."""
        try:
            return _DTYPES[self.tensor._datatype_enum()]
        except (AttributeError, KeyError, ValueError):
            return tfjs_dtype(self._described().dtype)

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self._described().shape)

    @property
    def size(self) -> int:
        """The number of values."""
        return cast(int, self._described().shape.num_elements())

    @property
    def strides(self) -> list[int]:
        """How many values to skip to get to the next index, of each axis but the last."""
        from tfjsbridge.util import computeStrides

        return computeStrides(self.shape)

    @property
    def id(self) -> int:
        """A number that no other Tensor has."""
        try:
            return self._number
        except AttributeError:
            self._number = next(_ids)
            return self._number

    @property
    def _id(self) -> int:
        """By which a `tensorflow.GradientTape` knows it, as a target of `gradient`."""
        return cast(int, self.tensor._id)

    def dispose(self) -> None:
        """Give the values back; every later use is an error, "Tensor is disposed."."""
        if self.isDisposed:
            return
        described = self._described()
        untrack(self, described)
        self._remains = tensorflow.TensorSpec(described.shape, described.dtype)
        self.isDisposed = True
        self._release()

    def _release(self) -> None:
        del self.tensor

    def throwIfDisposed(self) -> None:
        """Raise "Tensor is disposed." if it is."""
        if self.isDisposed:
            raise ValueError("Tensor is disposed.")

    # The values.

    def numpy(self) -> np.ndarray:
        """The values as a NumPy array in the tensor's shape; strings as `str` objects."""
        tensor = self.tensor
        try:
            values = np.asarray(tensor.numpy())
        except (AttributeError, NotImplementedError):
            raise TypeError(
                "This Tensor has no values yet: it stands in a tensorflow.function or a Keras "
                f"graph that is being built ({self.dtype}, shape {self.shape})."
            ) from None
        if self.dtype == "string":
            return np.asarray(np.frompyfunc(_decoded, 1, 1)(values), dtype=object)
        return values

    def dataSync(self) -> np.ndarray:
        """The values in row-major order, as a flat NumPy array (tf.js: a TypedArray)."""
        return self.numpy().reshape(-1)

    def data(self) -> np.ndarray:
        """`dataSync`."""
        return self.dataSync()

    def arraySync(self) -> Any:
        """The values as nested lists, or a plain number for a scalar; [] where there are none."""
        values = self.numpy()
        return values.tolist() if values.size else []

    def array(self) -> Any:
        """`arraySync`."""
        return self.arraySync()

    def bytes(self) -> Any:
        """The memory of the values as a flat uint8 array; of strings a list of `bytes` in UTF-8.

        bool is one byte, int32 and float32 four, in the machine's order; complex64 is eight, the
        real part first.
        """
        if self.dtype == "string":
            return [_encoded(value) for value in np.asarray(self.tensor.numpy()).reshape(-1)]
        return np.frombuffer(self.numpy().tobytes(), np.uint8)

    def bufferSync(self) -> TensorBuffer:
        """The values as a TensorBuffer, which can be changed.

        Raises:
          ValueError: for a complex64 Tensor: take its tf.real and tf.imag.
        """
        from tfjsbridge.buffers import buffer

        return buffer(self.shape, self.dtype, self.dataSync())

    def buffer(self) -> TensorBuffer:
        """`bufferSync`."""
        return self.bufferSync()

    def dataToGPU(self, options: Any = None) -> Any:
        """What only a page can do: a WebGL texture or WebGPU buffer with the values.

        Raises:
          NotImplementedError: always, saying what to do here.
        """
        self.throwIfDisposed()
        raise NotImplementedError(
            "dataToGPU() gives a WebGL texture or a WebGPU buffer, which only a page in a browser "
            "has. Here the TensorFlow tensor is t.tensor (its device is t.tensor.device), and the "
            "values as a NumPy array are t.dataSync()."
        )

    def clone(self) -> Tensor:
        """A Tensor with the same values, which is disposed of by itself."""
        from tfjsbridge.ops.creation import clone

        return clone(self)

    def variable(
        self, trainable: bool = True, name: str | None = None, dtype: str | None = None
    ) -> Variable:
        """`tf.variable` of this Tensor."""
        from tfjsbridge.variables import variable

        self.throwIfDisposed()
        return variable(self, trainable, name, dtype)

    def toString(self, verbose: bool = False) -> str:
        """The text that `print` prints, as tf.js writes it; `verbose` adds dtype, rank, shape."""
        return tensor_to_string(self.numpy(), self.dtype, verbose)

    def print(self, verbose: bool = False) -> None:
        """Print the values in tf.js's format; `verbose` adds dtype, rank and shape."""
        print(self.toString(verbose))

    def __str__(self) -> str:
        return self.toString() if self._has_values() else repr(self)

    def __repr__(self) -> str:
        if self._has_values():
            return self.toString(verbose=True)
        state = "disposed" if self.isDisposed else "symbolic"
        return f"<{state} Tensor, dtype {self.dtype}, shape {self.shape}>"

    def _has_values(self) -> bool:
        """Whether there are values: not of a disposed one, nor within a graph being built."""
        return not self.isDisposed and hasattr(self.tensor, "numpy")

    def __format__(self, spec: str) -> str:
        if spec and self.size != 1:
            raise ValueError(
                f"A format such as {spec!r} is for a Tensor of one value; this one has the shape "
                f"{self.shape}. Without it the Tensor is printed as by toString()."
            )
        return format(self.numpy().item(), spec) if spec else str(self)

    # NumPy and TensorFlow.

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        values = self.numpy()
        return values if dtype is None else values.astype(dtype, copy=False)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        return call_ufunc(ufunc, method, inputs, kwargs)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        return call_function(func, args, kwargs)

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

    def __contains__(self, value: Any) -> bool:
        return bool(np.any(self.numpy() == as_array(value)))

    def __getitem__(self, index: Any) -> Tensor:
        """Indexing and slicing as in NumPy."""
        from tfjsbridge.indexing import part

        return part(self, index)

    def __float__(self) -> float:
        return float(self.numpy().item())

    def __int__(self) -> int:
        return int(self.numpy().item())

    def __complex__(self) -> complex:
        return complex(self.numpy().item())

    def __index__(self) -> int:
        if self.dtype != "int32":
            raise TypeError(f"Only an int32 scalar is an index; this Tensor is {self.dtype}.")
        return int(self)

    def __bool__(self) -> bool:
        if self.size not in (1, None):
            raise ValueError(
                f"The truth value of a Tensor of shape {self.shape} is ambiguous: "
                "take tf.any(t) or tf.all(t)."
            )
        return bool(self.numpy().item())

    def __round__(self, digits: int | None = None) -> Any:
        return round(self.numpy().item(), digits)

    def __reduce__(self) -> tuple[Any, ...]:
        return tensor_from, (self.numpy(),)

    # Comparison is by value, so that a Tensor is no dictionary key; nor are NumPy's arrays.
    __hash__ = None  # type: ignore[assignment]


def _decoded(value: Any) -> Any:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def _encoded(value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


def chained(function: F) -> F:
    """An `operation` that is a method of every Tensor too: `a.add(b)` is `tf.add(a, b)`."""
    method = operation(function)
    setattr(Tensor, function.__name__, method)
    return method


def tensor_from(value: Any, dtype: str | None = None) -> Tensor:
    """A Tensor of anything that holds numbers, booleans or strings.

    Args:
      value: a Tensor, TensorFlow tensor or variable, NumPy array, pandas frame or series, PIL
        image, nested lists, or a plain value. Arrays keep their kind of dtype (int64 becomes
        int32, float64 becomes float32); plain Python numbers are float32, even whole ones, as in
        tf.js.
      dtype: tf.js's name of a dtype, to cast to.
    """
    if isinstance(value, Tensor) and dtype in (None, value.dtype):
        return value
    return made(raw_from(value, dtype))


def raw_from(value: Any, dtype: str | None = None) -> Any:
    """The TensorFlow tensor of a value, in one of tf.js's dtypes (see `tensor_from`)."""
    if dtype is not None:
        check_dtype(dtype)
    elif type(value) is float:
        return tensorflow.constant(value, tensorflow.float32)
    if isinstance(value, Tensor):
        value = value.tensor
    elif isinstance(value, (tensorflow.Variable, keras.Variable)):
        value = value.value
        value = tensorflow.convert_to_tensor(value() if callable(value) else value)
    if isinstance(value, tensorflow.Tensor):
        name = dtype or tfjs_dtype(value.dtype)
        if (name == "string") != (value.dtype == tensorflow.string):
            raise ValueError("Only strings can be casted to strings")
        wanted = tensorflow.as_dtype(NUMPY_DTYPES[name])
        return value if value.dtype == wanted else tensorflow.cast(value, wanted)
    array = as_array(value, dtype)
    if array.dtype.kind != "O":
        return tensorflow.constant(array)
    encoded = [_encoded(text) for text in array.reshape(-1)]
    return tensorflow.constant(encoded, tensorflow.string, array.shape)


def made(raw: Any) -> Tensor:
    """A Tensor of values that come from outside, whose strings are counted (`makeTensor`)."""
    tensor = Tensor(raw)
    if raw.dtype == tensorflow.string and hasattr(raw, "numpy"):
        count_string_bytes(tensor, sum(map(len, np.asarray(raw.numpy()).reshape(-1))))
    return tensor


# Every Tensor has its chained methods and operators, whatever part of the package it comes from.
import tfjsbridge.ops  # noqa: E402, F401
