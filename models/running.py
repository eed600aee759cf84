"""How a script runs from the command line: python models/NAME.py."""

from __future__ import annotations

import argparse
import sys
import time
import webbrowser
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from models.exported import print_table
from models.outcome import Outcome


def run(main: Callable[[int], Outcome], doc: str | None) -> None:
    """Run a script's main, and say what it reached and where its picture is.

    Args:
      main: the script's `main`, which takes `verbose`.
      doc: the script's docstring, for --help.

    Raises:
      SystemExit: 1 if a promise was not kept, 130 after Ctrl-C.
    """
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quiet", action="store_true", help="no progress bars")
    parser.add_argument("--open", action="store_true", help="open the picture in the browser")
    options = parser.parse_args()
    began = time.perf_counter()
    try:
        outcome = main(0 if options.quiet else 1)
    except KeyboardInterrupt:
        sys.exit(130)
    say(outcome, time.perf_counter() - began)
    if options.open:
        webbrowser.open(outcome.page.resolve().as_uri())
    if outcome.missed:
        sys.exit("\n".join(outcome.missed))


def say(outcome: Outcome, seconds: float, table: bool = True) -> None:
    """Print the figures with their bounds, the table of what was exported, the picture's name."""
    console = Console(soft_wrap=True, highlight=False)
    for name, value in outcome.figures.items():
        bound = outcome.reaches[name]
        mark = "" if bound.holds(value) else "  MISSED"
        console.print(f"{name}: {value:.4g} ({bound}){mark}", markup=False)
    if outcome.exported and table:
        print_table(outcome.exported)
    console.print(f"Pictures: {shown(outcome.page)} ({seconds:.0f} s)", markup=False)


def shown(path: Path) -> str:
    """A path as short as it can be said from here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
