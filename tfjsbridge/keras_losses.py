"""Keras's losses by tf.js's names, or by such a name where tf.js has not the loss."""

from __future__ import annotations

from typing import Any

from tfjsbridge.runtime import keras

losses = keras.losses

#: The loss of class numbers.
SPARSE = "sparseCategoricalCrossentropy"

#: The name to Keras's class and function.
KERAS_LOSSES: dict[str, tuple[Any, Any]] = {
    "binaryCrossentropy": (losses.BinaryCrossentropy, losses.binary_crossentropy),
    "binaryFocalCrossentropy": (losses.BinaryFocalCrossentropy, losses.binary_focal_crossentropy),
    "categoricalCrossentropy": (losses.CategoricalCrossentropy, losses.categorical_crossentropy),
    "categoricalFocalCrossentropy": (
        losses.CategoricalFocalCrossentropy,
        losses.categorical_focal_crossentropy,
    ),
    "categoricalHinge": (losses.CategoricalHinge, losses.categorical_hinge),
    "cosineProximity": (losses.CosineSimilarity, losses.cosine_similarity),
    "dice": (losses.Dice, losses.dice),
    "hinge": (losses.Hinge, losses.hinge),
    "huber": (losses.Huber, losses.huber),
    "kullbackLeiblerDivergence": (losses.KLDivergence, losses.kl_divergence),
    "logcosh": (losses.LogCosh, losses.log_cosh),
    "meanAbsoluteError": (losses.MeanAbsoluteError, losses.mean_absolute_error),
    "meanAbsolutePercentageError": (
        losses.MeanAbsolutePercentageError,
        losses.mean_absolute_percentage_error,
    ),
    "meanSquaredError": (losses.MeanSquaredError, losses.mean_squared_error),
    "meanSquaredLogarithmicError": (
        losses.MeanSquaredLogarithmicError,
        losses.mean_squared_logarithmic_error,
    ),
    "poisson": (losses.Poisson, losses.poisson),
    SPARSE: (losses.SparseCategoricalCrossentropy, losses.sparse_categorical_crossentropy),
    "squaredHinge": (losses.SquaredHinge, losses.squared_hinge),
    "tversky": (losses.Tversky, losses.tversky),
}
