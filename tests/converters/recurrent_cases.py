"""Recurrent layers that tf.js has not, or not so; see cases.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tfjsbridge.runtime import keras

layers = keras.layers


def _series(*parts: Any, shape: tuple[int | None, ...] = (5, 2), **options: Any) -> Any:
    return keras.Sequential([layers.Input(shape, **options), *parts])


def _called(layer: Any, steps: int | None, *states: int) -> Any:
    """A model of all that a layer gives, on a series of two features and first states."""
    inputs = [keras.Input((steps, 2)), *[keras.Input((size,)) for size in states]]
    if not states:
        return keras.Model(inputs[0], layer(inputs[0]))
    return keras.Model(inputs, layer(inputs[0], initial_state=inputs[1:]))


def _both(merge_mode: str | None = "concat", **options: Any) -> Any:
    return layers.Bidirectional(layers.GRU(3, **options), merge_mode)


def both_of_their_own() -> Any:
    backward = layers.GRU(3, go_backwards=True, use_bias=False)
    return _series(layers.Bidirectional(layers.GRU(3, activation="sigmoid"), None, None, backward))


def called_twice() -> Any:
    x, layer = keras.Input((5, 4)), layers.GRU(4)
    return keras.Model(x, [layer(x), layer(layers.Dense(4)(x))])


def translation() -> Any:
    """The decoder begins with the encoder's state, and both series have any length."""
    x, y = keras.Input((None, 2)), keras.Input((None, 3))
    _, state = layers.GRU(3, return_state=True)(x)
    z = layers.GRU(3, return_sequences=True)(y, initial_state=state)
    return keras.Model([x, y], layers.Dense(3, activation="softmax")(z))


_CELLS = [("GRUCell", 3), ("LSTMCell", 2), ("GRUCell", 2)]


def _cells(**options: Any) -> Any:
    return layers.RNN([getattr(layers, name)(units) for name, units in _CELLS], **options)


_HARD = {"recurrent_activation": "hard_sigmoid"}

RECURRENT: dict[str, Callable[[], Any]] = {
    **{
        f"{name}, {'any length' if steps is None else 'five steps'}": lambda b=build, s=steps: b(s)
        for steps in (5, None)
        for name, build in {
            "GRU": lambda s: _series(layers.GRU(3), shape=(s, 2)),
            "GRUs of whole numbers": lambda s: _series(
                layers.GRU(3, return_sequences=True), layers.GRU(2), shape=(s, 2), dtype="int32"
            ),
            "GRU backwards": lambda s: _series(
                layers.GRU(3, go_backwards=True, return_sequences=True, use_bias=False),
                shape=(s, 2),
            ),
            "GRU with states": lambda s: _called(
                layers.GRU(3, return_state=True, return_sequences=True), s, 3
            ),
            "GRU both ways": lambda s: _series(_both("ave", return_sequences=True), shape=(s, 2)),
            "GRU both ways, apart": lambda s: _called(_both(None), s),
            "cells": lambda s: _series(_cells(return_sequences=True), shape=(s, 2)),
        }.items()
    },
    "GRU of one step": lambda: _series(layers.GRU(3, return_sequences=True), shape=(1, 1)),
    "GRU of many steps": lambda: _series(layers.GRU(3), shape=(200, 2)),
    "GRU with other activations": lambda: _series(
        layers.GRU(3, activation="hard_tanh", **_HARD), layers.Dense(2)
    ),
    "GRU with sigmoid, any length": lambda: _series(
        layers.GRU(3, activation="sigmoid"), shape=(None, 2)
    ),
    "GRU both ways with states": lambda: _called(_both("mul", return_state=True), 5, 3, 3),
    "GRU both ways with ways of their own": both_of_their_own,
    "GRU called twice": called_twice,
    "GRU with its state": lambda: _called(layers.GRU(3, return_state=True), 5),
    "GRU of series of series": lambda: _series(
        layers.TimeDistributed(layers.GRU(3, return_sequences=True)), shape=(2, 4, 2)
    ),
    "translation": translation,
    "LSTM with hard_sigmoid": lambda: _series(layers.Bidirectional(layers.LSTM(3, **_HARD))),
    "GRU before with hard_sigmoid": lambda: _series(
        layers.GRU(3, activation="hard_sigmoid", reset_after=False, **_HARD)
    ),
    "SimpleRNN with hard_sigmoid": lambda: _series(
        layers.SimpleRNN(3, activation="hard_sigmoid", kernel_constraint="unit_norm")
    ),
    "ConvLSTM1D": lambda: _series(
        layers.ConvLSTM1D(3, 2, strides=2, padding="same", return_sequences=True, **_HARD),
        layers.ConvLSTM1D(2, 2, data_format="channels_first", go_backwards=True), shape=(3, 6, 2)
    ),
    "ConvLSTM1D of any length": lambda: _series(
        layers.ConvLSTM1D(2, 2, return_sequences=True), shape=(None, 4, 2)
    ),
    "ConvLSTM2D with dilation": lambda: _series(
        layers.ConvLSTM2D(2, 2, dilation_rate=2), shape=(3, 5, 4, 2)
    ),
    "ConvLSTM2D backwards": lambda: _series(
        layers.ConvLSTM2D(2, 2, go_backwards=True, return_sequences=True), shape=(3, 3, 4, 2)
    ),
    "ConvLSTM2D with channels first": lambda: _series(
        layers.ConvLSTM2D(2, 2, data_format="channels_first", return_sequences=True),
        layers.ConvLSTM2D(2, 2, data_format="channels_first"), shape=(3, 2, 5, 4)
    ),
}  # fmt: skip
