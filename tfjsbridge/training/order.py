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
        self._numbers = np.random.Philox(key=seed % 2**64)
        self._beginning = self._numbers.state
        self._generator = np.random.Generator(self._numbers)

    def of_pass(self, cycle: int, size: int) -> np.ndarray:
        """The order of so many examples in pass number `cycle`, [size] int32."""
        # A generator for each pass would take longer to make than a small one's order.
        self._beginning["state"]["counter"][-1] = cycle
        self._numbers.state = self._beginning
        return self._generator.permutation(size).astype(np.int32)
