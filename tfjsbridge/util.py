"""tf.util: small helpers.

Follows tfjs-core/src/util.ts and util_base.ts.
"""

from __future__ import annotations

import builtins
import random
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tfjsbridge.dtypes import infer_dtype, tfjs_dtype
from tfjsbridge.responses import fetch as fetch


def assert_(expr: Any, msg: str | Callable[[], str]) -> None:
    """Raise a ValueError with `msg`, a text or a function that gives one, unless `expr` is true.

    tf.js's name is `assert`, a word of Python's own: `getattr(tf.util, "assert")` is this too.
    """
    if not expr:
        raise ValueError(msg if isinstance(msg, str) else msg())


globals()["assert"] = assert_


# Order and chance.


def shuffle(array: Any) -> None:
    """Put the elements of a list or array into a random order, in place (Fisher-Yates)."""
    _check_array("array", array, "shuffle")
    for counter in range(len(array) - 1, -1, -1):
        swap(array, counter, random.randrange(counter + 1))


def _check_array(name: str, value: Any, function: str) -> None:
    if not hasattr(value, "__setitem__") or isinstance(value, Mapping):
        raise TypeError(
            f"Argument '{name}' passed to '{function}' must be a list or an array, "
            f"but got {type(value).__name__} {str(value)[:60]}"
        )


def shuffleCombo(array: Any, array2: Any) -> None:
    """Put two lists or arrays into the same random order, in place.

    Raises:
      ValueError: for different lengths.
    """
    for name, value in (("array", array), ("array2", array2)):
        _check_array(name, value, "shuffleCombo")
    if len(array) != len(array2):
        raise ValueError(
            "Array sizes must match to be shuffled together "
            f"First array length was {len(array)}, Second array length was {len(array2)}"
        )
    for counter in range(len(array) - 1, -1, -1):
        index = random.randrange(counter + 1)
        swap(array, counter, index)
        swap(array2, counter, index)


def createShuffledIndices(n: int) -> np.ndarray:
    """The numbers 0 to n - 1 in a random order, as a uint32 array."""
    if not isinstance(n, (int, np.integer)) or n < 0:
        raise ValueError(
            "Argument 'n' passed to 'createShuffledIndices' must be a whole number from 0 on, "
            f"but got {type(n).__name__} {str(n)[:60]}"
        )
    indices = np.arange(n, dtype=np.uint32)
    shuffle(indices)
    return indices


def swap(object: Any, left: int, right: int) -> None:
    """Exchange two elements of a list or array."""
    # A row of an array is a view: without the copies it would change under the exchange.
    first, second = object[left], object[right]
    if isinstance(first, np.ndarray):
        first, second = first.copy(), second.copy()
    object[left], object[right] = second, first


def randUniform(a: float, b: float) -> float:
    """A random number from a to b."""
    share = random.random()
    return b * share + (1 - share) * a


# Time, texts and files.


def now() -> float:
    """Milliseconds since some moment, for measuring how long something takes."""
    return time.perf_counter() * 1000


def encodeString(s: str, encoding: str | None = "utf-8") -> bytes:
    """The bytes of a text in an encoding (tf.js: a Uint8Array).

    Raises:
      ValueError: for an encoding other than utf-8, as in tf.js in Node.
    """
    _check_encoding(encoding, "encode")
    if not isinstance(s, str):
        raise TypeError(
            "Argument 's' passed to 'encodeString' must be a string, "
            f"but got {type(s).__name__} {str(s)[:60]}"
        )
    return s.encode("utf-8", "replace")


def decodeString(bytes: Any, encoding: str | None = "utf-8") -> str:
    """The text of bytes (or of a uint8 array) in an encoding."""
    if isinstance(bytes, (int, str)) or bytes is None:
        raise TypeError(
            "Argument 'bytes' passed to 'decodeString' must be bytes or a uint8 array, "
            f"but got {type(bytes).__name__} {str(bytes)[:60]}"
        )
    return builtins.bytes(bytes).decode(encoding or "utf-8", "replace")


def _check_encoding(encoding: str | None, verb: str) -> None:
    if encoding not in (None, "", "utf-8", "utf8"):
        raise ValueError(
            f"{verb}String: only utf-8 can be {verb}d, but the encoding is {encoding!r}"
        )


# Lists and shapes.


