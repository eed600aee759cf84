"""Points inside and outside of a circle: three lines drawn around it.

Run it: python models/circle.py
"""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from models.exported import Card, finish
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge import report

SEED = 5
TITLE = Words("A circle", "圆")
IDEA = Words(
    "Each hidden neuron draws a line across the plane; three of them close around a circle.",
    "每个隐藏神经元在平面上画一条直线，三条直线就能围住一个圆。",
)
WIDTHS = (1, 2, 3)
REACHES = {
    "accuracy of 1 neuron": at_most(0.85),
    "accuracy of 2 neurons": at_most(0.9),
    "accuracy of 3 neurons": at_least(0.95),
    "far away but called inside, by 2 neurons": at_least(0.01),
    "far away but called inside, by 3 neurons": at_most(0),
    "difference in tf.js": at_most(1e-6),
}


def data() -> tuple[np.ndarray, np.ndarray]:
    """200 normal points of the plane, [200, 2], and whether x1² + x2² < 0.5, [200, 1]."""
    random = np.random.default_rng(SEED)
    points = random.normal(size=(200, 2))
    inside = (points**2).sum(axis=1, keepdims=True) < 0.5
    return points, inside.astype(float)


def build(width: int = 3) -> tf.Sequential:
    """Sigmoid neurons, each a line across the plane, and one that joins them."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[2], units=width, activation="sigmoid"))
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.03), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def called_inside(model: tf.Sequential, radius: float) -> float:
    """The share of a wide circle that a model takes for inside: 0 if its region is closed."""
    angle = np.linspace(0, 2 * np.pi, 1000)
    there = radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return float(np.mean(np.asarray(model.predict(there)) > 0.5))


def with_lines(figure: Any, model: tf.Sequential) -> Any:
    """A figure of the plane, and in it where each hidden neuron says 0.5."""
    kernel, bias = (np.asarray(weight) for weight in model.getWeights()[:2])
    for number, (normal, offset) in enumerate(zip(kernel.T, bias, strict=True), start=1):
        # From the point of the line that is next to the origin, far to both sides.
        nearest = -offset * normal / (normal @ normal)
        along = np.array([-normal[1], normal[0]]) / np.linalg.norm(normal)
        ends = nearest + np.array([[-9], [9]]) * along
        figure.add_scatter(
            x=ends[:, 0],
            y=ends[:, 1],
            mode="lines",
            line={"color": "black", "dash": "dash", "width": 1.5},
            name="hidden neurons' lines",
            hovertemplate=f"hidden neuron {number}<extra></extra>",
            showlegend=number == 1,
        )
    return figure


def main(verbose: int = 1) -> Outcome:
    """Train each width, export the widest, load the export in tf.js, and draw."""
    from sklearn.metrics import accuracy_score

    xs, ys = data()
    classes = [Words("outside", "圆外"), Words("inside", "圆内")]
    names = [words.en for words in classes]
    page = Page("circle", TITLE, IDEA)
    histories: dict[str, tf.History] = {}
    accuracies: list[float] = []
    open_shares: list[float] = []
    for width in WIDTHS:
        tf.setRandomSeed(SEED)
        model = build(width)
        neurons = f"{width} hidden neuron{'s' if width > 1 else ''}"
        snapshots = report.Snapshots(20)
        histories[neurons] = model.fit(
            xs, ys, epochs=1000, batchSize=50, verbose=verbose, callbacks=[snapshots]
        )
        accuracies.append(float(model.evaluate(xs, ys)[1]))
        open_shares.append(called_inside(model, radius=5))
        page.heading(f"{neurons}: accuracy {accuracies[-1]:.1%}")
        page.figure(
            report.decision_boundary(
                model, xs, ys, snapshots, title=f"Boundary, {neurons}", classes=names
            )
        )
        page.figure(
            report.probability_surface(
                model, xs, ys, snapshots, title=f"Probability, {neurons}", classes=names
            )
        )

    page.heading("How three lines close around the circle")
    plane = report.decision_boundary(model, xs, ys, title="The three lines", classes=names)
    page.figure(
        with_lines(plane, model),
        "A hidden neuron says 0.5 along its line. The last neuron adds the three up, and calls "
        "inside what is on the inner side of all. With two lines such a region goes on without an "
        f"end: of a circle of radius 5, {open_shares[1]:.0%} is called inside.",
    )
    page.figure(report.histories(histories, title="Loss over the epochs"))

    card = Card(
        "plane",
        TITLE,
        IDEA,
        features=[Words("x1", "x1"), Words("x2", "x2")],
        classes=classes,
        batchSize=50,
    )
    exported = finish(
        "circle",
        model,
        xs,
        ys,
        "acc",
        lambda y, p: accuracy_score(y, p > 0.5),
        card,
    )
    figures = {
        "accuracy of 1 neuron": accuracies[0],
        "accuracy of 2 neurons": accuracies[1],
        "accuracy of 3 neurons": exported.value,
        "far away but called inside, by 2 neurons": open_shares[1],
        "far away but called inside, by 3 neurons": open_shares[2],
        "difference in tf.js": exported.difference,
    }
    return Outcome("circle", figures, REACHES, page.write(), (exported,))


if __name__ == "__main__":
    run(main, __doc__)
