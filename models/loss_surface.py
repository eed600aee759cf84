"""The loss as a function of the parameters: a curve, a surface, and the descent on it.

Run it: python models/loss_surface.py
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.outcome import Outcome, at_most
from models.page import Page
from models.running import run
from models.unary_regression import data
from models.words import Words
from tfjsbridge import report

SEED = 7
TITLE = Words("The loss surface", "损失函数曲面")
IDEA = Words(
    "The data stands still; the loss is a function of the parameters. Of one parameter it is a "
    "curve, of two a surface, and training is a way down to its lowest point.",
    "数据是固定的，损失是参数的函数：一个参数时是一条曲线，两个参数时是一个曲面，"
    "训练就是沿着它一步步走向最低点。",
)
START = (-0.5, 1.5)  # the weight and the bias before training
WEIGHTS, BIASES = (-1.0, 3.4), (-1.8, 1.8)  # the part of the surface that is drawn
EPOCHS = 40
REACHES = {
    "one parameter: distance from least squares": at_most(1e-3),
    "two parameters: distance from least squares": at_most(1e-3),
    "steps uphill": at_most(0),
    "training's losses, difference from the formula": at_most(1e-5),
}


def build(useBias: bool) -> tf.Sequential:
    """A neuron that begins at START: y = weight · x, with a bias or without."""
    weights = [tf.tensor2d([[START[0]]]), tf.tensor1d([START[1]])]
    model = tf.sequential()
    model.add(
        tf.layers.dense(
            inputShape=[1], units=1, useBias=useBias, weights=weights if useBias else weights[:1]
        )
    )
    model.compile(optimizer=tf.train.sgd(0.3), loss="meanSquaredError")
    return model


def descend(
    model: tf.Sequential, xs: np.ndarray, ys: np.ndarray, verbose: int
) -> tuple[report.Snapshots, np.ndarray, list[float]]:
    """Train with all examples in each batch: a step an epoch, straight against the gradient.

    Returns:
      The snapshots, the parameters before each epoch and after the last, [EPOCHS + 1, parameters],
      and the loss before each epoch.
    """
    snapshots = report.Snapshots(list(range(EPOCHS + 1)))
    history = model.fit(
        xs, ys, epochs=EPOCHS, batchSize=len(xs), verbose=verbose, callbacks=[snapshots]
    )
    path = [np.concatenate([w.ravel() for w in weights]) for weights in snapshots.weights]
    return snapshots, np.array(path), history.history["loss"]


def main(verbose: int = 1) -> Outcome:
    """Go down the curve and the surface, compare with least squares, and draw."""
    tf.setRandomSeed(SEED)
    xs, ys = data()
    slope, line = build(useBias=False), build(useBias=True)
    slope_snapshots, slope_path, slope_losses = descend(slope, xs, ys, verbose)
    line_snapshots, line_path, line_losses = descend(line, xs, ys, verbose)

    # Where the loss is lowest has a formula here: that of least squares.
    with_ones = np.hstack([xs, np.ones_like(xs)])
    slope_lowest = np.linalg.lstsq(xs, ys, rcond=None)[0].ravel()
    line_lowest = np.linalg.lstsq(with_ones, ys, rcond=None)[0].ravel()
    # And the loss itself is the mean of (weight · x + bias - y)² at each place of the path.
    slope_formula = np.mean((xs @ slope_path.T - ys) ** 2, axis=0)
    line_formula = np.mean((with_ones @ line_path.T - ys) ** 2, axis=0)

    page = Page("loss_surface", TITLE, IDEA)
    page.heading("One parameter: a curve")
    page.text(
        "y = weight · x. The mean of (weight · x - y)² is a parabola of the weight; each step goes "
        "down it, and is the longer the steeper it is."
    )
    page.figure(
        report.loss_curve(
            slope,
            xs,
            ys,
            slope_snapshots,
            title="The loss of one weight",
            name="weight",
            limits=WEIGHTS,
        ),
        f"From {START[0]} to {slope_path[-1][0]:.3f}; least squares say {slope_lowest[0]:.3f}.",
    )
    page.heading("Two parameters: a surface")
    page.text(
        "y = weight · x + bias. Above the plane of weight and bias the loss is a bowl. Every step "
        "leaves the line of equal loss at a right angle, which is the steepest way down."
    )
    for kind, title, caption in (
        ("contour", "The loss, from above", "Lines join places of equal loss. "),
        ("surface", "The loss, from the side", "Drag to turn it. "),
    ):
        page.figure(
            report.loss_surface(
                line,
                xs,
                ys,
                {"descent": line_snapshots},
                title=title,
                kind=kind,
                names=("weight", "bias"),
                limits=(WEIGHTS, BIASES),
            ),
            f"{caption}From {START} to ({line_path[-1][0]:.3f}, {line_path[-1][1]:.3f}); least "
            f"squares say ({line_lowest[0]:.3f}, {line_lowest[1]:.3f}).",
        )
    figures = {
        "one parameter: distance from least squares": float(
            np.linalg.norm(slope_path[-1] - slope_lowest)
        ),
        "two parameters: distance from least squares": float(
            np.linalg.norm(line_path[-1] - line_lowest)
        ),
        "steps uphill": int((np.diff(slope_formula) > 1e-7).sum())
        + int((np.diff(line_formula) > 1e-7).sum()),
        "training's losses, difference from the formula": max(
            float(np.abs(slope_formula[:-1] - slope_losses).max()),
            float(np.abs(line_formula[:-1] - line_losses).max()),
        ),
    }
    return Outcome("loss_surface", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
