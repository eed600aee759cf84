"""Three kinds of iris by four measures: softmax and one-hot targets.

Run it: python models/iris.py
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

SEED = 11
TITLE = Words("Three kinds of iris", "三种鸢尾花")
IDEA = Words(
    "oneHot makes a vector of a class, softmax a probability for each, and categoricalCrossentropy "
    "compares the two.",
    "oneHot 把类别变成向量，softmax 给出每一类的概率，categoricalCrossentropy 比较两者。",
)
KINDS = (
    Words("setosa", "山鸢尾"),
    Words("versicolor", "变色鸢尾"),
    Words("virginica", "维吉尼亚鸢尾"),
)
FEATURES = (
    Words("sepal length (dm)", "花萼长度（分米）"),
    Words("sepal width (dm)", "花萼宽度（分米）"),
    Words("petal length (dm)", "花瓣长度（分米）"),
    Words("petal width (dm)", "花瓣宽度（分米）"),
)
REACHES = {
    "accuracy": at_least(0.95),
    "accuracy of the worst class": at_least(0.9),
    "difference in tf.js": at_most(1e-6),
}


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


def main(verbose: int = 1) -> Outcome:
    """Train, check against scikit-learn, export, load the export in tf.js, and draw."""
    from sklearn.metrics import accuracy_score

    tf.setRandomSeed(SEED)
    xs, ys = data()
    model = build()
    history = model.fit(xs, ys, epochs=200, batchSize=32, verbose=verbose)
    card = Card("multiclass", TITLE, IDEA, features=FEATURES, classes=KINDS)
    exported = finish(
        "iris",
        model,
        xs,
        ys,
        "acc",
        lambda y, p: accuracy_score(y.argmax(axis=1), p.argmax(axis=1)),
        card,
    )

    names = [kind.en for kind in KINDS]
    probabilities = model.predict(xs)
    found = report.multiclass(ys, probabilities, names)
    each = tf.vis.metrics.perClassAccuracy(ys.argMax(1), probabilities.argMax(1))
    page = Page("iris", TITLE, IDEA)
    page.figure(found.plot(), "Who is what: the rows are the true kinds.")
    page.heading("Accuracy of each kind")
    page.table(
        ["kind", "flowers", "accuracy"],
        [[name, kind["count"], kind["accuracy"]] for name, kind in zip(names, each, strict=True)],
    )
    page.heading("From one-hot to probabilities")
    page.text("The first flower of each kind: what is to come out, and what does.")
    page.table(
        ["kind", "oneHot", "softmax"],
        [
            [name, vector(ys.arraySync()[row]), vector(probabilities.arraySync()[row])]
            for name, row in zip(names, (0, 50, 100), strict=True)
        ],
    )
    page.heading("The training")
    page.figure(report.learning_curves(history))
    figures = {
        "accuracy": exported.value,
        "accuracy of the worst class": min(kind["accuracy"] for kind in each),
        "difference in tf.js": exported.difference,
    }
    return Outcome("iris", figures, REACHES, page.write(), (exported,))


def vector(values: list[float]) -> str:
    """Numbers as a vector, in print."""
    return f"[{', '.join(f'{value:.3g}' for value in values)}]"


if __name__ == "__main__":
    run(main, __doc__)
