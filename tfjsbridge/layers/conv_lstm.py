"""Layers / Recurrent of the tf.js API: convLstm2d.

Follows tfjs-layers/src/layers/convolutional_recurrent.ts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.layers.arguments import (
    Sizes,
    activation_function,
    data_format,
    padding_mode,
    positive_integer,
    sizes,
)
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
def convLstm2d(
    *,
    filters: int,
    kernelSize: Sizes,
    strides: Sizes = 1,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    dilationRate: Sizes = 1,
    recurrentActivation: str | None = "hardSigmoid",
    unitForgetBias: bool | None = None,
    implementation: int | None = None,
    **options: Unpack[RecurrentOptions],
) -> RNN:
    """An LSTM over images, [batch, steps, height, width, channels], that multiplies by convolving.

    Args:
      filters: the number of output channels.
      kernelSize: the window's height and width, one number for both or two.
      strides: the steps between windows of the inputs.
      padding: "valid" (none) or "same", of the inputs; the states are padded always.
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: the spacing within a window of the inputs.
      recurrentActivation: of the gates; hardSigmoid is 0.2 x + 0.5 between 0 and 1.
      unitForgetBias: whether the bias of the forget gate begins as ones; not in tf.js, without it.
      implementation: without effect, as in tf.js.

    Raises:
      ValueError: for `unroll`, which tf.js refuses here.
    """
    if options.get("unroll"):
        raise ValueError("Unrolling is not possible with convolutional RNNs.")
    options["unroll"] = False
    windows = _config(filters, kernelSize, strides, padding, dataFormat, dilationRate)
    gates = _gates(recurrentActivation, unitForgetBias)
    return make_recurrent(keras_recurrent.ConvLSTM2D, options, **windows, **gates)


@cell_options
def convLstm2dCell(
    *,
    filters: int,
    kernelSize: Sizes,
    strides: Sizes = 1,
    padding: str = "valid",
    dataFormat: str = "channelsLast",
    dilationRate: Sizes = 1,
    recurrentActivation: str | None = "hardSigmoid",
    unitForgetBias: bool | None = None,
    implementation: int | None = None,
    **options: Unpack[CellOptions],
) -> RNNCell:
    """A step of `convLstm2d`; `tf.layers.rnn` takes series of vectors only, and none of images.

    Args:
      filters: the number of output channels.
      kernelSize: the window's height and width, one number for both or two.
      strides: the steps between windows of the inputs.
      padding: "valid" (none) or "same", of the inputs; the states are padded always.
      dataFormat: "channelsLast" or "channelsFirst".
      dilationRate: the spacing within a window of the inputs.
      recurrentActivation: of the gates; hardSigmoid is 0.2 x + 0.5 between 0 and 1.
      unitForgetBias: whether the bias of the forget gate begins as ones; not in tf.js, without it.
      implementation: without effect, as in tf.js.
    """
    windows = _config(filters, kernelSize, strides, padding, dataFormat, dilationRate)
    gates = _gates(recurrentActivation, unitForgetBias)
    return make_cell(keras_recurrent.ConvLSTM2DCell, options, **windows, **gates)


def _config(
    filters: Any, kernel: Any, strides: Any, padding: str, format_: str, dilation: Any
) -> dict[str, Any]:
    """Keras's options of the convolutions."""
    config: dict[str, Any] = {
        "filters": positive_integer("filters", filters),
        "kernel_size": sizes("kernelSize", kernel, 2),
        "strides": sizes("strides", strides, 2),
        "padding": padding_mode(padding),
        "data_format": data_format(format_),
        "dilation_rate": sizes("dilationRate", dilation, 2),
    }
    if max(config["strides"]) > 1 and max(config["dilation_rate"]) > 1:
        raise ValueError(
            "Either strides or dilations must be 1. Got strides "
            f"{list(config['strides'])} and dilations {list(config['dilation_rate'])}."
        )
    return config


def _gates(recurrent_activation: Any, unit_forget_bias: Any) -> dict[str, Any]:
    return {
        "recurrent_activation": activation_function(recurrent_activation),
        "unit_forget_bias": bool(unit_forget_bias),
    }
