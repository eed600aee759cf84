"""Operations / RNN of the tf.js API.

Follows tfjs-core/src/ops/{basic_lstm_cell,multi_rnn_cell}.ts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tfjsbridge.ops.arithmetic import add
from tfjsbridge.ops.convert import convert, convert_all
from tfjsbridge.ops.joining import concat
from tfjsbridge.ops.matrices import matMul
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.tfjs_engine import operation

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
      ValueError: for sizes that do not fit, complex numbers, or if nothing that is multiplied or
        added there is float32.
    """
    given = {"data": data, "h": h, "lstmKernel": lstmKernel, "lstmBias": lstmBias}
    given |= {"forgetBias": forgetBias, "c": c}
    tensors = {name: convert(value, name, "basicLSTMCell") for name, value in given.items()}
    _check(tensors)
    # tf.js: `h` becomes of the dtype of `data`, as in every tf.concat.
    combined = concat([tensors["data"], tensors["h"]], 1)
    gates = add(matMul(combined, tensors["lstmKernel"]), tensors["lstmBias"])
    i, j, f, o = tensorflow.split(gates.tensor, 4, axis=1)
    more, before = (tensor_from(tensors[name], "float32").tensor for name in ("forgetBias", "c"))
    kept = before * tensorflow.sigmoid(more + f)
    state = tensorflow.sigmoid(i) * tensorflow.tanh(j) + kept
    return [Tensor(state), Tensor(tensorflow.tanh(state) * tensorflow.sigmoid(o))]


def _check(tensors: dict[str, Tensor]) -> None:
    dtypes = {name: tensor.dtype for name, tensor in tensors.items()}
    if "complex64" in dtypes.values():
        raise ValueError(f"Error in basicLSTMCell: complex64 is not supported, but got {dtypes}.")
    if not any(dtypes[name] == "float32" for name in ("data", "h", "lstmKernel", "lstmBias")):
        raise ValueError(
            "Error in basicLSTMCell: data, h, lstmKernel or lstmBias must be float32, but none is."
        )
    shapes = {name: tensor.shape for name, tensor in tensors.items()}
    for name in ("data", "h", "lstmKernel"):
        if len(shapes[name]) != 2:
            raise ValueError(
                f"Error in basicLSTMCell: {name} must be rank 2, but its shape is {shapes[name]}."
            )
    (batch, inputs), (other, units), (rows, columns) = (
        shapes[name] for name in ("data", "h", "lstmKernel")
    )
    if batch != other and None not in (batch, other):
        raise ValueError(
            "Error in basicLSTMCell: data and h must have one batch size, but their shapes are "
            f"{shapes['data']} and {shapes['h']}."
        )
    if None not in (inputs, units, rows) and inputs + units != rows:
        raise ValueError(
            "Error in basicLSTMCell: lstmKernel must have a row for each column of data and h, but "
            f"their shapes are {shapes['lstmKernel']}, {shapes['data']} and {shapes['h']}."
        )
    if columns is not None and columns % 4:
        raise ValueError(
            "Error in basicLSTMCell: lstmKernel must have four times as many columns as there are "
            f"units, but its shape is {shapes['lstmKernel']}."
        )
    gates, part = [batch, columns], [batch, None if columns is None else columns // 4]
    for name, target in (("lstmBias", gates), ("forgetBias", part), ("c", part)):
        try:
            tensorflow.broadcast_static_shape(*map(tensorflow.TensorShape, (target, shapes[name])))
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
    if not isinstance(lstmCells, (list, tuple)) or not all(map(callable, lstmCells)):
        raise TypeError(
            "Argument 'lstmCells' passed to 'multiRNNCell' must be a list of functions, "
            f"but got {str(lstmCells)[:60]}"
        )
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
