"""tf.js's callbacks, which are a dict of functions, as Keras's.

Follows tfjs-layers/src/base_callbacks.ts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

from tfjsbridge.callback import Callback
from tfjsbridge.early_stopping import EarlyStopping
from tfjsbridge.errors import unknown_name
from tfjsbridge.options import options
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


@options
def earlyStopping(
    *,
    monitor: str = "val_loss",
    minDelta: float = 0,
    patience: int = 0,
    verbose: int = 0,
    mode: str = "auto",
    baseline: float | None = None,
    restoreBestWeights: bool = False,
) -> EarlyStopping:
    """A callback that stops training when a value does not improve any more.

    Args:
      monitor: the value in the logs.
      minDelta: less than this is no improvement.
      patience: after so many epochs without one, training stops.
      verbose: 1 prints where it stopped.
      mode: "min" where less is better, "max" where more is; "auto" takes "max" for accuracies.
      baseline: the value that the first epoch has to improve.
      restoreBestWeights: whether the model has the weights of its best epoch afterwards.
        tf.js: has it not yet.

    Raises:
      ValueError: for another `mode`.
    """
    return EarlyStopping(monitor, minDelta, patience, verbose, mode, baseline, restoreBestWeights)


def standardize(callbacks: Any, yieldEvery: Any = "auto") -> list[Any]:
    """Keras callbacks of what `fit` was given.

    Args:
      callbacks: None; a dict of functions by tf.js's names (onEpochEnd(epoch, logs), ...); a
        `tf.Callback`; a Keras callback; or a list of these.
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
    if isinstance(entry, Callback):
        return _keras_callback(_own_functions(entry), yieldEvery, entry)
    if isinstance(entry, Mapping):
        for name, function in entry.items():
            if name not in (*HOOKS, "onYield"):
                raise unknown_name("callback", name, (*HOOKS, "onYield"))
            if not callable(function):
                raise TypeError(f"The callback {name!r} must be a function, got {function!r}.")
        return _keras_callback(entry, yieldEvery)
    raise TypeError(
        "callbacks must be a dict as {'onEpochEnd': lambda epoch, logs: ...}, a tf.Callback, a "
        f"Keras callback, or a list of them; got {type(entry).__name__} {entry!r}."
    )


def _own_functions(callback: Callback) -> dict[str, Callable[..., Any]]:
    """The functions that a subclass has of its own."""
    names = (*HOOKS, "onYield")
    own = [name for name in names if getattr(type(callback), name, None) is not _inherited(name)]
    return {name: getattr(callback, name) for name in own}


def _inherited(name: str) -> Any:
    return getattr(Callback, name, None)


def _keras_callback(
    functions: Mapping[str, Callable[..., Any]],
    yieldEvery: Any,
    callback: Callback | None = None,
) -> Any:
    """A Keras callback with only the hooks that are asked for, so that no other one costs time.

    Args:
      functions: by tf.js's names.
      yieldEvery: as of `standardize`.
      callback: whose functions these are, which is told the model and how it is trained.
    """
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
    if callback is not None:
        methods["set_model"] = lambda self, model: callback.setModel(_mirrored(model))
        methods["set_params"] = lambda self, params: callback.setParams(params)
    return type("CustomCallback", (keras.callbacks.Callback,), methods)()


def _mirrored(keras_model: Any) -> Any:
    from tfjsbridge.models import wrap

    return wrap(keras_model)


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
