"""A perceptron makes AND, OR and NAND; XOR needs two layers.

Run it: python models/perceptron_gates.py
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
from tfjsbridge.report import look

SEED = 1
TITLE = Words("Gates of perceptrons", "感知机与逻辑门")
IDEA = Words(
    "A perceptron draws one line across the plane: enough for AND, OR and NAND. No line has "
    "XOR's two ones alone on one side: three right answers of four are its best. Two layers make "
    "all four.",
    "感知机在平面上画一条直线，足以实现与门、或门和与非门。"
    "没有一条直线能把异或门的两个 1 单独分在同一侧，所以最多答对四个中的三个；"
    "两层感知机就能全部答对。",
)
REACHES = {
    "accuracy of AND": at_least(1),
    "accuracy of OR": at_least(1),
    "accuracy of NAND": at_least(1),
    "truth tables that lines make, of 16": at_least(14),
    "best accuracy of a line at XOR": at_most(0.75),
    "accuracy of XOR = AND(NAND, OR)": at_least(1),
    "accuracy of the network at XOR": at_least(1),
    "difference in tf.js": at_most(1e-6),
}

GAP = "\u00a0"  # a space that no line breaks at
INPUTS = [[0, 0], [0, 1], [1, 0], [1, 1]]
#: What each gate answers to INPUTS.
GATES = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "NAND": [1, 1, 1, 0], "XOR": [0, 1, 1, 0]}


def data() -> tuple[np.ndarray, np.ndarray]:
    """The inputs, [4, 2], and what XOR answers, [4, 1]."""
    return np.array(INPUTS, dtype=float), np.array(GATES["XOR"], dtype=float)[:, np.newaxis]


class Perceptron:
    """One neuron: 1 where w1 x1 + w2 x2 + b > 0, else 0."""

    def __init__(self) -> None:
        # Any start will do; from this one, all lines come to lie well between the points.
        self.weights = tf.variable(tf.tensor2d([[0.4], [0.6]]))
        self.bias = tf.variable(tf.tensor1d([-0.2]))

    def __call__(self, inputs: Any) -> tf.Tensor:
        """The answers, [n, 1], to inputs, [n, 2]."""
        return tf.matMul(inputs, self.weights).add(self.bias).step()

    def learn(self, answers: list[int], rounds: int = 20) -> None:
        """The perceptron's rule: after each wrong answer, a step along that input.

        Where there is a line between the ones and the zeros, it is found.
        """
        for _ in range(rounds):
            for values, answer in zip(INPUTS, answers, strict=True):
                error = tf.sub(answer, self([values]))  # 1, 0 or -1, as a matrix of one number
                self.weights.assign(self.weights.add(tf.matMul([values], error, True)))
                self.bias.assign(self.bias.add(error.sum(0)))


def accuracy(answers: tf.Tensor, gate: str) -> float:
    """The share of right answers, [4, 1], to INPUTS."""
    right = answers.flatten().equal(tf.tensor1d(GATES[gate]))
    return float(right.cast("float32").mean())


def try_lines(count: int = 20000) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Very many lines across the plane.

    Returns:
      Their weights, [2, count], and biases, [count], and what they answer to INPUTS, [4, count].
    """
    weights = tf.randomNormal([2, count], 0, 1, "float32", SEED)
    biases = tf.randomNormal([count], 0, 1, "float32", SEED + 1)
    return weights, biases, tf.matMul(INPUTS, weights).add(biases).step()


