"""The low-level API: a file per heading of the tf.js API.

Importing this package gives every Tensor its chained methods and Python's operators.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.ops import arithmetic, creation, logical, matrices
from tfjsbridge.tensors import Tensor

__all__ = ["arithmetic", "creation", "logical", "matrices"]

_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": arithmetic.add,
    "sub": arithmetic.sub,
    "mul": arithmetic.mul,
    "truediv": arithmetic.div,
    "floordiv": arithmetic.floorDiv,
    "mod": arithmetic.mod,
    "pow": arithmetic.pow,
    "matmul": matrices.matMul,
}
_COMPARISONS: dict[str, Callable[..., Any]] = {
    "eq": logical.equal,
    "ne": logical.notEqual,
    "lt": logical.less,
    "le": logical.lessEqual,
    "gt": logical.greater,
    "ge": logical.greaterEqual,
}


def _define_operators() -> None:
    def reflected(operation: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, other: operation(other, self)

    for name, operation in _OPERATORS.items():
        setattr(Tensor, f"__{name}__", lambda self, other, f=operation: f(self, other))
        setattr(Tensor, f"__r{name}__", reflected(operation))
    for name, operation in _COMPARISONS.items():
        setattr(Tensor, f"__{name}__", lambda self, other, f=operation: f(self, other))
    for name, unary in (("neg", arithmetic.neg), ("abs", arithmetic.abs)):
        setattr(Tensor, f"__{name}__", lambda self, f=unary: f(self))


_define_operators()
