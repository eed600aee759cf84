"""What is trained: each model in tf.js's names, its data and how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

Layer = tuple[str, dict[str, Any]]
Arrays = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True)
class Training:
    """A model to train on data.

    Attributes:
      layers: names and options as in tf.layers.
      optimizer: a name of tf.train and the learning rate.
      data: makes x and y, the same ones each time.
      watched: whether it is measured with an onEpochEnd callback too.
      tfjs_batches: tf.js is measured on this many batches and scaled: it may take minutes for all.
      compared_batches: weights are compared after training on this many.
    """

    name: str
    layers: tuple[Layer, ...]
    loss: str
    optimizer: tuple[str, float]
    metric: str
    data: Callable[[], Arrays]
    epochs: int
    batch_size: int
    watched: bool = False
    tfjs_batches: int | None = None
    compared_batches: int | None = None

    @property
    def large(self) -> bool:
        """Whether it has few and long epochs, of which the first call's tracing is a small part."""
        return self.tfjs_batches is not None

    def batches(self, examples: int) -> int:
        """How many batches an epoch has."""
        return -(-examples // self.batch_size)

    def part(self, batches: int | None) -> Arrays:
        """The data of the first batches."""
        x, y = self.data()
        count = None if batches is None else batches * self.batch_size
        return x[:count], y[:count]


def dense(units: int, activation: str = "linear") -> Layer:
    """A fully connected layer."""
    return "dense", {"units": units, "activation": activation}


def conv2d(filters: int) -> Layer:
    """A convolution of 3 by 3."""
    return "conv2d", {"filters": filters, "kernelSize": 3, "activation": "relu"}


def _points(label: Callable[[np.ndarray, np.ndarray], np.ndarray], seed: int) -> Arrays:
    points = np.random.default_rng(seed).normal(size=(200, 2)).astype("float32")
    return points, label(*points.T)[:, None].astype("float32")


@cache
def _line() -> Arrays:
    return _points(lambda x, y: 2 * x - y > 0.3, 1)


@cache
def _disc() -> Arrays:
    return _points(lambda x, y: x**2 + y**2 < 0.5, 2)


@cache
def _flower() -> Arrays:
    return _points(lambda x, y: np.hypot(x, y) < 1.5 * np.abs(np.cos(np.arctan2(y, x))), 3)


@cache
def _two_arms() -> Arrays:
    random = np.random.default_rng(4)
    turn = np.linspace(0.5, 3 * np.pi, 100)
    arm = np.stack([turn * np.cos(turn), turn * np.sin(turn)], 1) / (3 * np.pi)
    points = np.concatenate([arm, -arm]) + random.normal(scale=0.02, size=(200, 2))
    return points.astype("float32"), np.repeat([[0.0], [1.0]], 100, 0).astype("float32")


@cache
def _slope() -> Arrays:
    x = np.linspace(-1, 1, 200)[:, None]
    y = 1.2 * x + np.random.default_rng(5).normal(scale=0.1, size=x.shape)
    return x.astype("float32"), y.astype("float32")


@cache
def _images() -> Arrays:
    """4000 digits of 28 by 28: scikit-learn's of 8 by 8, enlarged and moved about."""
    from sklearn.datasets import load_digits

    random = np.random.default_rng(6)
    digits = load_digits()
    chosen = random.integers(0, len(digits.target), 4000)
    images = np.zeros((4000, 28, 28, 1), "float32")
    large = np.kron(digits.images / 16, np.ones((1, 3, 3)))[..., None]
    for image, index, (i, j) in zip(images, chosen, random.integers(0, 5, (4000, 2)), strict=True):
        image[i : i + 24, j : j + 24] = large[index]
    return images, _one_hot(digits.target[chosen])


@cache
def _noise() -> Arrays:
    random = np.random.default_rng(7)
    x = random.random((60000, 784), "float32")
    return x, _one_hot(random.integers(0, 10, len(x)))


@cache
def _waves() -> Arrays:
    """1024 noisy waves of 50 steps in 4 channels; is the first of them the faster kind?"""
    random = np.random.default_rng(8)
    fast = random.integers(0, 2, (1024, 1, 1))
    phase = random.uniform(0, 2 * np.pi, (1024, 1, 4))
    x = np.sin((0.3 + 0.2 * fast) * np.arange(50)[:, None] + phase)
    x += random.normal(scale=0.5, size=x.shape)
    return x.astype("float32"), fast[:, 0].astype("float32")


def _one_hot(classes: np.ndarray) -> np.ndarray:
    return np.eye(10, dtype="float32")[classes]


def _classifier(name: str, data: Callable[[], Arrays], *layers: Layer, **options: Any) -> Training:
    return Training(
        name,
        (*layers, dense(1, "sigmoid")),
        loss="binaryCrossentropy",
        metric="accuracy",
        data=data,
        batch_size=50,
        watched=True,
        **options,
    )


_ADAM = ("adam", 0.03)

TRAININGS = (
    _classifier("linear", _line, optimizer=("sgd", 0.5), epochs=5000),
    _classifier("circle", _disc, dense(3, "sigmoid"), optimizer=_ADAM, epochs=5000),
    _classifier("petal", _flower, dense(4, "tanh"), optimizer=_ADAM, epochs=10000),
    _classifier(
        "spiral", _two_arms, *[dense(10, "tanh")] * 3, optimizer=("adam", 0.01), epochs=5000
    ),
    Training(
        "unary_regression",
        (dense(1),),
        loss="meanSquaredError",
        optimizer=("adam", 0.01),
        metric="mse",
        data=_slope,
        epochs=500,
        batch_size=50,
    ),
    Training(
        "cnn",
        (
            conv2d(8),
            ("maxPooling2d", {"poolSize": 2}),
            conv2d(16),
            ("maxPooling2d", {"poolSize": 2}),
            ("flatten", {}),
            dense(10, "softmax"),
        ),
        loss="categoricalCrossentropy",
        optimizer=("adam", 0.001),
        metric="accuracy",
        data=_images,
        epochs=10,
        batch_size=50,
        tfjs_batches=1,
        compared_batches=10,
    ),
    Training(
        "wide_mlp",
        (*[dense(512, "relu")] * 3, dense(10, "softmax")),
        loss="categoricalCrossentropy",
        optimizer=("adam", 0.001),
        metric="accuracy",
        data=_noise,
        epochs=3,
        batch_size=128,
        tfjs_batches=2,
        compared_batches=4,
    ),
    Training(
        "lstm",
        # tf.js's default recurrentActivation is not Keras's.
        (
            ("lstm", {"units": 64, "activation": "tanh", "recurrentActivation": "sigmoid"}),
            dense(1, "sigmoid"),
        ),
        loss="binaryCrossentropy",
        optimizer=("adam", 0.003),
        metric="accuracy",
        data=_waves,
        epochs=20,
        batch_size=32,
        tfjs_batches=2,
        compared_batches=8,
    ),
)

BY_NAME = {training.name: training for training in TRAININGS}
