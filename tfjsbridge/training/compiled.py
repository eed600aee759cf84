"""Functions traced by TensorFlow."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from tfjsbridge.runtime import tensorflow


def compiled(function: Callable[..., Any], model: Any) -> Any:
    """`function` as a `tensorflow.function` of its own, or as it is for a `run_eagerly` model.

    TensorFlow counts how often a piece of code is traced and warns from the fifth time on, as if
    one function were traced over and over; here it is another model's each time. What it counts by
    is the code, and a partial has none.
    """
    if model.run_eagerly:
        return function
    return tensorflow.function(functools.partial(function), autograph=False, reduce_retracing=True)
