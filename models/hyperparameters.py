"""No rule says how many layers or neurons: scikit-learn's search tries them.

Run it: python models/hyperparameters.py
"""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.datasets import make_moons
from sklearn.model_selection import GridSearchCV

import tfjsbridge as tf
from models.outcome import Outcome, at_least
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge.report import look
from tfjsbridge.sklearn import Classifier

SEED = 0
TITLE = Words("Hyperparameters", "超参数")
IDEA = Words(
    "Training finds the weights, but not the number of layers and neurons, the learning rate and "
    "the batch size. There is no standard method: a search tries combinations, each by "
    "cross-validation, and data that it has never seen judges the best.",
    "训练能找到权重，却找不到层数、神经元个数、学习率和批大小。超参数没有标准的选法："
    "只能搜索各种组合，用交叉验证逐一比较，最后用从未见过的测试集评判最好的一组。",
)
REACHES = {
    "candidates": at_least(16),
    "test accuracy of the best": at_least(0.88),
    "best test accuracy - worst's": at_least(0.08),
}

GRID = {
    "model__layers": [1, 2],
    "model__units": [2, 16],
    "model__learningRate": [0.001, 0.03],
    "batchSize": [20, 100],
}

Data = tuple[np.ndarray, np.ndarray]


def data() -> tuple[Data, Data]:
    """Two half moons, 300 points to search with and 1000 to test with: [n, 2] and [n] of 0, 1."""
    return (
        make_moons(300, noise=0.25, random_state=SEED),
        make_moons(1000, noise=0.25, random_state=SEED + 1),
    )


def build(
    inputShape: list[int],
    outputs: int,
    layers: int = 1,
    units: int = 16,
    learningRate: float = 0.01,
) -> tf.Sequential:
    """A network of so many hidden layers, each of so many neurons.

    Args:
      inputShape, outputs: of the data, as the Classifier says them.
      layers, units, learningRate: what the search chooses, as model__layers and so on.
    """
    model = tf.sequential()
    model.add(tf.layers.inputLayer(inputShape=inputShape))
    for _ in range(layers):
        model.add(tf.layers.dense(units=units, activation="relu"))
    model.add(tf.layers.dense(units=outputs, activation="softmax"))
    model.compile(optimizer=tf.train.adam(learningRate), loss="sparseCategoricalCrossentropy")
    return model


def classifier() -> Classifier:
    """What is searched: the function that builds, and how it is trained."""
    return Classifier(build, epochs=20, random_state=SEED)


def heatmap(results: dict[str, Any]) -> Any:
    """A figure of the candidates' accuracies: a row for each network, a column for each way to
    train it."""
    names = list(GRID)
    accuracies: dict[str, dict[str, float]] = {}
    for parameters, accuracy in zip(results["params"], results["mean_test_score"], strict=True):
        layers, units, rate, batch = (parameters[name] for name in names)
        row = accuracies.setdefault(f"{layers} × {units}", {})
        row[f"{rate:g}, {batch}"] = round(float(accuracy), 3)
    columns = list(next(iter(accuracies.values())))
    columns.sort(key=lambda text: [float(number) for number in text.split(", ")])
    figure = look.figure(
        "Accuracy by cross-validation", "learning rate, batch size", "hidden layers × neurons"
    )
    values = [[row[column] for column in columns] for row in accuracies.values()]
    cells = look.matrix(values, list(accuracies), columns)
    cells.update(texttemplate="%{z:.2f}")
    figure.add_trace(cells)
    figure.update_yaxes(autorange="reversed", type="category")
    figure.update_xaxes(type="category")
    return figure


def main(verbose: int = 1) -> Outcome:
    """Search, test the best and the worst candidate, and draw all of them."""
    (xs, ys), (test_xs, test_ys) = data()
    search = GridSearchCV(classifier(), GRID, cv=3, verbose=verbose)
    search.fit(xs, ys)  # at last, the best is trained on all of the data
    results = search.cv_results_
    order = np.argsort(-results["mean_test_score"], kind="stable")
    worst = classifier().set_params(**results["params"][order[-1]]).fit(xs, ys)
    best_score, worst_score = search.score(test_xs, test_ys), worst.score(test_xs, test_ys)

    page = Page("hyperparameters", TITLE, IDEA)
    page.figure(
        heatmap(results),
        f"Each cell is a combination, the mean of three trainings of {classifier().epochs} epochs. "
        "More neurons and a larger learning rate do better here; for other data it may be "
        "otherwise.",
    )
    page.heading("The best five and the worst")
    page.table(
        ["layers", "neurons", "learning rate", "batch size", "accuracy", "spread"],
        [
            (
                *(results["params"][i][name] for name in GRID),
                float(results["mean_test_score"][i]),
                float(results["std_test_score"][i]),
            )
            for i in (*order[:5], order[-1])
        ],
    )
    page.text(
        "The accuracy is the mean of three trainings, each judged by the third of the data that it "
        "did not see; the spread is their standard deviation. "
        f"Of {len(test_xs)} points that the search never saw, the best has {best_score:.1%} right "
        f"and the worst {worst_score:.1%}."
    )
    figures = {
        "candidates": len(results["params"]),
        "test accuracy of the best": best_score,
        "best test accuracy - worst's": best_score - worst_score,
    }
    return Outcome("hyperparameters", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
