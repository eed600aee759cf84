"""tf.js config objects: `f({"units": 1})` and `f(units=1)` are the same call here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, cast, overload

from tfjsbridge.errors import did_you_mean

P = ParamSpec("P")
S = TypeVar("S", contravariant=True)
R = TypeVar("R", covariant=True)


class OptionsFunction(Protocol, Generic[P, R]):
    """A function that takes its keyword-only parameters also as one dict."""

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R: ...
    @overload
    def __call__(self, *args: Any) -> R: ...


class OptionsMethod(Protocol, Generic[S, P, R]):
    """The same, for a method."""

    def __get__(self, instance: S, owner: Any = None) -> OptionsFunction[P, R]: ...


def options(function: Callable[P, R]) -> OptionsFunction[P, R]:
    """Let `function` take its keyword-only parameters also as one dict, after the positional ones.

    An unknown option, a missing one and one given twice are a TypeError that names all of them,
    the nearest right name, and every option there is.
    """
    return cast("OptionsFunction[P, R]", _with_options(function))


def options_method(
    function: Callable[Concatenate[S, P], R],
) -> OptionsMethod[S, P, R]:
    """`options` for a method."""
    return cast("OptionsMethod[S, P, R]", _with_options(function))


def _with_options(function: Callable[..., Any]) -> Callable[..., Any]:
    parameters = inspect.signature(function).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    optional = {p.name: p for p in parameters if p.kind is p.KEYWORD_ONLY}
    required = [name for name, p in optional.items() if p.default is p.empty]
    name = _tfjs_name(function)

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        given: dict[str, Any] = {}
        if len(args) == len(positional) + 1:
            *rest, config = args
            if config is not None and not isinstance(config, Mapping):
                raise TypeError(
                    f"{name}: expected the options as a dict or by keyword, "
                    f"got {type(config).__name__} {config!r}."
                )
            args, given = tuple(rest), dict(config or {})
        problems = [f"option {key!r} is given twice" for key in given if key in kwargs]
        given.update(kwargs)
        for key in given:
            if key not in optional and key not in positional:
                problems.append(f"unknown option {key!r}{did_you_mean(key, optional)}")
        missing = [key for key in required if key not in given]
        problems.extend(f"the option {key!r} is missing" for key in missing)
        if problems:
            raise TypeError(f"{name}: {'; '.join(problems)}. Options: {', '.join(optional)}.")
        return function(*args, **given)

    return wrapper


def _tfjs_name(function: Callable[..., Any]) -> str:
    """`tf.layers.dense`, as a tf.js program writes it, for messages."""
    if "." in function.__qualname__:
        return function.__qualname__.replace("Trainable.", "LayersModel.")
    namespace = function.__module__.split(".")[1:]
    return ".".join(["tf", *(n for n in namespace if n in _NAMESPACES), function.__name__])


#: Modules that are namespaces of tf.js; functions of all other modules stand in `tf` itself.
_NAMESPACES = (
    "fused",
    "layers",
    "train",
    "initializers",
    "regularizers",
    "constraints",
    "callbacks",
    "vis",
    "render",
    "show",
)
