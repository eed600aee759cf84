"""fit: train a plain Keras model with Keras's own step, many epochs in a call."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import Any

from tfjsbridge.runtime import tensorflow
from tfjsbridge.training import jit as jit_module
from tfjsbridge.training.backup import Backup, checksum
from tfjsbridge.training.data import Data, check_compiled, positive_integer, prepare
from tfjsbridge.training.distributed import fit_with_keras, is_distributed
from tfjsbridge.training.history import History
from tfjsbridge.training.hooks import is_watched
from tfjsbridge.training.jit import Jit
from tfjsbridge.training.loop import EPOCHS_PER_CALL, LONG_EPOCH, Batches
from tfjsbridge.training.loops import loop_for
from tfjsbridge.training.order import Order
from tfjsbridge.training.plan import Plan, check_initial_epoch, check_validation_freq
from tfjsbridge.training.trainer import train as run


def fit(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    batch_size: int = 32,
    epochs: int = 1,
    verbose: int = 1,
    callbacks: Sequence[Any] = (),
    validation_split: float = 0.0,
    validation_data: Sequence[Any] | None = None,
    shuffle: bool = True,
    class_weight: Mapping[int, float] | None = None,
    sample_weight: Any = None,
    initial_epoch: int = 0,
    steps_per_epoch: int | None = None,
    validation_batch_size: int | None = None,
    validation_steps: int | None = None,
    validation_freq: int | Container[int] = 1,
    seed: int | None = None,
    jit: Jit = "auto",
    backup_dir: str | Path | None = None,
) -> History:
    """Train a compiled Keras model on data in memory.

    The weights come out as those of `model.fit`: bit for bit with `shuffle=False, jit=False`,
    within 1e-5 after 20 epochs of the small dense models that `jit="auto"` makes faster.

    Args:
      model: a compiled `keras.Model`.
      x: inputs, [examples, ...]: an array, a list, or a dict by input name.
      y: targets, [examples, ...] likewise.
      batch_size: how many examples a step sees; the last batch of a pass may be smaller.
      epochs: the number at which to stop, counting from 0.
      verbose: 0 shows nothing; otherwise a progress bar, or lines where there is no terminal.
      callbacks: Keras callbacks. Each sees the model as it is at the end of its epoch or batch.
      validation_split: this share of the examples, the last ones, is kept for validation.
      validation_data: (x, y) or (x, y, sample_weight) to validate on, in place of a share.
      shuffle: whether each epoch sees the examples in a new order.
      class_weight: how much an example of a class counts in the loss, by class number.
      sample_weight: how much each example counts in the loss, [examples].
      initial_epoch: the number of the first epoch.
      steps_per_epoch: how many batches make an epoch, if not all; the next one goes on behind them.
      validation_batch_size: how many examples a step of validation sees; `batch_size` without it.
      validation_steps: how many batches to validate on, if not all.
      validation_freq: validate after every so many epochs, or after these, counted from 1.
      seed: makes the orders repeatable; without it, it follows `keras.utils.set_random_seed`.
      jit: whether XLA compiles the training: True, False, or "auto", where it was measured to pay
        (small dense models on a CPU, for many steps). For fewer steps "auto" has TensorFlow run
        such models on one thread, with no optimizing beforehand.
      backup_dir: a folder for the state of the training, about one backup a second. A training that
        was killed goes on from there when it is started again, to the same weights.

    Returns:
      The History, which is `model.history` too, also where the training was interrupted.

    Raises:
      ValueError: for data that does not fit the model; nothing is trained then.
      KeyboardInterrupt: on Ctrl-C, at most a call later; the model keeps what it has learned.
    """
    batch_size = positive_integer("batchSize", batch_size)
    epochs = positive_integer("epochs", epochs)
    jit = jit_module.check(jit)
    check_initial_epoch(initial_epoch)
    check_compiled(model)
    if is_distributed(model):
        return fit_with_keras(
            model,
            callbacks,
            jit,
            x=x,
            y=y,
            batch_size=batch_size,
            epochs=epochs,
            verbose=verbose,
            validation_split=validation_split,
            validation_data=validation_data,
            shuffle=shuffle,
            class_weight=class_weight,
            sample_weight=sample_weight,
            initial_epoch=initial_epoch,
            steps_per_epoch=steps_per_epoch,
            validation_batch_size=validation_batch_size,
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            seed=seed,
            backup_dir=backup_dir,
        )
    train, validation = _data(
        model, x, y, sample_weight, class_weight, validation_split, validation_data
    )
    batches = Batches(train, batch_size)
    tests = None
    if validation is not None:
        tests = Batches(
            validation, _given("validationBatchSize", validation_batch_size, batch_size)
        )
    plan = Plan(
        batches.count,
        min(_given("stepsPerEpoch", steps_per_epoch, batches.count), batches.count),
        initial_epoch,
        min(_given("validationSteps", validation_steps, tests.count), tests.count) if tests else 0,
        check_validation_freq(validation_freq),
    )
    steps = plan.steps_per_epoch * max(0, epochs - initial_epoch)
    smaller = any(b.data.size % b.size for b in (batches, tests) if b is not None)
    one_by_one = is_watched(callbacks) or plan.epoch(initial_epoch).batches >= LONG_EPOCH
    compiles = jit_module.choose(jit, model, steps, smaller)
    loop = loop_for(
        model,
        batches,
        tests,
        shuffle,
        compiles,
        not compiles and jit_module.may_be_light(jit, model, batches.length(0)),
        1 if one_by_one else EPOCHS_PER_CALL,
    )
    seed = new_seed() if seed is None else seed
    history = History()
    backup = None
    if backup_dir is not None:
        described = {
            "batchSize": batch_size,
            "shuffle": shuffle,
            "initialEpoch": initial_epoch,
            "stepsPerEpoch": plan.steps_per_epoch,
            "data": checksum(train.tensors),
        }
        backup = Backup(backup_dir, model, history, callbacks, described, seed)
        seed = backup.seed
    loop.order = Order(seed)
    return run(
        loop,
        plan,
        history,
        callbacks,
        epochs=epochs,
        verbose=verbose,
        params={"samples": train.size, "batchSize": batch_size},
        backup=backup,
    )


def new_seed() -> int:
    """A seed that follows `keras.utils.set_random_seed`."""
    return int(tensorflow.random.uniform([], maxval=2**31 - 1, dtype="int32"))


def _given(name: str, value: int | None, default: int) -> int:
    return default if value is None else positive_integer(name, value)


def _data(
    model: Any,
    x: Any,
    y: Any,
    sample_weight: Any,
    class_weight: Any,
    validation_split: float,
    validation_data: Sequence[Any] | None,
) -> tuple[Data, Data | None]:
    data = prepare(model, x, y, sample_weight, class_weight, training=True)
    if validation_data is not None:
        return data, prepare(model, *validation_data, what="validation ", training=True)
    if validation_split:
        return data.split(validation_split)
    return data, None
