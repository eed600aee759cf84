"""The low-level API: a file per heading of the tf.js API.

Importing this package gives every Tensor its chained methods and Python's operators.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.ops import (
    activations,
    arithmetic,
    basic_math,
    blocks,
    convolution,
    convolution3d,
    counts,
    creation,
    dropout,
    evaluation,
    filling,
    fused,
    image,
    joining,
    linalg,
    logical,
    matrices,
    moving_average,
    normalization,
    padding,
    pooling,
    pooling3d,
    ragged,
    reduction,
    resizing,
    rnn,
    scan,
    scattering,
    segment,
    shape_methods,
    signal,
    slicing,
    sparse,
    spectral,
    strided_slice,
    string,
    transformations,
)
from tfjsbridge.tensors import Tensor

__all__ = [
    "activations",
    "arithmetic",
    "basic_math",
    "blocks",
    "convolution",
    "convolution3d",
    "counts",
    "creation",
    "dropout",
    "evaluation",
    "filling",
    "fused",
    "image",
    "joining",
    "linalg",
    "logical",
    "matrices",
    "moving_average",
    "normalization",
    "padding",
    "pooling",
    "pooling3d",
    "ragged",
    "reduction",
    "resizing",
    "rnn",
    "scan",
    "scattering",
    "segment",
    "shape_methods",
    "signal",
    "slicing",
    "sparse",
    "spectral",
    "strided_slice",
    "string",
    "transformations",
]

#: Python's operators that stand between two values, and the functions that they call.
_OPERATORS: dict[str, Callable[..., Any]] = {
    "add": arithmetic.add,
    "sub": arithmetic.sub,
    "mul": arithmetic.mul,
    "truediv": arithmetic.div,
    "floordiv": arithmetic.floorDiv,
    "mod": arithmetic.mod,
    "pow": arithmetic.pow,
    "matmul": matrices.matMul,
    "and": logical.logicalAnd,
    "or": logical.logicalOr,
    "xor": logical.logicalXor,
}
#: The others: comparisons, which Python turns round by itself, and those of one value.
_OTHERS: dict[str, Callable[..., Any]] = {
    "eq": logical.equal,
    "ne": logical.notEqual,
    "lt": logical.less,
    "le": logical.lessEqual,
    "gt": logical.greater,
    "ge": logical.greaterEqual,
    "neg": basic_math.neg,
    "pos": lambda x: x,
    "abs": basic_math.abs,
    "invert": logical.logicalNot,
    "divmod": lambda a, b: (arithmetic.floorDiv(a, b), arithmetic.mod(a, b)),
}


def _define_operators() -> None:
    def reflected(operation: Callable[..., Any]) -> Callable[..., Any]:
        return lambda self, other: operation(other, self)

    def with_none(operation: Callable[..., Any]) -> Callable[..., Any]:
        # Python then compares by identity: t == None is False.
        return lambda self, other: NotImplemented if other is None else operation(self, other)

    for name in ("eq", "ne"):
        _OTHERS[name] = with_none(_OTHERS[name])
    for name, operation in (_OPERATORS | _OTHERS).items():
        setattr(Tensor, f"__{name}__", operation)
    for name, operation in _OPERATORS.items():
        setattr(Tensor, f"__r{name}__", reflected(operation))


_define_operators()
