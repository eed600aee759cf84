"""What docs/converter.md shows of layers of one's own, graph-models and quantization runs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "converter.md"
SECTIONS = ("A layer of your own", "A graph-model in Python", "How much quantization costs")


def test_the_programs_run(tmp_path: Path) -> None:
    # Others show calls alone, of a model that is not made there.
    sections = PAGE.read_text().split("\n## ")
    shown = "".join(each for each in sections if each.startswith(SECTIONS))
    programs = re.findall(r"```python\n(.*?)```", shown, re.DOTALL)
    assert len(programs) == 3
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(programs)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Tensor" in done.stdout
    assert "uint8" in done.stdout
