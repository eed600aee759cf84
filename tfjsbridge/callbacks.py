"""tf.js's callbacks, which are a dict of functions, as Keras's.

Follows tfjs-layers/src/base_callbacks.ts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from numbers import Real
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

#: tf.js's "auto".
YIELD_EVERY_MS = 125


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


def standardize(callbacks: Any, yieldEvery: Any = "auto") -> list[Any]:
    """Keras callbacks of what `fit` was given.

    Args:
      callbacks: None; a dict of functions by tf.js's names (onEpochEnd(epoch, logs), ...); a Keras
        callback; or a list of these.
      yieldEvery: when `onYield` is called: "auto", a number of ms, "batch", "epoch" or "never".

    Raises:
      ValueError: for a name that is none of tf.js's, `onYield` where it is never called, or another
        `yieldEvery`.
      TypeError: for anything else.
    """
    yieldEvery = yieldEvery or "auto"  # tf.js: 0 and null are too
    if yieldEvery not in ("auto", "batch", "epoch", "never") and (
        isinstance(yieldEvery, bool) or not isinstance(yieldEvery, Real)
    ):
        raise ValueError(
            "yieldEvery must be 'auto', 'batch', 'epoch', 'never' or a number of milliseconds, got "
            f"{yieldEvery!r}."
        )
    if callbacks is None:
        return []
    entries = callbacks if isinstance(callbacks, (list, tuple)) else [callbacks]
    return [_standardize_one(entry, yieldEvery) for entry in entries]


def _standardize_one(entry: Any, yieldEvery: Any) -> Any:
    if isinstance(entry, keras.callbacks.Callback):
        return entry
    if isinstance(entry, Mapping):
        for name, function in entry.items():
            if name not in (*HOOKS, "onYield"):
                raise unknown_name("callback", name, (*HOOKS, "onYield"))
            if not callable(function):
                raise TypeError(f"The callback {name!r} must be a function, got {function!r}.")
        return _keras_callback(entry, yieldEvery)
    raise TypeError(
        "callbacks must be a dict as {'onEpochEnd': lambda epoch, logs: ...}, a Keras callback, or "
        f"a list of them; got {type(entry).__name__} {entry!r}."
    )


def _keras_callback(functions: Mapping[str, Callable[..., Any]], yieldEvery: Any) -> Any:
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

    methods: dict[str, Any] = {
        HOOKS[name][0]: hook(name, HOOKS[name][1]) for name in functions if name in HOOKS
    }
    if "onYield" in functions:
        methods["on_yield"] = _yielding(functions["onYield"], yieldEvery)
    # What is not called between epochs leaves the engine's calls as long as they are.
    methods["watches"] = not set(functions) <= {"onYield", "onTrainBegin", "onTrainEnd"}
    return type("CustomCallback", (keras.callbacks.Callback,), methods)()


def _yielding(function: Callable[..., Any], yieldEvery: Any) -> Callable[..., Any]:
    """`onYield`, at most as often as `yieldEvery` says."""
    if yieldEvery == "never":
        raise ValueError(
            "yieldEvery is 'never' but you provided an 'onYield' callback. Either change "
            "yieldEvery or remove the callback."
        )
    if yieldEvery in ("batch", "epoch"):  # tf.js: only the page gets its turn then
        return lambda self, epoch, batch, logs: None
    wait = YIELD_EVERY_MS if yieldEvery == "auto" else yieldEvery
    last = 1000 * time.monotonic()  # tf.js: not at once

    def on_yield(self: Any, epoch: int, batch: int, logs: Mapping[str, Any]) -> None:
        nonlocal last
        now = 1000 * time.monotonic()
        if now - last >= float(wait):
            last = now
            function(epoch, batch, dict(logs))

    return on_yield
