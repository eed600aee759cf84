"""What a training shows, and what it does not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

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
    done = [line.split("  ")[0] for line in lines if "of the next" not in line]
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


def test_a_terminal_shows_a_bar() -> None:
    pty = pytest.importorskip("pty")
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD.replace("VERBOSE", "1")],
        env=_environment(TERM="xterm-256color", COLUMNS="120"),
        stdout=subprocess.PIPE,
        stderr=theirs,
    ) as child:
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
        assert child.stdout is not None
        assert child.stdout.read() == b""
    assert child.returncode == 0
    text = shown.decode()
    for part in ("\x1b[", "━", "200/200", "val_loss", "epochs/s"):
        assert part in text, text
