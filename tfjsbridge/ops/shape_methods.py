"""Methods of a Tensor about its shape and dtype that are no functions of `tf`, or other ones.

Follows tfjs-core/src/public/chained_ops/{as1d,as2d,as3d,as4d,as5d,as_scalar,as_type,concat,flatten,
reshape_as,stack,to_bool,to_float,to_int}.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops import joining
from tfjsbridge.ops.transformations import cast, reshape
from tfjsbridge.tensors import Tensor, chained


@chained
def flatten(self: Tensor) -> Tensor:
    """All values in a vector."""
    return reshape(self, [-1] if None in self.shape else [self.size])


@chained
def as1D(self: Tensor) -> Tensor:
    """All values in a vector."""
    return flatten(self)


@chained
def as2D(self: Tensor, rows: int, columns: int) -> Tensor:
    """The values in the shape [rows, columns]."""
    return reshape(self, [rows, columns])


@chained
def as3D(self: Tensor, rows: int, columns: int, depth: int) -> Tensor:
    """The values in the shape [rows, columns, depth]."""
    return reshape(self, [rows, columns, depth])


@chained
def as4D(self: Tensor, rows: int, columns: int, depth: int, depth2: int) -> Tensor:
    """The values in the shape [rows, columns, depth, depth2]."""
    return reshape(self, [rows, columns, depth, depth2])


@chained
def as5D(self: Tensor, rows: int, columns: int, depth: int, depth2: int, depth3: int) -> Tensor:
    """The values in the shape [rows, columns, depth, depth2, depth3]."""
    return reshape(self, [rows, columns, depth, depth2, depth3])


@chained
def asScalar(self: Tensor) -> Tensor:
    """The one value that the Tensor has, as a scalar."""
    if self.size != 1:
        raise ValueError(
            f"Error in asScalar: The array must have only 1 element, but its shape is {self.shape}."
        )
    return reshape(self, [])


@chained
def reshapeAs(self: Tensor, x: Tensor) -> Tensor:
    """The values in the shape of another Tensor."""
    if not isinstance(x, Tensor):
        raise TypeError(
            "Argument 'x' passed to 'reshapeAs' must be a Tensor, "
            f"but got '{type(x).__name__}' {str(x)[:60]}"
        )
    return reshape(self, x.shape)


@chained
def asType(self: Tensor, dtype: str) -> Tensor:
    """The values in another dtype: `cast`."""
    return cast(self, dtype)


@chained
def toBool(self: Tensor) -> Tensor:
    """The values as bool."""
    return cast(self, "bool")


@chained
def toFloat(self: Tensor) -> Tensor:
    """The values as float32."""
    return cast(self, "float32")


@chained
def toInt(self: Tensor) -> Tensor:
    """The values as int32."""
    return cast(self, "int32")


@chained
def concat(self: Tensor, x: Any, axis: int = 0) -> Tensor:
    """This Tensor and another, or a list of others, one after the other along an axis."""
    return joining.concat([self, *_others(x, "concat")], axis)


@chained
def stack(self: Tensor, x: Any, axis: int = 0) -> Tensor:
    """This Tensor and another, or a list of others, side by side along a new axis."""
    return joining.stack([self, *_others(x, "stack")], axis)


def _others(x: Any, function: str) -> list[Any]:
    if isinstance(x, Tensor):
        return [x]
    if not isinstance(x, (list, tuple)):
        raise TypeError(
            f"Argument 'x' passed to '{function}' must be a Tensor or a list of Tensors, "
            f"but got '{type(x).__name__}' {str(x)[:60]}"
        )
    return list(x)
