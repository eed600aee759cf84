"""The order in which an epoch sees the examples."""

from __future__ import annotations

import numpy as np


class Order:
    """The order of the examples in each pass over the data, which depends on a seed alone.

    NumPy makes it, so that it is the same one with XLA and without, in a training that goes on
    where another was killed, and whatever the model's own random numbers are.
    """

    def __init__(self, seed: int):
        """For any integer."""
        self._seed = seed % 2**64
        self._made: tuple[int, int] | None = None

    def of_pass(self, cycle: int, size: int) -> np.ndarray:
        """The order of so many examples in pass number `cycle`, [size] int32, not to be written."""
        # A long epoch asks for its order in each of its calls.
        if self._made != (cycle, size):
            random = np.random.default_rng((self._seed, cycle))
            self._order = random.permutation(size).astype(np.int32)
            self._order.flags.writeable = False
            self._made = (cycle, size)
        return self._order
