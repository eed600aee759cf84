"""tf.losses, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import tfjsbridge as tf
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.tfjs.differences import FAULTS
from tfjsbridge.runtime import tensorflow
from tfjsbridge.verify import NodeSession, TfjsError

R = tf.Reduction
Shape = list[int]

#: The losses of labels and predictions, with what may stand between these and the reduction.
LOSSES: dict[str, list[Any]] = {
    "losses.absoluteDifference": [],
    "losses.hingeLoss": [],
    "losses.huberLoss": [1.0],
    "losses.logLoss": [1e-7],
    "losses.meanSquaredError": [],
    "losses.sigmoidCrossEntropy": [0.1],
    "losses.softmaxCrossEntropy": [0.1],
}
BROKEN_BOOL = [
    "losses.absoluteDifference",
    "losses.huberLoss",
    "losses.sigmoidCrossEntropy",
    "losses.softmaxCrossEntropy",
]


def values(shape: Shape, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.05, 0.95, shape).astype(np.float32)


def labels(shape: Shape, dtype: str = "float32") -> np.ndarray:
    return np.random.default_rng(9).integers(0, 2, shape).astype(dtype)


@pytest.mark.parametrize("name", LOSSES)
def test_of_every_rank_and_reduction(node: NodeSession, name: str) -> None:
    for shape in ([3], [2, 3], [2, 3, 2], [1, 2, 1, 3], [2, 1, 2, 1, 2], [1, 2, 1, 2, 1, 2]):
        x, y = labels(shape), values(shape)
        assert_same_call(node, name, x, y, rtol=1e-5, atol=1e-7)
        # The softmax takes the last axis away, and wants weights without it.
        weight_shapes = [[], shape[:-1] if "softmax" in name else shape]
        for weight_shape in weight_shapes:
            weights = values(weight_shape, 2)
            between = LOSSES[name] if len(shape) > 1 else [0.0] * len(LOSSES[name])
            for reduction in R:
                assert_same_call(
                    node, name, x, y, weights, *between, int(reduction), rtol=1e-5, atol=1e-7
                )
                assert_same_call(
                    node, name, x, y, None, *between, int(reduction), rtol=1e-5, atol=1e-7
                )


@pytest.mark.parametrize("name", [name for name in LOSSES if "softmax" not in name])
def test_of_scalars(node: NodeSession, name: str) -> None:
    for reduction in range(4):
        rest = [None, *LOSSES[name], reduction]
        assert_same_call(node, name, np.float32(1), np.float32(0.25), *rest, rtol=1e-5)


@pytest.mark.parametrize("name", LOSSES)
def test_of_nothing(node: NodeSession, name: str) -> None:
    for shape in ([0, 3], [2, 0]):
        for reduction in range(4):
            x = np.zeros(shape, np.float32)
            assert_same_call(node, name, x, x, None, *LOSSES[name], reduction)


@pytest.mark.parametrize("name", LOSSES)
def test_dtypes(node: NodeSession, name: str) -> None:
    dtypes = ["float32", "int32", "bool"]
    for first in dtypes:
        for second in dtypes:
            if name in BROKEN_BOOL and second == "bool" and (first == "bool" or "Cross" in name):
                continue
            x, y = labels([2, 3], first), np.array([[1, 0, 1], [1, 1, 0]]).astype(second)
            for reduction in (0, 3):
                rest = [None, *LOSSES[name], reduction]
                assert_same_call(node, name, x, y, *rest, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", BROKEN_BOOL)
def test_bool_is_broken_in_tfjs_and_numbers_here(node: NodeSession, name: str) -> None:
    assert "losses of bool" in FAULTS
    x, y = np.array([[1, 0, 1], [0, 0, 1]]), np.array([[1, 1, 0], [1, 0, 0]])
    theirs = in_tfjs(node, name, x.astype(bool), y.astype(bool))["values"]
    right = in_tfjs(node, name, x.astype(np.float32), y.astype(np.float32))
    assert not np.allclose(theirs, right["values"], rtol=1e-3)
    assert_same(tf_call(name, x.astype(bool), y.astype(bool)), right, rtol=1e-5)


def tf_call(name: str, *arguments: Any) -> Any:
    return getattr(tf.losses, name.removeprefix("losses."))(*arguments)


@pytest.mark.parametrize("name", LOSSES)
def test_extreme_values(node: NodeSession, name: str) -> None:
    extreme = [0, 1, -1, 1e-30, 88, -88, 105, -105, 1e4, -1e4, 1e30, -1e30, 3e38, -3e38]
    for special in ([], [np.nan], [np.inf], [-np.inf]):
        y = np.array([extreme + special, (extreme + special)[::-1]], np.float32)
        for x in (np.zeros_like(y), np.ones_like(y), labels(list(y.shape))):
            rest = [None, *LOSSES[name], 0]
            assert_same_call(node, name, x, y, *rest, rtol=1e-5)


def test_cross_entropies_of_large_logits_are_right() -> None:
    large = np.array([[1000, 0, -1000]], np.float32)
    assert tf.losses.softmaxCrossEntropy([[0, 0, 1]], large).arraySync() == 2000
    assert tf.losses.softmaxCrossEntropy([[1, 0, 0]], large).arraySync() == 0
    losses = tf.losses.sigmoidCrossEntropy([[0, 0, 0]], large, None, 0, R.NONE)
    np.testing.assert_allclose(losses.numpy(), [[1000, np.log(2), 0]], rtol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_bad_arguments(node: NodeSession, name: str) -> None:
    x = values([2, 3])
    short = name.removeprefix("losses.")
    for shape in ([3], [2, 2], [3, 2], [1, 2, 3]):
        message = assert_both_refuse(node, name, x, values(shape))
        assert message == f"Error in {short}: Shapes [2, 3] and {shape} must match"
    message = assert_both_refuse(node, name, x, x, values([5]))
    assert "could not be broadcast together with shapes" in message
    assert "[5]" in message
    assert "Unknown reduction: 4" in assert_both_refuse(node, name, x, x, None, *LOSSES[name], 4)
    for arguments in ((["a"], x), (x, ["a"]), (x, x, ["a"])):
        message = assert_both_refuse(node, name, *arguments)
        assert f"passed to '{short}' must be numeric tensor, but got string tensor" in message
    message = assert_both_refuse(node, name, None, x)
    assert f"passed to '{short}' must be a Tensor or TensorLike" in message


def test_the_softmax_wants_an_axis(node: NodeSession) -> None:
    message = assert_both_refuse(node, "losses.softmaxCrossEntropy", 1.0, 2.0)
    assert "at least rank 1, but they have rank 0" in message
    # tf.js: smoothing takes the size of axis 1
    arguments = ([1.0, 0.0], [0.5, 0.5], None, 0.1)
    message = assert_both_refuse(node, "losses.softmaxCrossEntropy", *arguments)
    assert "at least rank 2, but they have rank 1" in message
    assert_same_call(node, "losses.softmaxCrossEntropy", *arguments[:2], rtol=1e-6)


def test_compute_weighted_loss(node: NodeSession) -> None:
    name = "losses.computeWeightedLoss"
    for losses, weights in (
        ([2, 3], None),
        ([2, 3], [2, 3]),
        ([2, 3], [3]),
        ([2, 3], [2, 1]),
        ([2, 3], []),
        ([3], [2, 3]),
        ([], [2]),
        ([], None),
        ([0, 2], None),
        ([1], [0]),
        ([2, 1, 2, 1, 2, 1], [1, 2]),
    ):
        given = None if weights is None else values(weights, 3)
        assert_same_call(node, name, values(losses), given, rtol=1e-5)
        for reduction in range(4):
            assert_same_call(node, name, values(losses), given, reduction, rtol=1e-5)
    assert_same_call(node, name, [1, 2, 3], [0, 1, 0])
    assert_same_call(node, name, [1, 2, 3], [0, 0, 0])
    assert_same_call(node, name, [1, 2, 3], DEFAULT)


@pytest.mark.parametrize("reduction", list(R))
def test_compute_weighted_loss_of_dtypes(node: NodeSession, reduction: int) -> None:
    name = "losses.computeWeightedLoss"
    for first in ("float32", "int32", "bool"):
        x = np.array([[7, 0], [1, 1]]).astype(first)
        assert_same_call(node, name, x, None, int(reduction), rtol=1e-6)
        for second in ("float32", "int32", "bool"):
            for weights in ([[2, 1], [0, 1]], [0, 1], 2, 0):
                w = np.array(weights).astype(second)
                assert_same_call(node, name, x, w, int(reduction), rtol=1e-6)
    x = np.array([1 + 2j, 3 - 1j], np.complex64)
    assert_same_outcome(node, name, x, None, int(reduction))


def test_refused_weighted_losses(node: NodeSession) -> None:
    name = "losses.computeWeightedLoss"
    message = assert_both_refuse(node, name, [1, 2], [1, 2, 3])
    start = "Error in computeWeightedLoss: "
    assert message == f"{start}Operands could not be broadcast together with shapes [2] and [3]."
    for reduction in (-1, 4, 0.5, None):
        message = assert_both_refuse(node, name, [1, 2], None, reduction)
        assert message == f"{start}Unknown reduction: {reduction}. Use one of tf.Reduction."
    assert "must be numeric" in assert_both_refuse(node, name, ["a"])


def test_complex_labels_have_no_order(node: NodeSession) -> None:
    assert "huberLoss of complex64" in FAULTS
    x, y = np.array([1 + 2j, 3 - 1j], np.complex64), np.array([1, 2], np.float32)
    for name in ("hingeLoss", "logLoss", "sigmoidCrossEntropy", "softmaxCrossEntropy"):
        message = assert_both_refuse(node, f"losses.{name}", x, y)
        assert f"passed to '{name}' must not be a complex64 tensor" in message
    in_tfjs(node, "losses.huberLoss", x, y)
    with pytest.raises(ValueError, match="'labels' passed to 'huberLoss' must not be a complex64"):
        tf.losses.huberLoss(tf.tensor(x), y)


def test_reduction(node: NodeSession) -> None:
    theirs = node.evaluate("return tf.Reduction")
    assert {each.name: each.value for each in R} == {n: theirs[n] for n in R.__members__}
    assert R(0).name == theirs["0"]
    assert len(theirs) == 2 * len(R)


def test_cosine_distance(node: NodeSession) -> None:
    name = "losses.cosineDistance"
    for shape in ([3], [2, 3], [2, 3, 2], [1, 2, 1, 2, 1, 3], [0, 2]):
        x, y = values(shape), values(shape, 1)
        for axis in range(-len(shape), len(shape)):
            assert_same_call(node, name, x, y, axis, rtol=1e-5)
            for reduction in range(4):
                assert_same_call(node, name, x, y, axis, None, reduction, rtol=1e-5)
    x, y = values([2, 3]), values([2, 3], 1)
    assert_same_call(node, name, x, y, 1, values([2, 1], 2), rtol=1e-5)
    assert_same_call(node, name, x, y, [0, 1], rtol=1e-5)
    for dtype in ("int32", "bool"):
        whole = labels([2, 3], dtype)
        assert_same_call(node, name, whole, whole, 1, None, 0)
    for axis in (2, -3, 0.5):
        assert "axis" in assert_both_refuse(node, name, x, y, axis)
    message = assert_both_refuse(node, name, x, y[:1], 0)
    assert message == "Error in cosineDistance: Shapes [2, 3] and [1, 3] must match"


NUMBERS = arrays.arrays(
    np.float32,
    arrays.array_shapes(min_dims=2, max_dims=4, max_side=3),
    elements=st.floats(0, 1, width=32),
)


@pytest.mark.parametrize("name", LOSSES)
def test_generated(node: NodeSession, name: str) -> None:
    @settings(derandomize=True, deadline=None, max_examples=25)
    @given(NUMBERS, st.sampled_from(list(R)), st.sampled_from(["none", "one", "each", "rows"]))
    def run(x: np.ndarray, reduction: int, kind: str) -> None:
        shape = list(x.shape)
        shapes = {"none": None, "one": [], "each": shape, "rows": shape[:-1]}
        weights = None if shapes[kind] is None else values(shapes[kind] or [], 4)
        y = values(shape)
        assert_same_outcome(node, name, x, y, weights, *LOSSES[name], int(reduction))

    run()


GRADIENTS = """
    const loss = args.name.split('.').reduce((object, part) => object[part], tf);
    return tf.grads((x, y) => loss(x, y, ...args.rest))([args.x, args.y]);
