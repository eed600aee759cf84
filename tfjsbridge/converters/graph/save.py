"""save_graph_model and save_saved_model: models as graph-models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tfjsbridge.converters.graph.saved_model import loaded
from tfjsbridge.converters.graph.trace import traced
from tfjsbridge.converters.graph.write import write_graph


def save_graph_model(
    model: Any,
    artifacts_dir: str | Path,
    quantization_dtype_map: dict[str, str] | None = None,
    weight_shard_size_bytes: int = 1024 * 1024 * 4,
    metadata: dict[str, Any] | None = None,
) -> Path:
    """Write a Keras 3 model as a graph-model, which tf.js runs but cannot train.

    The optimizing and the files are the tensorflowjs package's own. All files are written or none.

    Args:
      model: a built `keras.Model`, functional, Sequential, or subclassed and called once.
      artifacts_dir: the folder; made where it is missing.
      quantization_dtype_map: as of `save_keras_model`.
      weight_shard_size_bytes: as of `save_keras_model`.
      metadata: as of `save_keras_model`.

    Returns:
      The path of the model.json.

    Raises:
      ConversionError: listing every operation that tf.js has not.
    """
    return write_graph(
        lambda: traced(model),
        f"The model {model.name!r}",
        artifacts_dir,
        quantization_dtype_map,
        weight_shard_size_bytes,
        metadata,
    )


def save_saved_model(
    saved_model_dir: str | Path,
    artifacts_dir: str | Path,
    signature_name: str = "serving_default",
    saved_model_tags: str = "serve",
    quantization_dtype_map: dict[str, str] | None = None,
    weight_shard_size_bytes: int = 1024 * 1024 * 4,
    metadata: dict[str, Any] | None = None,
) -> Path:
    """Write a signature of a TensorFlow SavedModel as a graph-model.

    A SavedModel is a program: load only what you trust.

    Args:
      saved_model_dir: the folder with saved_model.pb.
      artifacts_dir: the folder to write; made where it is missing.
      signature_name: which of its signatures.
      saved_model_tags: of the graph in it, separated by commas.
      quantization_dtype_map: as of `save_keras_model`.
      weight_shard_size_bytes: as of `save_keras_model`.
      metadata: as of `save_keras_model`.

    Returns:
      The path of the model.json.

    Raises:
      FileNotFoundError: where there is no SavedModel.
      ValueError: for a signature that it does not have.
      ConversionError: listing every operation that tf.js has not.
    """
    return write_graph(
        lambda: loaded(Path(saved_model_dir), signature_name, saved_model_tags),
        f"The SavedModel {str(saved_model_dir)!r}",
        artifacts_dir,
        quantization_dtype_map,
        weight_shard_size_bytes,
        metadata,
        dynamic=True,
    )
