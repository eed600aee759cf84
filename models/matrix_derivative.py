"""The derivative of a product of matrices: Y = AXB, dY/dX = AᵀBᵀ.

Run it: python models/matrix_derivative.py
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import tfjsbridge as tf
from models.outcome import Outcome, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge.report import look

SEED = 3
TITLE = Words("The derivative of a product of matrices", "矩阵乘积的导数")
IDEA = Words(
    "In Y = AXB with a row A and a column B, Y is a number, and its derivative by X is AᵀBᵀ, which "
    "has the shape of X. With any A and B, Y is a matrix; the derivative is AᵀGBᵀ, where G is the "
    "gradient of what follows after Y.",
    "在 Y = AXB 中，若 A 是一行、B 是一列，则 Y 是一个数，它对 X 的导数是 AᵀBᵀ，形状与 X 相同。"
    "若 A、B 是任意矩阵，则 Y 是矩阵；设 Y 之后传回的梯度为 G，则导数是 AᵀGBᵀ。",
)
REACHES = {
    "tf.grad against AᵀBᵀ": at_most(1e-6),
    "tf.grad against a finite difference": at_most(1e-4),
    "tf.grad against AᵀGBᵀ": at_most(1e-5),
    "with G, against a finite difference": at_most(1e-3),
}

#: A sum of products of floats of seven digits: a step that is too small drowns in rounding. The
#: function is linear in X, so a large step is no less exact.
STEP = 0.5


def data() -> dict[str, tf.Tensor]:
    """X, [4, 3]; a row a, [1, 4], and a column b, [3, 1]; A, [2, 4], B, [3, 5], and G, [2, 5]."""
    random = np.random.default_rng(SEED)
    shapes = {"X": [4, 3], "a": [1, 4], "b": [3, 1], "A": [2, 4], "B": [3, 5], "G": [2, 5]}
    return {name: tf.tensor2d(random.normal(size=shape)) for name, shape in shapes.items()}


def finite_difference(f: Callable[[tf.Tensor], tf.Tensor], x: tf.Tensor) -> tf.Tensor:
    """How fast the number f(x) grows with each element of a matrix x, by trying."""
    slopes = np.zeros(x.shape)
    for place in np.ndindex(*x.shape):
        step = np.zeros(x.shape)
        step[place] = STEP
        rise = f(x.add(step)).sub(f(x.sub(step)))
        slopes[place] = float(rise) / (2 * STEP)
    return tf.tensor2d(slopes)


def largest_difference(a: tf.Tensor, b: tf.Tensor) -> float:
    """The largest difference between two tensors' elements."""
    return float(a.sub(b).abs().max())


def maps(title: str, matrices: dict[str, tf.Tensor]) -> Any:
    """A figure of matrices side by side, with their numbers, in one scale of colours."""
    from plotly.subplots import make_subplots

    figure = make_subplots(1, len(matrices), subplot_titles=list(matrices))
    scale = max(float(matrix.abs().max()) for matrix in matrices.values())
    for i, matrix in enumerate(matrices.values()):
        rows, columns = (list(range(1, n + 1)) for n in matrix.shape)
        cells = look.matrix(matrix.arraySync(), rows, columns)
        cells.update(texttemplate="%{z:.2f}", colorscale=look.CLASSES, zmin=-scale, zmax=scale)
        figure.add_trace(cells, 1, i + 1)
    look.style(figure, title, height=320)
    figure.update_xaxes(title_text="column", dtick=1)
    figure.update_yaxes(autorange="reversed", dtick=1)
    figure.update_yaxes(title_text="row", col=1)
    return figure


def main(verbose: int = 1) -> Outcome:
    """Compare tf.grad with the formula and with a finite difference, and draw all three."""
    matrix = data()
    x, a, b = matrix["X"], matrix["a"], matrix["b"]
    rows, columns, later = matrix["A"], matrix["B"], matrix["G"]
    page = Page("matrix_derivative", TITLE, IDEA)

    # A number: the derivative is an outer product.
    def number(x: tf.Tensor) -> tf.Tensor:
        return a.matMul(x).matMul(b).sum()

    one = {
        "tf.grad": tf.grad(number)(x),
        "AᵀBᵀ": tf.matMul(a.transpose(), b.transpose()),
        "difference": finite_difference(number, x),
    }
    page.figure(
        maps("dY/dX of a number Y = AXB", one),
        "By tf.grad, by the formula, and by (f(X + h) - f(X - h)) / 2h, element by element.",
    )

    # A matrix: each element of Y counts as much as G says, as in the middle of a network.
    def weighted(x: tf.Tensor) -> tf.Tensor:
        return rows.matMul(x).matMul(columns).mul(later).sum()

    many = {
        "tf.grad": tf.grad(lambda x: rows.matMul(x).matMul(columns))(x, later),
        "AᵀGBᵀ": rows.transpose().matMul(later).matMul(columns.transpose()),
        "difference": finite_difference(weighted, x),
    }
    page.figure(
        maps("Of a matrix Y = AXB, with G", many),
        "The same of a matrix Y whose elements G weighs; tf.grad takes G as its dy. With G of ones "
        "it is the derivative of the sum of Y.",
    )
    if verbose:
        for derivative in one.values():
            derivative.print()
    figures = {
        "tf.grad against AᵀBᵀ": largest_difference(one["tf.grad"], one["AᵀBᵀ"]),
        "tf.grad against a finite difference": largest_difference(
            one["tf.grad"], one["difference"]
        ),
        "tf.grad against AᵀGBᵀ": largest_difference(many["tf.grad"], many["AᵀGBᵀ"]),
        "with G, against a finite difference": largest_difference(
            many["tf.grad"], many["difference"]
        ),
    }
    return Outcome("matrix_derivative", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
