"""Errors of Python, NumPy and TensorFlow that an operation's own checks should have come before.

They say what an operation does inside. In their place stands what the program has written: the
function and the arguments that it was called with.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from tfjsbridge.errors import OutsideError
from tfjsbridge.runtime import tensorflow

#: What is no error of an operation's own, whatever it says.
_CRASHES = (ArithmeticError, AttributeError, LookupError, NotImplementedError)
#: Words of a ValueError or TypeError that is none of an operation's own.
_WORDS = re.compile(
    r"Attempt to convert|EagerTensor|SymbolicTensor|Expected \w+ (for argument|but got)|"
    r"array element with a sequence|bad operand|can only concatenate|can't multiply sequence|"
    r"cannot be interpreted|cannot convert float|cannot unpack|could not convert|dtype\('|"
    r"expected string or bytes|indices must be|inhomogeneous|(float|int)\(\) argument|"
    r"must be real number|not enough values|not supported between|object cannot be|"
    r"object has no|object is not|object of type|requested array|shape mismatch|truth value|"
    r"too many values|ufunc|unhashable|unsupported (operand|type)"
)
_PLACES = (Path(__file__).parent, Path(tensorflow.__file__).parent)


def in_own_words(
    error: BaseException,
    function: Callable[..., Any],
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
) -> Exception | None:
    """The error to raise in place of one that arose within an operation; None to leave it.

    What a function of the program raises, such as the `windowFn` of `tf.signal.stft`, is left.
    """
    name = function.__name__
    if isinstance(error, tensorflow.errors.OpError):
        return ValueError(f"Error in {name}: {one_line(error)} {_given(function, args, kwargs)}")
    if isinstance(error, OutsideError) or "must be a Tensor or TensorLike" in str(error):
        return None
    crash = isinstance(error, _CRASHES) or _compared(error, name)
    if not crash and not (isinstance(error, (TypeError, ValueError)) and _WORDS.search(str(error))):
        return None
    if not _within(error.__traceback__):
        return None
    kind = ValueError if isinstance(error, (ArithmeticError, LookupError)) else TypeError
    return kind(
        f"Error in {name}: an argument is not of the kind that it should be "
        f"{_given(function, args, kwargs)}"
    )


def one_line(error: Any) -> str:
    """What an error of TensorFlow's says, without its names of C++ functions."""
    message = re.sub(r"\{\{.*?\}\}\s*", "", error.message or str(error)).split(" [Op:")[0]
    if message.startswith("Could not find device"):
        return "there is no such operation for tensors of this dtype"
    return message.splitlines()[0]


def _compared(error: BaseException, function: str) -> bool:
    """Whether a Tensor, as an argument that is no tensor, was compared with what it should be."""
    return str(error).startswith(("Error in equal:", "Error in notEqual:")) and (
        function not in ("equal", "notEqual")
    )


def _within(traceback: TracebackType | None) -> bool:
    """Whether an error arose in this package, in TensorFlow or in NumPy."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return True
    file = Path(traceback.tb_frame.f_code.co_filename)
    return "numpy" in file.parts or any(file.is_relative_to(place) for place in _PLACES)


def _given(function: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """The arguments of a call, in brackets."""
    try:
        bound = inspect.signature(function).bind_partial(*args, **kwargs).arguments
    except TypeError:
        if len(args) == 1 and isinstance(args[0], Mapping):  # options in one dict
            args, kwargs = [], {**args[0], **kwargs}
        bound = {**{f"argument {i}": value for i, value in enumerate(args)}, **kwargs}
    shown = [
        f"{name}: {_shown(value)}{_but(function, name, value)}" for name, value in bound.items()
    ]
    return f"({', '.join(shown)})"


#: Annotations with what they stand for, and with the kinds of values that are right.
_KINDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "bool": ("true or false", (bool, np.bool_)),
    "float": ("a number", (int, float, np.number)),
    "int": ("a whole number", (int, np.integer)),
    "str": ("a string", (str,)),
}


def _but(function: Callable[..., Any], name: str, value: Any) -> str:
    """What an argument should be, where it is something else by the function's annotation."""
    try:
        annotation = str(inspect.signature(function).parameters[name].annotation)
    except (KeyError, TypeError):
        return ""
    plain = annotation.removesuffix(" | None")
    if plain not in _KINDS or (value is None and plain != annotation):
        return ""
    words, kinds = _KINDS[plain]
    return "" if isinstance(value, kinds) else f", which should be {words}"


def _shown(value: Any) -> str:
    from tfjsbridge.tensors import Tensor

    if isinstance(value, Tensor):
        return f"a Tensor, {value.dtype} {value.shape}"
    if tensorflow.is_tensor(value):
        return f"a Tensor, {value.dtype.name} {value.shape}"
    if isinstance(value, (list, tuple)) and any(isinstance(part, Tensor) for part in value):
        return f"[{', '.join(_shown(part) for part in value)}]"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"an array, {value.dtype} {list(value.shape)}"
    return f"{type(value).__name__} {' '.join(str(value).split())[:60]}"
