"""save_keras_model: a Keras 3 model as files that tf.js loads."""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

from tfjsbridge.converters import layers
from tfjsbridge.converters.files import MODEL_JSON, write_whole
from tfjsbridge.converters.topology import topology
from tfjsbridge.converters.training_config import training_of
from tfjsbridge.runtime import keras, load_tensorflowjs

assert layers  # imported for the conversions that it registers


def save_keras_model(
    model: Any,
    artifacts_dir: str | Path,
    quantization_dtype_map: dict[str, str] | None = None,
    weight_shard_size_bytes: int = 1024 * 1024 * 4,
    metadata: dict[str, Any] | None = None,
    *,
    include_optimizer: bool = True,
) -> Path:
    """Write a Keras 3 model as a layers-model: model.json and its weights.

    Takes the place of `tensorflowjs.converters.save_keras_model`, whose Keras 3 output tf.js does
    not load; the files are written by that package's own code. All are written or none: a failed or
    killed export leaves what stood there, and files of others in the folder are not touched.

    Args:
      model: a built Sequential or functional `keras.Model`.
      artifacts_dir: the folder; made where it is missing.
      quantization_dtype_map: which weights are stored smaller: "float16", "uint16" or "uint8" to a
        name or pattern of weights, as {"float16": "*"}.
      weight_shard_size_bytes: the largest size of a weight file, in bytes.
      metadata: JSON data of your own, which arrives in tf.js as `model.getUserDefinedMetadata()`.
      include_optimizer: whether the state of a compiled model's optimizer goes with it, so that
        `model.fit` goes on in tf.js where Python stopped; adam's is twice as large as the weights.
        With `quantization_dtype_map` it never does.

    Returns:
      The path of the model.json.

    Raises:
      ConversionError: listing every layer that tf.js cannot express.
      OSError: where the folder cannot be written.
    """
    if not isinstance(model, keras.Model):
        raise TypeError(
            f"Expected a keras.Model, got {type(model).__module__}.{type(model).__name__}."
        )
    result = topology(model)
    training = training_of(model, {name: result.weights[name] for name in result.trainable})
    if training.lost:
        warnings.warn(
            f"{model.name!r} is written, but tf.js cannot take up all that it was compiled with: "
            f"{'; '.join(training.lost)}.",
            stacklevel=2,
        )
    groups = [result.weights]
    if include_optimizer and training.state and not quantization_dtype_map:
        groups.append(training.state)
    load_tensorflowjs()
    from tensorflowjs.converters.keras_h5_conversion import write_artifacts

    def write(directory: Path) -> None:
        write_artifacts(
            {
                "keras_version": keras.__version__,
                "backend": "tensorflow",
                "model_config": result.config,
            },
            [
                [{"name": name, "data": values} for name, values in group.items()]
                for group in groups
            ],
            str(directory),
            quantization_dtype_map=quantization_dtype_map,
            weight_shard_size_bytes=weight_shard_size_bytes,
            metadata=metadata,
        )
        if training.config is not None:
            _add_training(directory / MODEL_JSON, training.config)

    return write_whole(Path(artifacts_dir), write)


def _add_training(path: Path, config: dict[str, Any]) -> None:
    """Where tf.js looks for it: beside the topology, and the second group as the optimizer's."""
    description = json.loads(path.read_text("utf-8"))
    description["trainingConfig"] = config
    for group in description["weightsManifest"][1:]:
        for entry in group["weights"]:
            entry["group"] = "optimizer"
    path.write_text(json.dumps(description), "utf-8")
