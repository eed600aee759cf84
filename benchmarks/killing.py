"""Kills a training again and again, until it ends or has been killed often enough."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.killed_training import KINDS, train, train_to_file
from tfjsbridge.runtime import keras
from tfjsbridge.training.backup import FILE

#: Processes that are copies of one that has imported everything, so that they begin at once.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["benchmarks.killed_training"])


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


class Training:
    """A process that trains; it has traced everything when it is there."""

    def __init__(self, kind: str, folder: Path, result: Path):
        self._told, said = PROCESSES.Pipe(duplex=False)
        self._process = PROCESSES.Process(target=train_to_file, args=(kind, folder, result, said))
        self._process.start()
        # Else the end of the process would not end the pipe.
        said.close()
        self.wait_for("training")

    def wait_for(self, word: str) -> None:
        """Wait until it says this."""
        try:
            line = self._told.recv()
        except EOFError:
            line = "nothing, and ended"
        if not line.startswith(word):
            raise RuntimeError(f"the process said {line!r}, not {word!r}")

    def ended(self, seconds: float | None = None) -> bool:
        """Whether it ends by itself within so many seconds; None waits for it."""
        self._process.join(seconds)
        return self._process.exitcode is not None

    def kill(self, sent: signal.Signals = signal.SIGKILL) -> None:
        """Send it a signal; by default the one that it cannot refuse."""
        pid = self._process.pid
        assert pid is not None
        os.kill(pid, sent)

    @property
    def exit_code(self) -> int | None:
        """What it ended with, less than 0 for a signal; None while it trains."""
        return self._process.exitcode


def kill_often(kind: str, kills: int, seconds: float, random: Any) -> Outcome:
    """Train with up to so many kills.

    Args:
      kind: a name in `killed_training.KINDS`.
      kills: how many.
      seconds: how long the training lasts when nobody kills it.
      random: a NumPy generator, for the moments.
    """
    outcome = Outcome()
    with tempfile.TemporaryDirectory() as name:
        folder, result = Path(name) / "backup", Path(name) / "result.npz"
        while not result.exists():
            training = Training(kind, folder, result)
            if outcome.kills < kills and _kill(training, random.uniform(0, 1.4 * seconds / kills)):
                outcome.kills += 1
                epoch, trained = place(folder)
                outcome.resumed += (epoch, trained) > (0, 0)
                outcome.amid += trained > 0
            elif training.ended() and training.exit_code:
                training.wait_for("the end")
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
    start: list[float] = []
    clock = keras.callbacks.Callback()
    clock.watches = False
    clock.on_train_begin = lambda logs=None: start.append(time.perf_counter())
    arrays = train(KINDS[kind], None, [clock])
    return arrays, time.perf_counter() - start[0]


def _kill(training: Training, seconds: float) -> bool:
    """Kill a training after so long, unless it has ended by itself."""
    if training.ended(seconds):
        return False
    training.kill()
    return training.ended() and training.exit_code == -signal.SIGKILL
