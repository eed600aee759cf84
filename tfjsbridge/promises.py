"""What tf.js awaits: a Promise there is an `async def` function's coroutine here."""

from __future__ import annotations

import asyncio
import functools
import inspect
import threading
from typing import Any


def resolved(value: Any) -> Any:
    """`value`, or what it comes to where it is awaitable.

    It is awaited in a thread of its own, so that this works also where an event loop runs already,
    as in a notebook.
    """
    if not inspect.isawaitable(value):
        return value
    return asyncio.run_coroutine_threadsafe(_awaited(value), _loop()).result()


async def _awaited(value: Any) -> Any:
    return await value


@functools.cache
def _loop() -> asyncio.AbstractEventLoop:
    # One for all, as an async generator is bound to the loop that it began in.
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="tfjsbridge-await", daemon=True).start()
    return loop
