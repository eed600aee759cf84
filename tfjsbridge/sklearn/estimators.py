"""Classifier and Regressor: models in tf.js's names as scikit-learn's estimators."""

from __future__ import annotations

import contextlib
import copy
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.class_weight import compute_sample_weight
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from tfjsbridge import callbacks as callbacks_module
from tfjsbridge import training
from tfjsbridge.errors import did_you_mean
from tfjsbridge.layers import Layer
from tfjsbridge.models import LayersModel
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.sklearn.building import build, check_outputs, parameters_of, takes_any_option
from tfjsbridge.sklearn.targets import Labels
from tfjsbridge.training.fit import new_seed

Builder = Callable[..., Any] | Sequence[Layer] | None

_OPTION = "model__"


class _Estimator(BaseEstimator):
    """What the two have in common."""

    model: Builder
    modelOptions: Mapping[str, Any] | None

    # Parameters: those of the function that builds the model are parameters too, model__units.

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The parameters by name; with `deep`, those of the function that builds the model too."""
        params: dict[str, Any] = super().get_params(deep)
        if deep:
            given = self.modelOptions if isinstance(self.modelOptions, Mapping) else {}
            options = {**parameters_of(self.model), **given}
            params.update({f"{_OPTION}{name}": value for name, value in options.items()})
        return params

    def set_params(self, **params: Any) -> Any:
        """Set parameters: `set_params(epochs=50, model__units=8)`."""
        own = {name: value for name, value in params.items() if not name.startswith(_OPTION)}
        super().set_params(**own)
        options = {
            name.removeprefix(_OPTION): value
            for name, value in params.items()
            if name.startswith(_OPTION)
        }
        known = parameters_of(self.model)
        unknown = [name for name in options if name not in known]
        if unknown and not takes_any_option(self.model):
            raise ValueError(
                f"Invalid parameter {_OPTION + unknown[0]!r}: the function that builds the model "
                f"has no {unknown[0]!r}{did_you_mean(unknown[0], known)}. It has: "
                f"{', '.join(known) or 'none'}."
            )
        if options:
            self.modelOptions = {**(self.modelOptions or {}), **options}
        return self

    def __sklearn_clone__(self) -> Any:
        # scikit-learn copies what is no estimator. Layers are only looked at, and copies of an
        # optimizer or a callback are made where they are used.
        return type(self)(**self.get_params(deep=False))

    def _validated(self, X: Any, y: Any = "no_validation", **options: Any) -> Any:
        """The features, and the targets if they are given, as scikit-learn checks them."""
        if "multi_output" in options and y is None:
            options = {}  # which it then does not look at
        return validate_data(self, _dense(X), y, dtype="numeric", allow_nd=True, **options)

    def _fit(
        self, X: np.ndarray, targets: Callable[[Any, int], Any], sample_weight: Any, kind: _Kind
    ) -> None:
        X = _float32(X)
        with _seeded(self.random_state):
            model = build(
                self.model,
                X.shape[1:],
                kind.outputs[0],
                kind.activation,
                _options(self.modelOptions),
            )
            width = check_outputs(model, kind.outputs, kind.described, kind.probabilities)
            if not model.keras.compiled:
                model.compile(
                    optimizer=_another(self.optimizer),
                    loss=self.loss or kind.loss(width),
                    metrics=self.metrics,
                )
            self.history_ = training.fit(
                model.keras,
                X,
                targets(model.keras, width),
                sample_weight=sample_weight,
                batch_size=self.batchSize,
                epochs=self.epochs,
                shuffle=self.shuffle,
                validation_split=self.validationSplit,
                callbacks=callbacks_module.standardize(_copied(self.callbacks), "auto"),
                verbose=self.verbose,
                jit=self.jit,
            ).history
        self.model_: LayersModel = model

    def _outputs(self, X: Any) -> np.ndarray:
        """What the model gives for the examples, [examples, outputs] float32."""
        check_is_fitted(self)
        X = _float32(self._validated(X, reset=False))
        return training.predict(self.model_.keras, X, batch_size=1024).numpy()

    def export(self, directory: str | Path, pipeline: Any = None) -> Path:
        """Write the fitted model for the browser; see `tfjsbridge.sklearn.export`.

        Args:
          directory: the folder for model.json and its weights.
          pipeline: a fitted pipeline that ends with this estimator; its preprocessing becomes the
            model's first layers.
        """
        from tfjsbridge.sklearn.export import export

        check_is_fitted(self)
        return export(self if pipeline is None else pipeline, directory)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        tags.input_tags.three_d_array = True
        return tags


@dataclass(frozen=True)
class _Kind:
    """What a model must give for the targets at hand.

    Attributes:
      outputs: the numbers of outputs that fit, the usual one first.
      activation: the last layer's, of a model that is not given.
      described: the targets, for messages.
      loss: the one for a model with so many outputs, where none is given.
      probabilities: whether the outputs must be probabilities.
    """

    outputs: Sequence[int]
    activation: str | None
    described: str
    loss: Callable[[int], str]
    probabilities: bool


class Classifier(ClassifierMixin, _Estimator):
    """A classifier that is a model in tf.js's names.

    Targets are labels of any dtype, [examples], or several labels per example as a matrix of 0 and
    1, [examples, labels]. The model gives a probability for each class or label; for two classes
    also a single one, that of the second. A compiled model is trained as it is compiled.

    Args:
      model: a function that builds the model, or a list of layers as for `tf.sequential` (the first
        needs no inputShape), or None for one hidden layer of 32 units. Of the parameters of the
        function, `inputShape` and `outputs` are given by the data; the others are parameters of the
        estimator, `model__units` and so on, which a search can vary.
      modelOptions: for the function that builds the model.
      optimizer: as of `model.compile`; where the function has not compiled the model.
      loss: likewise; without it, the cross-entropy that fits the outputs.
      metrics: likewise.
      epochs: how often all examples are seen.
      batchSize: how many examples a step of training sees.
      shuffle: whether each epoch sees the examples in a new order.
      validationSplit: this share of the examples, the last ones, is kept for validation.
      callbacks: as of `model.fit`; each fit has copies of Keras's.
      classWeight: how much an example of a class counts, {label: weight}, or "balanced".
      verbose: 1 shows progress, 0 nothing.
      jit: as of `model.fit`.
      random_state: makes initial weights, shuffling and dropout repeatable.

    Attributes:
      classes_: the labels, in the order of the probabilities.
      model_: the fitted model.
      history_: loss and metrics of each epoch, by name.
      n_features_in_: how many features an example has.
      feature_names_in_: their names, where X is a data frame.
    """

    def __init__(
        self,
        model: Builder = None,
        *,
        modelOptions: Mapping[str, Any] | None = None,
        optimizer: Any = "adam",
        loss: Any = None,
        metrics: Any = None,
        epochs: int = 100,
        batchSize: int = 32,
        shuffle: bool = True,
        validationSplit: float = 0.0,
        callbacks: Any = None,
        classWeight: Mapping[Any, float] | str | None = None,
        verbose: int = 0,
        jit: training.Jit = "auto",
        random_state: Any = None,
    ):
        self.model = model
        self.modelOptions = modelOptions
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics
        self.epochs = epochs
        self.batchSize = batchSize
        self.shuffle = shuffle
        self.validationSplit = validationSplit
        self.callbacks = callbacks
        self.classWeight = classWeight
        self.verbose = verbose
        self.jit = jit
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Classifier:
        """Train a new model.

        Args:
          X: the features, [examples, ...], dense or sparse.
          y: the labels, [examples] or [examples, labels].
          sample_weight: how much each example counts in the loss, [examples].

        Raises:
          ValueError: for data or a model that do not fit; nothing is trained then.
        """
        X, y = self._validated(X, y, multi_output=True)
        labels = Labels.of(y)
        if self.classWeight is not None:
            balance = compute_sample_weight(self.classWeight, y)
            sample_weight = balance if sample_weight is None else balance * sample_weight
        self._fit(
            X,
            lambda model, width: labels.encoded(y, model, width),
            _weights(sample_weight, X),
            _Kind(
                labels.possible_outputs,
                labels.activation,
                f"{labels.outputs} {'labels' if labels.several else 'classes'}",
                lambda width: (
                    "binaryCrossentropy"
                    if labels.several or width == 1
                    else "categoricalCrossentropy"
                ),
                probabilities=True,
            ),
        )
        self._labels, self.classes_ = labels, labels.classes
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """The probability of each class or label, [examples, classes] float32.

        Args:
          X: the features, [examples, ...].
        """
        return self._probabilities(self._outputs(X))

    def predict(self, X: Any) -> np.ndarray:
        """The labels [examples]; of several, a matrix of 0 and 1 [examples, labels].

        Args:
          X: the features, [examples, ...].
        """
        outputs = self._outputs(X)
        return self._labels.decoded(self._probabilities(outputs))

    def _probabilities(self, outputs: np.ndarray) -> np.ndarray:
        return self._labels.probabilities(outputs)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


class Regressor(RegressorMixin, _Estimator):
    """A regressor that is a model in tf.js's names.

    Targets are numbers, [examples] or, several of them, [examples, targets].

    Args:
      model: a function that builds the model, or a list of layers as for `tf.sequential` (the first
        needs no inputShape), or None for one hidden layer of 32 units. Of the parameters of the
        function, `inputShape` and `outputs` are given by the data; the others are parameters of the
        estimator, `model__units` and so on, which a search can vary.
      modelOptions: for the function that builds the model.
      optimizer: as of `model.compile`; where the function has not compiled the model.
      loss: likewise.
      metrics: likewise.
      epochs: how often all examples are seen.
      batchSize: how many examples a step of training sees.
      shuffle: whether each epoch sees the examples in a new order.
      validationSplit: this share of the examples, the last ones, is kept for validation.
      callbacks: as of `model.fit`; each fit has copies of Keras's.
      verbose: 1 shows progress, 0 nothing.
      jit: as of `model.fit`.
      random_state: makes initial weights, shuffling and dropout repeatable.

    Attributes:
      model_: the fitted model.
      history_: loss and metrics of each epoch, by name.
      n_features_in_: how many features an example has.
      feature_names_in_: their names, where X is a data frame.
    """

    def __init__(
        self,
        model: Builder = None,
        *,
        modelOptions: Mapping[str, Any] | None = None,
        optimizer: Any = "adam",
        loss: Any = "meanSquaredError",
        metrics: Any = None,
        epochs: int = 100,
        batchSize: int = 32,
        shuffle: bool = True,
        validationSplit: float = 0.0,
        callbacks: Any = None,
        verbose: int = 0,
        jit: training.Jit = "auto",
        random_state: Any = None,
    ):
        self.model = model
        self.modelOptions = modelOptions
        self.optimizer = optimizer
        self.loss = loss
        self.metrics = metrics
        self.epochs = epochs
        self.batchSize = batchSize
        self.shuffle = shuffle
        self.validationSplit = validationSplit
        self.callbacks = callbacks
        self.verbose = verbose
        self.jit = jit
        self.random_state = random_state

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Regressor:
        """Train a new model.

        Args:
          X: the features, [examples, ...], dense or sparse.
          y: the targets, [examples] or [examples, targets].
          sample_weight: how much each example counts in the loss, [examples].

        Raises:
          ValueError: for data or a model that do not fit; nothing is trained then.
        """
        X, y = self._validated(X, y, multi_output=True, y_numeric=True)
        targets = np.asarray(y, np.float32).reshape(len(y), -1)
        count = targets.shape[1]
        self._fit(
            X,
            lambda model, width: targets,
            _weights(sample_weight, X),
            _Kind(
                (count,),
                None,
                f"{count} target{'s' if count > 1 else ''}",
                lambda width: "meanSquaredError",
                probabilities=False,
            ),
        )
        self._several = np.ndim(y) > 1
        return self

    def predict(self, X: Any) -> np.ndarray:
        """The targets, [examples] or [examples, targets] as they were in `fit`.

        Args:
          X: the features, [examples, ...].
        """
        outputs = self._outputs(X).astype(np.float64)
        return outputs if self._several else outputs[:, 0]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


def _options(given: Any) -> Mapping[str, Any]:
    if given is not None and not isinstance(given, Mapping):
        raise TypeError(f"modelOptions must be a dict, got {type(given).__name__} {given!r}.")
    return given or {}


def _dense(X: Any) -> Any:
    """A dense array of a sparse matrix, as scikit-learn's OneHotEncoder makes it."""
    return X.toarray() if hasattr(X, "toarray") else X


