"""Epochs of a model's own `train_step` in one TensorFlow function.

What makes Keras's `fit` slow on small models is the work between the steps: iterating over a
dataset, calling a function, collecting logs. Here a loop inside one function takes the batches from
tensors in memory. Losses, metrics, regularizers, dropout and the optimizer stay Keras's own code,
so that the weights come out as Keras's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training.compiled import compiled
from tfjsbridge.training.data import Data

tree = keras.tree
Step = Callable[[Any], Any]


class Loop:
    """A model's training, batch by batch or epochs at a time, on given data."""

    def __init__(
        self,
        model: Any,
        train: Data,
        validation: Data | None,
        batch_size: int,
        shuffle: bool,
        seed: int,
    ):
        self.model = model
        self.train = train
        self.validation = validation
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.seed = seed
        self.names: list[str] = []
        self.batches = -(-train.size // batch_size)
        # Losses, metrics and the optimizer's variables must exist before the loop is traced.
        first = tree.map_structure(lambda t: t[:1], train.tensors)
        model._symbolic_build(data_batch=first)
        self._epochs = compiled(self._trace_epochs)
        self._batch = compiled(self._trace_batch)
        self._finish = compiled(self._trace_finish)

    def epochs(self, first: int, count: int) -> list[dict[str, float]]:
        """Train `count` epochs, the first of them number `first`; the logs of each."""
        validation = () if self.validation is None else self.validation.tensors
        rows = self._epochs(
            self.train.tensors,
            validation,
            tensorflow.constant(first),
            tensorflow.constant(count),
        )
        return [self._logs(row) for row in np.asarray(rows)]

    def order(self, epoch: int) -> Any:
        """The epoch's order of the examples, [examples] int32, or None if they are not shuffled."""
        return self._order(tensorflow.constant(epoch)) if self.shuffle else None

    def start_epoch(self) -> None:
        """Begin an epoch that is trained batch by batch."""
        for metric in self.model.metrics:
            metric.reset_state()

    def batch(self, index: int, order: Any) -> dict[str, float]:
        """Train one batch; the logs so far in the epoch, and the batch's size."""
        start = index * self.batch_size
        stop = min(start + self.batch_size, self.train.size)
        rows = tensorflow.range(start, stop) if order is None else order[start:stop]
        values = self._batch(self.train.tensors, rows)
        logs = dict(zip(values, map(float, values.values()), strict=True))
        return {**logs, "size": stop - start}

    def finish_epoch(self) -> dict[str, float]:
        """The logs of an epoch that was trained batch by batch."""
        validation = () if self.validation is None else self.validation.tensors
        return self._logs(np.asarray(self._finish(validation)))

    def _logs(self, row: np.ndarray) -> dict[str, float]:
        return dict(zip(self.names, map(float, row), strict=True))

    # What follows runs only while the functions are traced.

    def _trace_epochs(self, train: Any, validation: Any, first: Any, count: Any) -> Any:
        def epoch(i: Any, rows: Any) -> tuple[Any, Any]:
            self.start_epoch()
            order = self._order(first + i) if self.shuffle else None
            run_batches(self.model.train_step, train, self.train.size, self.batch_size, order)
            return i + 1, rows.write(i, self._trace_finish(validation))

        rows = tensorflow.TensorArray(tensorflow.float32, size=count)
        loop = tensorflow.while_loop(
            lambda i, _: i < count, epoch, (tensorflow.constant(0), rows), parallel_iterations=1
        )
        return loop[1].stack()

    def _trace_batch(self, train: Any, rows: Any) -> Any:
        return self.model.train_step(tree.map_structure(lambda t: tensorflow.gather(t, rows), train))

    def _trace_finish(self, validation: Any) -> Any:
        """The epoch's logs as one vector, [names]; validates first, where there is data for it."""
        logs = dict(self.model.get_metrics_result())
        if self.validation is not None:
            for metric in self.model.metrics:
                metric.reset_state()
            run_batches(
                self.model.test_step, validation, self.validation.size, self.batch_size, None
            )
            logs |= {f"val_{name}": v for name, v in self.model.get_metrics_result().items()}
        self.names = list(logs)
        return tensorflow.stack([tensorflow.cast(v, tensorflow.float32) for v in logs.values()])

    def _order(self, epoch: Any) -> Any:
        """A permutation that depends on the seed and the epoch's number alone."""
        keys = tensorflow.random.stateless_uniform([self.train.size], [self.seed, epoch])
        return tensorflow.argsort(keys)


def run_batches(step: Step, data: Any, size: int, batch_size: int, order: Any) -> None:
    """Trace `step` over all batches of `data`, the last of which may be smaller.

    Args:
      step: a model's train_step or test_step.
      data: a nest of tensors [size, ...].
      size: the number of examples.
      batch_size: how many of them make a batch.
      order: the order in which they are taken, [size], or None for as they stand.
    """

    def batch(start: Any, length: int) -> Any:
        if order is None:
            return tree.map_structure(lambda t: _rows(t, start, length), data)
        rows = tensorflow.slice(order, [start], [length])
        return tree.map_structure(lambda t: tensorflow.gather(t, rows), data)

    def body(i: Any) -> Any:
        step(batch(i * batch_size, batch_size))
        return i + 1

    full, rest = divmod(size, batch_size)
    if full:
        tensorflow.while_loop(
            lambda i: i < full, body, (tensorflow.constant(0),), parallel_iterations=1
        )
    if rest:
        step(batch(tensorflow.constant(full * batch_size), rest))


def _rows(tensor: Any, start: Any, length: int) -> Any:
    begin = tensorflow.concat([[start], tensorflow.zeros([tensor.shape.rank - 1], "int32")], 0)
    return tensorflow.slice(tensor, begin, [length, *tensor.shape[1:]])
