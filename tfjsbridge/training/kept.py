"""The loops of small models, kept for the next model of the same kind, which need not be traced.

A search fits hundreds of small models that differ in their variables alone, and who changes a
learning rate builds the model anew; tracing takes longer than many such trainings.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any

from tfjsbridge.training.kinds import kind

if TYPE_CHECKING:
    from tfjsbridge.training.loop import Loop

#: How many loops are kept, each with its model.
KEPT = 16

_loops: OrderedDict[tuple[str, str], Loop] = OrderedDict()
_lock = threading.Lock()


def key(model: Any, shapes: str) -> tuple[str, str] | None:
    """What a loop is kept by: the model's kind and what `Traced` says of the data; or None."""
    described = kind(model)
    return None if described is None else (described, shapes)


def loop(key: tuple[str, str] | None) -> Loop | None:
    """The loop that is kept by a key, if there is one."""
    with _lock:
        if key is None or key not in _loops:
            return None
        _loops.move_to_end(key)
        return _loops[key]


def keep(key: tuple[str, str] | None, loop: Loop) -> None:
    """Keep a loop, without data, and forget the one that was asked for longest ago."""
    if key is None:
        return
    with _lock:
        _loops.setdefault(key, loop)
        while len(_loops) > KEPT:
            _loops.popitem(last=False)


def forget() -> None:
    """Forget all of them, with the models that they hold."""
    with _lock:
        _loops.clear()
