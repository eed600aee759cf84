"""Measure a training of all contestants."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from benchmarks.contestants import CONTESTANTS, Start
from benchmarks.measured import Key, Measured
from benchmarks.scaled import Measure, Scale
from benchmarks.tfjs import TfjsCannot
from benchmarks.trainings import Training


def measure(training: Training, scale: Scale, repeats: int, say: Callable[[str], None]) -> Measured:
    """Measure all contestants, in turns: what else the machine does hits all of them alike."""
    result = Measured(training.name, scale.whole(training), training.batch_size)
    runs: dict[Key, Measure] = {}
    with ExitStack() as stack:
        for key, start in _entries(training):
            say(f"{training.name}: warming up {_text(key)}")
            try:
                runs[key] = stack.enter_context(start(training, key[1], scale))
            except TfjsCannot as error:
                result.cannot[key[0]] = str(error)
        for repeat in range(repeats):
            for key, run in runs.items():
                say(f"{training.name}: {repeat + 1} of {repeats}, {_text(key)}")
                result.seconds.setdefault(key, []).append(run())
    return result


def _entries(training: Training) -> Iterator[tuple[Key, Start]]:
    for watched in (False, True) if training.watched else (False,):
        for contestant in CONTESTANTS:
            if contestant.can(training) and (contestant.watched or not watched):
                yield (contestant.name, watched), contestant.start


def _text(key: Key) -> str:
    name, watched = key
    return f"{name} with a callback" if watched else name
