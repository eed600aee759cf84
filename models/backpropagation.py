"""The chain rule, layer by layer: gradients by hand are those of tf.variableGrads.

Run it: python models/backpropagation.py
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

import tfjsbridge as tf
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge.report import look

SEED = 8
TITLE = Words("Backpropagation", "反向传播")
IDEA = Words(
    "The forward pass computes the loss from left to right and keeps what each step gave. The "
    "backward pass goes from right to left: by the chain rule, each step multiplies the gradient "
    "that it receives by its own derivative and hands it on.",
    "前向传播从左到右算出损失，并记下每一步的结果；反向传播从右到左，根据链式法则，"
    "每一步用自己的导数乘以收到的梯度，再向前传递。",
)
REACHES = {
    "layers": at_least(3),
    "largest relative difference": at_most(1e-5),
    "difference of one neuron": at_most(1e-6),
}

#: Neurons of each layer, the inputs first.
SIZES = (2, 4, 3, 1)

Layer = tuple[tf.Variable, tf.Variable]


def data() -> tuple[tf.Tensor, tf.Tensor]:
    """50 normal points of the plane, [50, 2], and whether x1 · x2 > 0, [50, 1]."""
    points = np.random.default_rng(SEED).normal(size=(50, 2))
    same = points.prod(axis=1, keepdims=True) > 0
    return tf.tensor2d(points), tf.tensor2d(same.astype(float))


def build() -> list[Layer]:
    """A kernel, [inputs, units], and a bias, [units], of each layer."""
    random = np.random.default_rng(SEED)
    return [
        (
            tf.variable(tf.tensor2d(random.normal(size=(inputs, units)))),
            tf.variable(tf.tensor1d(random.normal(size=units))),
        )
        for inputs, units in itertools.pairwise(SIZES)
    ]


def forward(xs: tf.Tensor, layers: Sequence[Layer]) -> list[tf.Tensor]:
    """What each layer gives, the inputs first: sigmoid(xK + b)."""
    outputs = [xs]
    for kernel, bias in layers:
        outputs.append(outputs[-1].matMul(kernel).add(bias).sigmoid())
    return outputs


def loss(predictions: tf.Tensor, ys: tf.Tensor) -> tf.Tensor:
    """The mean squared error."""
    return predictions.sub(ys).square().mean()


def backward(
    outputs: Sequence[tf.Tensor], ys: tf.Tensor, layers: Sequence[Layer]
) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """The gradients of the loss by each layer's kernel and bias, from the last layer to the first.

    Args:
      outputs: of each layer, as `forward` gives them.
      ys: the targets.
      layers: the kernels and biases.

    Returns:
      A pair for each layer, the first layer's first.
    """
    gradients = []
    # The loss: the derivative of mean((a - y)²) by a.
    by_output = outputs[-1].sub(ys).mul(2 / ys.size)
    for i in reversed(range(len(layers))):
        kernel, _ = layers[i]
        before, after = outputs[i], outputs[i + 1]
        # sigmoid: its derivative is a (1 - a).
        by_sum = by_output.mul(after).mul(tf.sub(1, after))
        # The sum z = xK + b: the derivatives by K and by b, ...
        gradients.append((before.transpose().matMul(by_sum), by_sum.sum(0)))
        # ... and by x, which is the output of the layer before.
        by_output = by_sum.matMul(kernel.transpose())
    return gradients[::-1]


def automatic(
    xs: tf.Tensor, ys: tf.Tensor, layers: Sequence[Layer]
) -> list[tuple[tf.Tensor, tf.Tensor]]:
    """The same by tf.variableGrads."""
    grads = tf.variableGrads(lambda: loss(forward(xs, layers)[-1], ys))["grads"]
    return [(grads[kernel.name], grads[bias.name]) for kernel, bias in layers]


def relative_difference(a: tf.Tensor, b: tf.Tensor) -> float:
    """The largest difference between two tensors' elements, as a share of the largest element."""
    return float(a.sub(b).abs().max()) / float(b.abs().max())


# --- one neuron, step by step ---

X, W, B, Y = 1.5, 0.8, -0.4, 0.0


