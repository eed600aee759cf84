"""Keras callbacks see and do the same as in Keras's own `fit`."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.training.twins import CASES, X, assert_same_weights, some_slow, train_both
from tfjsbridge import training
from tfjsbridge.runtime import keras

callbacks = keras.callbacks
REGRESSION = CASES["regression"]
Y = REGRESSION.y
BATCHES = 5


class Watcher(callbacks.Callback):
    """Records each hook with the weights and logs that it saw."""

    def __init__(self, *hooks: str):
        super().__init__()
        self.calls: list[tuple[str, Any, list[np.ndarray], dict[str, float]]] = []
        for hook in hooks:
            setattr(self, hook, self._recorder(hook))

    def _recorder(self, hook: str) -> Callable[..., None]:
        def record(number: Any = None, logs: Any = None) -> None:
            if not isinstance(number, int):  # of the whole training: logs alone
                number, logs = None, number
            self.calls.append((hook, number, self.model.get_weights(), dict(logs or {})))

        return record


EPOCH_HOOKS = ("on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end")
BATCH_HOOKS = (*EPOCH_HOOKS, "on_train_batch_begin", "on_train_batch_end")


@pytest.mark.parametrize("hooks", [EPOCH_HOOKS, BATCH_HOOKS], ids=["epochs", "batches"])
def test_every_hook_sees_the_weights_and_logs_of_its_moment(hooks: tuple[str, ...]) -> None:
    watchers: list[Watcher] = []

    def watch() -> list[Any]:
        watchers.append(Watcher(*hooks))
        return watchers[-1:]

    train_both(REGRESSION.model, X, Y, callbacks=watch, validation_split=0.1).assert_same()
    theirs, ours = (watcher.calls for watcher in watchers)
    assert [call[:2] for call in ours] == [call[:2] for call in theirs]
    for (hook, number, their_weights, their_logs), (*_, weights, logs) in zip(
        theirs, ours, strict=True
    ):
        assert all(map(np.array_equal, their_weights, weights)), (hook, number)
        logs.pop("size", None)  # tf.js: the logs of a batch hold its size
        assert logs == pytest.approx(their_logs, rel=1e-6), (hook, number)


def test_batch_logs_hold_the_size() -> None:
    sizes: list[int] = []
    callback = callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: sizes.append(logs["size"])
    )
    training.fit(REGRESSION.model(), X, Y, batch_size=10, callbacks=[callback], verbose=0)
    assert sizes == [10, 10, 10, 10, 8]


def _stop_at_epoch(epoch: int) -> Any:
    callback = callbacks.Callback()

    def on_epoch_end(number: int, logs: Any = None) -> None:
        callback.model.stop_training = number == epoch

    callback.on_epoch_end = on_epoch_end
    return callback


class StopAtBatch(callbacks.Callback):
    """Stops in the second epoch, after the batch."""

    def __init__(self, batch: int):
        super().__init__()
        self.batch, self.epoch = batch, 0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self.epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if (self.epoch, batch) == (1, self.batch):
            self.model.stop_training = True


def test_stop_training_at_the_end_of_an_epoch_stops_there() -> None:
    twins = train_both(REGRESSION.model, X, Y, epochs=9, callbacks=lambda: [_stop_at_epoch(2)])
    twins.assert_same()
    assert twins.histories[1].epoch == [0, 1, 2]


def test_stop_training_after_a_batch_stops_there() -> None:
    twins = train_both(REGRESSION.model, X, Y, epochs=9, callbacks=lambda: [StopAtBatch(2)])
    twins.assert_same()
    assert int(twins.models[1].optimizer.iterations) == BATCHES + 3
    assert twins.histories[1].epoch == [0, 1]


def test_a_stopped_model_trains_again() -> None:
    model = REGRESSION.model()
    training.fit(model, X, Y, epochs=9, callbacks=[_stop_at_epoch(1)], verbose=0)
    assert len(training.fit(model, X, Y, epochs=4, verbose=0).epoch) == 4


def _rising(epoch: int, rate: float) -> float:
    return rate * (1 + epoch)


KERAS_CALLBACKS: dict[str, Callable[[], Any]] = {
    "EarlyStopping": lambda: callbacks.EarlyStopping(
        monitor="val_loss", patience=2, restore_best_weights=True
    ),
    "ReduceLROnPlateau": lambda: callbacks.ReduceLROnPlateau(
        monitor="val_loss", factor=0.5, patience=1
    ),
    "LearningRateScheduler": lambda: callbacks.LearningRateScheduler(_rising),
    "TerminateOnNaN": callbacks.TerminateOnNaN,
}


@pytest.mark.parametrize(
    "name",
    some_slow(["EarlyStopping", "ReduceLROnPlateau"], ["LearningRateScheduler", "TerminateOnNaN"]),
)
def test_a_callback_of_keras_does_what_it_does_in_keras_fit(name: str) -> None:
    # The better the model, the worse it is on the negated targets.
    validation = (X[:16], -Y[:16])
    twins = train_both(
        REGRESSION.model,
        X,
        Y,
        epochs=6,
        validation_data=validation,
        callbacks=lambda: [KERAS_CALLBACKS[name]()],
    )
    twins.assert_same()
    history = twins.histories[1].history
    if name == "EarlyStopping":
        assert len(history["val_loss"]) < 6
        restored = twins.models[1].evaluate(*validation, verbose=0, return_dict=True)["loss"]
        assert restored == pytest.approx(min(history["val_loss"]), rel=1e-5)
    if name in ("ReduceLROnPlateau", "LearningRateScheduler"):
        assert len(set(history["learning_rate"])) > 1


def test_terminate_on_nan_stops_at_the_batch_with_nan() -> None:
    targets = Y.copy()
    targets[25] = 1e30  # its square is infinite
    twins = train_both(REGRESSION.model, X, targets, callbacks=lambda: [callbacks.TerminateOnNaN()])
    twins.assert_same()
    assert int(twins.models[1].optimizer.iterations) == 3


@pytest.mark.parametrize("frequency", some_slow([4], ["epoch"]))
def test_model_checkpoint_saves_what_keras_fit_saves(tmp_path: Path, frequency: Any) -> None:
    folders = [tmp_path / "keras", tmp_path / "ours"]
    made = iter(folders)

    def checkpoint() -> list[Any]:
        path = next(made) / "{epoch}.weights.h5"
        return [callbacks.ModelCheckpoint(str(path), save_weights_only=True, save_freq=frequency)]

    models = train_both(REGRESSION.model, X, Y, callbacks=checkpoint).models
    saved = [sorted(path.name for path in folder.iterdir()) for folder in folders]
    assert saved[1] == saved[0]
    assert len(saved[1]) > 1
    for name in saved[0]:
        for model, folder in zip(models, folders, strict=True):
            model.load_weights(folder / name)
        assert all(map(np.array_equal, models[0].get_weights(), models[1].get_weights())), name


def test_csv_logger_writes_what_keras_fit_writes(tmp_path: Path) -> None:
    files = [tmp_path / "keras.csv", tmp_path / "ours.csv"]
    made = iter(files)
    train_both(REGRESSION.model, X, Y, callbacks=lambda: [callbacks.CSVLogger(next(made))])
    theirs, ours = (np.genfromtxt(file, delimiter=",", names=True) for file in files)
    assert ours.dtype.names == theirs.dtype.names
    assert {"epoch", "loss", "mae"} <= set(ours.dtype.names)
    for name in ours.dtype.names:
        np.testing.assert_allclose(ours[name], theirs[name], rtol=1e-6)


def test_backup_and_restore_goes_on_after_an_interruption(tmp_path: Path) -> None:
    options: dict[str, Any] = {"epochs": 5, "batch_size": 10, "shuffle": False, "verbose": 0}
    whole, parts = REGRESSION.model("adam"), REGRESSION.model("adam")
    training.fit(whole, X, Y, **options)

    def backup() -> Any:
        return callbacks.BackupAndRestore(tmp_path / "backup")

    with pytest.raises(KeyboardInterrupt):
        training.fit(parts, X, Y, callbacks=[backup(), _raising(KeyboardInterrupt)], **options)
    history = training.fit(parts, X, Y, callbacks=[backup()], **options)
    assert history.epoch == [3, 4]
    assert_same_weights(whole, parts)


def _raising(error: type[BaseException]) -> Any:
    def on_epoch_end(epoch: int, logs: Any) -> None:
        if epoch == 2:
            raise error("from a callback")

    return callbacks.LambdaCallback(on_epoch_end=on_epoch_end)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_exception_in_a_callback_leaves_the_history_and_the_weights(
    error: type[BaseException],
) -> None:
    model, reference = REGRESSION.model(), REGRESSION.model()
    options: dict[str, Any] = {"batch_size": 10, "shuffle": False, "verbose": 0}
    with pytest.raises(error, match="from a callback"):
        training.fit(model, X, Y, epochs=9, callbacks=[_raising(error)], **options)
    # The callback raised at the end of the third epoch, before the History could note it.
    assert model.history.epoch == [0, 1]
    assert len(model.history.history["loss"]) == 2
    training.fit(reference, X, Y, epochs=3, **options)
    assert_same_weights(reference, model)


def test_an_exception_does_not_end_the_training_as_if_it_were_done() -> None:
    watcher = Watcher("on_train_end")
    with pytest.raises(RuntimeError, match="from a callback"):
        training.fit(
            REGRESSION.model(), X, Y, epochs=9, callbacks=[watcher, _raising(RuntimeError)],
            verbose=0,
        )  # fmt: skip
    assert watcher.calls == []


_LONG = """
import threading, time
import numpy
from tfjsbridge import training
from tfjsbridge.runtime import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
model.compile("sgd", "mse")

def tell():
    while len(getattr(getattr(model, "history", None), "epoch", ())) < 100:
        time.sleep(0.01)
    print("training", flush=True)

threading.Thread(target=tell, daemon=True).start()
try:
    training.fit(model, numpy.zeros((200, 2)), numpy.zeros(200), epochs=10**8, verbose=0)
except KeyboardInterrupt:
    print("interrupted", len(model.history.epoch) >= 100, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="sends SIGINT to a process")
def test_ctrl_c_ends_a_long_training_at_once_and_keeps_its_history() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    timer = threading.Timer(120, process.kill)
    timer.start()
    try:
        assert process.stdout.readline() == "training\n"
        time.sleep(0.3)
        sent = time.monotonic()
        process.send_signal(signal.SIGINT)
        line = process.stdout.readline()
        seconds = time.monotonic() - sent
        process.communicate()
    finally:
        timer.cancel()
        process.kill()
    assert line == "interrupted True\n"
    # A tenth of a second where the machine has nothing else to do.
    assert seconds < 1.5
    assert process.returncode == 0
