"""Kill trainings at random moments, and compare what they come to with one that nobody killed.

python benchmarks/kill.py --kills 200
"""

from __future__ import annotations

import itertools
import sys

import click
from rich.console import Console
from rich.progress import Progress

#: How often a training is killed until it may end.
KILLS_PER_TRAINING = 5


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=0, show_default=True, help="Of the moments.")
def main(kills: int, seed: int) -> None:
    """Kill trainings with backups; fail where one does not come to the same weights."""
    # Here, because TensorFlow takes seconds to load.
    import numpy as np

    from benchmarks.killed_training import KINDS
    from benchmarks.killing import Outcome, differences, kill_often, unkilled

    random = np.random.default_rng(seed)
    expected = {kind: unkilled(kind) for kind in KINDS}
    outcomes: list[Outcome] = []
    different: list[str] = []
    kinds = itertools.cycle(KINDS)
    left = kills
    with Progress(console=Console(stderr=True)) as progress:
        task = progress.add_task("kills", total=kills)
        while left:  # a training may end before it was killed as often as it was to be
            kind = next(kinds)
            arrays, seconds = expected[kind]
            outcome = kill_often(kind, min(KILLS_PER_TRAINING, left), seconds, random)
            outcomes.append(outcome)
            left -= outcome.kills
            progress.advance(task, outcome.kills)
            found = differences(arrays, outcome.result)
            if found or outcome.left:
                different.append(f"{kind}: {', '.join([*found, *outcome.left])}")
    print(
        f"{sum(o.kills for o in outcomes)} kills in {len(outcomes)} trainings; "
        f"{sum(o.resumed for o in outcomes)} times it went on from a backup, "
        f"{sum(o.amid for o in outcomes)} times in the middle of an epoch; "
        f"{len(different)} trainings came to something else."
    )
    print(*different, sep="\n", end="\n" if different else "")
    sys.exit(bool(different))


if __name__ == "__main__":
    main()
