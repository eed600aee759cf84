"""The benchmark of XLA: what it counts, not how fast anything is."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks import jit
from tfjsbridge.runtime import keras

ROOT = Path(__file__).parent.parent.parent


def _timed(
    begin: float, step: float, chosen: tuple[bool, ...] = (False, False, True, True)
) -> jit.Timed:
    """As if a step took a millisecond without XLA, and nothing else any time."""
    net = next(jit.dense_nets(True))
    return jit.Timed(net, 5, (0.0, begin), (1e-3, step), chosen)


def test_the_program_says_what_it_does() -> None:
    assert "--quick" in CliRunner().invoke(jit.main, ["--help"]).output


def test_the_program_runs_from_anywhere(tmp_path: Path) -> None:
    file = ROOT / "benchmarks" / "jit.py"
    done = subprocess.run(
        [sys.executable, file, "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "--quick" in done.stdout


def test_the_steps_that_repay_the_compilation() -> None:
    assert _timed(2.0, 0.5e-3).repaid_after == pytest.approx(4000)
    assert _timed(-1.0, 0.5e-3).repaid_after == 0
    assert math.isinf(_timed(2.0, 2e-3).repaid_after)


def test_wrong_choices_are_marked() -> None:
    timed = _timed(2.0, 0.5e-3, (True, True, False, True))
    assert timed.times_the_best(1000, True) == pytest.approx(2.5)
    assert timed.times_the_best(1000, False) == 1
    (row,) = jit.grid("", [timed]).rows
    assert row[-4:] == ["XLA +150%", "XLA", "no +67%", "XLA"]


def test_a_net_is_measured_both_ways() -> None:
    timed = jit.measure(next(jit.dense_nets(True)), 0.01)
    assert timed.weights == 5
    assert min(*timed.begin, *timed.step) > 0
    assert timed.chosen == (False, False, True, True)


@pytest.mark.parametrize("quick", [True, False])
def test_all_nets_can_be_built(quick: bool) -> None:
    nets = [*jit.dense_nets(quick), *jit.other_nets(quick)]
    assert len({net.name for net in nets}) == len(nets)
    for net in nets[-20:]:
        assert isinstance(net.model(), keras.Sequential)
