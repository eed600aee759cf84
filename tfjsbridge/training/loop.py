"""Epochs of a model's own `train_step` in one TensorFlow function.

What makes Keras's `fit` slow on small models is the work between the steps: iterating over a
dataset, calling a function, collecting logs. Here a loop inside one function takes the batches from
tensors in memory. Losses, metrics, regularizers, dropout and the optimizer stay Keras's own code,
so that the weights come out as Keras's.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training import kept
from tfjsbridge.training.building import build
from tfjsbridge.training.compiled import Call, flat_tensors, specs_of, traced_call
from tfjsbridge.training.data import Data
from tfjsbridge.training.kinds import variables
from tfjsbridge.training.logs import StepLogs
from tfjsbridge.training.order import Order
from tfjsbridge.training.plan import Span
from tfjsbridge.training.steps import needs_sizes, run_batches, when
from tfjsbridge.training.traced import Traced

tree = keras.tree

#: How many epochs a call holds at most, and how many numbers of examples.
EPOCHS_PER_CALL = 256
ORDER_PER_CALL = 2**20

#: From so many batches on an epoch makes a call of its own: a loop over epochs takes time to trace,
#: and there is little between them to save.
LONG_EPOCH = 32

Logs = dict[str, Any]


@dataclass(frozen=True)
class Batches:
    """Data, and how many of its examples make a batch."""

    data: Data
    size: int

    @property
    def count(self) -> int:
        """How many batches there are, the last of which may be smaller."""
        return -(-self.data.size // self.size)

    def length(self, index: int) -> int:
        """How many examples batch number `index` has."""
        return min(self.size, self.data.size - index * self.size)


class Loop:
    """A model's training on given data, a call for one batch or for many epochs.

    What was traced serves any other data of the same shapes; `traced_for` says which.
    """

    def __init__(
        self,
        model: Any,
        train: Batches,
        validation: Batches | None,
        shuffle: bool,
        jit: bool,
        light: bool,
        capacity: int,
    ):
        """For calls of up to `capacity` spans.

        XLA compiles them where `jit` says so; where `light` does, they run on the light runtime if
        they can.
        """
        self.model = model
        self.shuffle = shuffle
        self.jit = jit
        self.wants_light = light
        #: Whether a call may go on amid an epoch. Where all epochs are short it is traced for that
        #: when one is parted, which is rare.
        self._amid_epochs = not light or train.count >= LONG_EPOCH
        self.order = Order(0)
        self.take_up(train, validation, capacity)
        self.traced_for = _traced_for(model, train, validation, shuffle, jit, light, capacity)
        self._key = None if model.run_eagerly else kept.key(model, self.traced_for.shapes)
        # Losses, metrics and the optimizer's variables must exist before the loop is traced.
        build(model, _first(train))
        self._variables = variables(model) if self._key else []
        self._call = self._taken_over() or self._compiled(self._amid_epochs)
        self.run([])  # compiles, and changes nothing

    @property
    def light(self) -> bool:
        """Whether it runs on the light runtime."""
        return self._call.light

    def take_up(self, train: Batches, validation: Batches | None, capacity: int) -> None:
        """Train on these data from now on, with calls of up to `capacity` spans."""
        self.train_data = train
        self.validation_data = validation
        self._tensors = [
            tensor
            for batches in (train, validation)
            if batches is not None
            for tensor in flat_tensors(batches.data.tensors)
        ]
        self.capacity = _affordable(capacity, train)

    @functools.cached_property
    def _call_amid_epochs(self) -> Call:
        return self._call if self._amid_epochs else self._compiled(amid_epochs=True)

    def _compiled(self, amid_epochs: bool) -> Call:
        rows = _rows_of_table(self.capacity, self.jit)
        order = self.train_data.data.size if self.shuffle else 0
        return traced_call(
            functools.partial(self._trace, amid_epochs),
            self.model,
            specs_of(self.train_data.data.tensors),
            specs_of(() if self.validation_data is None else self.validation_data.data.tensors),
            tensorflow.TensorSpec([rows, len(Span._fields) + order], tensorflow.int32),
            tensorflow.TensorSpec([], tensorflow.int32),
            jit=self.jit,
            light=self.wants_light,
        )

    def _taken_over(self) -> Call | None:
        """What was traced for another model of the same kind, if there is one."""
        other = kept.loop(self._key)
        if other is None:
            return None
        self.train_logs = self._logs_of(self.model.train_step, self.train_data)
        if self.validation_data is not None:
            self.test_logs = self._logs_of(self.model.test_step, self.validation_data)
        return other._call.with_variables(other._variables, self._variables)

    def _logs_of(self, step: Any, batches: Batches) -> StepLogs:
        return StepLogs(self.model, step, _first(batches))

    def run(self, spans: Sequence[Span]) -> list[tuple[Logs, Logs]]:
        """Go over the spans, at most `capacity` of them.

        Returns:
          For each, the logs of training so far in its epoch and, where it validates, those of
          validation so far.
        """
        table = tensorflow.constant(self._table(spans))
        call = self._call if all(span.fresh for span in spans) else self._call_amid_epochs
        rows = call([*self._tensors, table, _scalar(len(spans))]).numpy()
        width = self.train_logs.width
        return [
            (
                self.train_logs.read(row[:width]),
                self.test_logs.read(row[width:]) if span.validation_end else {},
            )
            for span, row in zip(spans, rows, strict=False)
        ]

    def _table(self, spans: Sequence[Span]) -> np.ndarray:
        """A row [span, order of the examples] for each, filled up with spans of no batches."""
        order = self.train_data.data.size if self.shuffle else 0
        fields = len(Span._fields)
        count = _rows_of_table(self.capacity, self.jit) or len(spans)
        table = np.zeros([count, fields + order], dtype=np.int32)
        for row, span in zip(table, spans, strict=False):
            row[:fields] = span
            if self.shuffle:
                row[fields:] = self.order.of_pass(span.cycle, order)
        return table

    def begin(self, span: Span, trained: int = 0) -> None:
        """Take up an epoch, of which so many batches are trained already."""
        self._span = span
        self._next = span.begin + trained
        self._tested = span.validation_begin

    def more(self) -> bool:
        """Whether the epoch has further batches to train."""
        return self._next < self._span.end

    def train(self, limit: int) -> tuple[int, Logs]:
        """Train further batches, at most `limit`; how many they were, and the epoch's logs."""
        end = min(self._next + limit, self._span.end)
        fresh = self._next == self._span.begin
        [(logs, _)] = self.run([Span(self._span.cycle, fresh, self._next, end)])
        count, self._next = end - self._next, end
        return count, logs

    def more_validation(self) -> bool:
        """Whether the epoch has further batches to validate on."""
        return self._tested < self._span.validation_end

    def validate(self, limit: int) -> tuple[int, Logs]:
        """Validate on further batches, at most `limit`; how many, and the validation's logs."""
        end = min(self._tested + limit, self._span.validation_end)
        [(_, logs)] = self.run([Span(self._span.cycle, False, 0, 0, self._tested, end)])
        count, self._tested = end - self._tested, end
        return count, logs

    def batch_length(self) -> int:
        """How many examples the batch had that was trained last."""
        return self.train_data.length(self._next - 1)

    def serves(self, *training: Any) -> bool:
        """Whether what was traced can train this: the arguments of the constructor but `model`."""
        return self.traced_for.serves(_traced_for(self.model, *training))

    def release(self) -> None:
        """Leave what was traced to the model's next training, without the data of this one."""
        self.train_data = _without_data(self.train_data)
        self.validation_data = self.validation_data and _without_data(self.validation_data)
        self._tensors = []
        self.model._tfjsbridge_loop = self
        kept.keep(self._key, self)

    # What follows runs only while the function is traced.

    def _trace(self, amid_epochs: bool, train: Any, validation: Any, table: Any, count: Any) -> Any:
        model = self.model
        self.train_logs = self._logs_of(model.train_step, self.train_data)
        width = self.train_logs.width
        if self.validation_data is not None:
            self.test_logs = self._logs_of(model.test_step, self.validation_data)
            width += self.test_logs.width

        def span(i: Any) -> Any:
            fields, order = tensorflow.split(table[i], [len(Span._fields), -1])
            numbers = Span(*tensorflow.unstack(fields))
            if amid_epochs:
                when(numbers.fresh > 0, model.reset_metrics)
            else:
                model.reset_metrics()
            row = self._run(
                self.train_logs,
                train,
                self.train_data,
                order if self.shuffle else None,
                numbers.begin,
                numbers.end,
            )
            if self.validation_data is not None:
                begin, end = numbers.validation_begin, numbers.validation_end
                when(tensorflow.logical_and(begin == 0, end > 0), model.reset_metrics)
                tested = self._run(
                    self.test_logs, validation, self.validation_data, None, begin, end
                )
                row = tensorflow.concat([row, tested], 0)
            return row

        if table.shape[0] == 1:  # a loop would take time to trace and to compile
            return span(0)[None]

        def body(i: Any, rows: Any) -> tuple[Any, Any]:
            return i + 1, tensorflow.tensor_scatter_nd_update(rows, [[i]], [span(i)])

        rows = tensorflow.zeros([tensorflow.shape(table)[0], width], tensorflow.float64)
        return tensorflow.while_loop(
            lambda i, _: i < count, body, (tensorflow.constant(0), rows), parallel_iterations=1
        )[1]

    def _run(
        self, logs: StepLogs, tensors: Any, batches: Batches, order: Any, begin: Any, end: Any
    ) -> Any:
        last = run_batches(
            logs.step,
            tensors,
            batches.data.size,
            batches.size,
            order,
            begin,
            end,
            known_lengths=self.jit,
            told=needs_sizes(self.model),
            first=logs.first,
        )
        return logs.row(last)


@functools.cache
def _scalar(value: int) -> Any:
    return tensorflow.constant(value)


def _affordable(capacity: int, train: Batches) -> int:
    return min(capacity, EPOCHS_PER_CALL, max(1, ORDER_PER_CALL // train.data.size))


def _rows_of_table(capacity: int, jit: bool) -> int | None:
    """How many spans every call has; None where it has as many as it is given."""
    return capacity if jit or capacity == 1 else None  # XLA compiles for one shape


def _traced_for(
    model: Any,
    train: Batches,
    validation: Batches | None,
    shuffle: bool,
    jit: bool,
    light: bool,
    capacity: int,
) -> Traced:
    rows = _rows_of_table(_affordable(capacity, train), jit)
    return Traced.of(model, train, validation, shuffle, jit, light, rows)


def _first(batches: Batches) -> Any:
    """The specs of the first batch."""
    length = batches.length(0)
    return tree.map_structure(
        lambda t: None if t is None else tensorflow.TensorSpec([length, *t.shape[1:]], t.dtype),
        batches.data.tensors,
    )


def _without_data(batches: Batches) -> Batches:
    return Batches(batches.data.shape_only(), batches.size)
