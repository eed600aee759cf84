from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from tfjsbridge.verify import BrowserNotFound, BrowserSession, TfjsError, TfjsTimeout
from tfjsbridge.verify import browser as browser_module
from tfjsbridge.verify.browser import BACKENDS, requested_file

from .models import BIAS, KERNEL, write_dense

X = np.array([[1, 2, 3], [-1, 0, 0.5]], np.float32)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_predicts(browser: BrowserSession, dense: Path, backend: str) -> None:
    [y] = browser.predict(dense, [X], backend)
    assert y.dtype == np.float32
    np.testing.assert_allclose(y, X @ KERNEL + BIAS, rtol=1e-5)


def test_one_model_after_the_other(browser: BrowserSession, dense: Path, tmp_path: Path) -> None:
    other = write_dense(tmp_path)
    weights = np.fromfile(other / "weights.bin", "<f4")
    (2 * weights).tofile(other / "weights.bin")
    for folder, factor in ((dense, 1), (other, 2), (dense, 1)):
        for backend in ("wasm", "cpu"):
            [y] = browser.predict(folder, [X], backend)
            np.testing.assert_allclose(y, factor * (X @ KERNEL + BIAS), rtol=1e-5)


def test_a_large_input_gets_through(browser: BrowserSession, dense: Path) -> None:
    x = np.ones((5_000, 3), np.float32)
    [y] = browser.predict(dense, [x], "wasm")
    np.testing.assert_allclose(y, x @ KERNEL + BIAS, rtol=1e-5)


def test_another_backend_than_the_one_asked_for_is_an_error(
    browser: BrowserSession, dense: Path
) -> None:
    with pytest.raises(TfjsError, match="nope"):
        browser.predict(dense, [X], "nope")


def test_a_missing_weights_file(browser: BrowserSession, tmp_path: Path) -> None:
    (write_dense(tmp_path) / "weights.bin").unlink()
    with pytest.raises(TfjsError, match=r"no such file: /model/weights\.bin"):
        browser.predict(tmp_path, [X], "cpu")


def test_a_broken_model_json(browser: BrowserSession, tmp_path: Path) -> None:
    (write_dense(tmp_path) / "model.json").write_text("{")
    with pytest.raises(TfjsError, match="JSON"):
        browser.predict(tmp_path, [X], "cpu")


@pytest.fixture
def first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Lets the next page run some JavaScript before every prediction."""
    original = browser_module.JS

    def change(script: str) -> None:
        pages = Path(tempfile.mkdtemp(dir=tmp_path)) / "js"
        shutil.copytree(original, pages)
        monkeypatch.setattr(browser_module, "JS", pages)
        code = (original / "page.js").read_text("utf-8")
        (pages / "page.js").write_text(code.replace("try {", f"try {{ {script};"), "utf-8")

    return change


def test_other_hosts_are_blocked(
    browser: BrowserSession, dense: Path, first: Callable[[str], None]
) -> None:
    first("await fetch('https://example.com/x')")
    with pytest.raises(TfjsError, match=r"(?s)Failed to fetch.*blocked: https://example.com/x"):
        browser.predict(dense, [X], "cpu")


def test_what_the_console_says_is_in_the_error(
    browser: BrowserSession, dense: Path, first: Callable[[str], None]
) -> None:
    first("console.error('a hint'); null.x")
    with pytest.raises(TfjsError, match=r"(?s)of null.*a hint") as caught:
        browser.predict(dense, [X], "cpu")
    assert "page.js" in caught.value.stack


def test_a_prediction_that_takes_too_long_is_stopped(
    browser: BrowserSession, dense: Path, first: Callable[[str], None]
) -> None:
    with BrowserSession() as session:
        first("")
        session.predict(dense, [X], "cpu")
        first("while (true)")
        session.timeout = 4
        with pytest.raises(TfjsTimeout, match=r"Chromium \(cpu\) gave no answer within 4 s"):
            session.predict(dense, [X], "cpu")
        first("")
        session.timeout = 60
        assert len(session.predict(dense, [X], "cpu")) == 1


def test_it_works_inside_a_running_event_loop(browser: BrowserSession, dense: Path) -> None:
    async def as_in_a_notebook() -> list[np.ndarray]:
        return browser.predict(dense, [X], "cpu")

    # In a thread that has no loop yet.
    with ThreadPoolExecutor(1) as thread:
        [y] = thread.submit(asyncio.run, as_in_a_notebook()).result()
    np.testing.assert_allclose(y, X @ KERNEL + BIAS, rtol=1e-5)


def test_a_chosen_browser_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFJSBRIDGE_CHROMIUM", "/no/such/chromium")
    with pytest.raises(BrowserNotFound, match=r"/no/such/chromium.*playwright install"):
        browser_module.chromium_executable()


def test_no_browser_on_path(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TFJSBRIDGE_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert browser_module.chromium_executable() is None


def test_a_browser_that_does_not_start(
    browser: BrowserSession, dense: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TFJSBRIDGE_CHROMIUM", "true")  # a program, but no browser
    with BrowserSession() as session, pytest.raises(BrowserNotFound, match="does not start"):
        session.predict(dense, [X])


def test_only_files_below_the_roots_are_served(tmp_path: Path) -> None:
    roots = {"model": tmp_path / "model"}
    (tmp_path / "model").mkdir()
    (tmp_path / "secret").touch()
    (tmp_path / "model" / "model.json").touch()
    (tmp_path / "model" / "link").symlink_to(tmp_path / "secret")
    assert requested_file(roots, "model", "model.json") == roots["model"].resolve() / "model.json"
    for name in ("../secret", "/etc/passwd", "link", "none", "", "."):
        assert requested_file(roots, "model", name) is None
    assert requested_file(roots, "other", "model.json") is None
