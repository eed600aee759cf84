"""How far the engine's weights are from Keras's."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.model import build
from benchmarks.names import ENGINE, ENGINE_EXACT, ENGINE_JIT
from benchmarks.trainings import Training
from tfjsbridge import training as engine

#: After how many epochs, unshuffled.
EPOCHS = 20

_OPTIONS: dict[str, dict[str, Any]] = {
    ENGINE: {},
    ENGINE_EXACT: {"jit": False},
    ENGINE_JIT: {"jit": True},
}


def differences(training: Training) -> dict[str, float]:
    """The largest difference of any weight, by contestant; 0 is bit for bit."""
    x, y = training.part(training.compared_batches)
    settings: dict[str, Any] = {"batch_size": training.batch_size, "shuffle": False, "verbose": 0}
    theirs = build(training)
    theirs.fit(x, y, epochs=EPOCHS, **settings)
    result = {}
    for name, options in _OPTIONS.items():
        ours = build(training)
        engine.fit(ours, x, y, epochs=EPOCHS, **settings, **options)
        result[name] = largest(theirs.get_weights(), ours.get_weights())
    return result


def largest(these: list[np.ndarray], those: list[np.ndarray]) -> float:
    """The largest difference between two models' weights, infinite where one is not a number."""
    found = max(float(np.abs(a - b).max()) for a, b in zip(these, those, strict=True))
    return found if np.isfinite(found) else float("inf")
