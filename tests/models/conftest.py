"""Scripts write where the tests say, not into export/."""

from __future__ import annotations

from pathlib import Path

import pytest

from models import datasets, exported, page
from models.catalogue import script
from models.outcome import Outcome
from tests.models.chromium import assert_predicts_as_python
from tfjsbridge.verify import BrowserSession


@pytest.fixture(scope="session")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that has the place of export/ in the tests: models/ and pictures/ below it."""
    return tmp_path_factory.mktemp("export")


_RUN: dict[str, Outcome] = {}


@pytest.fixture(scope="session")
def run_script(outputs: Path, browser: BrowserSession):
    """A function that runs a script once, however many tests ask, and gives its outcome.

    What the script exports must predict the same in Chromium, on all four backends.
    """

    def run(name: str) -> Outcome:
        if name not in _RUN:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(exported, "EXPORTS", outputs / "models")
                patch.setattr(page, "PICTURES", outputs / "pictures")
                # No network: its data would be another one tomorrow.
                patch.setattr(datasets, "asked", lambda *_: None)
                outcome = script(name).main(0)
            for model in outcome.exported:
                assert_predicts_as_python(browser, outputs / "models" / model.name)
            _RUN[name] = outcome
        return _RUN[name]

    return run
