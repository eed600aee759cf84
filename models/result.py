"""What every model does once it is trained: check, export, load in tf.js, and say so."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import tfjsbridge as tf

EXPORTS = Path(__file__).parent.parent / "export" / "models"

#: How far a metric of the model may be from scikit-learn's of the same predictions.
METRIC_TOLERANCE = 1e-5
#: How far a prediction in tf.js may be from Python's.
PREDICTION_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Result:
    """A trained, checked and exported model.

    Attributes:
      name: the model's name, which is its folder's too.
      loss: the loss on the training data.
      metric: the metric's name.
      value: the metric's value on the training data, as the model evaluates it.
      sklearn: the same by scikit-learn, of the model's predictions.
      files: the exported files.
      difference: the largest difference between tf.js's predictions and Python's.
    """

    name: str
    loss: float
    metric: str
    value: float
    sklearn: float
    files: tuple[Path, ...]
    difference: float

    @property
    def size(self) -> int:
        """The size of all exported files, in bytes."""
        return sum(file.stat().st_size for file in self.files)

    def print(self) -> None:
        """Print the result as a table of one row."""
        print_table([self])


def finish(
    name: str,
    model: tf.LayersModel,
    history: Any,
    xs: Any,
    ys: Any,
    metric: str,
    sklearn_metric: Callable[[np.ndarray, np.ndarray], float],
) -> Result:
    """Check a trained model's metric against scikit-learn, export it, and load it in tf.js.

    Args:
      name: the model's name.
      model: the model.
      history: what `fit` returned.
      xs: the training inputs.
      ys: the training targets.
      metric: the name of the metric that the model was compiled with, as the logs say it.
      sklearn_metric: the same metric by scikit-learn: a function of (targets, predictions).

    Raises:
      AssertionError: if the metric is not scikit-learn's.
      tf.verify.VerificationFailed: if tf.js predicts otherwise.
    """
    loss, value = (float(scalar) for scalar in model.evaluate(xs, ys))
    expected = float(sklearn_metric(np.asarray(ys), np.asarray(model.predict(xs))))
    if abs(value - expected) > METRIC_TOLERANCE:
        raise AssertionError(
            f"{name}: {metric} is {value}, but scikit-learn computes {expected} of the same "
            "predictions."
        )
    assert history.history["loss"], "the training recorded nothing"
    folder = EXPORTS / name
    model.save(f"file://{folder}")
    inputs = np.asarray(xs, dtype=np.float32)
    report = tf.verify.verify(model, folder, inputs=inputs, tolerance=PREDICTION_TOLERANCE)
    report.raise_for_difference()
    return Result(
        name, loss, metric, value, expected, tuple(sorted(folder.iterdir())), report.largest
    )


def print_table(results: Sequence[Result]) -> None:
    """Print the results, a row each."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(
        title=f"Trained in Python, loaded by TensorFlow.js {tf.TFJS_VERSION}",
        caption="sklearn: the metric by scikit-learn; diff: the predictions' largest difference",
        box=box.SIMPLE_HEAD,
        padding=(0, 1),
    )
    table.add_column("model", no_wrap=True)
    for heading in ("loss", "metric", "sklearn", "files", "bytes", "diff"):
        table.add_column(heading, justify="right", no_wrap=True)
    for result in results:
        table.add_row(
            result.name,
            f"{result.loss:.4f}",
            f"{result.metric} {result.value:.4f}",
            f"{result.sklearn:.4f}",
            str(len(result.files)),
            f"{result.size:,}",
            f"{result.difference:.1e}",
        )
    console = Console()
    console.print(table)
    inside = EXPORTS.is_relative_to(Path.cwd())
    console.print(f"The models are in {EXPORTS.relative_to(Path.cwd()) if inside else EXPORTS}/")
