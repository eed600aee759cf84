"""Evaluating and predicting with a plain Keras model, and training it on single batches."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training import eager, jit
from tfjsbridge.training.building import build
from tfjsbridge.training.cached import cached
from tfjsbridge.training.compiled import (
    Call,
    compiled,
    compiled_for,
    flat_tensors,
    traced_call,
)
from tfjsbridge.training.data import check_compiled, positive_integer, prepare
from tfjsbridge.training.dataset import Stream
from tfjsbridge.training.logs import StepLogs
from tfjsbridge.training.onestep import TestStep, TrainOnBatch, any_number, batch_specs
from tfjsbridge.training.pace import paced
from tfjsbridge.training.steps import needs_sizes, run_batches, take, when

tree = keras.tree


def evaluate(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    batch_size: int = 32,
    sample_weight: Any = None,
    steps: int | None = None,
) -> dict[str, Any]:
    """The loss and metrics of a compiled Keras model on data.

    Args:
      model: a compiled `keras.Model`.
      x: inputs, [examples, ...]: an array, a list, or a dict by input name.
      y: targets, [examples, ...] likewise.
      batch_size: how many examples are computed at a time.
      sample_weight: how much each example counts, [examples].
      steps: how many batches to evaluate, if not all.

    Returns:
      loss and metrics by name.
    """
    batch_size = positive_integer("batchSize", batch_size)
    check_compiled(model)
    data = prepare(model, x, y, sample_weight)
    count = -(-data.size // batch_size)
    if steps is not None:
        count = min(count, positive_integer("steps", steps))
    if model.run_eagerly:
        return eager.evaluate(model, data, batch_size, count)
    evaluation = cached(_Evaluation, model, batch_specs(model, data.tensors), batch_size)
    for begin, end in paced(count):
        logs = evaluation.run(data, begin, end)
    return logs


def evaluate_dataset(model: Any, dataset: Any, *, steps: int | None = None) -> dict[str, Any]:
    """The loss and metrics of a compiled Keras model on a stream of batches.

    Args:
      model: a compiled `keras.Model`.
      dataset: as of `fit_dataset`.
      steps: how many batches to evaluate, if not all.

    Raises:
      ValueError: where there are no batches.
    """
    check_compiled(model)
    limit = None if steps is None else positive_integer("batches", steps)
    stream = Stream(model, dataset, limit)
    stream.begin()
    row: Any = None
    while stream.more():
        data = stream.next()
        step = cached(TestStep, model, batch_specs(model, data.tensors))
        if stream.taken == 1:
            model.reset_metrics()
        row = step.run(data)
    return step.read(row)


def predict(model: Any, x: Any, *, batch_size: int = 32) -> Any:
    """The outputs of a Keras model, as tensors [examples, ...] in the model's own nest.

    Args:
      model: a `keras.Model`.
      x: inputs, [examples, ...]: an array, a list, or a dict by input name.
      batch_size: how many examples are computed at a time.
    """
    batch_size = positive_integer("batchSize", batch_size)
    data = prepare(model, x)
    prediction = cached(_Prediction, model, any_number(data.x), batch_size)
    parts = [prediction.run(data, begin, end) for begin, end in paced(-(-data.size // batch_size))]
    if len(parts) == 1:
        return parts[0]
    return tree.map_structure(lambda *pieces: tensorflow.concat(pieces, 0), *parts)


def train_on_batch(
    model: Any,
    x: Any,
    y: Any = None,
    *,
    sample_weight: Any = None,
    class_weight: Mapping[int, float] | None = None,
) -> dict[str, Any]:
    """Train a compiled Keras model on one batch.

    Args:
      model: a compiled `keras.Model`.
      x: inputs, [examples, ...]: an array, a list, or a dict by input name.
      y: targets, [examples, ...] likewise.
      sample_weight: how much each example counts in the loss, [examples].
      class_weight: how much an example of a class counts in the loss, by class number.

    Returns:
      loss and metrics by name, of this batch alone.
    """
    check_compiled(model)
    data = prepare(model, x, y, sample_weight, class_weight, training=True)
    step = cached(TrainOnBatch, model, batch_specs(model, data.tensors))
    return step.read(step.run(data))


class _Evaluation:
    """A model's test_step over batches."""

    def __init__(self, model: Any, specs: Any, batch_size: int):
        self.model = model
        self.batch_size = batch_size
        # Losses and metrics must exist before the step is traced.
        build(model, specs)
        scalar = tensorflow.TensorSpec([], tensorflow.int32)
        light = jit.may_be_light("auto", model, batch_size)
        self.call = traced_call(self._trace, model, specs, scalar, scalar, light=light)

    def run(self, data: Any, begin: int, end: int) -> dict[str, Any]:
        """The logs until batch number `end`, of which those before `begin` are done."""
        bounds = tensorflow.constant(begin), tensorflow.constant(end)
        return self.logs.read(self.call([*flat_tensors(data.tensors), *bounds]).numpy())

    def _trace(self, tensors: Any, begin: Any, end: Any) -> Any:
        told = needs_sizes(self.model)
        self.logs = StepLogs(self.model, self.model.test_step, any_number(tensors))
        when(begin == 0, self.model.reset_metrics)
        some = tree.flatten(tensors)[0]
        size = some.shape[0] if told else tensorflow.shape(some)[0]
        step, first = self.logs.step, self.logs.first
        last = run_batches(
            step, tensors, size, self.batch_size, None, begin, end, told=told, first=first
        )
        return self.logs.row(last)


