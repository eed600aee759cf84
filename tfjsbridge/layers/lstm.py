"""Layers / Recurrent of the tf.js API: lstm.

Follows LSTM and LSTMCell in tfjs-layers/src/layers/recurrent.ts.
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
def lstm(
    *,
    units: int,
    recurrentActivation: str | None = "hardSigmoid",
    unitForgetBias: bool | None = None,
    implementation: int | None = None,
    **options: Unpack[RecurrentOptions],
) -> RNN:
    """A long short-term memory over a series, [batch, steps, channels].

    Its states are the output and the carry.

    Args:
      units: the size of the output.
      recurrentActivation: of the gates; hardSigmoid is 0.2 x + 0.5 between 0 and 1.
      unitForgetBias: whether the bias of the forget gate begins as ones; not in tf.js, without it.
      implementation: without effect, as in tf.js.
    """
    return make_recurrent(
        keras_recurrent.LSTM, options, **_config(units, recurrentActivation, unitForgetBias)
    )


@cell_options
def lstmCell(
    *,
    units: int,
    recurrentActivation: str | None = "hardSigmoid",
    unitForgetBias: bool | None = None,
    implementation: int | None = None,
    **options: Unpack[CellOptions],
) -> RNNCell:
    """A step of `lstm`, for `tf.layers.rnn`.

    Args:
      units: the size of the output.
      recurrentActivation: of the gates; hardSigmoid is 0.2 x + 0.5 between 0 and 1.
      unitForgetBias: whether the bias of the forget gate begins as ones; not in tf.js, without it.
      implementation: without effect, as in tf.js.
    """
    return make_cell(
        keras_recurrent.LSTMCell, options, **_config(units, recurrentActivation, unitForgetBias)
    )


def _config(units: Any, recurrent_activation: Any, unit_forget_bias: Any) -> dict[str, Any]:
    return {
        "units": positive_integer("units", units),
        "recurrent_activation": activation_function(recurrent_activation),
        "unit_forget_bias": bool(unit_forget_bias),
    }
