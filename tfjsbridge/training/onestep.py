"""One step of a model on one batch, traced for batches of any number of examples."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.training.building import build
from tfjsbridge.training.compiled import Call, compiled_for, flat_tensors, specs_of
from tfjsbridge.training.data import Data
from tfjsbridge.training.logs import StepLogs, flat, number
from tfjsbridge.training.steps import needs_sizes

tree = keras.tree


class OneStep:
    """A model's train_step or test_step.

    `cached` makes one where the model has none yet that serves.
    """

    method = "train_step"
    #: Whether the metrics are those of the batch alone.
    alone = False

    def __init__(self, model: Any, specs: Any):
        """For batches of these specs, as `batch_specs` gives them."""
        self.model = model
        # Losses, metrics and the optimizer's variables must exist before the step is traced.
        build(model, specs)
        traced = compiled_for(self._trace, model, False, specs)
        self.call = None if model.run_eagerly else Call(traced)

    def run(self, data: Data) -> Any:
        """Do the step; what `read` reads."""
        if self.call is None:
            if self.alone:
                self.model.reset_metrics()
            return getattr(self.model, self.method)(data.tensors)
        return self.call(flat_tensors(data.tensors))

    def read(self, row: Any) -> dict[str, Any]:
        """The logs of a step."""
        if self.model.run_eagerly:
            logs = flat(self.model._get_metrics_result_or_logs(row))
            return {name: number(value) for name, value in logs.items()}
        return self.logs.read(np.asarray(row))

    def _trace(self, batch: Any) -> Any:
        self.logs = StepLogs(self.model, getattr(self.model, self.method), specs_of(batch))
        if self.alone:
            self.model.reset_metrics()
        return self.logs.row(self.logs.step(batch))


class TrainOnBatch(OneStep):
    """Trains a batch that is nothing else's part."""

    alone = True


class TrainStep(OneStep):
    """Trains the next batch of an epoch."""


class TestStep(OneStep):
    """Tests on the next batch of a validation."""

    method = "test_step"


def any_number(nest: Any) -> Any:
    """The specs of a nest of tensors, of any number of examples."""
    return tree.map_structure(
        lambda t: None if t is None else tensorflow.TensorSpec([None, *t.shape[1:]], t.dtype), nest
    )


def batch_specs(model: Any, nest: Any) -> Any:
    """The specs of a batch: of any number of examples, unless the model must know the number."""
    return specs_of(nest) if needs_sizes(model) else any_number(nest)
