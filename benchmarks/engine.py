"""The fit engine: a whole call on a fresh model, its tracing and compilation included, or not."""

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
from tfjsbridge.training import kept


@contextmanager
def engine_fit(
    training: Training,
    watched: bool,
    scale: Scale,
    again: bool = False,
    new: bool = True,
    **options: Any,
) -> Iterator[Measure]:
    """The engine's fit with its defaults, or with other `options`.

    Args:
      again: whether it is a later call on the same model, not the first one.
      new: whether the model is the first of its kind, so that it must be traced.
    """
    x, y = training.data()

    def fit(model: Any, epochs: int) -> None:
        engine.fit(
            model,
            x,
            y,
            batch_size=training.batch_size,
            epochs=epochs,
            verbose=0,
            callbacks=watching(watched),
            **options,
        )

    def measure() -> float:
        kept.forget()
        epochs = scale.whole(training)
        if not new:
            fit(build(training), epochs)
        model = build(training)
        if again:
            fit(model, 1)
        gc.collect()  # the models measured before
        return timed(lambda: fit(model, epochs))

    yield measure
