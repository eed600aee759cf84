"""Regularizers of recurrent layers, which their configuration says and which have no effect.

Follows tfjs-layers/src/layers/recurrent.ts: they stay with the cell, whose penalties no model asks
for (`losses` of the layer).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tfjsbridge import regularizers
from tfjsbridge.runtime import keras

PARTS = ("kernel", "recurrent", "bias")


def keep_regularizers(keras_cell: Any, options: Mapping[str, Any]) -> None:
    """Let a cell that was made without regularizers say those of `options` again.

    Args:
      keras_cell: a Keras cell.
      options: tf.js's options of it, kernelRegularizer and so on.
    """
    given = {part: regularizers.get(options.get(f"{part}Regularizer")) for part in PARTS}
    _keep(keras_cell, given)


def take_off_penalties(model: Any) -> None:
    """The same for the cells of a Keras model that was loaded, which has given them to Keras."""
    for cell in _cells(model):
        given = {part: getattr(cell, f"{part}_regularizer", None) for part in PARTS}
        if not any(given.values()):
            continue
        _keep(cell, given)
        for part in PARTS:
            setattr(cell, f"{part}_regularizer", None)
        for weight in cell.weights:
            weight.regularizer = None


def _keep(keras_cell: Any, given: dict[str, Any]) -> None:
    found = {part: regularizer for part, regularizer in given.items() if regularizer is not None}
    if found:
        keras_cell.tfjs_regularizers = found


def _cells(model: Any) -> Iterator[Any]:
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, keras.layers.RNN):
            cell = layer.cell
            stacked = isinstance(cell, keras.layers.StackedRNNCells)
            yield from cell.cells if stacked else [cell]
