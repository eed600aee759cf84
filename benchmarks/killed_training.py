"""The trainings that are killed, and what a process does that trains one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from tfjsbridge import training
from tfjsbridge.runtime import keras
from tfjsbridge.training import backup

layers = keras.layers


@dataclass(frozen=True)
class Kind:
    """A way to train: how many examples and epochs, the callbacks, and options of fit."""

    examples: int
    epochs: int
    callbacks: Callable[[], list[Any]] = list
    jit: bool = False


def _callbacks() -> list[Any]:
    return [
        keras.callbacks.EarlyStopping(
            monitor="val_loss", patience=200, min_delta=1e-3, restore_best_weights=True
        ),
        keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.7, patience=7, cooldown=2),
    ]


KINDS = {
    # Many epochs in a call.
    "epochs": Kind(85, 800),
    # Epochs that last longer than a call may.
    "parts": Kind(25_001, 3),
    # A call for each epoch, until EarlyStopping stops.
    "callbacks": Kind(85, 600, _callbacks),
    "jit": Kind(85, 12_000, jit=True),
}


def train(kind: Kind, folder: Path | None, also: Any = ()) -> dict[str, np.ndarray]:
    """Train a new model; its variables and history as arrays.

    Args:
      kind: what to train.
      folder: for the backups, or None for none.
      also: further callbacks, for which no epoch ends a call.
    """
    keras.utils.set_random_seed(3)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(8),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.2),
            layers.Dense(1),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003), "mse", metrics=["mae"])
    random = np.random.default_rng(0)
    x = random.normal(size=(kind.examples, 3)).astype(np.float32)
    y = np.sin(x.sum(1, keepdims=True)) + 0.3 * random.normal(size=(kind.examples, 1))
    history = training.fit(
        model,
        x,
        y,
        batch_size=8,
        epochs=kind.epochs,
        validation_data=(x[:21] + 0.1, y[:21]),
        callbacks=[*kind.callbacks(), *also],
        jit=kind.jit,
        backup_dir=folder,
        verbose=0,
    )
    variables = {
        f"variable {number}": np.asarray(variable)
        for number, variable in enumerate([*model.variables, *model.optimizer.variables])
    }
    recorded = {f"history {name}": np.array(v) for name, v in history.history.items()}
    return {**variables, **recorded, "epochs": np.array(history.epoch)}


class Teller(keras.callbacks.Callback):  # type: ignore[misc]
    """Says that everything is traced and the training begins."""

    watches = False

    def __init__(self, said: Connection):
        super().__init__()
        self.said = said

    def on_train_begin(self, logs: Any = None) -> None:
        self.said.send("training")


def train_to_file(kind: str, folder: Path, result: Path, said: Connection) -> None:
    """Train, and write the arrays to a file; what there is to say goes into a pipe."""
    backup.SECONDS_BETWEEN = 0.01
    backup.SHARE_OF_TIME = 1.0
    try:
        arrays = train(KINDS[kind], folder, [Teller(said)])
    except (KeyboardInterrupt, ValueError) as error:
        said.send(f"{type(error).__name__} {error}")
        sys.exit(1)
    np.savez(result, **arrays)
