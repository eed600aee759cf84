"""Conversions of operations on tensors outside of layers: x + 1, keras.ops.relu(x)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.converters.activations import ACTIVATIONS, tfjs_activation
from tfjsbridge.converters.layers import rewrites
from tfjsbridge.converters.layers.common import last_axes
from tfjsbridge.converters.layers.constants import extremum, minus, plus, times
from tfjsbridge.converters.layers.merging import concatenated
from tfjsbridge.converters.layers.rewrites import X, activation, merge, rescaling
from tfjsbridge.converters.registry import (
    OPERATION_WRITERS,
    Call,
    CannotConvertLayer,
    TfjsLayer,
    then,
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


def _of_one_rank(call: Call) -> None:
    ranks = [len(x.shape) for x in call.arguments if _is_tensor(x)]
    if len(set(ranks)) > 1:
        raise CannotConvertLayer(
            f"its tensors have ranks {ranks}, of which tf.js's layers match the first axes, not "
            "the last; use keras.ops.expand_dims"
        )


def _merged(class_name: str, call: Call) -> TfjsLayer:
    """Both tensors in one."""
    _of_one_rank(call)
    return merge(class_name, X, Y)


def _last_keeps_the_name(parts: list[TfjsLayer]) -> list[TfjsLayer]:
    parts[-1].suffix = ""
    return parts


@writes_operation("Add")
def write_add(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    if _is_tensor(x) and _is_tensor(y):
        return [_merged("Add", call)]
    return plus(x, y, as_bias=True) if _is_tensor(x) else plus(y, x)


@writes_operation("Subtract")
def write_subtract(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    if _is_tensor(x) and _is_tensor(y):
        _of_one_rank(call)
        return _difference()
    return minus(x, y, turned=False) if _is_tensor(x) else minus(y, x, turned=True)


@writes(keras.layers.Subtract)
def write_subtract_layer(layer: Any) -> list[TfjsLayer]:
    return _last_keeps_the_name(_difference())


def _difference() -> list[TfjsLayer]:
    return [rescaling(-1.0, 0.0, "minus", Y), merge("Add", X, 0)]


@writes_operation("Multiply")
def write_multiply(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    if _is_tensor(x) and _is_tensor(y):
        return [_merged("Multiply", call)]
    return times(x, y) if _is_tensor(x) else times(y, x)


@writes_operation("TrueDivide", "Divide")
def write_divide(call: Call) -> list[TfjsLayer]:
    x, y = call.arguments
    if not _is_tensor(x) or _is_tensor(y):
        raise CannotConvertLayer("tf.js has no layer that divides by a tensor")
    divisor = keras.ops.convert_to_numpy(y)
    if not np.all(divisor):
        raise CannotConvertLayer("it divides by 0; a model.json holds no infinite numbers")
    return times(x, 1 / divisor)


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
        return [_merged(name, call)]
    return extremum(name, x, y) if _is_tensor(x) else extremum(name, y, x)


@writes_operation("Absolute", "Abs")
def write_absolute(call: Call) -> list[TfjsLayer]:
    return [rescaling(-1.0, 0.0, "minus"), merge("Maximum", X, 0)]


@writes_operation("Clip")
def write_clip(call: Call) -> list[TfjsLayer]:
    x, low, high = call.arguments[0], call.operation.x_min, call.operation.x_max
    parts = [] if low is None else extremum("Maximum", x, low)
    return then(parts, [] if high is None else extremum("Minimum", x, high))


@writes_operation("Concatenate")
def write_concatenate(call: Call) -> list[TfjsLayer]:
    tensors = call.operation._inbound_nodes[0].input_tensors
    parts = concatenated(tensors, call.operation.axis)
    parts[-1].suffix = "concatenate"
    return parts


@writes_operation("Matmul")
def write_matmul(call: Call) -> list[TfjsLayer]:
    shapes = [len(x.shape) for x in call.arguments if _is_tensor(x)]
    if shapes != [3, 3]:
        raise CannotConvertLayer("tf.js's layers multiply two tensors of rank 3")
    return [TfjsLayer("Dot", {"axes": [2, 1], "normalize": False}, {}, "dot", (X, Y))]


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


#: Operations whose options the rewrites take, by the names of the options.
WITH_OPTIONS: dict[str, tuple[Callable[..., list[TfjsLayer]], tuple[str, ...]]] = {
    "Celu": (rewrites.celu, ("alpha",)),
    "Elu": (rewrites.elu, ("alpha",)),
    "HardShrink": (rewrites.hard_shrink, ("threshold",)),
    "SoftShrink": (rewrites.soft_shrink, ("threshold",)),
    "Threshold": (rewrites.threshold, ("threshold", "default_value")),
}


@writes_operation(*WITH_OPTIONS)
def write_with_options(call: Call) -> list[TfjsLayer]:
    rewrite, options = WITH_OPTIONS[type(call.operation).__name__]
    return rewrite(*(float(getattr(call.operation, option)) for option in options))


@writes_operation("LeakyRelu")
def write_leaky_relu(call: Call) -> list[TfjsLayer]:
    slope = {"alpha": float(call.operation.negative_slope)}
    return [TfjsLayer("LeakyReLU", slope, suffix="leaky_relu")]


@writes_operation("Squareplus")
def write_squareplus(call: Call) -> list[TfjsLayer]:
    return rewrites.squareplus(call.arguments[0].shape, float(call.operation.b))


@writes_operation("Softmax", "LogSoftmax", "Glu")
def write_along_an_axis(call: Call) -> list[TfjsLayer]:
    kind, shape = type(call.operation).__name__, call.arguments[0].shape
    if call.operation.axis is None:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    if kind == "Glu":
        return last_axes(shape, call.operation.axis, lambda sizes: rewrites.glu([None, *sizes]))
    name = "softmax" if kind == "Softmax" else "logSoftmax"
    return last_axes(shape, call.operation.axis, lambda _: [activation(name)])


def _register(function: Any) -> None:
    """An activation as an operation: keras.ops.relu."""
    class_name = "".join(part.capitalize() for part in function.__name__.split("_"))
    name = tfjs_activation(function)
    if class_name in OPERATION_WRITERS:
        return

    @writes_operation(class_name)
    def write(call: Call) -> list[TfjsLayer]:
        if class_name == "Gelu" and call.operation.approximate:
            return rewrites.gelu_approximate()
        return [activation(name)] if name else rewrites.REWRITES[function]()


for _function in (*ACTIVATIONS.values(), *rewrites.REWRITES):
    if _function.__module__.startswith("keras.") and _function is not keras.activations.linear:
        _register(_function)
