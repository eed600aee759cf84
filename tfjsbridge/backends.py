"""Backends of the tf.js API, of which there is one here, and `tf.engine()`.

Follows tfjs-core/src/{engine,globals}.ts. TensorFlow always computes: `tf.getBackend()` says
"tensorflow", as in tfjs-node. The names of tf.js's other backends are known, so that a program that
chooses one runs as it is.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tfjsbridge import performance
from tfjsbridge.environment import disposeVariables
from tfjsbridge.promises import resolved
from tfjsbridge.tfjs_engine import ENGINE, SCOPES, end_scope, start_scope
from tfjsbridge.variables import Variable, registered_variables

__all__ = [
    "backend",
    "engine",
    "findBackend",
    "findBackendFactory",
    "getBackend",
    "ready",
    "registerBackend",
    "removeBackend",
    "setBackend",
]

_TENSORFLOW = "tensorflow"


class TensorFlowBackend:
    """What computes here, with the little that tf.js's backends tell of themselves."""

    def epsilon(self) -> float:
        """The smallest number that is added to keep divisions from zero."""
        return 1e-7

    def floatPrecision(self) -> int:
        """The bits of a floating-point number."""
        return 32

    def numDataIds(self) -> int:
        """How many buffers hold the values of tensors."""
        return ENGINE.numDataBuffers

    def memory(self) -> dict[str, Any]:
        """Whether the count of memory is an upper bound only."""
        return {"unreliable": True}

    def time(self, query: Callable[[], object]) -> dict[str, float]:
        """How many milliseconds a function takes: `kernelMs`."""
        return {"kernelMs": performance.time(query)["kernelMs"]}

    def dispose(self) -> None:
        """Does nothing."""


@dataclass
class _Entry:
    factory: Callable[[], Any]
    priority: float


_BACKEND = TensorFlowBackend()
_registry = {
    name: _Entry(lambda: _BACKEND, priority)
    for name, priority in ((_TENSORFLOW, 3), ("webgpu", 3), ("webgl", 2), ("wasm", 2), ("cpu", 1))
}
#: What the factories of a program's own backends have made, by name.
_made: dict[str, Any] = {}


def setBackend(backendName: str) -> bool:
    """Choose what computes, of which nothing is changed: TensorFlow computes as before.

    Args:
      backendName: "cpu", "webgl", "wasm", "webgpu", "tensorflow", or one that was registered.

    Returns:
      True; False if the function that was registered for the name fails.

    Raises:
      ValueError: for another name.
    """
    if backendName not in _registry:
        raise ValueError(f"Backend name '{backendName}' not found in registry")
    return _initialized(backendName)


def getBackend() -> str:
    """What computes: "tensorflow"."""
    return _TENSORFLOW


def ready() -> None:
    """In tf.js, wait until a backend can be used; here it always can."""


def backend() -> TensorFlowBackend:
    """What computes, as an object."""
    return _BACKEND


def registerBackend(name: str, factory: Callable[[], Any], priority: float = 1) -> bool:
    """Make a backend of one's own known by a name; TensorFlow computes all the same.

    Args:
      name: the name.
      factory: makes the backend; it may be `async`.
      priority: has no effect.

    Returns:
      Whether the name was free.
    """
    if name in _registry:
        warnings.warn(
            f"{name} backend was already registered. Reusing existing backend factory.",
            stacklevel=2,
        )
        return False
    _registry[name] = _Entry(factory, priority)
    return True


def removeBackend(name: str) -> None:
    """Make a backend unknown.

    Raises:
      ValueError: for a name that is unknown, and for "tensorflow", which computes.
    """
    if name not in _registry:
        raise ValueError(f"{name} backend not found in registry")
    if name == _TENSORFLOW:
        raise ValueError("tensorflow backend cannot be removed: it is what computes here")
    made = _made.pop(name, None)
    if made is not None and hasattr(made, "dispose"):
        made.dispose()
    del _registry[name]


def findBackend(name: str) -> Any:
    """The backend of a name, as an object; None if there is none."""
    if name not in _registry or not _initialized(name):
        return None
    return _made[name]


def findBackendFactory(name: str) -> Callable[[], Any] | None:
    """The function that makes the backend of a name; None if there is none."""
    return _registry[name].factory if name in _registry else None


def _initialized(name: str) -> bool:
    """Whether the backend of a name could be made, if it was not yet."""
    if name not in _made:
        try:
            _made[name] = resolved(_registry[name].factory())
        except Exception as error:  # whatever a program's own function raises
            warnings.warn(f"Initialization of backend {name} failed: {error}", stacklevel=3)
            return False
    return True


class EngineState:
    """What `tf.engine().state` says."""

    @property
    def numTensors(self) -> int:
        """How many tensors there are."""
        return ENGINE.numTensors

    @property
    def numBytes(self) -> int:
        """How many bytes they take."""
        return ENGINE.numBytes

    @property
    def numDataBuffers(self) -> int:
        """How many buffers hold their values."""
        return ENGINE.numDataBuffers

    @property
    def numStringTensors(self) -> int:
        """How many of them are of strings."""
        return ENGINE.numStringTensors

    @property
    def registeredVariables(self) -> dict[str, Variable]:
        """The variables of `tf.variable`, by name."""
        return registered_variables()


class TfjsEngine:
    """What keeps count of tensors, and knows the backends: `tf.engine()`."""

    state = EngineState()
    tidy = staticmethod(performance.tidy)
    keep = staticmethod(performance.keep)
    memory = staticmethod(performance.memory)
    profile = staticmethod(performance.profile)
    time = staticmethod(performance.time)
    setBackend = staticmethod(setBackend)
    ready = staticmethod(ready)
    registerBackend = staticmethod(registerBackend)
    removeBackend = staticmethod(removeBackend)
    findBackend = staticmethod(findBackend)
    findBackendFactory = staticmethod(findBackendFactory)
    disposeVariables = staticmethod(disposeVariables)

    @property
    def backendName(self) -> str:
        """`tf.getBackend()`."""
        return getBackend()

    @property
    def backend(self) -> TensorFlowBackend:
        """`tf.backend()`."""
        return backend()

    @property
    def registeredVariables(self) -> dict[str, Variable]:
        """The variables of `tf.variable`, by name."""
        return registered_variables()

    def backendNames(self) -> list[str]:
        """The names that `tf.setBackend` takes."""
        return list(_registry)

    def startScope(self, name: str | None = None) -> None:
        """Begin what `tf.tidy` does around a function.

        Args:
          name: has no effect.
        """
        start_scope()

    def endScope(self, result: Any = None) -> None:
        """Dispose of all tensors that were made since `startScope`.

        Args:
          result: a Tensor, or lists and dicts of them, that stay.

        Raises:
          ValueError: where no scope was begun.
        """
        if not SCOPES.open:
            raise ValueError("engine().endScope(): no scope was begun by engine().startScope()")
        end_scope(result)


_ENGINE = TfjsEngine()


def engine() -> TfjsEngine:
    """What keeps count of tensors: `tf.engine().startScope()`, `tf.engine().state.numTensors`."""
    return _ENGINE
