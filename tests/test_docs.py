"""The docs say what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs import generate

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("name", generate.TABLES)
def test_the_tables_are_up_to_date(name: str) -> None:
    written = (ROOT / "docs" / name).read_text()
    assert written == generate.TABLES[name](), "run: make docs"


def test_the_readmes_python_programs_run(tmp_path: Path) -> None:
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    assert programs
    program = "\n".join(programs)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "Tensor" in done.stdout
    assert (tmp_path / "export" / "models" / "circle" / "model.json").exists()


def test_the_readmes_links_lead_somewhere() -> None:
    for path in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text()):
            if "://" not in link:
                assert (path.parent / link).exists(), f"{path.name}: {link}"


def test_no_module_hides_a_function_of_the_same_name() -> None:
    # Importing tfjsbridge.x sets the attribute x of the package to the module.
    import tfjsbridge as tf

    modules = {path.stem for path in (ROOT / "tfjsbridge").iterdir()}
    for name in tf.__all__:
        if name in modules:
            assert type(getattr(tf, name)).__name__ == "module", name
