"""A model's loss on data as a function of some of its parameters, for many values in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tfjsbridge.layers.weights import ordered_weights
from tfjsbridge.report.weights import Parameter, restored
from tfjsbridge.runtime import tensorflow
from tfjsbridge.trainable import as_data
from tfjsbridge.training.compiled import compiled
from tfjsbridge.training.data import prepare


class Losses:
    """The loss of a compiled Keras model, as `evaluate` says it of all examples in one batch."""

    def __init__(self, caller: str, model: Any, xs: Any, ys: Any):
        """For given data.

        Raises:
          ValueError: for a model that is not compiled, or data that does not fit it.
        """
        if not model.compiled:
            raise ValueError(
                f"{caller}: the model has no loss: use model.compile(optimizer=..., loss=...)."
            )
        self._model = model
        self._data = prepare(model, as_data(xs), as_data(ys))

    def at(self, parameters: Sequence[Parameter], values: np.ndarray) -> np.ndarray:
        """The loss at each row of values of these parameters, the others held where they are.

        Args:
          parameters: which.
          values: [points, parameters].

        Returns:
          [points] of float64.
        """
        variables = self._model.trainable_weights
        before = [tensorflow.identity(variable.value) for variable in variables]
        places = sorted({each.variable for each in parameters})

        def put_row(row: Any) -> None:
            for place in places:
                mine = [n for n, each in enumerate(parameters) if each.variable == place]
                changed = tensorflow.tensor_scatter_nd_update(
                    tensorflow.reshape(before[place], [-1]),
                    [[parameters[n].place] for n in mine],
                    tensorflow.cast(tensorflow.gather(row, mine), before[place].dtype),
                )
                variables[place].assign(tensorflow.reshape(changed, before[place].shape))

        return self._after_each(put_row, tensorflow.constant(values, tensorflow.float64))

    def of(self, weights: Sequence[Sequence[np.ndarray]]) -> np.ndarray:
        """The loss with each of these lists of all weights, [lists] of float64."""
        variables = ordered_weights(self._model)

        def put_all(row: Any) -> None:
            for variable, value in zip(variables, row, strict=True):
                variable.assign(value)

        stacked = [np.stack([each[place] for each in weights]) for place in range(len(variables))]
        rows = [
            tensorflow.constant(values, variable.dtype)
            for values, variable in zip(stacked, variables, strict=True)
        ]
        return self._after_each(put_all, tuple(rows))

    def _after_each(self, put: Callable[[Any], None], rows: Any) -> np.ndarray:
        """The loss after each of what `put` does with a row, in one call."""
        model, batch = self._model, self._data.tensors
        # Losses and metrics must exist before the step is traced.
        model._symbolic_build(data_batch=batch)

        def loss(row: Any) -> Any:
            put(row)
            model.reset_metrics()
            return tensorflow.cast(model.test_step(batch)["loss"], tensorflow.float64)

        def losses(rows: Any) -> Any:
            return tensorflow.map_fn(
                loss, rows, parallel_iterations=1, fn_output_signature=tensorflow.float64
            )

        with restored(model):
            found: np.ndarray = compiled(losses, model)(rows).numpy()
        model.reset_metrics()
        return found
