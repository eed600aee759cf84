"""What `compile` takes by tf.js's names: metrics, and losses for several outputs.

Follows tfjs-layers/src/metrics.ts and engine/training.ts (`compile`). As in tf.js, the value of an
epoch is the mean over its batches, weighted by their sizes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tfjsbridge import compile_losses
from tfjsbridge.errors import unknown_name
from tfjsbridge.own_functions import for_each_example
from tfjsbridge.runtime import keras, tensorflow

Metric = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Compiled:
    """What a model's `compile` was given, with the optimizer that came of it."""

    optimizer: Any
    loss: Any
    metrics: Any


def _share(numerator: Any, denominator: Any, y_true: Any) -> Any:
    """numerator / denominator, or 0, repeated for each example of the batch to give its weight."""
    share = tensorflow.math.divide_no_nan(numerator, denominator)
    return tensorflow.fill(tensorflow.shape(y_true)[:1], share)


def count_pairs(a: Any, a_value: float, b: Any, b_value: float) -> Any:
    """In how many places `a` has one value and `b` the other."""
    a, b = (tensorflow.cast(t, "float32") for t in (a, b))
    both = tensorflow.logical_and(tensorflow.equal(a, a_value), tensorflow.equal(b, b_value))
    return tensorflow.reduce_sum(tensorflow.cast(both, "float32"))


def _precision(y_true: Any, y_pred: Any) -> Any:
    # tf.js: predictions are compared with exactly 0 and 1, not with a threshold.
    hits = count_pairs(y_true, 1, y_pred, 1)
    return _share(hits, hits + count_pairs(y_true, 0, y_pred, 1), y_true)


def _recall(y_true: Any, y_pred: Any) -> Any:
    hits = count_pairs(y_true, 1, y_pred, 1)
    return _share(hits, hits + count_pairs(y_true, 1, y_pred, 0), y_true)


# For the converter. tf.js has no metric of the name "recall" to compile with.
_precision.__dict__["tfjs_name"] = "precision"

#: tf.js's name to the function of (yTrue, yPred) that gives a value for each example.
METRICS: dict[str, Metric] = {
    "binaryAccuracy": keras.metrics.binary_accuracy,
    "categoricalAccuracy": keras.metrics.categorical_accuracy,
    "sparseCategoricalAccuracy": keras.metrics.sparse_categorical_accuracy,
    "precision": _precision,
    "recall": _recall,
    "binaryCrossentropy": keras.losses.binary_crossentropy,
    "categoricalCrossentropy": keras.losses.categorical_crossentropy,
    "sparseCategoricalCrossentropy": keras.losses.sparse_categorical_crossentropy,
    "mse": keras.losses.mean_squared_error,
    "MSE": keras.losses.mean_squared_error,
    "mae": keras.losses.mean_absolute_error,
    "MAE": keras.losses.mean_absolute_error,
    "mape": keras.losses.mean_absolute_percentage_error,
    "MAPE": keras.losses.mean_absolute_percentage_error,
    "cosine": keras.losses.cosine_similarity,
    # Names that tf.js refuses and Keras users expect.
    "meanSquaredError": keras.losses.mean_squared_error,
    "meanAbsoluteError": keras.losses.mean_absolute_error,
    "meanAbsolutePercentageError": keras.losses.mean_absolute_percentage_error,
}

#: Names whose function depends on the output and its loss, with the name that the logs give them.
DEPENDENT = {"accuracy": "acc", "acc": "acc", "crossentropy": "ce", "ce": "ce"}
_SUFFIXES = {"acc": "Accuracy", "ce": "Crossentropy"}


def _kind(last_axis: int | None, loss: Any) -> str:
    """Which of the three families of accuracy and cross-entropy an output has."""
    if last_axis == 1 or isinstance(loss, keras.losses.BinaryCrossentropy):
        return "binary"
    if isinstance(loss, keras.losses.SparseCategoricalCrossentropy):
        return "sparseCategorical"
    return "categorical"


def get(identifier: Any, last_axis: int | None, loss: Any) -> Any:
    """The Keras metric of a tf.js name for one output.

    Args:
      identifier: a name, or a function of (yTrue, yPred), Tensors, or a Keras metric.
      last_axis: the size of the output's last axis; with `loss` it decides what "accuracy" is.
      loss: the output's Keras loss.

    Raises:
      ValueError: for an unknown name.
    """
    if isinstance(identifier, keras.metrics.Metric):
        return identifier
    if callable(identifier):
        return keras.metrics.MeanMetricWrapper(
            for_each_example(identifier), name=identifier.__name__
        )
    label = identifier
    if identifier in DEPENDENT:
        label = DEPENDENT[identifier]
        identifier = _kind(last_axis, loss) + _SUFFIXES[label]
    if identifier not in METRICS:
        raise unknown_name("metric", identifier, ["accuracy", *METRICS])
    return keras.metrics.MeanMetricWrapper(METRICS[identifier], name=label)


