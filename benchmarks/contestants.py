"""Who trains against whom."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial

from benchmarks.engine import engine_fit
from benchmarks.keras_fit import keras_first_fit, keras_fit
from benchmarks.names import (
    ENGINE,
    ENGINE_AGAIN,
    ENGINE_EXACT,
    ENGINE_JIT,
    ENGINE_NEXT,
    KERAS,
    KERAS_FIRST,
    KERAS_WHOLE,
    NUMPY,
    TFJS,
)
from benchmarks.numpy_loop import by_hand, numpy_fit
from benchmarks.scaled import Measure, Scale
from benchmarks.tfjs import tfjs_fit
from benchmarks.trainings import Training

#: Entered, it has warmed up.
Start = Callable[[Training, bool, Scale], AbstractContextManager[Measure]]


@dataclass(frozen=True)
class Contestant:
    """One that trains.

    Attributes:
      watched: whether it is measured with a callback too.
      can: whether it can train this at all.
    """

    name: str
    start: Start
    watched: bool = False
    can: Callable[[Training], bool] = lambda training: True


#: In the order in which they take their turns.
CONTESTANTS = (
    Contestant(KERAS, keras_fit, watched=True),
    Contestant(ENGINE, engine_fit, watched=True),
    Contestant(KERAS_FIRST, keras_first_fit, can=lambda training: training.large),
    Contestant(ENGINE_AGAIN, partial(engine_fit, again=True), can=lambda training: training.large),
    *(
        Contestant(name, partial(tfjs_fit, backend=backend), watched=True)
        for backend, name in TFJS.items()
    ),
    Contestant(KERAS_WHOLE, partial(keras_fit, whole_epochs=True)),
    Contestant(ENGINE_EXACT, partial(engine_fit, jit=False)),
    Contestant(ENGINE_JIT, partial(engine_fit, jit=True)),
    Contestant(
        ENGINE_NEXT, partial(engine_fit, new=False), can=lambda training: not training.large
    ),
    Contestant(NUMPY, numpy_fit, can=by_hand),
)