def _float32(X: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        numbers = np.asarray(X, np.float32)
    if not np.isfinite(numbers).all():
        raise ValueError(
            "X has values too large for dtype('float32'), in which models compute. Scale them, as "
            "with StandardScaler."
        )
    return numbers


def _weights(sample_weight: Any, X: Any) -> np.ndarray | None:
    if sample_weight is None:
        return None
    return _check_sample_weight(sample_weight, X, dtype=np.float32)


def _another(optimizer: Any) -> Any:
    """An optimizer with a state of its own."""
    keras_optimizer = getattr(optimizer, "keras", optimizer)
    if isinstance(keras_optimizer, keras.optimizers.Optimizer):
        return type(keras_optimizer).from_config(keras_optimizer.get_config())
    return optimizer


def _copied(callbacks: Any) -> Any:
    """Keras's callbacks, which keep what they have seen, as new ones."""
    if isinstance(callbacks, (list, tuple)):
        return [_copied(callback) for callback in callbacks]
    is_keras_own = type(callbacks).__module__.startswith("keras.")
    return copy.deepcopy(callbacks) if is_keras_own else callbacks


@contextlib.contextmanager
def _seeded(random_state: Any) -> Iterator[None]:
    """Seed the random numbers for a `fit`; what is drawn afterwards does not depend on it."""
    if random_state is None:
        yield
        return
    seed = int(check_random_state(random_state).randint(2**31 - 1))
    python, numpy, tensorflow_seed = random.getstate(), np.random.get_state(), new_seed()
    try:
        keras.utils.set_random_seed(seed)
        yield
    finally:
        random.setstate(python)
        np.random.set_state(numpy)
        tensorflow.random.set_seed(tensorflow_seed)  # its state cannot be read
