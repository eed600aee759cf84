"""A band of one variable: two layers, where one cannot.

Run it: python models/unary_classification.py
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
from tfjsbridge.report.look import COLOURS, DASHES, LEGEND, figure

SEED = 3
TITLE = Words("A band of one variable", "一元分类")
IDEA = Words(
    "A single sigmoid rises or falls and has one border. Two hidden neurons find a border each, "
    "and a neuron behind them makes the band between.",
    "单个 sigmoid 只能单调上升或下降，只有一条分界。两个隐藏神经元各找到一条分界，"
    "后面的神经元把两者合成中间的区间。",
)
BAND = (-0.4, 0.6)
REACHES = {
    "accuracy": at_least(0.98),
    "border's distance from the band's, the larger": at_most(0.05),
    "accuracy of one layer": at_most(0.8),
    "difference in tf.js": at_most(1e-6),
}


def data() -> tuple[np.ndarray, np.ndarray]:
    """200 values of x from -1.5 to 1.5, [200, 1], and whether each lies in BAND, [200, 1]."""
    x = np.random.default_rng(SEED).uniform(-1.5, 1.5, size=(200, 1))
    low, high = BAND
    return x, ((low < x) & (x < high)).astype(float)


def build(hidden: int = 2) -> tf.Sequential:
    """A sigmoid neuron behind a layer of tanh neurons; or, with none of these, alone."""
    model = tf.sequential()
    if hidden:
        model.add(tf.layers.dense(inputShape=[1], units=hidden, activation="tanh"))
        model.add(tf.layers.dense(units=1, activation="sigmoid"))
    else:
        model.add(tf.layers.dense(inputShape=[1], units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.05), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def borders(model: tf.Sequential) -> list[float]:
    """Where the model's probability goes through 0.5, for x from -1.5 to 1.5."""
    x = np.linspace(-1.5, 1.5, 3001)
    above = np.asarray(model.predict(x[:, np.newaxis]))[:, 0] > 0.5
    return [float(place) for place in x[1:][above[1:] != above[:-1]]]


def neurons(model: tf.Sequential) -> object:
    """A picture of what each hidden neuron gives, and of what the output makes of them."""
    x = np.linspace(-1.5, 1.5, 301)[:, np.newaxis]
    hidden, output = model.layers
    activations = hidden.apply(tf.tensor2d(x))
    picture = figure("What the neurons give", "x", "activation")
    for number, values in enumerate(np.asarray(activations).T):
        picture.add_scatter(
            x=x[:, 0],
            y=values,
            name=f"hidden {number + 1}",
            mode="lines",
            line={"color": COLOURS[number + 2], "dash": DASHES[number + 1]},
        )
    picture.add_scatter(
        x=x[:, 0],
        y=np.asarray(output.apply(activations))[:, 0],
        name="output",
        mode="lines",
        line={"color": COLOURS[6], "width": 3},
    )
    picture.update_layout(legend=LEGEND, margin_t=85)
    return picture


def main(verbose: int = 1) -> Outcome:
    """Train one layer and two, check against scikit-learn, export, load in tf.js, and draw."""
    from sklearn.metrics import accuracy_score

    tf.setRandomSeed(SEED)
    xs, ys = data()
    single = build(hidden=0)
    single_snapshots = report.Snapshots(15)
    single.fit(xs, ys, epochs=200, batchSize=50, verbose=verbose, callbacks=[single_snapshots])
    _, single_accuracy = (float(scalar) for scalar in single.evaluate(xs, ys))

    model = build()
    snapshots = report.Snapshots(25)
    history = model.fit(xs, ys, epochs=400, batchSize=50, verbose=verbose, callbacks=[snapshots])
    card = Card(
        "line",
        TITLE,
        IDEA,
        features=[Words("x", "x")],
        classes=[Words("outside", "区间外"), Words("inside", "区间内")],
        batchSize=50,
    )
    exported = finish(
        "unary_classification", model, xs, ys, "acc", lambda y, p: accuracy_score(y, p > 0.5), card
    )
    found = borders(model)

    page = Page("unary_classification", TITLE, IDEA)
    page.heading("One layer")
    page.figure(
        report.curve(
            single, xs, ys, single_snapshots, title="One neuron", y="probability of the band"
        ),
        "A sigmoid has one border at most, and this one calls everything the same: right for "
        f"{single_accuracy:.0%} of the points.",
    )
    page.heading("Two layers")
    page.figure(
        report.curve(
            model, xs, ys, snapshots, title="Two hidden neurons", y="probability of the band"
        ),
        "Move the slider: a bump grows, and its sides become the two borders. They end at "
        f"{' and '.join(f'{place:.2f}' for place in found)}; the band's are {BAND[0]} and "
        f"{BAND[1]}.",
    )
    page.figure(neurons(model), "Each hidden neuron is a border; the output puts them together.")
    page.figure(report.learning_curves(history), "Two layers: loss and accuracy of the training.")
    figures = {
        "accuracy": exported.value,
        "border's distance from the band's, the larger": (
            float(np.abs(np.subtract(found, BAND)).max()) if len(found) == 2 else float("inf")
        ),
        "accuracy of one layer": single_accuracy,
        "difference in tf.js": exported.difference,
    }
    return Outcome("unary_classification", figures, REACHES, page.write(), (exported,))


if __name__ == "__main__":
    run(main, __doc__)
