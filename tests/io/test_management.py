"""Copy, move, remove and list models; routers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.io import handlers
from tfjsbridge.verify import NodeSession, TfjsError


@pytest.fixture
def model(tmp_path: Path) -> tf.Sequential:
    made = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[1])])
    made.save(tmp_path / "a")
    (tmp_path / "a" / "notes.txt").write_text("mine")
    return made


def same(url: str, model: tf.Sequential) -> bool:
    return np.array_equal(tf.loadLayersModel(url).predict([[3]]), model.predict([[3]]))


def test_copy_move_remove(tmp_path: Path, model: tf.Sequential) -> None:
    a, b, memory = f"file://{tmp_path}/a", f"file://{tmp_path}/b", "memory://m/1"
    info = tf.io.copyModel(a, memory)
    assert info["weightDataBytes"] == 8
    assert list(tf.io.listModels()) == [memory]
    assert tf.io.listModels()[memory] == info
    assert same(memory, model)
    tf.io.moveModel(a, b)
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["notes.txt"]
    assert same(b, model)
    tf.io.moveModel(memory, a)
    assert tf.io.listModels() == {}
    assert same(a, model)
    assert tf.io.removeModel(b)["weightDataBytes"] == 8
    assert list((tmp_path / "b").iterdir()) == []
    with pytest.raises(FileNotFoundError):
        tf.io.removeModel(b)
    with pytest.raises(ValueError, match="no model with name 'm/1'"):
        tf.io.removeModel(memory)
    with pytest.raises(ValueError, match="no model with name 'm/1'"):
        tf.loadLayersModel(memory)


def test_moving_keeps_the_model_where_it_cannot_be_saved(
    tmp_path: Path, model: tf.Sequential
) -> None:
    a = f"file://{tmp_path}/a"
    for same_folder in (f"{a}/", f"file://{tmp_path}/b/../a"):
        with pytest.raises(ValueError, match="Old path and new path are the same"):
            tf.io.moveModel(a, same_folder)
        with pytest.raises(ValueError, match="Old path and new path are the same"):
            tf.io.moveModel(f"{a}/model.json", same_folder)
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="Cannot write a model"):
        tf.io.moveModel(a, f"file://{tmp_path}/file/x")
    with pytest.raises(ValueError, match="only a page"):
        tf.io.moveModel(a, "localstorage://a")
    assert same(a, model)


ERRORS = {
    "copy to itself": ("copyModel", ["a://b", "a://b"]),
    "copy from nowhere": ("copyModel", ["a://b", "a://c"]),
    "copy without a scheme": ("copyModel", ["a", "b"]),
    "remove without a scheme": ("removeModel", ["b"]),
    "remove from nowhere": ("removeModel", ["a://b"]),
}


@pytest.mark.parametrize("case", ERRORS)
def test_errors(node: NodeSession, case: str) -> None:
    name, given = ERRORS[case]
    with pytest.raises(TfjsError) as theirs:
        node.evaluate(f"await tf.io.{name}(...args.given)", given=given)
    with pytest.raises(ValueError, match=r"\S") as ours:
        getattr(tf.io, name)(*given)
    # The schemes that there are, are others.
    assert str(ours.value).split("schemes are:")[0] == str(theirs.value).split("schemes are:")[0]


def test_a_model_is_only_removed_whole(tmp_path: Path, model: tf.Sequential) -> None:
    for shard in (tmp_path / "a").glob("*.bin"):
        shard.unlink()
    with pytest.raises(ValueError, match="is missing"):
        tf.io.removeModel(f"file://{tmp_path}/a")
    assert (tmp_path / "a" / "model.json").exists()


def test_routers(monkeypatch: pytest.MonkeyPatch, model: tf.Sequential) -> None:
    routers = {kind: list(known) for kind, known in handlers._routers.items()}
    monkeypatch.setattr(handlers, "_routers", routers)
    store: dict[str, Any] = {}

    class Store:
        def __init__(self, name: str):
            self.name = name

        def save(self, artifacts: Any) -> Any:
            store[self.name] = artifacts
            return {"modelArtifactsInfo": {"dateSaved": None}}

        def load(self) -> Any:
            return store[self.name]

    def router(url: Any, loadOptions: Any = None) -> Store | None:
        return Store(url) if str(url).startswith("shelf://") else None

    tf.io.registerSaveRouter(router)
    tf.io.registerLoadRouter(router)
    model.save("shelf://x")
    assert same("shelf://x", model)
    tf.io.copyModel("shelf://x", "memory://y")
    assert same("memory://y", model)
    tf.io.removeModel("memory://y")
    [handler] = tf.io.getLoadHandlers("shelf://x")
    assert isinstance(handler, Store)
    assert tf.io.getSaveHandlers("nothing://x") == []
    tf.io.registerLoadRouter(router)
    tf.io.registerSaveRouter(router)
    with pytest.raises(ValueError, match=r"Found more than one \(2\) load handlers"):
        tf.loadLayersModel("shelf://x")
    with pytest.raises(ValueError, match=r"Found more than one \(2\) save handlers"):
        model.save("shelf://x")
    with pytest.raises(ValueError, match=r"more than one \(2\) load handlers"):
        tf.io.copyModel("shelf://x", "memory://y")


def test_file_system_refuses() -> None:
    with pytest.raises(ValueError, match="expected one path"):
        tf.io.fileSystem(["a", "b"])  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="only file://"):
        tf.io.fileSystem("http://a")
    with pytest.raises(ValueError, match="binary format"):
        tf.io.fileSystem("a").save({"modelTopology": b""})
