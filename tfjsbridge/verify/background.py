"""An asyncio event loop in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundLoop:
    """Runs coroutines for code that is not async, wherever that code runs.

    In a Jupyter notebook an event loop is running already, and neither ``asyncio.run`` nor
    playwright's sync API works next to it: in another thread they do.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, T], timeout: float | None = None) -> T:
        """The coroutine's result.

        Raises:
            asyncio.TimeoutError: it took longer than ``timeout`` seconds and was cancelled.
        """
        waiting = asyncio.wait_for(coroutine, timeout)
        return asyncio.run_coroutine_threadsafe(waiting, self._loop).result()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
