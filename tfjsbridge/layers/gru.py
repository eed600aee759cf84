"""Layers / Recurrent of the tf.js API: gru.

Follows GRU and GRUCell in tfjs-layers/src/layers/recurrent.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.layers.arguments import activation_function, positive_integer
from tfjsbridge.layers.recurrent import RNN, RNNCell, make_cell, make_recurrent
from tfjsbridge.layers.recurrent_options import (
    CellOptions,
    RecurrentOptions,
    cell_options,
    recurrent_options,
)

if TYPE_CHECKING:
    from typing_extensions import Unpack


@recurrent_options
def gru(
    *,
    units: int,
    recurrentActivation: str | None = "hardSigmoid",
    implementation: int | None = None,
    resetAfter: bool = False,
    **options: Unpack[RecurrentOptions],
) -> RNN:
    """A gated recurrent unit over a series, [batch, steps, channels].

    tf.js: the reset gate acts before the multiplication, and the bias is [3·units]; Keras's default
    is the other way.

    Args:
      units: the size of the output.
      recurrentActivation: of the gates; hardSigmoid is 0.2 x + 0.5 between 0 and 1.
      implementation: without effect, as in tf.js.
      resetAfter: must be False; tf.js has no other way.

    Raises:
      ValueError: for `resetAfter`.
    """
    return make_recurrent(
        keras_recurrent.GRU, options, **_config(units, recurrentActivation, resetAfter)
    )


@cell_options
def gruCell(
    *,
    units: int,
    recurrentActivation: str | None = "hardSigmoid",
    implementation: int | None = None,
    resetAfter: bool = False,
    **options: Unpack[CellOptions],
) -> RNNCell:
    """A step of `gru`, for `tf.layers.rnn`.

    Args:
      units: the size of the output.
      recurrentActivation: of the gates; hardSigmoid is 0.2 x + 0.5 between 0 and 1.
      implementation: without effect, as in tf.js.
      resetAfter: must be False; tf.js has no other way.

    Raises:
      ValueError: for `resetAfter`.
    """
    return make_cell(
        keras_recurrent.GRUCell, options, **_config(units, recurrentActivation, resetAfter)
    )


def _config(units: Any, recurrent_activation: Any, reset_after: Any) -> dict[str, Any]:
    if reset_after:
        raise ValueError("GRUCell does not support reset_after parameter set to true.")
    return {
        "units": positive_integer("units", units),
        "recurrent_activation": activation_function(recurrent_activation),
        "reset_after": False,
    }
