"""export: a fitted estimator, with what its pipeline does before it, as a model for the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from sklearn.compose import TransformedTargetRegressor
from sklearn.model_selection._search import BaseSearchCV
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from tfjsbridge.converters import save_keras_model
from tfjsbridge.errors import ConversionError
from tfjsbridge.runtime import keras
from tfjsbridge.sklearn.estimators import Classifier, Regressor
from tfjsbridge.sklearn.preprocessing import CannotExport, affine, affine_of, dense, transformed
from tfjsbridge.urls import file_path


def export(estimator: Any, directory: str | Path) -> Path:
    """Write a fitted estimator as a model that tf.js loads and that takes raw features.

    Its output is what `predict_proba` gives, [examples, classes], or for a regressor `predict`,
    [examples, targets]. In tf.js `model.getUserDefinedMetadata()` has the `classes` and the names
    of the `features`. A model without a pipeline before it can go on training there.

    Args:
      estimator: a Classifier or Regressor, a Pipeline that ends with one, a search over either, or
        a TransformedTargetRegressor over either with one of scikit-learn's scalers.
      directory: the folder for model.json and its weights, as a path or `file://path`.

    Returns:
      The path of the model.json.

    Raises:
      ConversionError: listing every step and layer that tf.js cannot express; nothing is written.
      sklearn.exceptions.NotFittedError: for an estimator that is not fitted.
      OSError: where the folder cannot be written.
    """
    check_is_fitted(estimator)
    whole = estimator
    target_scaler = None
    while isinstance(estimator, (BaseSearchCV, TransformedTargetRegressor)):
        if isinstance(estimator, BaseSearchCV):
            estimator = estimator.best_estimator_
        else:
            target_scaler = estimator.transformer_
            estimator = estimator.regressor_
    steps = estimator.steps if isinstance(estimator, Pipeline) else [("", estimator)]
    *before, (_, last) = steps
    if not isinstance(last, (Classifier, Regressor)):
        raise TypeError(
            "export takes a Classifier or Regressor of tfjsbridge.sklearn, or a pipeline that ends "
            f"with one; got {type(last).__name__}."
        )
    before = [(name, step) for name, step in before if step not in (None, "passthrough")]
    net = last.model_.keras
    first = before[0][1] if before else last
    metadata: dict[str, Any] = {}
    if isinstance(last, Classifier):
        metadata["classes"] = last.classes_.tolist()
    names = getattr(whole, "feature_names_in_", getattr(first, "feature_names_in_", None))
    if names is not None:
        metadata["features"] = list(names)

    model = net
    complement = isinstance(last, Classifier) and net.output_shape[-1] < len(last.classes_)
    if before or complement or target_scaler is not None:
        problems: list[str] = []
        inputs = keras.Input(_features(first, last), name="features")
        columns = inputs
        for name, step in before:
            columns = transformed(step, columns, name, problems)
        if not problems:
            outputs = net(columns)
        if target_scaler is not None and not problems:
            outputs = _unscaled(target_scaler, outputs, problems)
        if problems:
            raise ConversionError("The pipeline cannot be exported to TensorFlow.js:", problems)
        if complement:
            outputs = dense(outputs, np.array([[-1, 1]]), np.array([1, 0]))
        model = keras.Model(inputs, outputs, name="pipeline")
        if net.compiled and not complement and target_scaler is None:
            model.compile_from_config(net.get_compile_config())
    return save_keras_model(
        model, file_path(directory), metadata=metadata or None, include_optimizer=False
    )


def _features(first: Any, last: Any) -> tuple[int, ...]:
    """The shape of an example."""
    if first is last:
        return tuple(last.model_.keras.inputs[0].shape[1:])
    return (first.n_features_in_,)


def _unscaled(scaler: Any, outputs: Any, problems: list[str]) -> Any:
    """Targets as they were before they were scaled for training."""
    if scaler is None or getattr(scaler, "func", "") is None:
        return outputs
    try:
        factors, offsets = affine_of(scaler)
    except CannotExport as error:
        problems.append(f"the targets' transformer ({type(scaler).__name__}): {error}")
        return outputs
    return affine(outputs, 1 / factors, -offsets / factors)
