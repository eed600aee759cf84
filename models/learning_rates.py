"""Three learning rates: too small, right, and too large.

Run it: python models/learning_rates.py
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.unary_regression import data
from models.words import Words
from tfjsbridge import report

SEED = 7
TITLE = Words("Learning rates", "学习率")
IDEA = Words(
    "A small learning rate takes many steps. A larger one takes few, until each step goes so far "
    "beyond the lowest point that it ends higher than it began: training diverges.",
    "学习率太小，要走很多步；大一些就快得多。但若太大，每一步都越过最低点、"
    "落到更高的地方，训练就会发散。",
)
START = -0.5  # the weight before training
LIMITS = (-1.5, 4)  # of the weight in the pictures
EPOCHS = 30
RATES = {"too small": 0.02, "right": 1.0, "too large": 3.2}
REACHES = {
    "too small: share of the way left": at_least(0.5),
    "right: loss above the least": at_most(1e-5),
    "too large: last loss over the first": at_least(1000),
    "just below the limit: last loss over the first": at_most(0.5),
    "just above the limit: last loss over the first": at_least(2),
}


def build(rate: float) -> tf.Sequential:
    """A neuron without a bias that begins at START: y = weight · x."""
    model = tf.sequential()
    weights = [tf.tensor2d([[START]])]
    model.add(tf.layers.dense(inputShape=[1], units=1, useBias=False, weights=weights))
    model.compile(optimizer=tf.train.sgd(rate), loss="meanSquaredError")
    return model


def curvature(xs: np.ndarray, ys: np.ndarray) -> float:
    """The second derivative of the loss by the weight, the same everywhere on a parabola."""
    x, y = tf.tensor2d(xs), tf.tensor2d(ys)
    slope = tf.grad(lambda weight: tf.losses.meanSquaredError(y, tf.mul(x, weight)))
    return tf.grad(slope)(tf.scalar(START)).arraySync()


def main(verbose: int = 1) -> Outcome:
    """Train at each rate and about the largest that converges, and draw."""
    tf.setRandomSeed(SEED)
    xs, ys = data()
    # A step at rate r multiplies the distance from the lowest point by 1 - r · curvature. It
    # grows where that is below -1.
    curved = curvature(xs, ys)
    limit = 2 / curved
    rates = RATES | {"just below the limit": 0.99 * limit, "just above the limit": 1.01 * limit}
    models, snapshots, histories = {}, {}, {}
    for name, rate in rates.items():
        models[name] = build(rate)
        snapshots[name] = report.Snapshots(list(range(EPOCHS + 1)))
        histories[name] = models[name].fit(
            xs,
            ys,
            batchSize=len(xs),
            epochs=EPOCHS,
            verbose=verbose,
            callbacks=[snapshots[name]],
        )
    lowest = np.linalg.lstsq(xs, ys, rcond=None)[0].item()
    least = float(np.mean((xs * lowest - ys) ** 2))
    weights = {name: models[name].getWeights()[0].dataSync()[0] for name in rates}
    ratio = {
        name: history.history["loss"][-1] / history.history["loss"][0]
        for name, history in histories.items()
    }

    page = Page("learning_rates", TITLE, IDEA)
    curves = report.histories(
        {f"{name}: {rate:g}": histories[name] for name, rate in RATES.items()},
        title="The loss at three learning rates",
        log=True,
    )
    curves.add_annotation(
        text=f"diverges: {(1 - RATES['too large'] * curved) ** 2:.2f} times the loss each step",
        x=EPOCHS,
        y=np.log10(histories["too large"].history["loss"][-1]),
        xanchor="right",
        ax=-60,
        ay=0,
    )
    curves.update_yaxes(dtick=1)
    curves.update_layout(margin_t=100)  # for the legend's lines on a phone
    page.figure(
        curves,
        f"The second derivative of this loss is {curved:.3f}; rates above 2 / {curved:.3f} = "
        f"{limit:.3f} diverge. The scale is logarithmic.",
    )
    for name, rate in RATES.items():
        curve = report.loss_curve(
            models[name],
            xs,
            ys,
            snapshots[name],
            title=f"{name.capitalize()}: learning rate {rate:g}",
            name="weight",
            limits=LIMITS,
        )
        # The same part of the curve each time; what diverges leaves it.
        curve.update_xaxes(range=LIMITS)
        curve.update_yaxes(range=[-0.1, 3])
        page.figure(
            curve,
            f"After {EPOCHS} steps the weight is {weights[name]:.4g}; the lowest point is at "
            f"{lowest:.3f}.",
        )
    figures = {
        "too small: share of the way left": float(
            (lowest - weights["too small"]) / (lowest - START)
        ),
        "right: loss above the least": histories["right"].history["loss"][-1] - least,
        "too large: last loss over the first": ratio["too large"],
        "just below the limit: last loss over the first": ratio["just below the limit"],
        "just above the limit: last loss over the first": ratio["just above the limit"],
    }
    return Outcome("learning_rates", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
