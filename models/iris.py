"""Three kinds of iris by four measures: softmax and one-hot targets.

Run it: python -m models.iris
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.result import Result, finish

SEED = 11


def data() -> tuple[np.ndarray, tf.Tensor]:
    """The measures in dm, [150, 4], and the kinds as one-hot vectors, [150, 3].

    In dm rather than cm they are about 1, the size of input that a new network is made for.
    """
    from sklearn.datasets import load_iris

    iris = load_iris()
    return iris.data / 10, tf.oneHot(tf.tensor1d(iris.target, "int32"), 3)


def build() -> tf.Sequential:
    """Ten hidden neurons, and a probability for each of the three kinds."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[4], units=10, activation="relu"))
    model.add(tf.layers.dense(units=3, activation="softmax"))
    model.compile(
        optimizer=tf.train.adam(0.01), loss="categoricalCrossentropy", metrics=["accuracy"]
    )
    return model


def main(verbose: int = 1) -> Result:
    """Train, check against scikit-learn, export and load the export in tf.js."""
    from sklearn.metrics import accuracy_score

    tf.setRandomSeed(SEED)
    xs, ys = data()
    model = build()
    history = model.fit(xs, ys, epochs=200, batchSize=32, verbose=verbose)
    return finish(
        "iris",
        model,
        history,
        xs,
        ys,
        "acc",
        lambda y, p: accuracy_score(y.argmax(axis=1), p.argmax(axis=1)),
    )


if __name__ == "__main__":
    main().print()
