"""The loss functions that `compile` takes by tf.js's names.

Follows tfjs-layers/src/losses.ts, whose formulas are Keras's but for the classes below. After a
softmax or sigmoid layer Keras computes cross-entropies from the logits, without tf.js's limit of
16.1 for a probability of 0.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.errors import unknown_name
from tfjsbridge.own_functions import of_tensors
from tfjsbridge.runtime import keras, tensorflow


@keras.saving.register_keras_serializable("tfjsbridge")
class Hinge(keras.losses.Hinge):
    """The mean of max(0, 1 - yTrue · yPred)."""

    tfjs_name = "hinge"

    def call(self, y_true: Any, y_pred: Any) -> Any:
        # tf.js: targets of 0 and 1 stay as they are; Keras makes -1 and 1 of them.
        return tensorflow.reduce_mean(tensorflow.maximum(0.0, 1.0 - y_true * y_pred), -1)


@keras.saving.register_keras_serializable("tfjsbridge")
class SquaredHinge(keras.losses.SquaredHinge):
    """The mean of the square of max(0, 1 - yTrue · yPred); of targets, see `Hinge`."""

    tfjs_name = "squaredHinge"

    def call(self, y_true: Any, y_pred: Any) -> Any:
        margin = tensorflow.maximum(0.0, 1.0 - y_true * y_pred)
        return tensorflow.reduce_mean(tensorflow.square(margin), -1)


@keras.saving.register_keras_serializable("tfjsbridge")
class KLDivergence(keras.losses.KLDivergence):
    """The sum of yTrue · log(yTrue / yPred)."""

    tfjs_name = "kullbackLeiblerDivergence"

    def call(self, y_true: Any, y_pred: Any) -> Any:
        # tf.js: only within the logarithm yTrue is held between epsilon and 1.
        epsilon = keras.config.epsilon()
        true, pred = (tensorflow.clip_by_value(y, epsilon, 1.0) for y in (y_true, y_pred))
        return tensorflow.reduce_sum(y_true * tensorflow.math.log(true / pred), -1)


#: tf.js's name to the Keras loss class.
LOSSES = {
    "meanSquaredError": keras.losses.MeanSquaredError,
    "meanAbsoluteError": keras.losses.MeanAbsoluteError,
    "meanAbsolutePercentageError": keras.losses.MeanAbsolutePercentageError,
    "meanSquaredLogarithmicError": keras.losses.MeanSquaredLogarithmicError,
    "squaredHinge": SquaredHinge,
    "hinge": Hinge,
    "categoricalHinge": keras.losses.CategoricalHinge,
    "logcosh": keras.losses.LogCosh,
    "categoricalCrossentropy": keras.losses.CategoricalCrossentropy,
    "sparseCategoricalCrossentropy": keras.losses.SparseCategoricalCrossentropy,
    "binaryCrossentropy": keras.losses.BinaryCrossentropy,
    "kullbackLeiblerDivergence": KLDivergence,
    "poisson": keras.losses.Poisson,
    "cosineProximity": keras.losses.CosineSimilarity,
}

#: Short and Keras names that tf.js refuses and Keras users expect.
ALIASES = {
    "mse": "meanSquaredError",
    "mae": "meanAbsoluteError",
    "mape": "meanAbsolutePercentageError",
    "msle": "meanSquaredLogarithmicError",
    "kld": "kullbackLeiblerDivergence",
    "mean_squared_error": "meanSquaredError",
    "mean_absolute_error": "meanAbsoluteError",
    "mean_absolute_percentage_error": "meanAbsolutePercentageError",
    "mean_squared_logarithmic_error": "meanSquaredLogarithmicError",
    "squared_hinge": "squaredHinge",
    "categorical_hinge": "categoricalHinge",
    "log_cosh": "logcosh",
    "categorical_crossentropy": "categoricalCrossentropy",
    "sparse_categorical_crossentropy": "sparseCategoricalCrossentropy",
    "binary_crossentropy": "binaryCrossentropy",
    "kl_divergence": "kullbackLeiblerDivergence",
    "cosine_similarity": "cosineProximity",
}


def canonical(name: str) -> str:
    """tf.js's full name of a loss.

    Raises:
      ValueError: for an unknown name.
    """
    name = ALIASES.get(name, name)
    if name not in LOSSES:
        raise unknown_name("loss", name, LOSSES)
    return name


def get(identifier: Any) -> Any:
    """The Keras loss of a tf.js name, or of a function of Tensors; Keras's stay as they are."""
    if callable(identifier) and not isinstance(identifier, (keras.losses.Loss, type)):
        return of_tensors(identifier)
    if not isinstance(identifier, str):
        return identifier
    return LOSSES[canonical(identifier)]()
