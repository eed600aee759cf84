"""fit_dataset: train a plain Keras model on a stream of batches."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tfjsbridge.training.backup import Backup
from tfjsbridge.training.data import Data, check_compiled, positive_integer, prepare
from tfjsbridge.training.dataset import DatasetLoop, Stream
from tfjsbridge.training.history import History
from tfjsbridge.training.plan import StreamPlan, check_initial_epoch, check_validation_freq
from tfjsbridge.training.steps import take
from tfjsbridge.training.trainer import train as run


def fit_dataset(
    model: Any,
    dataset: Any,
    *,
    epochs: int = 1,
    steps_per_epoch: int | None = None,
    verbose: int = 1,
    callbacks: Sequence[Any] = (),
    validation_data: Any = None,
    validation_steps: int | None = None,
    validation_batch_size: int = 32,
    validation_freq: int | Container[int] = 1,
    class_weight: Mapping[int, float] | None = None,
    initial_epoch: int = 0,
    backup_dir: str | Path | None = None,
) -> History:
    """Train a compiled Keras model on a stream of batches.

    Args:
      model: a compiled `keras.Model`.
      dataset: a `tf.data.Dataset`, a `keras.utils.PyDataset`, anything to iterate over, or a
        function that returns an iterator. A batch is (x, y), (x, y, sample_weight) or
        {"xs": x, "ys": y}, each [examples, ...].
      epochs: the number at which to stop, counting from 0.
      steps_per_epoch: how many batches make an epoch, if not all that the dataset has.
      verbose: 0 shows nothing; otherwise a progress bar, or lines where there is no terminal.
      callbacks: Keras callbacks.
      validation_data: another dataset, or (x, y) or (x, y, sample_weight) in memory.
      validation_steps: how many batches of it to validate on, if not all.
      validation_batch_size: how many examples a step of validation sees, of data in memory.
      validation_freq: validate after every so many epochs, or after these, counted from 1.
      class_weight: how much an example of a class counts in the loss, by class number.
      initial_epoch: the number of the first epoch.
      backup_dir: a folder for the state of the training at the end of its epochs.

    Returns:
      The History, which is `model.history` too, also where the training was interrupted.

    Raises:
      ValueError: for a batch that does not fit the model.
    """
    epochs = positive_integer("epochs", epochs)
    check_compiled(model)
    frequency = check_validation_freq(validation_freq)
    check_initial_epoch(initial_epoch)
    limit = steps_per_epoch
    if limit is not None:
        limit = positive_integer("batchesPerEpoch", limit)
    if validation_steps is not None:
        validation_steps = positive_integer("validationBatches", validation_steps)
    validation_batch_size = positive_integer("validationBatchSize", validation_batch_size)
    validation = None
    if validation_data is not None:
        if isinstance(validation_data, (tuple, list)):
            data = prepare(model, *validation_data, what="validation ", training=True)
            validation_data = list(_in_batches(data, validation_batch_size))
        validation = Stream(model, validation_data, validation_steps, what="validation ", anew=True)
    loop = DatasetLoop(model, Stream(model, dataset, limit, class_weight), validation)
    plan = StreamPlan(limit, initial_epoch, validation is not None, frequency)
    history = History()
    backup = None
    if backup_dir is not None:
        described = {"initialEpoch": initial_epoch, "batchesPerEpoch": limit}
        backup = Backup(backup_dir, model, history, callbacks, described, 0)
    return run(
        loop,
        plan,
        history,
        callbacks,
        epochs=epochs,
        verbose=verbose,
        params={},
        backup=backup,
    )


def _in_batches(data: Data, size: int) -> Iterator[Any]:
    for start in range(0, data.size, size):
        length = min(size, data.size - start)
        yield take(data.tensors, start, length, None)
