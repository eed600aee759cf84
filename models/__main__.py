"""Run scripts one after the other: python -m models [NAME ...], all without names."""

from __future__ import annotations

import argparse
import sys
import time

from models.catalogue import SCRIPTS, script
from models.exported import print_table
from models.outcome import Outcome
from models.running import say


def main() -> None:
    """Run each script, saying which, and print the table of their models."""
    parser = argparse.ArgumentParser(prog="python -m models", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SCRIPTS)}")
    names = parser.parse_args().names or SCRIPTS
    if unknown := sorted(set(names) - set(SCRIPTS)):
        parser.error(f"no script is called {', '.join(unknown)}; there are {', '.join(SCRIPTS)}")
    outcomes: list[Outcome] = []
    for number, name in enumerate(names, start=1):
        module = script(name)
        summary = (module.__doc__ or "").splitlines()[0]
        print(f"\n[{number}/{len(names)}] {summary}", file=sys.stderr, flush=True)
        began = time.perf_counter()
        outcomes.append(module.main())
        say(outcomes[-1], time.perf_counter() - began, table=False)
    if exported := [model for outcome in outcomes for model in outcome.exported]:
        print_table(exported)
    if missed := [text for outcome in outcomes for text in outcome.missed]:
        sys.exit("\n".join(missed))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
