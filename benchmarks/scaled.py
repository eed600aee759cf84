"""Times of a whole training, measured on some of its epochs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.trainings import Training

#: Measures once: the seconds of the whole training.
Measure = Callable[[], float]


@dataclass(frozen=True)
class Scale:
    """How much of a slow contestant's training is measured.

    Attributes:
      seconds: about so long at a time, at least one epoch; None: all epochs.
      epochs: the most epochs of any training, of the engine's too; None: its own.
    """

    seconds: float | None = 3.0
    epochs: int | None = None

    def whole(self, training: Training) -> int:
        """How many epochs a training has."""
        return min(training.epochs, self.epochs or training.epochs)


def scaled(
    train: Callable[[int], float], training: Training, scale: Scale, share: float = 1.0
) -> Measure:
    """Warm up, and choose how many epochs are measured.

    Args:
      train: trains so many epochs and returns the seconds.
      training: the training.
      scale: how much of it is measured.
      share: the time of an epoch is so many times what is measured.
    """
    whole = scale.whole(training)
    count, seconds = 1, train(1)
    if scale.seconds is not None and seconds < scale.seconds:
        seconds = train(1)  # the first one traced
    # On until the time per epoch is that of many: just-in-time compilers need a while.
    while scale.seconds is not None and seconds < scale.seconds / 4 and count < whole:
        count = min(2 * count, whole)
        seconds = train(count)
    if scale.seconds is None:
        count = whole
    else:
        count = max(1, min(whole, int(scale.seconds * count / seconds)))
    return lambda: train(count) / count * whole * share
