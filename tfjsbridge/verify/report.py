"""What a verification found."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tfjsbridge.verify.compare import Difference
from tfjsbridge.verify.errors import VerificationFailed

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True)
class Row:
    """One output in one place; ``where`` is such as "node/cpu" or "chromium/webgl"."""

    where: str
    difference: Difference


@dataclass(frozen=True)
class Report:
    """The differences of every output in every place where the model ran.

    ``print(report)`` shows a table; so does ``rich.print(report)``, in colour.
    """

    rows: tuple[Row, ...]
    tolerance: float

    @property
    def ok(self) -> bool:
        """True when every output was within the tolerance everywhere."""
        return all(self._passed(row) for row in self.rows)

    @property
    def largest(self) -> float:
        """The largest absolute difference; infinite when a place failed altogether."""
        return max((row.difference.absolute for row in self.rows), default=0.0)

    def raise_for_difference(self) -> None:
        """Do nothing if :attr:`ok`.

        Raises:
            VerificationFailed: lists every output that is over the tolerance, and where.
        """
        failed = [row for row in self.rows if not self._passed(row)]
        if failed:
            raise VerificationFailed(
                f"{len(failed)} of {len(self.rows)} outputs in TensorFlow.js are not within "
                f"{self.tolerance:g} of Python's:\n" + "\n".join(map(_sentence, failed))
            )

    def to_dict(self) -> dict[str, Any]:
        """The report as JSON-able values; differences that are infinite are None."""
        return {
            "ok": self.ok,
            "tolerance": self.tolerance,
            "largest": _finite(self.largest),
            "rows": [
                {
                    "where": row.where,
                    "output": row.difference.name,
                    "shape": list(row.difference.shape),
                    "absolute": _finite(row.difference.absolute),
                    "relative": _finite(row.difference.relative),
                    "error": row.difference.error,
                    "ok": self._passed(row),
                }
                for row in self.rows
            ],
        }

    def __str__(self) -> str:
        from rich.console import Console

        text = io.StringIO()
        Console(file=text, width=100, color_system=None).print(self)
        return text.getvalue().rstrip()

    def __rich__(self) -> Table:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        verdict = "the same" if self.ok else "NOT the same"
        title = f"TensorFlow.js and Python predict {verdict} (tolerance {self.tolerance:g})"
        table = Table("where", "output", "shape", title=title, box=box.SIMPLE)
        table.add_column("absolute", justify="right")
        table.add_column("relative", justify="right")
        table.add_column("", overflow="fold")
        for row in self.rows:
            one = row.difference
            passed = self._passed(row)
            note = Text("ok", "green") if passed else Text(one.error or "over", "red")
            numbers = ("", "") if one.error else (f"{one.absolute:.1e}", f"{one.relative:.1e}")
            # Text: a name or a message with [brackets] is no markup
            table.add_row(row.where, Text(one.name), _shape(one), *numbers, note)
        return table

    def _passed(self, row: Row) -> bool:
        return row.difference.within(self.tolerance)


def _sentence(row: Row) -> str:
    one = row.difference
    found = one.error or f"differs by {one.absolute:.3g} ({one.relative:.3g} relative)"
    return f"  {row.where}, {one.name}: {found}"


def _shape(difference: Difference) -> str:
    return "x".join(map(str, difference.shape))


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
