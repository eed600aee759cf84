"""Conversion of EinsumDense: as a Dense layer, where it multiplies the last axes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.converters.layers.attention import dense
from tfjsbridge.converters.layers.common import (
    activation_layers,
    input_shape,
    output_shape,
    values,
)
from tfjsbridge.converters.layers.shapes import reshape
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, then, writes
from tfjsbridge.runtime import keras


@writes(keras.layers.EinsumDense)
def write_einsum_dense(layer: Any) -> list[TfjsLayer]:
    if getattr(layer, "quantization_mode", None):
        raise CannotConvertLayer("its weights are quantized; export the model before quantize()")
    before, after = input_shape(layer), output_shape(layer)
    operands, result = layer.equation.replace(" ", "").split("->")
    left, right = operands.split(",")
    if "..." in left:
        free = [c for c in "ABCDEFGH" if c not in left + right + result]
        own = "".join(free[: len(before) - len(left.replace("...", ""))])
        left, result = left.replace("...", own), result.replace("...", own)
    summed = [c for c in left if c in right]
    made = [c for c in result if c in right]
    lead = [c for c in left if c not in right]
    apart = not set(summed) & set(result)
    in_order = apart and left == "".join(lead + summed) and result == "".join(lead + made)
    if not in_order or set(right) != set(summed + made) or not lead or not made:
        raise CannotConvertLayer(
            f"tf.js's layers multiply the last axes of their input, unlike {layer.equation!r}"
        )
    kernel = values(layer.kernel).transpose([right.index(c) for c in summed + made])
    rows = int(np.prod(kernel.shape[: len(summed)]))
    columns = kernel.shape[len(summed) :]
    bias = None
    if layer.bias is not None:
        if any(size != 1 for size in layer.bias.shape[: -len(columns)]):
            raise CannotConvertLayer(f"it has bias_axes={layer.bias_axes}")
        given = values(layer.bias).reshape(layer.bias.shape[-len(columns) :])
        bias = np.broadcast_to(given, columns).reshape(-1).copy()
    parts = []
    sizes = [-1 if size is None else size for size in before[1 : len(lead)]]
    if len(summed) > 1:
        parts.append(reshape(*sizes, rows, suffix="flat"))
    parts.append(dense(kernel.reshape(rows, -1), bias, ""))
    if len(made) > 1:
        known = [-1 if size is None else size for size in after[1:]]
        parts.append(reshape(*known, suffix="shape"))
    if layer.activation is keras.activations.linear:
        return parts
    return then(parts, activation_layers(layer.activation, lambda: output_shape(layer)))
