"""What a training shows, and what it does not."""

from __future__ import annotations

import builtins
import os
import subprocess
import sys
import time
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.training.twins import CASES, X
from tfjsbridge import training
from tfjsbridge.runtime import keras
from tfjsbridge.training import progress

Y = CASES["regression"].y

_CHILD = """
import numpy
from tfjsbridge import training
from tfjsbridge.runtime import keras

model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3), keras.layers.Dense(1)])
model.compile("adam", "mse", metrics=["mae"])
x, y = numpy.ones((40, 2)), numpy.ones(40)
training.fit(model, x, y, epochs=200, validation_split=0.2, verbose=VERBOSE)
"""

_MORE = """
training.fit(model, x, y, verbose=0)
training.predict(model, x)
for _ in range(6):  # TensorFlow warns of the fifth trace of a function
    training.evaluate(model, x, y)
"""


def _environment(**changes: str) -> dict[str, str]:
    ours = ("TF_CPP_MIN_LOG_LEVEL", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "PYTHONIOENCODING": "utf-8", **changes}


def test_verbose_0_prints_nothing(capfd: Any) -> None:
    training.fit(CASES["regression"].model(), X, Y, epochs=20, verbose=0)
    assert capfd.readouterr() == ("", "")


def test_without_a_terminal_the_last_epoch_is_one_plain_line(capsys: Any) -> None:
    history = training.fit(CASES["regression"].model(), X, Y, epochs=20)
    out, error = capsys.readouterr()
    last = {name: values[-1] for name, values in history.history.items()}
    assert out == ""
    assert error == f"epoch 20/20  {progress.logs_text(last)}\n"
    assert "\x1b" not in error
    assert "\r" not in error


def test_a_training_that_stops_early_ends_with_its_last_epoch(capsys: Any) -> None:
    model = CASES["regression"].model()

    def stop(epoch: int, logs: Any) -> None:
        model.stop_training = epoch == 3

    callback = keras.callbacks.LambdaCallback(on_epoch_end=stop)
    training.fit(model, X, Y, epochs=20, callbacks=[callback])
    assert capsys.readouterr().err.startswith("epoch 4/20  loss ")


def test_a_long_training_without_a_terminal_writes_lines_meanwhile(
    capsys: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "SECONDS_BETWEEN_LINES", 0.0)
    callback = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: None)
    training.fit(CASES["regression"].model(), X, Y, epochs=3, callbacks=[callback])
    lines = capsys.readouterr().err.splitlines()
    done = [line.split("  ")[0] for line in lines if "%" not in line]
    assert done == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]


def test_a_metric_that_is_an_array_is_shown(capsys: Any) -> None:
    case = CASES["one_hot"]
    model = case.model(metrics=[keras.metrics.F1Score(name="f1")])
    training.fit(model, case.x, case.y)
    assert "  f1 [" in capsys.readouterr().err


