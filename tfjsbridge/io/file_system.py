"""Models in folders of this machine: tf.io.fileSystem, and URLs as file://folder.

Follows tfjs-node's io/file_system.ts.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tfjsbridge.converters.download import downloaded
from tfjsbridge.converters.files import find_model_json, model_files
from tfjsbridge.io.artifacts import (
    ModelArtifacts,
    check_topology,
    getModelArtifactsInfoForJSON,
)
from tfjsbridge.io.fetching import Fetching
from tfjsbridge.io.folder import Check, artifacts_info_of, read_artifacts, write_artifacts
from tfjsbridge.io.handlers import registerLoadRouter, registerSaveRouter
from tfjsbridge.urls import file_path

_SCHEME = "file://"


class FileSystem:
    """A handler that loads from a folder and saves into it; `path` is that of it."""

    def __init__(self, path: str | Path, loadOptions: Mapping[str, Any] | None = None):
        if isinstance(path, (list, tuple)):
            raise ValueError(
                "fileSystem: expected one path, of a folder or its model.json; got several. A "
                "topology in binary format is not read."
            )
        self.path = file_path(path)
        self.options = Fetching(loadOptions)

    def save(self, modelArtifacts: ModelArtifacts) -> dict[str, Any]:
        """Write a model.json and its weight files into the folder; all or none.

        Returns:
          The SaveResult, {"modelArtifactsInfo": ...}.

        Raises:
          OSError: where the folder cannot be written.
        """
        check_topology(
            modelArtifacts,
            "NodeFileSystem.save() does not support saving model topology in binary format yet.",
        )
        write_artifacts(modelArtifacts, self.path)
        return {"modelArtifactsInfo": getModelArtifactsInfoForJSON(modelArtifacts)}

    def load(self) -> ModelArtifacts:
        """The artifacts in the folder.

        Raises:
          FileNotFoundError: if there is no model.json.
          ModelFileError: if it or a weight file is damaged or missing.
        """
        with self.folder() as path:
            return read_artifacts(path)

    def remove(self) -> dict[str, Any]:
        """Remove the model.json and its weight files; what else is in the folder stays.

        Returns:
          The ModelArtifactsInfo of what was there.

        Raises:
          FileNotFoundError: if there is no model.json.
          ModelFileError: if it is damaged; nothing is removed then.
        """
        info = artifacts_info_of(find_model_json(self.path))
        for path in model_files(self.path):
            path.unlink()
        return info

    @contextlib.contextmanager
    def folder(self, check: Check = lambda description: None) -> Iterator[Path]:
        """The model.json, with its weight files in the same folder."""
        options = self.options
        if not options.moves_weights and options.fetch_function is None:
            yield find_model_json(self.path)
            options.finish()
            return
        path = str(self.path if options.fetch_function else find_model_json(self.path))
        with downloaded(
            path,
            check,
            weight_url=functools.partial(options.weight_url, path),
            chunks=options.chunks,
            progress=options.progress,
        ) as found:
            yield found


def fileSystem(path: str | Path) -> FileSystem:
    """A handler that loads a model from a folder, or saves it there.

    Args:
      path: of the folder or, to load, of its model.json; also as `file://path`.
    """
    return FileSystem(path)


def _file_router(url: Any, loadOptions: Mapping[str, Any] | None = None) -> FileSystem | None:
    is_file = isinstance(url, str) and url.startswith(_SCHEME)
    return FileSystem(url, loadOptions) if is_file else None


registerLoadRouter(_file_router)
registerSaveRouter(_file_router)
