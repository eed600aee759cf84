"""TensorBuffer: values that can be set one by one, and then made a Tensor.

Follows `TensorBuffer` of tfjs-core/src/tensor.ts and ops/buffer.ts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.dtypes import NUMPY_DTYPES, check_dtype
from tfjsbridge.errors import OutsideError, named
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.util import assertNonNegativeIntegerDimensions as check_sizes
from tfjsbridge.util import computeStrides, indexToLoc, locToIndex, sizeFromShape


class TensorBuffer:
    """A mutable array with a shape; `values` are its values in row-major order.

    `tf.buffer` makes one, `toTensor` makes a Tensor of it.
    """

    __slots__ = ("dtype", "shape", "size", "strides", "values")

    #: float32, int32, bool or string.
    dtype: str
    #: The size of each axis.
    shape: list[int]
    #: The number of values.
    size: int
    #: How many values to skip to get to the next index, of each axis but the last.
    strides: list[int]
    #: The values in row-major order, a flat NumPy array.
    values: np.ndarray

    def __init__(self, shape: Sequence[int], dtype: str, values: Any = None):
        """A buffer of `values`, or of zeros.

        Args:
          shape: the size of each axis.
          dtype: float32, int32, bool or string.
          values: a flat array. Like a TypedArray in tf.js, a NumPy array of the dtype is used as
            it is, not copied.

        Raises:
          ValueError: for values of another number, for complex64, for an unknown dtype.
        """
        self.dtype = check_dtype(dtype)
        self.shape = list(shape)
        self.size = sizeFromShape(shape)
        self.strides = computeStrides(shape)
        if values is not None and len(values) != self.size:
            raise ValueError(
                f"Length of values '{len(values)}' does not match the size inferred by the shape "
                f"'{self.size}'."
            )
        if dtype == "complex64":
            raise ValueError(
                "complex64 dtype TensorBuffers are not supported. Please create a TensorBuffer for "
                "the real and imaginary parts separately and call tf.complex(real, imag)."
            )
        kind = NUMPY_DTYPES[dtype]
        if values is not None:
            self.values = np.asarray(values, dtype=kind)
        elif dtype == "string":
            self.values = np.full(self.size, None, dtype=object)
        else:
            self.values = np.zeros(self.size, dtype=kind)

    @property
    def rank(self) -> int:
        """The number of axes."""
        return len(self.shape)

    def set(self, value: Any, *locs: int) -> None:
        """Set the value at a location.

        Args:
          value: a number, boolean or string.
          locs: the index in each axis; without any, 0.

        Raises:
          ValueError: for another number of indices than the rank.
          IndexError: for an index outside of its axis.
        """
        locs = locs or (0,)
        if len(locs) != self.rank:
            raise ValueError(
                f"The number of provided coordinates ({len(locs)}) must match the rank "
                f"({self.rank})"
            )
        self._check(locs)
        if self.dtype == "int32" and isinstance(value, float):
            # JavaScript: what is not finite is 0, the rest is cut off.
            value = int(value) if np.isfinite(value) else 0
        if isinstance(value, str) != (self.dtype == "string") or value is None:
            raise TypeError(
                f"Argument 'value' passed to 'set' must be a value of the dtype {self.dtype}, "
                f"but got {type(value).__name__} {str(value)[:60]}"
            )
        self.values[self.locToIndex(locs)] = value

    def get(self, *locs: int) -> Any:
        """The value at a location, as a plain number, boolean or string.

        Args:
          locs: the index in each axis; without any, 0.

        Raises:
          IndexError: for an index outside of its axis.
        """
        locs = locs or (0,)
        self._check(locs)
        # tf.js: fewer indices than axes count from the first axis.
        index = locs[-1] + sum(s * i for s, i in zip(self.strides, locs[:-1], strict=False))
        value = self.values[index]
        return value.item() if isinstance(value, np.generic) else value

    def _check(self, locs: Sequence[int]) -> None:
        if not all(isinstance(loc, (int, np.integer)) for loc in locs):
            raise TypeError(f"The indices of a buffer must be whole numbers, but got {list(locs)}")
        for loc, size in zip(locs, self.shape, strict=False):
            if loc < 0 or loc >= size:
                raise OutsideError(
                    f"Requested out of range element at {list(locs)}. Buffer shape={self.shape}"
                )

    def locToIndex(self, locs: Sequence[int]) -> int:
        """The place in `values` of a location."""
        return locToIndex(locs, self.rank, self.strides)

    def indexToLoc(self, index: int) -> list[int]:
        """The location of a place in `values`."""
        return indexToLoc(index, self.rank, self.strides)

    def toTensor(self) -> Tensor:
        """A Tensor of the values as they are now."""
        # A copy: TensorFlow may use the memory of an array, which is to be changed further.
        return tensor_from(self.values.reshape(self.shape).copy(), self.dtype)

    def __repr__(self) -> str:
        return f"TensorBuffer(shape={self.shape}, dtype={self.dtype!r}, values={self.values!r})"


@named
def buffer(shape: Sequence[int], dtype: str | None = "float32", values: Any = None) -> TensorBuffer:
    """A TensorBuffer: values that can be set one by one, and then made a Tensor.

    Args:
      shape: the size of each axis.
      dtype: float32, int32, bool or string.
      values: the first values in row-major order; without them, zeros.

    Raises:
      ValueError: for a size that is no whole number, values of another number, complex64, or an
        unknown dtype.
    """
    check_sizes(shape)
    return TensorBuffer(shape, dtype or "float32", values)
