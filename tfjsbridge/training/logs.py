"""What a step or an epoch tells: loss and metrics by name."""

from __future__ import annotations

import contextlib
import functools
import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow

Shapes = dict[str, tuple[int, ...]]


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


class StepLogs:
    """What a model's train_step or test_step tells, as it is traced.

    Keras takes the metrics' results where the step returned values of the same names, and what the
    last step returned otherwise, as a step of one's own may do.

    Attributes:
      shapes: the values' shapes by name.
      first: what `step` returns for no batch.
    """

    def __init__(self, model: Any, step: Callable[[Any], Any], batch: Any):
        """For `step` on batches of the specs of `batch`, a nest of `tensorflow.TensorSpec`."""
        self.model = model
        self._step = step
        results = flat(model.get_metrics_result())
        self.own = _own_logs(model, step, batch, results)
        self._skips_results = all(_is_keras_own(model, name) for name in _METHODS)
        values = results if self.own is None else self.own
        self.shapes: Shapes = {name: tuple(value.shape) for name, value in values.items()}
        self.first: tuple[Any, ...] = ()
        if self.own is not None:
            self.first = tuple(tensorflow.zeros(v.shape, v.dtype) for v in self.own.values())

    def step(self, batch: Any) -> tuple[Any, ...]:
        """Run the model's step; what is needed of what it returned."""
        with _without_results(self.model) if self._skips_results else contextlib.nullcontext():
            logs = self._step(batch)
        return () if self.own is None else tuple(flat(logs).values())

    def row(self, last: tuple[Any, ...]) -> Any:
        """The values in one vector of float64, of what the last `step` returned."""
        values = last if self.own is not None else flat(self.model.get_metrics_result()).values()
        doubles = [tensorflow.cast(value, tensorflow.float64) for value in values]
        if not doubles:
            return tensorflow.zeros([0], tensorflow.float64)
        if all(value.shape.rank == 0 for value in doubles):
            return tensorflow.stack(doubles)
        return tensorflow.concat([tensorflow.reshape(value, [-1]) for value in doubles], 0)

    @functools.cached_property
    def width(self) -> int:
        """The length of the vector."""
        return sum(math.prod(shape) for shape in self.shapes.values())

    def read(self, row: np.ndarray) -> dict[str, Any]:
        """The logs that the vector holds."""
        if len(row) == len(self.shapes):  # scalars all, as nearly always
            return dict(zip(self.shapes, row.tolist(), strict=True))
        ends = np.cumsum([math.prod(shape) for shape in self.shapes.values()])
        values = np.split(row, ends[:-1])
        return {
            name: number(value.reshape(shape))
            for (name, shape), value in zip(self.shapes.items(), values, strict=True)
        }


#: What `train_step` and `test_step` end with.
_METHODS = ("train_step", "test_step", "compute_metrics", "get_metrics_result")


@contextlib.contextmanager
def _without_results(model: Any) -> Iterator[None]:
    """Have Keras's step compute no results of metrics, which are read after the last step alone."""
    vars(model)["get_metrics_result"] = dict
    try:
        yield
    finally:
        del vars(model)["get_metrics_result"]


def _own_logs(model: Any, step: Any, batch: Any, results: Mapping[str, Any]) -> Any:
    """What the step returns by name, as symbols, if that is not the metrics' results."""
    if all(_is_keras_own(model, name) for name in ("train_step", "test_step", "compute_metrics")):
        return None
    traced = tensorflow.function(functools.partial(step), autograph=False)
    logs = traced.get_concrete_function(batch).structured_outputs
    if not isinstance(logs, Mapping):
        return {}
    logs = flat(logs)
    return None if set(logs) == set(results) else logs


def _is_keras_own(model: Any, method: str) -> bool:
    function = getattr(getattr(model, method), "__func__", None)
    return function is getattr(keras.Model, method)
