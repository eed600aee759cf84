"""Small models and data that pictures are drawn of."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf

RNG = np.random.default_rng(0)
LINE = RNG.uniform(-1, 1, (40, 1))
ON_LINE = 2 * LINE - 1 + RNG.normal(0, 0.1, (40, 1))
PLANE = RNG.normal(size=(60, 2))
SIDE = (PLANE.sum(axis=1) > 0).astype(int)
THIRD = SIDE + (PLANE[:, 0] > 0.5)


def line(**options: Any) -> tf.Sequential:
    """One neuron of one variable, which MSE judges."""
    tf.setRandomSeed(1)
    made = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[1], **options)])
    made.compile(optimizer=tf.train.sgd(0.1), loss="meanSquaredError")
    return made


def plane(outputs: int = 1) -> tf.Sequential:
    """Three hidden neurons of two variables, for two classes or more."""
    tf.setRandomSeed(2)
    made = tf.sequential()
    made.add(tf.layers.dense(units=3, inputShape=[2], activation="tanh"))
    last = "sigmoid" if outputs == 1 else "softmax"
    made.add(tf.layers.dense(units=outputs, activation=last))
    loss = "binaryCrossentropy" if outputs == 1 else "sparseCategoricalCrossentropy"
    made.compile(optimizer=tf.train.adam(0.1), loss=loss)
    return made
