"""Keras's own fit."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.model import build
from benchmarks.scaled import Measure, Scale, scaled
from benchmarks.trainings import Training
from benchmarks.watch import timed, watching


@contextmanager
def keras_fit(
    training: Training, watched: bool, scale: Scale, whole_epochs: bool = False
) -> Iterator[Measure]:
    """Keras's fit, with a step or with a whole epoch per execution."""
    x, _ = training.data()
    options = {"steps_per_execution": training.batches(len(x))} if whole_epochs else {}
    model = build(training, **options)
    yield scaled(lambda epochs: _timed(model, training, epochs, watched), training, scale)


@contextmanager
def keras_first_fit(training: Training, watched: bool, scale: Scale) -> Iterator[Measure]:
    """The whole first call of Keras's fit on a fresh model, its tracing included."""

    def measure() -> float:
        model = build(training)
        gc.collect()  # the models measured before
        return _timed(model, training, scale.whole(training), watched)

    yield measure


def _timed(model: Any, training: Training, epochs: int, watched: bool) -> float:
    x, y = training.data()
    return timed(
        lambda: model.fit(
            x,
            y,
            batch_size=training.batch_size,
            epochs=epochs,
            verbose=0,
            callbacks=watching(watched),
        )
    )
