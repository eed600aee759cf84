"""What every model does once it is trained: check, export, load in tf.js, and lay out a card.

The card, card.json beside model.json, is what the gallery shows of a model: its words, and some of
the data that it was trained on with Python's predictions, which the page must reach too.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import tfjsbridge as tf
from models.words import Words

EXPORTS = Path(__file__).parent.parent / "export" / "models"

#: How far a metric of the model may be from scikit-learn's of the same predictions.
METRIC_TOLERANCE = 1e-5
#: How far a prediction in tf.js may be from Python's.
PREDICTION_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Exported:
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


@dataclass(frozen=True)
class Card:
    """What the gallery shows of a model.

    Attributes:
      kind: how: "line" (one number to one), "plane" (a point of the plane to a probability),
        "regression", "binary", "multiclass" (many features), "digits" (a picture, drawn by hand).
      title, idea: the words above it.
      features: what the inputs are, each with its unit where it has one; empty for "digits".
      classes: the classes' names, the one that 0 stands for first; none for numbers.
      batchSize: of the training, to go on with in the page.
      rows: how many rows of data the card has at most, taken evenly.
    """

    kind: str
    title: Words
    idea: Words
    features: Sequence[Words] = ()
    classes: Sequence[Words] = ()
    batchSize: int = 32
    rows: int = 400

    def write(self, folder: Path, xs: np.ndarray, ys: np.ndarray, predictions: np.ndarray) -> None:
        """Write card.json into a model's folder."""
        chosen = np.unique(np.linspace(0, len(xs) - 1, min(self.rows, len(xs))).astype(int))
        # Seven digits are all that a float32 has, and half of what Python would write.
        numbers = {
            name: _rounded(values[chosen])
            for name, values in (("inputs", xs), ("targets", ys), ("predictions", predictions))
        }
        card = {
            "name": folder.name,
            "kind": self.kind,
            "title": self.title.to_dict(),
            "idea": self.idea.to_dict(),
            "features": [words.to_dict() for words in self.features],
            "classes": [words.to_dict() for words in self.classes],
            "batchSize": self.batchSize,
            **numbers,
        }
        _write_json(folder / "card.json", card)
        write_index(folder.parent)


def write_index(folder: Path) -> None:
    """Write index.json, the names of all models that have a card, for the gallery."""
    names = sorted(card.parent.name for card in folder.glob("*/card.json"))
    _write_json(folder / "index.json", names)


def finish(
    name: str,
    model: tf.LayersModel,
    xs: Any,
    ys: Any,
    metric: str,
    sklearn_metric: Callable[[np.ndarray, np.ndarray], float],
    card: Card,
    tolerance: float = PREDICTION_TOLERANCE,
) -> Exported:
    """Check a trained model's metric against scikit-learn, export it, and load it in tf.js.

    Args:
      name: the model's name, and its folder's below export/models.
      model: the model.
      xs: the training inputs.
      ys: the training targets.
      metric: the name of the metric that the model was compiled with, as the logs say it.
      sklearn_metric: the same metric by scikit-learn: a function of (targets, predictions).
      card: what the gallery shows of it.
      tolerance: how far a prediction in tf.js may be from Python's.

    Raises:
      AssertionError: if the metric is not scikit-learn's.
      tf.verify.VerificationFailed: if tf.js predicts otherwise.
    """
    loss, value = (float(scalar) for scalar in model.evaluate(xs, ys))
    inputs, targets = np.asarray(xs, dtype=np.float32), np.asarray(ys)
    predictions = np.asarray(model.predict(inputs))
    expected = float(sklearn_metric(targets, predictions))
    if abs(value - expected) > METRIC_TOLERANCE:
        raise AssertionError(
            f"{name}: {metric} is {value}, but scikit-learn computes {expected} of the same "
            "predictions."
        )
    folder = EXPORTS / name
    # With the optimizer's state, so that the page goes on training from here.
    model.save(f"file://{folder}", includeOptimizer=True)
    report = tf.verify.verify(model, folder, inputs=inputs, tolerance=tolerance)
    report.raise_for_difference()
    card.write(folder, inputs, targets, predictions)
    files = tuple(sorted(path for path in folder.iterdir() if path.name != "card.json"))
    return Exported(name, loss, metric, value, expected, files, report.largest)


def _rounded(values: np.ndarray) -> Any:
    return np.vectorize(lambda value: float(f"{value:.7g}"), otypes=[float])(values).tolist()


def _write_json(path: Path, value: Any) -> None:
    made = path.with_suffix(".new")
    made.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    made.replace(path)


def print_table(results: Sequence[Exported]) -> None:
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
    for heading in ("loss", "metric", "sklearn", "bytes", "diff"):
        table.add_column(heading, justify="right", no_wrap=True)
    for result in results:
        table.add_row(
            result.name,
            f"{result.loss:.4f}",
            f"{result.metric} {result.value:.4f}",
            f"{result.sklearn:.4f}",
            f"{result.size:,}",
            f"{result.difference:.1e}",
        )
    console = Console()
    console.print(table)
    inside = EXPORTS.is_relative_to(Path.cwd())
    console.print(f"The models are in {EXPORTS.relative_to(Path.cwd()) if inside else EXPORTS}/")
