"""Calls after the first of predict, evaluate and trainOnBatch: the engine's against Keras's.

python benchmarks/calls.py --check
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import click
import numpy as np
from rich.console import Console

from benchmarks.claims import Claim, at_least
from benchmarks.machine import machine
from benchmarks.model import build
from benchmarks.report import Grid, failures, times
from benchmarks.trainings import BY_NAME
from benchmarks.watch import timed
from tfjsbridge import training as engine
from tfjsbridge.runtime import keras

ROWS = (1, 50, 200)

#: At least so many times faster than Keras's.
FASTER = {"predict": 40.0, "evaluate": 40.0, "train_on_batch": 1.0}

#: The numbers of both are at most so far apart.
CLOSE = 1e-5

Call = Callable[[], Any]


@dataclass(frozen=True)
class Pair:
    """The same call of Keras's and of the engine's."""

    name: str
    rows: int
    theirs: Call
    ours: Call

    def difference(self) -> float:
        """The largest difference of the numbers that the two return."""
        theirs, ours = _numbers(self.theirs()), _numbers(self.ours())
        return float(np.abs(theirs - ours).max())

    def seconds(self, repeats: int) -> tuple[float, float]:
        """Medians, after a call that traces and in turns."""
        self.theirs(), self.ours()
        pairs = [(timed(self.theirs), timed(self.ours)) for _ in range(repeats)]
        theirs, ours = zip(*pairs, strict=True)
        return median(theirs), median(ours)


def pairs() -> list[Pair]:
    """All calls on a small model."""
    training = BY_NAME["circle"]
    x, y = training.data()
    found = []
    for rows in ROWS:
        theirs, ours = build(training), build(training)
        data = x[:rows], y[:rows]
        found += [
            Pair("predict", rows, *_predicts(theirs, ours, data[0])),
            Pair("evaluate", rows, *_evaluates(theirs, ours, *data)),
            Pair("train_on_batch", rows, *_trains(theirs, ours, *data)),
        ]
    return found


def _predicts(theirs: Any, ours: Any, x: Any) -> tuple[Call, Call]:
    return lambda: theirs.predict(x, verbose=0), lambda: engine.predict(ours, x)


def _evaluates(theirs: Any, ours: Any, x: Any, y: Any) -> tuple[Call, Call]:
    return (
        lambda: theirs.evaluate(x, y, verbose=0, return_dict=True),
        lambda: engine.evaluate(ours, x, y),
    )


def _trains(theirs: Any, ours: Any, x: Any, y: Any) -> tuple[Call, Call]:
    return (
        lambda: theirs.train_on_batch(x, y, return_dict=True),
        lambda: engine.train_on_batch(ours, x, y),
    )


def _numbers(value: Any) -> np.ndarray:
    """Whatever a call returns, flat: arrays, tensors, a dict by metric's name, a list."""
    if isinstance(value, dict):
        value = [value[name] for name in sorted(value)]
    parts = [np.asarray(part, float).ravel() for part in keras.tree.flatten(value)]
    return np.concatenate(parts)


@click.command()
@click.option("--repeats", default=200, show_default=True, type=click.IntRange(1))
@click.option("--check", is_flag=True, help="Fail where a claim does not hold.")
def main(repeats: int, check: bool) -> None:
    """Measure predict, evaluate and train_on_batch, call by call."""
    rows, claims = [], []
    for pair in pairs():
        what = f"{pair.name} on {pair.rows} rows"
        difference = pair.difference()
        theirs, ours = pair.seconds(repeats)
        claims += [
            at_least(FASTER[pair.name], theirs / ours, what),
            Claim(f"{what}: numbers differ by {difference:.1e}", difference <= CLOSE),
        ]
        rows.append(
            [
                what,
                f"{1000 * theirs:.3f}",
                f"{1000 * ours:.3f}",
                times(theirs / ours),
                f"{difference:.1e}",
            ]
        )
    grid = Grid(
        "Milliseconds per call after the first, medians",
        ["call", "Keras", "engine", "faster", "difference"],
        rows,
    )
    console = Console()
    console.print(grid.drawn())
    console.print(machine() + ".", highlight=False)
    failed = failures(claims)
    if check and failed:
        sys.exit("These claims do not hold:\n" + "\n".join(failed))


if __name__ == "__main__":
    main()
