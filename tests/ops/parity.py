"""The same call in tf.js and here: values, shape, dtype, or an error in both."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession, TfjsError

# tf.js checks lists for unequal lengths only with this flag, and makes a broken tensor without it.
OPERATION = """
    tf.env().set('TENSORLIKE_CHECK_SHAPE_CONSISTENCY', true);
    const t = args.method === null ? tf[args.name](...args.values) :
        args.values[0][args.name](...args.values.slice(1));
    return {dtype: t.dtype, shape: t.shape, rank: t.rank, size: t.size, values: t};
"""


def in_tfjs(node: NodeSession, name: str, *values: Any, method: bool = False) -> dict[str, Any]:
    """What `tf.name(...values)`, or `values[0].name(...)`, gives in tf.js."""
    return node.evaluate(OPERATION, name=name, values=values, method=method or None)


def assert_same(ours: tf.Tensor, theirs: dict[str, Any], rtol: float = 0.0) -> None:
    assert ours.dtype == theirs["dtype"]
    assert ours.shape == theirs["shape"]
    assert ours.rank == theirs["rank"]
    assert ours.size == theirs["size"]
    np.testing.assert_allclose(ours.numpy(), theirs["values"], rtol=rtol) if (
        ours.dtype != "string"
    ) else np.testing.assert_array_equal(ours.numpy(), theirs["values"])


def assert_same_call(node: NodeSession, name: str, *values: Any, rtol: float = 0.0) -> None:
    """`tf.name(...values)` is the same in tf.js and here."""
    assert_same(getattr(tf, name)(*values), in_tfjs(node, name, *values), rtol)


def assert_both_refuse(node: NodeSession, name: str, *values: Any) -> str:
    """`tf.name(...values)` is an error in tf.js and a ValueError or TypeError here; its message."""
    with pytest.raises(TfjsError):
        in_tfjs(node, name, *values)
    with pytest.raises((ValueError, TypeError)) as caught:
        getattr(tf, name)(*values)
    return str(caught.value)
