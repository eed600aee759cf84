"""basicLSTMCell and multiRNNCell, against tf.js."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import tensorflow
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.elementwise_cases import INFINITY, NAN, STRINGS
from tests.ops.gradient_parity import values
from tests.ops.parity import (
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.ops.shape_cases import DTYPES
from tfjsbridge.verify import NodeSession, TfjsError

CLOSE = {"rtol": 1e-5, "atol": 1e-6}
NAMES = ["forgetBias", "lstmKernel", "lstmBias", "data", "c", "h"]


def cell(batch: int = 2, inputs: int = 3, units: int = 2) -> dict[str, Any]:
    """The arguments of a cell."""
    return {
        "forgetBias": np.float32(0.7),
        "lstmKernel": values([inputs + units, 4 * units]),
        "lstmBias": values([4 * units]),
        "data": values([batch, inputs], seed=1),
        "c": values([batch, units], seed=2),
        "h": values([batch, units], seed=3),
    }


def test_cell(node: NodeSession) -> None:
    for batch, inputs, units in itertools.product((1, 2, 5), (1, 3), (1, 4)):
        arguments = cell(batch, inputs, units)
        assert_same_call(node, "basicLSTMCell", *arguments.values(), **CLOSE)
    assert_same_call(node, "basicLSTMCell", *cell(2, 0, 3).values(), **CLOSE)


def test_cell_of_lists(node: NodeSession) -> None:
    lists = [0.5, [[1, 2, 3, 4], [0, 1, 0, 1]], [0, 0, 1, 1], [[1]], [[2]], [[-1]]]
    assert_same_call(node, "basicLSTMCell", *lists, **CLOSE)


def test_what_is_broadcast(node: NodeSession) -> None:
    for name, shapes in (
        ("forgetBias", [[1], [2], [1, 1], [2, 1], [2, 2]]),
        ("lstmBias", [[], [1], [1, 8], [2, 8], [2, 1]]),
        ("c", [[], [2], [1, 2], [2, 1], [1]]),
    ):
        for shape in shapes:
            arguments = cell() | {name: values(shape, seed=5)}
            assert_same_call(node, "basicLSTMCell", *arguments.values(), **CLOSE)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(node: NodeSession, name: str, dtype: str) -> None:
    arguments = cell()
    arguments[name] = values(np.shape(arguments[name]), dtype, seed=4)
    if (name, dtype) == ("data", "bool"):
        # What tf.js puts into a tensor of bool should be 0 or 1.
        arguments["h"] = np.float32([[0, 1], [1, 1]])
    assert_same_outcome(node, "basicLSTMCell", *arguments.values())


def test_dtypes_of_several(node: NodeSession) -> None:
    for dtypes in itertools.product(("float32", "int32"), repeat=4):
        arguments = cell()
        for name, dtype in zip(("lstmKernel", "lstmBias", "data", "h"), dtypes, strict=True):
            arguments[name] = values(arguments[name].shape, dtype, seed=4)
        assert_same_outcome(node, "basicLSTMCell", *arguments.values())
    for dtype in ("int32", "bool"):
        whole = {name: values(np.shape(part), dtype) for name, part in cell().items()}
        assert_same_outcome(node, "basicLSTMCell", *whole.values())


def test_hard_values(node: NodeSession) -> None:
    for name in NAMES[2:]:
        for value in (NAN, INFINITY, -INFINITY, 1e30):
            arguments = cell()
            arguments[name] = np.full_like(arguments[name], value)
            assert_same_call(node, "basicLSTMCell", *arguments.values(), **CLOSE)


def test_what_the_cell_refuses(node: NodeSession) -> None:
    for change in (
        {"data": values([3])},
        {"data": values([2, 2])},
        {"data": values([3, 3])},
        {"data": values([1, 2, 3])},
        {"h": values([2])},
        {"h": values([3, 2])},
        {"h": values([2, 3])},
        {"h": values([1, 2, 2])},
        {"lstmKernel": values([8])},
        {"lstmKernel": values([4, 8])},
        {"lstmKernel": values([5, 6])},
        {"lstmKernel": values([5, 2])},
        {"lstmBias": values([7])},
        {"lstmBias": values([3, 8])},
        {"c": values([3, 2])},
        {"c": values([2, 3])},
        {"forgetBias": values([3])},
        {"forgetBias": values([3, 2])},
        {"data": STRINGS},
        {"data": np.ones([2, 3], np.complex64)},
        {"c": np.ones([2, 2], np.complex64)},
        {"lstmBias": np.ones([8], np.complex64)},
        {"forgetBias": np.array(1j, np.complex64)},
        {"forgetBias": "a"},
    ):
        arguments = cell() | change
        message = assert_both_refuse(node, "basicLSTMCell", *arguments.values())
        assert next(iter(change)) in message, message


@settings(derandomize=True, deadline=None, max_examples=80)
@given(data=st.data())
def test_any_shapes(node: NodeSession, data: Any) -> None:
    arguments = cell(*(data.draw(st.integers(1, 2)) for _ in range(3)))
    name = data.draw(st.sampled_from(NAMES))
    shape = data.draw(st.lists(st.integers(0, 3) | st.sampled_from([4, 8]), max_size=3))
    if name == "lstmKernel" and shape and shape[-1] % 4:
        return  # tf.js makes gates of a fraction of a column, and refuses most of them
    arguments[name] = values(shape, seed=6)
    assert_same_outcome(node, "basicLSTMCell", *arguments.values())


def test_gradients(node: NodeSession) -> None:
    for forget in (np.float32(0.7), values([2, 2])):
        arguments = list((cell() | {"forgetBias": forget}).values())
        for which in (0, 1):
            theirs = node.evaluate(
                """
                return tf.grads((...given) => tf.basicLSTMCell(...given)[args.which].square())(
                    args.given);
                """,
                given=arguments,
                which=which,
            )
            ours = tf.grads(lambda *given, i=which: tf.basicLSTMCell(*given)[i].square())
            if which == 0:  # the output gate has no part in the state
                assert ours(arguments)[2].numpy()[-2:].tolist() == [0, 0]
            for mine, other in zip(ours(arguments), theirs, strict=True):
                np.testing.assert_allclose(mine.numpy(), other, 1e-4, 1e-5)


def test_within_a_function_of_unknown_sizes(node: NodeSession) -> None:
    arguments = cell(batch=3)
    raw = [tensorflow.constant(part) for part in arguments.values()]
    theirs = in_tfjs(node, "basicLSTMCell", *arguments.values())
    batches = [[None, *part.shape[1:]] if len(part.shape) == 2 else part.shape for part in raw]
    unknown = [[None] * len(part.shape) for part in raw]
    for shapes in (batches, unknown):

        @tensorflow.function(input_signature=[tensorflow.TensorSpec(shape) for shape in shapes])
        def traced(*given: Any) -> Any:
            return [y.tensor for y in tf.basicLSTMCell(*(tf.tensor(part) for part in given))]

        for mine, other in zip(traced(*raw), theirs, strict=True):
            np.testing.assert_allclose(mine.numpy(), other["values"], **CLOSE)


# multiRNNCell.

STACK = """
    const cells = args.cells.map(([forget, kernel, bias]) =>
        (data, c, h) => tf.basicLSTMCell(forget, kernel, bias, data, c, h));
    const before = tf.memory().numTensors;
    const [c, h] = tf.multiRNNCell(cells, args.data, args.c, args.h);
    const made = tf.memory().numTensors - before;
    const described = t => ({dtype: t.dtype, shape: t.shape, values: t});
    return [c.map(described), h.map(described), made];
