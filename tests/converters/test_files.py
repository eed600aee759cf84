"""The files of a model are written whole or not at all, and checked before they are read."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.converters.cases import layers, sequential
from tfjsbridge.converters import files, load_keras_model, save_keras_model
from tfjsbridge.converters.files import check_artifacts
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import keras


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    keras.utils.set_random_seed(1)
    save_keras_model(sequential(layers.Dense(3, name="d")), tmp_path)
    return tmp_path


def shard(directory: Path) -> Path:
    (path,) = directory.glob("*.bin")
    return path


def edit(directory: Path, change: Any) -> None:
    path = directory / "model.json"
    description = json.loads(path.read_text())
    change(description)
    path.write_text(json.dumps(description))


def weights(directory: Path) -> list[np.ndarray]:
    return load_keras_model(directory).get_weights()


def test_a_new_export_takes_the_place_of_the_old_one(exported: Path) -> None:
    (exported / "index.html").write_text("mine")
    first = shard(exported).name
    save_keras_model(sequential(layers.Dense(2)), exported)
    assert shard(exported).name != first, "a cached shard of the old model is not used for the new"
    assert sorted(p.name for p in exported.iterdir()) == [
        shard(exported).name,
        "index.html",
        "model.json",
    ]
    assert weights(exported)[0].shape == (4, 2)


def test_the_same_model_gives_the_same_files(exported: Path) -> None:
    before = {path.name: path.read_bytes() for path in exported.iterdir()}
    model = load_keras_model(exported)
    save_keras_model(model, exported)
    assert {path.name: path.read_bytes() for path in exported.iterdir()} == before


@pytest.mark.parametrize("failing", ["read_bytes", "replace"])
def test_a_failed_export_leaves_the_old_model(
    failing: str, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = weights(exported)

    def fail(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.Path, failing, fail)
        with pytest.raises(OSError, match="No space left"):
            save_keras_model(sequential(layers.Dense(2)), exported)
    assert len(list(exported.iterdir())) == 2, "nothing is left behind"
    np.testing.assert_array_equal(weights(exported)[0], before[0])


KILLED = """
import sys
from tfjsbridge.converters.files import write_whole
from pathlib import Path
import json
target = Path(sys.argv[1])
print("ready", flush=True)
number = 0
while True:
    number += 1
    def write(folder):
        value = number % 250
        (folder / "group1-shard1of1.bin").write_bytes(bytes([value]) * 4000)
        weight = {"name": "d/kernel", "shape": [1000], "dtype": "float32"}
        manifest = [{"paths": ["group1-shard1of1.bin"], "weights": [weight]}]
        (folder / "model.json").write_text(json.dumps(
            {"modelTopology": {"value": value}, "weightsManifest": manifest}))
    write_whole(target, write)
