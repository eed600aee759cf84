"""Epochs of a model's own `train_step` in one TensorFlow function.

What makes Keras's `fit` slow on small models is the work between the steps: iterating over a
dataset, calling a function, collecting logs. Here a loop inside one function takes the batches from
tensors in memory. Losses, metrics, regularizers, dropout and the optimizer stay Keras's own code,
so that the weights come out as Keras's.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training.compiled import compiled
from tfjsbridge.training.data import Data
from tfjsbridge.training.traced import Traced

tree = keras.tree
Step = Callable[[Any], Any]


class Loop:
    """A model's training, batch by batch or epochs at a time, on given data.

    What was traced serves any other data of the same shapes; `traced_for` says which.
    """

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
        self.traced_for = Traced.of(model, train, validation, batch_size, shuffle)
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.batches = -(-train.size // batch_size)
        # Losses, metrics and the optimizer's variables must exist before the loop is traced.
        first = tree.map_structure(lambda t: t[:batch_size], train.tensors)
        model._symbolic_build(data_batch=first)
        self._epochs = compiled(self._trace_epochs, model)
        self._batch = compiled(self._trace_batch, model)
        self._finish = compiled(self._trace_finish, model)

    def __enter__(self) -> Loop:
        return self

    def __exit__(self, *exception: object) -> None:
        # The model keeps what was traced for its next training, but not the data of this one.
        self.train = self.train.shape_only()
        self.validation = self.validation and self.validation.shape_only()
        self.model._tfjsbridge_loop = self

    def epochs(self, first: int, count: int) -> list[dict[str, Any]]:
        """Train `count` epochs, the first of them number `first`; the logs of each."""
        validation = () if self.validation is None else self.validation.tensors
        rows = self._epochs(
            self.train.tensors,
            validation,
            tensorflow.constant(first),
            tensorflow.constant(count),
            self._seed(),
        )
        return [self._logs(row) for row in np.asarray(rows)]

    def order(self, epoch: int) -> Any:
        """The epoch's order of the examples, [examples] int32, or None if they are not shuffled."""
        return self._order(tensorflow.constant(epoch), self._seed()) if self.shuffle else None

    def start_epoch(self) -> None:
        """Begin an epoch that is trained batch by batch."""
        for metric in self.model.metrics:
            metric.reset_state()

    def batch(self, index: int, order: Any) -> dict[str, Any]:
        """Train one batch; the logs so far in the epoch, and the batch's size."""
        values = self._batch(self.train.tensors, order, tensorflow.constant(index))
        size = min(self.batch_size, self.train.size - index * self.batch_size)
        return {**{name: number(value) for name, value in flat(values).items()}, "size": size}

    def finish_epoch(self) -> dict[str, Any]:
        """The logs of an epoch that was trained batch by batch."""
        validation = () if self.validation is None else self.validation.tensors
        return self._logs(np.asarray(self._finish(validation)))

    def _seed(self) -> Any:
        return tensorflow.constant(self.seed, tensorflow.int64)

    def _logs(self, row: np.ndarray) -> dict[str, Any]:
        ends = np.cumsum([math.prod(shape) for shape in self.shapes.values()])
        values = np.split(row, ends[:-1])
        return {
            name: number(value.reshape(shape))
            for (name, shape), value in zip(self.shapes.items(), values, strict=True)
        }

    # What follows runs only while the functions are traced.

    def _trace_epochs(self, train: Any, validation: Any, first: Any, count: Any, seed: Any) -> Any:
        def epoch(i: Any, rows: Any) -> tuple[Any, Any]:
            self.start_epoch()
            order = self._order(first + i, seed) if self.shuffle else None
            run_batches(self.model.train_step, train, self.train.size, self.batch_size, order)
            return i + 1, rows.write(i, self._trace_finish(validation))

        rows = tensorflow.TensorArray(tensorflow.float64, size=count)
        loop = tensorflow.while_loop(
            lambda i, _: i < count, epoch, (tensorflow.constant(0), rows), parallel_iterations=1
        )
        return loop[1].stack()

    def _trace_batch(self, train: Any, order: Any, index: Any) -> Any:
        return self.model.train_step(
            take_batch(train, index, self.train.size, self.batch_size, order)
        )

    def _trace_finish(self, validation: Any) -> Any:
        """The epoch's logs in one vector; validates first, where there is data for it."""
        logs = flat(self.model.get_metrics_result())
        if self.validation is not None:
            for metric in self.model.metrics:
                metric.reset_state()
            run_batches(
                self.model.test_step, validation, self.validation.size, self.batch_size, None
            )
            results = flat(self.model.get_metrics_result())
            logs |= {f"val_{name}": value for name, value in results.items()}
        values = [tensorflow.cast(value, tensorflow.float64) for value in logs.values()]
        self.shapes = {name: tuple(v.shape) for name, v in zip(logs, values, strict=True)}
        return tensorflow.concat([tensorflow.reshape(value, [-1]) for value in values], 0)

    def _order(self, epoch: Any, seed: Any) -> Any:
        """A permutation that depends on the seed and the epoch's number alone."""
        keys = tensorflow.random.stateless_uniform(
            [self.train.size], [seed, tensorflow.cast(epoch, seed.dtype)]
        )
        return tensorflow.argsort(keys)


