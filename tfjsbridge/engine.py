"""What tf.js's engine keeps account of: how many tensors there are, and which to dispose of.

Follows tfjs-core/src/engine.ts. A tensor counts from its creation to its disposal, by `dispose` or
at the end of the `tidy` it was made in, as in tf.js; that Python frees a tensor which nobody holds
any more changes nothing in the count. So a program that leaks in the browser shows it here.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from tfjsbridge.runtime import tensorflow

if TYPE_CHECKING:
    from tfjsbridge.tensors import Tensor

F = TypeVar("F", bound=Callable[..., Any])


class Buffer:
    """Values in memory, which a tensor shares with its clones and reshapes (tf.js: dataId)."""

    __slots__ = ("references",)

    def __init__(self) -> None:
        self.references = 0


class Engine:
    """The counts of `tf.memory()`, and the scopes that are open, the innermost last."""

    __slots__ = ("numBytes", "numDataBuffers", "numStringTensors", "numTensors", "scopes")

    def __init__(self) -> None:
        self.numTensors = self.numDataBuffers = self.numBytes = self.numStringTensors = 0
        self.scopes: list[list[Tensor]] = []


ENGINE = Engine()


def track(tensor: Tensor, value: Any, of: Tensor | None = None) -> None:
    """Count a new tensor with the TensorFlow tensor `value`; `of` has the same buffer."""
    engine = ENGINE
    engine.numTensors += 1
    engine.numBytes += _bytes(value)
    if of is None:
        tensor.buffer_ = buffer = Buffer()
        engine.numDataBuffers += 1
    else:
        tensor.buffer_ = buffer = of.buffer_
    buffer.references += 1


def untrack(tensor: Tensor, value: Any) -> None:
    """Count a tensor no longer."""
    ENGINE.numTensors -= 1
    ENGINE.numBytes -= _bytes(value)
    tensor.buffer_.references -= 1
    if tensor.buffer_.references == 0:
        ENGINE.numDataBuffers -= 1


def _bytes(value: Any) -> int:
    dtype = value.dtype
    if dtype is tensorflow.string:
        return 0
    # Of unknown size: within a tensorflow.function.
    return (value.shape.num_elements() or 0) * cast(int, dtype.size)


def start_scope() -> None:
    """From here on, new tensors belong to a scope of their own."""
    ENGINE.scopes.append([])


def end_scope(result: Any = None) -> None:
    """Dispose of what the scope made, but for what is kept and what `result` contains."""
    made = ENGINE.scopes.pop()
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
    if ENGINE.scopes:
        ENGINE.scopes[-1].extend(survivors)


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

    What it makes on the way is disposed of, as in tf.js; an error of TensorFlow's own, which its
    checks should have come before, is a ValueError in one line that names the operation.
    """

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        ENGINE.scopes.append([])
        result = None
        try:
            result = function(*args, **kwargs)
        except tensorflow.errors.OpError as error:
            message = (error.message or str(error)).split(" [Op:")[0].removeprefix("{{")
            raise ValueError(f"Error in {function.__name__}: {message}") from None
        finally:
            end_scope(result)
        return result

    return cast(F, wrapper)
