"""Exported models of scripts, as a test wants them: loaded again, not as the script holds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

import tfjsbridge as tf


def predictions(outputs: Path, name: str, xs: Any) -> np.ndarray:
    """What the exported model of a script predicts."""
    model = tf.loadLayersModel(outputs / "models" / name)
    return np.asarray(model.predict(np.asarray(xs, dtype=np.float32)))


def card(outputs: Path, name: str) -> dict[str, Any]:
    """The card of an exported model."""
    return json.loads((outputs / "models" / name / "card.json").read_text(encoding="utf-8"))


def page(outputs: Path, name: str) -> str:
    """The page of a script."""
    return (outputs / "pictures" / f"{name}.html").read_text(encoding="utf-8")