"""


@pytest.mark.parametrize("name", [*LOSSES, "losses.cosineDistance"])
def test_gradients(node: NodeSession, name: str) -> None:
    function = getattr(tf.losses, name.removeprefix("losses."))
    x = np.array([[0, 1, 0.25], [1, 0, 0.5]], np.float32)
    for y in (values([2, 3]), x.copy(), x + np.float32(2), -x):
        if name == "losses.logLoss":
            y = np.clip(y, 0.01, 0.99)
        for reduction in (1, 2, 3):
            between = [1] if "cosine" in name else []
            rest = [*between, None, *LOSSES.get(name, []), reduction]
            theirs = node.evaluate(GRADIENTS, name=name, x=x, y=y, rest=rest)
            ours = tf.grads(lambda a, b, rest=rest: function(a, b, *rest))(
                [tf.tensor(x), tf.tensor(y)]
            )
            for mine, other in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(mine.numpy(), other, rtol=1e-5, atol=1e-6)


def test_gradients_of_weighted_losses(node: NodeSession) -> None:
    body = """
        const f = (x, w) => tf.losses.computeWeightedLoss(x, w, args.reduction);
        return tf.grads(f)([args.x, args.w]);
    """
    for weight_shape in ([2, 3], [3], [2, 1], []):
        x, w = values([2, 3]), values(weight_shape, 1)
        for reduction in (0, 1, 2, 3):

            def f(x: Any, w: Any, reduction: int = reduction) -> Any:
                return tf.losses.computeWeightedLoss(x, w, reduction)

            ours = tf.grads(f)([tf.tensor(x), tf.tensor(w)])
            if reduction == R.SUM_BY_NONZERO_WEIGHTS:
                assert "second derivatives of losses" in FAULTS
                with pytest.raises(TfjsError, match="gradient function not found for NotEqual"):
                    node.evaluate(body, x=x, w=w, reduction=reduction)
                theirs = [g / x.size for g in node.evaluate(body, x=x, w=w, reduction=2)]
            else:
                theirs = node.evaluate(body, x=x, w=w, reduction=reduction)
            for mine, other in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(mine.numpy(), other, rtol=1e-5, atol=1e-6)


def test_second_derivatives_are_those_of_differences_and_tfjs_has_not_all(
    node: NodeSession,
) -> None:
    assert "second derivatives of losses" in FAULTS
    y = np.array([[0.1, 0.2, 0.7]], np.float32)
    body = """
        const loss = args.name.split('.').reduce((object, part) => object[part], tf);
        return tf.grad(tf.grad(x => loss([[0, 1, 0]], x).square()))(args.y);
    """
    lacking = []
    for name in LOSSES:
        function = getattr(tf.losses, name.removeprefix("losses."))

        def squared(x: Any, function: Any = function) -> Any:
            loss = function([[0, 1, 0]], x)
            return tf.mul(loss, loss)

        slope = tf.grad(squared)
        ours = tf.grad(slope)(tf.tensor(y)).numpy()
        step = np.float32(1e-2)
        expected = sum(
            (slope(tf.tensor(y + step * unit)).numpy() - slope(tf.tensor(y - step * unit)).numpy())
            for unit in np.eye(3, dtype=np.float32)[:, None]
        ) / (2 * step)
        np.testing.assert_allclose(ours, expected, rtol=2e-2, atol=2e-3)
        try:
            theirs = node.evaluate(body, name=name, y=y)
        except TfjsError:
            lacking.append(name)
        else:
            if not np.allclose(ours, theirs, rtol=1e-4):
                lacking.append(name)
    assert lacking == [
        "losses.huberLoss",
        "losses.sigmoidCrossEntropy",
        "losses.softmaxCrossEntropy",
    ]


def test_within_a_tensorflow_function_of_unknown_size() -> None:
    rows = tensorflow.TensorSpec([None, 3], tensorflow.float32)
    x, y = labels([2, 3]), values([2, 3])
    for name in LOSSES:
        function = getattr(tf.losses, name.removeprefix("losses."))
        for reduction in R:

            @tensorflow.function(input_signature=[rows, rows])
            def graph(x: Any, y: Any, function: Any = function, reduction: int = reduction) -> Any:
                return function(x, y, 2.0, reduction=reduction).tensor

            expected = function(x, y, 2.0, reduction=reduction).numpy()
            np.testing.assert_allclose(graph(x, y).numpy(), expected, rtol=1e-6)


def test_intermediate_tensors_are_disposed_of(node: NodeSession) -> None:
    body = """
        tf.engine().state.numBytes ||= 0;  // NaN, after strings
        const before = tf.memory();
        const x = tf.tensor([1, 2]);
        tf.losses.meanSquaredError(x, x, [1, 2]);
        const after = tf.memory();
        return [after.numTensors - before.numTensors, after.numBytes - before.numBytes];
    """
    before = tf.memory()
    x = tf.tensor([1, 2])
    tf.losses.meanSquaredError(x, x, [1, 2])
    after = tf.memory()
    ours = [after[key] - before[key] for key in ("numTensors", "numBytes")]
    assert ours == node.evaluate(body)
