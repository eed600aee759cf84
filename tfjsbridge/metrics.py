"""Metrics of the tf.js API: functions of (yTrue, yPred).

Follows tfjs-layers/src/{metrics,exports_metrics}.ts. They agree with scikit-learn but where a
docstring says otherwise; `tfjsbridge.report` has scikit-learn's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.compiling import count_pairs
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.tensors import Tensor, tensor_from

__all__ = [
    "MAPE",
    "MSE",
    "binaryAccuracy",
    "binaryCrossentropy",
    "categoricalAccuracy",
    "categoricalCrossentropy",
    "cosineProximity",
    "mape",
    "meanAbsoluteError",
    "meanAbsolutePercentageError",
    "meanSquaredError",
    "mse",
    "precision",
    "r2Score",
    "recall",
    "sparseCategoricalAccuracy",
]


def binaryAccuracy(yTrue: Any, yPred: Any, threshold: float = 0.5) -> Tensor:
    """The share of predictions on the right side of the threshold, over the last axis.

    Args:
      yTrue: 0 or 1, [..., n].
      yPred: probabilities, [..., n]; one above the threshold counts as 1.
      threshold: tf.js has 0.5 alone.

    Returns:
      [...] float32.
    """
    true, pred = _floats(yTrue, yPred)
    right = tensorflow.equal(true, tensorflow.cast(pred > threshold, "float32"))
    return Tensor(tensorflow.reduce_mean(tensorflow.cast(right, "float32"), -1))


def binaryCrossentropy(yTrue: Any, yPred: Any) -> Tensor:
    """The mean binary cross-entropy over the last axis.

    Args:
      yTrue: 0 or 1, [..., n].
      yPred: probabilities, [..., n]; they are held between 1e-7 and 1 - 1e-7, where scikit-learn's
        `log_loss` holds them between the smallest floats.

    Returns:
      [...] float32.
    """
    return _keras(keras.losses.binary_crossentropy, yTrue, yPred)


def sparseCategoricalAccuracy(yTrue: Any, yPred: Any) -> Tensor:
    """1 where the most probable class is the true one, else 0.

    Args:
      yTrue: numbers of classes, [...] or [..., 1].
      yPred: probabilities, [..., classes].

    Returns:
      [...] float32.
    """
    true, pred = _floats(yTrue, yPred)
    if len(true.shape) == len(pred.shape):
        true = tensorflow.squeeze(true, -1)
    return _equal(true, tensorflow.argmax(pred, -1))


def categoricalAccuracy(yTrue: Any, yPred: Any) -> Tensor:
    """1 where the most probable class is the true one, else 0.

    Args:
      yTrue: one-hot, [..., classes].
      yPred: probabilities, [..., classes].

    Returns:
      [...] float32.
    """
    true, pred = _floats(yTrue, yPred)
    return _equal(tensorflow.argmax(true, -1), tensorflow.argmax(pred, -1))


def categoricalCrossentropy(yTrue: Any, yPred: Any) -> Tensor:
    """The categorical cross-entropy.

    Args:
      yTrue: one-hot, [..., classes].
      yPred: probabilities, [..., classes], made to sum to 1 and held between 1e-7 and 1 - 1e-7.

    Returns:
      [...] float32.
    """
    return _keras(keras.losses.categorical_crossentropy, yTrue, yPred)


def precision(yTrue: Any, yPred: Any) -> Tensor:
    """The share of ones among what was predicted as one; 0 where nothing was.

    Args:
      yTrue: 0 or 1, of any shape.
      yPred: 0 or 1; tf.js counts no other value, so that probabilities are to be rounded before.

    Returns:
      A scalar, float32. scikit-learn says 0 for an undefined precision too, with a warning.
    """
    true, pred = _floats(yTrue, yPred)
    hits, false_alarms = count_pairs(true, 1, pred, 1), count_pairs(true, 0, pred, 1)
    return Tensor(tensorflow.math.divide_no_nan(hits, hits + false_alarms))


def recall(yTrue: Any, yPred: Any) -> Tensor:
    """The share of the ones that were predicted as one; 0 where there are none.

    Args:
      yTrue: 0 or 1, of any shape.
      yPred: 0 or 1; tf.js counts no other value, so that probabilities are to be rounded before.

    Returns:
      A scalar, float32.
    """
    true, pred = _floats(yTrue, yPred)
    hits, misses = count_pairs(true, 1, pred, 1), count_pairs(true, 1, pred, 0)
    return Tensor(tensorflow.math.divide_no_nan(hits, hits + misses))


def cosineProximity(yTrue: Any, yPred: Any) -> Tensor:
    """The cosine of the angle between two vectors, with a minus: -1 for the same direction.

    Args:
      yTrue: [..., n].
      yPred: [..., n].

    Returns:
      [...] float32.
    """
    return _keras(keras.losses.cosine_similarity, yTrue, yPred)


def meanAbsoluteError(yTrue: Any, yPred: Any) -> Tensor:
    """The mean distance over the last axis.

    Args:
      yTrue: [..., n].
      yPred: [..., n].

    Returns:
      [...] float32.
    """
    return _keras(keras.losses.mean_absolute_error, yTrue, yPred)


def meanAbsolutePercentageError(yTrue: Any, yPred: Any) -> Tensor:
    """The mean distance in percent of the true value, over the last axis.

    Args:
      yTrue: [..., n].
      yPred: [..., n].

    Returns:
      [...] float32: 5 for 5 %, where scikit-learn has 0.05.
    """
    return _keras(keras.losses.mean_absolute_percentage_error, yTrue, yPred)


def meanSquaredError(yTrue: Any, yPred: Any) -> Tensor:
    """The mean square of the distance over the last axis.

    Args:
      yTrue: [..., n].
      yPred: [..., n].

    Returns:
      [...] float32.
    """
    return _keras(keras.losses.mean_squared_error, yTrue, yPred)


def r2Score(yTrue: Any, yPred: Any) -> Tensor:
    """The coefficient of determination: 1 for perfect predictions, 0 for always the mean.

    Args:
      yTrue: of any shape. All values count alike, where scikit-learn takes the mean over columns.
      yPred: the same shape.

    Returns:
      A scalar, float32; -Infinity or NaN of values that are all the same, where scikit-learn says
      0 or 1.
    """
    true, pred = _floats(yTrue, yPred)
    residuals = tensorflow.reduce_sum(tensorflow.square(true - pred))
    spread = tensorflow.reduce_sum(tensorflow.square(true - tensorflow.reduce_mean(true)))
    return Tensor(1.0 - residuals / spread)


def mse(yTrue: Any, yPred: Any) -> Tensor:
    """`meanSquaredError`."""
    return meanSquaredError(yTrue, yPred)


def MSE(yTrue: Any, yPred: Any) -> Tensor:
    """`meanSquaredError`."""
    return meanSquaredError(yTrue, yPred)


def mape(yTrue: Any, yPred: Any) -> Tensor:
    """`meanAbsolutePercentageError`."""
    return meanAbsolutePercentageError(yTrue, yPred)


def MAPE(yTrue: Any, yPred: Any) -> Tensor:
    """`meanAbsolutePercentageError`."""
    return meanAbsolutePercentageError(yTrue, yPred)


def _floats(*values: Any) -> list[Any]:
    return [tensorflow.cast(tensor_from(value).tensor, "float32") for value in values]


def _keras(function: Callable[[Any, Any], Any], yTrue: Any, yPred: Any) -> Tensor:
    return Tensor(function(*_floats(yTrue, yPred)))


def _equal(true: Any, pred: Any) -> Tensor:
    same = tensorflow.equal(tensorflow.cast(true, "float32"), tensorflow.cast(pred, "float32"))
    return Tensor(tensorflow.cast(same, "float32"))
