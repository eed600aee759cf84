"""Layers-models written by hand: these tests need no TensorFlow."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

KERNEL = np.array([[1, -2], [3, 0.5], [-1, 4]], np.float32)
BIAS = np.array([0.25, -1], np.float32)


def layer(class_name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": config}


def write_sequential(
    directory: Path, layers: Sequence[Mapping[str, Any]], weights: Mapping[str, np.ndarray]
) -> Path:
    """``model.json`` and ``weights.bin`` of a Sequential, with float32 weights."""
    config = {"name": "sequential", "layers": list(layers)}
    topology = {
        "keras_version": "2.15.0",
        "backend": "tensorflow",
        "model_config": {"class_name": "Sequential", "config": config},
    }
    specs = [
        {"name": name, "shape": list(array.shape), "dtype": "float32"}
        for name, array in weights.items()
    ]
    model = {
        "format": "layers-model",
        "modelTopology": topology,
        "weightsManifest": [{"paths": ["weights.bin"], "weights": specs}],
    }
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "model.json").write_text(json.dumps(model), "utf-8")
    data = b"".join(array.astype("<f4").tobytes() for array in weights.values())
    (directory / "weights.bin").write_bytes(data)
    return directory


def write_dense(directory: Path) -> Path:
    """A model that predicts ``x @ KERNEL + BIAS``."""
    layers = [
        layer("InputLayer", name="x", batch_input_shape=[None, 3], dtype="float32"),
        layer("Dense", name="y", units=2),
    ]
    return write_sequential(directory, layers, {"y/kernel": KERNEL, "y/bias": BIAS})


class Dense:
    """The Python model that :func:`write_dense` exports."""

    def predict(self, x: np.ndarray) -> np.ndarray:
        return x @ KERNEL + BIAS
