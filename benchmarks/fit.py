"""Keras's `fit` and the fit engine, side by side in one process.

    python benchmarks/fit.py
    python benchmarks/fit.py --epochs 2000 --keras-epochs 200

Both train without shuffling and without validation. The engine's time is that of a whole first
call, tracing included; Keras is measured on fewer epochs, its first call's tracing left out, so
that the comparison does not favor the engine.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.datasets import load_digits

from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow

layers = keras.layers

#: After how many epochs the weights are compared.
COMPARED_EPOCHS = 20


@dataclass(frozen=True)
class Task:
    """A model to train, on data, and for what share of the epochs asked for."""

    name: str
    build: Callable[[], Any]
    x: np.ndarray
    y: np.ndarray
    share: float = 1.0

    def epochs(self, asked: int) -> int:
        """Its share of the epochs asked for, at least one."""
        return max(1, int(self.share * asked))


def _mlp(*units: int) -> Any:
    hidden = [layers.Dense(n, activation="tanh") for n in units[1:-1]]
    model = keras.Sequential([keras.Input((units[0],)), *hidden, layers.Dense(units[-1])])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    return model


def _cnn() -> Any:
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(32, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _tasks() -> list[Task]:
    random = np.random.default_rng(0)
    two, ten = (random.normal(size=(200, n)).astype("float32") for n in (2, 10))
    digits = load_digits()
    images = (digits.images[..., None] / 16).astype("float32")
    return [
        Task("2-3-1 MLP, 200 samples", lambda: _mlp(2, 3, 1), two, two.prod(1, keepdims=True)),
        Task(
            "10-10-10-1 MLP, 200 samples",
            lambda: _mlp(10, 10, 10, 1),
            ten,
            ten[:, :2].prod(1, keepdims=True),
        ),
        Task(
            f"CNN, {len(images)} digits of 8x8", _cnn, images, digits.target.astype("int32"), 0.05
        ),
    ]


def _seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def _equal_weights(task: Task, batch_size: int) -> str:
    theirs, ours = task.build(), task.build()
    ours.set_weights(theirs.get_weights())
    options = {"epochs": COMPARED_EPOCHS, "batch_size": batch_size, "shuffle": False, "verbose": 0}
    theirs.fit(task.x, task.y, **options)
    training.fit(ours, task.x, task.y, **options)
    pairs = list(zip(theirs.get_weights(), ours.get_weights(), strict=True))
    if all(np.array_equal(one, other) for one, other in pairs):
        return "bit for bit"
    return f"within {max(np.abs(one - other).max() for one, other in pairs):.1e}"


def _row(task: Task, epochs: int, keras_epochs: int, batch_size: int) -> list[str]:
    count, keras_count = task.epochs(epochs), task.epochs(keras_epochs)
    theirs, ours, other = task.build(), task.build(), task.build()
    options: dict[str, Any] = {"batch_size": batch_size, "shuffle": False, "verbose": 0}
    theirs.fit(task.x, task.y, epochs=1, **options)  # traces
    keras_time = _seconds(lambda: theirs.fit(task.x, task.y, epochs=keras_count, **options))
    one_epoch = _seconds(lambda: training.fit(other, task.x, task.y, **options))
    all_epochs = _seconds(lambda: training.fit(ours, task.x, task.y, epochs=count, **options))
    theirs_ms, ours_ms = 1000 * keras_time / keras_count, 1000 * all_epochs / count
    return [
        task.name,
        str(keras_count),
        f"{theirs_ms:.2f}",
        str(count),
        f"{ours_ms:.2f}",
        f"{theirs_ms / ours_ms:.1f} times",
        f"{one_epoch:.2f} s",
        _equal_weights(task, batch_size),
    ]


@click.command()
@click.option(
    "--epochs",
    default=1000,
    show_default=True,
    type=click.IntRange(1),
    help="Epochs of the engine; a twentieth of them for the CNN.",
)
@click.option(
    "--keras-epochs",
    default=100,
    show_default=True,
    type=click.IntRange(1),
    help="Epochs of Keras's fit; a twentieth of them for the CNN.",
)
@click.option("--batch-size", default=50, show_default=True, type=click.IntRange(1))
def main(epochs: int, keras_epochs: int, batch_size: int) -> None:
    """Measure Keras's fit and the fit engine side by side."""
    table = Table(title=f"ms per epoch, batches of {batch_size}")
    table.add_column("model")
    for column in (
        "epochs",
        "Keras fit",
        "epochs",
        "engine",
        "faster",
        "first call of 1 epoch",
        f"weights after {COMPARED_EPOCHS} epochs",
    ):
        table.add_column(column, justify="right")
    for task in _tasks():
        table.add_row(*_row(task, epochs, keras_epochs, batch_size))
    console = Console() if Console().is_terminal else Console(width=140)
    console.print(table)
    console.print(
        f"Keras {keras.__version__}, TensorFlow {tensorflow.__version__}. Keras's fit is measured "
        "on fewer epochs, after one that traced, and scaled per epoch. The engine's time is that "
        "of a whole first call: all the epochs and the tracing, nearly all of a first call of "
        "one epoch. Neither side shuffles or validates.",
        highlight=False,
    )


if __name__ == "__main__":
    main()
