"""load_keras_model: a layers-model back into Keras 3."""

from __future__ import annotations

import contextlib
import math
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tfjsbridge.converters import layers
from tfjsbridge.converters.bounds import Build, check_steps, without_memory
from tfjsbridge.converters.download import downloaded, is_url
from tfjsbridge.converters.files import (
    check_artifacts,
    find_model_json,
    is_graph_model,
    read_weights,
    weight_shapes,
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
#: Python's calls in calls; more are too many for the stack of some threads.
_MAX_FRAMES = 5000
#: Calls of layers; a model that calls a model twice that calls a model twice ... makes many of few.
_MAX_CALLS = 100_000


#: Values of weights that no file has: of models without their weights, and not `strict`.
MAX_NEW_VALUES = 2**28


def load_keras_model(path: str | Path, *, strict: bool = True) -> Any:
    """Read a layers-model that this package, a converter or tf.js itself wrote.

    No code of the file is run, and nothing outside of its folder is read.

    Args:
      path: the model.json or its folder, or an http:// or https:// URL of a model.json.
      strict: whether the file must have exactly the weights of the layers. If not, those that it
        lacks are what the initializers make, and others are left out.

    Returns:
      A `keras.Sequential` or functional `keras.Model` with the weights; compiled, with an optimizer
      that begins anew, if the model.json says how and Keras has the same.

    Raises:
      FileNotFoundError: where there is no model.json.
      ModelFileError: where a file is missing or damaged or cannot be downloaded, or the model has
        layers that cannot be read; it lists all of them.
    """
    if not is_url(path):
        return _loaded(find_model_json(Path(path)), strict)
    with downloaded(str(path), lambda description: layers_config(description, str(path))) as file:
        return _loaded(file, strict)


def build_keras_model(topology: dict[str, Any]) -> Any:
    """A Keras model of the `modelTopology` of a model.json, with new weights; not compiled.

    Raises:
      ModelFileError: where it makes no sense, or has layers that cannot be read; it lists all.
    """
    config = layers_config({"modelTopology": topology}, "The model")
    return _built(config, {}, "The model", strict=False)[0]


def _loaded(path: Path, strict: bool) -> Any:
    description = check_artifacts(path)
    config = layers_config(description, path)
    model, matches = _built(config, weight_shapes(path, description), path, strict)
    with _damage_of("weights", path):
        values = read_weights(path, description)
        for weight, name in matches:
            weight.assign(values[name])
    with _damage_of("trainingConfig", path):
        compile_as(model, description.get("trainingConfig"))
    return model


def layers_config(description: dict[str, Any], path: str | Path) -> Any:
    """The topology of a layers-model, of layers that can be read.

    Raises:
      ModelFileError: naming everything in the way.
    """
    if is_graph_model(description):
        raise ModelFileError(
            f"{path} is a graph-model; only layers-models can be read back into Keras."
        )
    config = description["modelTopology"]
    config = config.get("model_config", config)
    problems = sorted(set(_problems(config)))
    if not problems and _calls(config) > _MAX_CALLS:
        problems = [f"its layers are called more than {_MAX_CALLS} times"]
    if problems:
        raise ModelFileError(f"{path} cannot be loaded: {'; '.join(problems)}.")
    return config


def _built(
    config: Any, shapes: dict[str, tuple[int, ...]], path: str | Path, strict: bool
) -> tuple[Any, list[tuple[Any, str]]]:
    """The model, and each of its weights with its name in the file.

    Memory is taken only for weights that the file has: what a model.json says of sizes is not
    believed. If not strict, some more are.
    """
    with _damage_of("topology", path):
        with without_memory() as build:
            model = _model(config, build)
            matches = _matched(model, shapes, path, strict)
            _check_new(model, matches, path)
        build.take_memory(model)
    return model, matches


def _check_new(model: Any, matches: list[tuple[Any, str]], path: str | Path) -> None:
    """Refuse to make up too many weights."""
    known = {id(weight) for weight, _ in matches}
    new = sum(
        math.prod(weight.shape) for _, weight in named_weights(model) if id(weight) not in known
    )
    if new > MAX_NEW_VALUES:
        raise ModelFileError(
            f"{path} cannot be loaded: its layers have weights of {new} values that no file has; "
            f"{MAX_NEW_VALUES} is the most."
        )


@contextlib.contextmanager
def _damage_of(part: str, path: str | Path) -> Iterator[None]:
    """An error of ours for what Keras raises of a part that makes no sense."""
    try:
        yield
    except ModelFileError:
        raise
    except _DAMAGE as error:
        raise ModelFileError(
            f"{path} cannot be loaded: its {part} {'are' if part.endswith('s') else 'is'} damaged "
            f"({type(error).__name__}: {error})."
        ) from error


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


def _calls(entry: Mapping[str, Any]) -> int:
    """How many calls of layers a model makes, with those of the models in it each time."""
    config = entry["config"]
    count = 0
    for layer in config["layers"] if isinstance(config, dict) else config:
        nodes = layer.get("inbound_nodes")
        times = len(nodes) if isinstance(nodes, list) else 1
        count += max(times, 1) * (_calls(layer) if layer["class_name"] in _MODELS else 1)
    return count


def _model(entry: Mapping[str, Any], build: Build) -> Any:
    if entry["class_name"] == "Sequential":
        return _sequential(entry["config"], build)
    return _functional(entry["config"], build)


def _layer(entry: Mapping[str, Any], build: Build) -> Any:
    if entry["class_name"] in _MODELS:
        return _model(entry, build)
    layer = READERS[entry["class_name"]](entry["config"])
    build.add(layer)
    return layer


def _sequential(config: Any, build: Build) -> Any:
    entries = config if isinstance(config, list) else config["layers"]
    name = None if isinstance(config, list) else config.get("name")
    model = keras.Sequential(name=name)
    first = entries[0]
    shape = isinstance(first["config"], dict) and first["config"].get("batch_input_shape")
    parts = [_layer(entry, build) for entry in entries]
    if shape and first["class_name"] != "InputLayer":
        model.add(
            keras.layers.InputLayer(
                batch_shape=shape,
                dtype=first["config"].get("dtype") or "float32",
                name=f"{first['config']['name']}_input",
            )
        )
    elif first["class_name"] in _MODELS:
        shape = parts[0].inputs[0].shape
        model.add(keras.layers.InputLayer(batch_shape=shape))
    for part in parts:
        check_steps(part, shape or ())
        model.add(part)
        shape = model.outputs[0].shape if model.built else shape
    return model


def _functional(config: Mapping[str, Any], build: Build) -> Any:
    """Replay the calls of a graph, each when all that it needs has been computed."""
    built = {entry["name"]: _layer(entry, build) for entry in config["layers"]}
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
    with _deep_graphs():
        return keras.Model(
            inputs[0] if len(inputs) == 1 else inputs,
            results[0] if len(results) == 1 else results,
            name=config.get("name"),
        )


@contextlib.contextmanager
def _deep_graphs() -> Iterator[None]:
    """Let Keras, which follows a graph by recursion, read GRUs that are written step by step."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _MAX_FRAMES))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _called(layer: Any, arguments: list[Any]) -> Any:
    check_steps(layer, arguments[0].shape)
    if len(arguments) == 1:
        return layer(arguments[0])
    if isinstance(layer, (keras.layers.RNN, keras.layers.Bidirectional)):
        return layer(arguments[0], initial_state=arguments[1:])
    return layer(arguments)


def _matched(
    model: Any, shapes: dict[str, tuple[int, ...]], path: str | Path, strict: bool
) -> list[tuple[Any, str]]:
    """Every weight that the file has with its name there.

    Raises:
      ModelFileError: if one is of another shape; if strict, also if one is missing or left over.
    """
    problems, found = [], []
    remaining = dict(shapes)
    for name, weight in named_weights(model):
        # Keras 2 wrote "dense/kernel:0" and put the model's name in front.
        parts = name.count("/") + 1
        key = next((k for k in remaining if _plain(k, parts) == name), None)
        if key is None:
            problems += [f"the weight {name} is missing"] * strict
            continue
        shape = remaining.pop(key)
        if shape != tuple(weight.shape):
            problems.append(
                f"the weight {name} has shape {list(shape)}, but the layer needs "
                f"{list(weight.shape)}"
            )
        found.append((weight, key))
    problems += [f"no layer takes the weight {name}" for name in remaining if strict]
    if problems:
        raise ModelFileError(f"{path} cannot be loaded: {'; '.join(problems)}.")
    return found


def named_weights(model: Any) -> list[tuple[str, Any]]:
    """Every weight of the layers, models in models included, as <layer>/<weight>."""
    named = []
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            named += named_weights(layer)
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
