"""Training a `run_eagerly` model: Python runs every step, as one asks for to debug it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.runtime import tensorflow
from tfjsbridge.training.data import Data
from tfjsbridge.training.logs import flat, number
from tfjsbridge.training.loop import Batches, Logs, Loop
from tfjsbridge.training.plan import Span
from tfjsbridge.training.steps import take


class EagerLoop(Loop):
    """A loop in Python."""

    def __init__(self, model: Any, train: Batches, validation: Batches | None, shuffle: bool):
        super().__init__(model, train, validation, shuffle, jit=False, light=False, capacity=1)

    def run(self, spans: Sequence[Span]) -> list[tuple[Logs, Logs]]:
        """Go over the spans; the logs of each, of training and of validation."""
        rows = []
        for span in spans:
            order = None
            if self.shuffle:
                permutation = self.order.of_pass(span.cycle, self.train_data.data.size)
                order = tensorflow.constant(permutation)
            if span.fresh:
                self.model.reset_metrics()
            logs = self._steps("train_step", self.train_data, order, span.begin, span.end)
            validation: Logs = {}
            if self.validation_data is not None and span.validation_end:
                if span.validation_begin == 0:
                    self.model.reset_metrics()
                begin, end = span.validation_begin, span.validation_end
                validation = self._steps("test_step", self.validation_data, None, begin, end)
            rows.append((logs, validation))
        return rows

    def _compiled(self, amid_epochs: bool) -> Any:
        """Nothing is traced."""

    def _steps(self, step: str, batches: Batches, order: Any, begin: int, end: int) -> Logs:
        logs: Any = self.model.get_metrics_result()
        for index in range(begin, end):
            start = index * batches.size
            batch = take(batches.data.tensors, start, batches.length(index), order)
            logs = getattr(self.model, step)(batch)
        logs = self.model._get_metrics_result_or_logs(logs)
        return {name: number(value) for name, value in flat(logs).items()}


def evaluate(model: Any, data: Data, batch_size: int, count: int) -> Logs:
    """The loss and metrics on so many batches of data."""
    batches = Batches(data, batch_size)
    loop = EagerLoop(model, batches, batches, shuffle=False)
    [(_, logs)] = loop.run([Span(0, False, 0, 0, 0, count)])
    return logs
