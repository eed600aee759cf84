"""The same dataset in tf.js and here, element by element."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

# null and undefined, which are both None here, and numbers that JSON has not, come as texts.
IN_NODE = """
    const described = value =>
        value instanceof tf.Tensor ?
            {dtype: value.dtype, shape: value.shape, values: described(value.arraySync())} :
        Array.isArray(value) ? value.map(described) :
        value !== null && typeof value === 'object' ?
            Object.fromEntries(Object.entries(value).map(([k, v]) => [k, described(v)])) :
        value === null || value === undefined ? '$none' :
        typeof value === 'number' && !Number.isFinite(value) ? `$${value}` : value;
    const {data} = tf;
    const made = async () => { %s };
    return described(await made());
"""


def in_tfjs(node: NodeSession, body: str, **args: Any) -> Any:
    """What some lines of JavaScript return in tf.js: tensors as dicts of dtype, shape, values."""
    return node.evaluate(IN_NODE % body, **args)


def elements_in_tfjs(node: NodeSession, dataset: str, **args: Any) -> Any:
    """The elements of the dataset of a JavaScript expression."""
    return in_tfjs(node, f"return await ({dataset}).toArray();", **args)


def described(value: Any) -> Any:
    """A value as IN_NODE gives it."""
    if isinstance(value, tf.Tensor):
        values = described(value.arraySync())
        return {"dtype": value.dtype, "shape": list(value.shape), "values": values}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [described(part) for part in value]
    if isinstance(value, dict):
        return {key: described(part) for key, part in value.items()}
    if value is None:
        return "$none"
    if isinstance(value, float) and not math.isfinite(value):
        return "$NaN" if math.isnan(value) else "$Infinity" if value > 0 else "$-Infinity"
    return value


def assert_same(ours: Any, theirs: Any) -> None:
    """Refuse values that are not those of tf.js, to the precision of float32."""
    mine = json.loads(json.dumps(described(ours)))
    _compare(mine, theirs, "")


def _compare(mine: Any, other: Any, path: str) -> None:
    if isinstance(other, dict):
        assert isinstance(mine, dict), f"{path}: {mine!r} for {other!r}"
        assert mine.keys() == other.keys(), path
        for key in other:
            _compare(mine[key], other[key], f"{path}.{key}")
    elif isinstance(other, list):
        assert isinstance(mine, list), f"{path}: {mine!r} for {other!r}"
        assert len(mine) == len(other), f"{path}: {mine!r} for {other!r}"
        for i, (a, b) in enumerate(zip(mine, other, strict=True)):
            _compare(a, b, f"{path}[{i}]")
    elif isinstance(other, (int, float)):
        assert mine == pytest.approx(other, rel=1e-6), path
    else:
        assert mine == other, path
