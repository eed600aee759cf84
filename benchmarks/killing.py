"""Kills a training again and again, until it ends or has been killed often enough."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import numpy as np

from tfjsbridge.runtime import keras
from tfjsbridge.training.backup import FILE

ROOT = Path(__file__).parent.parent


@dataclass
class Outcome:
    """How a training went that was killed.

    Attributes:
      kills: how many of its processes were killed.
      resumed: how many of those that came after had a backup of more than the beginning.
      amid: how many of them began in the middle of an epoch.
      result: what the last process trained, as `killed_training.train` returns it.
      left: the files in the folder of the backups at the end.
    """

    kills: int = 0
    resumed: int = 0
    amid: int = 0
    result: dict[str, np.ndarray] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


class Children:
    """Processes that have imported everything, and wait for what to train."""

    def __init__(self, spare: int = 1):
        """With so many of them that get ready while another one trains."""
        self._waiting = [self._start() for _ in range(spare)]

    def begin(self, kind: str, folder: Path, result: Path) -> subprocess.Popen[str]:
        """A process whose training begins now."""
        process = self._waiting.pop(0)
        self._waiting.append(self._start())
        print(json.dumps([kind, str(folder), str(result)]), file=_pipe(process.stdin), flush=True)
        line = _pipe(process.stdout).readline()
        if line != "training\n":
            raise RuntimeError(f"{kind}: the process said {line!r}")
        return process

    def close(self) -> None:
        """End those that wait."""
        for process in self._waiting:
            process.kill()
            process.communicate()

    def _start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "benchmarks.killed_training"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )


@contextmanager
def children(spare: int = 1) -> Iterator[Children]:
    """`Children` that are gone afterwards."""
    result = Children(spare)
    try:
        yield result
    finally:
        result.close()


def kill_often(kind: str, kills: int, seconds: float, random: Any, processes: Children) -> Outcome:
    """Train with up to so many kills.

    Args:
      kind: a name in `killed_training.KINDS`.
      kills: how many.
      seconds: how long the training lasts when nobody kills it.
      random: a NumPy generator, for the moments.
      processes: where the processes come from.
    """
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as name:
        folder, result = Path(name) / "backup", Path(name) / "result.npz"
        while not result.exists():
            process = processes.begin(kind, folder, result)
            if outcome.kills < kills and _kill(process, random.uniform(0, 1.4 * seconds / kills)):
                outcome.kills += 1
                epoch, trained = place(folder)
                outcome.resumed += (epoch, trained) > (0, 0)
                outcome.amid += trained > 0
            else:
                said, _ = process.communicate()
                if process.returncode:
                    raise RuntimeError(f"{kind}: {said}")
        with np.load(result) as arrays:
            outcome.result = dict(arrays)
        outcome.left = [path.name for path in folder.iterdir()]
    return outcome


def place(folder: Path) -> tuple[int, int]:
    """The epoch at hand and its batches that are trained, by the backup; (0, 0) without one.

    Every array in the file is read: one that is not whole is an error.
    """
    path = folder / FILE
    if not path.exists():
        return 0, 0
    with np.load(path, allow_pickle=False) as file:
        assert file.zip.testzip() is None, path
        state = json.loads(file["state"].tobytes())
    return state["epoch"], state["trained"]


def differences(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> list[str]:
    """The names of the arrays that are not the same, bit for bit."""
    return [
        name
        for name in sorted({*one, *other})
        if name not in one
        or name not in other
        or (one[name].dtype, one[name].tobytes()) != (other[name].dtype, other[name].tobytes())
    ]


def unkilled(kind: str) -> tuple[dict[str, np.ndarray], float]:
    """What a training gives that nobody kills, and its seconds without those of tracing."""
    from benchmarks.killed_training import KINDS, train

    start: list[float] = []
    clock = keras.callbacks.Callback()
    clock.watches = False
    clock.on_train_begin = lambda logs=None: start.append(time.perf_counter())
    arrays = train(KINDS[kind], None, [clock])
    return arrays, time.perf_counter() - start[0]


def _kill(process: subprocess.Popen[str], seconds: float) -> bool:
    """Kill a process after so long, unless it has ended by itself."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return process.returncode < 0
    return False


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream
