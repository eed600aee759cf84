"""Parts of a page of pictures, as HTML that needs no network and no other file."""

from __future__ import annotations

import html
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff;
       max-width: 60rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
figure { margin: 0; } figcaption, .note { color: #555; max-width: 46rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .8rem; text-align: right; border-bottom: 1px solid #ddd; }
th:first-child, td:first-child { text-align: left; }
pre { background: #f5f5f5; padding: .8rem; overflow-x: auto; line-height: 1.35; }
"""


def text(value: Any) -> str:
    """A value as text of a page: a float with four digits, anything else as `str` writes it."""
    return html.escape(f"{value:.4g}" if isinstance(value, float) else str(value))


def figure(picture: Any, caption: str = "") -> str:
    """A plotly figure, as wide as the page; the page has plotly's code.

    Args:
      picture: the figure, or its dict.
      caption: what to see in it.
    """
    from plotly.io import to_html

    config = {"responsive": True, "displaylogo": False}
    # A figure with a slider stands still until someone plays it.
    body = to_html(
        picture, config, auto_play=False, full_html=False, include_plotlyjs=False, validate=False
    )
    said = f"<figcaption>{text(caption)}</figcaption>" if caption else ""
    return f"<figure>{body}{said}</figure>"


def table(headings: Sequence[Any], rows: Sequence[Sequence[Any]]) -> str:
    """A table of texts and numbers; on a narrow screen it is moved sideways."""
    head = "".join(f"<th>{text(cell)}</th>" for cell in headings)
    body = "".join(f"<tr>{''.join(f'<td>{text(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def document(title: str, body: str, head: str = "") -> str:
    """A whole page.

    Args:
      title: the window's.
      body: HTML.
      head: more HTML of the head: plotly's code, more style.
    """
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{STYLE}</style>\n"
        f"{head}</head><body>\n{body}\n</body></html>\n"
    )


def write_whole(path: Path, content: str) -> None:
    """Write a file so that whoever reads it sees the old one or the new one, never a part."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
        file.write(content)
    Path(file.name).chmod(0o644)
    Path(file.name).replace(path)
