"""Models with masks that tf.js's layers would not have as Keras has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.runtime import keras

layers = keras.layers


def padded(*parts: Any) -> Any:
    """A model on int32 word numbers, half of them the one that stands for none."""
    embedding = layers.Embedding(9, 4, mask_zero=True)
    return keras.Sequential([layers.Input((6,), dtype="int32"), embedding, *parts])


def _bidirectional(cell: Any, **options: Any) -> Any:
    return layers.Bidirectional(cell(3, return_sequences=True, **options))


def _tokens() -> tuple[Any, Any]:
    """An input of word numbers, and their embedding with a mask."""
    tokens = keras.Input((6,), dtype="int32")
    return tokens, layers.Embedding(9, 4, mask_zero=True)(tokens)


def mask_and_another_series() -> Any:
    """An LSTM without a mask in a model that has one, which tf.js would give it."""
    tokens, x = _tokens()
    series = keras.Input((6, 4))
    both = [layers.LSTM(3)(x), layers.LSTM(3)(series)]
    return keras.Model([tokens, series], layers.Concatenate()(both))


def mask_and_joined() -> Any:
    tokens, x = _tokens()
    return keras.Model(tokens, layers.LSTM(3)(layers.Add()([x, layers.Dense(4)(x)])))


def mask_and_initial_state() -> Any:
    tokens, x = _tokens()
    states = [keras.Input((3,)), keras.Input((3,))]
    return keras.Model([tokens, *states], layers.LSTM(3)(x, initial_state=states))


def two_masks() -> Any:
    (first, x), (second, y) = _tokens(), _tokens()
    both = [layers.LSTM(3)(x), layers.LSTM(3)(y)]
    return keras.Model([first, second], layers.Concatenate()(both))


MASKED: dict[str, Callable[[], Any]] = {
    "both ways over words": lambda: padded(_bidirectional(layers.LSTM)),
    "both ways over words, GRU and mean": lambda: padded(
        _bidirectional(layers.GRU), layers.GlobalAveragePooling1D()
    ),
    "GRU over words": lambda: padded(layers.GRU(3)),
    "GRUs over words": lambda: padded(layers.GRU(3, return_sequences=True), layers.GRU(3)),
    "backwards over words": lambda: padded(
        layers.LSTM(3, go_backwards=True, return_sequences=True, zero_output_for_mask=True)
    ),
    "a mask and a series without one": mask_and_another_series,
    "a mask on what is joined": mask_and_joined,
    "a mask and an initial state": mask_and_initial_state,
    "two masks": two_masks,
    "a mask and a mean": lambda: padded(layers.GlobalAveragePooling1D()),
    "a mask and layers that are joined": lambda: padded(layers.UnitNormalization(), layers.LSTM(3)),
    "a mask that becomes zeros": lambda: padded(
        layers.LSTM(3, return_sequences=True, zero_output_for_mask=True)
    ),
}
