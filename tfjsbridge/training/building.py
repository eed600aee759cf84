"""What must exist before a model's step is traced."""

from __future__ import annotations

from typing import Any

from keras.src.models.functional import Functional

from tfjsbridge.runtime import keras


def build(model: Any, batch: Any) -> None:
    """Have the model's losses and metrics and the variables of its optimizer exist.

    Keras runs model, losses and metrics on symbols for that, which takes as long as many epochs of
    a small model. Where the shapes of targets and outputs are all that they need, they get these.

    Args:
      model: a compiled `keras.Model`.
      batch: a nest of `tensorflow.TensorSpec` (x, y, sample_weight).
    """
    if not (_is_known(model) and _built_by_shapes(model, batch[1])):
        model._symbolic_build(data_batch=batch)
    elif model.optimizer is not None and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def _is_known(model: Any) -> bool:
    return (
        type(model) in (keras.Sequential, Functional)
        and all(layer.built for layer in model._flatten_layers())
        and len(model.outputs) == 1
    )


def _built_by_shapes(model: Any, target: Any) -> bool:
    """Build losses and metrics; False where a metric makes variables as it is called."""
    if target is None or keras.tree.is_nested(target):
        return False
    y_true = keras.KerasTensor(target.shape, keras.backend.standardize_dtype(target.dtype))
    y_pred = model.outputs[0]
    metrics = model._compile_metrics
    if metrics is not None and not metrics.built:
        metrics.build(y_true, y_pred)
        if not all(map(_is_a_mean, metrics.metrics)):
            metrics.built = False
            return False
    if model._compile_loss is not None and not model._compile_loss.built:
        model._compile_loss.build(y_true, y_pred)
    return True


def _is_a_mean(metric: Any) -> bool:
    return isinstance(metric, keras.metrics.Mean) and type(metric).__module__.startswith("keras.")
