"""What a training shows while it runs."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: Where there is no terminal to draw a bar in, one line at most as often as this, in seconds.
SECONDS_BETWEEN_LINES = 10.0


def logs_text(logs: Mapping[str, Any]) -> str:
    """`loss 0.1234  acc 0.9750`."""
    return "  ".join(f"{name} {_text(value)}" for name, value in logs.items())


def _text(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else np.array2string(value, precision=4)


def _speed(rate: float) -> str:
    """`310 epochs/s`, or `2.5 s/epoch`."""
    return f"{rate:,.0f} epochs/s" if rate >= 1 or not rate else f"{1 / rate:,.1f} s/epoch"


class Quiet:
    """Shows nothing."""

    def __enter__(self) -> Quiet:
        return self

    def __exit__(self, *exception: object) -> None:
        return

    def update(self, epoch: int, logs: Mapping[str, Any], share: float = 0.0) -> None:
        """`epoch` epochs are done, and this share of the next; these are the latest logs."""


class Lines(Quiet):
    """A line now and then, without control characters: for a file or a CI log."""

    def __init__(self, console: Console, epochs: int):
        self.console = console
        self.epochs = epochs
        self.last = time.monotonic()
        self.line = ""

    def __exit__(self, *exception: object) -> None:
        self._write()

    def update(self, epoch: int, logs: Mapping[str, Any], share: float = 0.0) -> None:
        """Write a line if the last one is old; the last epoch's is written at the end."""
        part = f", {share:.0%} of the next" if share else ""
        self.line = f"epoch {epoch}/{self.epochs}{part}  {logs_text(logs)}"
        if time.monotonic() - self.last >= SECONDS_BETWEEN_LINES:
            self._write()

    def _write(self) -> None:
        if self.line:
            self.console.print(self.line, highlight=False, markup=False, soft_wrap=True)
        self.line, self.last = "", time.monotonic()


class Bar(Quiet):
    """A live bar in a terminal or a notebook."""

    def __init__(self, console: Console, first: int, epochs: int):
        self.progress = Progress(
            TextColumn("epoch"),
            MofNCompleteColumn(),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[logs]}", markup=False),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(compact=True),
            console=console,
        )
        self.task = self.progress.add_task("", total=epochs, completed=first, logs="", speed="")
        self.first, self.start = first, time.monotonic()

    def __enter__(self) -> Bar:
        self.progress.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.progress.stop()

    def update(self, epoch: int, logs: Mapping[str, Any], share: float = 0.0) -> None:
        """Move the bar."""
        done = epoch + share
        rate = (done - self.first) / max(time.monotonic() - self.start, 1e-9)
        self.progress.update(self.task, completed=done, logs=logs_text(logs), speed=_speed(rate))


def reporter(verbose: Any, first: int, epochs: int) -> Quiet:
    """What shows the training: nothing, a bar, or lines where there is no terminal."""
    if not verbose:
        return Quiet()
    console = Console(stderr=True)
    if console.is_terminal or console.is_jupyter:
        return Bar(console, first, epochs)
    return Lines(console, epochs)
