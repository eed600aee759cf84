"""Operations / RNN of the tf.js API.

Follows tfjs-core/src/ops/{basic_lstm_cell,multi_rnn_cell}.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfjsbridge.engine import operation
from tfjsbridge.ops.convert import convert, convert_all
from tfjsbridge.ops.matrices import matMul
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from

Cell = Callable[[Tensor, Tensor, Tensor], Sequence[Tensor]]


@operation
def basicLSTMCell(
    forgetBias: Any, lstmKernel: Any, lstmBias: Any, data: Any, c: Any, h: Any
) -> list[Tensor]:
    """The next state and output of an LSTM cell, `[newC, newH]`.

    Args:
      forgetBias: a number that is added to the forget gate.
      lstmKernel: the weights, [inputs + units, 4 * units]: of the input gate, the new input, the
        forget gate and the output gate.
      lstmBias: the bias, [4 * units].
      data: the input, [batch, inputs].
      c: the state, [batch, units].
      h: the output before, [batch, units].

    Raises:
      ValueError: for sizes that do not fit.
    """
    given = {"data": data, "h": h, "lstmKernel": lstmKernel, "lstmBias": lstmBias}
    given |= {"forgetBias": forgetBias, "c": c}
    tensors = {name: convert(value, name, "basicLSTMCell") for name, value in given.items()}
    if not any(
        tensors[name].dtype == "float32" for name in ("data", "h", "lstmKernel", "lstmBias")
    ):
        raise ValueError(
            "Error in basicLSTMCell: data, h, lstmKernel or lstmBias must be float32, but none is."
        )
    values = {name: tensor_from(value, "float32").tensor for name, value in tensors.items()}
    _check(values)
    combined = Tensor(tensorflow.concat([values["data"], values["h"]], 1))
    gates = matMul(combined, Tensor(values["lstmKernel"])).tensor + values["lstmBias"]
    i, j, f, o = tensorflow.split(gates, 4, axis=1)
    forget = tensorflow.sigmoid(values["forgetBias"] + f)
    state = tensorflow.sigmoid(i) * tensorflow.tanh(j) + values["c"] * forget
    return [Tensor(state), Tensor(tensorflow.tanh(state) * tensorflow.sigmoid(o))]


def _check(values: dict[str, Any]) -> None:
    shapes = {name: value.shape.as_list() for name, value in values.items()}
    for name in ("data", "h", "lstmKernel"):
        if len(shapes[name]) != 2:
            raise ValueError(
                f"Error in basicLSTMCell: {name} must be rank 2, but its shape is {shapes[name]}."
            )
    if shapes["data"][0] != shapes["h"][0] and None not in (shapes["data"][0], shapes["h"][0]):
        raise ValueError(
            "Error in basicLSTMCell: data and h must have one batch size, but their shapes are "
            f"{shapes['data']} and {shapes['h']}."
        )
    columns = shapes["lstmKernel"][1]
    if columns % 4:
        raise ValueError(
            "Error in basicLSTMCell: lstmKernel must have four times as many columns as there are "
            f"units, but its shape is {shapes['lstmKernel']}."
        )
    gates, part = [shapes["data"][0], columns], [shapes["data"][0], columns // 4]
    for name, target in (("lstmBias", gates), ("forgetBias", part), ("c", part)):
        try:
            tensorflow.broadcast_static_shape(tensorflow.TensorShape(target), values[name].shape)
        except ValueError:
            raise ValueError(
                f"Error in basicLSTMCell: {name} of shape {shapes[name]} does not fit {target}."
            ) from None


@operation
def multiRNNCell(lstmCells: Sequence[Cell], data: Any, c: Any, h: Any) -> list[list[Tensor]]:
    """The next states and outputs of a stack of cells, `[newC, newH]`.

    Args:
      lstmCells: functions of an input, a state and an output that give the next state and output,
        such as `lambda data, c, h: tf.basicLSTMCell(forgetBias, kernel, bias, data, c, h)`.
      data: the input of the first cell; the others take the output of the one before.
      c: the state of each cell.
      h: the output before of each cell.

    Raises:
      ValueError: if there are fewer states or outputs than cells.
    """
    value = convert(data, "data", "multiRNNCell")
    states = convert_all(c, "c", "multiRNNCell", minimum=0)
    outputs = convert_all(h, "h", "multiRNNCell", minimum=0)
    if len(lstmCells) > min(len(states), len(outputs)):
        raise ValueError(
            f"Error in multiRNNCell: {len(lstmCells)} cells need as many c and h, but got "
            f"{len(states)} and {len(outputs)}."
        )
    newC, newH = [], []
    for cell, state, output in zip(lstmCells, states, outputs, strict=False):
        after = cell(value, state, output)
        newC.append(after[0])
        newH.append(after[1])
        value = after[1]
    return [newC, newH]
