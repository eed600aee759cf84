"""How much to do in one call, so that progress is live and Ctrl-C works at once."""

from __future__ import annotations

import time
from collections.abc import Iterator

#: How long one call may take, in seconds.
SECONDS_PER_CALL = 0.1

#: How much longer the next call may be than the last one at most.
GROWTH = 8

#: How many batches to evaluate or predict in the first call: a small model's data in one call.
FIRST_CALL = 16


class Pace:
    """Learns from the time that batches take how many of them make a call.

    Attributes:
      batches: how many to do in the next call, at least one.
    """

    def __init__(self, batches: int = 1) -> None:
        self.batches = batches

    def took(self, batches: int, seconds: float) -> None:
        """Learn that so many batches took so long."""
        if batches:
            affordable = int(batches * SECONDS_PER_CALL / max(seconds, 1e-9))
            self.batches = max(1, min(GROWTH * self.batches, affordable))


def paced(total: int) -> Iterator[tuple[int, int]]:
    """Where the calls for `total` batches begin and end, each as long as the last one allows."""
    pace, begin = Pace(FIRST_CALL), 0
    while begin < total:
        end = min(begin + pace.batches, total)
        start = time.perf_counter()
        yield begin, end
        pace.took(end - begin, time.perf_counter() - start)
        begin = end
