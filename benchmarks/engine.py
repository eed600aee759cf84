"""The fit engine: the whole first call on a fresh model, its tracing and compilation included."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.model import build
from benchmarks.scaled import Measure, Scale
from benchmarks.trainings import Training
from benchmarks.watch import timed, watching
from tfjsbridge import training as engine


@contextmanager
def engine_fit(
    training: Training, watched: bool, scale: Scale, **options: Any
) -> Iterator[Measure]:
    """The engine's fit with its defaults, or with other `options`."""
    x, y = training.data()

    def measure() -> float:
        model = build(training)
        gc.collect()  # the models measured before
        return timed(
            lambda: engine.fit(
                model,
                x,
                y,
                batch_size=training.batch_size,
                epochs=scale.whole(training),
                verbose=0,
                callbacks=watching(watched),
                **options,
            )
        )

    yield measure