def loop_for(
    model: Any, train: Data, validation: Data | None, batch_size: int, shuffle: bool, seed: int
) -> Loop:
    """The loop of the model's last training where it serves this one too, or a new one."""
    last = getattr(model, "_tfjsbridge_loop", None)
    traced = Traced.of(model, train, validation, batch_size, shuffle)
    if last is None or not last.traced_for.serves(traced):
        return Loop(model, train, validation, batch_size, shuffle, seed)
    # Until this training ends it is no other's, as of a callback that trains the model.
    del model._tfjsbridge_loop
    last.train, last.validation, last.seed = train, validation, seed
    return last


def flat(logs: Mapping[str, Any]) -> dict[str, Any]:
    """The logs with those of a metric whose result is a dict among them, as Keras has them."""
    result: dict[str, Any] = {}
    for name, value in logs.items():
        result |= flat(value) if isinstance(value, Mapping) else {name: value}
    return result


def number(value: Any) -> Any:
    """A metric's result as a float, or as an array where it is not a scalar."""
    array = np.asarray(value)
    return array if array.ndim else float(array)


def run_batches(step: Step, data: Any, size: int, batch_size: int, order: Any) -> None:
    """Trace `step` over all batches of `data`, the last of which may be smaller.

    Args:
      step: a model's train_step or test_step.
      data: a nest of tensors [size, ...].
      size: the number of examples.
      batch_size: how many of them make a batch.
      order: the order in which they are taken, [size], or None for as they stand.
    """

    def body(index: Any) -> Any:
        step(take_batch(data, index, size, batch_size, order))
        return (index + 1,)

    tensorflow.while_loop(
        lambda index: index * batch_size < size,
        body,
        (tensorflow.constant(0),),
        parallel_iterations=1,
    )


def take_batch(data: Any, index: Any, size: int, batch_size: int, order: Any) -> Any:
    """Batch number `index` of `data`; the arguments are run_batches's.

    Where the last batch is smaller, the trace knows the length of none, as it is with Keras's
    datasets: what TensorFlow makes of a known length can differ in the last bit.
    """
    start = index * batch_size
    length = batch_size if size % batch_size == 0 else tensorflow.minimum(batch_size, size - start)
    if order is None:
        return tree.map_structure(lambda t: _rows(t, start, length), data)
    rows = _rows(order, start, length)
    return tree.map_structure(lambda t: tensorflow.gather(t, rows), data)


def _rows(tensor: Any, start: Any, length: Any) -> Any:
    begin = tensorflow.concat([[start], tensorflow.zeros([tensor.shape.rank - 1], "int32")], 0)
    rows = tensorflow.slice(tensor, begin, [length, *tensor.shape[1:]])
    return tensorflow.ensure_shape(rows, [None, *tensor.shape[1:]])
