"""TensorFlow.js in a real headless Chromium, which sees one model's files and nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import mimetypes
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import numpy as np

from tfjsbridge.verify.background import BackgroundLoop
from tfjsbridge.verify.errors import BrowserNotFound, TfjsError, TfjsTimeout
from tfjsbridge.verify.node import answer_or_error
from tfjsbridge.verify.npm import JS, tfjs_packages
from tfjsbridge.verify.tensors import decode_tensor, encode_tensor

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page, Playwright, Route

BACKENDS = ("cpu", "webgl", "wasm", "webgpu")

# WebGPU needs a secure context, which localhost is. No server listens: the pages' requests are
# answered before they reach any network.
_HOST = "localhost"
_PATH_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_REMEDY = (
    "Install Chromium or Chrome, or run `playwright install chromium`, or set TFJSBRIDGE_CHROMIUM "
    "to the program."
)
_FLAGS = [
    # SwiftShader computes WebGL and WebGPU on the CPU: there is no GPU to depend on.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--enable-unsafe-webgpu",
    "--use-webgpu-adapter=swiftshader",
    "--enable-features=Vulkan",
    # What is no WebGL or WebGPU is drawn sooner without a GPU that is computed.
    "--disable-gpu-compositing",
    # Chromium's own traffic, which interception does not see.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


def chromium_executable() -> Path | None:
    """``TFJSBRIDGE_CHROMIUM``, else Chromium or Chrome on PATH, else None.

    Raises:
        BrowserNotFound: ``TFJSBRIDGE_CHROMIUM`` is not a program.
    """
    if chosen := os.environ.get("TFJSBRIDGE_CHROMIUM"):
        if path := shutil.which(chosen):
            return Path(path)
        raise BrowserNotFound(f"TFJSBRIDGE_CHROMIUM is {chosen!r}, not a program. {_REMEDY}")
    paths = filter(None, map(shutil.which, _PATH_NAMES))
    return next(map(Path, paths), None)


class BrowserSession:
    """Runs models in TensorFlow.js in Chromium. A context manager; starts at the first prediction.

    A model is loaded over HTTP as by any web page. TensorFlow.js is loaded once, and again after an
    error. Any request that is not for it or for the model's own files is blocked.
    """

    def __init__(self, *, timeout: float = 120.0) -> None:
        self.timeout = timeout
        self._loop: BackgroundLoop | None = None
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self._page: _Page | None = None

    def predict(
        self, directory: str | Path, inputs: Sequence[np.ndarray], backend: str = "webgl"
    ) -> list[np.ndarray]:
        """Load the model in ``directory`` and predict.

        Args:
            directory: where ``model.json`` and its weights are.
            inputs: one array per input, batch first, in the order of tf.js's ``model.inputs``.
            backend: cpu, webgl, wasm or webgpu.

        Returns:
            One array per output, of dtype float32, int32 or bool.

        Raises:
            BrowserNotFound: there is no browser to start, or no playwright to start it with.
            NodeNotFound, NpmInstallFailed: TensorFlow.js cannot be installed.
            TfjsTimeout: there was no answer within ``timeout`` seconds.
            TfjsError: tf.js throws, or runs on another backend than the one asked for.
        """
        request = {
            "backend": backend,
            "inputs": [encode_tensor(np.asarray(array)) for array in inputs],
        }
        roots = {"page": JS, "packages": tfjs_packages() / "node_modules", "model": Path(directory)}
        if self._loop is None:
            self._start()
        assert self._loop is not None
        try:
            answer = self._loop.run(self._answer(request, roots), self.timeout)
        except asyncio.TimeoutError:
            self.close()
            raise TfjsTimeout(
                f"TensorFlow.js in Chromium ({backend}) gave no answer within {self.timeout:g} s "
                "and was stopped. Use a smaller batch, or a session with a longer timeout."
            ) from None
        except BaseException:  # Ctrl-C, a crashed browser: the next prediction starts another
            self.close()
            raise
        return [decode_tensor(tensor) for tensor in answer_or_error(*answer)]

    def close(self) -> None:
        """End the browser, if there is one. The session starts another when it is used again."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.run(self._stop())
            loop.close()

    def __enter__(self) -> BrowserSession:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _start(self) -> None:
        try:
            import playwright.async_api  # noqa: F401
        except ImportError:
            raise BrowserNotFound(
                "The browser is driven by playwright, which is not installed: "
                'pip install "tfjsbridge[verify]"'
            ) from None
        executable = chromium_executable()
        self._loop = BackgroundLoop()
        try:
            self._loop.run(self._launch(executable), self.timeout)
        except BaseException:
            self.close()
            raise

    async def _launch(self, executable: Path | None) -> None:
        from playwright.async_api import Error, async_playwright

        self._playwright = await async_playwright().start()
        chromium = self._playwright.chromium
        executable = executable or Path(chromium.executable_path)  # playwright's own, if installed
        if not executable.exists():
            raise BrowserNotFound(f"There is no Chromium on this machine. {_REMEDY}")
        try:
            # Playwright adds --no-sandbox, without which Chromium does not start as root.
            self._browser = await chromium.launch(executable_path=executable, args=_FLAGS)
        except Error as error:
            raise BrowserNotFound(f"{executable} does not start: {error.message}") from None

    async def _stop(self) -> None:
        from playwright.async_api import Error

        browser, self._browser, self._page = self._browser, None, None
        playwright, self._playwright = self._playwright, None
        if browser is not None:
            with contextlib.suppress(Error):  # it crashed
                await browser.close()
        if playwright is not None:
            await playwright.stop()

    async def _answer(
        self, request: dict[str, Any], roots: dict[str, Path]
    ) -> tuple[dict[str, Any], str]:
        """JavaScript's answer, and what else the browser had to say, for an error message."""
        from playwright.async_api import Error

        assert self._browser is not None
        page, self._page = self._page, None
        if page is None:
            page = _Page(await self._browser.new_page())
        try:
            answer = await page.answer(request, roots)
        except Error as error:
            context = _context(page.said)
            await page.page.close()
            raise TfjsError(f"Chromium: {error.message}{context}") from None
        if "error" in answer:
            await page.page.close()
        else:
            self._page = page
        return answer, _context(page.said)


