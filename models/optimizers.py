"""Four optimizers, each as a string and as a function, on their way through a valley.

Run it: python models/optimizers.py
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.outcome import Outcome, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge import report

SEED = 7
TITLE = Words("Optimizers", "优化器")
IDEA = Words(
    "All four follow the gradient. Momentum keeps some of its last steps, RMSProp divides each "
    "parameter's step by the size of its gradients, and Adam does both.",
    "四种优化器都沿着梯度走：动量法保留之前步伐的一部分，RMSProp 用梯度的大小去除每个参数的步长，"
    "Adam 则两者兼有。",
)
START = (-0.6, 0.25)  # the weight and the bias before training
#: What the strings stand for. In tf.js "momentum" is no string, only a function.
FUNCTIONS = {
    "sgd": lambda: tf.train.sgd(0.01),
    "momentum": lambda: tf.train.momentum(0.01, 0.9),
    "rmsprop": lambda: tf.train.rmsprop(0.001),
    "adam": lambda: tf.train.adam(0.001),
}
REACHES = {
    "string and function: the weights' largest difference": at_most(1e-6),
    "tf.train.moment and momentum: difference": at_most(1e-6),
    "end's distance from least squares, the largest": at_most(0.01),
}
EPOCHS = 6000
#: When to look at the weights: often at first, when the steps are long.
LOOKS = [*range(0, 100, 2), *range(100, 1000, 50), *range(1000, EPOCHS + 1, 500)]


def data() -> tuple[np.ndarray, np.ndarray]:
    """100 values of x, evenly from 0 to 2, [100, 1], and y = 0.6 x + noise, [100, 1].

    All x are positive, so that a larger weight can be made up for by a smaller bias: the loss is a
    long valley rather than a round bowl.
    """
    random = np.random.default_rng(SEED)
    x = np.linspace(0, 2, 100)
    y = 0.6 * x + random.normal(scale=0.05, size=x.shape)
    return x[:, np.newaxis], y[:, np.newaxis]


def build(optimizer: object) -> tf.Sequential:
    """A neuron that begins at START: y = weight · x + bias."""
    model = tf.sequential()
    weights = [tf.tensor2d([[START[0]]]), tf.tensor1d([START[1]])]
    model.add(tf.layers.dense(inputShape=[1], units=1, weights=weights))
    model.compile(optimizer=optimizer, loss="meanSquaredError")
    return model


def main(verbose: int = 1) -> Outcome:
    """Train with each optimizer, by its string and by its function, compare, and draw."""
    tf.setRandomSeed(SEED)
    xs, ys = data()

    def train(optimizer: object) -> tuple[tf.Sequential, report.Snapshots, object]:
        model, snapshots = build(optimizer), report.Snapshots(LOOKS)
        history = model.fit(
            xs,
            ys,
            batchSize=len(xs),
            epochs=EPOCHS,
            shuffle=False,
            verbose=verbose,
            callbacks=[snapshots],
        )
        return model, snapshots, history

    def weights(model: tf.Sequential) -> np.ndarray:
        return np.array([weight.dataSync()[0] for weight in model.getWeights()])

    by_string = {name: train(name) for name in FUNCTIONS}
    by_function = {name: train(function()) for name, function in FUNCTIONS.items()}
    # The notes spell tf.train.momentum so too.
    by_moment = train(tf.train.moment(0.01, 0.9))

    lowest = np.linalg.lstsq(np.hstack([xs, np.ones_like(xs)]), ys, rcond=None)[0].ravel()
    ends = {name: weights(trained[0]) for name, trained in by_string.items()}
    differences = {
        name: float(np.abs(weights(trained[0]) - ends[name]).max())
        for name, trained in by_function.items()
    }
    distances = {name: float(np.linalg.norm(end - lowest)) for name, end in ends.items()}

    page = Page("optimizers", TITLE, IDEA)
    page.table(
        ["optimizer", "learning rate", "function differs by", "from least squares"],
        [
            [repr(name), function().learningRate, differences[name], distances[name]]
            for name, function in FUNCTIONS.items()
        ],
    )
    page.text(
        f"After {EPOCHS} epochs: how far the weights of tf.train.sgd(0.01) and so on are from "
        "those of the strings, and how far these are from the lowest point."
    )
    surface = report.loss_surface(
        by_string["sgd"][0],
        xs,
        ys,
        {name: snapshots for name, (_, snapshots, _) in by_string.items()},
        title="Four ways through the valley",
        names=("weight", "bias"),
        limits=((-0.8, 1), (-0.4, 1.1)),
    )
    surface.update_traces(marker_size=5, selector={"type": "scatter"})
    surface.update_layout(margin_t=115)  # for the legend's lines on a phone
    page.figure(
        surface,
        "sgd goes straight down the side and then slowly along the bottom. momentum swings across "
        "the bottom, and is soon through. rmsprop and adam move both parameters at about the same "
        "speed, however steep it is.",
    )
    curves = report.histories(
        {name: history for name, (_, _, history) in by_string.items()},
        title="The loss of four optimizers",
        log=True,
    )
    for curve, path in zip(curves.data, surface.data[1:], strict=True):
        curve.line = path.line  # the same colour and dash in both pictures
    curves.update_xaxes(type="log", dtick=1)
    curves.update_yaxes(dtick=1)
    curves.update_layout(margin_t=100)
    page.figure(
        curves,
        "Both scales are logarithmic. The rates are those of the strings, ten times smaller for "
        "rmsprop and adam than for the others; with larger ones they would be faster.",
    )
    figures = {
        "string and function: the weights' largest difference": max(differences.values()),
        "tf.train.moment and momentum: difference": float(
            np.abs(weights(by_moment[0]) - ends["momentum"]).max()
        ),
        "end's distance from least squares, the largest": max(distances.values()),
    }
    return Outcome("optimizers", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
