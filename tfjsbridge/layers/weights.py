"""The weights of a Keras layer in tf.js's order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tfjsbridge.runtime import keras
from tfjsbridge.tensors import as_array


def ordered_weights(keras_layer: Any) -> list[Any]:
    """A layer's or model's weights in tf.js's order: all trainable ones, then the others."""
    return [*keras_layer.trainable_weights, *_without_seeds(keras_layer.non_trainable_weights)]


def _without_seeds(weights: Sequence[Any]) -> list[Any]:
    # Dropout's random state is a weight to Keras, but not to tf.js.
    return [weight for weight in weights if not weight.path.endswith("seed_generator_state")]


def set_weights(keras_layer: Any, values: Sequence[Any], owner: str) -> None:
    """Set all weights, in tf.js's order, or none if one does not fit."""
    weights = ordered_weights(keras_layer)
    if len(values) != len(weights):
        raise ValueError(
            f"You called setWeights(weights) on {owner} with a weight list of length "
            f"{len(values)}, but it was expecting {len(weights)} weights: "
            f"{[list(weight.shape) for weight in weights]}."
        )
    arrays = [as_array(value) for value in values]
    problems = [
        f"{weight.path}: weight shape {list(weight.shape)}, provided shape {list(array.shape)}"
        for weight, array in zip(weights, arrays, strict=True)
        if tuple(weight.shape) != array.shape
    ]
    if problems:
        raise ValueError(f"Weights do not fit {owner}: " + "; ".join(problems))
    for weight, array in zip(weights, arrays, strict=True):
        value = keras.ops.cast(array, weight.dtype)
        # tf.js: a constraint holds for what is set, too (LayerVariable.write, variables.ts)
        weight.assign(value if weight.constraint is None else weight.constraint(value))