def test_a_training_process_writes_nothing_of_tensorflows() -> None:
    child = subprocess.run(
        [sys.executable, "-c", _CHILD.replace("VERBOSE", "0") + _MORE],
        env=_environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert (child.stdout, child.stderr) == ("", "")


def _in_a_terminal(child: str, columns: int, **environment: str) -> tuple[str, str]:
    """What a child writes on stderr, which is a terminal, and on stdout, which is none."""
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", child],
        env=_environment(TERM="xterm-256color", COLUMNS=str(columns), **environment),
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        shown = b""
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            try:
                part = os.read(ours, 65536)
            except OSError:  # Linux: the other end is closed
                break
            if not part:
                break
            shown += part
        os.close(ours)
        assert process.stdout is not None
        printed = process.stdout.read()
    assert process.returncode == 0, shown.decode()
    return shown.decode(), printed.decode()


def test_a_terminal_shows_a_bar() -> None:
    shown, printed = _in_a_terminal(_CHILD.replace("VERBOSE", "1"), 120)
    assert printed == ""
    for part in ("\x1b[", "━", "200/200", "val_loss", "epochs/s", "in 0:0"):
        assert part in shown, shown
    assert shown.count("\n") == 1


def test_what_a_callback_prints_goes_where_stdout_goes() -> None:
    callback = "keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch))"
    child = _CHILD.replace("VERBOSE", f"1, callbacks=[{callback}]").replace("=200", "=3")
    shown, printed = _in_a_terminal(child, 40, PYTHONIOENCODING="ascii")
    assert printed.split() == ["0", "1", "2"]
    assert "epoch 3/3" in shown
    assert shown.isascii()


LOGS = {"loss": 1.5, "mae": 0.25, "mape": 1e-9, "val_loss": 2.5, "val_mae": 0.3, "val_mape": 3e8}


def _frame(epoch: int = 1234, share: float = 0.0, logs: Any = LOGS) -> progress.Frame:
    frame = progress.Frame(0, 3000)
    frame.start, frame.end = 100.0, 102.0
    frame.epoch, frame.share, frame.logs = epoch, share, logs
    return frame


def test_a_line_holds_what_fits_the_foremost_last() -> None:
    lines = {width: _frame().line(width).plain for width in range(1, 200)}
    for width, line in lines.items():
        assert len(line) <= width
        assert "\n" not in line
    whole = progress.logs_text(LOGS)
    bar = "━" * 10 + "─" * 14
    assert lines[199] == f"epoch 1234/3000 {bar}  {whole}  617 epochs/s  in 0:02"
    assert lines[82].startswith("epoch 1234/3000 ━━────  loss 1.5  mae 0.25  val_loss 2.5 …  617")
    assert lines[50] == "epoch 1234/3000  loss 1.5  val_loss 2.5 …  in 0:02"
    assert lines[40] == "epoch 1234/3000  loss 1.5 …  in 0:02"
    assert lines[28] == "epoch 1234/3000  loss 1.5 …"


def test_many_metrics_and_arrays_are_one_line() -> None:
    logs = {f"metric{i}": np.linspace(0, 1, 1000) for i in range(30)}
    assert "\n" not in progress.logs_text(logs)
    for width in (40, 80):
        assert len(_frame(logs=logs).line(width).plain) <= width


def test_a_line_does_not_jump_between_its_forms() -> None:
    frame = _frame()
    frame.line(80)
    frame.logs = LOGS | {"loss": 1.234e-05}
    tight = frame.line(80).plain
    frame.logs = LOGS | {"loss": 2.0}
    assert frame.line(80).plain == tight.replace("1.234e-05", "2")


def test_an_epoch_at_hand_is_told_with_its_share() -> None:
    assert _frame(7, 0.455).line(120).plain.startswith("epoch 8/3000 46% ─")
    assert _frame(0, 0.0, {}).line(120).plain == "epoch 0/3000 " + "─" * 24


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (1234.5, "1,234 epochs/s"),
        (2.54, "2.5 epochs/s"),
        (0.4, "2.5 s/epoch"),
        (0.01, "100 s/epoch"),
    ],
)
def test_speed(rate: float, text: str) -> None:
    assert progress._speed(rate) == text


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0:00"), (65, "1:05"), (7265, "2:01:05")])
def test_time(seconds: float, text: str) -> None:
    assert progress._clock(seconds) == text


def test_long_epochs_show_how_far_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "tfjsbridge.training.trainer.Pace",
        lambda _: SimpleNamespace(batches=1, took=lambda *_: None),
    )
    shares: list[float] = []

    class Recorded(progress.Quiet):
        def update(self, epoch: int, logs: Any, share: float = 0.0) -> None:
            shares.append(epoch + share)

    monkeypatch.setattr("tfjsbridge.training.trainer.reporter", lambda *_: Recorded())
    training.fit(CASES["regression"].model(), X, Y, batch_size=12, epochs=2)
    assert shares == [0.25, 0.5, 0.75, 1, 1, 1.25, 1.5, 1.75, 2, 2]


class ZMQInteractiveShell:
    """What a notebook's shell is called."""


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a notebook is given to show: first new, then in its place."""
    shown: list[str] = []

    def show(content: Any, raw: bool, display_id: bool = True) -> Any:
        assert raw
        assert display_id
        assert list(content) == ["text/plain"]
        shown.append(content["text/plain"])
        return SimpleNamespace(update=show)

    display = ModuleType("IPython.display")
    display.display = show  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "IPython", ModuleType("IPython"))
    monkeypatch.setitem(sys.modules, "IPython.display", display)
    monkeypatch.setattr(builtins, "get_ipython", ZMQInteractiveShell, raising=False)
    return shown


def test_a_notebook_shows_one_line_that_changes(notebook: list[str], capsys: Any) -> None:
    start = time.monotonic()
    training.fit(CASES["regression"].model(), X, Y, epochs=300, validation_split=0.2)
    assert capsys.readouterr() == ("", "")
    assert notebook[0].startswith("epoch 0/300 ──")
    assert notebook[-1].startswith("epoch 300/300 ━━")
    assert "val_mae" in notebook[-1]
    assert 2 <= len(notebook) <= 3 + (time.monotonic() - start) / progress.SECONDS_BETWEEN_FRAMES
    assert not any("\x1b" in line or "\n" in line for line in notebook)


def test_an_interrupted_notebook_shows_where(notebook: list[str]) -> None:
    def interrupt(epoch: int, logs: Any) -> None:
        if epoch == 5:
            raise KeyboardInterrupt

    callback = keras.callbacks.LambdaCallback(on_epoch_end=interrupt)
    with pytest.raises(KeyboardInterrupt):
        training.fit(CASES["regression"].model(), X, Y, epochs=9, callbacks=[callback])
    assert notebook[-1].startswith("epoch 5/9 ━")
