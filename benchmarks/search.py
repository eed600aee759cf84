"""A grid search over the breast-cancer data: tfjsbridge's Classifier against Keras's own.

python benchmarks/search.py --check

Both search the same 24 candidates with the same 5 folds; their networks begin with the same weights
and see the examples in the same order, so that each candidate is to have the same score.
"""

from __future__ import annotations

import sys
from itertools import product
from typing import Any

import click
import numpy as np
from rich.console import Console
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import tfjsbridge as tf
from benchmarks.claims import Claim, at_least
from benchmarks.machine import machine
from benchmarks.report import Grid, failures, times
from benchmarks.watch import timed
from tfjsbridge.runtime import keras
from tfjsbridge.sklearn import Classifier

UNITS = (4, 8, 16)
RATES = (0.001, 0.003, 0.01, 0.03)
ACTIVATIONS = ("relu", "tanh")
CANDIDATES = [
    {"units": units, "rate": rate, "activation": activation}
    for units, rate, activation in product(UNITS, RATES, ACTIVATIONS)
]

FASTER = 10.0
CLOSE = 0.01
BATCH = 32


def tfjs_model(inputShape: Any, outputs: int, units: int, rate: float, activation: str) -> Any:
    """A small network in tf.js's names, for `Classifier`."""
    seeds = [tf.initializers.glorotUniform(seed=seed) for seed in (1, 2)]
    model = tf.sequential(
        layers=[
            tf.layers.dense(
                inputShape=inputShape,
                units=units,
                activation=activation,
                kernelInitializer=seeds[0],
            ),
            tf.layers.dense(units=outputs, activation="softmax", kernelInitializer=seeds[1]),
        ]
    )
    # Keras's own: the formula of tf.train.adam is tf.js's.
    optimizer = keras.optimizers.Adam(rate, epsilon=1e-7)
    model.compile(optimizer=optimizer, loss="categoricalCrossentropy")
    return model


def keras_model(X: Any, y: Any, units: int, rate: float, activation: str) -> Any:
    """The same in Keras's, for `SKLearnClassifier`."""
    seeds = [keras.initializers.GlorotUniform(seed=seed) for seed in (1, 2)]
    model = keras.Sequential(
        [
            keras.layers.Input([X.shape[1]]),
            keras.layers.Dense(units, activation, kernel_initializer=seeds[0]),
            keras.layers.Dense(y.shape[1], "softmax", kernel_initializer=seeds[1]),
        ]
    )
    optimizer = keras.optimizers.Adam(rate, epsilon=1e-7)
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", jit_compile=False)
    return model


def ours(candidates: list[dict[str, Any]], folds: int, epochs: int) -> Any:
    """The search with this package's estimator."""
    net = Classifier(tfjs_model, epochs=epochs, batchSize=BATCH, shuffle=False)
    grid = {"net__modelOptions": candidates}
    return GridSearchCV(Pipeline([("scale", StandardScaler()), ("net", net)]), grid, cv=folds)


def theirs(candidates: list[dict[str, Any]], folds: int) -> Any:
    """The search with Keras's. What it trains with is given to fit: a clone loses fit_kwargs."""
    net = keras.wrappers.SKLearnClassifier(keras_model)
    grid = {"net__model_kwargs": candidates}
    return GridSearchCV(Pipeline([("scale", StandardScaler()), ("net", net)]), grid, cv=folds)


def largest_difference(first: Any, second: Any) -> float:
    """Of the candidates' mean scores."""
    scores = [search.cv_results_["mean_test_score"] for search in (first, second)]
    return float(np.abs(scores[0] - scores[1]).max())


@click.command()
@click.option("--candidates", default=24, show_default=True, type=click.IntRange(1, 24))
@click.option("--folds", default=5, show_default=True, type=click.IntRange(2))
@click.option("--epochs", default=50, show_default=True, type=click.IntRange(1))
@click.option("--check", is_flag=True, help="Fail where a claim does not hold.")
def main(candidates: int, folds: int, epochs: int, check: bool) -> None:
    """Time both searches, first calls, tracing and the last fit included."""
    keras.utils.disable_interactive_logging()  # a bar for each prediction
    X, y = load_breast_cancer(return_X_y=True)
    chosen = CANDIDATES[:candidates]
    mine, keras_own = ours(chosen, folds, epochs), theirs(chosen, folds)
    console = Console()
    console.print(f"{candidates} candidates, {folds} folds, {epochs} epochs each", highlight=False)
    fast = timed(lambda: mine.fit(X, y))
    console.print(f"tfjsbridge: {fast:.1f} s; now Keras ...", highlight=False)
    settings = {"epochs": epochs, "batch_size": BATCH, "shuffle": False, "verbose": 0}
    slow = timed(lambda: keras_own.fit(X, y, **{f"net__{k}": v for k, v in settings.items()}))
    difference = largest_difference(mine, keras_own)
    rows = [
        [name, f"{seconds:.1f}", f"{1000 * seconds / (candidates * folds + 1):.0f}", score]
        for name, seconds, score in (
            ("Keras's SKLearnClassifier", slow, f"{keras_own.best_score_:.4f}"),
            ("tfjsbridge's Classifier", fast, f"{mine.best_score_:.4f}"),
        )
    ]
    console.print(Grid("Grid search", ["", "seconds", "ms a fit", "best score"], rows).drawn())
    console.print(
        f"{times(slow / fast)} as fast. Mean scores of a candidate differ by at most "
        f"{difference:.4f}. {machine()}.",
        highlight=False,
    )
    claims = [
        at_least(FASTER, slow / fast, "the search"),
        Claim(f"scores differ by {difference:.4f}", difference <= CLOSE),
    ]
    failed = failures(claims)
    if check and failed:
        sys.exit("These claims do not hold:\n" + "\n".join(failed))


if __name__ == "__main__":
    main()
