from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rich

from tfjsbridge.verify import (
    BrowserSession,
    Difference,
    NodeNotFound,
    NodeSession,
    Report,
    Row,
    TfjsError,
    VerificationFailed,
    verify,
)

from .models import Dense, layer, write_dense, write_sequential


class Wrong(Dense):
    def predict(self, x: np.ndarray) -> np.ndarray:
        return super().predict(x) + np.float32([0, 0.01])


def test_an_exported_model_that_predicts_the_same(node: NodeSession, dense: Path) -> None:
    report = verify(Dense(), dense, backends=("cpu", "wasm"))
    assert report.ok
    assert report.largest < 1e-5
    assert [row.where for row in report.rows] == ["node/cpu", "node/wasm"]
    assert [row.difference.name for row in report.rows] == ["y", "y"]
    assert report.rows[0].difference.shape == (8, 2)
    report.raise_for_difference()


def test_one_that_does_not(node: NodeSession, dense: Path) -> None:
    report = verify(Wrong(), dense, inputs=np.zeros((5, 3)))
    assert not report.ok
    assert report.largest == pytest.approx(0.01, rel=1e-3)
    with pytest.raises(VerificationFailed, match=r"1 of 1 .*\n  node/cpu, y: differs by 0.01"):
        report.raise_for_difference()
    assert verify(Wrong(), dense, tolerance=0.02).ok


def test_in_the_browser(browser: BrowserSession, dense: Path) -> None:
    report = verify(Dense(), dense, backends=(), browser=True)
    assert report.ok
    places = [f"chromium/{name}" for name in ("cpu", "webgl", "wasm", "webgpu")]
    assert [row.where for row in report.rows] == places


def test_a_model_that_tfjs_cannot_load_is_a_row_per_place(
    node: NodeSession, tmp_path: Path
) -> None:
    write_sequential(tmp_path, [layer("Unheard", name="u")], {"u/w": np.zeros(1, np.float32)})
    report = verify(Dense(), tmp_path, browser=["webgl"])
    assert not report.ok
    assert [row.where for row in report.rows] == ["node/cpu", "chromium/webgl"]
    assert "Unknown layer: Unheard" in str(report.rows[0].difference.error)


def test_a_backend_that_cannot_run_the_model_is_a_row(
    node: NodeSession, dense: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real_predict = NodeSession.predict

    def predict(self: NodeSession, *args: Any, backend: str) -> list[np.ndarray]:
        if backend == "wasm":
            raise TfjsError("Kernel 'Einsum' not registered for backend 'wasm'")
        return real_predict(self, *args, backend=backend)

    monkeypatch.setattr(NodeSession, "predict", predict)
    report = verify(Dense(), dense, backends=("wasm", "cpu"))
    assert [row.difference.within(1e-4) for row in report.rows] == [False, True]
    assert "Einsum" in str(report.rows[0].difference.error)


def test_no_node_is_an_exception(dense: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TFJSBRIDGE_NODE", "/no/such/node")
    with pytest.raises(NodeNotFound):
        verify(Dense(), dense)


def test_no_exported_model(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no directory"):
        verify(Dense(), tmp_path / "nothing")
    (tmp_path / "model.keras").touch()
    with pytest.raises(FileNotFoundError, match=r"no model.json in .*but: model.keras"):
        verify(Dense(), tmp_path)


def test_weights_of_the_wrong_size_are_found_before_tfjs(tmp_path: Path) -> None:
    (write_dense(tmp_path) / "weights.bin").write_bytes(b"1234")
    with pytest.raises(Exception, match=r"weights\.bin"):
        verify(Dense(), tmp_path)


def test_unknown_backends(dense: Path) -> None:
    with pytest.raises(ValueError, match=r"backends=\['webgl'\]: expected any of cpu, wasm"):
        verify(Dense(), dense, backends=("webgl",))
    with pytest.raises(ValueError, match=r"browser=\['metal'\]: expected any of cpu, webgl"):
        verify(Dense(), dense, browser=("metal",))
    with pytest.raises(ValueError, match="at least one"):
        verify(Dense(), dense, backends=())


def test_the_report_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    rows = (
        Row("node/cpu", Difference("y[0]", (8, 2), 1e-7, 2e-7)),
        Row("node/wasm", Difference.failed("(model)", "no kernel [x]")),
    )
    report = Report(rows, tolerance=1e-4)
    text = str(report)
    for part in ("NOT the same", "node/cpu", "y[0]", "8x2", "1.0e-07", "ok", "no kernel [x]"):
        assert part in text
    assert "\x1b" not in text
    rich.print(report)
    assert "node/wasm" in capsys.readouterr().out
    values = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert values["ok"] is False
    assert values["largest"] is None
    assert [row["ok"] for row in values["rows"]] == [True, False]
    assert values["rows"][0]["absolute"] == 1e-7
