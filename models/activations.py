"""Activations and their derivatives, and why deep sigmoid networks' gradients vanish.

Run it: python models/activations.py
"""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge import report
from tfjsbridge.report import look

SEED = 4
TITLE = Words("Activations", "激活函数")
IDEA = Words(
    "Without an activation, layers of neurons are no more than one layer. The sigmoid's derivative "
    "is at most 1/4, and backpropagation multiplies one for each layer: in a deep network the "
    "first layers' gradients vanish. ReLU's derivative is 1 wherever it is not 0.",
    "没有激活函数，多层神经元只相当于一层。Sigmoid 的导数最大只有 1/4，"
    "而反向传播每经过一层就要乘上一次导数，所以在深层网络中，前几层的梯度会消失；"
    "ReLU 的导数在大于 0 处恒为 1。",
)
REACHES = {
    "derivatives against formulas": at_most(1e-6),
    "largest derivative of the sigmoid": at_most(0.25),
    "first layer's gradient / last's, sigmoid": at_most(1e-5),
    "first layer's gradient / last's, ReLU": at_least(0.05),
    "accuracy of the deep sigmoid network": at_most(0.6),
    "accuracy of the deep ReLU network": at_least(0.95),
}

DEPTH = 10
UNITS = 32


def softmax(x: tf.Tensor) -> tf.Tensor:
    """The first of the probabilities that softmax makes of the three numbers x, 0 and 1."""
    return (
        tf.stack([x, tf.zerosLike(x), tf.onesLike(x)], 1).softmax().slice([0, 0], [-1, 1]).flatten()
    )


#: Each activation, and its derivative by formula.
ACTIVATIONS = {
    "sigmoid": (tf.sigmoid, lambda x: tf.sigmoid(x).mul(tf.sub(1, tf.sigmoid(x)))),
    "tanh": (tf.tanh, lambda x: tf.sub(1, tf.tanh(x).square())),
    "ReLU": (tf.relu, tf.step),
    "softmax of x, 0, 1": (softmax, lambda x: softmax(x).mul(tf.sub(1, softmax(x)))),
}


def data() -> tuple[np.ndarray, np.ndarray]:
    """100 normal points of the plane, [100, 2], and whether x1² + x2² < 1, [100, 1]."""
    points = np.random.default_rng(SEED).normal(size=(100, 2))
    return points, ((points**2).sum(axis=1, keepdims=True) < 1).astype(float)


def build(activation: str) -> tf.Sequential:
    """Ten hidden layers of 32 neurons, begun as suits the activation, and one that answers."""
    start = {"sigmoid": "glorotNormal", "relu": "heNormal"}[activation]
    model = tf.sequential()
    for i in range(DEPTH):
        shape = {"inputShape": [2]} if i == 0 else {}
        model.add(
            tf.layers.dense(units=UNITS, activation=activation, kernelInitializer=start, **shape)
        )
    model.add(tf.layers.dense(units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.003), loss="binaryCrossentropy", metrics=["accuracy"])
    return model


def gradient_norms(model: tf.Sequential) -> list[float]:
    """The norm of the loss's gradient by each layer's kernel, the first layer's first."""
    xs, ys = (tf.tensor2d(values) for values in data())
    grads = tf.variableGrads(lambda: tf.losses.logLoss(ys, model.apply(xs)))["grads"]
    return [float(grads[f"{layer.name}/kernel"].norm()) for layer in model.layers]


def curves(x: tf.Tensor, drawn: dict[str, tuple[tf.Tensor, tf.Tensor]]) -> Any:
    """A figure of each activation with its derivative."""
    from plotly.subplots import make_subplots

    figure = make_subplots(2, 2, subplot_titles=list(drawn), vertical_spacing=0.16)
    for i, (values, slopes) in enumerate(drawn.values()):
        for name, numbers, dash in (
            ("activation", values, "solid"),
            ("derivative", slopes, "dash"),
        ):
            figure.add_scatter(
                x=x.arraySync(), y=numbers.arraySync(), mode="lines", name=name,
                legendgroup=name, showlegend=i == 0,
                line={"dash": dash, "color": look.COLOURS[dash == "dash"]},
                row=i // 2 + 1, col=i % 2 + 1,
            )  # fmt: skip
    look.style(figure, "Activations and their derivatives", height=600)
    figure.update_layout(margin_t=90, legend={"orientation": "h", "y": -0.12})
    figure.update_xaxes(title_text="x", row=2)
    figure.update_yaxes(title_text="value, slope", col=1)
    figure.update_yaxes(range=[-1.1, 1.1])
    figure.update_yaxes(range=[-0.15, 4.15], row=2, col=1)
    return figure


def vanishing(norms: dict[str, list[float]]) -> Any:
    """A figure of the gradient's norm by layer of each network."""
    figure = look.figure(
        "The gradient before training", "layer, from the inputs on", "norm of the gradient"
    )
    for (name, values), symbol, dash in zip(
        norms.items(), ("circle", "square"), ("solid", "dash"), strict=True
    ):
        figure.add_scatter(
            x=list(range(1, len(values) + 1)), y=values, mode="lines+markers", name=name,
            marker={"symbol": symbol, "size": 9}, line={"dash": dash},
        )  # fmt: skip
    figure.update_yaxes(type="log", exponentformat="power", dtick=2)
    figure.update_xaxes(dtick=1)
    figure.update_layout(legend={"orientation": "h", "y": -0.2})
    return figure


def main(verbose: int = 1) -> Outcome:
    """Draw the activations, measure the gradients of two deep networks, and train them."""
    x = tf.linspace(-4, 4, 161)
    page = Page("activations", TITLE, IDEA)
    drawn = {name: (f(x), tf.grad(f)(x)) for name, (f, _) in ACTIVATIONS.items()}
    differences = [
        float(drawn[name][1].sub(formula(x)).abs().max())
        for name, (_, formula) in ACTIVATIONS.items()
    ]
    page.figure(
        curves(x, drawn),
        "The derivatives come from tf.grad. Of softmax, which makes probabilities of any number of "
        "values, one probability is drawn as its own value grows.",
    )

    tf.setRandomSeed(SEED)
    networks = {"sigmoid": build("sigmoid"), "ReLU": build("relu")}
    norms = {name: gradient_norms(model) for name, model in networks.items()}
    page.heading(f"A network of {DEPTH} hidden layers")
    page.figure(
        vanishing(norms),
        "The scale is logarithmic: each sigmoid layer takes most of the gradient away. "
        "The kernel of the first layer hardly learns.",
    )
    xs, ys = data()
    histories = {
        name: model.fit(xs, ys, epochs=100, batchSize=100, verbose=verbose)
        for name, model in networks.items()
    }
    page.figure(
        report.histories(histories, title="What they learn"),
        "The sigmoid network only learns how many of the points are inside; ReLU learns where.",
    )
    figures = {
        "derivatives against formulas": max(differences),
        "largest derivative of the sigmoid": float(drawn["sigmoid"][1].max()),
        **{
            f"first layer's gradient / last's, {name}": values[0] / values[-1]
            for name, values in norms.items()
        },
        **{
            f"accuracy of the deep {name} network": history.history["acc"][-1]
            for name, history in histories.items()
        },
    }
    return Outcome("activations", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