def build() -> tf.Sequential:
    """Two layers: four lines, and a neuron that joins them."""
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[2], units=4, activation="tanh"))
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.1), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def planes(lines: dict[str, tuple[float, float, float]]) -> Any:
    """A figure of the plane for each gate, divided by a line of weights w1 and w2 and bias b."""
    from plotly.subplots import make_subplots

    titles = [f"{gate}: {accuracy_of(line, gate):.0%}" for gate, line in lines.items()]
    figure = make_subplots(2, 2, subplot_titles=titles, vertical_spacing=0.16)
    side = np.linspace(-0.5, 1.5, 81)
    for i, (gate, (w1, w2, b)) in enumerate(lines.items()):
        sums = w1 * side[np.newaxis, :] + w2 * side[:, np.newaxis] + b
        at = {"row": i // 2 + 1, "col": i % 2 + 1}
        figure.add_heatmap(
            x=side, y=side, z=(sums > 0).astype(int), colorscale=look.CLASSES, zmin=0, zmax=1,
            opacity=0.3, showscale=False, hoverinfo="skip", **at,
        )  # fmt: skip
        figure.add_contour(
            x=side, y=side, z=sums.round(4), showscale=False, hoverinfo="skip",
            contours={"coloring": "none", "start": 0, "end": 0, "size": 1},
            line={"color": "black", "width": 2}, showlegend=False, **at,
        )  # fmt: skip
        for answer, symbol in ((0, "circle-open"), (1, "circle")):
            points = [x for x, y in zip(INPUTS, GATES[gate], strict=True) if y == answer]
            figure.add_scatter(
                x=[x for x, _ in points], y=[y for _, y in points], mode="markers+text",
                text=[str(answer)] * len(points), textposition="top right",
                marker={
                    "symbol": symbol, "size": 12, "color": look.COLOURS[answer],
                    "line": {"width": 3, "color": look.COLOURS[answer]},
                },
                showlegend=False, **at,
            )  # fmt: skip
    look.style(figure, "A line makes AND, OR, NAND, not XOR", height=640)
    figure.update_layout(margin_t=90)
    figure.update_xaxes(title_text="x1", tickvals=[0, 1], range=[-0.5, 1.5], zeroline=False)
    figure.update_yaxes(title_text="x2", col=1)
    figure.update_yaxes(tickvals=[0, 1], range=[-0.5, 1.5], zeroline=False)
    return figure


def accuracy_of(line: tuple[float, float, float], gate: str) -> float:
    """The share of INPUTS that a line has on the side that a gate says."""
    w1, w2, b = line
    answers = [int(w1 * x1 + w2 * x2 + b > 0) for x1, x2 in INPUTS]
    return float(np.mean(np.equal(answers, GATES[gate])))


def main(verbose: int = 1) -> Outcome:
    """Train the perceptrons, search for a line for XOR, train two layers, export and draw."""
    from sklearn.metrics import accuracy_score

    # One layer: a perceptron for each gate that a line makes.
    gates: dict[str, Perceptron] = {}
    for gate in ("AND", "OR", "NAND"):
        gates[gate] = Perceptron()
        gates[gate].learn(GATES[gate])
    answers = {gate: perceptron(INPUTS) for gate, perceptron in gates.items()}

    # XOR by any line: all answers that 20,000 lines give.
    weights, biases, tried = try_lines()
    made = {tuple(column) for column in tried.transpose().arraySync()}
    right = tried.equal(tf.tensor2d(GATES["XOR"], [4, 1])).cast("float32").mean(0)
    best = int(right.argMax())
    line = (*weights.slice([0, best], [2, 1]).flatten().arraySync(), float(biases[best]))

    # Two layers of perceptrons, put together by hand ...
    hidden = tf.concat([answers["NAND"], answers["OR"]], 1)
    composed = gates["AND"](hidden)
    # ... and two layers that are trained.
    tf.setRandomSeed(SEED)
    xs, ys = data()
    model = build()
    model.fit(xs, ys, epochs=300, batchSize=4, verbose=verbose)
    card = Card(
        "plane",
        Words("XOR", "异或门"),
        IDEA,
        features=[Words("x1", "x1"), Words("x2", "x2")],
        classes=[Words("0", "0"), Words("1", "1")],
        batchSize=4,
    )
    exported = finish("xor", model, xs, ys, "acc", lambda y, p: accuracy_score(y, p > 0.5), card)

    page = Page("perceptron_gates", TITLE, IDEA)
    lines = {
        gate: (*p.weights.flatten().arraySync(), float(p.bias.sum())) for gate, p in gates.items()
    } | {"XOR": line}
    page.figure(
        planes(lines),
        "Full circles are ones, open circles are zeros, with the share of right answers; the "
        f"perceptron answers 1 on the orange side. At XOR, the best of {tried.shape[1]:,} lines "
        "leaves one point on the wrong side.",
    )
    page.heading("Truth tables")
    columns = {
        **{gate: values.flatten().arraySync() for gate, values in answers.items()},
        "XOR by a line": tried.slice([0, best], [4, 1]).flatten().arraySync(),
        "by gates": composed.flatten().arraySync(),
        "by a network": (np.asarray(model.predict(xs))[:, 0] > 0.5).astype(int).tolist(),
    }
    page.table(
        [f"x1{GAP}x2", *columns],
        [
            (f"{x1}{GAP}{x2}", *(int(values[i]) for values in columns.values()))
            for i, (x1, x2) in enumerate(INPUTS)
        ],
    )
    page.text("By gates: AND of what NAND and OR answer, which is a perceptron behind two others.")
    page.heading("XOR by two layers")
    page.figure(
        report.decision_boundary(model, xs, ys, title="Two layers make XOR"),
        "The hidden neurons draw several lines; the second layer joins them, so that the zeros lie "
        "between.",
    )
    figures = {
        **{f"accuracy of {gate}": accuracy(values, gate) for gate, values in answers.items()},
        "truth tables that lines make, of 16": len(made),
        "best accuracy of a line at XOR": float(right.max()),
        "accuracy of XOR = AND(NAND, OR)": accuracy(composed, "XOR"),
        "accuracy of the network at XOR": exported.value,
        "difference in tf.js": exported.difference,
    }
    return Outcome("perceptron_gates", figures, REACHES, page.write(), (exported,))


if __name__ == "__main__":
    run(main, __doc__)
