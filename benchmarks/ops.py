"""Single operations: ours against TensorFlow eager, NumPy, and tf.js in Node.

python benchmarks/ops.py --check
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import click
import numpy as np
from rich.console import Console

import tfjsbridge as tf
from benchmarks.claims import Claim
from benchmarks.machine import machine
from benchmarks.names import TFJS
from benchmarks.operations import OPERATIONS, Operation, inputs
from benchmarks.report import TIMES, Grid, failures
from tfjsbridge.runtime import tensorflow
from tfjsbridge.verify.npm import node_executable, tfjs_packages

_PROGRAM = Path(__file__).parent / "js" / "ops.cjs"

OURS, EAGER, NUMPY = "tfjsbridge", "TensorFlow", "NumPy"
CONTESTANTS = (OURS, EAGER, NUMPY, *TFJS.values())
SIZES = (10, 10_000, 1_000_000)

#: Our time is at most so many times that of TensorFlow eager, at this size.
OVERHEAD, SIZE = 1.25, 10_000

#: And the seconds of `import tfjsbridge`.
IMPORT = 0.1

#: A measurement is of as many calls as take so many seconds.
SECONDS = 2e-3

#: What takes more seconds than this is measured twice and no more.
SLOW = 0.2

#: Characters of a line where no terminal says it.
WIDTH = 140

Time = Callable[[int], float]


@dataclass
class Measured:
    """Seconds per call of each repeat, by contestant."""

    name: str
    size: int
    seconds: dict[str, list[float]] = field(default_factory=dict)

    def median(self, contestant: str) -> float | None:
        """The median of the repeats, None where the contestant cannot."""
        seconds = self.seconds.get(contestant)
        return median(seconds) if seconds else None

    def ratio(self, other: str) -> float | None:
        """Our time over another's: of each repeat, as both ran beside the same other programs."""
        pairs = list(zip(self.seconds[OURS], self.seconds.get(other, []), strict=False))
        return median(ours / theirs for ours, theirs in pairs) if pairs else None


class NodeOperations:
    """A Node process that times operations of tf.js."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [str(node_executable()), str(_PROGRAM), str(tfjs_packages())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )

    def ask(self, operation: str, **request: Any) -> Any:
        """The answer to a request.

        Raises:
          RuntimeError: with tf.js's message.
        """
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps({"op": operation, **request}).encode() + b"\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline() or b'{"error": "Node ended."}')
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["result"]

    def give(self, arrays: dict[str, np.ndarray]) -> None:
        """Make the inputs on every backend."""
        shapes = {name: array.shape for name, array in arrays.items()}
        for backend in TFJS:
            self.ask("inputs", backend=backend, shapes=shapes)

    def timed(self, backend: str, expression: str) -> Time:
        """The seconds of so many calls, by Node's clock."""
        return lambda calls: self.ask("time", backend=backend, expression=expression, calls=calls)

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()


def contestants(
    operation: Operation, arrays: dict[str, np.ndarray], node: NodeOperations
) -> Iterator[tuple[str, Time]]:
    """Everybody with a function that takes the seconds of so many calls."""
    values = [arrays[name] for name in operation.inputs]
    tensors = [tf.tensor(value) for value in values]
    yield OURS, _repeated(operation.function(operation.ours), tensors)
    constants = [tensorflow.constant(value) for value in values]
    yield EAGER, _repeated(operation.function(operation.eager), constants)
    yield NUMPY, _repeated(operation.function(operation.numpy), values)
    for backend, name in TFJS.items():
        yield name, node.timed(backend, operation.ours)


def _repeated(function: Callable[..., Any], arguments: Sequence[Any]) -> Time:
    def run(calls: int) -> float:
        start = time.perf_counter()
        for _ in range(calls):
            function(*arguments)
        return time.perf_counter() - start

    return run


