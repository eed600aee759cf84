"""Pictures in a notebook: below the cell that draws them, and in place when drawn anew."""

from __future__ import annotations

import itertools
import sys
from typing import Any

from tfjsbridge.vis.surfaces import Part

_ids = itertools.count()


def shell() -> Any | None:
    """IPython's shell where this program runs in a notebook (Jupyter, VS Code, Colab)."""
    if "IPython" not in sys.modules:
        return None
    from IPython import get_ipython

    found = get_ipython()
    return found if hasattr(found, "kernel") else None


def show(part: Part, cell: int) -> None:
    """Show a part below the cell that runs, or in place of what this cell showed of it.

    Args:
      part: the picture or table.
      cell: the number of the cell that runs.
    """
    from IPython.display import display

    bundle = {"text/html": part.html} if part.html else part.figure._repr_mimebundle_()
    if not bundle:  # plotly shows figures elsewhere, as in a window of its own
        part.figure.show()
        return
    if part.figure is not None:
        _silence(part.figure, cell)
    again = part.shown is not None and part.shown[0] == cell
    name = part.shown[1] if part.shown and again else f"tfjsbridge-vis-{next(_ids)}"
    display(bundle, raw=True, display_id=name, update=again)
    part.shown = (cell, name)


def _silence(figure: Any, cell: int) -> None:
    """Let the cell that shows a figure not show it once more as its last value."""
    shown = figure._ipython_display_

    def display() -> None:
        running = shell()
        if running is None or running.execution_count != cell:
            shown()

    figure._ipython_display_ = display
