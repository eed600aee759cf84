"""The callbacks of a training, called in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfjsbridge.runtime import keras

_BATCH_HOOKS = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")


class Hooks:
    """Calls a method on every callback: `hooks.on_epoch_end(epoch, logs)`.

    Keras's own CallbackList sorts the logs by name; here they stay in the order of the metrics.
    """

    def __init__(self, callbacks: Sequence[Any]):
        self.callbacks = list(callbacks)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(*args: Any) -> None:
            for callback in self.callbacks:
                getattr(callback, name)(*args)

        return call

    def watch_batches(self) -> bool:
        """Whether a callback has a hook of its own for batches."""
        return any(_watches_batches(callback) for callback in self.callbacks)


def _watches_batches(callback: Any) -> bool:
    def function(owner: Any, name: str) -> Any:
        method = getattr(owner, name)
        return getattr(method, "__func__", method)

    # A hook is a method of a subclass, or an attribute that LambdaCallback sets.
    return any(
        function(callback, name) is not function(keras.callbacks.Callback, name)
        for name in _BATCH_HOOKS
    )
