"""Models by their URLs: list, copy, move, remove; and a store in memory, memory://name.

Follows tfjs-core/src/io/model_management.ts.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from tfjsbridge.converters.files import find_model_json
from tfjsbridge.io.artifacts import (
    ModelArtifacts,
    getModelArtifactsInfoForJSON,
)
from tfjsbridge.io.file_system import FileSystem
from tfjsbridge.io.handlers import (
    getLoadHandlers,
    getSaveHandlers,
    registerLoadRouter,
    registerSaveRouter,
)
from tfjsbridge.promises import resolved

_SEPARATOR = "://"
_MEMORY = "memory"
#: The models at memory://, by name: artifacts, and their ModelArtifactsInfo.
_models: dict[str, tuple[ModelArtifacts, dict[str, Any]]] = {}


class Memory:
    """A handler that keeps a model in this program's memory, by name, as long as it runs."""

    def __init__(self, name: str):
        self.name = name

    def save(self, modelArtifacts: ModelArtifacts) -> dict[str, Any]:
        """Keep a copy of the artifacts, in the place of one that is there by this name."""
        info = getModelArtifactsInfoForJSON(modelArtifacts)
        _models[self.name] = copy.deepcopy(modelArtifacts), info
        return {"modelArtifactsInfo": info}

    def load(self) -> ModelArtifacts:
        """A copy of the artifacts.

        Raises:
          ValueError: where there is no model of this name.
        """
        return copy.deepcopy(self._found()[0])

    def remove(self) -> dict[str, Any]:
        """Forget the model.

        Returns:
          Its ModelArtifactsInfo.

        Raises:
          ValueError: where there is no model of this name.
        """
        info = self._found()[1]
        del _models[self.name]
        return info

    def _found(self) -> tuple[ModelArtifacts, dict[str, Any]]:
        if self.name not in _models:
            raise ValueError(f"In memory, there is no model with name '{self.name}'")
        return _models[self.name]


#: What a store of models is, by the scheme of its URLs.
_STORES = {
    "file": lambda path: FileSystem(f"file://{path}"),
    _MEMORY: Memory,
}


def listModels() -> dict[str, dict[str, Any]]:
    """The models in memory, by URL, each as its ModelArtifactsInfo.

    Models in folders can be anywhere and are not listed. What only a page has, local storage and
    IndexedDB, holds none here.
    """
    return {f"{_MEMORY}{_SEPARATOR}{name}": info for name, (_, info) in _models.items()}


def removeModel(url: str) -> dict[str, Any]:
    """Remove a model.

    Args:
      url: `file://folder`, of which model.json and its weight files are removed and nothing else,
        or `memory://name`.

    Returns:
      The ModelArtifactsInfo of the model.

    Raises:
      ValueError: for a URL of another scheme, or where there is no model.
      FileNotFoundError: where there is no model in the folder.
    """
    return _store(url).remove()


def copyModel(sourceURL: str, destURL: str) -> dict[str, Any]:
    """Copy a model.

    Args:
      sourceURL: `file://folder`, `memory://name`, or a URL of a model.json.
      destURL: `file://folder`, `memory://name`, or a URL that takes a POST request.

    Returns:
      The ModelArtifactsInfo of the copy.

    Raises:
      ValueError: for the same URL twice, one that cannot be loaded or saved to, or where there is
        no model.
    """
    return _clone(sourceURL, destURL)


def moveModel(sourceURL: str, destURL: str) -> dict[str, Any]:
    """Copy a model, and then remove the one that was copied.

    Args:
      sourceURL: `file://folder` or `memory://name`.
      destURL: as of `copyModel`.

    Returns:
      The ModelArtifactsInfo of the model at its new place.

    Raises:
      ValueError: as of `copyModel`; the model stays where it was.
    """
    # tf.js: it removes first, and loses the model where saving fails.
    source = _store(sourceURL)
    if isinstance(source, FileSystem) and destURL.startswith("file://"):
        folder = find_model_json(source.path).parent
        if folder.resolve() == FileSystem(destURL).path.resolve():
            raise _same(sourceURL)
    info = _clone(sourceURL, destURL)
    source.remove()
    return info


def _clone(source: str, destination: str) -> dict[str, Any]:
    if source == destination:
        raise _same(source)
    found = {"source": getLoadHandlers(source), "destination": getSaveHandlers(destination)}
    for (part, handlers), kind, url in zip(
        found.items(), ("load", "save"), (source, destination), strict=True
    ):
        if not handlers:
            raise ValueError(
                f"Copying failed because no {kind} handler is found for {part} URL {url}."
            )
        if len(handlers) > 1:
            raise ValueError(
                f"Copying failed because more than one ({len(handlers)}) {kind} handlers for "
                f"{part} URL {url}."
            )
    [loader], [saver] = found.values()
    result = resolved(saver.save(resolved(loader.load())))
    return dict(result["modelArtifactsInfo"])


def _same(url: str) -> ValueError:
    return ValueError(f"Old path and new path are the same: '{url}'")


def _store(url: str) -> Any:
    scheme, separator, path = url.partition(_SEPARATOR)
    if not separator:
        raise ValueError(
            "The url string provided does not contain a scheme. Supported schemes are: "
            f"{','.join(_STORES)}"
        )
    if scheme not in _STORES:
        raise ValueError(f"Cannot find model manager for scheme '{scheme}'")
    return _STORES[scheme](path)


def _memory_router(url: Any, loadOptions: Mapping[str, Any] | None = None) -> Memory | None:
    scheme = _MEMORY + _SEPARATOR
    is_memory = isinstance(url, str) and url.startswith(scheme)
    return Memory(url.removeprefix(scheme)) if is_memory else None


registerLoadRouter(_memory_router)
registerSaveRouter(_memory_router)
