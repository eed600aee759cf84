"""Performance of the tf.js API: tidy, keep, dispose, memory.

Follows tfjs-core/src/globals.ts and engine.ts; what is counted is told in `tfjsbridge.engine`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tfjsbridge.engine import ENGINE, end_scope, start_scope, tensors_in
from tfjsbridge.tensors import Tensor

REASON = (
    "The reported memory is an upper bound. Due to automatic garbage collection, the true "
    "allocated memory may be less."
)
STRING_REASON = "Memory usage by string tensors is approximate (2 bytes per character)"


def tidy(nameOrFn: str | Callable[[], Any], fn: Callable[[], Any] | None = None) -> Any:
    """Call a function and dispose of all tensors that it made, but for those that it returns.

    Args:
      nameOrFn: the function, which takes nothing; or a name for it.
      fn: the function, after a name.

    Returns:
      What the function returns: a Tensor, or lists and dicts of them.

    Raises:
      TypeError: for anything else; for an `async` function, as its tensors are needed later.
    """
    function = nameOrFn if fn is None else fn
    if fn is not None and not isinstance(nameOrFn, str):
        raise TypeError(
            "When calling with two arguments, the first argument to tidy() must be a string, "
            f"got {type(nameOrFn).__name__}"
        )
    if not callable(function):
        raise TypeError(
            f"Please provide a function to tidy(), got {type(function).__name__} {function!r}"
        )
    start_scope()
    result = None
    try:
        result = function()
    finally:
        end_scope(result)
    if inspect.isawaitable(result):
        if inspect.iscoroutine(result):
            result.close()
        raise TypeError("Cannot return a Promise inside of tidy: the function is async.")
    return result


def keep(result: Tensor) -> Tensor:
    """Let a Tensor outlive the `tidy` it was made in; `dispose` of it then yourself."""
    result.kept = True
    return result


def dispose(container: Any) -> None:
    """Dispose of a Tensor, or of all Tensors in lists and dicts of any depth."""
    for tensor in tensors_in(container):
        tensor.dispose()


def memory() -> dict[str, Any]:
    """How many tensors there are, how many buffers hold their values, and how many bytes.

    Returns:
      numTensors, numDataBuffers, numBytes; `unreliable` with its `reasons`, as Python like
      JavaScript frees by itself what nobody holds.
    """
    reasons = [REASON, *([STRING_REASON] if ENGINE.numStringTensors else [])]
    return {
        "unreliable": True,
        "reasons": reasons,
        "numTensors": ENGINE.numTensors,
        "numDataBuffers": ENGINE.numDataBuffers,
        "numBytes": ENGINE.numBytes,
    }