class _Page:
    """A page with TensorFlow.js, for one model after the other.

    Attributes:
        said: what it had to say of the last model.
    """

    def __init__(self, page: Page):
        self.page = page
        self.said: list[str] = []
        self._roots: dict[str, Path] = {}

    async def answer(self, request: dict[str, Any], roots: dict[str, Path]) -> Any:
        """What `predict` in page.js answers."""
        self.said.clear()
        before, self._roots = self._roots, roots
        if not before:
            _listen(self.page, self.said)
            await self.page.route("**/*", lambda route: _serve(route, self._roots, self.said))
        if {**before, "model": None} != {**roots, "model": None}:
            await self.page.goto(f"http://{_HOST}/page/page.html")
        return await self.page.evaluate("request => predict(request)", request)


def _listen(page: Page, said: list[str]) -> None:
    page.on("pageerror", lambda error: said.append(f"page error: {error.message}"))
    page.on(
        "console",
        lambda message: said.append(message.text) if message.type == "error" else None,
    )


def _context(said: list[str]) -> str:
    return "".join(f"\n  {line}" for line in ["The browser's console:", *said]) if said else ""


async def _serve(route: Route, roots: dict[str, Path], said: list[str]) -> None:
    """Answer a request with a file below one of the roots: /<root>/<path>."""
    url = urlsplit(route.request.url)
    if url.scheme != "http" or url.netloc != _HOST:
        said.append(f"blocked: {route.request.url}")
        await route.abort("blockedbyclient")
        return
    root, _, name = unquote(url.path).lstrip("/").partition("/")
    file = requested_file(roots, root, name)
    if file is None:
        said.append(f"no such file: {url.path}")
        await route.fulfill(status=404)
        return
    content_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if file.suffix == ".wasm":  # not in every system's table, and WebAssembly insists on it
        content_type = "application/wasm"
    await route.fulfill(body=file.read_bytes(), content_type=content_type)


def requested_file(roots: dict[str, Path], root: str, name: str) -> Path | None:
    """The file ``name`` below ``roots[root]``, or None: also when the path leads out of there."""
    if root not in roots:
        return None
    folder = roots[root].resolve()
    file = (folder / name).resolve()
    return file if file.is_relative_to(folder) and file.is_file() else None
