"""A flower of four petals: 3 hidden neurons are too few, 4 and more come closer.

Run it: python models/petal.py
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.exported import Card, Exported, finish
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge import report

SEED = 1
TITLE = Words("A flower", "花瓣")
IDEA = Words(
    "The more neurons a hidden layer has, the more lines there are to bend the boundary with: "
    "three lose petals, four make a star, and many follow the edge of the flower.",
    "隐藏层的神经元越多，能用来弯折边界的直线就越多：三个会漏掉花瓣，"
    "四个能画出星形，更多的才能贴合花的轮廓。",
)
WIDTHS = (3, 4, 12)
REACHES = {
    "accuracy of 3 neurons": at_most(0.89),
    "accuracy of 4 neurons": at_least(0.9),
    "accuracy of 12 neurons": at_least(0.96),
    "difference in tf.js": at_most(1e-5),
}


def data() -> tuple[np.ndarray, np.ndarray]:
    """500 points of a disc of radius 2, [500, 2], and whether they are in the flower, [500, 1].

    The flower's edge is 1.7 from the middle at the tips of the petals, and 0.7 between them.
    """
    random = np.random.default_rng(SEED)
    radius = 2 * np.sqrt(random.uniform(size=500))  # the root: evenly over the disc
    angle = random.uniform(0, 2 * np.pi, size=500)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    inside = radius < 1.2 + 0.5 * np.cos(4 * angle)
    return points, inside[:, np.newaxis].astype(float)


def build(width: int) -> tf.Sequential:
    """A hidden layer of `width` neurons, and one that joins them."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[2], units=width, activation="tanh"))
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.03), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def main(verbose: int = 1) -> Outcome:
    """Train each width, check, export, load the exports in tf.js, and draw."""
    from sklearn.metrics import accuracy_score

    xs, ys = data()
    classes = [Words("outside", "花外"), Words("petal", "花瓣")]
    names = [words.en for words in classes]
    page = Page("petal", TITLE, IDEA)
    histories: dict[str, tf.History] = {}
    exports: list[Exported] = []
    for width in WIDTHS:
        tf.setRandomSeed(SEED)
        model = build(width)
        snapshots = report.Snapshots(20)
        histories[f"{width} neurons"] = model.fit(
            xs, ys, epochs=1000, batchSize=100, verbose=verbose, callbacks=[snapshots]
        )
        card = Card(
            "plane",
            Words(f"A flower, {width} neurons", f"花瓣：{width} 个隐藏神经元"),
            IDEA,
            features=[Words("x1", "x1"), Words("x2", "x2")],
            classes=classes,
            batchSize=100,
        )
        exported = finish(
            f"petal_{width}",
            model,
            xs,
            ys,
            "acc",
            lambda y, p: accuracy_score(y, p > 0.5),
            card,
            tolerance=1e-5,  # steep edges: weights of 14, so float32 itself is 1e-6 off the truth
        )
        exports.append(exported)
        page.heading(f"{width} hidden neurons: accuracy {exported.value:.1%}")
        page.figure(
            report.decision_boundary(
                model, xs, ys, snapshots, title=f"Boundary of {width} neurons", classes=names
            )
        )
        page.figure(
            report.probability_surface(
                model, xs, ys, snapshots, title=f"Probability by {width} neurons", classes=names
            )
        )
    page.heading("All widths")
    page.figure(
        report.histories(histories, "acc", title="Accuracy over the epochs"),
        "More neurons are right about more points.",
    )
    figures = {
        **{
            f"accuracy of {width} neurons": exported.value
            for width, exported in zip(WIDTHS, exports, strict=True)
        },
        "difference in tf.js": max(exported.difference for exported in exports),
    }
    return Outcome("petal", figures, REACHES, page.write(), tuple(exports))


if __name__ == "__main__":
    run(main, __doc__)
