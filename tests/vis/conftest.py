"""The real tfjs-vis, and a visor of one's own for each test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import _missing
from tests.vis.tfjs_vis import TfjsVis, package, page_of
from tfjsbridge.verify import NodeSession, NpmInstallFailed


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The visor's file, of a new visor."""
    from tfjsbridge.vis import panel

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(panel, "_visor", None)
    return tmp_path / "visor.html"


@pytest.fixture(scope="session")
def folder(node: NodeSession) -> Path:
    try:
        return package()
    except NpmInstallFailed as error:
        _missing(error)
        raise


@pytest.fixture(scope="session")
def tfjs_vis(node: NodeSession, folder: Path) -> TfjsVis:
    return TfjsVis(node, folder)


@pytest.fixture(scope="session")
def in_page(
    chromium: Any, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """Evaluates JavaScript in a page that has tf.js as `tf` and tfjs-vis as `tfvis`."""
    path = tmp_path_factory.mktemp("tfjs-vis") / "page.html"
    path.write_text(page_of(folder), "utf-8")
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.evaluate("tf.setBackend('cpu')")
    evaluate: Callable[..., Any] = page.evaluate
    return evaluate
