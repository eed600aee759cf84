"""Models to and from artifacts: what `save`, `toJSON`, `loadLayersModel` and `modelFromJSON` share.

Follows tfjs-layers/src/{models,engine/training}.ts. The files are those of the converters, which
take plain Keras models: artifacts are read and written through a folder.
"""

from __future__ import annotations

import json
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tfjsbridge.converters import load_keras_model, save_keras_model
from tfjsbridge.converters.files import check_artifacts
from tfjsbridge.converters.load import layers_config
from tfjsbridge.converters.topology import topology
from tfjsbridge.errors import ModelFileError
from tfjsbridge.io.artifacts import IOHandler, ModelArtifacts
from tfjsbridge.io.file_system import FileSystem
from tfjsbridge.io.folder import (
    Check,
    artifacts_in_folder,
    artifacts_info_of,
    read_artifacts,
)
from tfjsbridge.io.handlers import getLoadHandlers, getSaveHandlers, is_path, method_of, only
from tfjsbridge.io.http_request import HTTPRequest
from tfjsbridge.io.weights import decodeWeights
from tfjsbridge.layers.recurrent_regularizers import take_off_penalties
from tfjsbridge.promises import resolved
from tfjsbridge.runtime import keras
from tfjsbridge.tensors import Tensor
from tfjsbridge.version import TFJS_VERSION

#: The length of metadata as JSON beyond which saving it warns.
_LARGE_METADATA = 1024 * 1024


def load_handler(source: Any, options: Mapping[str, Any], tfio: Any = None) -> IOHandler:
    """The handler that loads a model.

    Args:
      source: a path, a URL, a list of two URLs, or a handler.
      options: LoadOptions.
      tfio: has `getLoadHandlers`, in place of tf.io.

    Raises:
      ValueError: where there is none, or more than one.
    """
    if is_path(source):
        return FileSystem(source, options)
    if not isinstance(source, (str, list, tuple)):
        if method_of(source, "load") is None:
            raise ValueError(
                "Cannot proceed with model loading because the IOHandler provided does not have "
                f"the `load` method implemented: {type(source).__name__}."
            )
        return source
    find = getLoadHandlers if tfio is None else tfio.getLoadHandlers
    handler = only(find(source, options), "load", source)
    if handler is None:
        raise ValueError(
            f"Cannot find any load handlers for URL '{source}'. Known: file://, http://, https://, "
            "memory://, and paths."
        )
    return handler


def save_handler(target: Any, of: str, tfio: Any = None) -> IOHandler:
    """The handler that saves a model.

    Args:
      target: a path, a URL, or a handler.
      of: the class that is saved, for messages.
      tfio: has `getSaveHandlers`, in place of tf.io.

    Raises:
      ValueError: where there is none, or more than one.
    """
    if is_path(target):
        return FileSystem(target)
    if isinstance(target, str):
        find = getSaveHandlers if tfio is None else tfio.getSaveHandlers
        handler = only(find(target), "save", target)
        if handler is None:
            raise ValueError(f"Cannot find any save handlers for URL '{target}'")
        return handler
    if method_of(target, "save") is None:
        raise ValueError(
            f"{of}.save() cannot proceed because the IOHandler provided does not have the `save` "
            f"attribute defined: {type(target).__name__}."
        )
    return target


@contextmanager
def model_folder(handler: IOHandler, check: Check) -> Iterator[Path]:
    """The model.json of what a handler loads; its weight files are in the same folder.

    Args:
      handler: has `load`.
      check: looks at the contents of the model.json before weights are fetched.
    """
    if type(handler) in (FileSystem, HTTPRequest):
        with handler.folder(check) as path:
            yield path
        return
    load = method_of(handler, "load")
    assert load is not None
    with artifacts_in_folder(resolved(load()), check) as path:
        yield path


def read_layers_model(handler: IOHandler, strict: bool) -> tuple[Any, dict[str, Any], list[Any]]:
    """What a handler loads, as a Keras model.

    Args:
      handler: has `load`.
      strict: whether the weights must be exactly those of the layers.

    Returns:
      The Keras model, the contents of the model.json, and the optimizer's weights.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: for a model that is damaged or cannot be read.
    """

    def check(description: dict[str, Any]) -> None:
        layers_config(description, "The model")

    with model_folder(handler, check) as path:
        description = check_artifacts(path)
        # tf.js: of a model without weights, they are new.
        has_weights = description.get("weightsManifest") is not None
        model = load_keras_model(path, strict=strict and has_weights)
        take_off_penalties(model)
        return model, description, _optimizer_weights(path, description)


def _optimizer_weights(path: Path, description: dict[str, Any]) -> list[dict[str, Any]]:
    """The weights of the group "optimizer", as `Optimizer.setWeights` takes them."""
    if not any(
        spec.get("group") == "optimizer"
        for group in description.get("weightsManifest") or []
        for spec in group["weights"]
    ):
        return []
    artifacts = read_artifacts(path)
    tensors = decodeWeights(artifacts["weightData"], artifacts["weightSpecs"])
    names = [s["name"] for s in artifacts["weightSpecs"] if s.get("group") == "optimizer"]
    for name, tensor in tensors.items():
        if name not in names:
            tensor.dispose()
    return [{"name": name, "tensor": tensors[name]} for name in names]


