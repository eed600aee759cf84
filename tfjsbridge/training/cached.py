"""Functions that were traced for a model, kept on it for the next call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from tfjsbridge.training.traced import Traced

T = TypeVar("T")


def cached(make: Callable[..., T], model: Any, *arguments: Any) -> T:
    """`make(model, *arguments)`, or what it made last where that serves this call too.

    Args:
      make: traces functions, which depend on the model as it is and on the arguments alone.
      model: keeps the result.
      arguments: nests of `tensorflow.TensorSpec`, and numbers.
    """
    attribute = f"_tfjsbridge_{make.__name__}"
    traced = Traced.of(model, *arguments)
    last = getattr(model, attribute, None)
    if last is not None and last[0].serves(traced):
        return last[1]
    made = make(model, *arguments)
    setattr(model, attribute, _Kept((traced, made)))
    return made


class _Kept(tuple[Any, ...]):
    """A pair that Keras does not look into for layers and variables, as it does into tuples."""
