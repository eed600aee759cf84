"""The Keras model of a training."""

from __future__ import annotations

import re
from typing import Any

from benchmarks.trainings import Training
from tfjsbridge.runtime import keras

_LAYERS = {
    "dense": keras.layers.Dense,
    "conv2d": keras.layers.Conv2D,
    "maxPooling2d": keras.layers.MaxPooling2D,
    "flatten": keras.layers.Flatten,
    "lstm": keras.layers.LSTM,
}


def build(training: Training, **options: Any) -> Any:
    """A fresh model, the same weights each time; `options` are compile's."""
    keras.utils.set_random_seed(0)
    x, _ = training.data()
    model = keras.Sequential([keras.Input(x.shape[1:])])
    for kind, settings in training.layers:
        model.add(_LAYERS[kind](**{_snake(name): value for name, value in settings.items()}))
    name, rate = training.optimizer
    optimizer = keras.optimizers.get({"class_name": name, "config": {"learning_rate": rate}})
    model.compile(optimizer, _snake(training.loss), metrics=[training.metric], **options)
    return model


def _snake(name: str) -> str:
    """tf.js's spelling in Keras's: kernelSize, kernel_size."""
    return re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)
