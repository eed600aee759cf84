"""The page of pictures that each script writes: export/pictures/NAME.html, and a PNG of it.

The page needs no network: plotly's code lies beside it, one file for all pages. The PNG is made
where there is a Chromium or Chrome for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from models.words import Words
from tfjsbridge.report import html

PICTURES = Path(__file__).parent.parent / "export" / "pictures"


class Page:
    """A page that grows from the top down.

    Args:
      name: of the script, and of the files.
      title: the heading.
      idea: a sentence or two below it: what the notes explain with this.
    """

    def __init__(self, name: str, title: Words, idea: Words) -> None:
        self.name = name
        self.title = title
        self._parts = [
            f"<h1>{html.text(title.en)}</h1>",
            f'<p class="note">{html.text(idea.en)}</p>',
        ]

    def heading(self, text: str) -> None:
        """A heading of a part."""
        self._parts.append(f"<h2>{html.text(text)}</h2>")

    def text(self, text: str) -> None:
        """A paragraph."""
        self._parts.append(f"<p>{html.text(text)}</p>")

    def figure(self, figure: Any, caption: str = "") -> None:
        """A plotly figure, as wide as the page.

        Args:
          figure: the figure.
          caption: what to see in it.
        """
        self._parts.append(html.figure(figure, caption))

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """A table of texts and numbers."""
        self._parts.append(html.table(headings, rows))

    def printed(self, text: str) -> None:
        """What a program prints, character for character."""
        self._parts.append(f"<pre>{html.text(text)}</pre>")

    def write(self) -> Path:
        """Write the page, plotly's code beside it, and the PNG where a browser is there.

        Returns:
          The HTML file.
        """
        from plotly.offline import get_plotlyjs

        PICTURES.mkdir(parents=True, exist_ok=True)
        code = PICTURES / "plotly.min.js"
        if not code.exists():
            html.write_whole(code, get_plotlyjs())
        path = PICTURES / f"{self.name}.html"
        head = '<script src="plotly.min.js"></script>'
        html.write_whole(path, html.document(self.title.en, "\n".join(self._parts), head))
        screenshot(path, path.with_suffix(".png"))
        return path


def screenshot(page: Path, png: Path, width: int = 1000) -> bool:
    """A picture of a whole HTML file, as a browser shows it.

    Args:
      page: the HTML file.
      png: where the picture goes.
      width: of the window, in pixels.

    Returns:
      False where there is no browser to make it, or it does not answer.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        return False
    from tfjsbridge.verify.browser import chromium_executable

    executable = chromium_executable()
    if executable is None:
        return False

    def take() -> bool:
        with sync_playwright() as playwright:
            # Pictures in 3D need WebGL, which a machine without a screen computes itself.
            flags = [
                *("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"),
                "--disable-gpu-compositing",  # the rest of the page is drawn sooner without
            ]
            browser = playwright.chromium.launch(executable_path=executable, args=flags)
            opened = browser.new_page(viewport={"width": width, "height": 800})
            try:
                opened.goto(page.resolve().as_uri(), timeout=60_000)
                opened.wait_for_timeout(300)  # plotly draws after the page has loaded
                opened.screenshot(path=png, full_page=True, timeout=60_000)
            except Error as error:
                print(f"No picture of {page.name}: {error.message}", file=sys.stderr)
                return False
            finally:
                browser.close()
        return True

    # In a thread of its own, as Playwright does not run beside an event loop, such as a notebook's.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(take).result()