def flatten(arr: Any, result: list[Any] | None = None, skipTypedArray: bool = False) -> list[Any]:
    """The values of nested lists, appended to a flat list.

    Args:
      arr: nested lists, tuples or arrays, a mapping with the keys 0, 1, ..., or a plain value.
      result: the list to append to; without it, a new one.
      skipTypedArray: whether an array is a value of its own.

    Returns:
      `result`.
    """
    if result is None:
        result = []
    if isinstance(arr, np.ndarray):
        result.extend([arr] if skipTypedArray else arr.reshape(-1).tolist())
    elif isinstance(arr, (list, tuple)):
        for part in arr:
            flatten(part, result, skipTypedArray)
    elif isinstance(arr, Mapping):
        places = [int(key) for key in arr if str(key).isdecimal() and str(int(key)) == str(key)]
        for place in range(max(places, default=-1) + 1):
            flatten(arr.get(place, arr.get(str(place))), result, skipTypedArray)
    else:
        result.append(arr)
    return result


def sizeFromShape(shape: Sequence[int]) -> int:
    """The number of values of a shape."""
    size = 1
    try:
        for part in shape:
            size *= part
        size + 0
    except TypeError:
        raise TypeError(
            "Argument 'shape' passed to 'sizeFromShape' must be a list of numbers, "
            f"but got {str(shape)[:60]}"
        ) from None
    return size


def computeStrides(shape: Sequence[int]) -> list[int]:
    """How many values to skip to get to the next index, of each axis but the last."""
    strides: list[int] = []
    for size in reversed(shape[1:]):
        strides.insert(0, size * (strides[0] if strides else 1))
    return strides


def locToIndex(locs: Sequence[int], rank: int, strides: Sequence[int]) -> int:
    """The place in row-major order of a location."""
    if rank == 0:
        return 0
    return locs[-1] + builtins.sum(s * i for s, i in zip(strides, locs[:-1], strict=False))