def neuron() -> tuple[dict[str, float], dict[str, float], float]:
    """One neuron's loss, (sigmoid(w x + b) - y)², and its derivatives by each step.

    Returns:
      The values by name, the derivatives of the loss by name, and the largest difference between
      these and those of tf.grads.
    """
    x, w, b, y = (tf.scalar(number) for number in (X, W, B, Y))
    wx = w.mul(x)
    z = wx.add(b)
    a = z.sigmoid()
    value = a.sub(y).square()

    by_a = a.sub(y).mul(2)
    by_z = by_a.mul(a).mul(tf.sub(1, a))
    by_w, by_x, by_b = by_z.mul(x), by_z.mul(w), by_z

    def whole(x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
        return w.mul(x).add(b).sigmoid().sub(y).square()

    found = tf.grads(whole)([x, w, b])
    difference = max(
        relative_difference(ours, theirs)
        for ours, theirs in zip((by_x, by_w, by_b), found, strict=True)
    )
    values = {"x": x, "w": w, "b": b, "wx": wx, "z": z, "a": a, "loss": value}
    derivatives = {"x": by_x, "w": by_w, "b": by_b, "wx": by_z, "z": by_z, "a": by_a}
    return (
        {name: float(scalar) for name, scalar in values.items()},
        {name: float(scalar) for name, scalar in derivatives.items()} | {"loss": 1.0},
        difference,
    )


# --- pictures ---


def graph(values: dict[str, float], derivatives: dict[str, float]) -> Any:
    """The computational graph of one neuron, with what goes down and what comes back up."""
    steps = {"w · x": (0, 4), "+ b": (0, 3), "sigmoid": (0, 2), "(a - y)²": (0, 1)}
    #: What each edge carries, from where, and to where.
    edges = {
        "x": ((-1, 5), (0, 4)),
        "w": ((1, 5), (0, 4)),
        "b": ((-1, 3), (0, 3)),
        "wx": ((0, 4), (0, 3)),
        "z": ((0, 3), (0, 2)),
        "a": ((0, 2), (0, 1)),
        "loss": ((0, 1), (0, 0)),
    }
    figure = look.figure("The graph of one neuron", height=560)
    for name, ((x0, y0), (x1, y1)) in edges.items():
        figure.add_scatter(x=[x0, x1], y=[y0, y1], mode="lines", line_color=look.GREY)
        outside = name in "xwb"
        value, derivative = f"{values[name]:.3g}", f"{derivatives[name]:.3g}"
        label = (
            f'<span style="color:{look.COLOURS[0]}">{name} = {value} ↓</span><br>'
            f'<span style="color:{look.COLOURS[1]}">∂loss/∂{name} = {derivative} ↑</span>'
        )
        figure.add_annotation(
            text=label, showarrow=False, align="center" if outside else "left",
            x=x0 if outside else 0.06, y=y0 if outside else (y0 + y1) / 2,
            xanchor="center" if outside else "left", yanchor="bottom" if outside else "middle",
        )  # fmt: skip
    for text, (x, y) in steps.items():
        figure.add_annotation(
            text=text, x=x, y=y, showarrow=False, bgcolor="white", bordercolor=look.GREY,
            borderwidth=2, borderpad=6,
        )  # fmt: skip
    figure.update_layout(showlegend=False, hovermode=False, margin={"l": 20, "r": 20})
    figure.update_xaxes(visible=False, range=[-1.7, 1.7])
    figure.update_yaxes(visible=False, range=[-0.1, 5.6])
    return figure


def agreement(
    by_hand: Sequence[tuple[tf.Tensor, tf.Tensor]], found: Sequence[tuple[tf.Tensor, tf.Tensor]]
) -> Any:
    """Each weight's gradient by hand against the same by tf.variableGrads."""
    figure = look.figure(
        "By hand and by tf.variableGrads", "gradient by hand", "gradient by tf.variableGrads"
    )
    values = [
        [np.concatenate([tensor.tensor.numpy().ravel() for tensor in pair]) for pair in pairs]
        for pairs in (by_hand, found)
    ]
    low, high = (float(f(np.concatenate(values[0]))) for f in (np.min, np.max))
    figure.add_scatter(
        x=[low, high], y=[low, high], mode="lines", name="equal",
        line={"color": look.GREY, "dash": "dot"},
    )  # fmt: skip
    for i, (ours, theirs) in enumerate(zip(*values, strict=True)):
        figure.add_scatter(
            x=ours, y=theirs, mode="markers", name=f"layer {i + 1}",
            marker={"size": 9, "symbol": ("circle", "square", "diamond")[i]},
        )  # fmt: skip
    figure.update_layout(legend={"orientation": "h", "y": -0.2})
    return figure


def main(verbose: int = 1) -> Outcome:
    """Compute the gradients by hand and by tf.variableGrads, compare and draw them."""
    xs, ys = data()
    layers = build()
    by_hand = backward(forward(xs, layers), ys, layers)
    found = automatic(xs, ys, layers)
    rows, largest = [], 0.0
    for i, (ours, theirs) in enumerate(zip(by_hand, found, strict=True), start=1):
        for part, mine, its in zip(("kernel", "bias"), ours, theirs, strict=True):
            difference = relative_difference(mine, its)
            largest = max(largest, difference)
            rows.append(
                (
                    f"layer {i}, {part}",
                    mine.shape,
                    float(mine.norm()),
                    float(its.norm()),
                    difference,
                )
            )
    values, derivatives, of_one = neuron()
    if verbose:
        for row in rows:
            print("{}, {}: norm {:.6f}, by tf.variableGrads {:.6f}".format(*row))

    page = Page("backpropagation", TITLE, IDEA)
    page.figure(
        graph(values, derivatives),
        "The loss (sigmoid(w x + b) - y)² of one neuron, where y = 0. Values go down (↓); what "
        "comes back up (↑) are the derivatives of the loss: each is the one below it times the "
        "derivative of the step between them.",
    )
    page.heading(f"A network of {len(layers)} layers: {' → '.join(map(str, SIZES))} neurons")
    page.figure(agreement(by_hand, found), "All weights lie on the diagonal: both are the same.")
    page.table(["gradient of", "shape", "norm", "by variableGrads", "difference"], rows)
    figures = {
        "layers": len(layers),
        "largest relative difference": largest,
        "difference of one neuron": of_one,
    }
    return Outcome("backpropagation", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
