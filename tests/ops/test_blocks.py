"""Blocks of space to and from batch and depth, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow

import tfjsbridge as tf
from tests.ops.parity import assert_both_refuse, assert_same_call, assert_same_outcome
from tests.ops.shape_cases import DTYPES, array, assert_same_gradient
from tfjsbridge.verify import NodeSession

BATCHES: list[Any] = [
    ([4, 1, 1, 1], [2, 2], [[0, 0], [0, 0]]),
    ([4, 2, 3, 2], [2, 2], [[1, 0], [0, 2]]),
    ([6, 2], [3], [[2, 1]]),
    ([6, 2, 3], [2], [[0, 0]]),
    ([8, 1, 2, 1, 2], [2, 1, 4], [[0, 0], [1, 1], [1, 0]]),
    ([8, 1, 2, 1, 2, 1], [2, 1, 2, 1, 2], [[0, 0]] * 5),
    ([0, 2, 2], [2], [[0, 0]]),
    ([4, 0, 2], [2], [[0, 0]]),
    ([1, 2], [1], [[0, 0]]),
]
SPACES: list[Any] = [
    ([1, 2, 2, 1], [2, 2], [[0, 0], [0, 0]]),
    ([2, 3, 4, 2], [2, 3], [[1, 0], [0, 2]]),
    ([2, 3], [3], [[0, 0]]),
    ([2, 3, 2], [2], [[0, 1]]),
    ([1, 2, 2, 2, 2, 1], [2, 1, 2, 1], [[0, 0]] * 4),
    ([1, 2, 1, 2, 1, 2], [2, 1, 2, 1, 2], [[0, 0]] * 5),
    ([1, 0, 2], [2], [[0, 0]]),
    ([2, 3], [], []),
]


@pytest.mark.parametrize("dtype", DTYPES)
def test_batchToSpaceND(node: NodeSession, dtype: str) -> None:
    for shape, block, crops in BATCHES:
        assert_same_call(node, "batchToSpaceND", array(shape, dtype), block, crops)
    assert_same_call(node, "batchToSpaceND", array([4, 2], dtype), [2], [[1, 0]], method=True)


@pytest.mark.parametrize("dtype", DTYPES)
def test_spaceToBatchND(node: NodeSession, dtype: str) -> None:
    for shape, block, paddings in SPACES:
        assert_same_call(node, "spaceToBatchND", array(shape, dtype), block, paddings)
    assert_same_call(node, "spaceToBatchND", array([1, 3], dtype), [2], [[1, 0]], method=True)


@pytest.mark.parametrize(
    ("name", "shape", "block", "sides"),
    [
        ("batchToSpaceND", [3, 1], [2], [[0, 0]]),
        ("batchToSpaceND", [4], [2], [[0, 0]]),
        ("batchToSpaceND", [4, 1, 1], [2, 2], [[0, 0]]),
        ("batchToSpaceND", [4, 1], [], []),
        ("batchToSpaceND", [4, 1], [0], [[0, 0]]),
        ("batchToSpaceND", [4, 1], [-2], [[0, 0]]),
        ("spaceToBatchND", [1, 3], [2], [[0, 0]]),
        ("spaceToBatchND", [4], [2], [[0, 0]]),
        ("spaceToBatchND", [1, 2, 2], [2, 2], [[0, 0]]),
        ("spaceToBatchND", [1, 2], [0], [[0, 0]]),
    ],
)
def test_refusals(
    node: NodeSession, name: str, shape: list[int], block: list[int], sides: Any
) -> None:
    assert name in assert_both_refuse(node, name, array(shape), block, sides)


def test_what_is_cut_off_must_be_there() -> None:
    # tf.js gives a Tensor of a shape that nobody asked for.
    for crops in ([[3, 0]], [[1, 2]], [[-1, 0]]):
        with pytest.raises(ValueError, match="crops"):
            tf.batchToSpaceND(array([2, 1]), [2], crops)
    with pytest.raises(ValueError, match="negative"):
        tf.spaceToBatchND(array([1, 4]), [2], [[-1, -1]])


def test_depthToSpace(node: NodeSession) -> None:
    for shape, size in [
        ([1, 1, 1, 4], 2), ([2, 2, 3, 8], 2), ([1, 2, 1, 9], 3), ([0, 2, 1, 4], 2),
        ([1, 0, 1, 4], 2), ([1, 1, 1, 0], 2),
    ]:  # fmt: skip
        assert_same_call(node, "depthToSpace", array(shape), size)
        assert_same_call(node, "depthToSpace", array(shape), size, "NHWC")
        assert_same_call(node, "depthToSpace", array(shape), size, method=True)
    assert_same_call(node, "depthToSpace", [[[[1, 2, 3, 4]]]], 2)
    for values, size, format in [
        (array([1, 1, 1, 4]), 1, "NHWC"), (array([1, 1, 1, 4]), 3, "NHWC"),
        (array([1, 4, 1, 1]), 2, "NCHW"), (array([1, 1, 4]), 2, "NHWC"),
        (array([1, 1, 1, 4], "int32"), 2, "NHWC"),
    ]:  # fmt: skip
        assert "depthToSpace" in assert_both_refuse(node, "depthToSpace", values, size, format)


def test_one_undoes_the_other(node: NodeSession) -> None:
    x = array([2, 4, 6, 3])
    blocks = tf.spaceToBatchND(x, [2, 3], [[0, 0], [0, 0]])
    np.testing.assert_array_equal(tf.batchToSpaceND(blocks, [2, 3], [[0, 0], [0, 0]]).numpy(), x)
    assert_same_outcome(node, "spaceToBatchND", x, [2, 3], [[0, 0], [0, 0]])


def test_gradients(node: NodeSession) -> None:
    assert_same_gradient(
        node,
        "x.batchToSpaceND([2, 2], [[1, 0], [0, 1]])",
        lambda x: tf.batchToSpaceND(x, [2, 2], [[1, 0], [0, 1]]),
        array([4, 2, 2, 1]),
    )
    assert_same_gradient(
        node,
        "x.spaceToBatchND([2, 2], [[1, 0], [0, 0]])",
        lambda x: tf.spaceToBatchND(x, [2, 2], [[1, 0], [0, 0]]),
        array([1, 3, 2, 2]),
    )


def test_unknown_sizes_within_a_tensorflow_function() -> None:
    x = array([4, 2, 2, 3])

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, None, 2, 3], "float32")])
    def there(raw: Any) -> Any:
        return tf.batchToSpaceND(tf.tensor(raw), [2, 2], [[1, 0], [0, 0]]).tensor

    @tensorflow.function(input_signature=[tensorflow.TensorSpec([None, None, 2, 3], "float32")])
    def back(raw: Any) -> Any:
        return tf.spaceToBatchND(tf.tensor(raw), [2, 2], [[0, 0], [0, 0]]).tensor

    ours = tf.batchToSpaceND(x, [2, 2], [[1, 0], [0, 0]])
    np.testing.assert_array_equal(there(x), ours.numpy())
    np.testing.assert_array_equal(back(x), tf.spaceToBatchND(x, [2, 2], [[0, 0]] * 2).numpy())
