"""The list of scripts: each is there, says what it is, and keeps its promises (in its own test)."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.catalogue import SCRIPTS, script
from models.outcome import Bound
from models.words import Words

HERE = Path(__file__).parent


@pytest.mark.parametrize("name", SCRIPTS)
def test_says_what_it_is_and_promises(name: str) -> None:
    module = script(name)
    assert f"Run it: python models/{name}.py" in module.__doc__
    assert isinstance(module.TITLE, Words)
    assert isinstance(module.IDEA, Words)
    for words in (module.TITLE, module.IDEA):
        assert words.en
        assert any("\u4e00" <= letter <= "\u9fff" for letter in words.zh)
    assert module.REACHES
    assert all(isinstance(bound, Bound) for bound in module.REACHES.values())


@pytest.mark.parametrize("name", SCRIPTS)
def test_has_a_test_that_holds_it_to_its_promises(name: str) -> None:
    text = (HERE / f"test_{name}.py").read_text()
    assert f'run_script("{name}")' in text
    assert ".missed == []" in text


def test_no_script_is_forgotten() -> None:
    files = Path(script("circle").__file__).parent.glob("*.py")
    written = {file.stem for file in files if "REACHES = " in file.read_text()}
    assert written == set(SCRIPTS)
