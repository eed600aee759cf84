"""Whether a browser says of an exported model what Python said when it was exported."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from tfjsbridge.verify import BrowserSession

BACKENDS = ("cpu", "webgl", "wasm", "webgpu")


def assert_predicts_as_python(browser: BrowserSession, folder: Path) -> None:
    """Load a model in Chromium on each backend, and compare with the predictions of its card."""
    card = json.loads((folder / "card.json").read_text("utf-8"))
    inputs = np.asarray(card["inputs"], np.float32)
    for backend in BACKENDS:
        (found,) = browser.predict(folder, [inputs], backend=backend)
        np.testing.assert_allclose(
            found, card["predictions"], rtol=0, atol=1e-4, err_msg=f"{folder.name} on {backend}"
        )
