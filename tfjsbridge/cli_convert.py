"""The command `tfjsbridge convert`, with tensorflowjs_converter's flags."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

#: tensorflowjs_converter's names of formats, and the ones that mean the same here.
KERAS = ("keras", "keras_keras")
SAVED_MODEL = ("tf_saved_model", "keras_saved_model")
HUB = "tf_hub"
LAYERS, GRAPH = "tfjs_layers_model", "tfjs_graph_model"
INPUTS = (*KERAS, *SAVED_MODEL, HUB, LAYERS, GRAPH)
OUTPUTS = (LAYERS, GRAPH, *KERAS)

#: Flags of tensorflowjs_converter without a meaning here: what they ask for is always so, or never.
SWITCHES = ("skip_op_check", "split_weights_by_layer")
VALUES = ("strip_debug_ops", "control_flow_v2", "experiments")
WITHOUT_EFFECT = (*SWITCHES, *VALUES)


def options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags."""
    decorators = [
        click.option(
            "--input_format",
            type=click.Choice(INPUTS),
            help="What INPUT is. Default: by its name and contents.",
        ),
        click.option(
            "--output_format",
            type=click.Choice(OUTPUTS),
            help="What to write. Default: a layers-model where tf.js's layers can say it, else a "
            "graph-model; of a tf.js layers-model, a Keras file; of a graph-model, another.",
        ),
        *(
            click.option(
                f"--quantize_{dtype}",
                is_flag=False,
                flag_value="*",
                metavar="[PATTERNS]",
                help=f"Store weights as {dtype}: all, or those of these patterns, by commas.",
            )
            for dtype in ("float16", "uint16", "uint8")
        ),
        click.option(
            "--weight_shard_size_bytes",
            type=click.IntRange(1),
            default=4 * 1024 * 1024,
            show_default=True,
            help="The largest size of a weight file.",
        ),
        click.option(
            "--metadata",
            metavar="KEY:PATH,...",
            help="JSON files to put into the model.json as user-defined metadata.",
        ),
        click.option(
            "--include_optimizer",
            is_flag=True,
            help="The state of a compiled model's optimizer too, so that training goes on exactly.",
        ),
        click.option(
            "--signature_name",
            default="serving_default",
            show_default=True,
            help="Which signature of a SavedModel.",
        ),
        click.option(
            "--saved_model_tags", default="serve", show_default=True, help="Of a SavedModel."
        ),
        *(click.option(f"--{name}", is_flag=True, hidden=True) for name in SWITCHES),
        *(click.option(f"--{name}", type=bool, hidden=True) for name in VALUES),
    ]
    for decorator in reversed(decorators):
        command = decorator(command)
    return command


def kind_of(source: Path) -> str:
    """The format of a file or folder, by its name and what is in it.

    Raises:
      FileNotFoundError: if there is nothing.
      ValueError: if it is none of them.
    """
    if not source.exists():
        raise FileNotFoundError(f"There is no file {str(source)!r}.")
    if source.is_dir():
        if (source / "saved_model.pb").is_file():
            return SAVED_MODEL[0]
        if (source / "model.json").is_file():
            return _tfjs_kind(source)
    elif source.suffix in (".keras", ".h5", ".hdf5"):
        return KERAS[0]
    elif source.suffix == ".json":
        return _tfjs_kind(source)
    raise ValueError(
        f"{str(source)!r} is no .keras or .h5 file, no folder with a saved_model.pb and no tf.js "
        "model with a model.json."
    )


def _tfjs_kind(source: Path) -> str:
    """Whether a model.json is that of layers or of a graph.

    Raises:
      ModelFileError: where it is none.
    """
    from tfjsbridge.converters.files import is_graph_model, read_json

    return GRAPH if is_graph_model(read_json(source)) else LAYERS


def load_model(path: Path) -> Any:
    """A Keras model of a .keras or .h5 file, or of a tf.js layers-model.

    Raises:
      FileNotFoundError, ValueError: where it cannot be loaded.
    """
    if path.is_dir() or path.suffix == ".json":
        from tfjsbridge.converters import load_keras_model

        return load_keras_model(path)
    return load_keras_file(path)


def load_keras_file(path: Path) -> Any:
    """A Keras model of a .keras or .h5 file, compiled where it was and its parts are Keras's own.

    No code that the file may hold is run.

    Raises:
      FileNotFoundError, ValueError: where it cannot be loaded.
    """
    if not path.exists():
        raise FileNotFoundError(f"There is no file {str(path)!r}.")
    if path.suffix not in (".keras", ".h5", ".hdf5"):
        raise ValueError(f"{str(path)!r} is no .keras or .h5 file.")
    from tfjsbridge.converters.keras2 import load_h5
    from tfjsbridge.runtime import keras

    def load(compile: bool) -> Any:
        if path.suffix != ".keras":
            return load_h5(path, compile)
        return keras.saving.load_model(path, compile=compile, safe_mode=True)

    try:
        try:
            return load(compile=True)
        except Exception:  # an optimizer or a loss that is not known here
            return load(compile=False)
    except Exception as error:  # Keras raises whatever its parts raise on a damaged file
        raise ValueError(
            f"Keras cannot load {str(path)!r}: {type(error).__name__}: {error}"
        ) from error