"""


def stack(*sizes: int, batch: int = 2) -> dict[str, Any]:
    """Cells of these sizes, the first of which is that of the input."""
    cells = [cell(batch, *pair) for pair in itertools.pairwise(sizes)]
    return {
        "cells": [[part[name] for name in NAMES[:3]] for part in cells],
        "data": cells[0]["data"],
        "c": [part["c"] for part in cells],
        "h": [part["h"] for part in cells],
    }


def here(given: dict[str, Any]) -> list[list[tf.Tensor]]:
    parts = [[tf.tensor(part) for part in one] for one in given["cells"]]
    cells = [
        lambda data, c, h, part=part: tf.basicLSTMCell(*part, data, c, h)  # type: ignore[misc]
        for part in parts
    ]
    return tf.multiRNNCell(cells, given["data"], given["c"], given["h"])


def test_stacks(node: NodeSession) -> None:
    for sizes in ((3, 2), (3, 2, 4), (1, 2, 2, 1)):
        given = stack(*sizes)
        theirs = node.evaluate(STACK, **given)
        tensors = given | {k: [tf.tensor(part) for part in given[k]] for k in ("c", "h")}
        tensors["data"] = tf.tensor(given["data"])
        assert_same(here(tensors), theirs[:2], **CLOSE)
        parts = tf.memory()["numTensors"]
        ours = here(tensors)
        # `here` makes Tensors of the weights too.
        made = tf.memory()["numTensors"] - parts - 3 * len(given["cells"])
        assert made == theirs[2] == sum(map(len, ours))


def test_cells_of_another_kind(node: NodeSession) -> None:
    script = """
        const plus = (data, c, h) => [c.add(data), h.mul(data)];
        const described = t => ({dtype: t.dtype, shape: t.shape, values: t});
        return tf.multiRNNCell([plus, plus], args.data, args.c, args.h).map(
            part => part.map(described));
    """
    given = {"data": [1, 2], "c": [[1, 2], [3, 4]], "h": [[5, 6], [7, 8]]}

    def plus(data: tf.Tensor, c: tf.Tensor, h: tf.Tensor) -> list[tf.Tensor]:
        return [c.add(data), h.mul(data)]

    assert_same(tf.multiRNNCell([plus, plus], *given.values()), node.evaluate(script, **given))
    more = {key: [*part, [0, 0]] if key != "data" else part for key, part in given.items()}
    assert_same(tf.multiRNNCell([plus, plus], *more.values()), node.evaluate(script, **more))
    less = {key: part[:1] if key != "data" else part for key, part in given.items()}
    with pytest.raises(TfjsError):
        node.evaluate(script, **less)
    with pytest.raises(ValueError, match="2 cells need as many c and h, but got 1 and 1"):
        tf.multiRNNCell([plus, plus], *less.values())


def test_what_the_stack_refuses(node: NodeSession) -> None:
    for arguments in ([[], "a", [], []], [[], STRINGS, [], []], [[], 1, 1, []], [[], 1, [], 1]):
        assert "multiRNNCell" in assert_both_refuse(node, "multiRNNCell", *arguments)
    assert "c[0]" in assert_both_refuse(node, "multiRNNCell", [], 1, [STRINGS], [])
    assert "h[1]" in assert_both_refuse(node, "multiRNNCell", [], 1, [], [values([1]), STRINGS])
    assert_same_call(node, "multiRNNCell", [], 1, [], [])


def test_gradients_of_a_stack(node: NodeSession) -> None:
    given = stack(3, 2, 4)
    theirs = node.evaluate(
        """
        const cells = args.cells.map(([forget, kernel, bias]) =>
            (data, c, h) => tf.basicLSTMCell(forget, kernel, bias, data, c, h));
        return tf.grad(x => tf.multiRNNCell(cells, x, args.c, args.h)[1][1].square())(args.data);
        """,
        **given,
    )
    ours = tf.grad(lambda x: here(given | {"data": x})[1][1].square())(given["data"])
    np.testing.assert_allclose(ours.numpy(), theirs, 1e-4, 1e-6)
