"""save_keras_model: a Keras 3 model as files that tf.js loads."""

from __future__ import annotations

import functools
import json
import warnings
from pathlib import Path
from typing import Any, Literal, get_args

from tfjsbridge.converters import layers
from tfjsbridge.converters.files import MODEL_JSON, write_whole
from tfjsbridge.converters.graph import save_graph_model
from tfjsbridge.converters.keras2 import as_keras_3, is_keras_2
from tfjsbridge.converters.precision import warn_of_half_precision
from tfjsbridge.converters.topology import topology
from tfjsbridge.converters.training_config import training_of
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras, load_tensorflowjs

Format = Literal["auto", "layers", "graph"]
FORMATS = get_args(Format)

assert layers  # imported for the conversions that it registers


def save_keras_model(
    model: Any,
    artifacts_dir: str | Path,
    quantization_dtype_map: dict[str, str] | None = None,
    weight_shard_size_bytes: int = 1024 * 1024 * 4,
    metadata: dict[str, Any] | None = None,
    *,
    format: Format = "auto",
    include_optimizer: bool = True,
    trainable_only: bool = False,
    verify: bool = False,
) -> Path:
    """Write a Keras 3 model for TensorFlow.js: model.json and its weights.

    Takes the place of `tensorflowjs.converters.save_keras_model`, whose Keras 3 output tf.js does
    not load; the files are written by that package's own code. All are written or none: a failed or
    killed export leaves what stood there, and files of others in the folder are not touched.

    A layers-model is small and can be trained in the browser; a graph-model runs what tf.js has no
    layers for.

    Args:
      model: a built `keras.Model`, of Keras 3 or of tf_keras.
      artifacts_dir: the folder; made where it is missing.
      quantization_dtype_map: which weights are stored smaller: "float16", "uint16" or "uint8" to a
        name or pattern of weights, as {"float16": "*"}.
      weight_shard_size_bytes: the largest size of a weight file, in bytes.
      metadata: JSON data of your own, which arrives in tf.js as `model.getUserDefinedMetadata()`.
      format: "layers" or "graph"; "auto" writes layers where each layer can be said in tf.js's
        layers, and otherwise a graph, with a warning that says why.
      include_optimizer: whether the state of a compiled model's optimizer goes with it, so that
        `model.fit` goes on in tf.js where Python stopped; adam's is twice as large as the weights.
        With `quantization_dtype_map` it never does.
      trainable_only: whether the weights that are not trained stay away from a layers-model; tf.js
        loads it with `strict: false`.
      verify: whether to run it in real tf.js in Node first, without quantization, and to write
        nothing if it predicts something else.

    Returns:
      The path of the model.json.

    Raises:
      ConversionError: listing every layer that tf.js cannot express.
      VerificationFailed: with `verify`, naming the first layer that differs.
      OSError: where the folder cannot be written.
    """
    if is_keras_2(model):
        model = as_keras_3(model)
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"Expected a keras.Model, got {type(model).__module__}.{type(model).__name__}."
        )
    if format not in FORMATS:
        raise ValueError(f"format must be one of {', '.join(map(repr, FORMATS))}, got {format!r}.")
    if verify:
        from tfjsbridge.converters.verified import check

        check(model, functools.partial(save_part, format=format))
    warn_of_half_precision(model)
    options = (quantization_dtype_map, weight_shard_size_bytes, metadata)
    if format == "graph":
        return save_graph_model(model, artifacts_dir, *options)
    try:
        result = topology(model)
    except ConversionError as in_the_way:
        if format == "layers":
            raise
        return _as_graph(in_the_way, model, artifacts_dir, *options)
    training = training_of(model, {name: result.weights[name] for name in result.trainable})
    training.lost += result.untrained if training.config is not None else []
    if training.lost:
        warnings.warn(
            f"{model.name!r} is written, but tf.js cannot take up all that it was compiled with: "
            f"{'; '.join(training.lost)}.",
            stacklevel=2,
        )
    weights = result.weights
    if trainable_only:
        weights = {name: result.weights[name] for name in result.trainable}
    state = training.state if include_optimizer and not quantization_dtype_map else {}
    load_tensorflowjs()
    from tensorflowjs.converters.keras_h5_conversion import write_artifacts

    def write(directory: Path) -> None:
        write_artifacts(
            {"keras_version": keras.__version__, "backend": "tensorflow"},
            # tf.js: all in one group. Of files of which only the last is larger than the first, it
            # takes zeros for the end of the last (tfjs-core/src/io/composite_array_buffer.ts).
            [[{"name": name, "data": values} for name, values in (weights | state).items()]],
            str(directory),
            quantization_dtype_map=quantization_dtype_map,
            weight_shard_size_bytes=weight_shard_size_bytes,
            metadata=metadata,
        )
        _complete(directory / MODEL_JSON, result.config, training.config, set(state))

    return write_whole(Path(artifacts_dir), write)


def save_part(model: Any, directory: Path, format: Format = "auto") -> None:
    """Write a model, or a part of one, to look at what it predicts."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        save_keras_model(model, directory, format=format, include_optimizer=False)


def _as_graph(in_the_way: ConversionError, model: Any, *rest: Any) -> Path:
    """Write a graph-model of what layers cannot say, and tell of it."""
    try:
        path = save_graph_model(model, *rest)
    except ConversionError as error:
        raise ConversionError(
            f"The model {model.name!r} cannot be written for TensorFlow.js, neither of layers nor "
            "as a graph:",
            [
                *(f"of layers: {problem}" for problem in in_the_way.problems),
                *(f"as a graph: {problem}" for problem in error.problems),
            ],
        ) from None
    problems = "\n".join(f"  - {problem}" for problem in in_the_way.problems)
    warnings.warn(
        f"{model.name!r} is written as a graph-model: load it with tf.loadGraphModel; it cannot be "
        f"trained in tf.js, whose layers cannot say\n{problems}",
        stacklevel=3,
    )
    return path


def _complete(
    path: Path, model: dict[str, Any], training: dict[str, Any] | None, state: set[str]
) -> None:
    """Add the model, and the training where tf.js looks for it: beside the topology.

    The weights of the state become the optimizer's. The package writes a model of many layers more
    slowly, piece by piece.
    """
    description = json.loads(path.read_text("utf-8"))
    description["modelTopology"]["model_config"] = model
    if training is not None:
        description["trainingConfig"] = training
    for group in description["weightsManifest"]:
        for entry in group["weights"]:
            if entry["name"] in state:
                entry["group"] = "optimizer"
    path.write_text(json.dumps(description), "utf-8")
