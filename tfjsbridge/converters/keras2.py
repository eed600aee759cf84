"""Models of Keras 2, in tf_keras or in an HDF5 file, as models of Keras 3."""

from __future__ import annotations

import json
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import h5py

from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras


def is_keras_2(model: Any) -> bool:
    """Whether it is a model of tf_keras."""
    return any(base.__module__.partition(".")[0] == "tf_keras" for base in type(model).__mro__)


def as_keras_3(model: Any) -> Any:
    """The same model in Keras 3, by way of the HDF5 file that both know.

    Raises:
      ConversionError: where Keras 3 cannot read it.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras 2 calls the format a legacy
        path = Path(folder, "model.h5")
        try:
            model.save(path, include_optimizer=False)
            return load_h5(path, compile=False)
        except Exception as error:  # whatever a layer raises that the other Keras does not know
            raise ConversionError(
                f"The Keras 2 model {model.name!r} cannot be read by Keras 3:",
                [f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"],
            ) from error


def load_h5(path: Path, compile: bool) -> Any:
    """The model of an HDF5 file of Keras 2 or 3; the file stays as it is, and no code in it is run.

    Raises:
      Exception: whatever Keras raises on what it does not know.
    """
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        copy = Path(folder, "model.h5")
        shutil.copyfile(path, copy)
        with h5py.File(copy, "r+") as file:
            if "model_config" in file.attrs:
                config = json.loads(file.attrs["model_config"])
                _drop_defaults(config)
                file.attrs["model_config"] = json.dumps(config)
        return keras.saving.load_model(copy, compile=compile, safe_mode=True)


def _drop_defaults(config: Any) -> None:
    """Take options away, at any depth, that Keras 3 has no more and that are as it always is."""
    if isinstance(config, dict):
        if config.get("time_major") is False:
            del config["time_major"]
        config = list(config.values())
    if isinstance(config, list):
        for part in config:
            _drop_defaults(part)
