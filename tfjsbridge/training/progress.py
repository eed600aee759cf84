"""What a training shows while it runs."""

from __future__ import annotations

import importlib
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from rich.console import Console, ConsoleOptions
from rich.live import Live
from rich.text import Text

#: Where there is no terminal to draw a bar in, one line at most as often as this, in seconds.
SECONDS_BETWEEN_LINES = 10.0

#: A bar is drawn at most as often as this.
SECONDS_BETWEEN_FRAMES = 0.1

#: How long a bar is, as the line allows.
BARS = (24, 12, 6)

#: The logs that are left out last where a line is short.
_FOREMOST = ("loss", "val_loss")


def logs_text(logs: Mapping[str, Any]) -> str:
    """`loss 0.1234  acc 0.9750`."""
    return "  ".join(f"{name} {_text(value)}" for name, value in logs.items())


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    return np.array2string(value, precision=4, threshold=6, edgeitems=2).replace("\n", "")


def _epoch(epoch: int, epochs: int, share: float) -> str:
    """`epoch 7/9`, the 7 are done; `epoch 8/9 45%`, the eighth is at hand."""
    return f"epoch {epoch + 1}/{epochs} {share:.0%}" if share else f"epoch {epoch}/{epochs}"


def _speed(rate: float) -> str:
    """`310 epochs/s`, or `2.5 s/epoch`."""
    value, unit = (rate, "epochs/s") if rate >= 1 else (1 / rate, "s/epoch")
    return f"{value:,.{0 if value >= 10 else 1}f} {unit}"


def _clock(seconds: float) -> str:
    """`1:05`, or `2:01:05`."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


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
        self.latest: tuple[int, Mapping[str, Any], float] | None = None

    def __exit__(self, *exception: object) -> None:
        self._write()

    def update(self, epoch: int, logs: Mapping[str, Any], share: float = 0.0) -> None:
        """Write a line if the last one is old; the last epoch's is written at the end."""
        self.latest = epoch, logs, share
        if time.monotonic() - self.last >= SECONDS_BETWEEN_LINES:
            self._write()

    def _write(self) -> None:
        if self.latest is not None:
            epoch, logs, share = self.latest
            line = f"{_epoch(epoch, self.epochs, share)}  {logs_text(logs)}"
            self.console.print(line, highlight=False, markup=False, soft_wrap=True)
        self.latest, self.last = None, time.monotonic()


class Frame:
    """What a bar shows: one line, never more."""

    def __init__(self, first: int, epochs: int):
        self.first, self.epochs = first, epochs
        self.epoch, self.share = first, 0.0
        self.logs: Mapping[str, Any] = {}
        self.start = time.monotonic()
        self.end: float | None = None
        self._tightest: dict[int, int] = {}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        yield self.line(options.max_width, options.ascii_only)

    def line(self, width: int, ascii_only: bool = False) -> Text:
        """The line: the first of its forms that fits."""
        forms = list(self._forms(ascii_only))
        # A form that was too long once is not taken again, so that nothing jumps to and fro.
        tightest = self._tightest.get(width, 0)
        while tightest < len(forms) - 1 and forms[tightest].cell_len > width:
            tightest += 1
        self._tightest[width] = tightest
        line = forms[min(tightest, len(forms) - 1)]
        line.truncate(width)
        return line

    def _forms(self, ascii_only: bool) -> Iterator[Text]:
        """The line with less and less in it."""
        speed, left = self._times()
        foremost = [name for name in _FOREMOST if name in self.logs]
        others = [name for name in self.logs if name not in foremost]
        for bar in BARS:
            yield self._form(bar, list(self.logs), speed, left, ascii_only)
        for count in range(len(others) - 1, -1, -1):
            yield self._form(BARS[-1], [*foremost, *others[:count]], speed, left, ascii_only)
        yield self._form(0, foremost, speed, left, ascii_only)
        yield self._form(0, foremost, "", left, ascii_only)
        yield self._form(0, foremost[:1], "", left, ascii_only)
        yield self._form(0, foremost[:1], "", "", ascii_only)

    def _form(self, bar: int, names: Sequence[str], speed: str, left: str, plain: bool) -> Text:
        full, empty, more = "=-~" if plain else "━─…"
        line = Text(_epoch(self.epoch, self.epochs, self.share), no_wrap=True, end="")
        if bar:
            done = round(bar * (self.epoch + self.share) / max(1, self.epochs))
            line.append(" ").append(full * done, "bar.complete")
            line.append(empty * (bar - done), "bar.back")
        shown = {name: value for name, value in self.logs.items() if name in names}
        rest = more if 0 < len(shown) < len(self.logs) else ""
        for part in (logs_text(shown), rest, speed, left):
            if part:
                line.append(" " if part == rest else "  ").append(part)
        return line

    def _times(self) -> tuple[str, str]:
        seconds = (self.end or time.monotonic()) - self.start
        done = self.epoch + self.share - self.first
        if done <= 0 or seconds <= 0:
            return "", ""
        left = _clock(max(0.0, self.epochs - self.first - done) * seconds / done)
        return _speed(done / seconds), left if self.end is None else f"in {_clock(seconds)}"


class Drawn(Quiet):
    """A line that is drawn anew in its place."""

    def __init__(self, first: int, epochs: int):
        self.frame = Frame(first, epochs)
        self.last = float("-inf")

    def __exit__(self, *exception: object) -> None:
        self.frame.end = time.monotonic()
        self._draw()

    def update(self, epoch: int, logs: Mapping[str, Any], share: float = 0.0) -> None:
        """Draw the line anew if it is old."""
        self.frame.epoch, self.frame.logs, self.frame.share = epoch, logs, share
        now = time.monotonic()
        if now - self.last >= SECONDS_BETWEEN_FRAMES:
            self.last = now
            self._draw()

    def _draw(self) -> None:
        raise NotImplementedError


class Bar(Drawn):
    """A live bar in a terminal."""

    def __init__(self, console: Console, first: int, epochs: int):
        super().__init__(first, epochs)
        # What a callback prints stands above the bar, but a file gets it where stdout is one.
        self.live = Live(
            self.frame,
            console=console,
            auto_refresh=False,
            redirect_stdout=sys.stdout.isatty(),
        )

    def __enter__(self) -> Bar:
        self.live.start(refresh=True)
        return self

    def __exit__(self, *exception: object) -> None:
        self.frame.end = time.monotonic()
        self.live.stop()

    def _draw(self) -> None:
        self.live.refresh()


class Notebook(Drawn):
    """A bar in a notebook: one plain output that is changed, which needs no widgets."""

    def __init__(self, console: Console, first: int, epochs: int):
        super().__init__(first, epochs)
        self.width = console.width

    def __enter__(self) -> Notebook:
        # A notebook has it; nothing else needs it.
        display = importlib.import_module("IPython.display").display
        self.handle = display(self._content(), raw=True, display_id=True)
        return self

    def _draw(self) -> None:
        self.handle.update(self._content(), raw=True)

    def _content(self) -> dict[str, str]:
        return {"text/plain": self.frame.line(self.width).plain}


def reporter(verbose: Any, first: int, epochs: int) -> Quiet:
    """What shows the training: nothing, a bar, or lines where there is no terminal."""
    if not verbose:
        return Quiet()
    console = Console(stderr=True)
    if console.is_jupyter:
        return Notebook(console, first, epochs)
    if console.is_terminal:
        return Bar(console, first, epochs)
    return Lines(console, epochs)
