"""Functions traced by TensorFlow."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tfjsbridge.runtime import keras, tensorflow


def compiled(function: Callable[..., Any], model: Any) -> Any:
    """`function` as a `tensorflow.function` of its own, or as it is for a `run_eagerly` model.

    TensorFlow counts how often a piece of code is traced and warns from the fifth time on, as if
    one function were traced over and over; here it is another model's each time. What it counts by
    is the code, and a partial has none.
    """
    if model.run_eagerly:
        return function
    return tensorflow.function(functools.partial(function), autograph=False, reduce_retracing=True)


def compiled_for(function: Callable[..., Any], model: Any, jit: bool, *specs: Any) -> Any:
    """`function` traced once, for arguments of these specs; with XLA where `jit` says so.

    Args:
      function: takes nests of tensors.
      model: the model whose steps it runs; it stays a Python function if that is `run_eagerly`.
      jit: whether XLA compiles it, at its first call.
      specs: a nest of `tensorflow.TensorSpec` for each argument.
    """
    if model.run_eagerly:
        return function
    traced = tensorflow.function(functools.partial(function), autograph=False, jit_compile=jit)
    return traced.get_concrete_function(*specs)


def specs_of(nest: Any) -> Any:
    """The specs of a nest of tensors."""
    return keras.tree.map_structure(
        lambda t: None if t is None else tensorflow.TensorSpec(t.shape, t.dtype), nest
    )
