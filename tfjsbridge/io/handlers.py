"""Which handler loads or saves a URL.

Follows tfjs-core/src/io/router_registry.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tfjsbridge.io.artifacts import IOHandler

#: A function of (url, loadOptions) or (url) that gives a handler, or None.
Router = Callable[..., Any]

_routers: dict[str, list[Router]] = {"load": [], "save": []}


def registerLoadRouter(loudRouter: Router) -> None:
    """Let a function say which handler loads a URL.

    Args:
      loudRouter: a function of (url, loadOptions) that gives a handler with `load`, or None where
        it is not for that URL.
    """
    _routers["load"].append(loudRouter)


def registerSaveRouter(loudRouter: Router) -> None:
    """Let a function say which handler saves to a URL.

    Args:
      loudRouter: a function of (url) that gives a handler with `save`, or None where it is not for
        that URL.
    """
    _routers["save"].append(loudRouter)


def getLoadHandlers(url: Any, loadOptions: Mapping[str, Any] | None = None) -> list[IOHandler]:
    """The handlers that load a URL: none, one, or more, which is an error of whoever loads."""
    found = (router(url, loadOptions) for router in _routers["load"])
    return [handler for handler in found if handler is not None]


def getSaveHandlers(url: Any) -> list[IOHandler]:
    """The handlers that save to a URL, likewise."""
    return [handler for router in _routers["save"] if (handler := router(url)) is not None]


def method_of(handler: IOHandler, name: str) -> Callable[..., Any] | None:
    """The method of a handler, which may be a dict of functions; None if it has none."""
    found = handler.get(name) if isinstance(handler, Mapping) else getattr(handler, name, None)
    return found if callable(found) else None


def only(handlers: list[IOHandler], kind: str, url: Any) -> IOHandler | None:
    """The handler of a URL; None if there is none.

    Raises:
      ValueError: for more than one.
    """
    if len(handlers) > 1:
        raise ValueError(f"Found more than one ({len(handlers)}) {kind} handlers for URL '{url}'")
    return handlers[0] if handlers else None


def is_path(source: Any) -> bool:
    """Whether this is a path of a file, without a scheme."""
    return isinstance(source, Path) or (isinstance(source, str) and "://" not in source)
