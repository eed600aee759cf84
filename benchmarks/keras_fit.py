"""Keras's own fit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.model import build
from benchmarks.scaled import Measure, Scale, scaled
from benchmarks.trainings import Training
from benchmarks.watch import timed, watching


@contextmanager
def keras_fit(
    training: Training, watched: bool, scale: Scale, whole_epochs: bool = False
) -> Iterator[Measure]:
    """Keras's fit, with a step or with a whole epoch per execution."""
    x, y = training.data()
    options = {"steps_per_execution": training.batches(len(x))} if whole_epochs else {}
    model = build(training, **options)

    def train(epochs: int) -> float:
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

    yield scaled(train, training, scale)
