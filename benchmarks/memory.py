"""Peak memory of training the wide network: the engine's against Keras's.

python benchmarks/memory.py --check

Each trains in a process of its own. This one loads no TensorFlow: on Linux a child's peak begins
with its parent's memory.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from functools import partial

import click

from benchmarks.names import ENGINE, ENGINE_EXACT, KERAS

#: At most so many times Keras's.
MOST = 1.3

#: What is there before anyone trains: TensorFlow and the data.
NOTHING = "no training"

KINDS = (NOTHING, KERAS, ENGINE, ENGINE_EXACT)


def train(kind: str, examples: int | None) -> None:
    """Train for an epoch in this process."""
    from benchmarks.model import build
    from benchmarks.trainings import BY_NAME
    from tfjsbridge.training import fit

    training = BY_NAME["wide_mlp"]
    x, y = (array[:examples] for array in training.data())
    model = build(training)
    fits = {
        NOTHING: lambda *_, **__: None,
        KERAS: model.fit,
        ENGINE: partial(fit, model),
        ENGINE_EXACT: partial(fit, model, jit=False),
    }
    fits[kind](x, y, batch_size=training.batch_size, epochs=1, verbose=0)


def peak() -> float:
    """The most memory that this process had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def peak_of(kind: str, examples: int | None = None) -> float:
    """The most memory of a process that trains, in MB."""
    command = [sys.executable, "-m", "benchmarks.memory", "--child", kind]
    if examples is not None:
        command += ["--examples", str(examples)]
    return float(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)


@click.command()
@click.option("--examples", type=click.IntRange(1), help="Only the first of the 60,000.")
@click.option("--check", is_flag=True, help="Fail where a claim does not hold.")
@click.option("--child", type=click.Choice(KINDS), hidden=True)
def main(examples: int | None, check: bool, child: str | None) -> None:
    """Measure the peak memory of Keras's fit and of the engine."""
    if child:
        train(child, examples)
        print(peak())
        return
    peaks = {kind: peak_of(kind, examples) for kind in KINDS}
    _print(peaks)
    over = [kind for kind in (ENGINE, ENGINE_EXACT) if peaks[kind] > MOST * peaks[KERAS]]
    if check and over:
        sys.exit(f"More than {MOST} times Keras's memory: {', '.join(over)}")


def _print(peaks: dict[str, float]) -> None:
    from rich.console import Console

    from benchmarks.report import Grid

    rows = [
        [kind, f"{megabytes:,.0f}", f"{megabytes / peaks[KERAS]:.2f}"]
        for kind, megabytes in peaks.items()
    ]
    grid = Grid("Peak memory of training wide_mlp", ["", "MB", "of Keras's"], rows)
    Console().print(grid.drawn())


if __name__ == "__main__":
    main()
