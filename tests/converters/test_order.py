"""The weights stand in the order in which tf.js trains them, whatever a layer becomes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.converters.test_training_config import LOAD
from tfjsbridge.converters import save_keras_model
from tfjsbridge.converters.topology import topology
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession

layers = keras.layers


def branches() -> Any:
    """Layers at one depth of Keras's graph that become one or many of tf.js's."""
    steps = keras.Input((8, 4))
    ends = [
        layers.Dense(3)(layers.GlobalAveragePooling1D()(steps)),
        layers.Dense(4)(layers.Flatten()(steps)),
        layers.GRU(4)(steps),
    ]
    attended = layers.Flatten()(layers.MultiHeadAttention(2, 3)(steps, steps))
    return keras.Model(steps, [layers.Dense(2)(layers.Concatenate()(ends)), attended])


def models_in_a_model() -> Any:
    numbers, steps = keras.Input((8,)), keras.Input((8, 4))
    stack = keras.Sequential([layers.Dense(4), layers.Dense(5, activation="hard_shrink")])
    one, other = branches()(steps)
    joined = layers.Add()([stack(numbers), layers.Dense(5)(layers.Dense(4)(numbers))])
    return keras.Model([numbers, steps], [joined, one, layers.Dense(3)(other)])


def called_twice() -> Any:
    numbers = keras.Input((8,))
    shared = layers.Dense(8)
    once = shared(numbers)
    twice = shared(layers.Dense(8, "gelu")(once))
    grouped = layers.GroupNormalization(2)(layers.Dense(8)(once))
    return keras.Model(numbers, layers.Add()([twice, grouped]))


@pytest.mark.parametrize("build", [branches, models_in_a_model, called_twice])
def test_the_order_is_that_of_tfjs(
    build: Callable[[], Any], node: NodeSession, tmp_path: Path
) -> None:
    model = build()
    path = save_keras_model(model, tmp_path, format="layers")
    trained = node.evaluate(
        f"{LOAD} return model.trainableWeights.map(weight => weight.originalName)",
        path=str(path),
        folder=str(tmp_path),
    )
    assert topology(model).trainable == trained
