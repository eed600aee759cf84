"""What all reports have: tables for the terminal and the notebook, and a dict."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table as RichTable


@dataclass(frozen=True)
class Table:
    """A part of a report.

    Attributes:
      title: stands above it.
      headings: of the columns; all empty for none.
      rows: of texts and numbers.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Any]]


class Report:
    """The numbers of a report by name, and what shows them."""

    def to_dict(self) -> dict[str, Any]:
        """The numbers by name, of plain Python, for JSON: what is not finite is None."""
        raise NotImplementedError

    def tables(self) -> list[Table]:
        """What the terminal and the notebook show."""
        raise NotImplementedError

    def plot(self) -> Any:
        """The report as a plotly figure.

        Raises:
          ImportError: without the pictures extra.
        """
        raise NotImplementedError

    def __str__(self) -> str:
        console = Console(width=100)
        with console.capture() as captured:
            for number, table in enumerate(self.tables()):
                if number:
                    console.print()
                console.print(table.title, style="bold", highlight=False, markup=False)
                console.print(_rich(table))
        lines = captured.get().splitlines()
        return "\n".join(line.rstrip() for line in lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return "\n".join(map(_html, self.tables()))


def shown(value: Any) -> str:
    """A cell: whole numbers as they are, others with four digits behind the point."""
    if isinstance(value, (float, np.floating)):
        number = float(value)
        if math.isnan(number):
            return "n/a"
        if number.is_integer() and abs(number) >= 1e4:
            return f"{number:,.0f}"
        return f"{number:.4f}" if 1e-3 <= abs(number) < 1e6 or number == 0 else f"{number:.4g}"
    return f"{value:,}" if isinstance(value, (int, np.integer)) else str(value)


def count(value: float) -> int | float:
    """A number of examples: whole, but where they have weights."""
    return int(value) if float(value).is_integer() else float(value)


def plain(value: Any) -> Any:
    """NumPy's numbers and arrays as Python's, and what is not finite as None."""
    if isinstance(value, dict):
        return {str(plain(key)): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _rich(table: Table) -> RichTable:
    result = RichTable(box=None, pad_edge=False, show_header=any(table.headings))
    for number, heading in enumerate(table.headings):
        result.add_column(heading, justify="right" if number else "left", header_style="")
    for row in table.rows:
        result.add_row(*map(shown, row))
    return result


def _html(table: Table) -> str:
    def cells(tag: str, values: Sequence[Any]) -> str:
        made = [
            f'<{tag} style="text-align: {"right" if number else "left"}">'
            f"{html.escape(shown(value))}</{tag}>"
            for number, value in enumerate(values)
        ]
        return f"<tr>{''.join(made)}</tr>"

    head = f"<thead>{cells('th', table.headings)}</thead>" if any(table.headings) else ""
    body = "".join(cells("td", row) for row in table.rows)
    caption = f'<caption style="text-align: left"><b>{html.escape(table.title)}</b></caption>'
    return f"<table>{caption}{head}<tbody>{body}</tbody></table>"