def save_layers_model(
    model: Any, handler: IOHandler, include_optimizer: bool, trainable_only: bool
) -> Any:
    """Save a Keras model by a handler.

    Args:
      model: the Keras model.
      handler: has `save`.
      include_optimizer: whether the state of its optimizer goes with it.
      trainable_only: whether weights that are not trained stay away.

    Returns:
      What the handler returns, a SaveResult.
    """
    metadata = user_metadata(model)
    if metadata is not None and len(json.dumps(metadata)) > _LARGE_METADATA:
        warnings.warn(
            f'User-defined metadata of model "{model.name}" is too large in size (length='
            f"{len(json.dumps(metadata))} when serialized). It is not recommended to store such "
            "large objects in user-defined metadata. Please make sure its serialized length is "
            f"<= {_LARGE_METADATA}."
        )

    def write(folder: Path) -> Path:
        return save_keras_model(
            model,
            folder,
            metadata=metadata,
            format="layers",
            include_optimizer=include_optimizer,
            trainable_only=trainable_only,
        )

    if type(handler) is FileSystem:
        return {"modelArtifactsInfo": artifacts_info_of(write(handler.path))}
    with tempfile.TemporaryDirectory(prefix="tfjsbridge-") as folder:
        artifacts = _as_tfjs_saves(read_artifacts(write(Path(folder))), include_optimizer)
    save = method_of(handler, "save")
    assert save is not None
    return resolved(save(artifacts))


def _as_tfjs_saves(artifacts: ModelArtifacts, include_optimizer: bool) -> ModelArtifacts:
    """The artifacts of the converter's files, as tf.js's own `save` gives them to a handler."""
    config = artifacts["modelTopology"]["model_config"]
    changed = {**artifacts, "modelTopology": _topology_of(config), "format": "layers-model"}
    if not include_optimizer:
        changed.pop("trainingConfig", None)
    return changed


def topology_json(model: Any) -> dict[str, Any]:
    """A Keras model as tf.js's `toJSON` gives it.

    Raises:
      ConversionError: listing every layer that tf.js cannot express.
    """
    if isinstance(model, keras.Sequential) and not model._layers:
        config = {"class_name": "Sequential", "config": {"name": model.name, "layers": []}}
        return _topology_of(config)
    return _topology_of(topology(model).config)


def _topology_of(config: dict[str, Any]) -> dict[str, Any]:
    return {
        **_as_tfjs_says(config),
        "keras_version": f"tfjs-layers {TFJS_VERSION}",
        "backend": "tensor_flow.js",
    }


def _as_tfjs_says(entry: dict[str, Any]) -> dict[str, Any]:
    """A model of a model.json in tf.js's words, which reads Keras's as well."""
    layers = []
    is_sequential = entry["class_name"] == "Sequential"
    for layer in entry["config"]["layers"]:
        said = _as_tfjs_says(layer) if "layers" in layer["config"] else _layer(layer)
        if is_sequential:
            said = {name: said[name] for name in ("class_name", "config")}
        layers.append(said)
    class_name = "Model" if entry["class_name"] == "Functional" else entry["class_name"]
    return {**entry, "class_name": class_name, "config": {**entry["config"], "layers": layers}}


def _layer(entry: dict[str, Any]) -> dict[str, Any]:
    config = dict(entry["config"])
    if "batch_input_shape" not in config:
        config.pop("dtype", None)  # tf.js: the input's
    if entry["class_name"] == "InputLayer":
        config.pop("trainable", None)
    return {**entry, "config": config}


def user_metadata(model: Any) -> Any:
    """The metadata that was set or loaded with a Keras model; None without."""
    text = getattr(model, "_tfjs_metadata", None)
    return None if text is None else json.loads(text)


def set_user_metadata(model: Any, metadata: Any) -> None:
    """Keep metadata with a Keras model.

    Raises:
      TypeError: where it is no dict of JSON values.
    """
    try:
        text = json.dumps(metadata) if isinstance(metadata, Mapping) else None
    except (TypeError, ValueError):
        text = None
    if text is None:
        raise TypeError("User-defined metadata is expected to be a JSON object, but is not.")
    model._tfjs_metadata = text


def set_weights_by_name(named: list[tuple[str, Any]], values: dict[str, Tensor]) -> None:
    """Set the weights of a Keras model, given by the names that tf.js has for them.

    Raises:
      ModelFileError: for one of another shape; nothing is set then.
    """
    wrong = [
        f"the weight {name} has shape {values[name].shape}, but the layer needs "
        f"{list(weight.shape)}"
        for name, weight in named
        if values[name].shape != list(weight.shape)
    ]
    if wrong:
        raise ModelFileError(f"The weights cannot be loaded: {'; '.join(wrong)}.")
    for name, weight in named:
        weight.assign(values[name].tensor)
        values[name].dispose()
