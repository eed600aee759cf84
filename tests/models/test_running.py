"""A script from the command line, and all of them by python -m models."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from models import running
from models.outcome import Outcome, at_least

ROOT = Path(__file__).parent.parent.parent


def outcome(value: float) -> Outcome:
    return Outcome("x", {"accuracy": value}, {"accuracy": at_least(0.9)}, Path("x.html"))


def run(monkeypatch: pytest.MonkeyPatch, main, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["x.py", *arguments])
    running.run(main, "What it shows.\n\nRun it: python models/x.py")


def test_says_the_figures_and_the_picture(monkeypatch, capsys) -> None:
    seen = []
    run(monkeypatch, lambda verbose: seen.append(verbose) or outcome(0.95), "--quiet")
    printed = capsys.readouterr().out
    assert "accuracy: 0.95 (at least 0.9)" in printed
    assert "Pictures: x.html" in printed
    assert seen == [0]


def test_ends_with_an_error_where_a_promise_is_not_kept(monkeypatch, capsys) -> None:
    with pytest.raises(SystemExit, match=r"accuracy is 0.5, but should be at least 0.9"):
        run(monkeypatch, lambda verbose: outcome(0.5))
    assert "MISSED" in capsys.readouterr().out


def test_ctrl_c_ends_without_a_stack_trace(monkeypatch) -> None:
    def interrupted(verbose: int) -> Outcome:
        raise KeyboardInterrupt

    with pytest.raises(SystemExit) as ended:
        run(monkeypatch, interrupted)
    assert ended.value.code == 130


def test_help_says_what_the_script_shows(monkeypatch, capsys) -> None:
    with pytest.raises(SystemExit):
        run(monkeypatch, lambda verbose: outcome(1.0), "--help")
    assert "What it shows." in capsys.readouterr().out


def test_an_unknown_script_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "models", "circel"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no script is called circel; there are tensors, " in done.stderr
