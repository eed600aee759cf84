"""Words in the two languages of the gallery."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """The same words in English and in Chinese."""

    en: str
    zh: str

    def to_dict(self) -> dict[str, str]:
        """The words by language, for JSON."""
        return {"en": self.en, "zh": self.zh}
