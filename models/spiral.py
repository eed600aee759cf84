"""Two spirals, one in the other: a hidden layer of 16 neurons fails, three of them do not.

Run it: python models/spiral.py
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

SEED = 3
TITLE = Words("Two spirals", "双螺旋")
IDEA = Words(
    "A layer draws lines; the next one joins them to shapes, and the next joins shapes. Where one "
    "hidden layer of 16 neurons hardly learns anything, three of them wind around the spirals.",
    "第一层画出直线，下一层把直线拼成图形，再下一层把图形组合起来。"
    "只有一个 16 个神经元的隐藏层几乎学不会；三个这样的隐藏层就能沿着螺旋分开两类点。",
)
DEPTHS = (1, 2, 3)
REACHES = {
    "accuracy of 1 hidden layer": at_most(0.75),
    "accuracy of 2 hidden layers": at_least(0.95),
    "accuracy of 3 hidden layers": at_least(0.99),
    "loss of 3 hidden layers": at_most(0.02),
    "difference in tf.js": at_most(1e-6),
}


def data() -> tuple[np.ndarray, np.ndarray]:
    """Two spirals of 150 points and two turns each, [300, 2], and which one, [300, 1]."""
    random = np.random.default_rng(SEED)
    radius = np.linspace(0.4, 4, 150)
    spirals = []
    for start in (0, np.pi):
        angle = start + np.pi * radius  # from 0.2 to 2 turns
        spirals.append(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1))
    points = np.concatenate(spirals)
    points += random.normal(scale=0.1, size=points.shape)
    return points, np.repeat([[0.0], [1.0]], 150, axis=0)


def build(depth: int) -> tf.Sequential:
    """`depth` hidden layers of 16 neurons each, and one neuron that joins them."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[2], units=16, activation="tanh"))
    for _ in range(depth - 1):
        model.add(tf.layers.dense(units=16, activation="tanh"))
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.01), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def main(verbose: int = 1) -> Outcome:
    """Train each depth, export the deepest, load the export in tf.js, and draw."""
    from sklearn.metrics import accuracy_score

    xs, ys = data()
    classes = [Words("first", "第一条"), Words("second", "第二条")]
    names = [words.en for words in classes]
    page = Page("spiral", TITLE, IDEA)
    histories: dict[str, tf.History] = {}
    accuracies: dict[str, float] = {}
    for depth in DEPTHS:
        tf.setRandomSeed(SEED)
        model = build(depth)
        snapshots = report.Snapshots(20)
        layers = f"{depth} hidden layer{'s' if depth > 1 else ''}"
        histories[layers] = model.fit(
            xs, ys, epochs=500, batchSize=50, verbose=verbose, callbacks=[snapshots]
        )
        accuracies[layers] = float(model.evaluate(xs, ys)[1])
        page.heading(f"{layers}: accuracy {accuracies[layers]:.1%}")
        page.figure(
            report.decision_boundary(
                model, xs, ys, snapshots, title=f"Boundary of {layers}", classes=names
            )
        )
        page.figure(
            report.probability_surface(
                model, xs, ys, snapshots, title=f"Probability by {layers}", classes=names
            )
        )
    card = Card(
        "plane",
        TITLE,
        IDEA,
        features=[Words("x1", "x1"), Words("x2", "x2")],
        classes=classes,
        batchSize=50,
    )
    exported = finish("spiral", model, xs, ys, "acc", lambda y, p: accuracy_score(y, p > 0.5), card)
    page.heading("All depths")
    page.figure(
        report.histories(histories, "loss", title="Loss over the epochs", log=True),
        "The axis of the loss is logarithmic.",
    )
    figures = {
        **{f"accuracy of {layers}": accuracy for layers, accuracy in accuracies.items()},
        "loss of 3 hidden layers": exported.loss,
        "difference in tf.js": exported.difference,
    }
    return Outcome("spiral", figures, REACHES, page.write(), (exported,))


if __name__ == "__main__":
    run(main, __doc__)
