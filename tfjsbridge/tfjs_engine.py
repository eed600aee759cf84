"""What tf.js's engine keeps account of: how many tensors there are, and which to dispose of.

Follows tfjs-core/src/engine.ts. A tensor counts from its creation to its disposal, by `dispose` or
at the end of the `tidy` it was made in, as in tf.js; that Python frees a tensor which nobody holds
any more changes nothing in the count. So a program that leaks in the browser shows it here.
"""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from tfjsbridge.errors import name_function
from tfjsbridge.runtime import tensorflow

if TYPE_CHECKING:
    from tfjsbridge.tensors import Tensor

F = TypeVar("F", bound=Callable[..., Any])


class Buffer:
    """Values in memory that several tensors share: clones, reshapes, variables (tf.js: dataId).

    A tensor that shares its values with none has no Buffer, but `None`: most never get one.
    """

    __slots__ = ("references", "string_bytes")

    def __init__(self, string_bytes: int = 0) -> None:
        self.references = 1
        #: Of strings: how many bytes were counted when they were made.
        self.string_bytes = string_bytes


class Engine:
    """The counts of `tf.memory()`."""

    __slots__ = (
        "checks",
        "logs",
        "numBytes",
        "numDataBuffers",
        "numStringTensors",
        "numTensors",
        "profile",
    )

    def __init__(self) -> None:
        self.numTensors = self.numDataBuffers = self.numBytes = self.numStringTensors = 0
        #: What `tf.profile` has recorded, while it runs, or what counts the operations that are
        #: watched.
        self.profile: list[dict[str, Any]] | Unkept | None = None
        #: Whether each operation is printed, and its results are checked for NaN: tf.js's flags
        #: DEBUG and CHECK_COMPUTATION_FOR_ERRORS.
        self.logs = self.checks = False

    def watch(self, log: bool, check: bool) -> None:
        """Print operations, and check their results, or no longer."""
        # tf.js: checks only where it measures, which it does for DEBUG and `tf.profile`.
        self.logs, self.checks = log, check
        if log and self.profile is None:
            self.profile = Unkept()
        elif not log and isinstance(self.profile, Unkept):
            self.profile = None


class Unkept:
    """A record of operations of which only the number is kept."""

    def __init__(self) -> None:
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, entry: dict[str, Any]) -> None:
        """Count one more."""
        self._count += 1


class Scopes(threading.local):
    """The scopes that are open in this thread, the innermost last: lists of what was made there."""

    def __init__(self) -> None:
        self.open: list[list[Tensor]] = []


ENGINE = Engine()
SCOPES = Scopes()

#: Bytes of one value by TensorFlow's number of its dtype.
# tf.js: complex numbers count nothing, and strings are counted where they are made from values.
_BYTES = {
    tensorflow.as_dtype(name).as_datatype_enum: size
    for name, size in {"float32": 4, "int32": 4, "bool": 1, "complex64": 0, "string": 0}.items()
}
_STRING = tensorflow.string.as_datatype_enum


def track(tensor: Tensor, value: Any, of: Tensor | None = None) -> None:
    """Count a new tensor with the TensorFlow tensor `value`; `of` has the same buffer."""
    engine = ENGINE
    engine.numTensors += 1
    try:
        # These two of an EagerTensor are ten times as quick as its shape and dtype.
        number = value._datatype_enum()
        engine.numBytes += value._num_elements() * _BYTES[number]
    except (AttributeError, KeyError):
        number = value.dtype.as_datatype_enum
        engine.numBytes += _bytes(value)
    if number == _STRING:
        engine.numStringTensors += 1
    if of is None:
        tensor.buffer_ = None
        engine.numDataBuffers += 1
    else:
        share(tensor, of)


def share(tensor: Tensor, of: Tensor) -> None:
    """Let `tensor` have the same buffer as `of`."""
    if of.buffer_ is None:
        of.buffer_ = Buffer()
    of.buffer_.references += 1
    tensor.buffer_ = of.buffer_


def untrack(tensor: Tensor, value: Any) -> None:
    """Count a tensor no longer."""
    engine = ENGINE
    engine.numTensors -= 1
    try:
        number = value._datatype_enum()
        engine.numBytes -= value._num_elements() * _BYTES[number]
    except (AttributeError, KeyError):
        number = value.dtype.as_datatype_enum
        engine.numBytes -= _bytes(value)
    if number == _STRING:
        engine.numStringTensors -= 1
    release(tensor)


def release(tensor: Tensor) -> None:
    """Count one tensor less for a buffer, and the buffer no longer after the last."""
    buffer = tensor.buffer_
    if buffer is not None:
        # tf.js: each tensor of one buffer of strings takes all of its bytes off again.
        ENGINE.numBytes -= buffer.string_bytes
        buffer.references -= 1
    if buffer is None or buffer.references == 0:
        ENGINE.numDataBuffers -= 1


