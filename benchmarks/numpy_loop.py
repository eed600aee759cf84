"""A small network trained by hand in NumPy: about as fast as Python gets.

It computes no loss and no metrics, which the others do.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
from scipy.special import expit

from benchmarks.model import build
from benchmarks.scaled import Measure, Scale, scaled
from benchmarks.trainings import Training
from benchmarks.watch import timed

Array = np.ndarray


#: Each activation, and its derivative from its value.
_ACTIVATIONS: dict[str, tuple[Callable[[Array], Array], Callable[[Array], Array]]] = {
    "linear": (lambda z: z, lambda a: np.ones_like(a)),
    "sigmoid": (expit, lambda a: a * (1 - a)),
    "tanh": (np.tanh, lambda a: 1 - a * a),
}


def by_hand(training: Training) -> bool:
    """Whether this module can train it."""
    return all(kind == "dense" for kind, _ in training.layers) and training.loss in (
        "binaryCrossentropy",
        "meanSquaredError",
    )


class Network:
    """Dense layers; all weights in one vector, for the optimizer's sake."""

    def __init__(self, training: Training, weights: list[Array]):
        self.batch_size = training.batch_size
        self.activations = [_ACTIVATIONS[options["activation"]] for _, options in training.layers]
        # Of both losses the gradient before the last activation is a multiple of output - target.
        self.factor = 2.0 if training.loss == "meanSquaredError" else 1.0
        self.update = {"sgd": self._sgd, "adam": self._adam}[training.optimizer[0]]
        self.rate = training.optimizer[1]
        self.vector = np.concatenate([weight.ravel() for weight in weights])
        self.gradient = np.zeros_like(self.vector)
        self.first, self.second = np.zeros_like(self.vector), np.zeros_like(self.vector)
        self.steps = 0
        self.weights, self.gradients = ([*_views(v, weights)] for v in (self.vector, self.gradient))

    def fit(self, x: Array, y: Array, epochs: int, shuffle: bool = True) -> None:
        """Train."""
        random = np.random.default_rng(0)
        for _ in range(epochs):
            if shuffle:
                order = random.permutation(len(x))
                x, y = x[order], y[order]
            for start in range(0, len(x), self.batch_size):
                stop = start + self.batch_size
                self._backward(y[start:stop], self._forward(x[start:stop]))
                self.update()

    def _forward(self, x: Array) -> list[Array]:
        values = [x]
        for i, (activation, _) in enumerate(self.activations):
            values.append(activation(values[-1] @ self.weights[2 * i] + self.weights[2 * i + 1]))
        return values

    def _backward(self, y: Array, values: list[Array]) -> None:
        delta = (values[-1] - y) * (self.factor / y.size)
        for i in reversed(range(len(self.activations))):
            np.matmul(values[i].T, delta, out=self.gradients[2 * i])
            np.sum(delta, 0, out=self.gradients[2 * i + 1])
            if i:
                _, derivative = self.activations[i - 1]
                delta = delta @ self.weights[2 * i].T * derivative(values[i])

    def _sgd(self) -> None:
        self.vector -= self.rate * self.gradient

    def _adam(self) -> None:
        self.steps += 1
        rate = self.rate * math.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps)
        self.first += 0.1 * (self.gradient - self.first)
        self.second += 0.001 * (self.gradient * self.gradient - self.second)
        self.vector -= rate * self.first / (np.sqrt(self.second) + 1e-7)


def _views(vector: Array, weights: list[Array]) -> Iterator[Array]:
    """Parts of a vector in the shapes of the weights."""
    ends = np.cumsum([weight.size for weight in weights])
    for part, weight in zip(np.split(vector, ends[:-1]), weights, strict=True):
        yield part.reshape(weight.shape)


@contextmanager
def numpy_fit(training: Training, watched: bool, scale: Scale) -> Iterator[Measure]:
    """The loop in NumPy."""
    x, y = training.data()
    network = Network(training, build(training).get_weights())
    yield scaled(lambda epochs: timed(lambda: network.fit(x, y, epochs)), training, scale)
