"""tf.js's callbacks, which are a dict of functions, as Keras's.

Follows tfjs-layers/src/base_callbacks.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfjsbridge.errors import unknown_name
from tfjsbridge.runtime import keras

#: tf.js's name to Keras's, and whether the first argument is an index (of an epoch or a batch).
HOOKS = {
    "onTrainBegin": ("on_train_begin", False),
    "onTrainEnd": ("on_train_end", False),
    "onEpochBegin": ("on_epoch_begin", True),
    "onEpochEnd": ("on_epoch_end", True),
    "onBatchBegin": ("on_train_batch_begin", True),
    "onBatchEnd": ("on_train_batch_end", True),
}


class BatchValues:
    """The values of single batches, as tf.js logs them, from Keras's running means of the epoch."""

    def __init__(self) -> None:
        self.seen = 0
        self.totals: dict[str, float] = {}

    def __call__(self, batch: int, logs: Mapping[str, float]) -> dict[str, float]:
        if batch == 0:
            self.seen, self.totals = 0, {}
        size = int(logs["size"])
        self.seen += size
        values: dict[str, float] = {"batch": batch, "size": size}
        for name, mean in logs.items():
            if name != "size":
                total = mean * self.seen
                values[name] = (total - self.totals.get(name, 0.0)) / size
                self.totals[name] = total
        return values


def standardize(callbacks: Any) -> list[Any]:
    """Keras callbacks of what `fit` was given.

    Args:
      callbacks: None; a dict of functions by tf.js's names (onEpochEnd(epoch, logs), ...); a Keras
        callback; or a list of these.

    Raises:
      ValueError: for a name that is none of tf.js's.
      TypeError: for anything else.
    """
    if callbacks is None:
        return []
    entries = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    return [_standardize_one(entry) for entry in entries]


def _standardize_one(entry: Any) -> Any:
    if isinstance(entry, keras.callbacks.Callback):
        return entry
    if isinstance(entry, Mapping):
        for name, function in entry.items():
            if name not in HOOKS:
                raise unknown_name("callback", name, HOOKS)
            if not callable(function):
                raise TypeError(f"The callback {name!r} must be a function, got {function!r}.")
        return _keras_callback(entry)
    raise TypeError(
        "callbacks must be a dict as {'onEpochEnd': lambda epoch, logs: ...}, a Keras callback, or "
        f"a list of them; got {type(entry).__name__} {entry!r}."
    )


def _keras_callback(functions: Mapping[str, Callable[..., Any]]) -> Any:
    """A Keras callback with only the hooks that are asked for, so that no other one costs time."""
    batch_values = BatchValues()

    def hook(name: str, indexed: bool) -> Callable[..., Any]:
        function = functions[name]
        if name == "onBatchEnd":
            return lambda self, batch, logs=None: function(batch, batch_values(batch, logs))
        if indexed:
            return lambda self, index, logs=None: function(index, dict(logs or {}))
        # tf.js: the logs of onTrainBegin and onTrainEnd are empty
        return lambda self, logs=None: function({})

    methods = {HOOKS[name][0]: hook(name, HOOKS[name][1]) for name in functions}
    return type("CustomCallback", (keras.callbacks.Callback,), methods)()
