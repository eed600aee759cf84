"""Trains in real tf.js, in a Node process of its own."""

from __future__ import annotations

import contextlib
import json
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.model import build
from benchmarks.scaled import Measure, Scale, scaled
from benchmarks.trainings import Training
from tfjsbridge.verify.npm import node_executable, tfjs_packages

_PROGRAM = Path(__file__).parent / "js" / "train.cjs"


class TfjsCannot(RuntimeError):
    """tf.js cannot train the model on this backend; the message is its own."""


class NodeTraining:
    """A model in a Node process, with the weights that Keras starts from."""

    def __init__(self, training: Training, folder: Path):
        self.training = training
        self.folder = folder
        self.said = folder / "stderr"
        with self.said.open("wb") as stderr:
            self.process = subprocess.Popen(
                [str(node_executable()), str(_PROGRAM), str(tfjs_packages())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            )

    def build(self, backend: str, batches: int | None) -> None:
        """The model and the data of the first batches, or all of it."""
        self._ask(
            "build",
            backend=backend,
            layers=self.training.layers,
            optimizer=self.training.optimizer,
            loss=self.training.loss,
            metric=self.training.metric,
            weights=_write(self.folder, "weight", build(self.training).get_weights()),
            data=_write(self.folder, "data", self.training.part(batches)),
        )

    def train(self, epochs: int, *, shuffle: bool = True, watched: bool = False) -> dict[str, Any]:
        """The seconds and the last loss of a model.fit."""
        batch_size = self.training.batch_size
        return self._ask(
            "train", epochs=epochs, batchSize=batch_size, shuffle=shuffle, watched=watched
        )

    def weights(self) -> list[list[float]]:
        """The weights, flat."""
        return self._ask("weights")

    def close(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.communicate()

    def _ask(self, operation: str, **request: Any) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with contextlib.suppress(OSError):  # where Node ended, there is no answer below
            self.process.stdin.write(json.dumps({"op": operation, **request}).encode() + b"\n")
            self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise TfjsCannot(f"Node ended: {self.said.read_text('utf-8', 'replace')[-500:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise TfjsCannot(answer["error"])
        return answer["result"]


@contextlib.contextmanager
def node_training(
    training: Training, backend: str, batches: int | None = None
) -> Iterator[NodeTraining]:
    """A training in Node on the first batches of the data, or on all of it.

    Raises:
      TfjsCannot: with tf.js's message, here or when it trains.
    """
    with tempfile.TemporaryDirectory() as folder:
        node = NodeTraining(training, Path(folder))
        try:
            node.build(backend, batches)
            yield node
        finally:
            node.close()


@contextlib.contextmanager
def tfjs_fit(training: Training, watched: bool, scale: Scale, backend: str) -> Iterator[Measure]:
    """tf.js's model.fit, its default yieldEvery included."""
    batches = training.tfjs_batches
    with node_training(training, backend, batches) as node:
        examples = len(training.data()[0])
        share = 1.0
        if batches is not None:
            share = training.batches(examples) / batches
        yield scaled(
            lambda epochs: node.train(epochs, watched=watched)["seconds"], training, scale, share
        )


def _write(folder: Path, name: str, arrays: Sequence[np.ndarray]) -> list[dict[str, Any]]:
    files = []
    for index, array in enumerate(arrays):
        file = folder / f"{name}{index}"
        file.write_bytes(np.ascontiguousarray(array, "<f4").tobytes())
        files.append({"file": str(file), "shape": array.shape})
    return files
