"""The fit engine against Keras, tf.js in Node and NumPy, side by side in one run.

python benchmarks/fit.py --check           everything; writes docs/benchmarks.md and .svg
python benchmarks/fit.py --only circle     one training; writes nothing
python benchmarks/fit.py --quick           a minute or two, to see that it runs
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from benchmarks import claims, report
from benchmarks.measured import Measured
from benchmarks.scaled import Scale
from benchmarks.trainings import BY_NAME

DOCS = Path(__file__).parent.parent / "docs"


@click.command()
@click.option("--only", multiple=True, type=click.Choice(list(BY_NAME)), help="Only this training.")
@click.option("--repeats", default=3, show_default=True, type=click.IntRange(1))
@click.option(
    "--seconds",
    default=3.0,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="About how long Keras, tf.js and NumPy train at a time, then scaled per epoch.",
)
@click.option("--full", is_flag=True, help="All epochs of all of them: hours.")
@click.option("--quick", is_flag=True, help="50 epochs at most, once: claims do not hold.")
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to write.  [default: docs, nowhere with --only or --quick]",
)
@click.option("--check", is_flag=True, help="Fail where a claim does not hold.")
def main(
    only: tuple[str, ...],
    repeats: int,
    seconds: float,
    full: bool,
    quick: bool,
    out: Path | None,
    check: bool,
) -> None:
    """Measure Keras, the fit engine, tf.js and NumPy on the same trainings."""
    # Here, because TensorFlow takes seconds to load.
    from benchmarks.machine import machine
    from benchmarks.measure import measure
    from benchmarks.weights import differences

    scale = Scale(None if full else seconds)
    if quick:
        scale, repeats = Scale(0.3, epochs=50), 1
    results = []
    with Console(stderr=True).status("") as status:
        for name in only or BY_NAME:
            result = measure(BY_NAME[name], scale, repeats, status.update)
            status.update(f"{name}: comparing weights")
            result.differences = differences(BY_NAME[name])
            results.append(result)
    _print(results, machine(), scale.seconds)
    failed = report.failures(claims.check(results)) if check else []
    if failed:
        print("These claims do not hold:", *failed, sep="\n", file=sys.stderr)
    if out is None and not only and not quick:
        out = DOCS
    if out is not None:
        _write(results, out, machine(), scale.seconds)
    sys.exit(bool(failed))


def _print(results: Sequence[Measured], machine: str, seconds: float | None) -> None:
    console = Console() if sys.stdout.isatty() else Console(width=200)
    for grid in report.grids(results):
        console.print(grid.drawn())
    for line in [machine + ".", *report.notes(results, seconds)]:
        console.print(line, highlight=False, markup=False)


def _write(results: Sequence[Measured], folder: Path, machine: str, seconds: float | None) -> None:
    from benchmarks.picture import draw

    folder.mkdir(parents=True, exist_ok=True)
    command = " ".join(["python benchmarks/fit.py", *sys.argv[1:]])
    text = report.markdown(results, command, machine, seconds)
    (folder / "benchmarks.md").write_text(text, "utf-8")
    draw(results, folder / "benchmarks.svg")


if __name__ == "__main__":
    main()
