"""The files of a tf.js model: written whole or not at all, and checked before they are read.

A model.json names its weight files (shards). New shards get names of their own, made of their
contents, next to the old ones; then the new model.json takes the old one's place in one step, and
only then the old shards go. So there is a complete model at every moment, and a browser that has
cached a shard of the old model does not mix it with the new one.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from tfjsbridge.errors import ModelFileError

MODEL_JSON = "model.json"
#: A model.json is text about layers; one this large is none.
MAX_JSON_BYTES = 256 * 1024 * 1024

_ITEM_SIZES = {
    "float32": 4,
    "int32": 4,
    "bool": 1,
    "complex64": 8,
    "uint8": 1,
    "uint16": 2,
    "float16": 2,
}


def write_whole(directory: Path, write: Callable[[Path], object]) -> Path:
    """Let `write` fill a new folder with a model, and put its files into `directory`.

    Args:
      directory: the folder; made where it is missing. Files of others in it stay.
      write: is called with an empty folder to write model.json and its shards into.

    Returns:
      The path of the model.json.

    Raises:
      OSError: if `directory` cannot be written; what stood there is unchanged.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".tfjsbridge-", dir=directory))
    except OSError as error:
        raise type(error)(
            error.errno,
            f"Cannot write a model into {str(directory)!r}: {error.strerror}. Nothing was written; "
            "choose a folder that you can write to",
        ) from error
    try:
        write(staging)
        return _put_in_place(staging, directory)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _put_in_place(staging: Path, directory: Path) -> Path:
    target = directory / MODEL_JSON
    old = _shards_of(target)
    description = json.loads((staging / MODEL_JSON).read_text())
    new = []
    for group in description["weightsManifest"]:
        for i, name in enumerate(group["paths"]):
            source = staging / name
            digest = hashlib.sha256(source.read_bytes()).hexdigest()[:8]
            path = directory / f"{source.stem}.{digest}{source.suffix}"
            group["paths"][i] = path.name
            new.append(path)
            _sync(source)
            source.replace(path)
    (staging / MODEL_JSON).write_text(json.dumps(description, separators=(",", ":")))
    _sync(staging / MODEL_JSON)
    (staging / MODEL_JSON).replace(target)
    for path in old - set(new):
        path.unlink(missing_ok=True)
    return target


def _sync(path: Path) -> None:
    """Have the file on the disk before its name is, so that a power cut leaves no empty one."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _shards_of(path: Path) -> set[Path]:
    """The shards of the model that stands there, if a readable one does."""
    with contextlib.suppress(OSError, ModelFileError):
        return {path.parent / name for name in _shard_names(read_json(path.parent), path.parent)}
    return set()


def find_model_json(path: Path) -> Path:
    """The model.json of a folder, or the path itself if it is a file.

    Raises:
      FileNotFoundError: if there is none.
    """
    if path.is_dir():
        if not (path / MODEL_JSON).is_file():
            raise FileNotFoundError(
                f"There is no {MODEL_JSON} in the folder {str(path)!r}. Export a model there first."
            )
        return path / MODEL_JSON
    if not path.exists():
        raise FileNotFoundError(f"There is no file or folder {str(path)!r}.")
    return path


def read_json(path: Path) -> dict[str, Any]:
    """The contents of a model.json.

    Raises:
      FileNotFoundError: if there is none.
      ModelFileError: if it is not one.
    """
    path = find_model_json(path)
    if path.stat().st_size > MAX_JSON_BYTES:
        raise ModelFileError(f"{path} is larger than {MAX_JSON_BYTES} bytes; it is no model.json.")
    try:
        description = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ModelFileError(f"{path} is no JSON file: {error}.") from error
    if not isinstance(description, dict) or not isinstance(description.get("modelTopology"), dict):
        raise ModelFileError(f"{path} is no model.json: it has no modelTopology.")
    return description


def is_graph_model(description: dict[str, Any]) -> bool:
    """Whether a model.json is that of a graph-model, not of a layers-model."""
    return description.get("format") == "graph-model" or "node" in description["modelTopology"]


def check_artifacts(directory: Path) -> dict[str, Any]:
    """Check that a model.json and all its shards are there, whole and of the right size.

    Args:
      directory: the folder, or the model.json itself.

    Returns:
      The contents of the model.json.

    Raises:
      FileNotFoundError: if there is no model.json.
      ModelFileError: naming every shard that is missing, outside of the folder or of a wrong size.
    """
    path = find_model_json(Path(directory))
    description = read_json(path)
    problems = []
    for group in manifest_of(description, path):
        shards = _group_paths(group, path)
        missing = [shard for shard in shards if not shard.is_file()]
        problems += [f"the weight file {shard.name} is missing" for shard in missing]
        if missing:
            continue
        expected = sum(weight_bytes(entry, path) for entry in group["weights"])
        found = sum(shard.stat().st_size for shard in shards)
        if expected != found:
            names = ", ".join(shard.name for shard in shards)
            cause = "truncated" if found < expected else "of another model"
            problems.append(
                f"the weights need {expected} bytes, but {names} "
                f"{'has' if len(shards) == 1 else 'have'} {found} (probably {cause})"
            )
    if problems:
        raise ModelFileError(
            f"{path} cannot be loaded: {'; '.join(problems)}. Export the model again, and copy all "
            "its files together."
        )
    return description


def read_weights(directory: Path, description: dict[str, Any]) -> dict[str, np.ndarray]:
    """The weights of a model.json that `check_artifacts` has checked, by name.

    Those of an optimizer are left out.
    """
    from tfjsbridge.runtime import load_tensorflowjs

    load_tensorflowjs()
    from tensorflowjs.read_weights import decode_weights

    path = find_model_json(Path(directory))
    manifest = manifest_of(description, path)
    buffers = read_groups(path, description)
    if not manifest:
        return {}
    names = weight_shapes(path, description)
    entries = decode_weights(manifest, buffers, flatten=True)
    return {entry["name"]: np.array(entry["data"]) for entry in entries if entry["name"] in names}


def read_groups(directory: Path, description: dict[str, Any]) -> list[bytes]:
    """The bytes of each group of weights of a model.json that `check_artifacts` has checked."""
    path = find_model_json(Path(directory))
    return [
        b"".join(shard.read_bytes() for shard in _group_paths(group, path))
        for group in manifest_of(description, path)
    ]


def model_files(directory: Path) -> list[Path]:
    """A model.json and its weight files, those that are there.

    Raises:
      FileNotFoundError: if there is no model.json.
      ModelFileError: if it is not one, or names a file outside of its folder.
    """
    path = find_model_json(Path(directory))
    groups = manifest_of(read_json(path), path)
    shards = [shard for group in groups for shard in _group_paths(group, path)]
    return [path, *(shard for shard in dict.fromkeys(shards) if shard.is_file())]


def weight_shapes(directory: Path, description: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shapes of what `read_weights` reads, by name."""
    entries = [
        entry
        for group in manifest_of(description, find_model_json(Path(directory)))
        for entry in group["weights"]
    ]
    optimizers = {entry["name"] for entry in entries if entry.get("group") == "optimizer"}
    return {
        entry["name"]: tuple(entry["shape"]) for entry in entries if entry["name"] not in optimizers
    }


