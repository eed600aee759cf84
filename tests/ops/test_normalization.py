"""softmax, moments, batch and local response normalization, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.ops.elementwise_cases import COMPLEX, INFINITY, NAN, STRINGS, within_a_function
from tests.ops.gradient_parity import assert_same_gradients, values
from tests.ops.parity import (
    DEFAULT,
    assert_both_refuse,
    assert_same_call,
    assert_same_outcome,
    in_tfjs,
)
from tests.ops.shape_cases import DTYPES, SHAPES
from tfjsbridge.verify import NodeSession, TfjsError

CLOSE = {"rtol": 1e-5, "atol": 1e-6}
EMPTY = [[0], [2, 0], [0, 3], [2, 0, 3]]
HARD = np.array(
    [
        [1, NAN, 2],
        [INFINITY, 1, 2],
        [-INFINITY, 1, 2],
        [-INFINITY, -INFINITY, -INFINITY],
        [1e30, -1e30, 1e30],
        [88, 89, 90],
        [-200, -90, 0],
        [0, -0.0, 1e-30],
    ],
    np.float32,
)


# softmax and logSoftmax.


@pytest.mark.parametrize("name", ["softmax", "logSoftmax"])
def test_softmax_of_all_ranks(node: NodeSession, name: str) -> None:
    for shape in [*SHAPES, *EMPTY, [1], [40]]:
        x = values(shape) * 5
        assert_same_call(node, name, x, **CLOSE)
        assert_same_call(node, name, x, -1, **CLOSE)
        assert_same_call(node, name, x, len(shape) - 1, **CLOSE)
        assert_same_call(node, name, x, method=True, **CLOSE)
        assert_same_call(node, name, x, len(shape) - 1, method=True, **CLOSE)


@pytest.mark.parametrize("name", ["softmax", "logSoftmax"])
def test_softmax_of_hard_values_and_lists(node: NodeSession, name: str) -> None:
    assert_same_call(node, name, HARD, **CLOSE)
    assert_same_call(node, name, [[1, 2], [3, 5]], **CLOSE)
    assert_same_call(node, name, [True, False], **CLOSE)


def test_log_softmax_of_integers_and_booleans(node: NodeSession) -> None:
    for dtype in ("int32", "bool"):
        for shape in [*SHAPES, *EMPTY]:
            assert_same_call(node, "logSoftmax", values(shape, dtype), **CLOSE)
    assert_same_call(node, "logSoftmax", np.array([-(2**31), 0, 5], np.int32), **CLOSE)


@pytest.mark.parametrize("name", ["softmax", "logSoftmax"])
def test_softmax_refuses(node: NodeSession, name: str) -> None:
    x = values([2, 3])
    for axis in (0, -2, 2, 0.5):
        message = assert_both_refuse(node, name, x, axis)
        assert "rank 2" in message
        assert str(axis) in message
    for bad in (np.float32(1), 2, STRINGS, COMPLEX, "a"):
        assert name in assert_both_refuse(node, name, bad)
    for dtype in ("int32", "bool") if name == "softmax" else ():
        assert dtype in assert_both_refuse(node, name, values([3], dtype))


@pytest.mark.parametrize("name", ["softmax", "logSoftmax"])
def test_gradients_of_softmax(node: NodeSession, name: str) -> None:
    for shape in ([3], [2, 3], [2, 1, 3]):
        assert_same_gradients(node, name, [values(shape)])
    assert_same_gradients(node, name, [HARD[4:]])


@pytest.mark.parametrize("name", ["softmax", "logSoftmax"])
def test_second_gradients_of_softmax(node: NodeSession, name: str) -> None:
    x = values([2, 3])
    script = "return tf.grad(tf.grad(x => tf[args.name](x).square()))(args.x)"
    theirs = node.evaluate(script, name=name, x=x)
    ours = tf.grad(tf.grad(lambda x: getattr(tf, name)(x).square()))(tf.tensor(x)).numpy()
    np.testing.assert_allclose(ours, theirs, 1e-4, 1e-5)


# moments.


@pytest.mark.parametrize("dtype", DTYPES)
def test_moments(node: NodeSession, dtype: str) -> None:
    for shape in [[], *SHAPES, *EMPTY]:
        x = values(shape, dtype)
        rank = len(shape)
        assert_same_call(node, "moments", x, **CLOSE)
        for axis in [*range(-rank, rank), None, [], list(range(rank)), [0, -1][: max(rank, 1) - 1]]:
            assert_same_call(node, "moments", x, axis, **CLOSE)
            assert_same_call(node, "moments", x, axis, True, **CLOSE)


def test_moments_of_hard_values_lists_and_complex_numbers(node: NodeSession) -> None:
    for axis in (0, 1, None):
        with np.errstate(over="ignore"):
            assert_same_call(node, "moments", HARD, axis, **CLOSE)
    assert_same_call(node, "moments", [[1, 2], [3, 5]], 1, **CLOSE)
    assert_same_call(node, "moments", [True, False], **CLOSE)
    assert_same_call(node, "moments", COMPLEX, **CLOSE)
    assert_same_call(node, "moments", np.float32([1e4, 1e4 + 1, 1e4 + 2]), **CLOSE)


def test_moments_refuse(node: NodeSession) -> None:
    for x, axis in ((values([2]), 1), (values([2]), -2), (values([2]), 0.5), (STRINGS, 0)):
        assert "moments" in assert_both_refuse(node, "moments", x, axis)
    with pytest.raises(ValueError, match="names an axis twice"):
        tf.moments(values([2, 3]), [0, 0])


def test_gradients_of_moments(node: NodeSession) -> None:
    script = """
        return tf.grad(x => {
            const {mean, variance} = tf.moments(x, args.axis, args.keep);
            return mean.mul(3).add(variance.square());
        })(args.x);
    """
    for axis, keep in ((0, False), (1, True), (None, False), ([0, 1], True)):

        def both(x: tf.Tensor, axis: Any = axis, keep: bool = keep) -> tf.Tensor:
            found = tf.moments(x, axis, keep)
            return found["mean"].mul(3).add(found["variance"].square())

        x = values([3, 4])
        theirs = node.evaluate(script, x=x, axis=axis, keep=keep)
        np.testing.assert_allclose(tf.grad(both)(tf.tensor(x)).numpy(), theirs, 1e-5, 1e-6)


# batchNorm.

#: Shapes of x, and of all the others.
FITTING = [
    ([], []),
    ([], [1]),
    ([3], [3]),
    ([3], [1]),
    ([3], []),
    ([2, 3], [3]),
    ([2, 3], [2, 3]),
    ([2, 3], [1, 3]),
    ([2, 3], [1, 1]),
    ([2, 1, 3], [3]),
    ([2, 2, 3], [2, 2, 3]),
    ([2, 2, 3], [1, 1, 3]),
    ([2, 2, 1, 3], [3]),
    ([2, 2, 1, 3], [2, 2, 1, 3]),
    ([2, 2, 1, 3], [1, 1, 1, 3]),
    ([2, 1, 2, 1, 3], [3]),
    ([1, 2, 1, 2, 1, 3], [3]),
    ([0], [3]),
    ([0, 3], [3]),
    ([2, 0], [0]),
    ([2, 0, 3], [3]),
]
#: tf.js: the values of the statistics come again and again, in whatever shape.
CYCLING = [
    ([6], [2]),
    ([6], [4]),
    ([2, 3], [2]),
    ([2, 3], [2, 1]),
    ([2, 3], [3, 1]),
    ([2, 3], [5]),
    ([2, 3], [7]),
    ([2, 2, 3], [2, 3]),
    ([], [3]),
    ([2, 3], [0]),
    ([0], [0]),
]


def statistics(shape: list[int], dtype: str = "float32") -> list[np.ndarray]:
    """mean, variance, offset, scale."""
    parts = [values(shape, dtype, seed) for seed in range(4)]
    parts[1] = parts[1] if dtype == "bool" else np.abs(parts[1])
    return parts


@pytest.mark.parametrize(("shape", "others"), FITTING + CYCLING)
def test_batch_norm(node: NodeSession, shape: list[int], others: list[int]) -> None:
    x = values(shape, seed=9)
    mean, variance, offset, scale = statistics(others)
    names = ["batchNorm"]
    if len(shape) in (2, 3, 4) and len(others) in (1, len(shape)):
        names.append(f"batchNorm{len(shape)}d")
    for name in names:
        assert_same_call(node, name, x, mean, variance, **CLOSE)
        assert_same_call(node, name, x, mean, variance, offset, **CLOSE)
        assert_same_call(node, name, x, mean, variance, None, scale, **CLOSE)
        for epsilon in (DEFAULT, None, 0, 0.1):
            assert_same_call(node, name, x, mean, variance, offset, scale, epsilon, **CLOSE)
    assert_same_call(node, "batchNorm", x, mean, variance, offset, scale, 0.1, method=True, **CLOSE)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("of_others", DTYPES)
def test_batch_norm_of_dtypes(node: NodeSession, dtype: str, of_others: str) -> None:
    for others in ([3], [2, 3]):
        x = values([2, 3], dtype, seed=9)
        parts = statistics(others, of_others)
        assert_same_call(node, "batchNorm", x, *statistics([0], of_others))
        assert_same_call(node, "batchNorm", x, *parts, **CLOSE)
        assert_same_call(node, "batchNorm2d", x, *parts[:2], None, parts[3], **CLOSE)


def test_batch_norm_of_integers_that_overflow(node: NodeSession) -> None:
    for dtype in ("int32", "bool"):
        x = np.array([0, 1, 1], dtype)
        for factor in (300, 1e5, 5e9, -1, NAN, INFINITY):
            assert_same_call(node, "batchNorm", x, [0.5], [1], [0], [factor], **CLOSE)


def test_batch_norm_of_hard_values(node: NodeSession) -> None:
    zeros = np.zeros(3, np.float32)
    for mean, variance in ((zeros, zeros), (HARD[1], HARD[0]), (HARD[2], HARD[1])):
        for scale in (None, zeros, HARD[1]):
            for epsilon in (0, DEFAULT):
                assert_same_call(
                    node, "batchNorm", HARD, mean, variance, None, scale, epsilon, **CLOSE
                )
    assert_same_call(node, "batchNorm", [-1.0, 2], [0.5], [-1.0], **CLOSE)


def test_batch_norm_of_lists(node: NodeSession) -> None:
    assert_same_call(node, "batchNorm2d", [[1, 2], [3, 4]], [1, 2], [3, 4], [1, 1], **CLOSE)
    assert_same_call(node, "batchNorm", [[True, False]], [1], [3], **CLOSE)


@settings(derandomize=True, deadline=None, max_examples=100)
@given(data=st.data())
def test_any_batch_norm(node: NodeSession, data: Any) -> None:
    shapes = st.lists(st.integers(0, 3), max_size=4)
    shape = data.draw(shapes)
    others = data.draw(st.sampled_from([shape, shape[-1:], [1] * len(shape)]) | shapes)
    parts = statistics(others)
    if data.draw(st.booleans()):
        parts[data.draw(st.integers(0, 3))] = values(data.draw(shapes))
    name = data.draw(st.sampled_from(["batchNorm", "batchNorm2d", "batchNorm3d", "batchNorm4d"]))
    assert_same_outcome(node, name, values(shape, seed=9), *parts)


def test_batch_norm_refuses(node: NodeSession) -> None:
    x, one, two = values([2, 3]), values([3]), values([2, 3])
    for arguments, said in (
        ((x, one, two), "[3] and [2, 3]"),
        ((x, one, one, two), "offset"),
        ((x, one, one, None, two), "scale"),
        ((COMPLEX, one, one), "complex64"),
        ((x, COMPLEX, one), "mean"),
        ((x, one, COMPLEX), "variance"),
        ((x, one, one, None, COMPLEX), "scale"),
        ((x, STRINGS, one), "mean"),
        ((STRINGS, one, one), "'x'"),
        ((x, None, one), "mean"),
        ((x, one, None), "variance"),
    ):
        assert said in assert_both_refuse(node, "batchNorm", *arguments)
    for rank in (2, 3, 4):
        x, part = values([2, 3, 1, 2][:rank]), values([2])
        name = f"batchNorm{rank}d"
        for arguments, said in (
            ((values([2]), part, part), "x must be rank"),
            ((values([1, 1, 1, 1, 2]), part, part), "x must be rank"),
            ((x, values([]), part), "mean must be rank"),
            ((x, part, values([])), "variance must be rank"),
            ((x, part, part, values([1] * 5)), "offset must be rank"),
            ((x, part, part, None, values([])), "scale must be rank"),
            ((x, part, values([1] * rank)), "equal ranks"),
        ):
            assert said in assert_both_refuse(node, name, *arguments)


@pytest.mark.parametrize(
    ("shape", "others"),
    [
        ([3], [3]),
        ([2, 3], [3]),
        ([2, 3], [2, 3]),
        ([2, 2, 3], [3]),
        ([2, 2, 3], [2, 2, 3]),
        ([2, 2, 1, 3], [3]),
        ([2, 2, 1, 3], [2, 2, 1, 3]),
    ],
)
def test_gradients_of_batch_norm(node: NodeSession, shape: list[int], others: list[int]) -> None:
    x, parts = values(shape, seed=9), statistics(others)
    for epsilon in (DEFAULT, 0.1):
        assert_same_gradients(node, "batchNorm", [x, *parts], epsilon)


def test_gradients_of_batch_norm_without_offset_or_scale(node: NodeSession) -> None:
    x, (mean, variance, _, _) = values([2, 3]), statistics([3])
    script = """
        const {offset, scale, values} = args;
        return tf.grads((...tensors) => tf.batchNorm(...tensors, offset, scale))(values);
    """
    zeros, ones = np.zeros(3, np.float32), np.ones(3, np.float32)
    given = {"values": [x, mean, variance]}
    theirs = node.evaluate(script, offset=zeros, scale=ones, **given)
    for offset, scale in ((None, None), (zeros, None), (None, ones)):
        with pytest.raises(TfjsError, match="undefined"):  # a bug of tf.js's
            node.evaluate(script, offset=offset, scale=scale, **given)

        def normalized(*tensors: tf.Tensor, rest: Any = (offset, scale)) -> tf.Tensor:
            return tf.batchNorm(*tensors, *rest)

        ours = tf.grads(normalized)(given["values"])
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine.numpy(), other, 1e-5, 1e-6)


# localResponseNormalization.

LRN = "localResponseNormalization"


@pytest.mark.parametrize("dtype", DTYPES)
def test_local_response_normalization(node: NodeSession, dtype: str) -> None:
    for shape in ([2, 3, 4], [1, 2, 2, 6], [2, 1, 2, 20], [1, 1, 1], [2, 1, 1, 1]):
        x = values(shape, dtype)
        assert_same_call(node, LRN, x, **CLOSE)
        assert_same_call(node, LRN, x, method=True, **CLOSE)
        for radius in (0, 1, 2, 3, 30, -1, -7):
            assert_same_call(node, LRN, x, radius, **CLOSE)
            assert_same_call(node, LRN, x, radius, 2, 0.5, 0.75, **CLOSE)
            assert_same_call(node, LRN, x, radius, 0.1, 3, 1, method=True, **CLOSE)
        for beta in (0, -1, 0.3, 2):
            assert_same_call(node, LRN, x, 2, 0.5, 0.1, beta, **CLOSE)


def test_empty_local_response_normalization(node: NodeSession) -> None:
    for shape in ([0, 2, 3], [2, 0, 3], [2, 3, 0], [0, 2, 2, 3], [1, 2, 2, 0]):
        for radius in (2, 0, -1):
            assert_same_call(node, LRN, values(shape), radius)


def test_local_response_normalization_of_hard_values(node: NodeSession) -> None:
    for row in HARD[np.abs(HARD).max(1, where=np.isfinite(HARD), initial=0) < 1e19]:
        x = np.concatenate([row, [1, 2, 3, 4]])[None, None].astype(np.float32)
        for beta in (0.5, 1, 0.75):
            assert_same_call(node, LRN, x, 1, 1, 1, beta, **CLOSE)
    x = values([1, 1, 4])
    for bias, alpha in ((-1, 0.1), (0, 0), (0, -1), (INFINITY, 1), (NAN, 1), (1, NAN)):
        for beta in (0.5, 1, 2):
            assert_same_call(node, LRN, x, 1, bias, alpha, beta, **CLOSE)
    assert_same_call(node, LRN, np.int32([[[50000, 3, 60000]]]), 1, 1, 1, -2)


def test_local_response_normalization_of_lists(node: NodeSession) -> None:
    assert_same_call(node, LRN, [[[1, 2, 3]]], 1, **CLOSE)
    assert_same_call(node, LRN, [[[1, 2, 3]]], 1.0, **CLOSE)


def test_local_response_normalization_refuses(node: NodeSession) -> None:
    for shape in ([], [3], [2, 3], [1, 1, 1, 2, 3]):
        assert f"rank {len(shape)}" in assert_both_refuse(node, LRN, values(shape))
    x = values([1, 1, 3])
    for radius in (0.5, NAN, INFINITY, "a"):
        assert "depthRadius must be an integer" in assert_both_refuse(node, LRN, x, radius)
    assert "complex64" in assert_both_refuse(node, LRN, np.ones([1, 1, 2], np.complex64))
    assert_both_refuse(node, LRN, np.array([[["a"]]]))


def test_gradients_of_local_response_normalization(node: NodeSession) -> None:
    for shape in ([2, 2, 4], [1, 2, 2, 5]):
        x = values(shape)
        assert_same_gradients(node, LRN, [x])
        for arguments in ((1,), (0, 0.5), (2, 2, 0.5, 0.75), (20, 1, 1, 1)):
            assert_same_gradients(node, LRN, [x], *arguments)


# All of them.


def test_within_a_function_of_unknown_sizes(node: NodeSession) -> None:
    x, image = values([3, 4]), values([2, 2, 5])
    mean, variance, offset, scale = statistics([4])
    for name, arguments, rest in (
        ("softmax", [x], ()),
        ("logSoftmax", [x], ()),
        ("logSoftmax", [values([3, 4], "int32")], ()),
        ("batchNorm", [x, mean, variance, offset, scale], ()),
        ("batchNorm2d", [x, mean, variance], ()),
        ("batchNorm3d", [image, *statistics([5])], ()),
        ("batchNorm4d", [values([2, 1, 2, 4]), *statistics([2, 1, 2, 4])], ()),
        (LRN, [image], (1,)),
        (LRN, [image], (-1,)),
        (LRN, [values([1, 2, 2, 5])], (2, 0.5, 2, 1)),
    ):

        def called(*tensors: tf.Tensor, name: str = name, rest: Any = rest) -> tf.Tensor:
            return getattr(tf, name)(*tensors, *rest)

        theirs = in_tfjs(node, name, *arguments, *rest)["values"]
        np.testing.assert_allclose(within_a_function(called, *arguments), theirs, **CLOSE)
    for key in ("mean", "variance"):
        theirs = in_tfjs(node, "moments", x, 1)[key]["values"]
        ours = within_a_function(lambda x, key=key: tf.moments(x, 1)[key], x)
        np.testing.assert_allclose(ours, theirs, **CLOSE)


def test_what_is_made_on_the_way_is_disposed_of(node: NodeSession) -> None:
    x, image, parts = values([2, 3]), values([2, 2, 3]), statistics([3])
    script = """
        const before = tf.memory().numTensors;
        tf[args.name](...args.values);
        return tf.memory().numTensors - before;
    """
    for name, arguments in (
        ("softmax", [x]),
        ("logSoftmax", [x]),
        ("moments", [x]),
        ("batchNorm", [x, *parts]),
        ("batchNorm3d", [image, *parts]),
        (LRN, [image]),
    ):
        tensors = [tf.tensor(value) for value in arguments]
        before = tf.memory()["numTensors"]
        getattr(tf, name)(*tensors)
        theirs = node.evaluate(script, name=name, values=arguments)
        assert tf.memory()["numTensors"] - before == theirs, name
