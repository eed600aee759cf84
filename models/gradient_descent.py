"""Batch, stochastic and mini-batch descent: how many examples a step sees.

Run it: python models/gradient_descent.py
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

import tfjsbridge as tf
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.unary_regression import data
from models.words import Words
from tfjsbridge import report
from tfjsbridge.report.look import COLOURS, DASHES, LEGEND, figure

SEED = 2
TITLE = Words("Batch, stochastic and mini-batch descent", "批量、随机与小批量梯度下降")
IDEA = Words(
    "A step against the gradient of all examples is the surest, of one example the cheapest. A "
    "mini-batch lies between: it wanders a little, and needs a fraction of the data for a step.",
    "用全部样本算梯度，每一步最稳；只用一个样本，每一步最省。小批量介于两者之间："
    "路径略有摆动，但每一步只需要一小部分数据。",
)
START = (-0.5, 1.5)  # the weight and the bias before training
RATE = 0.1
#: For each kind its batchSize, None for all examples, and its number of epochs.
KINDS = {"batch": (None, 200), "mini-batch": (32, 20), "stochastic": (1, 3)}
REACHES = {
    "batch: share of steps uphill": at_most(0),
    "mini-batch: share of steps uphill": at_least(0.1),
    "stochastic: share of steps uphill": at_least(0.3),
    "end's distance from least squares, the largest": at_most(0.06),
    "wandering at the end, stochastic over mini-batch": at_least(2.5),
    "wandering at the end, mini-batch over batch": at_least(2.5),
    "loss after an epoch, batch over mini-batch": at_least(2),
}


@dataclass
class Path:
    """Where a training has been after each step; of epochs, `report.Snapshots` keeps the same."""

    epochs: list[float] = field(default_factory=list)
    weights: list[list[np.ndarray]] = field(default_factory=list)

    @property
    def places(self) -> np.ndarray:
        """The weight and the bias, [steps + 1, 2]."""
        return np.array([[values.item() for values in each] for each in self.weights])

    def losses(self, xs: np.ndarray, ys: np.ndarray) -> np.ndarray:
        """The mean squared error on all examples at each place, [steps + 1]."""
        weight, bias = self.places.T
        return np.mean((xs * weight + bias - ys) ** 2, axis=0)


def build() -> tf.Sequential:
    """A neuron that begins at START: y = weight · x + bias."""
    model = tf.sequential()
    weights = [tf.tensor2d([[START[0]]]), tf.tensor1d([START[1]])]
    model.add(tf.layers.dense(inputShape=[1], units=1, weights=weights))
    model.compile(optimizer=tf.train.sgd(RATE), loss="meanSquaredError")
    return model


def descend(xs: np.ndarray, ys: np.ndarray, batchSize: int, epochs: int, verbose: int) -> Path:
    """Train a new neuron, and keep the way that it takes."""
    model, path = build(), Path()
    steps_per_epoch = -(-len(xs) // batchSize)

    def keep(*_: object) -> None:
        path.epochs.append(len(path.epochs) / steps_per_epoch)
        path.weights.append([np.asarray(weight) for weight in model.getWeights()])

    model.fit(
        xs,
        ys,
        batchSize=batchSize,
        epochs=epochs,
        verbose=verbose,
        callbacks={"onTrainBegin": keep, "onBatchEnd": keep},
    )
    return path


def losses_over(
    steps_or_epochs: str, paths: dict[str, Path], xs: np.ndarray, ys: np.ndarray
) -> object:
    """A picture of the losses on all examples, over the steps or over the epochs."""
    picture = figure(f"The loss over {steps_or_epochs}", steps_or_epochs, "loss (MSE)")
    for number, (label, path) in enumerate(paths.items()):
        losses = path.losses(xs, ys)
        picture.add_scatter(
            x=path.epochs if steps_or_epochs == "epochs" else np.arange(len(losses)),
            y=losses,
            name=label,
            mode="lines",
            line={"color": COLOURS[number + 1], "dash": DASHES[number]},
        )
    picture.update_layout(legend=LEGEND, margin_t=85)
    picture.update_yaxes(type="log", dtick=1)
    # Where the first of them ends; the others go on beyond.
    picture.update_xaxes(range=[0, 150] if steps_or_epochs == "steps" else [0, 20])
    return picture


def main(verbose: int = 1) -> Outcome:
    """Descend three ways from the same start, measure how each goes, and draw."""
    tf.setRandomSeed(SEED)
    xs, ys = data()
    paths = {
        name: descend(xs, ys, batchSize or len(xs), epochs, verbose)
        for name, (batchSize, epochs) in KINDS.items()
    }
    lowest = np.linalg.lstsq(np.hstack([xs, np.ones_like(xs)]), ys, rcond=None)[0].ravel()
    uphill, far, wandering, after_epoch = {}, {}, {}, {}
    for name, path in paths.items():
        losses, end = path.losses(xs, ys), path.places[-80:]
        uphill[name] = float(np.mean(np.diff(losses) > 0))
        far[name] = float(np.linalg.norm(end.mean(axis=0) - lowest))
        wandering[name] = float(np.linalg.norm(end.std(axis=0)))
        after_epoch[name] = float(losses[path.epochs.index(1.0)])

    page = Page("gradient_descent", TITLE, IDEA)
    page.table(
        ["", "batchSize", "epochs", "steps", "of them uphill", "loss after one epoch"],
        [
            [
                name,
                batchSize or len(xs),
                epochs,
                len(paths[name].epochs) - 1,
                f"{uphill[name]:.0%}",
                after_epoch[name],
            ]
            for name, (batchSize, epochs) in KINDS.items()
        ],
    )
    surface = report.loss_surface(
        build(),
        xs,
        ys,
        paths,
        title="Three ways down",
        names=("weight", "bias"),
        limits=((-1, 2), (-0.7, 1.7)),
    )
    surface.update_traces(marker_size=5, selector={"type": "scatter"})
    surface.update_traces(mode="lines", selector={"name": "stochastic"})
    surface.update_layout(margin_t=100)  # for the legend's lines on a phone
    page.figure(
        surface,
        "A marker for each step, but of the stochastic way. The fewer examples a step sees, the "
        "more the way wanders, and it does not come to rest at the lowest point.",
    )
    page.figure(losses_over("steps", paths, xs, ys), "Step by step the three are about as fast.")
    page.figure(
        losses_over("epochs", paths, xs, ys),
        "But in one epoch, when each example has been seen once, batch descent makes one step, "
        "mini-batch descent 7, stochastic descent 200.",
    )
    figures = {
        "batch: share of steps uphill": uphill["batch"],
        "mini-batch: share of steps uphill": uphill["mini-batch"],
        "stochastic: share of steps uphill": uphill["stochastic"],
        "end's distance from least squares, the largest": max(far.values()),
        "wandering at the end, stochastic over mini-batch": wandering["stochastic"]
        / wandering["mini-batch"],
        "wandering at the end, mini-batch over batch": wandering["mini-batch"] / wandering["batch"],
        "loss after an epoch, batch over mini-batch": after_epoch["batch"]
        / after_epoch["mini-batch"],
    }
    return Outcome("gradient_descent", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
