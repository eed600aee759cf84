"""Digits written by hand, read by a convolutional network.

Run it: python models/mnist.py
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models import datasets
from models.exported import Card, finish
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge import report

SEED = 4
TITLE = Words("Digits written by hand", "手写数字")
IDEA = Words(
    "A convolution moves a small filter over the picture and says where it fits; pooling keeps the "
    "best fit of each place. So a stroke is found wherever it is.",
    "卷积让小滤波器在图片上滑动，找出与之相符的地方；池化只保留每个区域的最大值。"
    "因此笔画在哪里都能被认出来。",
)
REACHES = {
    "accuracy on the test part": at_least(0.97),
    "difference in tf.js": at_most(1e-5),
}


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Pictures and one-hot digits of the training part, three of four, then of the test part.

    The pictures are [pictures, height, width, 1], from 0, paper, to 1, ink.
    """
    from sklearn.model_selection import train_test_split

    digits = datasets.digits()
    one_hot = tf.oneHot(tf.tensor1d(digits.labels, "int32"), 10).arraySync()
    xs, test_xs, ys, test_ys = train_test_split(
        digits.xs, np.array(one_hot), test_size=0.25, random_state=SEED, stratify=digits.labels
    )
    return xs, ys, test_xs, test_ys


def build(height: int, width: int) -> tf.Sequential:
    """Two convolutions with pooling, and a probability for each digit."""
    model = tf.sequential()
    model.add(
        tf.layers.conv2d(
            inputShape=[height, width, 1],
            filters=16,
            kernelSize=3,
            padding="same",
            activation="relu",
        )
    )
    model.add(tf.layers.maxPooling2d(poolSize=2))
    model.add(tf.layers.conv2d(filters=32, kernelSize=3, padding="same", activation="relu"))
    model.add(tf.layers.maxPooling2d(poolSize=2))
    model.add(tf.layers.flatten())
    model.add(tf.layers.dense(units=10, activation="softmax"))
    model.compile(
        optimizer=tf.train.adam(0.005), loss="categoricalCrossentropy", metrics=["accuracy"]
    )
    return model


def main(verbose: int = 1) -> Outcome:
    """Train, export, load the export in tf.js, and draw."""
    from sklearn.metrics import accuracy_score

    source = datasets.digits().source
    xs, ys, test_xs, test_ys = data()
    tf.setRandomSeed(SEED)
    model = build(*xs.shape[1:3])
    history = model.fit(
        xs, ys, epochs=12, batchSize=64, validationData=[test_xs, test_ys], verbose=verbose
    )
    card = Card(
        "digits",
        TITLE,
        IDEA,
        classes=[Words(str(digit), str(digit)) for digit in range(10)],
        batchSize=64,
        rows=400 if xs[0].size < 100 else 100,  # large pictures make a large file
    )
    exported = finish(
        "mnist",
        model,
        xs[:500],  # enough to compare with tf.js, whose convolutions in Node take their time
        ys[:500],
        "acc",
        lambda y, p: accuracy_score(y.argmax(axis=1), p.argmax(axis=1)),
        card,
        tolerance=1e-5,  # sums of many products: rounding alone is more than 1e-6
    )

    probabilities = np.asarray(model.predict(test_xs))
    found = report.multiclass(test_ys, probabilities)
    page = Page("mnist", TITLE, IDEA)
    page.text(
        f"The data: {source}. The network was trained on {len(xs):,} of them; of the other "
        f"{len(test_xs):,}, the test part, it reads {found.accuracy:.2%} right."
    )
    page.figure(
        report.images(xs[:16], ys[:16].argmax(axis=1), title="Pictures of the training part")
    )
    page.heading("What the first convolution looks for")
    page.figure(
        report.filters(model),
        "Each picture is a filter of 3 by 3 weights: orange where it wants ink, blue where it "
        "wants paper.",
    )
    page.heading("Right and wrong")
    page.figure(found.plot(), "The rows are the true digits.")
    page.heading("The worst mistakes")
    draw_mistakes(page, test_xs, test_ys, probabilities)
    page.heading("The training")
    page.figure(report.learning_curves(history))
    figures = {
        "accuracy on the test part": found.accuracy,
        "difference in tf.js": exported.difference,
    }
    return Outcome("mnist", figures, REACHES, page.write(), (exported,))


def draw_mistakes(page: Page, xs: np.ndarray, ys: np.ndarray, probabilities: np.ndarray) -> None:
    """The pictures that were read worst, or that there are none."""
    mistakes = worst_mistakes(ys, probabilities)
    if len(mistakes) == 0:
        page.text("There are none: all of the test part was read right.")
        return
    titles = [f"{ys[row].argmax()}, not {probabilities[row].argmax()}" for row in mistakes]
    page.figure(
        report.images(xs[mistakes], titles, title="The true digit, and what was read"),
        "Those of the test part that the network was surest about, and wrong.",
    )


def worst_mistakes(ys: np.ndarray, probabilities: np.ndarray, most: int = 8) -> np.ndarray:
    """The rows that are wrong, the ones with the least probability of the truth first.

    Args:
      ys: one-hot, [rows, classes].
      probabilities: [rows, classes].
      most: how many rows at most.
    """
    wrong = np.flatnonzero(probabilities.argmax(axis=1) != ys.argmax(axis=1))
    truth = (probabilities[wrong] * ys[wrong]).sum(axis=1)
    return wrong[np.argsort(truth)[:most]]


if __name__ == "__main__":
    run(main, __doc__)
