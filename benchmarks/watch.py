"""The callback and the clock that Keras and the engine have in common."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from tfjsbridge.runtime import keras


def watching(watched: bool) -> list[Any]:
    """The callbacks of a training: one that reads the loss of each epoch, or none."""
    losses: list[float] = []

    def read(epoch: int, logs: Mapping[str, float]) -> None:
        losses.append(logs["loss"])

    return [keras.callbacks.LambdaCallback(on_epoch_end=read)] if watched else []


def timed(function: Callable[[], object]) -> float:
    """The seconds that a call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start
