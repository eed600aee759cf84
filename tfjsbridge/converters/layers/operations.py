"""Conversions of operations on tensors outside of layers: x + 1, keras.ops.relu(x)."""

from __future__ import annotations

import math
from typing import Any

from tfjsbridge.converters.activations import ACTIVATIONS, tfjs_activation
from tfjsbridge.converters.layers import rewrites
from tfjsbridge.converters.layers.rewrites import X, activation, merge, rescaling
from tfjsbridge.converters.registry import (
    Call,
    CannotConvertLayer,
    TfjsLayer,
    writes,
    writes_operation,
)
from tfjsbridge.runtime import keras

Y = -2  # the second input


def _is_tensor(value: Any) -> bool:
    return isinstance(value, keras.KerasTensor)


def _number(value: Any) -> float:
    """A constant among the arguments, which must be one number."""
    array = keras.ops.convert_to_numpy(value)
    if array.size != 1:
        raise CannotConvertLayer(
            f"tf.js's layers compute with one constant number, but it has shape {array.shape}; "
            "use a layer with weights"
        )
    return float(array.item())


def _last_keeps_the_name(parts: list[TfjsLayer]) -> list[TfjsLayer]:
    parts[-1].suffix = ""
    return parts


@writes_operation("Add")
def write_add(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    if _is_tensor(x) and _is_tensor(y):
        return [merge("Add", X, Y)]
    return [rescaling(1.0, _number(y if _is_tensor(x) else x), "plus")]


@writes_operation("Subtract")
def write_subtract(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    if _is_tensor(x) and _is_tensor(y):
        return _difference()
    if _is_tensor(x):
        return [rescaling(1.0, -_number(y), "minus")]
    return [rescaling(-1.0, _number(x), "minus")]


@writes(keras.layers.Subtract)
def write_subtract_layer(layer: Any) -> list[TfjsLayer]:
    return _last_keeps_the_name(_difference())


def _difference() -> list[TfjsLayer]:
    return [rescaling(-1.0, 0.0, "minus", Y), merge("Add", X, 0)]


@writes_operation("Multiply")
def write_multiply(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    if _is_tensor(x) and _is_tensor(y):
        return [merge("Multiply", X, Y)]
    return [rescaling(_number(y if _is_tensor(x) else x), 0.0, "times")]


@writes_operation("TrueDivide", "Divide")
def write_divide(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    if not _is_tensor(x) or _is_tensor(y):
        raise CannotConvertLayer("tf.js has no layer that divides by a tensor")
    return [rescaling(1 / _number(y), 0.0, "divided")]


@writes_operation("Negative")
def write_negative(call: Call) -> list[TfjsLayer]:
    return [rescaling(-1.0, 0.0, "minus")]


@writes_operation("Square")
def write_square(call: Call) -> list[TfjsLayer]:
    return [merge("Multiply", X, X)]


@writes_operation("Power")
def write_power(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    exponent = None if _is_tensor(y) or not _is_tensor(x) else _number(y)
    if exponent == 2:
        return [merge("Multiply", X, X)]
    if exponent == 3:
        return [merge("Multiply", X, X, suffix="square"), merge("Multiply", X, 0)]
    raise CannotConvertLayer("tf.js's layers have the powers 2 and 3 only")


@writes_operation("Maximum", "Minimum")
def write_extremum(call: Call) -> list[TfjsLayer]:
    name = type(call.operation).__name__
    x, y = call.arguments
    if _is_tensor(x) and _is_tensor(y):
        return [merge(name, X, Y)]
    constant = _number(y if _is_tensor(x) else x)
    # max(x, c) = relu(x - c) + c; min(x, c) = c - relu(c - x)
    sign = 1.0 if name == "Maximum" else -1.0
    return [
        rescaling(sign, -sign * constant, "shift"),
        activation("relu"),
        rescaling(sign, constant, "back"),
    ]


@writes_operation("Concatenate")
def write_concatenate(call: Call) -> list[TfjsLayer]:
    axis = call.operation.axis
    if axis % len(call.output_shape) == 0:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    return [TfjsLayer("Concatenate", {"axis": axis}, suffix="concatenate")]


@writes_operation("Matmul")
def write_matmul(call: Call) -> list[TfjsLayer]:
    shapes = [len(x.shape) for x in call.arguments if _is_tensor(x)]
    if shapes != [3, 3]:
        raise CannotConvertLayer("tf.js's layers multiply two tensors of rank 3")
    return [TfjsLayer("Dot", {"axes": [2, 1], "normalize": False}, {}, "dot", (X, Y))]


@writes_operation("Transpose")
def write_transpose(call: Call) -> list[TfjsLayer]:
    rank = len(call.output_shape)
    axes = call.operation.axes or range(rank)[::-1]
    axes = [axis % rank for axis in axes]
    if axes[0] != 0:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis in front")
    return [TfjsLayer("Permute", {"dims": axes[1:]}, suffix="permute")]


@writes_operation("Reshape", "Squeeze", "ExpandDims")
def write_reshape(call: Call) -> list[TfjsLayer]:
    before, after = call.arguments[0].shape, call.output_shape
    own, new = list(before[1:]), list(after[1:])
    # An example must stay one: as many values as before, so far as they are known.
    unknown = own.count(None), new.count(None)
    known = [math.prod(size for size in sizes if size is not None) for sizes in (own, new)]
    if before[0] != after[0] or not new or unknown not in ((0, 0), (1, 1)) or known[0] != known[1]:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    shape = [-1 if size is None else size for size in new]
    return [TfjsLayer("Reshape", {"target_shape": shape}, suffix="reshape")]


@writes_operation("GetItem")
def write_get_item(call: Call) -> list[TfjsLayer]:
    """x[:, a:b] or x[:, i]: what is left of an image cropped along its first axis."""
    x, key = call.arguments
    key = key if isinstance(key, tuple) else (key,)
    whole = slice(None)
    shape = x.shape
    if len(key) < 2 or key[0] != whole or any(k != whole for k in key[2:]) or None in shape[1:]:
        raise CannotConvertLayer("tf.js's layers take slices of the first axis behind the batch's")
    index = key[1]
    if isinstance(index, int):
        begin, end, step = index % shape[1], index % shape[1] + 1, 1
    elif isinstance(index, slice):
        begin, end, step = index.indices(shape[1])
    else:
        raise CannotConvertLayer(f"no conversion is known for the index {index!r}")
    if step != 1 or end <= begin:
        raise CannotConvertLayer("tf.js's layers take slices of step 1")
    rest = math.prod(shape[2:])
    after = list(call.output_shape[1:])
    cropping = [[begin, shape[1] - end], [0, 0]]
    return [
        TfjsLayer("Reshape", {"target_shape": [shape[1], 1, rest]}, suffix="as_image"),
        TfjsLayer("Cropping2D", {"cropping": cropping}, suffix="cropping"),
        TfjsLayer("Reshape", {"target_shape": after or [1]}, suffix="reshape"),
    ]


@writes_operation("Mean", "Max")
def write_pooling(call: Call) -> list[TfjsLayer]:
    rank = len(call.arguments[0].shape)
    axis = call.operation.axis
    axes = sorted(a % rank for a in ([axis] if isinstance(axis, int) else axis or range(rank)))
    if axes not in ([1], [1, 2]) or rank != len(axes) + 2:
        raise CannotConvertLayer(
            "tf.js's layers pool all axes between the batch's and the channels'"
        )
    kind = "Average" if type(call.operation).__name__ == "Mean" else "Max"
    pooling = TfjsLayer(f"Global{kind}Pooling{rank - 2}D", {}, suffix="pooling")
    if not call.operation.keepdims:
        return [pooling]
    shape = [1] * len(axes) + [call.output_shape[-1]]
    return [pooling, TfjsLayer("Reshape", {"target_shape": shape}, suffix="keepdims")]


#: The one value of an option that an activation can have.
ONLY: dict[str, tuple[str, float]] = {
    "Celu": ("alpha", 1.0),
    "Elu": ("alpha", 1.0),
    "HardShrink": ("threshold", 0.5),
    "LeakyRelu": ("negative_slope", 0.2),
    "SoftShrink": ("threshold", 0.5),
}


def _register(function: Any) -> None:
    """An activation as an operation: keras.ops.relu."""
    class_name = "".join(part.capitalize() for part in function.__name__.split("_"))
    name = tfjs_activation(function)

    @writes_operation(class_name)
    def write(call: Call) -> list[TfjsLayer]:
        operation = call.operation
        if getattr(operation, "axis", -1) not in (-1, len(call.output_shape) - 1):
            raise CannotConvertLayer(f"tf.js computes along the last axis, not {operation.axis}")
        alpha = {"Elu": 1.0, "Celu": 1.0, "HardShrink": 0.5, "SoftShrink": 0.5, "LeakyRelu": 0.2}
        option = next(
            (o for o in ("alpha", "negative_slope", "threshold") if hasattr(operation, o)), None
        )
        if option and class_name in alpha and getattr(operation, option) != alpha[class_name]:
            raise CannotConvertLayer(
                f"tf.js's layers have {option}={alpha[class_name]} only, but it has "
                f"{option}={getattr(operation, option)}"
            )
        if class_name == "Gelu" and operation.approximate:
            return rewrites.gelu_approximate()
        return [activation(name)] if name else rewrites.REWRITES[function]()


for _function in (*ACTIVATIONS.values(), *rewrites.REWRITES):
    if _function.__module__.startswith("keras.") and _function is not keras.activations.linear:
        _register(_function)