def run(handle: str, target: Path, given: dict[str, Any]) -> tuple[Any, Path]:
    """Convert INPUT to OUTPUT; the Keras model, if there is one, and the path that was written.

    Args:
      handle: INPUT: a path, the URL of a layers-model, or a handle of TensorFlow Hub.
      target: OUTPUT.
      given: the flags by name.

    Raises:
      ValueError: for formats that do not go together, and what the converters raise.
    """
    from tfjsbridge.converters.download import is_url

    kind = given["input_format"] or (LAYERS if is_url(handle) else kind_of(Path(handle)))
    wanted = given["output_format"]
    if kind == GRAPH and (wanted not in (None, GRAPH) or target.suffix in (".keras", ".h5")):
        raise ValueError(
            "A graph-model has no layers: it can be written as another tfjs_graph_model alone, "
            "with smaller weights or in other shards."
        )
    source = _of_hub(handle) if kind == HUB else Path(handle)
    if kind == LAYERS:
        return _to_keras(handle, target, wanted)
    if wanted in KERAS:
        raise ValueError(f"A Keras file is made of a {LAYERS} alone, not of {kind}.")
    from tfjsbridge import converters

    shared = {
        "quantization_dtype_map": {
            dtype: given[f"quantize_{dtype}"].split(",")
            for dtype in ("float16", "uint16", "uint8")
            if given[f"quantize_{dtype}"]
        }
        or None,
        "weight_shard_size_bytes": given["weight_shard_size_bytes"],
        "metadata": _metadata(given["metadata"]),
    }
    if kind == GRAPH:
        from tfjsbridge.converters.graph.resave import save_graph_again

        return None, save_graph_again(source, target, **shared)
    if kind in (*SAVED_MODEL, HUB):
        if wanted == LAYERS:
            raise ValueError(
                "A SavedModel is a graph without layers: it can be written as a tfjs_graph_model. "
                "Save the Keras model as a .keras file for layers."
            )
        names = given["signature_name"], given["saved_model_tags"]
        return None, converters.save_saved_model(source, target, *names, **shared)
    model = load_keras_file(source)
    formats: dict[Any, Any] = {None: "auto", LAYERS: "layers", GRAPH: "graph"}
    return model, converters.save_keras_model(
        model,
        target,
        format=formats[wanted],
        include_optimizer=given["include_optimizer"],
        **shared,
    )


def load_arrays(path: Path) -> tuple[Any, Any]:
    """The inputs and the targets of an .npz file; None for targets that are not in it.

    Raises:
      FileNotFoundError, ValueError: where it cannot be read. Python objects are not.
    """
    import zipfile

    import numpy as np

    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except (ValueError, AttributeError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{str(path)!r} is no .npz file of plain arrays: {error}") from error
    targets = arrays.pop("y", None)
    if not arrays:
        raise ValueError(f"{str(path)!r} has no array but the targets y.")
    return (next(iter(arrays.values())) if len(arrays) == 1 else arrays), targets


def _to_keras(source: str, target: Path, wanted: str | None) -> tuple[Any, Path]:
    from tfjsbridge.converters import load_keras_model

    if wanted not in (None, *KERAS):
        raise ValueError(f"A tf.js model becomes a Keras file, not a {wanted}.")
    if target.suffix not in (".keras", ".h5"):
        raise ValueError(f"OUTPUT must be a .keras or .h5 file, got {str(target)!r}.")
    model = load_keras_model(source)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".part-{target.name}")
    try:
        model.save(part)
        part.replace(target)  # whole or not at all
    finally:
        part.unlink(missing_ok=True)
    return model, target


def _of_hub(handle: str) -> Path:
    """The folder of a SavedModel that a handle of TensorFlow Hub stands for, after its download.

    Raises:
      FileNotFoundError, ValueError: where there is none, or no network.
    """
    if "://" not in handle:
        return Path(handle)
    from tfjsbridge.runtime import quiet

    try:
        with quiet():
            import tensorflow_hub  # type: ignore[import-untyped]

            return Path(tensorflow_hub.resolve(handle))
    except Exception as error:  # it raises whatever its parts raise of a network or an archive
        raise ValueError(
            f"{handle} cannot be fetched: {type(error).__name__}: {error}. Where there is no "
            "network, download its SavedModel elsewhere and give the folder as INPUT."
        ) from error


def _metadata(text: str | None) -> dict[str, Any] | None:
    """The JSON files of "key:path,key:path" by their keys."""
    if not text:
        return None
    found = {}
    for pair in text.split(","):
        key, separator, path = pair.partition(":")
        if not separator or not key:
            raise ValueError(f"--metadata expects KEY:PATH, got {pair!r}.")
        try:
            found[key] = json.loads(Path(path).read_text("utf-8"))
        except json.JSONDecodeError as error:
            raise ValueError(f"--metadata: {path} is no JSON file: {error}.") from error
    return found
