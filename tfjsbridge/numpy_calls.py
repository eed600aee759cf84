"""NumPy's functions called with Tensors: `np.exp(t)`, `np.array([1]) + t`, `np.mean(t)`.

An element-wise function that tf.js has too gives a Tensor and is differentiated; every other
function gets the values as arrays, and gives what NumPy gives.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: NumPy's element-wise functions with tf.js's names for them.
_UFUNCS: dict[Any, str] = {
    np.add: "add",
    np.subtract: "sub",
    np.multiply: "mul",
    np.divide: "div",
    np.floor_divide: "floorDiv",
    np.remainder: "mod",
    np.power: "pow",
    np.matmul: "matMul",
    np.negative: "neg",
    np.absolute: "abs",
    np.maximum: "maximum",
    np.minimum: "minimum",
    np.equal: "equal",
    np.not_equal: "notEqual",
    np.less: "less",
    np.less_equal: "lessEqual",
    np.greater: "greater",
    np.greater_equal: "greaterEqual",
    np.logical_and: "logicalAnd",
    np.logical_or: "logicalOr",
    np.logical_xor: "logicalXor",
    np.logical_not: "logicalNot",
    np.exp: "exp",
    np.expm1: "expm1",
    np.log: "log",
    np.log1p: "log1p",
    np.sqrt: "sqrt",
    np.square: "square",
    np.reciprocal: "reciprocal",
    np.sign: "sign",
    np.floor: "floor",
    np.ceil: "ceil",
    np.rint: "round",
    np.sin: "sin",
    np.cos: "cos",
    np.tan: "tan",
    np.sinh: "sinh",
    np.cosh: "cosh",
    np.tanh: "tanh",
    np.arcsin: "asin",
    np.arccos: "acos",
    np.arctan: "atan",
    np.arctan2: "atan2",
    np.arcsinh: "asinh",
    np.arccosh: "acosh",
    np.arctanh: "atanh",
    np.isnan: "isNaN",
    np.isinf: "isInf",
    np.isfinite: "isFinite",
}
#: Those of tf.js that take bool only; NumPy's take numbers too.
_OF_BOOL = (np.logical_and, np.logical_or, np.logical_xor, np.logical_not)


def call_ufunc(ufunc: Any, method: str, inputs: Any, kwargs: dict[str, Any]) -> Any:
    """What a NumPy ufunc gives with a Tensor among its inputs."""
    import tfjsbridge

    name = _UFUNCS.get(ufunc)
    if name and method == "__call__" and not kwargs and not _of_numbers(ufunc, inputs):
        return getattr(tfjsbridge, name)(*inputs)
    return getattr(ufunc, method)(*_arrays(inputs), **_arrays(kwargs))


def call_function(function: Any, args: Any, kwargs: Any) -> Any:
    """What another NumPy function gives with a Tensor among its arguments."""
    return function(*_arrays(args), **_arrays(kwargs))


def _of_numbers(ufunc: Any, inputs: Any) -> bool:
    return ufunc in _OF_BOOL and any(getattr(x, "dtype", "bool") != "bool" for x in inputs)


def _arrays(value: Any) -> Any:
    """The arguments with arrays in place of Tensors, in lists and dicts too."""
    from tfjsbridge.tensors import Tensor

    if isinstance(value, Tensor):
        return value.numpy()
    if isinstance(value, (list, tuple)):
        parts = [_arrays(part) for part in value]
        return parts if isinstance(value, list) else tuple(parts)
    if isinstance(value, dict):
        return {name: _arrays(part) for name, part in value.items()}
    return value
