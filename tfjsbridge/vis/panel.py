"""visor: where pictures are shown.

Follows tfjs-vis/src/visor.ts and src/components/{visor,tabs}.tsx.
"""

from __future__ import annotations

import atexit
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tfjsbridge.options import options_method
from tfjsbridge.report import html
from tfjsbridge.vis import notebook
from tfjsbridge.vis.surfaces import Part, Surface

#: The tab of a surface that names none.
DEFAULT_TAB = "Visor"
#: How often a browser reads the file anew while a training goes on, in seconds.
REFRESH = 2
FILE = "visor.html"

_STYLE = """
nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; border-bottom: 1px solid #ddd;
      padding-bottom: .4rem; }
nav a { color: #0072b2; } nav a[aria-current] { font-weight: 600; color: #222; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; } h4 { font-size: .9rem; margin: .8rem 0 .2rem; }
section.surface { overflow: auto; break-inside: avoid; }
body.fullscreen { max-width: none; }
"""


class Visor:
    """All surfaces with what is drawn to them, and where they are shown. `visor()` gives it.

    Attributes:
      file: the HTML file that a script's pictures go to.
    """

    def __init__(self, file: str | Path = FILE) -> None:
        self.file = Path(file).absolute()
        self._surfaces: dict[tuple[str, str], Surface] = {}
        self._open = True
        self._fullscreen = False
        self._active: str | None = None
        self._told: Path | None = None
        #: What is still to be drawn of trainings that go on.
        self._unfinished: list[Callable[[], object]] = []
        atexit.register(self.finish)

    @options_method
    def surface(
        self, *, name: str, tab: str | None = None, styles: Mapping[str, Any] | None = None
    ) -> Surface:
        """The surface of a name and a tab, made at its first use.

        Args:
          name: its label.
          tab: the heading that it stands below; "Visor" without it.
          styles: its width, height, maxWidth, maxHeight, as CSS; a number is in pixels.

        Raises:
          ValueError: for a name that is no text, an unknown style.
        """
        if not isinstance(name, str):
            raise ValueError(
                "You must pass a config object with a 'name' property to create or retrieve a "
                f"surface: expected a text as the name, got {type(name).__name__} {name!r}."
            )
        tab = DEFAULT_TAB if tab is None else tab
        if (tab, name) not in self._surfaces:
            self._surfaces[tab, name] = Surface(self, name, tab, styles)
        return self._surfaces[tab, name]

    def isOpen(self) -> bool:
        """Whether what is drawn is shown."""
        return self._open

    def open(self) -> None:
        """Show what is drawn, also what was drawn while the visor was closed."""
        if not self._open:
            self._open = True
            self._show_all()

    def close(self) -> None:
        """Show nothing that is drawn from now on, until `open`."""
        self._open = False

    def toggle(self) -> None:
        """Open the visor where it is closed, and close it where it is open."""
        (self.close if self._open else self.open)()

    def isFullscreen(self) -> bool:
        """Whether the file's pictures are as wide as the browser's window."""
        return self._fullscreen

    def toggleFullScreen(self) -> None:
        """Make the file's pictures as wide as the browser's window, or of reading width again."""
        self._fullscreen = not self._fullscreen
        self._write()

    def bindKeys(self) -> None:
        """Nothing. tf.js: the key ~ toggles the visor, which a page of its own does not need."""

    def unbindKeys(self) -> None:
        """Nothing, as `bindKeys`."""

    def setActiveTab(self, tabName: str) -> None:
        """Let a browser that opens the file show this tab first.

        Raises:
          ValueError: for a tab without surfaces.
        """
        if tabName not in self._tabs():
            known = ", ".join(self._tabs()) or "none"
            raise ValueError(f"Tab '{tabName}' does not exist. Tabs: {known}.")
        self._active = tabName
        self._write()

    def show_part(self, part: Part) -> None:
        """Show what was drawn to a surface: in the notebook, else in the file."""
        if not self._open:
            return
        shell = notebook.shell()
        if shell is None:
            self._write()
        else:
            notebook.show(part, shell.execution_count)

    def begin(self, draw: Callable[[], object]) -> None:
        """A training has begun that calls `end` when it is over, or else is drawn at the exit.

        Args:
          draw: draws what is still to be drawn of it.
        """
        self._unfinished.append(draw)

    def end(self, draw: Callable[[], object]) -> None:
        """That training is over."""
        if draw in self._unfinished:
            self._unfinished.remove(draw)
            draw()
            if notebook.shell() is None and self._open:
                self._write()  # for the last time with it: browsers need not look again

    def finish(self) -> None:
        """Draw what is still to be drawn of all trainings, as at the program's exit."""
        for draw in list(self._unfinished):
            self.end(draw)

    def _tabs(self) -> list[str]:
        return list(dict.fromkeys(tab for tab, _ in self._surfaces))

    def _show_all(self) -> None:
        if notebook.shell() is None:
            self._write()
            return
        for surface in self._surfaces.values():
            for part in surface.parts.values():
                self.show_part(part)

    def _write(self) -> None:
        """Write the file, if there is anything to show, and name it once."""
        parts = [part for surface in self._surfaces.values() for part in surface.parts]
        if not parts or not self._open or notebook.shell() is not None:
            return
        self.file.parent.mkdir(parents=True, exist_ok=True)
        html.write_whole(self.file, self._page())
        if self._told != self.file:
            self._told = self.file
            print(f"tf.vis: pictures in {self.file.as_uri()}", file=sys.stderr, flush=True)

    def _page(self) -> str:
        from plotly.offline import get_plotlyjs

        tabs = self._tabs()
        links = "".join(
            f'<a href="#{quote(tab)}"{" aria-current=true" if tab == self._active else ""}>'
            f"{html.text(tab)}</a>"
            for tab in tabs
        )
        sections = "\n".join(
            f'<h2 id="{html.text(tab)}">{html.text(tab)}</h2>\n'
            + "\n".join(_section(s) for (of, _), s in self._surfaces.items() if of == tab)
            for tab in tabs
        )
        body = f"<h1>Visor</h1>\n<nav>{links}</nav>\n{sections}"
        if self._active is not None:
            go = f"if (!location.hash) location.replace('#{quote(self._active)}')"
            body += f"<script>{go}</script>"
        if self._fullscreen:
            body += "<script>document.body.className = 'fullscreen'</script>"
        refresh = f'<meta http-equiv="refresh" content="{REFRESH}">' if self._unfinished else ""
        head = f"{refresh}<style>{_STYLE}</style>\n<script>{get_plotlyjs()}</script>\n"
        return html.document("Visor", body, head)


def _section(surface: Surface) -> str:
    style = f' style="{html.text(surface.css())}"' if surface.styles else ""
    parts = "\n".join(map(_part, surface.parts.values()))
    label = f"<h3>{html.text(surface.label)}</h3>"
    return f'<section class="surface"{style}>{label}\n{parts}</section>'


def _part(part: Part) -> str:
    """The HTML of a picture, whose title the heading above it says already."""
    if part.page is None:
        heading = f"<h4>{html.text(part.heading)}</h4>" if part.heading else ""
        if part.html is None:
            untitled = part.figure.to_dict()
            untitled["layout"].pop("title", None)
            untitled["layout"]["margin"]["t"] = 36  # of a legend
            part.page = heading + html.figure(untitled)
        else:
            part.page = heading + part.html
    return part.page


_visor: Visor | None = None


def visor(file: str | Path | None = None) -> Visor:
    """The visor: all surfaces, and where they are shown. There is one.

    Args:
      file: the HTML file that a script's pictures go to from now on; visor.html in the working
        directory without it. tf.js: has no such argument.
    """
    global _visor
    if _visor is None:
        _visor = Visor(file or FILE)
    elif file is not None:
        _visor.file = Path(file).absolute()
    return _visor
