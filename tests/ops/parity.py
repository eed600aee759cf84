"""The same call in tf.js and here: values, shapes, dtypes, or an error in both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.dtypes import NUMPY_DTYPES
from tfjsbridge.verify import NodeSession, TfjsError

# tf.js checks lists for unequal lengths only with this flag, and makes a broken tensor without it.
OPERATION = """
    tf.env().set('TENSORLIKE_CHECK_SHAPE_CONSISTENCY', true);
    const described = value => value instanceof tf.Tensor ?
        {tensor: {dtype: value.dtype, shape: value.shape, values: value}} :
        Array.isArray(value) ? value.map(described) :
        value !== null && typeof value === 'object' && value.constructor === Object ?
        Object.fromEntries(Object.entries(value).map(([k, v]) => [k, described(v)])) : value;
    const {name, method} = args;
    const values = args.values.map(v => v === '$undefined' ? undefined : v);
    const owner = name.split('.').slice(0, -1).reduce((object, part) => object[part], tf);
    const result = method ? values[0][name](...values.slice(1)) :
        owner[name.split('.').at(-1)](...values);
    return described(await result);
"""

#: As an argument: leave it to tf.js's default, and to ours.
DEFAULT = "$undefined"


def in_tfjs(node: NodeSession, name: str, *values: Any, method: bool = False) -> Any:
    """What `tf.name(...values)`, or `values[0].name(...)`, gives in tf.js.

    A tensor comes as {"dtype", "shape", "values"}; lists and objects of them as they are.
    """
    return _plain(node.evaluate(OPERATION, name=name, values=values, method=method))


def _plain(result: Any) -> Any:
    if isinstance(result, dict) and set(result) == {"tensor"}:
        return result["tensor"]
    if isinstance(result, list):
        return [_plain(part) for part in result]
    if isinstance(result, dict):
        return {name: _plain(part) for name, part in result.items()}
    return result


def here(name: str, *values: Any, method: bool = False) -> Any:
    """What the same call gives here; arrays are passed as Tensors, as tf.js gets them."""
    arguments = [_tensors(value) for value in values]
    if method:
        return getattr(arguments[0], name)(*_given(arguments[1:]))
    function: Any = tf
    for part in name.split("."):
        function = getattr(function, part)
    return function(*_given(arguments))


def _given(arguments: list[Any]) -> list[Any]:
    """The arguments without those at the end that are left to their defaults."""
    while arguments and isinstance(arguments[-1], str) and arguments[-1] == DEFAULT:
        arguments = arguments[:-1]
    assert not any(isinstance(a, str) and a == DEFAULT for a in arguments), "DEFAULT stands last"
    return arguments


def _tensors(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return tf.tensor(value)
    if isinstance(value, list) and any(isinstance(part, np.ndarray) for part in value):
        return [_tensors(part) for part in value]
    return value


def assert_same(
    ours: Any, theirs: Any, rtol: float = 0.0, atol: float = 0.0, path: str = "result"
) -> None:
    """Values within the tolerances; shapes, dtypes and everything else exactly."""
    if isinstance(ours, (list, tuple)):
        assert isinstance(theirs, list), f"{path}: {ours} against {theirs}"
        assert len(ours) == len(theirs), f"{path}: {ours} against {theirs}"
        for i, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            assert_same(mine, other, rtol, atol, f"{path}[{i}]")
    elif isinstance(ours, tf.Tensor):
        assert ours.dtype == theirs["dtype"], path
        assert ours.shape == theirs["shape"], path
        if ours.dtype == "string":
            np.testing.assert_array_equal(ours.numpy(), theirs["values"], path)
        else:
            assert ours.tensor.dtype.as_numpy_dtype == NUMPY_DTYPES[ours.dtype], path
            np.testing.assert_allclose(ours.numpy(), theirs["values"], rtol, atol, err_msg=path)
    elif isinstance(ours, Mapping):
        assert set(ours) == set(theirs), path
        for name, part in ours.items():
            assert_same(part, theirs[name], rtol, atol, f"{path}.{name}")
    elif isinstance(ours, float):
        np.testing.assert_allclose(ours, theirs, rtol, atol, err_msg=path)
    else:
        assert ours == theirs, path


def assert_same_call(
    node: NodeSession,
    name: str,
    *values: Any,
    rtol: float = 0.0,
    atol: float = 0.0,
    method: bool = False,
) -> Any:
    """`tf.name(...values)`, or `values[0].name(...)`, is the same in tf.js and here; our result."""
    ours = here(name, *values, method=method)
    assert_same(ours, in_tfjs(node, name, *values, method=method), rtol, atol)
    return ours


def assert_both_refuse(node: NodeSession, name: str, *values: Any) -> str:
    """`tf.name(...values)` is an error in tf.js and a ValueError or TypeError here; its message."""
    with pytest.raises(TfjsError):
        in_tfjs(node, name, *values)
    with pytest.raises((ValueError, TypeError)) as caught:
        here(name, *values)
    message = str(caught.value)
    assert "[Op:" not in message, message  # words of TensorFlow's own
    assert "{{" not in message, message
    return message


def assert_same_outcome(
    node: NodeSession, name: str, *values: Any, rtol: float = 1e-5, atol: float = 1e-6
) -> None:
    """Both give the same, or both refuse: for arguments that were generated."""
    try:
        theirs = in_tfjs(node, name, *values)
    except TfjsError:
        assert_both_refuse(node, name, *values)
    else:
        assert_same(here(name, *values), theirs, rtol, atol)