def weight_bytes(entry: dict[str, Any], path: Path) -> int:
    """How many bytes a weight takes in the shards.

    Raises:
      ModelFileError: if its shape or dtype is none.
    """
    shape, quantization = entry.get("shape"), entry.get("quantization") or {}
    dtype = quantization.get("dtype", entry.get("dtype")) if isinstance(quantization, dict) else 0
    if (
        not isinstance(shape, list)
        or any(not isinstance(size, int) or isinstance(size, bool) or size < 0 for size in shape)
        or not isinstance(dtype, str)
        or dtype not in _ITEM_SIZES
    ):
        raise ModelFileError(
            f"{path}: the weight {entry.get('name')!r} has shape {shape!r} and dtype {dtype!r}; "
            f"expected a list of sizes and one of {', '.join(_ITEM_SIZES)}."
        )
    size = _ITEM_SIZES[dtype]
    for length in shape:
        size *= length
    return size


def manifest_of(description: dict[str, Any], path: Path) -> list[dict[str, Any]]:
    """The groups of weights of a model.json.

    Raises:
      ModelFileError: if they are none.
    """
    manifest = description.get("weightsManifest", [])
    if isinstance(manifest, list) and all(
        isinstance(group, dict)
        and isinstance(group.get("paths"), list)
        and all(isinstance(name, str) for name in group["paths"])
        and isinstance(group.get("weights"), list)
        and all(
            isinstance(entry, dict) and isinstance(entry.get("name"), str)
            for entry in group["weights"]
        )
        for group in manifest
    ):
        return manifest
    raise ModelFileError(
        f"{path}: weightsManifest must be a list of groups with paths and weights."
    )


def _group_paths(group: dict[str, Any], path: Path) -> list[Path]:
    """The shards of a group, all inside the model's folder.

    Raises:
      ModelFileError: for a path that leaves the folder.
    """
    root = path.parent.resolve()
    shards = []
    for name in group["paths"]:
        shard = (path.parent / name.replace("\0", "")).resolve()
        if "\0" in name or Path(name).is_absolute() or not shard.is_relative_to(root):
            raise ModelFileError(
                f"{path}: the weight file {name!r} is outside of the model's folder; it is not "
                "read."
            )
        shards.append(shard)
    return shards


def _shard_names(description: dict[str, Any], directory: Path) -> set[str]:
    path = directory / MODEL_JSON
    groups = manifest_of(description, path)
    return {
        shard.name
        for group in groups
        for shard in _group_paths(group, path)
        if shard.parent == directory.resolve()
    }