def own_buffer(tensor: Tensor) -> None:
    """Let a tensor whose values were changed in place share them with no other any more."""
    if tensor.buffer_ is not None:
        release(tensor)
        tensor.buffer_ = None
        ENGINE.numDataBuffers += 1


def count_string_bytes(tensor: Tensor, count: int) -> None:
    """Count the bytes of strings that a tensor was made from (`bytesFromStringArray`)."""
    ENGINE.numBytes += count
    tensor.buffer_ = Buffer(count)


def _bytes(value: Any) -> int:
    """The bytes that count for a TensorFlow tensor or variable."""
    # Of unknown size: within a tensorflow.function.
    size = _BYTES.get(value.dtype.as_datatype_enum, value.dtype.size)
    return (value.shape.num_elements() or 0) * size


def start_scope() -> None:
    """From here on, new tensors belong to a scope of their own."""
    SCOPES.open.append([])


def end_scope(result: Any = None) -> None:
    """Dispose of what the scope made, but for what is kept and what `result` contains."""
    made = SCOPES.open.pop()
    if not made:
        return
    if len(made) == 1 and made[0] is result:  # nearly every operation
        survivors = made
    else:
        returned = {id(tensor) for tensor in tensors_in(result)}
        survivors = []
        for tensor in made:
            if id(tensor) in returned:
                survivors.append(tensor)
            elif not tensor.kept:
                tensor.dispose()
    if SCOPES.open:
        SCOPES.open[-1].extend(survivors)


def tensors_in(container: Any) -> list[Tensor]:
    """The tensors in lists, tuples, sets and dicts of any depth (`getTensorsInContainer`)."""
    from tfjsbridge.tensors import Tensor

    if isinstance(container, Tensor):
        return [container]
    if isinstance(container, Mapping):
        container = container.values()
    elif not isinstance(container, (list, tuple, set, frozenset)):
        return []
    return [tensor for part in container for tensor in tensors_in(part)]


def operation(function: F) -> F:
    """A public operation of the low-level API.

    What it makes on the way is disposed of, as in tf.js; an error names the operation, and one of
    TensorFlow's own, which the checks should have come before, is a ValueError in one line.
    """
    engine, local = ENGINE, SCOPES

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if engine.profile is not None:
            return _profiled(function, args, kwargs)
        made: list[Tensor] = []
        scopes = local.open
        scopes.append(made)
        try:
            result = function(*args, **kwargs)
        except BaseException as error:
            end_scope()
            if isinstance(error, Exception):
                from tfjsbridge.keras_graph import Operation, has_keras_tensors

                if has_keras_tensors(args, kwargs):
                    return Operation(wrapper).applied(args, kwargs)
            raise_named(error, function, args, kwargs)
        if len(made) == 1 and made[0] is result:  # nearly every operation
            scopes.pop()
            if scopes:
                scopes[-1].append(result)
        else:
            end_scope(result)
        return result

    # AutoGraph of a tensorflow.function need not read what is inside: there is no control flow for
    # it. This is the mark of tensorflow.autograph.experimental.do_not_convert, without its wrapper.
    wrapper.autograph_info__ = {}  # type: ignore[attr-defined]
    return cast(F, wrapper)


def raise_named(
    error: BaseException, function: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any]
) -> NoReturn:
    """Raise an operation's error, with its name; in own words what the program has not caused."""
    from tfjsbridge.foreign_errors import in_own_words

    instead = in_own_words(error, function, args, kwargs)
    if instead is not None:
        raise instead from None
    name_function(error, function.__name__)
    raise error


def _profiled(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call an operation and record it for `tf.profile`, unless it called other operations.

    tf.js records kernels, which are what has no smaller parts.
    """
    engine, record = ENGINE, cast("list[dict[str, Any]] | Unkept", ENGINE.profile)
    recorded, tensors, size = len(record), engine.numTensors, engine.numBytes
    start_scope()
    result = None
    start = time.perf_counter()
    try:
        result = function(*args, **kwargs)
    except BaseException as error:
        raise_named(error, function, args, kwargs)
    finally:
        elapsed = time.perf_counter() - start
        end_scope(result)
    if len(record) == recorded:
        if engine.logs or engine.checks:
            from tfjsbridge.debugging import watch

            watch(function, args, kwargs, result, elapsed * 1000)
        record.append(
            {
                "name": function.__name__[0].upper() + function.__name__[1:],
                "bytesAdded": engine.numBytes - size,
                "totalBytesSnapshot": engine.numBytes,
                "tensorsAdded": engine.numTensors - tensors,
                "totalTensorsSnapshot": engine.numTensors,
                "inputShapes": [t.shape for t in tensors_in([args, kwargs])],
                "outputShapes": [t.shape for t in tensors_in(result)],
                "kernelTimeMs": elapsed * 1000,
                "extraInfo": "",
            }
        )
    return result
