"""Training of models in the tf.js API: compile, fit, evaluate, predict.

Follows tfjs-layers/src/engine/{training,training_dataset,training_tensors}.ts.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Container, Iterator, Sequence
from pathlib import Path
from typing import Any

from tfjsbridge import callbacks as callbacks_module
from tfjsbridge import compiling, ops, train, training
from tfjsbridge.data.dataset import Dataset
from tfjsbridge.data.model_batches import model_batches
from tfjsbridge.layers.base import Layer
from tfjsbridge.optimizers import Optimizer
from tfjsbridge.options import options_method
from tfjsbridge.runtime import keras
from tfjsbridge.stateful import check_batches
from tfjsbridge.tensors import Tensor, as_array
from tfjsbridge.training import History
from tfjsbridge.training.data import positive_integer


class Trainable(Layer):
    """What a model has beyond a layer: it can be compiled, trained, evaluated, and predict."""

    __slots__ = ()

    @property
    def inputNames(self) -> list[str]:
        """The names of the input layers."""
        raise NotImplementedError

    @property
    def outputNames(self) -> list[str]:
        """The names of the layers that the outputs come from."""
        raise NotImplementedError

    @property
    def metricsNames(self) -> list[str]:
        """The names of what `evaluate` gives: loss (of several outputs each) and metrics."""
        return compiling.metrics_names(self.keras, self.outputNames)

    @property
    def history(self) -> History | None:
        """What the last `fit` recorded, also where it was interrupted."""
        return getattr(self.keras, "history", None)

    @property
    def optimizer(self) -> Any:
        """What `compile` chose, an optimizer of tf.train or Keras; None before it.

        Another one may be set, which begins anew; loss and metrics stay.
        """
        compiled = getattr(self.keras, "_tfjs_compiled", None)
        return compiled.optimizer if compiled else getattr(self.keras, "optimizer", None)

    @optimizer.setter
    def optimizer(self, optimizer: Any) -> None:
        compiled = getattr(self.keras, "_tfjs_compiled", None)
        if compiled is None:
            raise RuntimeError(
                "The model needs to be compiled before its optimizer is set. Use "
                "model.compile(optimizer=..., loss=...)."
            )
        if optimizer is not compiled.optimizer:
            self.compile(optimizer=optimizer, loss=compiled.loss, metrics=compiled.metrics)

    def _built(self) -> Any:
        raise NotImplementedError

    @options_method
    def compile(self, *, optimizer: Any, loss: Any, metrics: Any = None) -> None:
        """Choose how the model is trained and judged.

        Args:
          optimizer: "sgd", "adam", ..., or `tf.train.adam(0.01)`, or a Keras optimizer.
          loss: a name as "meanSquaredError", a function of (yTrue, yPred), both Tensors, or a
            Keras loss; for several outputs also a list or a dict by output name.
          metrics: a name as "accuracy", a function as of `loss`, a Keras metric, or a list; for
            several outputs also a dict by output name.

        Raises:
          ValueError: for an unknown name; the model stays as it was.
        """
        keras_model = self._built()
        names = self.outputNames
        losses = compiling.losses_per_output(loss, names)
        requested = compiling.per_output(metrics, names)
        built = [
            [compiling.get(identifier, output.shape[-1], loss_) for identifier in identifiers]
            for identifiers, output, loss_ in zip(
                requested, keras_model.outputs, losses, strict=True
            )
        ]
        single = len(names) == 1
        chosen = train.get(optimizer)
        keras_model.compile(
            optimizer=chosen.keras if isinstance(chosen, Optimizer) else chosen,
            loss=losses[0] if single else losses,
            metrics=built[0] if single else built,
            # XLA is the fit engine's to choose; Keras's own choice would slow small models down.
            jit_compile=False,
        )
        keras_model._tfjs_compiled = compiling.Compiled(chosen, loss, metrics)
        compiling.compute_as_tfjs(keras_model)
        if constrained := compiling.constrained(keras_model):
            warnings.warn(
                "As in TensorFlow.js, constraints hold where weights are set, and training does "
                f"not ask for them: {', '.join(v.path for v in constrained)}. To have them hold, "
                "set the layer's weights after each batch: callbacks={'onBatchEnd': lambda batch, "
                "logs: layer.setWeights(layer.getWeights())}.",
                stacklevel=3,
            )
        # tf.js: shapes in a function of one's own are numbers, the number of examples, too.
        keras_model.needs_batch_size = any(
            hasattr(each, "__wrapped__")
            for each in [*losses, *(m._fn for ms in built for m in ms if hasattr(m, "_fn"))]
        )

    @options_method
    def fit(
        self,
        x: Any,
        y: Any,
        *,
        batchSize: int = 32,
        epochs: int = 1,
        verbose: int = 1,
        callbacks: Any = None,
        validationSplit: float = 0.0,
        validationData: Sequence[Any] | None = None,
        shuffle: bool = True,
        classWeight: Any = None,
        sampleWeight: Any = None,
        initialEpoch: int = 0,
        stepsPerEpoch: int | None = None,
        validationSteps: int | None = None,
        yieldEvery: str | float = "auto",
        validationFreq: int | Container[int] = 1,
        jit: training.Jit = "auto",
        backupDir: str | Path | None = None,
    ) -> History:
        """Train the model.

        Args:
          x: the inputs, [examples, ...]: a Tensor, array, list or frame; for several inputs a list
            or a dict by input name.
          y: the targets, likewise.
          batchSize: how many examples a step of training sees.
          epochs: how often all examples are seen.
          verbose: 1 shows progress on stderr, 0 nothing.
          callbacks: functions by tf.js's names, {"onEpochEnd": lambda epoch, logs: ...}, or Keras
            callbacks, or a list of either.
          validationSplit: this share of the examples, the last ones, is kept for validation.
          validationData: (x, y) or (x, y, sampleWeight) for validation, in place of a share.
          shuffle: whether each epoch sees the examples in a new order.
          classWeight: how much an example of a class counts in the loss, {0: 1, 1: 5}; for several
            outputs a list of such dicts, or a dict of them by output name.
          sampleWeight: how much each example counts in the loss, [examples].
          initialEpoch: the number of the first epoch.
          stepsPerEpoch: how many batches make an epoch, if not all; the next goes on behind them.
          validationSteps: how many batches to validate on, if not all.
          yieldEvery: how often `onYield` is called: "auto" (at most every 125 ms), a number of ms,
            or "batch", "epoch", "never", where tf.js calls it never. Its logs are those of the
            epoch so far, or of the last one; in tf.js, of the batch.
          validationFreq: validate after every so many epochs, or after these, counted from 1.
            Keras has this option, tf.js has not.
          jit: whether XLA compiles the training: True, False, or "auto", where it pays.
          backupDir: a folder for the state of the training. One that was killed goes on from there
            when it is started again, to the same weights.

        Returns:
          The History: `epoch` and `history`, the loss and metrics of each epoch by tf.js's names.

        Raises:
          ValueError: for data that does not fit the model; nothing is trained then.
        """
        self._check_compiled()
        inputs = as_data(x)
        check_batches(self._built(), inputs, batchSize)
        with self._named_history():
            return training.fit(
                self._built(),
                inputs,
                as_data(y),
                batch_size=batchSize,
                epochs=epochs,
                initial_epoch=initialEpoch,
                verbose=verbose,
                callbacks=callbacks_module.standardize(callbacks, yieldEvery),
                validation_split=validationSplit,
                validation_data=_validation_data(validationData),
                validation_steps=validationSteps,
                validation_freq=validationFreq,
                shuffle=shuffle,
                class_weight=classWeight,
                sample_weight=None if sampleWeight is None else as_data(sampleWeight),
                steps_per_epoch=stepsPerEpoch,
                jit=jit,
                backup_dir=backupDir,
            )

    @options_method
    def fitDataset(
        self,
        dataset: Any,
        *,
        epochs: int,
        batchesPerEpoch: int | None = None,
        verbose: int = 1,
        callbacks: Any = None,
        validationData: Any = None,
        validationBatchSize: int = 32,
        validationBatches: int | None = None,
        yieldEvery: str | float = "auto",
        initialEpoch: int = 0,
        classWeight: Any = None,
    ) -> History:
        """Train the model on a stream of batches.

        Args:
          dataset: a Dataset of `tf.data`, a TensorFlow or Keras dataset, anything to iterate over,
            or a function that returns an iterator. A batch is {"xs": x, "ys": y} or (x, y), each
            [examples, ...]; for several inputs or outputs a list, or a dict by name.
          epochs: how many epochs to train.
          batchesPerEpoch: how many batches make an epoch, if not all that the dataset has. The
            next epoch goes on behind them. Where the dataset ends amid an epoch, so does that, and
            the next one begins it anew; in tf.js all further epochs are empty.
          verbose: 1 shows progress on stderr, 0 nothing.
          callbacks: as of `fit`.
          validationData: another dataset, or (x, y) in memory. Its batches count by their number
            of examples.
          validationBatchSize: how many examples a step of validation sees, of data in memory.
          validationBatches: how many batches to validate on, if not all.
          yieldEvery: as of `fit`.
          initialEpoch: the number of the first epoch.
          classWeight: as of `fit`.

        Returns:
          The History.

        Raises:
          ValueError: for a batch that does not fit the model.
        """
        self._check_compiled()
        counts = {"batchesPerEpoch": batchesPerEpoch, "validationBatches": validationBatches}
        for name, count in counts.items():
            if count is not None:
                positive_integer(name, count)
        if isinstance(validationData, (tuple, list)):
            validationData = _validation_data(validationData)
        else:
            validationData = self._batches(validationData)
        if batchesPerEpoch is None and isinstance(dataset, Dataset):
            # tf.js: makes an iterator that it does not read, so that the first epoch of a seeded
            # shuffle has its second order.
            dataset.iterator()
        with self._named_history():
            return training.fit_dataset(
                self._built(),
                self._batches(dataset),
                epochs=epochs,
                steps_per_epoch=batchesPerEpoch,
                verbose=verbose,
                callbacks=callbacks_module.standardize(callbacks, yieldEvery),
                validation_data=validationData,
                validation_batch_size=validationBatchSize,
                validation_steps=validationBatches,
                initial_epoch=initialEpoch,
                class_weight=classWeight,
            )

    def trainOnBatch(self, x: Any, y: Any) -> float | list[float]:
        """Train the model on one batch.

        Args:
          x: the inputs, [examples, ...].
          y: the targets, [examples, ...].

        Returns:
          The loss, or a list of it and the metrics where there are any, of this batch alone.
        """
        self._check_compiled()
        logs = training.train_on_batch(self._built(), as_data(x), as_data(y))
        values = list(compiling.in_order(logs, self.metricsNames).values())
        return values[0] if len(values) == 1 else values

    @options_method
    def evaluate(
        self,
        x: Any,
        y: Any,
        *,
        batchSize: int = 32,
        verbose: int = 0,
        sampleWeight: Any = None,
        steps: int | None = None,
    ) -> Tensor | list[Tensor]:
        """The loss and metrics on data, as a scalar, or a list of scalars where there are metrics.

        Args:
          x: the inputs, [examples, ...].
          y: the targets, [examples, ...].
          batchSize: how many examples are computed at a time.
          verbose: has no effect, as in tf.js.
          sampleWeight: how much each example counts in the loss, [examples].
          steps: how many batches to evaluate, if not all.
        """
        self._check_compiled()
        inputs = as_data(x)
        check_batches(self._built(), inputs, batchSize)
        logs = training.evaluate(
            self._built(),
            inputs,
            as_data(y),
            batch_size=batchSize,
            sample_weight=None if sampleWeight is None else as_data(sampleWeight),
            steps=steps,
        )
        return self._scalars(logs)

    @options_method
    def evaluateDataset(
        self, dataset: Any, *, batches: int | None = None, verbose: int = 0
    ) -> Tensor | list[Tensor]:
        """The loss and metrics on a stream of batches, as `evaluate` gives them.

        Args:
          dataset: as of `fitDataset`, or the iterator of a Dataset, which goes on where it stands.
          batches: how many batches to evaluate, if not all.
          verbose: has no effect, as in tf.js.
        """
        self._check_compiled()
        batches_ = self._batches(dataset)
        return self._scalars(training.evaluate_dataset(self._built(), batches_, steps=batches))

    @options_method
    def predict(self, x: Any, *, batchSize: int = 32, verbose: int = 0) -> Tensor | list[Tensor]:
        """What the model says of `x`: a Tensor, or a list of them for several outputs.

        Args:
          x: the inputs, [examples, ...]: a Tensor, array, list or frame; for several inputs a list
            or a dict by input name.
          batchSize: how many examples are computed at a time.
          verbose: has no effect, as in tf.js.
        """
        inputs = as_data(x)
        check_batches(self._built(), inputs, batchSize, whole=False)
        outputs = training.predict(self._built(), inputs, batch_size=batchSize)
        tensors = [Tensor(output) for output in keras.tree.flatten(outputs)]
        return tensors[0] if len(tensors) == 1 else tensors

    def predictOnBatch(self, x: Any) -> Tensor | list[Tensor]:
        """What the model says of `x`, computed at once.

        Args:
          x: the inputs, [examples, ...], as of `predict`.
        """
        data = as_data(x)
        return self.predict(data, batchSize=max(1, len(keras.tree.flatten(data)[0])))

    def _batches(self, dataset: Any) -> Any:
        """A Dataset of the mirror as the engine takes it."""
        return model_batches(dataset, self.inputNames, self.outputNames)

    def _check_compiled(self) -> None:
        if not self.keras.compiled:
            raise RuntimeError(
                "The model needs to be compiled before being used. You must compile a model before "
                "training/testing. Use model.compile(optimizer=..., loss=...)."
            )

    def _scalars(self, logs: dict[str, Any]) -> Tensor | list[Tensor]:
        logs = compiling.in_order(logs, self.metricsNames)
        scalars = [ops.creation.scalar(value) for value in logs.values()]
        return scalars[0] if len(scalars) == 1 else scalars

    @contextlib.contextmanager
    def _named_history(self) -> Iterator[None]:
        """Give the history tf.js's order, also where the training was interrupted."""
        try:
            yield
        finally:
            history = getattr(self.keras, "history", None)
            if isinstance(history, History):
                history.history = compiling.in_order(history.history, self.metricsNames)


def as_data(value: Any) -> Any:
    """Inputs or targets as NumPy arrays: one, a list of them, or a dict of them.

    A list is one array if its items are numbers or nested lists of numbers, several if they are
    Tensors, arrays or frames.

    Raises:
      TypeError: for what is no array, as a Dataset.
    """
    if isinstance(value, Dataset):
        raise TypeError(
            "expected arrays, got a Dataset: model.fitDataset and model.evaluateDataset take those."
        )
    if isinstance(value, dict):
        return {name: as_array(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)) and value and all(hasattr(p, "shape") for p in value):
        arrays = [as_array(part) for part in value]
        return arrays[0] if len(arrays) == 1 else arrays
    return as_array(value)


def _validation_data(parts: Sequence[Any] | None) -> tuple[Any, ...] | None:
    if parts is None:
        return None
    if len(parts) not in (2, 3):
        raise ValueError(
            f"validationData must contain 2 (valX, valY) or 3 (valX, valY, valSampleWeight) items, "
            f"got {len(parts)}."
        )
    return tuple(as_data(part) for part in parts)
