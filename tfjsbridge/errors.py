"""What errors have in common: the nearest right name, and every problem in one message."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])


def name_function(error: BaseException, function: str) -> None:
    """Put a function's name before what an error says, where no function is named yet."""
    if type(error) not in (ValueError, TypeError) or len(error.args) != 1:
        return
    message = str(error)
    if message == "Tensor is disposed.":  # tf.js: says no more
        return
    if function in message or "Error in " in message or "' passed to '" in message:
        return
    error.args = (f"Error in {function}: {message}",)


def named(function: F) -> F:
    """A public function whose errors name it."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except (ValueError, TypeError) as error:
            name_function(error, function.__name__)
            raise

    # As of an `operation`: AutoGraph need not read what is inside.
    wrapper.autograph_info__ = {}  # type: ignore[attr-defined]
    return cast(F, wrapper)


class OutsideError(IndexError, ValueError):
    """An index that there is not: Python's IndexError, and a ValueError as every bad argument."""


class ModelFileError(ValueError):
    """A model.json or its weights cannot be read: missing, damaged, or not what it says it is."""


class ConversionError(ValueError):
    """A model cannot be said in TensorFlow.js; `problems` lists everything in the way."""

    def __init__(self, headline: str, problems: Sequence[str]):
        self.problems = list(problems)
        super().__init__("\n".join([headline, *(f"  - {problem}" for problem in problems)]))


def nearest(name: str, valid: Iterable[str]) -> str | None:
    """The valid name that `name` most likely means, by letters only: `max_norm` is `maxNorm`."""

    def plain(text: str) -> str:
        return text.replace("_", "").replace("-", "").lower()

    by_plain = {plain(candidate): candidate for candidate in valid}
    matches = difflib.get_close_matches(plain(name), by_plain, n=1, cutoff=0.6)
    return by_plain[matches[0]] if matches else None


def did_you_mean(name: object, valid: Iterable[str]) -> str:
    """` (did you mean 'relu'?)`, or nothing where no valid name is near."""
    match = nearest(name, valid) if isinstance(name, str) else None
    return f" (did you mean {match!r}?)" if match else ""


def unknown_name(kind: str, name: object, valid: Iterable[str]) -> ValueError:
    """A ValueError for a name that is none of `valid`: the nearest one, then all of them."""
    valid = list(valid)
    return ValueError(
        f"Unknown {kind} {name!r}{did_you_mean(name, valid)}. Known: {', '.join(valid)}."
    )
