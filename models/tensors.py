"""Tensors of rank 0 to 2, matMul and mul: what tf.js prints, character for character.

Run it: python models/tensors.py
"""

from __future__ import annotations

import contextlib
import io
from typing import Any

import tfjsbridge as tf
from models.outcome import Outcome, at_least, at_most
from models.page import Page
from models.running import run
from models.words import Words
from tfjsbridge.report import look
from tfjsbridge.verify import NodeSession

TITLE = Words("Tensors", "张量")
IDEA = Words(
    "A scalar is a tensor of rank 0, a vector one of rank 1, a matrix one of rank 2. mul goes "
    "element by element and stretches the smaller tensor (broadcasting); matMul multiplies rows by "
    "columns, so a vector must first become a matrix: one row or one column.",
    "标量是 0 阶张量，向量是 1 阶张量，矩阵是 2 阶张量。mul 逐元素相乘，"
    "并把较小的张量扩展到相同的形状（广播）；matMul 是行乘列的矩阵乘法，"
    "所以向量要先变成矩阵：一行或者一列。",
)
REACHES = {"lines that tf.js prints": at_least(50), "lines printed otherwise": at_most(0)}

#: The same program in JavaScript.
JAVASCRIPT = """\
const scalar = tf.scalar(3);
const vector = tf.tensor1d([1, 2, 3]);
const matrix = tf.tensor2d([[1, 2, 3], [4, 5, 6]]);
scalar.print(true);
vector.print(true);
matrix.print(true);

console.log('mul, element by element');
matrix.mul(scalar).print();
matrix.mul(vector).print();
matrix.mul(tf.tensor2d([[10], [100]])).print();
try {
  matrix.mul(tf.tensor1d([10, 100]));
} catch (error) {
  console.log('shapes [2,3] and [2] do not broadcast');
}

console.log('matMul, rows by columns');
matrix.matMul(tf.tensor2d([[1, 0], [0, 1], [1, 1]])).print();
matrix.matMul(matrix, false, true).print();
try {
  matrix.matMul(vector);
} catch (error) {
  console.log('a vector is neither a row nor a column');
}
try {
  matrix.matMul(matrix);
} catch (error) {
  console.log('rows of 3 numbers do not fit columns of 2');
}

console.log('a vector as a column, as a row, and in dot');
matrix.matMul(vector.expandDims(1)).print(true);
vector.expandDims(0).matMul(matrix.transpose()).print(true);
matrix.dot(vector).print(true);
vector.dot(vector).print(true);
"""


def program() -> None:
    """What JAVASCRIPT says, in Python."""
    scalar = tf.scalar(3)
    vector = tf.tensor1d([1, 2, 3])
    matrix = tf.tensor2d([[1, 2, 3], [4, 5, 6]])
    scalar.print(True)
    vector.print(True)
    matrix.print(True)

    print("mul, element by element")
    matrix.mul(scalar).print()
    matrix.mul(vector).print()  # each row by the vector
    matrix.mul(tf.tensor2d([[10], [100]])).print()  # each column by this one
    try:
        matrix.mul(tf.tensor1d([10, 100]))  # shapes are matched from the right: 3 is not 2
    except ValueError:
        print("shapes [2,3] and [2] do not broadcast")

    print("matMul, rows by columns")
    matrix.matMul(tf.tensor2d([[1, 0], [0, 1], [1, 1]])).print()
    matrix.matMul(matrix, False, True).print()  # by its own transpose
    try:
        matrix.matMul(vector)  # rank 1: tf.js does not guess which of the two is meant
    except ValueError:
        print("a vector is neither a row nor a column")
    try:
        matrix.matMul(matrix)
    except ValueError:
        print("rows of 3 numbers do not fit columns of 2")

    print("a vector as a column, as a row, and in dot")
    matrix.matMul(vector.expandDims(1)).print(True)
    vector.expandDims(0).matMul(matrix.transpose()).print(True)
    matrix.dot(vector).print(True)
    vector.dot(vector).print(True)


def printed() -> str:
    """What the program prints in Python."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        program()
    return out.getvalue()


def printed_by_tfjs() -> str:
    """What JAVASCRIPT prints in Node, with real tf.js."""
    with NodeSession() as node:
        return node.evaluate(
            """
            const lines = [];
            const log = console.log;
            console.log = text => lines.push(text);
            try {
              new Function('tf', args.program)(tf);
            } finally {
              console.log = log;
            }
            return lines.map(line => line + '\\n').join('');
            """,
            program=JAVASCRIPT,
        )


def products() -> Any:
    """A figure of mul with a vector and of matMul: a, b and their product in a row each."""
    from plotly.subplots import make_subplots

    matrix = tf.tensor2d([[1, 2, 3], [4, 5, 6]])
    vector = tf.tensor1d([1, 2, 3])
    stretched = vector.broadcastTo(matrix.shape)
    columns = tf.tensor2d([[1, 0], [0, 1], [1, 1]])
    drawn = {
        "matrix [2,3]": matrix,
        "vector [3]": stretched,
        "mul [2,3]": matrix.mul(vector),
        "matrix [2,3] ": matrix,
        "matrix [3,2]": columns,
        "matMul [2,2]": matrix.matMul(columns),
    }
    figure = make_subplots(2, 3, subplot_titles=list(drawn), vertical_spacing=0.2)
    for i, tensor in enumerate(drawn.values()):
        numbers = look.matrix(tensor.arraySync(), *(list(range(n)) for n in tensor.shape))
        numbers.update(zmin=0, zmax=20)
        figure.add_trace(numbers, i // 3 + 1, i % 3 + 1)
    for i, sign in enumerate(("×", "=", "·", "=")):
        figure.add_annotation(
            text=sign, showarrow=False, font_size=22, xref="paper", yref="paper",
            x=(0.323, 0.677)[i % 2], y=(0.8, 0.2)[i // 2], xanchor="center", yanchor="middle",
        )  # fmt: skip
    look.style(figure, "mul by a vector, matMul by a matrix")
    figure.update_layout(margin={"l": 20, "r": 20, "t": 90, "b": 20})
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, autorange="reversed")
    return figure


def main(verbose: int = 1) -> Outcome:
    """Run the program here and in tf.js, compare all that it prints, and draw its products."""
    ours, theirs = printed(), printed_by_tfjs()
    if verbose:
        print(ours)
    lines, expected = ours.splitlines(), theirs.splitlines()
    differing = sum(a != b for a, b in zip(lines, expected, strict=False))
    differing += abs(len(lines) - len(expected))

    page = Page("tensors", TITLE, IDEA)
    page.figure(
        products(),
        "Above: mul stretches the vector over both rows and multiplies element by element. "
        "Below: matMul multiplies each row by each column and adds the products up.",
    )
    page.heading("The program in JavaScript")
    page.printed(JAVASCRIPT)
    page.heading("What it prints, in JavaScript and in Python")
    page.printed(ours)
    figures = {"lines that tf.js prints": len(expected), "lines printed otherwise": differing}
    return Outcome("tensors", figures, REACHES, page.write())


if __name__ == "__main__":
    run(main, __doc__)