def indexToLoc(index: int, rank: int, strides: Sequence[int]) -> list[int]:
    """The location of a place in row-major order."""
    if rank == 0:
        return []
    locs = []
    for stride in strides[: rank - 1]:
        locs.append(index // stride)
        index -= locs[-1] * stride
    return [*locs, index]


def toNestedArray(shape: Sequence[int], a: Any, isComplex: bool = False) -> Any:
    """The values of a flat array as nested lists; a plain value for the shape [].

    Args:
      shape: the size of each axis.
      a: the values in row-major order.
      isComplex: whether `a` holds a real and an imaginary part for each value.

    Raises:
      ValueError: for another number of values than the shape has.
    """
    values = np.asarray(a)
    if len(shape) == 0:
        return values[0].item() if isinstance(values[0], np.generic) else values[0]
    size = sizeFromShape(shape) * (2 if isComplex else 1)
    if size == 0:
        return []
    if size != len(values):
        raise ValueError(
            f"[{','.join(map(str, shape))}] does not match the input size {len(values)}"
            f"{' for a complex tensor' if isComplex else ''}."
        )
    *outer, last = shape
    return values.reshape([*outer, last * (2 if isComplex else 1)]).tolist()


def inferFromImplicitShape(shape: Sequence[int], size: int) -> list[int]:
    """`shape` with the size that -1 stands for, so that it has `size` values.

    Raises:
      ValueError: for two -1, another negative size, or a number of values that does not fit.
    """
    implicit = [i for i, part in enumerate(shape) if part == -1]
    text = ",".join(map(str, shape))
    if len(implicit) > 1:
        raise ValueError(
            "Shapes can only have 1 implicit size. "
            f"Found -1 at dim {implicit[0]} and dim {implicit[1]}"
        )
    for i, part in enumerate(shape):
        if part < -1:
            raise ValueError(f"Shapes can not be < 0. Found {part} at dim {i}")
    product = sizeFromShape([part for part in shape if part >= 0])
    if not implicit:
        if size > 0 and size != product:
            raise ValueError(f"Size({size}) must match the product of shape {text}")
        return list(shape)
    if product == 0:
        raise ValueError(f"Cannot infer the missing size in [{text}] when there are 0 elements")
    if size % product != 0:
        raise ValueError(f"The implicit shape can't be a fractional number. Got {size} / {product}")
    return [size // product if part == -1 else part for part in shape]


def parseAxisParam(axis: int | Sequence[int] | None, shape: Sequence[int]) -> list[int]:
    """Axes counted from the start; all of them for None.

    Raises:
      ValueError: for an axis out of range, or one that is no whole number.
    """
    rank = len(shape)
    if axis is None:
        return list(range(rank))
    axes = list(axis) if isinstance(axis, Sequence) else [axis]
    text = ",".join(map(str, axes))
    if not all(-rank <= part < rank for part in axes):
        raise ValueError(
            f"All values in axis param must be in range [-{rank}, {rank}) but got axis {text}"
        )
    if not all(isInt(part) for part in axes):
        raise ValueError(f"All values in axis param must be integers but got axis {text}")
    return [int(part) + rank if part < 0 else int(part) for part in axes]


# Checks.


def assertShapesMatch(
    shapeA: Sequence[int], shapeB: Sequence[int], errorMessagePrefix: str = ""
) -> None:
    """Raise a ValueError unless two shapes are equal."""
    assert_(
        arraysEqual(shapeA, shapeB),
        lambda: (
            f"{errorMessagePrefix} Shapes {','.join(map(str, shapeA))} and "
            f"{','.join(map(str, shapeB))} must match"
        ),
    )


def assertNonNegativeIntegerDimensions(shape: Sequence[int]) -> None:
    """Raise a ValueError unless every size is a whole number and none is negative."""
    if not isinstance(shape, (list, tuple, np.ndarray)):
        raise TypeError(f"A shape must be a list of whole numbers, got {str(shape)[:60]}")
    for size in shape:
        if type(size) is int and size >= 0:
            continue
        number = isinstance(size, (int, float, np.number)) and not isinstance(size, bool)
        if not number or not isInt(size) or size < 0:
            raise ValueError(
                "Tensor must have a shape comprised of positive integers but got shape "
                f"[{', '.join(map(str, shape))}]."
            )


def arraysEqual(n1: Sequence[Any] | None, n2: Sequence[Any] | None) -> bool:
    """Whether two lists have equal elements."""
    if n1 is None or n2 is None:
        return n1 is n2
    return len(n1) == len(n2) and all(a == b for a, b in zip(n1, n2, strict=True))


def isInt(a: Any) -> bool:
    """Whether a number is whole."""
    return bool(a % 1 == 0) if np.isfinite(a) else False


def isScalarShape(shape: Sequence[int]) -> bool:
    """Whether a shape is []."""
    return len(shape) == 0


def isString(value: Any) -> bool:
    """Whether a value is a text."""
    return isinstance(value, str)


def isValidDtype(dtype: Any) -> bool:
    """Whether this is one of tf.js's dtypes."""
    return dtype in ("bool", "complex64", "float32", "int32", "string")


def inferDtype(values: Any) -> str:
    """The dtype that `tf.tensor(values)` has; plain numbers are float32."""
    return tfjs_dtype(values.dtype) if hasattr(values, "dtype") else infer_dtype(values)


# Numbers.


def clamp(min: float, x: float, max: float) -> float:
    """`x`, but at least `min` and at most `max`."""
    return builtins.max(min, builtins.min(x, max))


def nearestLargerEven(val: int) -> int:
    """`val` if it is even, otherwise the next number."""
    return val if val % 2 == 0 else val + 1


def sum(arr: Sequence[float]) -> float:
    """The sum of a list."""
    return builtins.sum(arr)


def distSquared(a: Sequence[float], b: Sequence[float]) -> float:
    """The sum of the squared differences of two lists."""
    return builtins.sum((x - y) ** 2 for x, y in zip(a, b, strict=False))


def sizeToSquarishShape(size: int) -> list[int]:
    """Two numbers near each other whose product is at least `size`."""
    width = int(np.ceil(np.sqrt(size)))
    return [width, -(-size // width)]


def rightPad(a: str, size: int) -> str:
    """`a` filled up with spaces to `size` characters."""
    return a.ljust(size)


def getArrayFromDType(dtype: str | None, size: int) -> np.ndarray:
    """A flat array of zeros: float32, int32, uint8 for bool, None for string."""
    kinds: dict[Any, Any] = {None: np.float32, "float32": np.float32, "int32": np.int32}
    kinds |= {"bool": np.uint8, "string": object}
    if dtype not in kinds:
        raise ValueError(f"Unknown data type {dtype}")
    return np.full(size, None) if dtype == "string" else np.zeros(size, kinds[dtype])
