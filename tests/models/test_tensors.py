"""Tensors, and the products that there are and are not."""

from __future__ import annotations

import pytest

import tfjsbridge as tf
from models import tensors
from tfjsbridge.verify import NodeSession

IN_NODE = """
    const printed = [];
    const log = console.log;
    console.log = (...values) => { printed.push(values.join(' ') + '\\n'); };
    try {
      eval(args.program);
    } finally {
      console.log = log;
    }
    return printed.join('');
"""


def test_keeps_its_promises(run_script) -> None:
    assert run_script("tensors").missed == []


def test_prints_what_tfjs_prints_character_for_character(
    node: NodeSession, capsys: pytest.CaptureFixture[str]
) -> None:
    theirs = node.evaluate(IN_NODE, program=tensors.JAVASCRIPT)
    tensors.program()
    assert capsys.readouterr().out == theirs
    # Each rank, and the line of each product that there is not.
    for text in ("rank: 0", "rank: 1", "rank: 2", "do not broadcast", "neither a row nor", "of 2"):
        assert text in theirs


def test_the_page_shows_what_tfjs_printed(run_script) -> None:
    page = run_script("tensors").page.read_text("utf-8")
    assert tensors.printed_by_tfjs() in page
    assert "matrix.matMul(vector.expandDims(1))" in page


def test_why_matmul_of_a_vector_is_an_error(node: NodeSession) -> None:
    refused = "try { tf.matMul([[1, 2]], [3, 4]); } catch (error) { return error.message; }"
    # A column's length is the second last size, and a vector has none.
    assert "inner shapes (2) and (undefined)" in node.evaluate(refused)
    with pytest.raises(ValueError, match="rank"):
        tf.matMul([[1, 2]], [3, 4])