class _Prediction:
    """A model's predict_step over batches."""

    def __init__(self, model: Any, specs: Any, batch_size: int):
        self.model = model
        self.specs = specs
        self.batch_size = batch_size
        self._one_flat: Callable[[list[Any]], Any] | None = None
        if needs_sizes(model):  # a trace for each length
            self.one = compiled(self._step, model, relax=False)
        else:
            self.one = compiled_for(self._step, model, False, specs)
            self._one_flat = None if model.run_eagerly else Call(self.one)

    def run(self, data: Any, begin: int, end: int) -> Any:
        """The outputs of the batches from number `begin` until before `end`."""
        if data.size <= self.batch_size:
            return self._one_flat(flat_tensors(data.x)) if self._one_flat else self.one(data.x)
        if self._one_flat:
            return self._many(data.x, tensorflow.constant(begin), tensorflow.constant(end))
        starts = range(begin * self.batch_size, end * self.batch_size, self.batch_size)
        outputs = [
            self.one(take(data.x, start, min(self.batch_size, data.size - start), None))
            for start in starts
        ]
        return tree.map_structure(lambda *parts: tensorflow.concat(parts, 0), *outputs)

    def _step(self, x: Any) -> Any:
        return self.model.predict_step((x,))

    @functools.cached_property
    def _many(self) -> Any:
        """Traced at the first call with more than one batch; many a model sees none."""
        scalar = tensorflow.TensorSpec([], tensorflow.int32)
        return compiled_for(self._trace, self.model, False, self.specs, scalar, scalar)

    def _trace(self, x: Any, begin: Any, end: Any) -> Any:
        nest = self.one.structured_outputs
        size = tensorflow.shape(tree.flatten(x)[0])[0]

        def batch(index: Any, *arrays: Any) -> tuple[Any, ...]:
            start = index * self.batch_size
            length = tensorflow.minimum(self.batch_size, size - start)
            outputs = tree.flatten(self.one(take(x, start, length, None)))
            written = [a.write(index - begin, o) for a, o in zip(arrays, outputs, strict=True)]
            return index + 1, *written

        arrays = tensorflow.while_loop(
            lambda index, *_: index < end,
            batch,
            (
                begin,
                *(
                    tensorflow.TensorArray(
                        output.dtype,
                        size=end - begin,
                        element_shape=[None, *output.shape[1:]],
                        infer_shape=False,
                    )
                    for output in tree.flatten(nest)
                ),
            ),
            parallel_iterations=1,
        )[1:]
        return tree.pack_sequence_as(nest, [array.concat() for array in arrays])
