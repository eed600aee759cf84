"""Trainings in tf.js and here: how far losses and weights are apart.

python benchmarks/parity.py --check writes benchmarks/parity.md.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.progress import track

import tfjsbridge as tf
from benchmarks.machine import machine
from benchmarks.parity_cases import BATCH, CASES, DATA, Case
from benchmarks.report import Grid
from tfjsbridge.verify import NodeSession

TARGET = Path(__file__).parent / "parity.md"

#: After how many epochs weights are compared.
EPOCHS = (1, 10, 100)

#: What must hold after each of them but the last, relative.
LOSS, WEIGHTS = 1e-4, 1e-3

IN_TFJS = """
    const {layers, optimizer, loss, metrics, fit, weights, x, y, epochs, marks} = args;
    const model = tf.sequential(
        {layers: layers.map(([name, options]) => tf.layers[name](options))});
    model.setWeights(weights);
    model.compile({
        optimizer: typeof optimizer === 'string' ? optimizer :
            tf.train[optimizer[0]](...optimizer.slice(1)),
        loss, metrics});
    const seen = [];
    const onEpochEnd = epoch => {
        if (marks.includes(epoch + 1)) seen.push(model.getWeights().map(w => w.clone()));
    };
    const {history} = await model.fit(
        x, y, {batchSize: args.batchSize, ...fit, epochs, shuffle: false, verbose: 0,
               callbacks: {onEpochEnd}});
    const metered = model.evaluate(x, y, {batchSize: args.batchSize});
    return {history, weights: seen,
            evaluated: [metered].flat().map(value => value.dataSync()[0])};
"""


@dataclass(frozen=True)
class Trained:
    """What came of a training.

    Attributes:
      history: the losses and metrics of each epoch, by name.
      weights: after each marked epoch the weights, in tf.js's order.
      evaluated: the loss and the metrics of all examples at the end.
    """

    history: dict[str, list[float]]
    weights: list[list[np.ndarray]]
    evaluated: list[float]


def both(
    node: NodeSession, case: Case, epochs: int, marks: Sequence[int]
) -> tuple[Trained, Trained]:
    """Train the same here and in tf.js, from the same weights, in the same order."""
    x, y = DATA[case.data]()
    layers = [getattr(tf.layers, name)(options) for name, options in case.layers]
    model = tf.sequential(layers=layers)
    rng = np.random.default_rng(0)
    weights = [rng.uniform(0.05, 0.6, w.shape).astype(np.float32) for w in model.getWeights()]
    # Of both signs, but for variances and the slopes of PReLU.
    if not any(name in ("batchNormalization", "prelu") for name, _ in case.layers):
        weights = [w * rng.choice([-1, 1], w.shape).astype(np.float32) for w in weights]
    fit = {"batchSize": BATCH, **case.fit}
    said = {"optimizer": case.optimizer, "loss": case.loss, "metrics": list(case.metrics)}
    theirs = node.evaluate(
        IN_TFJS,
        layers=case.layers,
        fit=case.fit,
        batchSize=BATCH,
        weights=weights,
        x=x,
        y=y,
        epochs=epochs,
        marks=list(marks),
        **said,
    )
    model.setWeights(weights)
    if not isinstance(case.optimizer, str):
        name, *arguments = case.optimizer
        said["optimizer"] = getattr(tf.train, name)(*arguments)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="As in TensorFlow.js, constraints")
        model.compile(**said)
    seen: list[list[np.ndarray]] = []

    def on_epoch_end(epoch: int, logs: Any) -> None:
        if epoch + 1 in marks:
            seen.append([w.numpy() for w in model.getWeights()])

    history = model.fit(
        x, y, **fit, epochs=epochs, shuffle=False, verbose=0, jit=False,
        callbacks={"onEpochEnd": on_epoch_end},
    )  # fmt: skip
    evaluated = model.evaluate(x, y, batchSize=BATCH)
    values = evaluated if isinstance(evaluated, list) else [evaluated]
    ours = Trained(history.history, seen, [float(each) for each in values])
    return ours, Trained(theirs["history"], theirs["weights"], theirs["evaluated"])


@dataclass(frozen=True)
class Apart:
    """How far a training is apart: the largest relative difference, after each marked epoch."""

    case: Case
    losses: list[float]
    weights: list[float]


def apart(node: NodeSession, case: Case, marks: Sequence[int] = EPOCHS) -> Apart:
    """Train a case in both, and compare."""
    ours, theirs = both(node, case, max(marks), marks)
    gaps = np.abs(np.subtract(ours.history["loss"], theirs.history["loss"]))
    relative = gaps / np.maximum(np.abs(theirs.history["loss"]), 1e-6)
    losses = [float(relative[:mark].max()) for mark in marks]
    weights = [
        max(
            (
                float(np.abs(a - b).max() / max(np.abs(b).max(), 1e-6))
                for a, b in zip(x, y, strict=True)
            ),
            default=0.0,
        )
        for x, y in zip(ours.weights, theirs.weights, strict=True)
    ]
    return Apart(case, losses, weights)


def grid(found: Sequence[Apart], marks: Sequence[int]) -> Grid:
    """A line for each training."""
    headings = ["training", *(f"{what} {mark}" for what in ("loss", "weights") for mark in marks)]
    rows = [
        [each.case.name, *(f"{value:.0e}" for value in (*each.losses, *each.weights))]
        for each in found
    ]
    return Grid("The largest relative difference to tf.js after so many epochs", headings, rows)


def too_far(found: Sequence[Apart], marks: Sequence[int]) -> list[str]:
    """What is further apart than it may be, after all epochs but the most."""
    return [
        f"{each.case.name}, {mark} epochs: loss {loss:.1e}, weights {weights:.1e}"
        for each in found
        for mark, loss, weights in zip(marks, each.losses, each.weights, strict=True)
        if mark < max(EPOCHS) and not (loss <= LOSS and weights <= WEIGHTS)
    ]


@click.command()
@click.option("--only", help="Trainings whose name contains this; nothing is written.")
@click.option("--check", is_flag=True, help="Fail where a training is too far apart.")
def main(only: str | None, check: bool) -> None:
    """Compare trainings with tf.js after 1, 10 and 100 epochs, and write parity.md."""
    cases = [replace(case) for case in CASES if only is None or only in case.name]
    with NodeSession(timeout=120) as node:
        found = [apart(node, case) for case in track(cases, "Trainings")]
    far = too_far(found, EPOCHS)
    table = grid(found, EPOCHS).markdown()
    if only is None:
        text = (
            "# Trainings beside tf.js\n\n"
            "Written by `python benchmarks/parity.py --check`. Each training begins with the same "
            "weights in tf.js (in Node, on its cpu backend) and here, and sees the same batches; "
            f"the largest relative difference of the losses so far, and of the weights, after "
            f"{', '.join(map(str, EPOCHS))} epochs. {len(found)} trainings on {machine()}.\n\n"
        )
        TARGET.write_text(text + table, "utf-8")
        click.echo(f"wrote {TARGET.name}")
    else:
        click.echo(table)
    if check and far:
        sys.exit("These are too far apart:\n" + "\n".join(far))


if __name__ == "__main__":
    main()
