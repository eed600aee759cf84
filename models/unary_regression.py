"""A line through 200 points: the forward pass, the backward pass, and the steps between them.

Run it: python models/unary_regression.py
"""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models.exported import Card, finish
from models.outcome import Outcome, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge import report
from tfjsbridge.report.look import COLOURS, LEGEND, SYMBOLS, figure

SEED = 7
TITLE = Words("A line through points", "一元回归")
IDEA = Words(
    "One neuron is a line, y = weight · x + bias. The forward pass computes how far it is from the "
    "points, the backward pass which way to move weight and bias.",
    "一个神经元就是一条直线 y = 权重 · x + 偏置。前向传播计算直线与数据点相差多少，"
    "反向传播计算权重和偏置应该朝哪个方向调整。",
)
REACHES = {
    "MSE": at_most(0.012),  # noise of 0.1 has a mean square of 0.01
    "MAE": at_most(0.09),  # and a mean size of 0.08
    "the weight's distance from 1.2": at_most(0.05),
    "the bias's distance from 0": at_most(0.05),
    "backward pass, difference from the formula": at_most(1e-6),
    "difference in tf.js": at_most(1e-6),
}


def data() -> tuple[np.ndarray, np.ndarray]:
    """200 values of x, evenly from -1 to 1, [200, 1], and y = 1.2 x + noise, [200, 1]."""
    random = np.random.default_rng(SEED)
    x = np.linspace(-1, 1, 200)
    y = 1.2 * x + random.normal(scale=0.1, size=x.shape)
    return x[:, np.newaxis], y[:, np.newaxis]


def build() -> tf.Sequential:
    """One neuron without an activation: y = weight · x + bias."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[1], units=1))
    model.compile(optimizer=tf.train.adam(0.01), loss="meanAbsoluteError", metrics=["mse"])
    return model


def passes(xs: np.ndarray, ys: np.ndarray, weight: float, bias: float) -> list[list]:
    """The forward and the backward pass at one place, for both losses.

    Returns:
      For each loss its name, its value, and its derivatives by the weight and by the bias: as
      tf.js's gradients compute them and as the chain rule says them.
    """
    x, y = tf.tensor2d(xs), tf.tensor2d(ys)

    def predict(weight: tf.Tensor, bias: tf.Tensor) -> tf.Tensor:
        return tf.add(tf.mul(x, weight), bias)

    error = tf.sub(predict(tf.scalar(weight), tf.scalar(bias)), y)
    # The chain rule: dloss/dweight is the mean of dloss/dprediction · dprediction/dweight, where
    # dprediction/dweight is x and dprediction/dbias is 1.
    losses = {
        "MSE": (tf.losses.meanSquaredError, tf.mul(2, error)),
        "MAE": (tf.losses.absoluteDifference, tf.sign(error)),
    }
    rows = []
    for name, (loss, by_prediction) in losses.items():
        passed = tf.valueAndGrads(lambda w, b, loss=loss: loss(y, predict(w, b)))
        both = passed([tf.scalar(weight), tf.scalar(bias)])
        by_rule = [tf.mean(tf.mul(by_prediction, x)), tf.mean(by_prediction)]
        numbers = [both["value"], *both["grads"], *by_rule]
        value, by_weight, by_bias, rule_weight, rule_bias = (n.arraySync() for n in numbers)
        rows.append([name, value, by_weight, rule_weight, by_bias, rule_bias])
    return rows


def parameters(snapshots: report.Snapshots) -> object:
    """A picture of the weight and the bias over the epochs."""
    picture = figure("The line's parameters", "epoch", "value")
    for place, (name, true) in enumerate((("weight", 1.2), ("bias", 0.0))):
        values = [float(weights[place].item()) for weights in snapshots.weights]
        colour = COLOURS[place]
        picture.add_scatter(
            x=snapshots.epochs,
            y=values,
            name=name,
            mode="lines+markers",
            line_color=colour,
            marker_symbol=SYMBOLS[place],
        )
        picture.add_hline(
            y=true, line_dash="dash", line_color=colour, annotation_text=f"{name} of the data"
        )
    picture.update_layout(legend=LEGEND)
    return picture


def main(verbose: int = 1) -> Outcome:
    """Train, check against scikit-learn, export, load the export in tf.js, and draw."""
    from sklearn.metrics import mean_absolute_error, mean_squared_error

    tf.setRandomSeed(SEED)
    xs, ys = data()
    model = build()
    weight, bias = (float(w.dataSync()[0]) for w in model.getWeights())
    before = passes(xs, ys, weight, bias)

    snapshots = report.Snapshots(25)
    history = model.fit(xs, ys, epochs=500, batchSize=50, verbose=verbose, callbacks=[snapshots])
    card = Card("line", TITLE, IDEA, features=[Words("x", "x"), Words("y", "y")], batchSize=50)
    exported = finish("unary_regression", model, xs, ys, "mse", mean_squared_error, card)
    weight_after, bias_after = (float(w.dataSync()[0]) for w in model.getWeights())

    page = Page("unary_regression", TITLE, IDEA)
    page.heading("One pass forward and one backward")
    page.text(
        f"The line begins with weight {weight:.3f} and bias {bias:.3f}. Forward: its loss. "
        "Backward: the loss's derivatives, by tf.valueAndGrads and by the chain rule. A step of "
        "descent goes against them."
    )
    columns = ["∂/∂weight", "by the chain rule", "∂/∂bias", "by the chain rule"]
    page.table(["loss", "value", *columns], before)
    page.heading("500 epochs of them")
    page.figure(
        report.curve(model, xs, ys, snapshots, title="The line through training"),
        "Move the slider: the line turns and rises until it lies in the middle of the points.",
    )
    page.figure(parameters(snapshots), "The same line as two numbers.")
    page.figure(
        report.learning_curves(history),
        "The loss that training makes small is the MAE; the MSE falls with it.",
    )
    predictions = np.asarray(model.predict(xs))
    figures = {
        "MSE": exported.value,
        "MAE": float(mean_absolute_error(ys, predictions)),
        "the weight's distance from 1.2": abs(weight_after - 1.2),
        "the bias's distance from 0": abs(bias_after),
        "backward pass, difference from the formula": max(
            max(abs(row[2] - row[3]), abs(row[4] - row[5])) for row in before
        ),
        "difference in tf.js": exported.difference,
    }
    return Outcome("unary_regression", figures, REACHES, page.write(), (exported,))


if __name__ == "__main__":
    run(main, __doc__)
