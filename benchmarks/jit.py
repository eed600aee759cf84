"""Where XLA pays on this machine, and whether jit="auto" chooses it there.

python benchmarks/jit.py            four minutes at most
python benchmarks/jit.py --quick    half a minute, to see that it runs
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from rich.console import Console

if TYPE_CHECKING:
    from benchmarks.report import Grid

#: Widths, numbers of hidden layers and batch sizes of the dense nets.
DENSE = ((1, 8, 32, 64, 128, 256, 512), (1, 2, 4), (8, 64))
QUICK = ((1, 64, 256), (1, 3), (32,))

#: Lengths of trainings that a choice is made for.
STEPS = (1_000, 4_000, 20_000, 100_000)

#: A choice is wrong where the other one takes so much less time.
WRONG = 1.1

BATCHES = 8


@dataclass(frozen=True)
class Net:
    """A net to train.

    Attributes:
      shape: of an example.
      layers: makes its layers but the last, which is a Dense(1).
      rest: how many examples the last batch lacks.
    """

    name: str
    shape: tuple[int, ...]
    layers: Callable[[Any], Sequence[Any]]
    batch_size: int
    rest: int = 0

    def model(self) -> Any:
        """The compiled model."""
        from tfjsbridge.runtime import keras

        layers = [*self.layers(keras.layers), keras.layers.Dense(1)]
        model = keras.Sequential([keras.Input(self.shape), *layers])
        model.compile("adam", "mse", metrics=["mae"])
        return model


@dataclass(frozen=True)
class Timed:
    """What was measured of a net.

    Attributes:
      weights: how many the model has.
      begin: seconds until the first step can begin, without XLA and with it.
      step: seconds of a step, likewise.
      chosen: whether "auto" compiles for each of `STEPS`.
    """

    net: Net
    weights: int
    begin: tuple[float, float]
    step: tuple[float, float]
    chosen: tuple[bool, ...]

    @property
    def repaid_after(self) -> float:
        """How many steps repay the compilation; infinite where none do."""
        won = self.step[0] - self.step[1]
        cost = self.begin[1] - self.begin[0]
        return max(0.0, cost / won) if won > 0 else math.inf

    def times_the_best(self, steps: int, jit: bool) -> float:
        """The time of a training of so many steps, in that of the better choice."""
        both = [begin + steps * step for begin, step in zip(self.begin, self.step, strict=True)]
        return both[jit] / min(both)


def dense_nets(quick: bool = False) -> Iterator[Net]:
    """Nets of every size."""
    for width, depth, size in product(*(QUICK if quick else DENSE)):

        def layers(kinds: Any, width: int = width, depth: int = depth) -> list[Any]:
            return [kinds.Dense(width, activation="tanh") for _ in range(depth)]

        yield Net(f"{depth} of {width}, batches of {size}", (2,), layers, size)


def other_nets(quick: bool = False) -> Iterator[Net]:
    """A small net with each of some other layers, and one with a smaller last batch."""

    def beside_dense(name: str, *arguments: Any) -> Net:
        def layers(kinds: Any) -> list[Any]:
            return [kinds.Dense(16), getattr(kinds, name)(*arguments), kinds.Dense(16)]

        return Net(name, (2,), layers, 32)

    def on_sequences(name: str, *arguments: Any) -> Net:
        return Net(name, (20, 4), lambda kinds: [getattr(kinds, name)(*arguments)], 32)

    def on_images(name: str, *arguments: Any) -> Net:
        def layers(kinds: Any) -> list[Any]:
            return [getattr(kinds, name)(*arguments), kinds.Flatten()]

        return Net(name, (12, 12, 3), layers, 32)

    uneven = Net("a smaller last batch", (2,), lambda kinds: [kinds.Dense(16)], 32, rest=9)
    nets = [uneven, beside_dense("BatchNormalization")]
    if not quick:
        nets += [
            *(beside_dense(n) for n in ("LayerNormalization", "ReLU", "Softmax", "PReLU")),
            *(beside_dense(n, 0.1) for n in ("Dropout", "GaussianNoise")),
            *(on_sequences(name, 8) for name in ("SimpleRNN", "GRU", "LSTM")),
            Net("Conv1D", (20, 4), lambda k: [k.Conv1D(8, 3), k.Flatten()], 32),
            *(on_images(name, 8, 3) for name in ("Conv2D", "SeparableConv2D")),
            *(on_images(name, 2) for name in ("MaxPooling2D", "AveragePooling2D")),
        ]
    yield from nets


def measure(net: Net, seconds: float) -> Timed:
    """Train the net without XLA and with it, for about so long."""
    from tfjsbridge.training import jit

    model, examples = net.model(), BATCHES * net.batch_size - net.rest
    (begin, step), (begin_jit, step_jit) = (_train(net, compiled, seconds) for compiled in (0, 1))
    chosen = tuple(jit.choose("auto", model, n, examples % net.batch_size > 0) for n in STEPS)
    return Timed(net, model.count_params(), (begin, begin_jit), (step, step_jit), chosen)


def _train(net: Net, compiled: int, seconds: float) -> tuple[float, float]:
    """How long it takes to trace and compile, and how long a step takes."""
    from tfjsbridge.training import jit
    from tfjsbridge.training.data import prepare
    from tfjsbridge.training.loop import EPOCHS_PER_CALL, Batches
    from tfjsbridge.training.loops import loop_for
    from tfjsbridge.training.plan import Plan

    model, examples = net.model(), BATCHES * net.batch_size - net.rest
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(examples, *net.shape)), rng.normal(size=(examples, 1))
    batches = Batches(prepare(model, x, y, training=True), net.batch_size)
    light = not compiled and jit.may_be_light("auto", model, net.batch_size)
    start = time.perf_counter()
    loop = loop_for(model, batches, None, True, bool(compiled), light, EPOCHS_PER_CALL)
    begin = time.perf_counter() - start
    plan = Plan(BATCHES, BATCHES)

    def steps(epochs: int) -> float:
        start = time.perf_counter()
        loop.run([plan.epoch(number) for number in range(epochs)])
        return (time.perf_counter() - start) / (epochs * BATCHES)

    steps(1)
    epochs = max(1, min(loop.capacity, int(seconds / 5 / (BATCHES * steps(1)))))
    return begin, min(steps(epochs) for _ in range(5))  # what else runs only adds


def grid(title: str, results: Sequence[Timed]) -> Grid:
    """The table of what was measured."""
    from benchmarks.report import Grid, times

    headings = ["net", "weights", "step", "with XLA", "faster", "compiling", "repaid after"]
    rows = []
    for timed in results:
        won = timed.step[0] / timed.step[1]
        rows.append(
            [
                timed.net.name,
                f"{timed.weights:,}",
                *(f"{1e6 * seconds:,.0f} µs" for seconds in timed.step),
                times(won),
                f"{timed.begin[1] - timed.begin[0]:.1f} s",
                f"{timed.repaid_after:,.0f}" if math.isfinite(timed.repaid_after) else "never",
                *(_choice(timed, *pair) for pair in zip(STEPS, timed.chosen, strict=True)),
            ]
        )
    return Grid(title, [*headings, *(f"{steps:,} steps" for steps in STEPS)], rows)


def _choice(timed: Timed, steps: int, jit: bool) -> str:
    """`XLA`, or `XLA +30%` where that takes so much longer than the other choice."""
    ratio = timed.times_the_best(steps, jit)
    return ("XLA" if jit else "no") + (f" +{ratio - 1:.0%}" if ratio > WRONG else "")


@click.command()
@click.option("--quick", is_flag=True, help="A few nets, to see that it runs.")
@click.option(
    "--seconds",
    default=0.2,
    show_default=True,
    type=click.FloatRange(0, min_open=True),
    help="About how long each net is trained without XLA, and with it.",
)
def main(quick: bool, seconds: float) -> None:
    """Measure the steps of small and large nets with XLA and without.

    The last columns are what jit="auto" chooses for a training of so many steps; where that is the
    slower choice, how much more time it takes.
    """
    from benchmarks.machine import machine

    seconds = min(seconds, 0.05) if quick else seconds
    tables = [("Dense nets", dense_nets(quick)), ("Other layers", other_nets(quick))]
    console = Console() if sys.stdout.isatty() else Console(width=200)
    with Console(stderr=True).status("warming up") as status:
        measure(next(dense_nets(True)), 0.01)
        for title, nets in tables:
            results = []
            for net in nets:
                status.update(net.name)
                results.append(measure(net, seconds))
            console.print(grid(title, results).drawn())
            wrong = sum(
                timed.times_the_best(steps, jit) > WRONG
                for timed in results
                for steps, jit in zip(STEPS, timed.chosen, strict=True)
            )
            console.print(
                f"{wrong} of {len(results) * len(STEPS)} choices cost more than {WRONG - 1:.0%}.\n",
                highlight=False,
            )
    console.print(machine() + ".", highlight=False)


if __name__ == "__main__":
    main()
