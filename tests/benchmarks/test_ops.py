"""The benchmark of single operations: what it computes and claims, not how fast anything is."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

import tfjsbridge as tf
from benchmarks import ops
from benchmarks.names import TFJS
from benchmarks.operations import OPERATIONS, Operation, inputs
from benchmarks.report import failures
from tfjsbridge.runtime import tensorflow
from tfjsbridge.verify import NodeSession

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def programs(node: NodeSession) -> Iterator[ops.NodeOperations]:
    started = ops.NodeOperations()
    started.give(inputs(144))
    yield started
    started.close()


def _measured(name: str, ours: float, eager: float, size: int = ops.SIZE) -> ops.Measured:
    return ops.Measured(name, size, {ops.OURS: [ours] * 3, ops.EAGER: [eager] * 3})


def test_the_program_says_what_it_does() -> None:
    assert "--check" in CliRunner().invoke(ops.main, ["--help"]).output


def test_the_program_runs_from_anywhere(tmp_path: Path) -> None:
    file = ROOT / "benchmarks" / "ops.py"
    done = subprocess.run(
        [sys.executable, file, "--help"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "--only" in done.stdout


def test_there_are_thirty_operations() -> None:
    assert len({operation.name for operation in OPERATIONS}) == len(OPERATIONS) == 30


@pytest.mark.parametrize("size", ops.SIZES)
def test_the_inputs_have_about_as_many_elements(size: int) -> None:
    arrays = inputs(size)
    for name in "abmxic":
        assert 0.5 * size <= arrays[name].size <= size, name
    assert arrays["i"].max() < size


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_all_compute_the_same(operation: Operation, programs: ops.NodeOperations) -> None:
    arrays = inputs(144)
    values = [arrays[name] for name in operation.inputs]
    numpy = np.asarray(operation.function(operation.numpy)(*values))
    eager = operation.function(operation.eager)(*map(tensorflow.constant, values)).numpy()
    ours = operation.function(operation.ours)(*map(tf.tensor, values)).numpy()
    np.testing.assert_allclose(eager, numpy, rtol=1e-4)
    np.testing.assert_allclose(ours, numpy, rtol=1e-4)
    for backend in TFJS:
        theirs = programs.ask("value", backend=backend, expression=operation.ours)
        assert theirs["shape"] == list(ours.shape)
        np.testing.assert_allclose(np.reshape(theirs["values"], ours.shape), numpy, rtol=1e-4)


def test_everybody_takes_turns(programs: ops.NodeOperations) -> None:
    [add] = [operation for operation in OPERATIONS if operation.name == "add"]
    measured = ops.measure(add, 144, inputs(144), programs, repeats=2, budget=1e-5)
    assert set(measured.seconds) == set(ops.CONTESTANTS)
    assert all(len(times) == 2 and min(times) > 0 for times in measured.seconds.values())
    assert ops.grid([measured], 144).rows[-1][0] == "median"


def test_what_a_backend_cannot_do_is_left_out(programs: ops.NodeOperations) -> None:
    other = Operation("add", "tf.add(a, b) if True else 0", "a + b", "a + b")  # no JavaScript
    measured = ops.measure(other, 144, inputs(144), programs, repeats=1, budget=1e-5)
    assert set(measured.seconds) == {ops.OURS, ops.EAGER, ops.NUMPY}
    assert ops.grid([measured], 144).rows[0][4] == ""


def test_the_claims_are_of_the_median_and_the_import() -> None:
    results = [_measured("add", 1.2, 1), _measured("sub", 9, 1), _measured("mul", 1, 1)]
    results.append(_measured("add", 5, 1, size=10))
    assert failures(ops.claims(results, 0.09)) == []
    slow = failures(ops.claims([_measured("add", 1.3, 1)], 0.11))
    assert slow == [
        "10,000 elements: 1.30 times TensorFlow's time, at most 1.25",
        "the import: 0.110 s, at most 0.1",
    ]
    assert len(failures(ops.claims([], 0.01))) == 1


def test_the_import_is_measured() -> None:
    assert 0 < ops.import_seconds() < 1
