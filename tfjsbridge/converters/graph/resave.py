"""save_graph_again: a graph-model's files anew, with smaller weights or in other shards."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from tfjsbridge.converters.files import MODEL_JSON, find_model_json, write_whole
from tfjsbridge.converters.graph.load import load_graph_model
from tfjsbridge.converters.graph.write import weights_to_quantize
from tfjsbridge.runtime import load_tensorflowjs


def save_graph_again(
    source: str | Path,
    artifacts_dir: str | Path,
    quantization_dtype_map: dict[str, Any] | None = None,
    weight_shard_size_bytes: int = 1024 * 1024 * 4,
    metadata: dict[str, Any] | None = None,
) -> Path:
    """Write a tf.js graph-model again; all files or none. Its graph stays as it is.

    Args:
      source: the model.json or its folder; may be the folder that is written.
      artifacts_dir: the folder; made where it is missing.
      quantization_dtype_map: as of `save_keras_model`. With it, weights that were quantized before
        and are not chosen become float32; without it all stay as they are.
      weight_shard_size_bytes: as of `save_keras_model`.
      metadata: is added to what the model has.

    Returns:
      The path of the model.json.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: where it is damaged or no graph-model that can be run.
    """
    path = find_model_json(Path(source))
    loaded = load_graph_model(path)
    description = dict(loaded.description)
    if metadata:
        own = description.get("userDefinedMetadata") or {}
        description["userDefinedMetadata"] = {**own, **metadata}

    def write(directory: Path) -> None:
        if quantization_dtype_map:
            manifest = _smaller(
                loaded.weights, directory, quantization_dtype_map, weight_shard_size_bytes
            )
        else:
            groups = description.get("weightsManifest", [])
            manifest = [
                _cut(group, number, path.parent, directory, weight_shard_size_bytes)
                for number, group in enumerate(groups, 1)
            ]
        written = {**description, "weightsManifest": manifest}
        (directory / MODEL_JSON).write_text(json.dumps(written), "utf-8")

    return write_whole(Path(artifacts_dir), write)


def _smaller(
    weights: dict[str, Any], directory: Path, quantization: dict[str, Any], size: int
) -> list[dict[str, Any]]:
    """Write the weights quantized; the manifest."""
    load_tensorflowjs()
    from tensorflowjs.write_weights import write_weights

    groups = [[{"name": name, "data": np.asarray(value)} for name, value in weights.items()]]
    chosen = weights_to_quantize(quantization, groups)
    manifest: list[dict[str, Any]] = write_weights(
        groups, str(directory), size, write_manifest=False, quantization_dtype_map=chosen
    )
    return manifest


def _cut(
    group: dict[str, Any], number: int, source: Path, directory: Path, size: int
) -> dict[str, Any]:
    """Write the bytes of a group in shards of a size; the group with their names."""
    data = b"".join((source / name).read_bytes() for name in group["paths"])
    starts = range(0, len(data), size)
    names = [f"group{number}-shard{i}of{len(starts)}.bin" for i in range(1, len(starts) + 1)]
    for name, start in zip(names, starts, strict=True):
        (directory / name).write_bytes(data[start : start + size])
    return {**group, "paths": names}
