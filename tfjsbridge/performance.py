"""Performance of the tf.js API: tidy, keep, dispose, memory, time, profile.

Follows tfjs-core/src/globals.ts and engine.ts; what is counted is told in `tfjsbridge.tfjs_engine`.
"""

from __future__ import annotations

import inspect
import time as clock
from collections.abc import Callable
from typing import Any

from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import ENGINE, end_scope, start_scope, tensors_in

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
    if not isinstance(result, Tensor):
        raise TypeError(
            "Argument 'result' passed to 'keep' must be a Tensor, "
            f"but got '{type(result).__name__}' {str(result)[:60]}"
        )
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


def time(f: Callable[[], Any]) -> dict[str, float]:
    """How long a function takes.

    Args:
      f: a function that takes nothing.

    Returns:
      `kernelMs`, the milliseconds of the computation, and `wallMs`, with what is around it.
    """
    _check_function("time", f)
    wall = clock.perf_counter()
    kernel = clock.perf_counter()
    f()
    kernelMs = (clock.perf_counter() - kernel) * 1000
    return {"kernelMs": kernelMs, "wallMs": (clock.perf_counter() - wall) * 1000}


def profile(f: Callable[[], Any]) -> dict[str, Any]:
    """What a function computes, and what it leaves behind.

    Args:
      f: a function that takes nothing.

    Returns:
      `newBytes` and `newTensors` that it left behind, `peakBytes` at the most, `result` that it
      returned, `kernels`, a dict of name, times, shapes and counts for each operation that is not
      made of others, and `kernelNames`, the names of these. The names are those of the operations
      with a capital letter, not always those of tf.js's kernels: MatMul is its BatchMatMul.
    """
    _check_function("profile", f)
    tensors, size, outer = ENGINE.numTensors, ENGINE.numBytes, ENGINE.profile
    kernels: list[dict[str, Any]] = []
    ENGINE.profile = kernels
    try:
        result = f()
    finally:
        ENGINE.profile = outer
    return {
        "newBytes": ENGINE.numBytes - size,
        "newTensors": ENGINE.numTensors - tensors,
        "peakBytes": max(
            (kernel["totalBytesSnapshot"] for kernel in kernels), default=float("-inf")
        ),
        "kernels": kernels,
        "result": result,
        "kernelNames": list(dict.fromkeys(kernel["name"] for kernel in kernels)),
    }


def _check_function(caller: str, f: Any) -> None:
    if not callable(f):
        raise TypeError(
            f"Argument 'f' passed to '{caller}' must be a function, "
            f"but got '{type(f).__name__}' {str(f)[:60]}"
        )


def nextFrame() -> None:
    """Wait for the browser's next frame, which only a page has.

    Raises:
      NotImplementedError: always, saying what to do here.
    """
    raise NotImplementedError(
        "tf.nextFrame() waits until a page in a browser is drawn again. Here nothing waits for a "
        "page: leave the call out, or let other tasks run with `await asyncio.sleep(0)`."
    )
