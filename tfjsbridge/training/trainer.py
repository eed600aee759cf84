"""A training's epochs, with its callbacks, progress and backups in between."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tfjsbridge.training.backup import Backup
from tfjsbridge.training.dataset import DatasetLoop
from tfjsbridge.training.history import History
from tfjsbridge.training.hooks import Hooks, is_watched
from tfjsbridge.training.interrupts import deferred
from tfjsbridge.training.loop import LONG_EPOCH, Logs, Loop
from tfjsbridge.training.pace import Pace
from tfjsbridge.training.plan import Plan, Span
from tfjsbridge.training.progress import Quiet, reporter


def train(
    loop: Loop | DatasetLoop,
    plan: Plan,
    history: History,
    callbacks: Sequence[Any],
    *,
    epochs: int,
    verbose: int,
    params: dict[str, Any],
    backup: Backup | None = None,
) -> History:
    """Train a model on its loop, from where the backup stands if there is one."""
    model = loop.model
    hooks = Hooks([*callbacks, history])
    hooks.set_model(model)
    hooks.set_params(
        {
            "epochs": epochs,
            "initialEpoch": plan.first,
            "steps": plan.steps_per_epoch or None,
            "verbose": verbose,
            "doValidation": plan.validation_batches > 0,
            **params,
        }
    )
    model.history = history
    model.stop_training = False
    try:
        hooks.on_train_begin()
        # BackupAndRestore sets it where it goes on with an interrupted training.
        first, trained = model._initial_epoch or plan.first, 0
        if backup is not None:
            first, trained = backup.restore_or_begin(first)
        with reporter(verbose, first, epochs) as progress:
            watched = is_watched(callbacks)
            trainer = Trainer(loop, plan, hooks, progress, epochs, watched, backup)
            trainer.run(first, trained)
    finally:
        loop.release()
    # An optimizer with use_ema puts the averages in the weights' place.
    if model.optimizer is not None:
        model.optimizer.finalize_variable_values(model.trainable_weights)
    if backup is not None:
        backup.remove()
    hooks.on_train_end(trainer.logs)
    return history


class Trainer:
    """Runs the epochs of a plan on a loop.

    Many epochs make a call of the loop where nobody looks at the model in between, one where a
    callback does, and a part of one where it is long or a callback follows its batches.

    Attributes:
      epoch: the number of the epoch at hand.
      logs: those of the last epoch that ended.
    """

    def __init__(
        self,
        loop: Loop | DatasetLoop,
        plan: Plan,
        hooks: Hooks,
        progress: Quiet,
        epochs: int,
        watched: bool,
        backup: Backup | None = None,
    ):
        self.loop = loop
        self.plan = plan
        self.hooks = hooks
        self.progress = progress
        self.epochs = epochs
        self.watched = watched
        self.backup = backup
        self.epoch = plan.first
        self.logs: dict[str, Any] = {}
        self._pace = Pace(LONG_EPOCH if isinstance(loop, Loop) and loop.wants_light else 1)

    def run(self, first: int, trained: int = 0) -> None:
        """Train from epoch `first` on, of which so many batches are trained already."""
        self.epoch = first
        if trained:
            self._in_parts(trained)
        while self.epoch < self.epochs and not self.loop.model.stop_training:
            if self._fits_a_call():
                self._whole_epochs()
            else:
                self._in_parts()

    def _fits_a_call(self) -> bool:
        if self.hooks.train_batches or not isinstance(self.loop, Loop):
            return False
        span = self.plan.epoch(self.epoch)
        if self.hooks.tests and span.validation_end:
            return False
        return span.batches <= self._pace.batches

    def _whole_epochs(self) -> None:
        assert isinstance(self.loop, Loop)
        if self.watched:
            self.hooks.on_epoch_begin(self.epoch)
            [row] = self._timed_run([self.plan.epoch(self.epoch)])
            self._end_epoch(*row)
        else:
            affordable = self._pace.batches // self.plan.epoch(self.epoch).batches
            until = min(self.epochs, self.hooks.next_look(self.epoch))
            count = max(1, min(affordable, self.loop.capacity, until - self.epoch))
            spans = [self.plan.epoch(self.epoch + i) for i in range(count)]
            with deferred():  # the history is to be as far as the weights are
                for row in self._timed_run(spans):
                    self.hooks.on_epoch_begin(self.epoch)
                    self._end_epoch(*row)
        self._between_calls()

    def _timed_run(self, spans: list[Span]) -> list[tuple[Logs, Logs]]:
        assert isinstance(self.loop, Loop)
        start = time.perf_counter()
        rows = self.loop.run(spans)
        self._pace.took(sum(span.batches for span in spans), time.perf_counter() - start)
        return rows

    def _in_parts(self, trained: int = 0) -> None:
        hooks, loop = self.hooks, self.loop
        span = self.plan.epoch(self.epoch)
        if not trained:
            hooks.on_epoch_begin(self.epoch)
        loop.begin(span, trained)
        logs: dict[str, Any] = {}
        while loop.more():
            if hooks.train_batches:
                hooks.on_train_batch_begin(trained)
            count, logs = self._timed(loop.train, 1 if hooks.train_batches else None)
            if hooks.train_batches:
                hooks.on_train_batch_end(trained, logs | {"size": loop.batch_length()})
            trained += count
            self._between_calls(trained, logs)
            if loop.model.stop_training:
                break
        self._end_epoch(logs, self._validate())
        self._between_calls(yields=False)  # it did after the last part

    def _validate(self) -> dict[str, Any]:
        hooks, loop = self.hooks, self.loop
        logs: dict[str, Any] = {}
        if not loop.more_validation():
            return logs
        hooks.on_test_begin()
        tested = 0
        while loop.more_validation():
            if hooks.test_batches:
                hooks.on_test_batch_begin(tested)
            count, logs = self._timed(loop.validate, 1 if hooks.test_batches else None)
            if hooks.test_batches:
                hooks.on_test_batch_end(tested, logs)
            tested += count
        hooks.on_test_end(logs)
        return logs

    def _timed(self, call: Any, limit: int | None) -> tuple[int, dict[str, Any]]:
        start = time.perf_counter()
        count, logs = call(limit or self._pace.batches)
        if not limit:
            self._pace.took(count, time.perf_counter() - start)
        return count, logs

    def _end_epoch(self, logs: dict[str, Any], validation: dict[str, Any]) -> None:
        self.logs = logs | {f"val_{name}": value for name, value in validation.items()}
        self.hooks.on_epoch_end(self.epoch, self.logs)
        self.epoch += 1

    def _goes_on_amid_an_epoch(self) -> bool:
        """Whether a training could begin here; without a batch to come, an epoch has no logs."""
        stopped = self.loop.model.stop_training
        return isinstance(self.loop, Loop) and self.loop.more() and not stopped

    def _between_calls(
        self, trained: int = 0, logs: dict[str, Any] | None = None, yields: bool = True
    ) -> None:
        """Tell of what is done: `trained` batches of the epoch at hand, or whole epochs."""
        share = trained / self.plan.steps_per_epoch if self.plan.steps_per_epoch else 0.0
        self.progress.update(self.epoch, self.logs if logs is None else logs, share)
        if self.backup is not None and (not trained or self._goes_on_amid_an_epoch()):
            self.backup.save_now_and_then(self.epoch, trained)
        if trained:
            self.hooks.on_yield(self.epoch, trained - 1, logs)
        elif yields:
            self.hooks.on_yield(self.epoch - 1, max(0, self.plan.steps_per_epoch - 1), self.logs)
