"""Two clouds of points and one neuron: its boundary is a straight line.

Run it: python models/linear.py
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.exported import Card, finish
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge import report

SEED = 2
TITLE = Words("A line between two clouds", "线性可分的两类点")
IDEA = Words(
    "One neuron says sigmoid(w1 x1 + w2 x2 + b). It is undecided, 0.5, where the sum is 0: along "
    "a straight line.",
    "一个神经元输出 sigmoid(w1·x1 + w2·x2 + b)；当括号里的和为 0 时输出 0.5，"
    "所以决策边界是一条直线。",
)
REACHES = {
    "accuracy": at_least(0.95),
    "angle to scikit-learn's line, in degrees": at_most(0.5),
    "difference in tf.js": at_most(1e-6),
}


def data() -> tuple[np.ndarray, np.ndarray]:
    """Two clouds of 100 points each, [200, 2], that overlap a little, and which one, [200, 1]."""
    random = np.random.default_rng(SEED)
    lower = random.normal(loc=(-1, -0.5), scale=0.6, size=(100, 2))
    upper = random.normal(loc=(1, 0.8), scale=0.6, size=(100, 2))
    return np.concatenate([lower, upper]), np.repeat([[0.0], [1.0]], 100, axis=0)


def build() -> tf.Sequential:
    """One neuron: two weights and a bias."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[2], units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.2), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def main(verbose: int = 1) -> Outcome:
    """Train, compare the line with scikit-learn's, export, load the export in tf.js, and draw."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import accuracy_score

    tf.setRandomSeed(SEED)
    xs, ys = data()
    model = build()
    snapshots = report.Snapshots(20)
    history = model.fit(
        xs, ys, epochs=500, batchSize=len(xs), verbose=verbose, callbacks=[snapshots]
    )
    kernel, bias = (np.asarray(weight) for weight in model.getWeights())
    # Logistic regression is the same model; C is so large that nothing holds its weights back.
    logistic = LogisticRegression(C=1e6).fit(xs, ys[:, 0])
    angle = angle_between(kernel[:, 0], logistic.coef_[0])

    card = Card(
        "plane",
        TITLE,
        IDEA,
        features=[Words("x1", "x1"), Words("x2", "x2")],
        classes=[Words("lower", "下方"), Words("upper", "上方")],
        batchSize=len(xs),
    )
    exported = finish("linear", model, xs, ys, "acc", lambda y, p: accuracy_score(y, p > 0.5), card)
    page = Page("linear", TITLE, IDEA)
    classes = ("lower", "upper")
    page.figure(
        report.decision_boundary(model, xs, ys, snapshots, classes=classes),
        "The line turns through the epochs until the clouds lie on its two sides.",
    )
    page.text(
        f"At the end it is {kernel[0, 0]:.3g} x1 + {kernel[1, 0]:.3g} x2 + {bias[0]:.3g} = 0; "
        "scikit-learn's logistic regression finds "
        f"{logistic.coef_[0, 0]:.3g} x1 + {logistic.coef_[0, 1]:.3g} x2 + "
        f"{logistic.intercept_[0]:.3g} = 0."
    )
    page.figure(
        report.probability_surface(model, xs, ys, snapshots, classes=classes),
        "The probability is a sigmoid across the line; the black line is where it is 0.5.",
    )
    page.figure(report.learning_curves(history), "Loss and accuracy over the epochs.")
    figures = {
        "accuracy": exported.value,
        "angle to scikit-learn's line, in degrees": angle,
        "difference in tf.js": exported.difference,
    }
    return Outcome("linear", figures, REACHES, page.write(), (exported,))


def angle_between(a: np.ndarray, b: np.ndarray) -> float:
    """The angle between two vectors, in degrees."""
    cosine = a @ b / (np.linalg.norm(a) * np.linalg.norm(b))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


if __name__ == "__main__":
    run(main, __doc__)
