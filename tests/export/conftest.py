"""The gallery with small models, on one server, seen by one Chromium."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest

from models import exported, gallery
from models.words import Words
from tests.conftest import _missing
from tests.export.small_models import MODELS, export_all
from tfjsbridge.verify import NodeNotFound, NpmInstallFailed

WAIT = 60_000  # milliseconds; other tests run beside these


def copy_page(folder: Path) -> None:
    """The page without what is generated."""
    generated = shutil.ignore_patterns("models", "pictures", "vendor")
    shutil.copytree(gallery.EXPORT, folder, ignore=generated)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of export/ with the small models, and a model that cannot be loaded."""
    folder = tmp_path_factory.mktemp("gallery") / "export"
    copy_page(folder)
    try:
        gallery.copy_tfjs(folder)
    except (NodeNotFound, NpmInstallFailed) as error:
        _missing(error)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exported, "EXPORTS", folder / "models")
        export_all()
        _break(folder / "models")
        patch.setattr(gallery, "script", _script)
        gallery.write_indexes(folder, ["tensors", "circle"])
    return folder


def _script(name: str) -> SimpleNamespace:
    """What the gallery takes of a script's module."""
    return SimpleNamespace(
        TITLE=Words(f"Title of {name}", f"{name} 的标题"),
        IDEA=Words(f"Idea of {name}.", f"{name} 的思想。"),
    )


def _break(models: Path) -> None:
    """A model whose files are not a model's, and words that would be HTML if a page let them."""
    card = json.loads((models / "line" / "card.json").read_text("utf-8"))
    card |= {"name": "broken", "title": {"en": "<b>Broken</b>", "zh": "<b>损坏</b>"}}
    (models / "broken").mkdir()
    (models / "broken" / "card.json").write_text(json.dumps(card), encoding="utf-8")
    (models / "broken" / "model.json").write_text('{"nothing": "of use"}', encoding="utf-8")


@pytest.fixture(scope="session")
def cards(site: Path) -> dict[str, dict[str, Any]]:
    """The card of each model."""
    return {
        name: json.loads((site / "models" / name / "card.json").read_text("utf-8"))
        for name in MODELS
    }


@pytest.fixture(scope="session")
def serve() -> Iterator[Callable[[Path], str]]:
    """A function that serves a folder and gives its address."""
    servers = []

    def start(folder: Path) -> str:
        serving = gallery.server(folder, 0)
        servers.append(serving)
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        return f"http://{gallery.HOST}:{serving.server_port}/"

    yield start
    for serving in servers:
        serving.shutdown()
        serving.server_close()


@pytest.fixture(scope="session")
def address(site: Path, serve: Callable[[Path], str]) -> str:
    """Where the gallery is."""
    return serve(site)


class Visitor:
    """A page of the gallery in a fresh browser profile, and all that went wrong on it."""

    def __init__(self, context: Any, address: str) -> None:
        self.address = address
        self.faults: list[str] = []
        self.page = context.new_page()
        self.page.set_default_timeout(WAIT)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("console", self._heard)
        self.page.on("request", self._asked)
        self.page.on("response", self._answered)

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(f"console: {message.text}")

    def _asked(self, request: Any) -> None:
        host = urlsplit(self.address).netloc
        if urlsplit(request.url).netloc != host:
            self.faults.append(f"outside: {request.url}")

    def _answered(self, response: Any) -> None:
        if response.status >= 400:
            self.faults.append(f"{response.status}: {response.url}")

    def overview(self, query: str = "") -> None:
        """Open the page."""
        self.page.goto(f"{self.address}{query}")
        self.page.wait_for_selector("html[data-ready] .card, html[data-ready] .message")

    def open(self, name: str, query: str = "", state: str = "ready") -> None:
        """Open a model, and wait until it is loaded and compared."""
        self.page.goto(f"{self.address}{query}#{name}")
        self.wait(name, state)

    def wait(self, name: str, state: str = "ready") -> None:
        """Wait for a model that is being opened."""
        self.page.wait_for_function(
            """([name, state]) => location.hash === `#${name}`
              && document.querySelector("article")?.dataset.state === state""",
            arg=[name, state],
        )

    def text(self, selector: str) -> str:
        """The text of an element."""
        return self.page.inner_text(selector)

    def choose_backend(self, name: str) -> None:
        """Change the backend, and wait until it runs."""
        self.page.select_option("#backend", name)
        self.page.wait_for_function(
            "name => tf.getBackend() === name && !document.querySelector('#backend').disabled",
            arg=name,
        )


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Callable[..., Visitor]]:
    """A function that begins a visit with a browser's options; faults fail the test at its end."""
    contexts = []
    visitors = []

    def begin(to: str = address, **options: Any) -> Visitor:
        context = chromium.new_context(**{"locale": "en-GB", **options})
        contexts.append(context)
        visitors.append(Visitor(context, to))
        return visitors[-1]

    yield begin
    for context in contexts:
        context.close()
    assert [fault for visitor in visitors for fault in visitor.faults] == []


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    """A visit in English on a desktop."""
    return visit()
