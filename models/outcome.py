"""What a script reaches: figures, and the bounds that it promises them to be within."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.exported import Exported


@dataclass(frozen=True)
class Bound:
    """A limit of a figure, and the side of it to be on."""

    word: str
    limit: float

    def holds(self, value: float) -> bool:
        """Whether a figure is within the bound; NaN never is."""
        return {"at least": operator.ge, "at most": operator.le}[self.word](value, self.limit)

    def __str__(self) -> str:
        return f"{self.word} {self.limit:g}"


def at_least(limit: float) -> Bound:
    """A figure that must not be smaller."""
    return Bound("at least", limit)


def at_most(limit: float) -> Bound:
    """A figure that must not be larger."""
    return Bound("at most", limit)


@dataclass(frozen=True)
class Outcome:
    """What a script has made.

    Attributes:
      name: the script's.
      figures: what it promises something of, by name, as it came out.
      reaches: the bound of each.
      page: the HTML file with the pictures.
      exported: the models that were exported, none for a script without one.
    """

    name: str
    figures: Mapping[str, float]
    reaches: Mapping[str, Bound]
    page: Path
    exported: tuple[Exported, ...] = field(default=())

    def __post_init__(self) -> None:
        if set(self.figures) != set(self.reaches):
            raise ValueError(
                f"{self.name} promises {sorted(self.reaches)}, but reports {sorted(self.figures)}."
            )

    @property
    def missed(self) -> list[str]:
        """The promises that were not kept, in words."""
        return [
            f"{self.name}: {name} is {value:g}, but should be {self.reaches[name]}"
            for name, value in self.figures.items()
            if not self.reaches[name].holds(value)
        ]
