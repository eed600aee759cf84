"""What debug mode prints of an operation, and warns of.

Follows tfjs-core/src/profiler.ts.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensor_format import js_number
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import ENGINE, tensors_in


def watch(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    result: Any,
    milliseconds: float,
) -> None:
    """Tell of a call of an operation, as the flags of the environment say.

    Args:
      function: the operation.
      args: its arguments.
      kwargs: those by keyword.
      result: what it gave: a Tensor, or lists and dicts of them.
      milliseconds: how long it took.
    """
    name = function.__name__[0].upper() + function.__name__[1:]
    for tensor in tensors_in(result):
        if not tensorflow.executing_eagerly():  # no values yet
            continue
        if ENGINE.checks:
            _check(name, tensor)
        if ENGINE.logs:
            given = inspect.signature(function).bind_partial(*args, **kwargs).arguments
            print(_line(name, tensor, given, milliseconds))


def _line(name: str, tensor: Tensor, given: dict[str, Any], milliseconds: float) -> str:
    inputs = "".join(
        f"{parameter}: {value.rank}D {_shape(value)} "
        for parameter, value in given.items()
        if isinstance(value, Tensor)
    )
    time = f"{js_number(round(milliseconds, 3))}ms"
    parts = [
        name.ljust(25),
        time.ljust(9),
        f"{tensor.rank}D {_shape(tensor).ljust(14)}",
        js_number(float(tensor.size)),
        inputs,
        "",
    ]
    return "\t".join(parts)


def _shape(tensor: Tensor) -> str:
    return ",".join(map(str, tensor.shape))


def _check(name: str, tensor: Tensor) -> None:
    """Warn of the first value that is no number."""
    if tensor.dtype != "float32":
        return
    values = tensor.numpy().reshape(-1)
    wrong = values[~np.isfinite(values)]
    if wrong.size:
        value = "NaN" if np.isnan(wrong[0]) else "Infinity" if wrong[0] > 0 else "-Infinity"
        warnings.warn(f"Found {value} in the result of '{name}'", stacklevel=5)
