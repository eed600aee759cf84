"""load_keras_model: a layers-model back into Keras 3."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from tfjsbridge.converters import layers
from tfjsbridge.converters.files import (
    check_artifacts,
    find_model_json,
    is_graph_model,
    read_weights,
)
from tfjsbridge.converters.registry import READERS
from tfjsbridge.converters.training_config import compile_as
from tfjsbridge.errors import ModelFileError
from tfjsbridge.runtime import keras, tensorflow

assert layers  # imported for the conversions that it registers

_MODELS = ("Sequential", "Functional", "Model")
_WRAPPERS = ("Bidirectional", "TimeDistributed")
#: What Keras and TensorFlow raise of a configuration that makes no sense.
_DAMAGE = (
    KeyError,
    IndexError,
    TypeError,
    ValueError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    tensorflow.errors.OpError,
)
#: Models in models; deeper than this is no model but an attack on the stack.
_MAX_DEPTH = 32


def load_keras_model(path: str | Path) -> Any:
    """Read a layers-model that this package, a converter or tf.js itself wrote.

    No code of the file is run, and nothing outside of its folder is read.

    Args:
      path: the model.json or its folder.

    Returns:
      A `keras.Sequential` or functional `keras.Model` with the weights; compiled, with an optimizer
      that begins anew, if the model.json says how and Keras has the same.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: where a file is missing or damaged, or the model has layers that cannot be
        read; it lists all of them.
    """
    path = find_model_json(Path(path))
    description = check_artifacts(path)
    if is_graph_model(description):
        raise ModelFileError(
            f"{path} is a graph-model; only layers-models can be read back into Keras."
        )
    config = description["modelTopology"]
    config = config.get("model_config", config)
    problems = sorted(set(_problems(config)))
    if problems:
        raise ModelFileError(f"{path} cannot be loaded: {'; '.join(problems)}.")
    try:
        model = _model(config)
    except _DAMAGE as error:
        raise ModelFileError(
            f"{path} cannot be loaded: its topology is damaged ({type(error).__name__}: {error})."
        ) from error
    _set_weights(model, read_weights(path, description), path)
    compile_as(model, description.get("trainingConfig"))
    return model


def _problems(entry: Any, depth: int = 0) -> list[str]:
    """What is in the way of reading a model, found before anything of it is built."""
    if depth > _MAX_DEPTH:
        return ["its models are nested too deeply"]
    if not isinstance(entry, dict):
        return [f"expected a model, got {entry!r:.40}"]
    config = entry.get("config")
    # tf.js before 1.0 and Keras before 2.2 wrote a Sequential's layers as the config itself.
    inner = config.get("layers") if isinstance(config, dict) else config
    if entry.get("class_name") not in _MODELS:
        return [f"expected one of {', '.join(_MODELS)}, got {entry.get('class_name')!r:.40}"]
    if not isinstance(inner, list) or not inner:
        return [f"a {entry['class_name']} has no layers"]
    return [problem for layer in inner for problem in _layer_problems(layer, depth + 1)]


def _layer_problems(layer: Any, depth: int) -> list[str]:
    if not isinstance(layer, dict) or not isinstance(layer.get("config"), (dict, list)):
        return ["a layer has no configuration"]
    name = layer.get("class_name")
    if name in _MODELS:
        return _problems(layer, depth)
    if not isinstance(name, str) or name not in READERS:
        return [f"no way is known to read a {name} layer (known: {', '.join(sorted(READERS))})"]
    if name in _WRAPPERS:
        if depth > _MAX_DEPTH:
            return ["its layers are nested too deeply"]
        inner = layer["config"].get("layer") if isinstance(layer["config"], dict) else None
        if isinstance(inner, dict) and inner.get("class_name") in _MODELS:
            return [f"no way is known to read a model in a {name} layer"]
        return _layer_problems(inner, depth + 1)
    return []


def _model(entry: Mapping[str, Any]) -> Any:
    if entry["class_name"] == "Sequential":
        return _sequential(entry["config"])
    return _functional(entry["config"])


def _layer(entry: Mapping[str, Any]) -> Any:
    if entry["class_name"] in _MODELS:
        return _model(entry)
    return READERS[entry["class_name"]](entry["config"])


def _sequential(config: Any) -> Any:
    entries = config if isinstance(config, list) else config["layers"]
    name = None if isinstance(config, list) else config.get("name")
    model = keras.Sequential(name=name)
    first = entries[0]
    shape = isinstance(first["config"], dict) and first["config"].get("batch_input_shape")
    if shape and first["class_name"] != "InputLayer":
        model.add(
            keras.layers.InputLayer(
                batch_shape=shape,
                dtype=first["config"].get("dtype") or "float32",
                name=f"{first['config']['name']}_input",
            )
        )
    elif first["class_name"] in _MODELS:
        nested = _layer(first)
        model.add(keras.layers.InputLayer(batch_shape=nested.inputs[0].shape))
        model.add(nested)
        entries = entries[1:]
    for entry in entries:
        model.add(_layer(entry))
    return model


def _functional(config: Mapping[str, Any]) -> Any:
    """Replay the calls of a graph, each when all that it needs has been computed."""
    built = {entry["name"]: _layer(entry) for entry in config["layers"]}
    # [layer][call] to the tensors that the call gave.
    outputs: dict[str, list[list[Any]]] = {name: [] for name in built}
    for name, layer in built.items():
        if isinstance(layer, keras.layers.InputLayer):
            outputs[name].append(list(layer._inbound_nodes[0].output_tensors))

    def tensor(reference: list[Any]) -> Any:
        name, call, index = reference[:3]
        # A model in a model has a node of its own before the first call of it.
        call -= 1 if isinstance(built[name], keras.Model) else 0
        return outputs[name][call][index] if 0 <= call < len(outputs[name]) else None

    waiting = {e["name"]: list(e.get("inbound_nodes") or []) for e in config["layers"]}
    while any(waiting.values()):
        progress = False
        for name, nodes in waiting.items():
            while nodes and all(tensor(reference) is not None for reference in nodes[0]):
                arguments = [tensor(reference) for reference in nodes.pop(0)]
                if not arguments:
                    raise ValueError(f"the layer {name} is called on nothing")
                result = _called(built[name], arguments)
                outputs[name].append(keras.tree.flatten(result))
                progress = True
        if not progress:
            stuck = ", ".join(name for name, nodes in waiting.items() if nodes)
            raise ValueError(f"the graph is disconnected at {stuck}")

    def ends(references: list[Any]) -> list[Any]:
        # One reference may stand alone instead of in a list.
        nested = references if isinstance(references[0], list) else [references]
        return [tensor(reference) for reference in nested]

    inputs, results = ends(config["input_layers"]), ends(config["output_layers"])
    return keras.Model(
        inputs[0] if len(inputs) == 1 else inputs,
        results[0] if len(results) == 1 else results,
        name=config.get("name"),
    )


def _called(layer: Any, arguments: list[Any]) -> Any:
    if len(arguments) == 1:
        return layer(arguments[0])
    if isinstance(layer, (keras.layers.RNN, keras.layers.Bidirectional)):
        return layer(arguments[0], initial_state=arguments[1:])
    return layer(arguments)


def _set_weights(model: Any, values: dict[str, np.ndarray], path: Path) -> None:
    """Set all weights by name, or none if one is missing, left over or of another shape."""
    problems, found = [], []
    remaining = dict(values)
    for name, weight in _named_weights(model):
        # Keras 2 wrote "dense/kernel:0" and put the model's name in front.
        parts = name.count("/") + 1
        key = next((k for k in remaining if _plain(k, parts) == name), None)
        if key is None:
            problems.append(f"the weight {name} is missing")
            continue
        array = remaining.pop(key)
        if array.shape != tuple(weight.shape):
            problems.append(
                f"the weight {name} has shape {list(array.shape)}, but the layer needs "
                f"{list(weight.shape)}"
            )
        found.append((weight, array))
    problems += [f"no layer takes the weight {name}" for name in remaining]
    if problems:
        raise ModelFileError(f"{path} cannot be loaded: {'; '.join(problems)}.")
    for weight, array in found:
        weight.assign(array)


def _named_weights(model: Any) -> list[tuple[str, Any]]:
    """Every weight of the layers, models in models included, as <layer>/<weight>."""
    named = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            named += _named_weights(layer)
        else:
            named += [(f"{layer.name}/{name}", weight) for name, weight in _layer_weights(layer)]
    return named


def _layer_weights(layer: Any) -> list[tuple[str, Any]]:
    """A layer's weights by the names that tf.js gives them in the layer."""
    if isinstance(layer, keras.layers.Bidirectional):
        return [
            (f"{inner.name}/{name}", weight)
            for inner in (layer.forward_layer, layer.backward_layer)
            for name, weight in _layer_weights(inner)
        ]
    if isinstance(layer, keras.layers.TimeDistributed):
        return _layer_weights(layer.layer)
    depthwise = isinstance(layer, keras.layers.DepthwiseConv2D)
    return [
        ("depthwise_kernel" if depthwise and weight.name == "kernel" else weight.name, weight)
        for weight in layer.weights
        if not weight.path.endswith("seed_generator_state")
    ]


def _plain(name: str, parts: int) -> str:
    """The last parts of a weight's name, without Keras 2's ":0"."""
    return "/".join(re.sub(r":\d+$", "", name).split("/")[-parts:])
