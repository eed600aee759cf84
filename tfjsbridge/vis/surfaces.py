"""Surface: a named place of the visor that pictures are drawn to.

Follows tfjs-vis/src/components/surface.tsx, src/types.ts and src/render/render_utils.ts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfjsbridge.errors import unknown_name

if TYPE_CHECKING:
    from tfjsbridge.vis.panel import Visor

#: tf.vis's styles of a surface, as CSS names them.
_STYLES = {
    "width": "width",
    "height": "height",
    "maxWidth": "max-width",
    "maxHeight": "max-height",
}


@dataclass
class Part:
    """What is drawn to a surface: one picture or table of perhaps several.

    Attributes:
      figure: the plotly figure.
      html: what pages and notebooks show in its place, as of a table.
      heading: stands above it; "" for none.
      page: the HTML of it in the visor's file, made at the first writing.
      shown: the notebook's cell and the display that show it, where one does.
    """

    figure: Any
    html: str | None = None
    heading: str = ""
    page: str | None = None
    shown: tuple[int, str] | None = None


class Surface:
    """A named place of the visor; draw to it again and the new picture takes the old one's place.

    Attributes:
      label: its name.
      tab: the visor's heading that it stands below.
      styles: its width, height, maxWidth, maxHeight, as CSS; a number is in pixels.
      parts: what is drawn to it, by name; a single picture's name is "".
    """

    def __init__(self, visor: Visor, name: str, tab: str, styles: Mapping[str, Any] | None) -> None:
        for style in styles or {}:
            if style not in _STYLES:
                raise unknown_name("style of a surface", style, _STYLES)
        self.label = name
        self.tab = tab
        self.styles = dict(styles or {})
        self.parts: dict[str, Part] = {}
        self._visor = visor

    @property
    def container(self) -> Surface:
        """tf.js: the HTML element of the surface. Here the surface, which may be drawn to."""
        return self

    @property
    def drawArea(self) -> Surface:
        """tf.js: the HTML element below its label. Here the surface, which may be drawn to."""
        return self

    def css(self) -> str:
        """The styles as CSS."""
        sizes = {
            _STYLES[name]: f"{value}px" if isinstance(value, (int, float)) else str(value)
            for name, value in self.styles.items()
        }
        return "; ".join(f"{name}: {value}" for name, value in sizes.items())

    def draw(self, figure: Any, html: str | None = None, part: str = "", heading: str = "") -> Any:
        """Draw a figure of your own, or anew what was drawn.

        Args:
          figure: a plotly figure.
          html: what pages and notebooks show in its place.
          part: which picture of the surface it is; "" is the only one.
          heading: stands above it.

        Returns:
          The figure.
        """
        if part == "":
            self.parts = {name: old for name, old in self.parts.items() if name == ""}
        else:
            self.parts.pop("", None)
        old = self.parts.get(part)
        self.parts[part] = Part(figure, html, heading, shown=old.shown if old else None)
        self._visor.show_part(self.parts[part])
        return figure

    def __repr__(self) -> str:
        return f"Surface(name={self.label!r}, tab={self.tab!r})"


class _Nowhere(Surface):
    """Takes drawings and shows none: only the figure is wanted."""

    def __init__(self) -> None:
        self.label = ""
        self.parts = {}

    def draw(self, figure: Any, html: str | None = None, part: str = "", heading: str = "") -> Any:
        return figure


def surface_of(container: Any) -> Surface:
    """The surface that a container means.

    Args:
      container: {"name": ..., "tab": ..., "styles": ...}, the name alone, a Surface, a dict with a
        Surface as its "drawArea", or None: nothing is shown then.

    Raises:
      TypeError: for anything else.
    """
    from tfjsbridge.vis.panel import visor

    if container is None:
        return _Nowhere()
    if isinstance(container, Surface):
        return container
    if isinstance(container, str):
        return visor().surface(name=container)
    if isinstance(container, Mapping) and isinstance(container.get("drawArea"), Surface):
        return container["drawArea"]
    if isinstance(container, Mapping):
        return visor().surface(dict(container))
    raise TypeError(
        "Not a drawable: expected a container as {'name': 'Loss', 'tab': 'Training'}, a name, a "
        f"surface or None, got {type(container).__name__} {container!r}."
    )
