"""What every model does once it is trained: the checks, the card, the table."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import tfjsbridge as tf
from models import exported
from models.exported import Card, finish, print_table
from models.words import Words
from tfjsbridge.verify import NodeSession

XS = np.linspace(-1, 1, 9, dtype=np.float32)[:, np.newaxis]
YS = 2 * XS
CARD = Card("line", Words("Line", "线"), Words("idea", "想法"), batchSize=3, rows=5)


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(exported, "EXPORTS", tmp_path)
    return tmp_path


def trained() -> tf.Sequential:
    model = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[1])])
    model.compile(optimizer="adam", loss="meanSquaredError", metrics=["mae"])
    model.fit(XS, YS, epochs=2, verbose=0)
    return model


def mean_absolute_error(y: np.ndarray, p: np.ndarray) -> float:
    return float(np.abs(y - p).mean())


def test_a_metric_that_is_not_scikit_learns_is_an_error(exports: Path) -> None:
    with pytest.raises(AssertionError, match=r"scikit-learn computes -1\.0"):
        finish("line", trained(), XS, YS, "mae", lambda y, p: -1.0, CARD)
    assert list(exports.iterdir()) == []


def test_the_card_has_rows_with_the_predictions_that_python_makes(
    exports: Path, node: NodeSession
) -> None:
    model = trained()
    made = finish("line", model, XS, YS, "mae", mean_absolute_error, CARD)
    card = json.loads((exports / "line" / "card.json").read_text())
    assert card["title"] == {"en": "Line", "zh": "线"}
    assert card["inputs"] == XS[::2].tolist()
    assert card["targets"] == YS[::2].tolist()
    theirs = node.predict(exports / "line", [XS[::2]])[0]
    np.testing.assert_allclose(card["predictions"], theirs, rtol=1e-5)
    assert json.loads((exports / "index.json").read_text()) == ["line"]
    assert made.size == sum(file.stat().st_size for file in made.files)
    assert "card.json" not in [file.name for file in made.files]


def test_the_page_goes_on_training_where_python_stopped(exports: Path, node: NodeSession) -> None:
    model = trained()
    finish("line", model, XS, YS, "mae", mean_absolute_error, CARD)
    artifacts = json.loads((exports / "line" / "model.json").read_text())
    assert artifacts["trainingConfig"]["optimizer_config"]["class_name"] == "Adam"
    names = [w["name"] for group in artifacts["weightsManifest"] for w in group["weights"]]
    assert any("/m" in name or name.endswith("/0") for name in names), names


def test_the_table_names_every_model(exports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = finish("line", trained(), XS, YS, "mae", mean_absolute_error, CARD)
    print_table([made])
    printed = capsys.readouterr().out
    assert "line" in printed
    assert f"{made.size:,}" in printed
