"""What a model is made of outside of a program: artifacts, and the contents of a model.json.

Follows tfjs-core/src/io/{io_utils,types}.ts.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any, TypedDict

from tfjsbridge.promises import resolved

#: A dict with tf.js's keys: `modelTopology` (a dict), `weightSpecs` (a list of dicts of `name`,
#: `shape`, `dtype`, and `group` and `quantization` where there are such), `weightData` (bytes, or
#: a list of them), `format`, `generatedBy`, `convertedBy`, `trainingConfig`, `signature`,
#: `userDefinedMetadata`, `modelInitializer`, `initializerSignature`; most may be missing.
ModelArtifacts = dict[str, Any]

#: An object or a dict with `load()`, which gives artifacts, or with `save(artifacts)`, or both.
#: Either may be an `async` function.
IOHandler = Any

#: What is copied between artifacts and a model.json, where it is there.
_OPTIONAL = (
    "signature",
    "userDefinedMetadata",
    "modelInitializer",
    "initializerSignature",
    "trainingConfig",
)


class LoadOptions(TypedDict, total=False):
    """The options of loading a model.

    Attributes:
      requestInit: of requests to a server: `headers`, a dict, and `method`.
      onProgress: is called with the share of the weight files that has come, from 0 to 1.
      fetchFunc: takes the place of requests over http: a function of (url, requestInit, options)
        that gives the bytes, or a response as of `tf.util.fetch`, requests, httpx or urllib.
      strict: whether the weights must be exactly those of the layers; True without it.
      weightPathPrefix: what stands in front of the weight files' names, in place of the folder of
        the model.json.
      fromTFHub: whether a graph-model's URL is that of a page of TensorFlow Hub.
      weightUrlConverter: a function of a weight file's name that gives its whole URL.
      streamWeights: whether tf.js reads weights while they come. Here it changes only the numbers
        that `onProgress` gets.
    """

    requestInit: Mapping[str, Any] | None
    onProgress: Callable[[float], object] | None
    fetchFunc: Callable[..., Any] | None
    strict: bool | None
    weightPathPrefix: str | None
    fromTFHub: bool | None
    weightUrlConverter: Callable[[str], Any] | None
    streamWeights: bool | None


def getModelArtifactsForJSONSync(
    modelJSON: Mapping[str, Any],
    weightSpecs: Sequence[Mapping[str, Any]] | None = None,
    weightData: Any = None,
) -> ModelArtifacts:
    """The artifacts of a model.json whose weights have been read.

    Args:
      modelJSON: the contents of a model.json.
      weightSpecs: what weights there are, in order.
      weightData: their bytes.

    Raises:
      ValueError: where it has weights and one of the others is missing.
    """
    artifacts = {
        "modelTopology": modelJSON.get("modelTopology"),
        "format": modelJSON.get("format"),
        "generatedBy": modelJSON.get("generatedBy"),
        "convertedBy": modelJSON.get("convertedBy"),
    }
    if modelJSON.get("weightsManifest") is not None:
        given = {"weightSpecs": weightSpecs, "weightData": weightData}
        for name, value in given.items():
            if value is None:
                raise ValueError(f"modelJSON has weightsManifest but {name} is null")
        artifacts |= given
    return artifacts | _optional(modelJSON)


def getModelArtifactsForJSON(
    modelJSON: Mapping[str, Any], loadWeights: Callable[[Any], Any]
) -> ModelArtifacts:
    """The artifacts of a model.json.

    Args:
      modelJSON: the contents of a model.json.
      loadWeights: a function of its `weightsManifest` that gives the specs and the bytes of the
        weights; called if it has one. It may be `async`.
    """
    specs, data = None, None
    if modelJSON.get("weightsManifest") is not None:
        specs, data = resolved(loadWeights(modelJSON["weightsManifest"]))
    return getModelArtifactsForJSONSync(modelJSON, specs, data)


def getModelArtifactsInfoForJSON(modelArtifacts: Mapping[str, Any]) -> dict[str, Any]:
    """When artifacts were saved, now, and how many bytes they take.

    Returns:
      `dateSaved`, `modelTopologyType`, `modelTopologyBytes`, `weightSpecsBytes`,
      `weightDataBytes`.
    """
    check_topology(modelArtifacts, "Expected JSON model topology, received ArrayBuffer.")
    data = modelArtifacts.get("weightData")
    return artifacts_info(
        modelArtifacts.get("modelTopology"),
        modelArtifacts.get("weightSpecs"),
        0 if data is None else sum(len(part) for part in buffers_of(data)),
    )


def artifacts_info(topology: Any, specs: Any, weight_bytes: int) -> dict[str, Any]:
    """A ModelArtifactsInfo of a topology, specs of weights, and the number of their bytes."""
    return {
        "dateSaved": datetime.now(timezone.utc),
        "modelTopologyType": "JSON",
        "modelTopologyBytes": _json_bytes(topology),
        "weightSpecsBytes": _json_bytes(specs),
        "weightDataBytes": weight_bytes,
    }


def getWeightSpecs(weightsManifest: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What weights the groups of a model.json have, in one list."""
    return [spec for group in weightsManifest for spec in group["weights"]]


def model_json(
    artifacts: Mapping[str, Any], manifest: list[dict[str, Any]] | None
) -> dict[str, Any]:
    """The contents of a model.json (`getModelJSONForModelArtifacts`)."""
    description = {
        name: artifacts.get(name)
        for name in ("modelTopology", "format", "generatedBy", "convertedBy")
    }
    if manifest is not None:
        description["weightsManifest"] = manifest
    return description | _optional(artifacts)


def check_topology(artifacts: Mapping[str, Any], message: str) -> None:
    """Refuse a topology in bytes, as of TensorFlow's own files.

    Raises:
      ValueError: with this message.
    """
    if isinstance(artifacts.get("modelTopology"), (bytes, bytearray, memoryview)):
        raise ValueError(message)


def buffers_of(data: Any) -> list[memoryview]:
    """Bytes, or a list of them, or arrays, as buffers.

    Raises:
      TypeError: for anything else.
    """
    parts = data if isinstance(data, (list, tuple)) else [data]
    try:
        return [memoryview(part).cast("B") for part in parts]
    except TypeError:
        raise TypeError(
            "Expected the data of weights as bytes, or as a list of them, got "
            f"{type(data).__name__}."
        ) from None


def concatenateArrayBuffers(buffers: Any) -> bytes:
    """Several bytes as one.

    Args:
      buffers: bytes, bytearrays, memoryviews or arrays, in a list.
    """
    return b"".join(buffers_of(buffers))


def _optional(source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: source[name] for name in _OPTIONAL if source.get(name) is not None}


def _json_bytes(value: Any) -> int:
    if value is None:
        return 0
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())