"""


def test_a_killed_export_never_leaves_half_a_model(tmp_path: Path) -> None:
    chance = random.Random(0)
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        deadline = time.monotonic() + 30
        while not (tmp_path / "model.json").exists() and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(chance.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        description = check_artifacts(tmp_path)
        (group,) = description["weightsManifest"]
        # The weights are those of this very model.json.
        contents = (tmp_path / group["paths"][0]).read_bytes()
        assert set(contents) == {description["modelTopology"]["value"]}


@pytest.mark.parametrize("place", ["a file", "/proc/nowhere"])
def test_a_folder_that_cannot_be_written(place: str, tmp_path: Path) -> None:
    target = tmp_path / "file" / "folder" if place == "a file" else Path(place)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match=r"Cannot write a model into .* Nothing was written"):
        save_keras_model(sequential(layers.Dense(1)), target)
    assert (tmp_path / "file").read_text() == "mine"


def test_a_read_only_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    if os.access(tmp_path, os.W_OK):
        pytest.skip("this user, probably root, may write into read-only folders")
    with pytest.raises(OSError, match="Cannot write a model into"):
        save_keras_model(sequential(layers.Dense(1)), tmp_path)


def test_missing_files(exported: Path) -> None:
    name = shard(exported).name
    shard(exported).unlink()
    with pytest.raises(ModelFileError, match=f"the weight file {name} is missing.*copy all"):
        check_artifacts(exported)
    (exported / "model.json").unlink()
    with pytest.raises(FileNotFoundError, match=r"There is no model\.json in the folder"):
        check_artifacts(exported)
    with pytest.raises(FileNotFoundError, match="There is no file or folder"):
        check_artifacts(exported / "other")


@pytest.mark.parametrize(("change", "cause"), [(-1, "truncated"), (4, "of another model")])
def test_a_shard_of_the_wrong_size(change: int, cause: str, exported: Path) -> None:
    contents = shard(exported).read_bytes()
    shard(exported).write_bytes((contents + bytes(4))[: len(contents) + change])
    expected = f"need 60 bytes, but {shard(exported).name} has {60 + change} .probably {cause}"
    with pytest.raises(ModelFileError, match=expected):
        load_keras_model(exported)


@pytest.mark.parametrize(
    "path", ["../secret.bin", "/etc/passwd", "a/../../secret.bin", "link/secret.bin", "\0"]
)
def test_a_weight_file_outside_of_the_folder_is_not_read(path: str, exported: Path) -> None:
    (exported.parent / "secret.bin").write_bytes(bytes(60))
    (exported / "link").symlink_to(exported.parent)
    edit(exported, lambda d: d["weightsManifest"][0].update(paths=[path]))
    with pytest.raises(ModelFileError, match="outside of the model's folder; it is not read"):
        load_keras_model(exported)


def _weight(**change: Any) -> Any:
    return lambda d: d["weightsManifest"][0]["weights"][0].update(change)


def _layer(**change: Any) -> Any:
    def apply(description: Any) -> None:
        config = description["modelTopology"]["model_config"]["config"]
        config["layers"][-1].update(change)

    return apply


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_weight(dtype="float128"), "dtype 'float128'; expected"),
        (_weight(shape=[-1]), r"shape \[-1\]"),
        (_weight(shape=[10**18]), "the weights need"),
        (_weight(shape="4"), "shape '4'"),
        (_weight(shape=[3, 4]), r"has shape \[3, 4\], but the layer needs \[4, 3\]"),
        (_weight(name="e/kernel"), "the weight d/kernel is missing; no layer takes .* e/kernel"),
        (lambda d: d.update(weightsManifest={}), "weightsManifest must be a list"),
        (lambda d: d.pop("modelTopology"), "it has no modelTopology"),
        (lambda d: d.update(format="graph-model"), "is a graph-model"),
        (_layer(class_name="Lambda"), "no way is known to read a Lambda layer"),
        (_layer(config=None), "a layer has no configuration"),
        (_layer(config={"name": "d"}), "its topology is damaged .KeyError: 'units'"),
    ],
)
def test_a_damaged_model_json(change: Any, message: str, exported: Path) -> None:
    edit(exported, change)
    with pytest.raises(ModelFileError, match=message):
        load_keras_model(exported)


def test_no_json_and_deep_nesting(exported: Path) -> None:
    (exported / "model.json").write_text("<html>")
    with pytest.raises(ModelFileError, match="is no JSON file"):
        load_keras_model(exported)
    (exported / "model.json").write_text("[" * 100_000)
    with pytest.raises(ModelFileError, match="is no JSON file"):
        load_keras_model(exported)
    model: dict[str, Any] = {"class_name": "Sequential", "config": {"layers": []}}
    for _ in range(60):
        model = {"class_name": "Sequential", "config": {"layers": [model]}}
    (exported / "model.json").write_text(json.dumps({"modelTopology": model}))
    with pytest.raises(ModelFileError, match="models are nested too deeply"):
        load_keras_model(exported)
    layer: dict[str, Any] = {"class_name": "Dense", "config": {"units": 1}}
    for _ in range(60):
        layer = {"class_name": "TimeDistributed", "config": {"layer": layer}}
    model = {"class_name": "Sequential", "config": {"layers": [layer]}}
    (exported / "model.json").write_text(json.dumps({"modelTopology": model}))
    with pytest.raises(ModelFileError, match="layers are nested too deeply"):
        load_keras_model(exported)
