"""Two classes from many features, where one kind of error is worse: the threshold is not 0.5.

Run it: python models/phishing.py
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
TITLE = Words("A threshold that is not 0.5", "阈值不一定是 0.5")
IDEA = Words(
    "A network gives a probability; the threshold makes a decision of it. Where a miss is worse "
    "than a false alarm, the threshold is lower.",
    "网络给出的是概率，由阈值决定判为哪一类。如果漏报比误报更严重，就应当降低阈值。",
)
#: A miss is as bad as ten false alarms.
COST = {"false_positive": 1, "false_negative": 10}
REACHES = {
    "accuracy at 0.5": at_least(0.93),
    "AUC": at_least(0.98),
    "recall at the chosen threshold": at_least(0.93),
    "cost at the chosen threshold, of that at 0.5": at_most(0.95),
    "difference in tf.js": at_most(1e-6),
}


def data() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Features and classes of the training part, seven of ten rows, then of the test part.

    The features are standardised: mean 0 and standard deviation 1 in the training part.
    """
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    table = datasets.phishing()
    xs, test_xs, ys, test_ys = train_test_split(
        table.xs, table.ys, test_size=0.3, random_state=SEED, stratify=table.ys
    )
    scaler = StandardScaler().fit(xs)
    return scaler.transform(xs), ys, scaler.transform(test_xs), test_ys


def build(features: int) -> tf.Sequential:
    """Eight hidden neurons, held back by an L2 penalty, and one that says a probability."""
    model = tf.sequential()
    model.add(
        tf.layers.dense(
            inputShape=[features],
            units=8,
            activation="relu",
            kernelRegularizer=tf.regularizers.l2(l2=0.01),
        )
    )
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.005), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def cost(found: report.BinaryReport) -> float:
    """What the errors of a threshold cost."""
    return (
        COST["false_positive"] * found.false_positives
        + COST["false_negative"] * found.false_negatives
    )


def main(verbose: int = 1) -> Outcome:
    """Train, choose a threshold, export, load the export in tf.js, and draw."""
    from sklearn.metrics import accuracy_score

    table = datasets.phishing()
    classes = [words.en for words in table.classes]
    xs, ys, test_xs, test_ys = data()
    tf.setRandomSeed(SEED)
    model = build(xs.shape[1])
    roc = report.roc_callback(test_xs, test_ys)
    model.fit(xs, ys, epochs=40, batchSize=32, verbose=verbose, callbacks=[roc])

    # The threshold is chosen on the training part, and judged on the test part.
    chosen = report.thresholds(ys, model.predict(xs), cost=COST).threshold
    truth = np.where(test_ys[:, 0] == 1, classes[1], classes[0])
    at_half = report.binary(truth, model.predict(test_xs), positive=classes[1])
    at_chosen = at_half.at(chosen)

    card = Card("binary", TITLE, IDEA, features=standardised(table.features), classes=table.classes)
    exported = finish(
        "phishing", model, xs, ys, "acc", lambda y, p: accuracy_score(y, p > 0.5), card
    )

    page = Page("phishing", TITLE, IDEA)
    page.text(
        f"The data: {table.source}. Positive is {classes[1]}. All numbers are of the test part, "
        f"{len(test_xs):,} rows that the network was not trained on."
    )
    page.heading("Thresholds")
    thresholds = sorted([0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, chosen])
    page.table(
        [
            *("threshold", "TP", "FN", "FP", "TN"),
            *("accuracy", "precision", "recall", "FPR", "cost"),
        ],
        [threshold_row(at_half.at(threshold)) for threshold in thresholds],
    )
    page.text(
        f"The cheapest threshold of the training part is {chosen:.3g}, if a miss costs as much as "
        f"ten false alarms. In the test part it misses {at_chosen.false_negatives} of "
        f"{int(test_ys.sum())}, where 0.5 misses {at_half.false_negatives}; the price is "
        f"{at_chosen.false_positives} false alarms instead of {at_half.false_positives}."
    )
    page.figure(
        at_chosen.plot_thresholds(),
        "The slider moves the threshold: the point on the ROC curve, the confusion matrix and the "
        "rates follow.",
    )
    page.heading("Through the epochs")
    page.figure(roc.plot(), "The ROC curve nears the upper left corner, and the AUC 1.")
    figures = {
        "accuracy at 0.5": at_half.accuracy,
        "AUC": at_half.auc,
        "recall at the chosen threshold": at_chosen.recall,
        "cost at the chosen threshold, of that at 0.5": cost(at_chosen) / cost(at_half),
        "difference in tf.js": exported.difference,
    }
    return Outcome("phishing", figures, REACHES, page.write(), (exported,))


def threshold_row(found: report.BinaryReport) -> list[float]:
    """A row of the table of thresholds."""
    return [
        found.threshold,
        found.true_positives,
        found.false_negatives,
        found.false_positives,
        found.true_negatives,
        found.accuracy,
        found.precision,
        found.recall,
        found.false_positive_rate,
        cost(found),
    ]


if __name__ == "__main__":
    run(main, __doc__)
