"""The measurements as tables: in the terminal, and in docs/benchmarks.md."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.table import Table

from benchmarks.claims import Claim
from benchmarks.measured import Measured
from benchmarks.names import (
    ENGINE,
    ENGINE_AGAIN,
    ENGINE_EXACT,
    ENGINE_JIT,
    ENGINE_NEXT,
    KERAS,
    KERAS_FIRST,
    KERAS_WHOLE,
    NUMPY,
    TFJS,
)

TIMES = "\N{MULTIPLICATION SIGN}"

NOTES = (
    "Times of a whole training: medians of the repeats, in which all take turns. The engine's is "
    "that of the first call on the first model of its kind, its tracing and compilation included; "
    "the next model, built anew, needs neither. Keras's, "
    "tf.js's and NumPy's come after a warm-up, so without any of that{scaled}. All shuffle, as "
    "they do by default; none validates. NumPy computes no loss and no metrics. A callback is an "
    "onEpochEnd that reads the loss. tf.js starts from Keras's weights; of the large models "
    "it trains the first batches only, scaled. Of these Keras's first call is measured too, and a "
    "later one of the engine. The engine compiles long trainings of small dense "
    "models with XLA: their weights are as close as those of jit=True."
)

_ALONE = (KERAS, KERAS_WHOLE, *TFJS.values(), NUMPY, ENGINE_EXACT, ENGINE_JIT, ENGINE_NEXT, ENGINE)
_WATCHED = (KERAS, *TFJS.values(), ENGINE)


@dataclass(frozen=True)
class Grid:
    """A table before it is Markdown or drawn: its title, headings and rows."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """As Markdown, numbers to the right."""
        aligned = ["---", *["---:"] * (len(self.headings) - 1)]
        lines = [self.headings, aligned, *self.rows]
        return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"

    def drawn(self) -> Table:
        """For a terminal."""
        table = Table(title=self.title)
        for index, heading in enumerate(self.headings):
            table.add_column(heading, justify="right" if index else "left")
        for row in self.rows:
            table.add_row(*row)
        return table


def grids(results: Sequence[Measured]) -> list[Grid]:
    """The tables of what was measured."""
    tables = [_times("Seconds", results, False)]
    watched = [result for result in results if (KERAS, True) in result.seconds]
    if watched:
        tables.append(_times("Seconds with a callback", watched, True))
    large = [result for result in results if (KERAS_FIRST, False) in result.seconds]
    if large:
        tables.append(_like_with_like(large))
    return [*tables, _differences(results)]


def notes(results: Iterable[Measured], seconds: float | None) -> list[str]:
    """How it was measured, `seconds` at a time or whole, and what could not be."""
    scaled = ""
    if seconds is not None:
        scaled = f", of as many epochs as take about {seconds:g} seconds, scaled per epoch"
    lines = [NOTES.format(scaled=scaled)]
    for result in results:
        lines += [
            f"{name} cannot train {result.name}: {why}" for name, why in result.cannot.items()
        ]
    noisy = [f"{r.name} {r.spread():.1f}" for r in results if r.spread() > 1.5]
    if noisy:
        lines.append(
            "The slowest repeat of Keras or the engine took so many times as long as the fastest: "
            + ", ".join(noisy)
            + "."
        )
    return lines


def markdown(results: Sequence[Measured], command: str, machine: str, seconds: float | None) -> str:
    """docs/benchmarks.md."""
    first, *others = notes(results, seconds)
    parts = [
        f"<!-- Written by {command}; do not edit. -->\n",
        "# How fast it trains\n",
        "![Training speed, times that of Keras fit](benchmarks.svg)\n",
        f"`{command}`, on {machine}.\n",
        first + "\n",
    ]
    for grid in grids(results):
        parts += [f"## {grid.title}\n", grid.markdown()]
    if others:
        parts.append("\n".join(f"- {line}" for line in others) + "\n")
    return "\n".join(parts)


def failures(claims: Iterable[Claim]) -> list[str]:
    """What does not hold."""
    return [claim.said for claim in claims if not claim.holds]


def _times(title: str, results: Sequence[Measured], watched: bool) -> Grid:
    names = _WATCHED if watched else _ALONE
    headings = ["training", "epochs", *names, "faster than Keras", "faster than tf.js"]
    rows = []
    for result in results:
        best = result.best_tfjs(watched)
        rows.append(
            [
                result.name,
                f"{result.epochs:,}",
                *(_seconds(result.median(name, watched)) for name in names),
                times(result.times_faster(KERAS, watched=watched)),
                times(result.times_faster(best, watched=watched)),
            ]
        )
    return Grid(title, headings, rows)


def _like_with_like(results: Sequence[Measured]) -> Grid:
    pairs = ((KERAS_FIRST, ENGINE), (KERAS, ENGINE_AGAIN))
    headings = ["training", "epochs", KERAS_FIRST, f"{ENGINE}, first call", "faster"]
    headings += [f"{KERAS}, later call", ENGINE_AGAIN, "faster"]
    rows = []
    for result in results:
        row = [result.name, f"{result.epochs:,}"]
        for theirs, ours in pairs:
            row += [
                _seconds(result.median(theirs)),
                _seconds(result.median(ours)),
                times(result.times_faster(theirs, ours)),
            ]
        rows.append(row)
    return Grid("Seconds of the large trainings, like with like", headings, rows)


def _differences(results: Sequence[Measured]) -> Grid:
    names = (ENGINE, ENGINE_EXACT, ENGINE_JIT)
    rows = [
        [result.name, *(_difference(result.differences.get(name)) for name in names)]
        for result in results
    ]
    return Grid(
        "Largest difference from Keras's weights after 20 unshuffled epochs",
        ["training", *names],
        rows,
    )


def _seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def times(value: float) -> str:
    """A ratio: 21.5 ×, or nothing where there is none."""
    return "" if math.isnan(value) else f"{value:.1f} {TIMES}"


def _difference(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1e}" if value else "equal bit for bit"
