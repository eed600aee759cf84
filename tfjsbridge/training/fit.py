"""fit: train a plain Keras model with Keras's own step, many epochs in a call."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from tfjsbridge.runtime import tensorflow
from tfjsbridge.training.data import check_compiled, positive_integer, prepare
from tfjsbridge.training.history import History
from tfjsbridge.training.hooks import Hooks
from tfjsbridge.training.loop import Loop, loop_for
from tfjsbridge.training.progress import Quiet, reporter

#: How long one call of many epochs may take, in seconds: a live progress bar, and Ctrl-C at once.
SECONDS_PER_CALL = 0.1


def fit(
    model: Any,
    x: Any,
    y: Any,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    initial_epoch: int = 0,
    verbose: int = 1,
    callbacks: Sequence[Any] = (),
    validation_split: float = 0.0,
    validation_data: tuple[Any, Any] | None = None,
    shuffle: bool = True,
    seed: int | None = None,
) -> History:
    """Train a compiled Keras model.

    Args:
      model: a compiled `keras.Model`.
      x: inputs, [examples, ...]: an array, a list, or a dict by input name.
      y: targets, [examples, ...] likewise.
      batch_size: how many examples a step sees; the last batch of an epoch may be smaller.
      epochs: the number at which to stop, counting from 0.
      initial_epoch: the number of the first epoch.
      verbose: 0 shows nothing; otherwise a progress bar, or lines where there is no terminal.
      callbacks: Keras callbacks. Each sees the model as it is at the end of its epoch or batch.
      validation_split: this share of the examples, the last ones, is kept for validation.
      validation_data: (x, y) to validate on after each epoch, in place of a share.
      shuffle: whether each epoch sees the examples in a new order.
      seed: makes the orders repeatable; without it, it follows `keras.utils.set_random_seed`.

    Returns:
      The History, which is `model.history` too, also where the training was interrupted.

    Raises:
      ValueError: for data that does not fit the model; nothing is trained then.
      KeyboardInterrupt: on Ctrl-C, at most a call later; the model keeps what it has learned.
    """
    batch_size = positive_integer("batchSize", batch_size)
    epochs = positive_integer("epochs", epochs)
    check_compiled(model)
    data = prepare(model, x, y)
    validation = None
    if validation_data is not None:
        validation = prepare(model, *validation_data, what="validation ")
    elif validation_split:
        data, validation = data.split(validation_split)
    if seed is None:
        seed = int(tensorflow.random.uniform([], maxval=2**31 - 1, dtype="int32"))

    loop = loop_for(model, data, validation, batch_size, shuffle, seed)
    history = History()
    hooks = Hooks([*callbacks, history])
    hooks.set_model(model)
    hooks.set_params(
        {
            "epochs": epochs,
            "initialEpoch": initial_epoch,
            "samples": data.size,
            "steps": loop.batches,
            "batchSize": batch_size,
            "verbose": verbose,
            "doValidation": validation is not None,
        }
    )
    model.history = history
    model.stop_training = False
    hooks.on_train_begin()
    # BackupAndRestore sets it where it goes on with an interrupted training.
    initial_epoch = model._initial_epoch or initial_epoch
    with loop, reporter(verbose, initial_epoch, epochs) as progress:
        if hooks.watch_batches():
            _batch_by_batch(loop, hooks, progress, initial_epoch, epochs)
        else:
            _many_epochs(loop, hooks, progress, initial_epoch, epochs, bool(callbacks))
    # An optimizer with use_ema puts the averages in the weights' place.
    if model.optimizer is not None:
        model.optimizer.finalize_variable_values(model.trainable_weights)
    hooks.on_train_end(_last(history))
    return history


def _many_epochs(
    loop: Loop, hooks: Hooks, progress: Quiet, first: int, epochs: int, watched: bool
) -> None:
    """Epochs at a time; one at a time where a callback may look at the model in between."""
    epoch, count = first, 1
    while epoch < epochs and not loop.model.stop_training:
        if watched:
            hooks.on_epoch_begin(epoch)
        count = min(count, epochs - epoch)
        start = time.perf_counter()
        rows = loop.epochs(epoch, count)
        seconds = time.perf_counter() - start
        for logs in rows:
            if not watched:
                hooks.on_epoch_begin(epoch)
            hooks.on_epoch_end(epoch, logs)
            epoch += 1
        progress.update(epoch, logs)
        # The first call traces the function, which tells nothing of how fast it is.
        if not watched and epoch - first > 1:
            count = max(1, min(4 * count, int(count * SECONDS_PER_CALL / seconds)))


def _batch_by_batch(loop: Loop, hooks: Hooks, progress: Quiet, first: int, epochs: int) -> None:
    for epoch in range(first, epochs):
        hooks.on_epoch_begin(epoch)
        loop.start_epoch()
        order = loop.order(epoch)
        for index in range(loop.batches):
            hooks.on_train_batch_begin(index)
            hooks.on_train_batch_end(index, loop.batch(index, order))
            if loop.model.stop_training:
                break
        logs = loop.finish_epoch()
        hooks.on_epoch_end(epoch, logs)
        progress.update(epoch + 1, logs)
        if loop.model.stop_training:
            break


def _last(history: History) -> dict[str, Any]:
    return {name: values[-1] for name, values in history.history.items() if values}