def measure(
    operation: Operation,
    size: int,
    arrays: dict[str, np.ndarray],
    node: NodeOperations,
    repeats: int,
    budget: float = SECONDS,
) -> Measured:
    """Measure everybody, in turns: what else the machine does hits all of them alike."""
    result = Measured(operation.name, size)
    runs: dict[str, tuple[Time, int]] = {}
    for name, run in contestants(operation, arrays, node):
        with contextlib.suppress(RuntimeError):  # not on this backend
            runs[name] = run, _calls(run, budget)
    for repeat in range(repeats):
        # To and fro: whoever always came first after Node would find nothing in the caches.
        names = list(runs) if repeat % 2 else list(reversed(runs))
        for name in names:
            run, calls = runs[name]
            seconds = result.seconds.setdefault(name, [])
            if repeat < 2 or seconds[0] < SLOW:
                run(calls // 10 + 1)
                seconds.append(run(calls) / calls)
    return result


def _calls(run: Time, budget: float) -> int:
    """As many calls as take `budget`; it warms up too."""
    calls = 1
    while (seconds := run(calls)) < budget and calls < 10_000:
        calls = min(10_000, max(2 * calls, int(calls * budget / max(seconds, 1e-9))))
    return calls


def import_seconds() -> float:
    """The seconds of `import tfjsbridge` in a fresh Python, the best of five."""
    program = (
        "import time; start = time.perf_counter(); import tfjsbridge; "
        "print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-c", program]
    return min(
        float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(5)
    )


def overhead(results: Sequence[Measured], size: int, other: str = EAGER) -> float:
    """The median over the operations of our time to another's; nan without any."""
    ratios = [r.ratio(other) for r in results if r.size == size]
    return median(r for r in ratios if r is not None) if any(ratios) else float("nan")


def claims(results: Sequence[Measured], seconds: float) -> list[Claim]:
    """What must hold."""
    found = overhead(results, SIZE)
    return [
        Claim(
            f"{SIZE:,} elements: {found:.2f} times TensorFlow's time, at most {OVERHEAD:g}",
            found <= OVERHEAD,
        ),
        Claim(f"the import: {seconds:.3f} s, at most {IMPORT:g}", seconds <= IMPORT),
    ]


def grid(results: Sequence[Measured], size: int) -> Grid:
    """A table of one size."""
    chosen = [result for result in results if result.size == size]
    rows = []
    for result in chosen:
        times = [_microseconds(result.median(name)) for name in CONTESTANTS]
        ratios = [_ratio(result.ratio(name)) for name in CONTESTANTS[1:]]
        rows.append([result.name, *times, *ratios])
    medians = [_ratio(overhead(chosen, size, name)) for name in CONTESTANTS[1:]]
    rows.append(["median", *[""] * len(CONTESTANTS), *medians])
    headings = ["operation", *CONTESTANTS, *(f"to {name}" for name in CONTESTANTS[1:])]
    return Grid(f"{size:,} elements: microseconds, and our time to theirs", headings, rows)


def _microseconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds * 1e6:,.1f}"


def _ratio(value: float | None) -> str:
    return "" if value is None or value != value else f"{value:.2f} {TIMES}"


@click.command()
@click.option("--repeats", default=15, show_default=True, type=click.IntRange(1))
@click.option("--size", "sizes", multiple=True, type=click.IntRange(10), help="Elements; several.")
@click.option("--only", multiple=True, help="An operation's name; several.")
@click.option("--check", is_flag=True, help="Fail where a claim does not hold.")
def main(repeats: int, sizes: tuple[int, ...], only: tuple[str, ...], check: bool) -> None:
    """Measure thirty operations on 10, 10 thousand and a million elements."""
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    results = []
    node = NodeOperations()
    try:
        for size in sizes or SIZES:
            arrays = inputs(size)
            node.give(arrays)
            for operation in OPERATIONS:
                if not only or operation.name in only:
                    results.append(measure(operation, size, arrays, node, repeats))
            console.print(grid(results, size).drawn())
    finally:
        node.close()
    seconds = import_seconds()
    console.print(f"import tfjsbridge: {seconds:.3f} s", highlight=False)
    console.print(machine() + ".", highlight=False)
    failed = failures(claims(results, seconds))
    if check and failed:
        sys.exit("These claims do not hold:\n" + "\n".join(failed))


if __name__ == "__main__":
    main()