def per_output(metrics: Any, output_names: list[str]) -> list[list[Any]]:
    """The identifiers for each output, from what `compile` was given.

    One name or a list of names is for every output; a dict gives each output its own.
    """
    if metrics is None:
        return [[] for _ in output_names]
    if isinstance(metrics, dict):
        unknown = [name for name in metrics if name not in output_names]
        if unknown:
            raise unknown_name("output in metrics", unknown[0], output_names)
        entries = [metrics.get(name, []) for name in output_names]
        return [list(e) if isinstance(e, (list, tuple)) else [e] for e in entries]
    names = list(metrics) if isinstance(metrics, (list, tuple)) else [metrics]
    return [names for _ in output_names]


def metrics_names(keras_model: Any, output_names: list[str]) -> list[str]:
    """The names of loss and metrics in the order of `compile`: all losses, then each output's own.

    Keras before 3.13 sorts its logs by name.
    """
    several = len(output_names) > 1
    names = ["loss", *(f"{output}_loss" for output in output_names if several)]
    given = getattr(keras_model._compile_metrics, "_user_metrics", None) or []
    for output, metrics in zip(output_names, given if several else [given], strict=False):
        for metric in metrics or []:
            if isinstance(metric, keras.metrics.Metric):
                names.append(f"{output}_{metric.name}" if several else metric.name)
    return names


def in_order(logs: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Logs in tf.js's order: those of the validation, then the others, each as in `names`."""

    def place(name: str) -> tuple[bool, int]:
        plain = name.removeprefix("val_")
        is_validation = plain != name and plain in logs
        plain = plain if is_validation else name
        return not is_validation, names.index(plain) if plain in names else len(names)

    return {name: logs[name] for name in sorted(logs, key=place)}


def losses_per_output(loss: Any, output_names: list[str]) -> list[Any]:
    """The Keras loss of each output, from what `compile` was given.

    Raises:
      ValueError: for an unknown name, a list of another length, or an output that does not exist.
    """
    if loss is None:
        raise ValueError("compile: the option 'loss' is missing, as loss='meanSquaredError'.")
    if isinstance(loss, dict):
        problems = [
            f'Unknown entry in loss dictionary: "{name}".'
            for name in loss
            if name not in output_names
        ]
        problems += [
            f'Output "{n}" is missing from loss dictionary.' for n in output_names if n not in loss
        ]
        if problems:
            keys = ", ".join(output_names)
            raise ValueError(f"{' '.join(problems)} Expected the keys: {keys}")
        entries = [loss[name] for name in output_names]
    elif isinstance(loss, (list, tuple)):
        if len(loss) != len(output_names):
            raise ValueError(
                "When passing an Array as loss, it should have one entry per model output. The "
                f"model has {len(output_names)} output(s), but you passed loss={list(loss)}."
            )
        entries = list(loss)
    else:
        entries = [loss] * len(output_names)
    return [compile_losses.get(entry) for entry in entries]


def compute_as_tfjs(keras_model: Any) -> None:
    """Let a compiled model compute what Keras computes otherwise."""
    leave_penalties_to_training(keras_model)
    normalize_frozen_layers(keras_model)
    leave_constraints_to_setting(keras_model)


def computes_as_tfjs(keras_model: Any) -> bool:
    """Whether it does so already."""
    return "compute_loss" in vars(keras_model)


def leave_penalties_to_training(keras_model: Any) -> None:
    """Let validation and evaluation say the loss without the penalties of regularizers.

    tf.js: only its training function adds them (`calculateLosses` in engine/training.ts).
    """
    with_penalties = type(keras_model).compute_loss.__get__(keras_model)

    @functools.wraps(with_penalties)
    def compute_loss(
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        if training or keras_model._compile_loss is None:
            return with_penalties(x, y, y_pred, sample_weight, training=training)
        return keras_model._compile_loss(y, y_pred, sample_weight)

    keras_model.compute_loss = compute_loss


def constrained(keras_model: Any) -> list[Any]:
    """The Keras variables that have constraints."""
    return [v for v in keras_model.trainable_variables if v.constraint is not None]


def leave_constraints_to_setting(keras_model: Any) -> None:
    """Let training change weights without asking for their constraints.

    tf.js: they are asked for where weights are set (`write` in variables.ts); its optimizers, which
    change the values themselves, do not.
    """
    if not constrained(keras_model):
        return
    asking = type(keras_model).train_step.__get__(keras_model)

    @functools.wraps(asking)
    def train_step(data: Any) -> Any:
        kept = [(variable, variable.constraint) for variable in constrained(keras_model)]
        try:
            for variable, _ in kept:
                variable.constraint = None
            return asking(data)
        finally:
            for variable, constraint in kept:
                variable.constraint = constraint

    train_step.__dict__["asks_for_constraints"] = False  # for the converter
    keras_model.train_step = train_step


def normalize_frozen_layers(keras_model: Any) -> None:
    """Let batchNormalization layers that are not trainable use a batch's own mean and variance.

    tf.js: in training they do, and go on to follow them (`call` in layers/normalization.ts); in
    Keras they then compute as in inference.
    """
    for layer in keras_model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            own = type(layer).call.__get__(layer)
            layer.call = functools.wraps(own)(functools.partial(_as_if_trainable, layer))


def _as_if_trainable(layer: Any, *args: Any, **kwargs: Any) -> Any:
    trainable, layer._trainable = layer._trainable, True
    try:
        return type(layer).call(layer, *args, **kwargs)
    finally:
        layer._trainable = trainable
