"""The loss functions that `compile` takes by tf.js's names.

Follows tfjs-layers/src/losses.ts, whose formulas are Keras's.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.errors import unknown_name
from tfjsbridge.runtime import keras

#: tf.js's name to the Keras loss class.
LOSSES = {
    "meanSquaredError": keras.losses.MeanSquaredError,
    "meanAbsoluteError": keras.losses.MeanAbsoluteError,
    "meanAbsolutePercentageError": keras.losses.MeanAbsolutePercentageError,
    "meanSquaredLogarithmicError": keras.losses.MeanSquaredLogarithmicError,
    "squaredHinge": keras.losses.SquaredHinge,
    "hinge": keras.losses.Hinge,
    "categoricalHinge": keras.losses.CategoricalHinge,
    "logcosh": keras.losses.LogCosh,
    "categoricalCrossentropy": keras.losses.CategoricalCrossentropy,
    "sparseCategoricalCrossentropy": keras.losses.SparseCategoricalCrossentropy,
    "binaryCrossentropy": keras.losses.BinaryCrossentropy,
    "kullbackLeiblerDivergence": keras.losses.KLDivergence,
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
    """The Keras loss of a tf.js name; a function or Keras loss is returned as it is."""
    if not isinstance(identifier, str):
        return identifier
    return LOSSES[canonical(identifier)]()
