"""The order in which an epoch sees the examples."""

from __future__ import annotations

import numpy as np


def shuffled(size: int, seed: int, cycle: int) -> np.ndarray:
    """A permutation [size] int32 that depends on the seed and the number of the pass alone.

    NumPy makes it, so that it is the same one with XLA and without, in a training that goes on
    where another was killed, and whatever the model's own random numbers are.
    """
    entropy = (seed % 2**64, cycle)
    return np.random.default_rng(entropy).permutation(size).astype(np.int32)
