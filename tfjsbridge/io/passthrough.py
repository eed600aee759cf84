"""Handlers of a program's own: artifacts from memory, artifacts to a function.

Follows tfjs-core/src/io/passthrough.ts.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import Any

from tfjsbridge.io.artifacts import ModelArtifacts
from tfjsbridge.promises import resolved


class PassthroughLoader:
    """A handler that loads artifacts which a program has."""

    def __init__(self, modelArtifacts: ModelArtifacts):
        self.modelArtifacts = modelArtifacts

    def load(self) -> ModelArtifacts:
        """The artifacts."""
        return self.modelArtifacts


class PassthroughSaver:
    """A handler that saves by calling a function."""

    def __init__(self, saveHandler: Callable[[ModelArtifacts], Any]):
        self.saveHandler = saveHandler

    def save(self, modelArtifacts: ModelArtifacts) -> Any:
        """What the function gives of the artifacts."""
        return resolved(self.saveHandler(modelArtifacts))


def fromMemory(
    modelArtifacts: Mapping[str, Any],
    weightSpecs: Any = None,
    weightData: Any = None,
    trainingConfig: Any = None,
) -> PassthroughLoader:
    """A handler that loads a model from memory.

    Args:
      modelArtifacts: the artifacts, with `modelTopology`, `weightSpecs` and `weightData`; or,
        as it was long ago, the topology alone.
      weightSpecs: with a topology: what weights there are.
      weightData: with a topology: their bytes.
      trainingConfig: with a topology: how the model is compiled.
    """
    rest = (weightSpecs, weightData, trainingConfig)
    whole = any(modelArtifacts.get(name) is not None for name in ("modelTopology", "weightSpecs"))
    if whole and all(value is None for value in rest):
        return PassthroughLoader(dict(modelArtifacts))
    warnings.warn(
        "Please call tf.io.fromMemory() with only one argument. The argument should be of type "
        "ModelArtifacts. The multi-argument signature of tf.io.fromMemory() has been deprecated "
        "and will be removed in a future release.",
        DeprecationWarning,
        stacklevel=2,
    )
    names = ("weightSpecs", "weightData", "trainingConfig")
    given = {name: value for name, value in zip(names, rest, strict=True) if value is not None}
    return PassthroughLoader({"modelTopology": dict(modelArtifacts), **given})


def fromMemorySync(
    modelArtifacts: Mapping[str, Any],
    weightSpecs: Any = None,
    weightData: Any = None,
    trainingConfig: Any = None,
) -> PassthroughLoader:
    """`fromMemory`: here nothing has to be waited for."""
    return fromMemory(modelArtifacts, weightSpecs, weightData, trainingConfig)


def withSaveHandler(saveHandler: Callable[[ModelArtifacts], Any]) -> PassthroughSaver:
    """A handler that saves a model by a function.

    Args:
      saveHandler: is called with the artifacts; `model.save` returns what it returns, in tf.js a
        SaveResult. It may be `async`.
    """
    return PassthroughSaver(saveHandler)


def withSaveHandlerSync(saveHandler: Callable[[ModelArtifacts], Any]) -> PassthroughSaver:
    """`withSaveHandler`: here nothing has to be waited for."""
    return PassthroughSaver(saveHandler)
