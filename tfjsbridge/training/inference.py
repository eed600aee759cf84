"""Evaluating and predicting with a plain Keras model, on data in memory."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training.compiled import compiled
from tfjsbridge.training.data import Data, check_compiled, positive_integer, prepare
from tfjsbridge.training.loop import flat, number, take_batch
from tfjsbridge.training.traced import Traced

tree = keras.tree

#: Each model's predict_step, traced, and the state of the model that it is for.
_predict_functions: weakref.WeakKeyDictionary[Any, Any] = weakref.WeakKeyDictionary()


def evaluate(model: Any, x: Any, y: Any, *, batch_size: int = 32) -> dict[str, Any]:
    """The loss and metrics of a compiled Keras model on data.

    Args:
      model: a compiled `keras.Model`.
      x: inputs, [examples, ...]: an array, a list, or a dict by input name.
      y: targets, [examples, ...] likewise.
      batch_size: how many examples are computed at a time.

    Returns:
      loss and metrics by name.
    """
    batch_size = positive_integer("batchSize", batch_size)
    check_compiled(model)
    data = prepare(model, x, y)
    function = _test_function(model, data, batch_size)
    for metric in model.metrics:
        metric.reset_state()
    for index in range(-(-data.size // batch_size)):
        function(data.tensors, tensorflow.constant(index))
    return {name: number(value) for name, value in flat(model.get_metrics_result()).items()}


@dataclass(frozen=True)
class _Test:
    """A model's test_step as it was traced, and what for."""

    traced_for: Traced
    function: Any


def _test_function(model: Any, data: Data, batch_size: int) -> Any:
    """The test_step on the batch of a number, of data of these shapes."""
    size = data.size
    traced = Traced.of(model, data, None, batch_size, shuffle=False)
    last = getattr(model, "_tfjsbridge_test", None)
    if last is None or not last.traced_for.serves(traced):
        # Losses and metrics must exist before the step is traced.
        model._symbolic_build(data_batch=_rows(data.tensors, 0, batch_size))

        def step(tensors: Any, index: Any) -> Any:
            return model.test_step(take_batch(tensors, index, size, batch_size, None))

        last = _Test(traced, compiled(step, model))
        model._tfjsbridge_test = last
    return last.function


def predict(model: Any, x: Any, *, batch_size: int = 32) -> Any:
    """The outputs of a Keras model, as tensors [examples, ...] in the model's own nest.

    Args:
      model: a `keras.Model`.
      x: inputs, [examples, ...]: an array, a list, or a dict by input name.
      batch_size: how many examples are computed at a time.
    """
    batch_size = positive_integer("batchSize", batch_size)
    data = prepare(model, x)
    function = _predict_function(model)
    outputs = [
        function(_rows(data.x, start, batch_size)) for start in range(0, data.size, batch_size)
    ]
    return tree.map_structure(lambda *parts: tensorflow.concat(parts, 0), *outputs)


def _predict_function(model: Any) -> Any:
    # A Sequential may have got other layers since it was traced, or another compile().
    state = (model.run_eagerly, *map(id, model._flatten_layers()))
    traced_state, function = _predict_functions.get(model, (None, None))
    if state != traced_state:
        function = compiled(_predict_step(model), model)
        _predict_functions[model] = state, function
    return function


def _predict_step(model: Any) -> Any:
    # The cache must not keep the model alive through its own function.
    reference = weakref.ref(model)

    def step(x: Any) -> Any:
        alive = reference()
        assert alive is not None
        return alive.predict_step((x,))

    return step


def _rows(nest: Any, start: int, size: int) -> Any:
    return tree.map_structure(lambda t: t[start : start + size], nest)
