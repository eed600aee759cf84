"""Points inside and outside of a circle: three lines drawn around it.

Run it: python -m models.circle
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.result import Result, finish

SEED = 5


def data() -> tuple[np.ndarray, np.ndarray]:
    """200 normal points of the plane, [200, 2], and whether x1² + x2² < 0.5, [200, 1]."""
    random = np.random.default_rng(SEED)
    points = random.normal(size=(200, 2))
    inside = (points**2).sum(axis=1, keepdims=True) < 0.5
    return points, inside.astype(float)


def build() -> tf.Sequential:
    """Three sigmoid neurons, each a line across the plane, and one that joins them."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[2], units=3, activation="sigmoid"))
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.03), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def main(verbose: int = 1) -> Result:
    """Train, check against scikit-learn, export and load the export in tf.js."""
    from sklearn.metrics import accuracy_score

    tf.setRandomSeed(SEED)
    xs, ys = data()
    model = build()
    history = model.fit(xs, ys, epochs=1000, batchSize=50, verbose=verbose)
    return finish("circle", model, history, xs, ys, "acc", lambda y, p: accuracy_score(y, p > 0.5))


if __name__ == "__main__":
    main().print()
