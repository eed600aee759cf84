"""A training that was killed and started again ends as if nobody had killed it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks import killing
from tests.training.twins import (
    CASES,
    X,
    assert_same_histories,
    assert_same_weights,
)
from tfjsbridge import training
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training import backup, pace

CASE = CASES["batch_normalization"]
Y = CASE.y
BATCHES = 4  # of the share that is trained on
posix = pytest.mark.skipif(sys.platform == "win32", reason="sends signals to processes")


class Killed(BaseException):
    """Ends a training as a kill does: nothing of it is left but the file."""


class Killer(keras.callbacks.Callback):  # type: ignore[misc]
    """Raises after so many calls of the engine."""

    watches = False

    def __init__(self, calls: int):
        super().__init__()
        self.calls = calls

    def on_yield(self, epoch: int, batch: int, logs: Any) -> None:
        self.calls -= 1
        if self.calls == 0:
            raise Killed


@pytest.fixture(autouse=True)
def _at_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "SECONDS_BETWEEN", 0.0)
    monkeypatch.setattr(backup, "SHARE_OF_TIME", 1e9)


def model_with_dropout() -> Any:
    keras.utils.set_random_seed(7)
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(8),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            layers.Dense(1),
        ]
    )
    model.compile("adam", "mse", metrics=["mae"])
    return model


def fit(model: Any, folder: Path | None, callbacks: Any = (), **options: Any) -> Any:
    options = {"epochs": 6, "batch_size": 10, "seed": 5, "validation_split": 0.2} | options
    x, y = options.pop("x", X), options.pop("y", Y)
    return training.fit(
        model, x, y, callbacks=list(callbacks), backup_dir=folder, verbose=0, **options
    )


def killed(folder: Path, calls: int = 2, callbacks: Any = (), **options: Any) -> None:
    """A training that is over after so many calls of the engine, with a file left."""
    with pytest.raises(Killed):
        # A callback that looks at the model, so that a call is an epoch at most.
        fit(model_with_dropout(), folder, [*callbacks, Killer(calls), _watching()], **options)
    assert (folder / backup.FILE).exists()


def _watching() -> Any:
    return keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)


# --- Processes that are killed


@posix
@pytest.mark.parametrize(
    ("kind", "kills"),
    [
        ("callbacks", 2),
        *(
            pytest.param(kind, kills, marks=pytest.mark.slow)
            for kind, kills in (("epochs", 4), ("parts", 5), ("callbacks", 5), ("jit", 4))
        ),
    ],
)
def test_a_killed_training_comes_to_the_same_bits(kind: str, kills: int) -> None:
    expected, seconds = killing.unkilled(kind)
    outcome = killing.kill_often(kind, kills, seconds, np.random.default_rng(kills))
    assert killing.differences(expected, outcome.result) == []
    assert outcome.left == []
    # Else this has tried nothing.
    assert outcome.kills >= kills / 2
    assert outcome.resumed >= outcome.kills / 2
    if kind == "parts":
        assert outcome.amid


@pytest.mark.slow
@posix
def test_ctrl_c_keeps_the_file_and_the_next_run_goes_on(tmp_path: Path) -> None:
    result = tmp_path / "result.npz"
    training = killing.Training("parts", tmp_path / "backup", result)
    # Not before its first backup amid an epoch.
    while killing.place(tmp_path / "backup") < (0, 1):
        assert training.exit_code is None
    training.kill(signal.SIGINT)
    training.wait_for("KeyboardInterrupt")
    assert training.ended(60)
    assert training.exit_code == 1
    assert killing.place(tmp_path / "backup") > (0, 0)
    assert killing.Training("parts", tmp_path / "backup", result).ended(120)
    expected, _ = killing.unkilled("parts")
    with np.load(result) as arrays:
        assert killing.differences(expected, dict(arrays)) == []


# --- Every call of the engine as the last one


@pytest.mark.parametrize("parts", [False, True], ids=["epochs", "parts"])
def test_a_training_goes_on_after_any_call(
    parts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if parts:  # of one batch
        monkeypatch.setattr(pace, "SECONDS_PER_CALL", 1e-12)
    whole = model_with_dropout()
    expected = fit(whole, None, epochs=3)
    model = model_with_dropout()
    for calls in range(1, 40):
        try:
            # A kill, then one more call than the last time: no place is the last one's.
            history = fit(model, tmp_path, [Killer(calls), _watching()], epochs=3)
            break
        except Killed:
            assert [path.name for path in tmp_path.iterdir()] == [backup.FILE]
            keras.utils.set_random_seed(calls)
            for variable in model.variables:  # a new process has other weights
                variable.assign(variable + keras.ops.cast(1, variable.dtype))
    assert calls > (4 if parts else 2)
    assert list(tmp_path.iterdir()) == []
    assert_same_weights(whole, model)
    assert history.history == expected.history
    assert history.epoch == expected.epoch


def test_a_kill_before_the_validation_of_a_long_epoch_loses_no_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 1e-12)
    expected = fit(model_with_dropout(), None, epochs=2)
    for calls in (BATCHES - 1, BATCHES):
        folder = tmp_path / str(calls)
        killed(folder, calls, epochs=2)
        history = fit(model_with_dropout(), folder, [_watching()], epochs=2)
        assert history.history == expected.history, calls


def _early_stopping() -> Any:
    return keras.callbacks.EarlyStopping(
        monitor="loss", patience=2, min_delta=10, restore_best_weights=True
    )


def test_what_early_stopping_remembers_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 1e-12)  # calls of a batch
    whole = model_with_dropout()
    expected = fit(whole, None, [_early_stopping()], epochs=9)
    assert len(expected.epoch) < 9
    # A backup at the beginning, after each batch but an epoch's last, and after each epoch.
    ends = [1 + BATCHES * (1 + epoch) for epoch in expected.epoch]
    for number in (1, ends[0], ends[-1]):
        folder = tmp_path / str(number)
        with _killing_after_backup(number), pytest.raises(Killed):
            fit(model_with_dropout(), folder, [_early_stopping()], epochs=9)
        state = json.loads(_arrays(folder / backup.FILE)["state"].tobytes())
        assert state["stopped"] == (number == ends[-1])
        model = model_with_dropout()
        history = fit(model, folder, [_early_stopping()], epochs=9)
        assert history.history == expected.history, number
        assert history.epoch == expected.epoch
        assert_same_weights(whole, model)


@contextlib.contextmanager
def _killing_after_backup(number: int) -> Iterator[None]:
    save, saved = backup.Backup.save, 0

    def save_and_count(self: backup.Backup, epoch: int, trained: int) -> None:
        nonlocal saved
        save(self, epoch, trained)
        saved += 1
        if saved == number:
            raise Killed

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup.Backup, "save", save_and_count)
        yield


def test_what_reduce_lr_on_plateau_and_model_checkpoint_remember_comes_back(
    tmp_path: Path,
) -> None:
    def callbacks(name: str) -> list[Any]:
        return [
            keras.callbacks.ReduceLROnPlateau("loss", 0.5, patience=2, min_delta=10, cooldown=1),
            keras.callbacks.ModelCheckpoint(
                tmp_path / f"{name}.weights.h5", "loss", save_best_only=True, save_weights_only=True
            ),
        ]

    whole = model_with_dropout()
    expected = fit(whole, None, callbacks("whole"), epochs=9)
    assert len(set(expected.history["learning_rate"])) > 2
    killed(tmp_path / "backup", 4, callbacks("parts"), epochs=9)
    model = model_with_dropout()
    history = fit(model, tmp_path / "backup", callbacks("parts"), epochs=9)
    assert history.history == expected.history
    assert_same_weights(whole, model)
    whole.load_weights(tmp_path / "whole.weights.h5")
    model.load_weights(tmp_path / "parts.weights.h5")
    assert all(map(np.array_equal, whole.get_weights(), model.get_weights()))


def test_the_order_of_the_examples_goes_on_without_a_seed_given(tmp_path: Path) -> None:
    whole = model_with_dropout()
    fit(whole, None, seed=None)
    killed(tmp_path, seed=None)
    model = model_with_dropout()
    keras.utils.set_random_seed(99)
    fit(model, tmp_path, seed=None)
    assert_same_weights(whole, model)


def test_a_finished_training_leaves_no_file_and_the_next_one_begins_anew(tmp_path: Path) -> None:
    model = model_with_dropout()
    fit(model, tmp_path / "new" / "folder")
    assert list((tmp_path / "new" / "folder").iterdir()) == []
    assert fit(model, tmp_path / "new" / "folder").epoch == list(range(6))


def test_a_half_written_file_beside_it_is_nothing(tmp_path: Path) -> None:
    killed(tmp_path)
    (tmp_path / backup.FILE).with_suffix(".part").write_bytes(b"half")
    whole, model = model_with_dropout(), model_with_dropout()
    fit(whole, None)
    fit(model, tmp_path)
    assert_same_weights(whole, model)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_leaves_the_last_whole_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed(tmp_path)
    before = (tmp_path / backup.FILE).read_bytes()

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        fit(model_with_dropout(), tmp_path)
    assert (tmp_path / backup.FILE).read_bytes() == before


# --- Files that are refused


def _arrays(path: Path) -> dict[str, np.ndarray]:
    with np.load(path, allow_pickle=False) as file:
        return dict(file)


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _one_bit(path: Path) -> None:
    content = bytearray(path.read_bytes())
    place = content.index(b"variable3.npy") + 165  # in the array itself
    content[place] ^= 1
    path.write_bytes(content)


def _bare_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(3))


def _no_json(path: Path) -> None:
    np.savez(path, **{**_arrays(path), "state": np.frombuffer(b"{", np.uint8)})


def _no_state(path: Path) -> None:
    np.savez(path, **{**_arrays(path), "state": np.frombuffer(b"[1]", np.uint8)})


def _objects(path: Path) -> None:
    np.savez(path, **{**_arrays(path), "variable0": np.array([{"an": "object"}], object)})


def _object_state(path: Path) -> None:
    np.savez(path, **{**_arrays(path), "state": np.array(["an object"], object)})


def _lacking(path: Path) -> None:
    arrays = _arrays(path)
    del arrays["variable1"]
    np.savez(path, **arrays)


def _bomb(name: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        arrays = _arrays(path)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for key, array in arrays.items():
                with file.open(f"{key}.npy", "w", force_zip64=True) as member:
                    np.save(member, np.zeros(2**26, np.uint8) if key == name else array)

    return make


def _claim(path: Path) -> None:
    """A header of an array that is larger than all memory."""
    arrays = _arrays(path)
    with zipfile.ZipFile(path, "w") as file:
        for key, array in arrays.items():
            with file.open(f"{key}.npy", "w") as member:
                if key == "variable0":
                    header = {"descr": "|u1", "fortran_order": False, "shape": (2**60,)}
                    np.lib.format.write_array_header_1_0(member, header)
                else:
                    np.save(member, array)


@pytest.mark.parametrize(
    "damage",
    [
        _truncated,
        _one_bit,
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"garbage" * 99),
        _bare_array,
        _no_json,
        _no_state,
        _objects,
        _object_state,
        _lacking,
        _bomb("variable0"),
        _bomb("state"),
        _claim,
    ],
    ids=[
        "truncated",
        "one bit",
        "empty",
        "garbage",
        "bare array",
        "no JSON",
        "no state",
        "objects",
        "object state",
        "lacking",
        "zip bomb",
        "zip bomb in state",
        "claim",
    ],
)
def test_a_damaged_file_is_refused_and_changes_nothing(
    damage: Callable[[Path], object], backup_of_two_epochs: bytes, tmp_path: Path
) -> None:
    (tmp_path / backup.FILE).write_bytes(backup_of_two_epochs)
    damage(tmp_path / backup.FILE)
    _refused(tmp_path, r"backupDir: .*training\.npz is damaged \(.*\); remove it\.")


def _refused(folder: Path, message: str, model: Any = None, **options: Any) -> None:
    """The file is refused by fit; it and the model are what they were."""
    model = model_with_dropout() if model is None else model
    file = (folder / backup.FILE).read_bytes()
    before = model.get_weights()
    with pytest.raises(ValueError, match=message):
        fit(model, folder, **options)
    assert all(map(np.array_equal, before, model.get_weights()))
    assert int(model.optimizer.iterations) == 0
    assert (folder / backup.FILE).read_bytes() == file


@pytest.fixture(scope="module")
def backup_of_two_epochs(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("backup")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(backup, "SECONDS_BETWEEN", 0.0)
        patch.setattr(backup, "SHARE_OF_TIME", 1e9)
        patch.setattr(pace, "SECONDS_PER_CALL", 1e-12)
        killed(folder, 2 * (BATCHES + 1))
    return (folder / backup.FILE).read_bytes()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"batch_size": 12}, "of another training: batchSize is 12 but was 10"),
        ({"x": X + 1}, "data is"),
        ({"y": Y + 1}, "data is"),
        ({"sample_weight": np.ones(len(X))}, "data is"),
        ({"shuffle": False}, "shuffle is False but was True"),
        ({"steps_per_epoch": 2}, "stepsPerEpoch is 2 but was 4"),
        ({"initial_epoch": 1}, "initialEpoch is 1 but was 0"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_file_of_another_training_is_refused(
    options: dict[str, Any], message: str, backup_of_two_epochs: bytes, tmp_path: Path
) -> None:
    (tmp_path / backup.FILE).write_bytes(backup_of_two_epochs)
    _refused(tmp_path, message, **options)


def _with(optimizer: Any = "adam", units: int = 8, more: bool = False) -> Any:
    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((3,)),
            layers.Dense(units),
            layers.BatchNormalization(),
            layers.Dropout(0.2),
            *([layers.Dense(1)] if more else []),
            layers.Dense(1),
        ]
    )
    model.compile(optimizer, "mse", metrics=["mae"])
    return model


@pytest.mark.parametrize(
    "build",
    [
        lambda: _with(units=7),
        lambda: _with(units=9),
        lambda: _with("sgd"),
        lambda: _with(more=True),
    ],
    ids=["smaller", "larger", "other optimizer", "more layers"],
)
def test_a_file_of_another_model_is_refused(
    build: Callable[[], Any], backup_of_two_epochs: bytes, tmp_path: Path
) -> None:
    (tmp_path / backup.FILE).write_bytes(backup_of_two_epochs)
    _refused(tmp_path, "of another training: the model and its optimizer have other", build())


def test_a_file_of_other_callbacks_is_refused(backup_of_two_epochs: bytes, tmp_path: Path) -> None:
    (tmp_path / backup.FILE).write_bytes(backup_of_two_epochs)
    _refused(tmp_path, "callbacks is .'EarlyStopping'. but was", callbacks=[_early_stopping()])


def test_a_callback_that_remembers_nothing_may_come_and_go(
    backup_of_two_epochs: bytes, tmp_path: Path
) -> None:
    (tmp_path / backup.FILE).write_bytes(backup_of_two_epochs)
    whole, model = model_with_dropout(), model_with_dropout()
    expected = fit(whole, None)
    assert_same_histories(expected, fit(model, tmp_path, [_watching(), _watching()]))
    assert_same_weights(whole, model)


def test_nothing_in_the_file_is_pickled(backup_of_two_epochs: bytes, tmp_path: Path) -> None:
    path = tmp_path / backup.FILE
    path.write_bytes(backup_of_two_epochs)
    arrays = _arrays(path)
    assert {array.dtype for array in arrays.values()} == {np.dtype(np.uint8)}
    assert json.loads(arrays["state"].tobytes())["epoch"] == 2


# --- Data in other forms


@pytest.mark.parametrize("dtype", ["bool", "int8", "complex64", "float64", "string", "bfloat16"])
def test_a_checksum_tells_data_of_any_type_apart(dtype: str) -> None:
    one = tensorflow.constant([["1", "0", "1"], ["0", "1", "0"]])
    if dtype != "string":
        one = tensorflow.cast(tensorflow.constant([[1, 0, 1], [0, 1, 0]]), dtype)
    assert backup.checksum(one) == backup.checksum(tensorflow.identity(one))
    assert backup.checksum(one) != backup.checksum(one[::-1][:, ::-1])
    assert backup.checksum(one) != backup.checksum(tensorflow.reshape(one, [3, 2]))
    assert backup.checksum((one, one)) != backup.checksum(one)
    assert backup.checksum(one[:0]) == backup.checksum(one[:0])


# --- Datasets: their state is kept between epochs, as a stream cannot go back


def fit_dataset(model: Any, folder: Path | None, callbacks: Any = (), **options: Any) -> Any:
    dataset = tensorflow.data.Dataset.from_tensor_slices((X, Y)).batch(10)
    return training.fit_dataset(
        model,
        dataset,
        **{"epochs": 4, "validation_data": (X[:9], Y[:9]), **options},
        callbacks=callbacks,
        backup_dir=folder,
        verbose=0,
    )


def test_a_training_on_a_dataset_goes_on_at_an_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "SECONDS_PER_CALL", 1e-12)
    whole = model_with_dropout()
    expected = fit_dataset(whole, None)
    with pytest.raises(Killed):
        fit_dataset(model_with_dropout(), tmp_path, [Killer(14)])  # amid the third epoch
    epoch, trained = killing.place(tmp_path)
    assert (epoch, trained) == (2, 0)
    model = model_with_dropout()
    history = fit_dataset(model, tmp_path)
    assert history.history == expected.history
    assert history.epoch == [0, 1, 2, 3]
    assert_same_weights(whole, model)
    assert list(tmp_path.iterdir()) == []


def test_a_training_in_memory_does_not_go_on_from_one_on_a_dataset(tmp_path: Path) -> None:
    with pytest.raises(Killed):
        fit_dataset(model_with_dropout(), tmp_path, [Killer(7)])
    _refused(tmp_path, "of another training")
