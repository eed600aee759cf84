"""A number from many features, by a network and by the linear model that it has to beat.

Run it: python models/housing.py
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models import datasets
from models.exported import Card, finish
from models.features import standardised
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge import report

SEED = 1
TITLE = Words("A number from many features", "多特征回归")
IDEA = Words(
    "A network predicts a number from many features. What it is worth shows on examples that it "
    "was not trained on, beside a linear model.",
    "用多个特征预测一个数值。模型好不好，要看它在没有训练过的样本上的表现，并与线性模型比较。",
)
REACHES = {
    "R² on the test part": at_least(0.35),
    "R² behind the linear model": at_most(0.08),
    "difference in tf.js": at_most(1e-6),
}


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features and targets of the training part, seven of ten rows, then of the test part.

    The features are standardised: mean 0 and standard deviation 1 in the training part.
    """
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    table = datasets.housing()
    xs, test_xs, ys, test_ys = train_test_split(
        table.xs, table.ys, test_size=0.3, random_state=SEED
    )
    scaler = StandardScaler().fit(xs)
    return scaler.transform(xs), ys, scaler.transform(test_xs), test_ys


def build(features: int) -> tf.Sequential:
    """Sixteen hidden neurons, held back by an L2 penalty, and a neuron without an activation."""
    model = tf.sequential()
    model.add(
        tf.layers.dense(
            inputShape=[features],
            units=16,
            activation="tanh",
            kernelRegularizer=tf.regularizers.l2(l2=0.03),
        )
    )
    model.add(tf.layers.dense(units=1))
    model.compile(optimizer=tf.train.adam(0.01), loss="meanSquaredError", metrics=["mae"])
    return model


def main(verbose: int = 1) -> Outcome:
    """Train, compare with the linear model, export, load the export in tf.js, and draw."""
    from sklearn.linear_model import LinearRegression
    from sklearn.metrics import mean_absolute_error

    table = datasets.housing()
    xs, ys, test_xs, test_ys = data()
    tf.setRandomSeed(SEED)
    model = build(xs.shape[1])
    history = model.fit(
        xs, ys, epochs=150, batchSize=32, validationData=[test_xs, test_ys], verbose=verbose
    )
    network = report.regression(test_ys, model.predict(test_xs))
    linear = report.regression(test_ys, LinearRegression().fit(xs, ys).predict(test_xs))
    mean = report.regression(test_ys, np.full_like(test_ys, ys.mean()))
    behind = linear.r2_score - network.r2_score

    card = Card(
        "regression",
        TITLE,
        Words(
            f"{IDEA.en} Predicted is: {table.target.en}.",
            f"{IDEA.zh}预测的是：{table.target.zh}。",
        ),
        features=standardised(table.features),
    )
    exported = finish("housing", model, xs, ys, "mae", mean_absolute_error, card)

    page = Page("housing", TITLE, IDEA)
    page.text(
        f"The data: {table.source}. Predicted is: {table.target.en}. All numbers are of the test "
        f"part, {len(test_xs)} rows that neither model was trained on."
    )
    page.table(
        ["", "R²", "root mean squared error", "mean absolute error"],
        [
            [name, found.r2_score, found.root_mean_squared_error, found.mean_absolute_error]
            for name, found in (
                ("network", network),
                ("linear model", linear),
                ("always the mean", mean),
            )
        ],
    )
    better = (
        f"Here the network is not worth its pains: the linear model's R² is {behind:.3f} better."
        if behind > 0
        else f"The network's R² is {-behind:.3f} better than the linear model's."
    )
    page.text(better)
    page.heading("The network")
    page.figure(
        network.plot(), f"All axes: {table.target.en}. On the dashed line a prediction is right."
    )
    page.heading("The linear model")
    page.figure(linear.plot())
    page.heading("The training")
    page.figure(report.learning_curves(history), "The validation is the test part.")
    figures = {
        "R² on the test part": network.r2_score,
        "R² behind the linear model": behind,
        "difference in tf.js": exported.difference,
    }
    return Outcome("housing", figures, REACHES, page.write(), (exported,))


if __name__ == "__main__":
    run(main, __doc__)
