"""Conversions of what makes categories of numbers: as comparisons.

Of a number x and a limit, relu(limit - x), made large and cut at 1, is 1 where x is below it.
tf.js's layers give these whole numbers as floats, which its Embedding takes, too; a model that ends
with whole numbers is no layers-model.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.attention import dense
from tfjsbridge.converters.layers.common import as_float, input_shape, output_shape
from tfjsbridge.converters.layers.resizing import LARGEST
from tfjsbridge.converters.layers.rewrites import step
from tfjsbridge.converters.layers.shapes import reshape
from tfjsbridge.converters.registry import CannotConvertLayer, TfjsLayer, writes
from tfjsbridge.runtime import keras

layers = keras.layers

#: The whole numbers that a float32 tells from their neighbours.
EXACT = 2**24


@writes(layers.Discretization)
def write_discretization(layer: Any) -> list[TfjsLayer]:
    """Which of the bins a number is in: those below limit i and not below limit i - 1."""
    _not_at_the_end(layer, layer.output_mode == "int")
    if not layer.bin_boundaries:
        raise CannotConvertLayer("it has no bins yet; call adapt()")
    limits = np.asarray(layer.bin_boundaries, np.float32)
    count = len(limits)
    if layer.output_mode == "int":
        table = np.arange(count + 1, dtype=np.float32)[:, None]
    else:
        table = np.eye(count + 1, dtype=np.float32)
    # In bin i all limits from i on are above x.
    kernel = table[:-1] - table[1:]
    parts = [*_below(layer, limits), *_encoded(layer, kernel, table[-1])]
    return _ended(parts)


@writes(layers.IntegerLookup)
def write_integer_lookup(layer: Any) -> list[TfjsLayer]:
    """Of the words that are given: x is word w if it is below w + 1 and not below w."""
    # Keras says floats of some modes, and gives whole numbers.
    _not_at_the_end(layer, layer.output_mode != "tf_idf")
    if layer.num_oov_indices != 1 and not layer.invert:
        raise CannotConvertLayer(
            f"it has num_oov_indices={layer.num_oov_indices}; in tf.js there is neither an error "
            "for unknown numbers nor a hash, use num_oov_indices=1"
        )
    words, table, unknown = _vocabulary(layer)
    limits = np.unique(np.concatenate([words, words + 1]))
    if max(np.abs(limits).max(), np.abs(table).max()) >= EXACT:
        raise CannotConvertLayer(f"tf.js's layers compute with whole numbers below {EXACT} only")
    kernel = np.zeros([len(limits), table.shape[1]], np.float32)
    for word, row in zip(words, table - unknown, strict=True):
        kernel[np.searchsorted(limits, word + 1)] += row
        kernel[np.searchsorted(limits, word)] -= row
    parts = [*_below(layer, limits.astype(np.float32)), *_encoded(layer, kernel, unknown)]
    return _ended(parts)


def _not_at_the_end(layer: Any, whole: bool) -> None:
    """Refuse whole numbers that nothing makes floats of."""
    calls = list(layer._inbound_nodes) if whole else []
    seen = set()
    while calls:
        call = calls.pop()
        floats = all("float" in tensor.dtype for tensor in call.output_tensors)
        if id(call) in seen or (floats and call.operation is not layer):
            continue
        seen.add(id(call))
        if not call.operation._outbound_nodes:
            raise CannotConvertLayer(
                "it gives whole numbers, and tf.js's layers floats; put an Embedding or another "
                "layer with float results behind it"
            )
        calls += call.operation._outbound_nodes


def _vocabulary(layer: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The numbers that the layer knows, what it makes of each, [count, values], and of others."""
    if layer.invert:
        known = list(range(layer.vocabulary_size()))
    else:
        masks = [] if layer.mask_token is None else [layer.mask_token]
        known = [*masks, *layer.get_vocabulary(include_special_tokens=False)]
    words = np.unique(np.asarray(known, np.int64))
    given = np.concatenate([words, [words.max() + 1]])
    made = np.asarray(keras.ops.convert_to_numpy(layer(given[:, None])), np.float64)
    made = made.reshape(len(given), -1).astype(np.float32)
    return words, made[:-1], made[-1]


def _below(layer: Any, limits: np.ndarray) -> list[TfjsLayer]:
    """[..., n] to [... * n, limits]: 1 where a number is below a limit, 0 elsewhere."""
    sizes = input_shape(layer)[1:]
    if sizes.count(None) > 1 or not sizes:
        raise CannotConvertLayer(f"its input has shape {list(input_shape(layer))}")
    count = -1 if None in sizes else math.prod(sizes)
    difference = dense(np.full([1, len(limits)], -1, np.float32), limits, "differences")
    difference.config["trainable"] = False
    return [*as_float(layer), reshape(count, 1, suffix="numbers"), difference, *step("below")]


def _encoded(layer: Any, kernel: np.ndarray, bias: np.ndarray) -> list[TfjsLayer]:
    """What the layer gives, of comparisons [... * n, limits], their factors and an offset."""
    if layer.sparse:
        raise CannotConvertLayer("tf.js's layers give no sparse tensors")
    rows, columns = kernel.shape
    shape = input_shape(layer)
    if rows * columns > LARGEST:
        raise CannotConvertLayer(f"{rows} comparisons for {columns} values take a large matrix")
    sizes = [-1 if size is None else size for size in output_shape(layer)[1:]]
    if layer.output_mode in ("int", "one_hot"):
        return [_fixed(kernel, bias), reshape(*sizes)]
    if len(shape) != 2 or None in shape[1:]:
        raise CannotConvertLayer(
            f"with output_mode={layer.output_mode!r} it takes [examples, values] of a known number "
            f"of values, not {list(shape)}"
        )
    if layer.output_mode == "multi_hot":
        return [_fixed(kernel, bias), TfjsLayer("GlobalMaxPooling1D", {})]
    # Of all values at once, to sum whole numbers.
    count = shape[1]
    if count * rows * columns > LARGEST:
        raise CannotConvertLayer(f"{count * rows} comparisons for {columns} values are many")
    whole = _fixed(np.tile(kernel, [count, 1]), bias * count)
    return [reshape(count * rows, suffix="together"), whole]


def _fixed(kernel: np.ndarray, bias: np.ndarray) -> TfjsLayer:
    part = dense(kernel, bias, "categories")
    part.config["trainable"] = False
    return part


def _ended(parts: Sequence[TfjsLayer]) -> list[TfjsLayer]:
    """The last one has the Keras layer's name."""
    parts[-1].suffix = ""
    return list(parts)
