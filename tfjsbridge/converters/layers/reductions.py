"""Conversions of sums, means and extrema over axes: as pooling of series."""

from __future__ import annotations

import math

from tfjsbridge.converters.layers.rewrites import rescaling
from tfjsbridge.converters.layers.shapes import known, permute, reshape
from tfjsbridge.converters.registry import Call, CannotConvertLayer, TfjsLayer, writes_operation

POOLING = {"Mean": "Average", "Sum": "Average", "Max": "Max", "Min": "Max"}


@writes_operation(*POOLING)
def write_reduction(call: Call) -> list[TfjsLayer]:
    x, operation = call.arguments[0], call.operation
    kind, rank = type(operation).__name__, len(x.shape)
    axis = operation.axis
    axes = sorted(a % rank for a in ([axis] if isinstance(axis, int) else axis or range(rank)))
    if 0 in axes:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    if "float" not in x.dtype:
        raise CannotConvertLayer(f"tf.js's layers compute in float32, but it takes {x.dtype}")
    if len(call.arguments) > 1 and any(a is not None for a in call.arguments[1:]):
        raise CannotConvertLayer("tf.js's layers take no initial value and no mask here")
    pooling = f"Global{POOLING[kind]}Pooling"
    count = 1
    if (
        axes in ([1], [1, 2])
        and rank == len(axes) + 2
        and (kind != "Sum" or None not in x.shape[1:])
    ):
        # As it is, of any size.
        parts = [TfjsLayer(f"{pooling}{rank - 2}D", {}, suffix="pooling")]
        if kind == "Sum":
            count = int(math.prod(x.shape[a] for a in axes))
    else:
        sizes = [0, *known(x.shape)]
        rest = [a for a in range(1, rank) if a not in axes]
        count = int(math.prod(sizes[a] for a in axes))
        parts = [] if [*axes, *rest] == list(range(1, rank)) else [permute([*axes, *rest])]
        parts += [
            reshape(count, math.prod(sizes[a] for a in rest), suffix="series"),
            TfjsLayer(f"{pooling}1D", {}, suffix="pooling"),
        ]
    if kind == "Min":
        parts = [rescaling(-1.0, 0.0, "minus"), *parts, rescaling(-1.0, 0.0, "back")]
    if kind == "Sum":
        parts.append(rescaling(float(count), 0.0, "times"))
    after = [1 if size is None else size for size in call.output_shape[1:]]
    if len(after) != 1:
        parts.append(reshape(*after, suffix="shape"))
    return parts
