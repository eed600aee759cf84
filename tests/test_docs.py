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
    written = (ROOT / name).read_text()
    assert written == generate.TABLES[name](), "run: make docs"


def run_programs(page: str, directory: Path) -> str:
    """What the Python programs of a page print, one after the other."""
    programs = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    assert programs
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(programs)], cwd=directory, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_readmes_python_programs_run(tmp_path: Path) -> None:
    assert "Tensor" in run_programs("README.md", tmp_path)
    assert (tmp_path / "export" / "models" / "circle" / "model.json").exists()


def test_the_programs_of_the_mirror_run(tmp_path: Path) -> None:
    printed = run_programs("docs/mirror.md", tmp_path)
    assert "[6, 14]" in printed
    assert "[2, 4, 6]" in printed
    assert printed.endswith("1\nScaled\n")


def test_the_programs_with_scikit_learn_run(tmp_path: Path) -> None:
    printed = run_programs("docs/scikit-learn.md", tmp_path)
    assert (tmp_path / "web" / "model" / "model.json").exists()
    # The report that the page shows is the one that its program prints, but for its numbers.
    page = (ROOT / "docs" / "scikit-learn.md").read_text()
    [shown] = re.findall(r"```\n(Confusion.*?)```", page, re.DOTALL)
    for line in shown.splitlines():
        assert re.sub(r" *[\d.]+( *[\d.]+)?$", "", line) in printed


def test_the_programs_with_tfjs_vis_run(tmp_path: Path) -> None:
    assert run_programs("docs/vis.md", tmp_path) == "True\n"
    for name in ("visor.html", "pictures/visor.html"):
        assert "Plotly.newPlot" in (tmp_path / name).read_text("utf-8")


def test_the_programs_with_pictures_run(tmp_path: Path) -> None:
    assert run_programs("docs/pictures.md", tmp_path) == "[0, 1, 2, 3] 500\n"
    for name in ("plane.html", "loss.html"):
        assert "Plotly.newPlot" in (tmp_path / name).read_text("utf-8")


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
