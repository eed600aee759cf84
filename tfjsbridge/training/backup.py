"""A training's state on disk, so that one that was killed goes on as if it had not been."""

from __future__ import annotations

import contextlib
import io
import json
import os
import time
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras
from tfjsbridge.training.history import History

FILE = "training.npz"

#: How long after a backup the next one is made, in seconds; later where writing one takes long.
SECONDS_BETWEEN = 1.0
SHARE_OF_TIME = 0.05

#: What the Keras callbacks that steer a training remember of it.
_REMEMBERED = {
    keras.callbacks.EarlyStopping: ("wait", "stopped_epoch", "best", "best_epoch", "best_weights"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
    keras.callbacks.ModelCheckpoint: ("best", "_current_epoch", "_batches_seen_since_last_saving"),
}

#: What NumPy, zipfile and json raise on a file that is not what `save` wrote.
_DAMAGES = (
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    MemoryError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)


def checksum(nest: Any) -> int:
    """A number that other data would hardly have."""
    result = 0
    for tensor in keras.tree.flatten(nest):
        if tensor is not None:
            array = np.asarray(tensor)
            flat = array.reshape(-1)
            content: Any = b"\0".join(flat) if array.dtype == object else flat.view(np.uint8)
            result = zlib.crc32(content, zlib.crc32(f"{array.dtype}{array.shape}".encode(), result))
    return result


class Backup:
    """The state of a training in one file of a folder: there whole, or not at all.

    It holds every variable of the model, its optimizer and metrics (as raw bytes, read back into
    variables of the same shapes), the place in the training, the seed of the orders, the history,
    and what Keras's callbacks remember.
    """

    def __init__(
        self,
        folder: str | Path,
        model: Any,
        history: History,
        callbacks: Any,
        training: dict[str, Any],
        seed: int,
    ):
        """For a training that `training` describes in words that JSON has.

        Where one was stopped, its seed takes the place of `seed`.

        Raises:
          OSError: where the folder cannot be made.
          ValueError: if the file in it is damaged or is of another training.
        """
        self.folder = Path(folder)
        self.path = self.folder / FILE
        self.model = model
        self.history = history
        self.callbacks = [c for c in callbacks if isinstance(c, tuple(_REMEMBERED))]
        self.training = training | {"callbacks": [type(c).__name__ for c in self.callbacks]}
        self._next = 0.0
        self.folder.mkdir(parents=True, exist_ok=True)
        self._state = self._read()
        self.seed = seed if self._state is None else int(self._state["seed"])

    def restore_or_begin(self, first: int) -> tuple[int, int]:
        """Go back to where the training was stopped, or note that it begins at epoch `first`.

        Returns:
          The epoch at hand, and how many of its batches are trained.
        """
        if self._state is None:
            self.save(first, 0)
            return first, 0
        self._restore(self._state)
        return self._state["epoch"], self._state["trained"]

    def _read(self) -> dict[str, Any] | None:
        if not self.path.exists():
            return None
        with self._whole() as file:
            state = json.loads(file["state"].tobytes())
            was, shapes = dict(state["training"]), state["shapes"]
        others = [
            f"{name} is {self.training.get(name)!r} but was {was.get(name)!r}"
            for name in sorted({*self.training, *was})
            if self.training.get(name) != was.get(name)
        ]
        if shapes != self._shapes():
            others.append("the model and its optimizer have other variables")
        if others:
            raise ValueError(
                f"backupDir: {self.path} is of another training: {'; '.join(others)}. Go on with "
                "that one, name another folder, or remove the file."
            )
        return dict(state)

    @contextlib.contextmanager
    def _whole(self) -> Iterator[Any]:
        """The file, opened.

        Raises:
          ValueError: where it, or what is read of it meanwhile, is damaged.
        """
        try:
            with np.load(self.path, allow_pickle=False) as file:
                # Nothing in it is compressed: what claims more than there is is not unpacked.
                if sum(info.file_size for info in file.zip.infolist()) > self.path.stat().st_size:
                    raise ValueError("it claims to be larger than it is")
                yield file
        except _DAMAGES as error:
            raise ValueError(f"backupDir: {self.path} is damaged ({error}); remove it.") from error

    def _restore(self, state: dict[str, Any]) -> None:
        """Put model, optimizer, history and callbacks back to where they were, or nothing."""
        variables = self._variables()
        with self._whole() as file:
            values = _arrays(file, "variable", [(v.shape, v.dtype) for v in variables])
            weights = [(w.shape, w.dtype) for w in self.model.get_weights()]
            best = {
                index: _arrays(file, f"best{index}_", weights)
                for index, memory in enumerate(state["callbacks"])
                if memory.get("best_weights")
            }
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)
        self.model.stop_training = state["stopped"]
        self.history.epoch = state["epochs"]
        self.history.history = {
            name: [v if isinstance(v, float) else np.asarray(v) for v in values]
            for name, values in state["history"].items()
        }
        for index, (callback, memory) in enumerate(
            zip(self.callbacks, state["callbacks"], strict=True)
        ):
            if index in best:
                memory["best_weights"] = best[index]
            for name, value in memory.items():
                setattr(callback, name, value)

    def save_now_and_then(self, epoch: int, trained: int) -> None:
        """`save`, if the last one was some time ago."""
        if time.monotonic() < self._next:
            return
        start = time.monotonic()
        self.save(epoch, trained)
        end = time.monotonic()
        self._next = end + max(SECONDS_BETWEEN, (end - start) / SHARE_OF_TIME)

    def save(self, epoch: int, trained: int) -> None:
        """Write the state, of which `trained` batches of epoch `epoch` are done."""
        arrays = {f"variable{i}": _bytes(v) for i, v in enumerate(self._variables())}
        memories = [_memory_of(callback) for callback in self.callbacks]
        for index, memory in enumerate(memories):
            if memory.get("best_weights"):
                weights = memory["best_weights"]
                arrays |= {f"best{index}_{i}": _bytes(w) for i, w in enumerate(weights)}
                memory["best_weights"] = True
        state = {
            "training": self.training,
            "shapes": self._shapes(),
            "stopped": bool(self.model.stop_training),
            "epoch": epoch,
            "trained": trained,
            "seed": self.seed,
            "epochs": self.history.epoch,
            "history": self.history.history,
            "callbacks": memories,
        }
        text = json.dumps(state, default=_plain).encode()
        arrays["state"] = np.frombuffer(text, np.uint8)
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        part = self.path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(buffer.getbuffer())
            file.flush()
            os.fsync(file.fileno())
        part.replace(self.path)

    def remove(self) -> None:
        """Remove the file: the training has come to its end."""
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".part").unlink(missing_ok=True)

    def _shapes(self) -> list[Any]:
        return [[list(v.shape), _kind(v.dtype).name] for v in self._variables()]

    def _variables(self) -> list[Any]:
        """Every variable that a training changes, once."""
        model = self.model
        groups = (
            model.variables,
            model.optimizer.variables if model.optimizer is not None else (),
            model.metrics_variables,
        )
        return list({id(v): v for group in groups for v in group}.values())


def _arrays(file: Any, name: str, wanted: list[tuple[Any, Any]]) -> list[np.ndarray]:
    return [
        np.frombuffer(file[f"{name}{i}"].tobytes(), _kind(dtype)).reshape(shape)
        for i, (shape, dtype) in enumerate(wanted)
    ]


def _kind(dtype: Any) -> np.dtype:
    return np.dtype(keras.backend.standardize_dtype(dtype))


def _bytes(value: Any) -> np.ndarray:
    return np.frombuffer(np.asarray(value).tobytes(), np.uint8)


def _memory_of(callback: Any) -> dict[str, Any]:
    for kind, names in _REMEMBERED.items():
        if isinstance(callback, kind):
            return {name: getattr(callback, name) for name in names if hasattr(callback, name)}
    return {}


def _plain(value: Any) -> Any:
    """NumPy's numbers and arrays as JSON has them."""
    return np.asarray(value).tolist()
