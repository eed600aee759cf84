"""What was measured of a training."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median

from benchmarks.names import ENGINE, KERAS, TFJS

#: A contestant's name, and whether a callback watched its training.
Key = tuple[str, bool]


@dataclass
class Measured:
    """Seconds of a whole training.

    Attributes:
      seconds: of each repeat, by contestant.
      cannot: why a contestant has none.
      differences: the largest one from Keras's weights, by contestant.
    """

    name: str
    epochs: int
    batch_size: int
    seconds: dict[Key, list[float]] = field(default_factory=dict)
    cannot: dict[str, str] = field(default_factory=dict)
    differences: dict[str, float] = field(default_factory=dict)

    def median(self, name: str, watched: bool = False) -> float | None:
        """The median of the repeats, None if there are none."""
        seconds = self.seconds.get((name, watched))
        return median(seconds) if seconds else None

    def best_tfjs(self, watched: bool = False) -> str | None:
        """The faster of tf.js's backends, None if none can."""
        able = [name for name in TFJS.values() if self.seconds.get((name, watched))]
        return min(able, key=lambda name: median(self.seconds[name, watched]), default=None)

    def times_faster(self, other: str | None, name: str = ENGINE, watched: bool = False) -> float:
        """How many times as long as `name` another one takes; nan where one has no time."""
        theirs = None if other is None else self.median(other, watched)
        ours = self.median(name, watched)
        return theirs / ours if theirs and ours else float("nan")

    def spread(self) -> float:
        """The largest time over the smallest, of Keras's or the engine's repeats."""
        groups = [v for (name, _), v in self.seconds.items() if name in (KERAS, ENGINE)]
        return max((max(times) / min(times) for times in groups), default=1.0)
