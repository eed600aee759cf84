"""The `tfjsbridge` command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.converters.cases import build, layers, sequential
from tfjsbridge.cli import main
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "model.keras"
    build("convolutional network").save(path)
    return path


@pytest.mark.filterwarnings("ignore::UserWarning")  # Keras calls .h5 a legacy format
@pytest.mark.parametrize("name", ["model.keras", "model.h5"])
def test_convert_then_verify(name: str, tmp_path: Path, node: NodeSession) -> None:
    build("convolutional network").save(tmp_path / name)
    done = run("convert", tmp_path / name, tmp_path / "out")
    assert done.exit_code == 0, done.output
    size = sum(path.stat().st_size for path in (tmp_path / "out").iterdir())
    assert f"model.json: 2 files, {size:,} bytes" in done.output
    done = run("verify", tmp_path / "out", "--model", tmp_path / name, "--backend", "wasm")
    assert done.exit_code == 0, done.output
    assert "node/wasm" in done.output
    assert "ok" in done.output


def test_convert_and_verify_at_once(saved: Path, tmp_path: Path, node: NodeSession) -> None:
    done = run("convert", saved, tmp_path / "out", "--verify")
    assert done.exit_code == 0, done.output
    assert "TensorFlow.js and Python predict the same" in done.output


def test_verify_fails_on_another_model(saved: Path, tmp_path: Path, node: NodeSession) -> None:
    run("convert", saved, tmp_path / "out")
    other = keras.saving.load_model(saved)
    other.set_weights([weight + 1 for weight in other.get_weights()])
    other.save(tmp_path / "other.keras")
    done = run("verify", tmp_path / "out", "--model", tmp_path / "other.keras", "--json")
    assert done.exit_code == 1
    report = json.loads(done.stdout)
    assert report["ok"] is False
    assert report["rows"][0]["where"] == "node/cpu"


def test_what_cannot_be_converted_is_said_and_nothing_written(tmp_path: Path) -> None:
    sequential(
        layers.Dense(4, activation="squareplus"), layers.RepeatVector(2), layers.GRU(2)
    ).save(tmp_path / "m.keras")
    done = run("convert", tmp_path / "m.keras", tmp_path / "out")
    assert done.exit_code == 1
    assert "cannot be written for TensorFlow.js; 2 problems:" in done.output
    assert "Traceback" not in done.output
    assert not (tmp_path / "out").exists()


def test_wrong_files(tmp_path: Path, saved: Path) -> None:
    done = run("convert", tmp_path / "none.keras", tmp_path / "out")
    assert done.exit_code == 1
    assert "There is no file" in done.output
    (tmp_path / "damaged.keras").write_bytes(saved.read_bytes()[:1000])
    done = run("convert", tmp_path / "damaged.keras", tmp_path / "out")
    assert done.exit_code == 1
    assert "Keras cannot load" in done.output
    done = run("convert", tmp_path / "model.txt", tmp_path / "out")
    assert done.exit_code == 1
    done = run("verify", tmp_path)
    assert done.exit_code == 1
    assert "There is no model.json in the folder" in done.output
    done = run("verify", tmp_path / "nowhere")
    assert done.exit_code == 1
    assert "There is no file or folder" in done.output
    assert not (tmp_path / "out").exists()


def test_a_lambda_with_code_is_not_run(tmp_path: Path) -> None:
    sequential(layers.Lambda(lambda x: x)).save(tmp_path / "lambda.keras")
    done = run("convert", tmp_path / "lambda.keras", tmp_path / "out")
    assert done.exit_code == 1
    assert "Keras cannot load" in done.output
    assert "safe_mode" in done.output


def test_a_backend_of_the_browser_needs_the_browser(tmp_path: Path) -> None:
    done = run("verify", tmp_path, "--backend", "webgl")
    assert done.exit_code == 2
    assert "add --browser" in done.output


def test_help_and_version() -> None:
    assert "convert" in run("--help").output
    assert "--browser" in run("verify", "-h").output
    assert "TensorFlow.js 4.22.0" in run("--version").output
