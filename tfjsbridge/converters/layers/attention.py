"""Conversions of attention: products of matrices, a softmax, and a dense layer for each head."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.converters.layers.common import values
from tfjsbridge.converters.layers.constants import constant
from tfjsbridge.converters.layers.rewrites import activation, merge, rescaling
from tfjsbridge.converters.registry import (
    CannotConvertLayer,
    TfjsLayer,
    argument,
    inputs_of,
    positions_of,
    writes,
)
from tfjsbridge.runtime import keras

layers = keras.layers

#: What is taken from a score that does not count, as in Keras.
MASKED = -1e9


def dense(kernel: np.ndarray, bias: np.ndarray | None, suffix: str, *inputs: int) -> TfjsLayer:
    """A product with a matrix [in, out] and a bias [out]."""
    config = {"units": kernel.shape[1], "use_bias": bias is not None, "activation": "linear"}
    weights = {"kernel": kernel} | ({} if bias is None else {"bias": bias})
    return TfjsLayer("Dense", config, weights, suffix, inputs or None)


def _dot(first: int, second: int, axes: tuple[int, int], suffix: str) -> TfjsLayer:
    config = {"axes": list(axes), "normalize": False}
    return TfjsLayer("Dot", config, {}, suffix, (first, second))


#: The options of the attention of several heads that are understood here, or change training alone.
KNOWN = {
    "name", "trainable", "dtype", "num_heads", "key_dim", "value_dim", "head_dim",
    "num_query_heads", "num_key_value_heads", "dropout", "use_bias", "output_shape",
    "attention_axes", "kernel_initializer", "bias_initializer", "kernel_regularizer",
    "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint", "seed",
    "flash_attention",
}  # fmt: skip


class _Parts(list[TfjsLayer]):
    """Layers, each known by its number."""

    def add(self, part: TfjsLayer) -> int:
        self.append(part)
        return len(self) - 1

    def attend(
        self, query: int, key: int, value: int, scale: float, masked: int | None, name: str
    ) -> int:
        """softmax(scale query keyᵀ + masked) value."""
        number = self.add(_dot(query, key, (2, 2), f"scores{name}"))
        if scale != 1:
            number = self.add(rescaling(scale, 0.0, f"scaled{name}", number))
        if masked is not None:
            number = self.add(merge("Add", number, masked, suffix=f"masked{name}"))
        weights = activation("softmax", number)
        weights.suffix = f"weights{name}"
        return self.add(_dot(self.add(weights), value, (2, 1), f"attended{name}"))

    def causal_mask(self, query: int, tensors: list[Any]) -> int:
        """[queries, keys], of the scores that look ahead."""
        steps, keys = (tensor.shape[1] for tensor in tensors)
        if steps is None or keys is None:
            raise CannotConvertLayer(
                "with use_causal_mask the number of steps must be known; give it in keras.Input"
            )
        ahead = np.triu(np.full([steps, keys], MASKED, np.float32), 1)
        self.extend(constant(ahead, tensors[0], query))
        return len(self) - 1


@writes(layers.Attention)
def write_attention(layer: Any) -> list[TfjsLayer]:
    if layer.score_mode != "dot":
        raise CannotConvertLayer(
            f"it has score_mode={layer.score_mode!r}; tf.js's layers have 'dot' only"
        )
    _one_result(argument(layer, "return_attention_scores"))
    tensors = inputs_of(layer)
    _of_rank_3(tensors)
    query, value, key = -1, -2, -3 if len(tensors) > 2 else -2
    scale = 1.0 if layer.scale is None else float(values(layer.scale))
    parts = _Parts()
    masked = None
    if argument(layer, "use_causal_mask"):
        masked = parts.causal_mask(query, [tensors[0], tensors[-key - 1]])
    parts.attend(query, key, value, scale, masked, "")
    return _ended(parts, layer)


@writes(layers.MultiHeadAttention, layers.GroupQueryAttention)
def write_multi_head_attention(layer: Any) -> list[TfjsLayer]:
    _one_result(argument(layer, "return_attention_scores"))
    tensors = inputs_of(layer)
    _of_rank_3(tensors)
    given = positions_of(layer, ("query", "value", "key"))
    query, value = given["query"], given["value"]
    key = given.get("key", value)
    grouped = isinstance(layer, layers.GroupQueryAttention)
    unknown = {k: v for k, v in layer.get_config().items() if k not in KNOWN and v}
    if unknown:
        raise CannotConvertLayer(f"no conversion is known for {unknown}")
    if not grouped and layer._attention_axes not in ((1,), [1], None):
        raise CannotConvertLayer(f"it has attention_axes={layer._attention_axes}")
    heads = layer.num_query_heads if grouped else layer.num_heads
    shared = heads // (layer.num_key_value_heads if grouped else heads)
    size = layer.head_dim if grouped else layer.key_dim
    parts = _Parts()
    masked = None
    if argument(layer, "use_causal_mask"):
        masked = parts.causal_mask(query, [tensors[-query - 1], tensors[-key - 1]])
    projected: dict[tuple[str, int], int] = {}

    def projection(name: str, head: int, source: int) -> int:
        if (name, head) not in projected:
            part = _of_head(getattr(layer, f"_{name}_dense"), head, f"{name}_{head}", source)
            projected[name, head] = parts.add(part)
        return projected[name, head]

    # In the order in which tf.js trains their weights: of what is farther from the output first.
    asked = [
        (projection("query", head, query), projection("key", head // shared, key))
        for head in range(heads)
    ]
    shown = [projection("value", head // shared, value) for head in range(heads)]
    results = [
        parts.attend(*asked[head], shown[head], size**-0.5, masked, f"_{head}")
        for head in range(heads)
    ]
    if heads > 1:
        joined = TfjsLayer("Concatenate", {"axis": 2}, {}, "heads", tuple(results))
        results = [parts.add(joined)]
    output = layer._output_dense
    kernel = values(output.kernel)
    bias = None if output.bias is None else values(output.bias)
    if kernel.ndim != 3:
        raise CannotConvertLayer(f"it has output_shape with {kernel.ndim - 2} axes")
    parts.add(dense(kernel.reshape(-1, kernel.shape[-1]), bias, "", results[0]))
    return _ended(parts, layer)


def _of_head(projection: Any, head: int, suffix: str, source: int) -> TfjsLayer:
    """What a head sees of a tensor."""
    if getattr(projection, "quantization_mode", None):
        raise CannotConvertLayer("its weights are quantized; export the model before quantize()")
    bias = None if projection.bias is None else values(projection.bias)[head]
    return dense(values(projection.kernel)[:, head], bias, suffix, source)


def _one_result(scores: Any) -> None:
    if scores:
        raise CannotConvertLayer("it gives its scores too, which tf.js's layers cannot")


def _of_rank_3(tensors: list[Any]) -> None:
    if any(len(tensor.shape) != 3 for tensor in tensors):
        raise CannotConvertLayer("tf.js's layers multiply tensors of rank 3, [examples, steps, n]")


def _ended(parts: _Parts, layer: Any) -> list[TfjsLayer]:
    """The last one has the Keras layer's name."""
    parts[-1].suffix = ""
    if layer.get_config()["dropout"]:
        parts[-1].untrained = "the dropout"
    return list(parts)
