"""A line through 200 points of y = 1.2 x + noise.

Run it: python -m models.unary_regression
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.result import Result, finish

SEED = 7


def data() -> tuple[np.ndarray, np.ndarray]:
    """200 values of x, evenly from -1 to 1, [200, 1], and y = 1.2 x + noise, [200, 1]."""
    random = np.random.default_rng(SEED)
    x = np.linspace(-1, 1, 200)
    y = 1.2 * x + random.normal(scale=0.1, size=x.shape)
    return x[:, np.newaxis], y[:, np.newaxis]


def build() -> tf.Sequential:
    """One neuron without an activation: y = weight · x + bias."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[1], units=1))
    model.compile(optimizer=tf.train.adam(0.01), loss="meanAbsoluteError", metrics=["mse"])
    return model


def main(verbose: int = 1) -> Result:
    """Train, check against scikit-learn, export and load the export in tf.js."""
    from sklearn.metrics import mean_squared_error

    tf.setRandomSeed(SEED)
    xs, ys = data()
    model = build()
    history = model.fit(xs, ys, epochs=500, batchSize=50, verbose=verbose)
    return finish("unary_regression", model, history, xs, ys, "mse", mean_squared_error)


if __name__ == "__main__":
    main().print()
