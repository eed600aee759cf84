"""Artifacts as files in a folder, which is where the converters read and write models."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tfjsbridge.converters.files import (
    MODEL_JSON,
    check_artifacts,
    manifest_of,
    read_groups,
    weight_bytes,
    write_whole,
)
from tfjsbridge.errors import ModelFileError
from tfjsbridge.io.artifacts import (
    ModelArtifacts,
    artifacts_info,
    buffers_of,
    getModelArtifactsForJSONSync,
    getWeightSpecs,
    model_json,
)
from tfjsbridge.promises import resolved

#: The largest weight file that is written, as the converters do.
SHARD_BYTES = 4 * 1024 * 1024

#: Looks at the contents of a model.json, before the weights are read.
Check = Callable[[dict[str, Any]], object]


def read_artifacts(path: Path) -> ModelArtifacts:
    """The artifacts of a model.json, or of its folder; the weights in one piece.

    Raises:
      FileNotFoundError: if there is no model.json.
      ModelFileError: if it or a weight file is damaged or missing.
    """
    description = check_artifacts(path)
    if description.get("weightsManifest") is None:
        return getModelArtifactsForJSONSync(description)
    specs = getWeightSpecs(manifest_of(description, path))
    return getModelArtifactsForJSONSync(
        description, specs, b"".join(read_groups(path, description))
    )


def artifacts_info_of(path: Path) -> dict[str, Any]:
    """The ModelArtifactsInfo of a model.json.

    Raises:
      FileNotFoundError: if there is no model.json.
      ModelFileError: if it or a weight file is damaged or missing.
    """
    description = check_artifacts(path)
    specs = getWeightSpecs(manifest_of(description, path))
    size = sum(weight_bytes(spec, path) for spec in specs)
    return artifacts_info(description["modelTopology"], specs, size)


def write_artifacts(artifacts: Mapping[str, Any], directory: Path) -> Path:
    """Write a model.json and its weight files; all or none.

    Returns:
      The path of the model.json.

    Raises:
      TypeError: for artifacts that are no JSON, or weights that are no bytes.
      OSError: where the folder cannot be written.
    """
    data = artifacts.get("weightData")
    whole = b"" if data is None else b"".join(buffers_of(data))
    starts = range(0, len(whole), SHARD_BYTES)
    names = [f"group1-shard{i}of{len(starts)}.bin" for i in range(1, len(starts) + 1)]
    manifest = [{"paths": names, "weights": list(artifacts.get("weightSpecs") or [])}]
    text = json.dumps(model_json(artifacts, manifest))

    def write(folder: Path) -> None:
        for name, start in zip(names, starts, strict=True):
            (folder / name).write_bytes(whole[start : start + SHARD_BYTES])
        (folder / MODEL_JSON).write_text(text, "utf-8")

    return write_whole(directory, write)


@contextlib.contextmanager
def artifacts_in_folder(artifacts: Any, check: Check) -> Iterator[Path]:
    """The model.json of some artifacts in a temporary folder.

    Raises:
      TypeError: for what are no artifacts.
      ValueError: for weights without specs.
      ModelFileError: for damaged ones. Those that are raised inside of the context name the model
        in the place of the temporary file.
    """
    if not isinstance(artifacts, Mapping):
        raise TypeError(
            "Expected the handler's load() to give artifacts, a dict with modelTopology, "
            f"weightSpecs and weightData; got {type(artifacts).__name__}."
        )
    specs, data = artifacts.get("weightSpecs"), _data_of(artifacts)
    if data is not None and specs is None:
        raise ValueError(
            "The model's artifacts contain weight data, but not weight specs. Therefore loading "
            "of weights cannot proceed."
        )
    manifest = None if data is None else [{"paths": ["weights.bin"], "weights": specs}]
    description = model_json(artifacts, manifest)
    try:
        text = json.dumps(description)
    except (TypeError, ValueError) as error:
        raise TypeError(f"The model's artifacts are no JSON: {error}.") from None
    with tempfile.TemporaryDirectory(prefix="tfjsbridge-") as folder:
        path = Path(folder) / MODEL_JSON
        path.write_text(text, "utf-8")
        try:
            if isinstance(description.get("modelTopology"), dict):
                check(description)
            if data is not None:
                with (Path(folder) / "weights.bin").open("wb") as file:
                    for part in data:
                        file.write(part)
            yield path
        except ModelFileError as error:
            raise ModelFileError(str(error).replace(str(path), "The model")) from error.__cause__


def _data_of(artifacts: Mapping[str, Any]) -> Any:
    """The weights in pieces; None where there are none."""
    data, stream = artifacts.get("weightData"), artifacts.get("getWeightStream")
    if data is not None:
        return buffers_of(data)
    return None if stream is None else resolved(stream())
