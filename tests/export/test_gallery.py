"""The command that writes what the page needs, and serves it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from models import gallery
from models.catalogue import SCRIPTS


def test_every_script_is_in_the_index(tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "circle.html").write_text("", encoding="utf-8")
    gallery.write_indexes(tmp_path)
    rows = json.loads((tmp_path / "pictures" / "index.json").read_text("utf-8"))
    assert [row["name"] for row in rows] == list(SCRIPTS)
    assert [row["name"] for row in rows if row["page"]] == ["circle"]
    assert not any(row["picture"] for row in rows)
    for row in rows:
        assert row["title"]["en"]
        assert re.search(r"[\u4e00-\u9fff]", row["idea"]["zh"]), row["name"]
    assert json.loads((tmp_path / "models" / "index.json").read_text("utf-8")) == []


def test_tfjs_is_whole_and_asks_for_no_maps(site: Path) -> None:
    vendor = site / "vendor"
    assert {path.name for path in vendor.iterdir()} == {Path(name).name for name in gallery.VENDOR}
    for path in vendor.glob("*.js"):
        code = path.read_text("utf-8")
        assert "sourceMappingURL" not in code
        assert not re.search(r"\bFunction\(\"|[^.\w]eval\(", code)  # the page's policy forbids it


def test_types_and_caching(address: str) -> None:
    for name, kind in (
        ("js/main.js", "text/javascript"),
        ("vendor/tfjs-backend-wasm.wasm", "application/wasm"),
        ("words/zh.json", "application/json"),
        ("icon.svg", "image/svg+xml"),
    ):
        with urllib.request.urlopen(address + name) as response:
            assert response.headers["Content-Type"].split(";")[0] == kind
            assert response.headers["Cache-Control"] == "no-cache"


def test_nothing_outside_of_the_folder_is_served(
    tmp_path: Path, serve: Callable[[Path], str]
) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tmp_path / "export").mkdir()
    address = serve(tmp_path / "export")
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(address + "..%2fsecret.txt")


def test_a_taken_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as other:
        other.bind((gallery.HOST, 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(OSError, match=rf"Port {taken} is not free .*--port N"):
            gallery.server(tmp_path, taken)
        monkeypatch.setattr(gallery, "PORT", taken)
        with gallery.server(tmp_path) as serving:  # without a wish, one of the next ones
            assert taken < serving.server_port < taken + gallery.TRIES
        monkeypatch.setattr(gallery, "TRIES", 1)
        with pytest.raises(OSError, match="not free"):
            gallery.server(tmp_path)


def test_only_this_machine_is_served(tmp_path: Path) -> None:
    with gallery.server(tmp_path, 0) as serving:
        assert serving.server_address[0] == "127.0.0.1"


_COMMAND = """
import sys
from pathlib import Path
from models import gallery
try:
    gallery.main(Path(sys.argv.pop(1)))
except KeyboardInterrupt:
    print()
"""


def _start(folder: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _COMMAND, os.fspath(folder), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=gallery.EXPORT.parent,
    )


@pytest.mark.slow
def test_the_command_serves_until_it_is_stopped(tmp_path: Path) -> None:
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "index.html").write_text("the page", encoding="utf-8")
    running = _start(folder, "--port", "0")
    try:
        assert running.stdout is not None
        said = running.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert address, said
        with urllib.request.urlopen(address[0]) as response:
            assert response.read() == b"the page"
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 0
    assert errors == ""
    assert (folder / "vendor" / "tf.es2017.min.js").is_file()


@pytest.mark.slow
def test_the_command_only_writes(tmp_path: Path) -> None:
    running = _start(tmp_path, "--no-serve")
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 0
    assert "Any web server" in said
    assert (tmp_path / "models" / "index.json").is_file()


@pytest.mark.slow
def test_the_command_refuses_ports_that_are_none(tmp_path: Path) -> None:
    running = _start(tmp_path, "--port", "70000")
    _, errors = running.communicate(timeout=60)
    assert running.returncode == 2
    assert "--port must be from 0 to 65535; got 70000" in errors
