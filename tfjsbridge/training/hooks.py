"""The callbacks of a training, called in turn."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from tfjsbridge.runtime import keras

_TRAIN_BATCH = ("on_batch_begin", "on_batch_end", "on_train_batch_begin", "on_train_batch_end")
_TEST_BATCH = ("on_test_batch_begin", "on_test_batch_end")
_TEST = ("on_test_begin", "on_test_end")


class Hooks:
    """Calls a method on every callback: `hooks.on_epoch_end(epoch, logs)`.

    Keras's own CallbackList sorts the logs by name; here they stay in the order of the metrics.

    Attributes:
      train_batches: whether a callback has a hook of its own for batches of training.
      test_batches: whether one has, for batches of validation.
      tests: whether one has, for the beginning or end of a validation, or for its batches.
    """

    def __init__(self, callbacks: Sequence[Any]):
        self.callbacks = list(callbacks)
        self.train_batches = self._has_own(_TRAIN_BATCH)
        self.test_batches = self._has_own(_TEST_BATCH)
        self.tests = self.test_batches or self._has_own(_TEST)

    def __getattr__(self, name: str) -> Callable[..., None]:
        def call(*args: Any) -> None:
            for callback in self.callbacks:
                getattr(callback, name)(*args)

        return call

    def on_yield(self, epoch: int, batch: int, logs: Any) -> None:
        """Tell the callbacks that want to know it that a call of the engine has ended."""
        for callback in self.callbacks:
            hook = getattr(callback, "on_yield", None)
            if hook is not None:
                hook(epoch, batch, logs)

    def next_look(self, epoch: int) -> int:
        """How many epochs are done when a callback wants to see the model next, after `epoch`.

        A callback that does not watch all epochs says so by a method of this name.
        """
        looks = [c.next_look(epoch) for c in self.callbacks if hasattr(c, "next_look")]
        return min(looks, default=sys.maxsize)

    def _has_own(self, names: Sequence[str]) -> bool:
        return any(_has_own(callback, names) for callback in self.callbacks)


def _has_own(callback: Any, names: Sequence[str]) -> bool:
    def function(owner: Any, name: str) -> Any:
        method = getattr(owner, name)
        return getattr(method, "__func__", method)

    # A hook is a method of a subclass, or an attribute that LambdaCallback sets.
    return any(
        function(callback, name) is not function(keras.callbacks.Callback, name) for name in names
    )


def is_watched(callbacks: Sequence[Any]) -> bool:
    """Whether a callback may look at the model between two epochs; `watches = False` says no."""
    return any(getattr(callback, "watches", True) for callback in callbacks)
