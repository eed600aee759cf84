"""Layers / Recurrent of the tf.js API: RNN, RNNCell, rnn, stackedRNNCells and the simple ones.

Follows tfjs-layers/src/layers/recurrent.ts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tfjsbridge.converters import keras_recurrent
from tfjsbridge.layers.arguments import positive_integer
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.layers.recurrent_options import (
    CellOptions,
    LoopOptions,
    RecurrentOptions,
    base_of,
    cell_config,
    cell_options,
    loop_config,
    loop_options,
    recurrent_options,
    use_dropout_func,
)
from tfjsbridge.layers.recurrent_regularizers import keep_regularizers
from tfjsbridge.layers.recurrent_states import (
    flat_states,
    in_tfjs_order,
    nested_states,
    state_size,
    variables_of,
)
from tfjsbridge.runtime import keras, tensorflow
from tfjsbridge.symbolic import SymbolicTensor
from tfjsbridge.tensors import Tensor, as_array, tensor_from

if TYPE_CHECKING:
    from typing_extensions import Unpack

_BATCH_SIZE = (
    "If an RNN is stateful, it needs to know its batch size. Specify the batch size of your input "
    "tensors:\n"
    "- If using a Sequential model, specify the batch size by passing a `batchInputShape` option "
    "to your first layer.\n"
    "- If using the functional API, specify the batch size by passing a `batchShape` option to "
    "your Input layer."
)


class RNNCell(Layer):
    """A step of a recurrent layer: it makes an output and new states of an input and states."""

    __slots__ = ()

    @property
    def stateSize(self) -> int | list[int]:
        """The size of the state, or of each one, the output first."""
        sizes = state_size(self.keras)
        return sizes[0] if len(sizes) == 1 and not _is_stack(self.keras) else sizes

    def apply(self, inputs: Any, kwargs: Mapping[str, Any] | None = None) -> Any:
        """One step on Tensors.

        tf.js: it needs the cell's `build` before.

        Args:
          inputs: a list of the input, [batch, ...], and the states.
          kwargs: {"training": True} for dropout.

        Returns:
          A list of the output and the new states.

        Raises:
          ValueError: for another number of states.
        """
        sizes = state_size(self.keras)
        if not isinstance(inputs, (list, tuple)) or len(inputs) != 1 + len(sizes):
            came = len(inputs) if isinstance(inputs, (list, tuple)) else 1
            raise ValueError(
                f"{self.getClassName()} expects {1 + len(sizes)} input Tensors, got {came}."
            )
        first, *states = [tensor_from(each).tensor for each in inputs]
        training = bool((kwargs or {}).get("training"))
        output, new = self.keras(first, nested_states(self.keras, states), training=training)
        for cell in getattr(self.keras, "cells", [self.keras]):
            cell.reset_dropout_mask()
            cell.reset_recurrent_dropout_mask()
        return [Tensor(each) for each in (output, *flat_states(self.keras, new))]

    __call__ = apply


class RNN(Layer):
    """A layer that goes through a series, step by step."""

    __slots__ = ()

    @property
    def stateful(self) -> bool:
        """Whether a batch begins with the states that the last one ended with."""
        return bool(self.keras.stateful)

    @property
    def states(self) -> list[Tensor | None]:
        """The states of a stateful layer; None for each where there are none yet."""
        return [
            None if state is None else Tensor(tensorflow.identity(state.value))
            for layer in self._loops()
            for state in variables_of(layer)
        ]

    def getStates(self) -> list[Tensor | None]:
        """As `states`."""
        return self.states

    @property
    def outputShape(self) -> Any:
        """The shape of the output with the batch axis; a list of shapes where states follow it."""
        outputs = self.keras.output
        if not isinstance(outputs, (list, tuple)):
            return list(outputs.shape)
        return [list(each.shape) for each in self._ordered(keras.tree.flatten(outputs))]

    def resetStates(self, states: Any = None, training: bool = False) -> None:
        """Set the states of a stateful layer, to zeros or to what is given.

        Args:
          states: a tensor [batch, units], or a list of them in the order of `states`.
          training: without effect; tf.js then keeps the old states in memory.

        Raises:
          ValueError: for a layer that is not stateful or has no states yet, for another number of
            states or a wrong shape; nothing is set then.
        """
        if not self.stateful:
            raise ValueError("Cannot call resetStates() on an RNN Layer that is not stateful.")
        variables = [state for layer in self._loops() for state in variables_of(layer)]
        if any(variable is None for variable in variables):
            raise ValueError(_BATCH_SIZE)
        if states is None:
            values = [tensorflow.zeros_like(variable.value) for variable in variables]
        else:
            values = [as_array(state) for state in _listed(states)]
        self._check_states(values, [tuple(variable.shape) for variable in variables])
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def apply(self, inputs: Any, kwargs: Mapping[str, Any] | None = None) -> Any:
        """The layer on a SymbolicTensor (building a model) or on a Tensor (computing).

        Args:
          inputs: a series [batch, steps, ...], or a list of it and the states to begin with.
          kwargs: {"initialState": [...]} gives these states, too; for Tensors also
            {"training": True} and {"mask": ...}, which steps count, [batch, steps].

        Returns:
          The output, or with `returnState` a list of it and the states.

        Raises:
          ValueError: for states that do not fit, or SymbolicTensors and Tensors mixed.
        """
        given = {name: value for name, value in (kwargs or {}).items() if value is not None}
        kinds = (SymbolicTensor, Tensor)
        if isinstance(inputs, (list, tuple)) and any(isinstance(each, kinds) for each in inputs):
            if "initialState" in given:
                raise ValueError(
                    "When inputs is an array, neither initialState or constants should be provided"
                )
            inputs, *rest = inputs
            if rest:
                given["initialState"] = rest
        symbolic = isinstance(inputs, SymbolicTensor)
        if "initialState" in given:
            given["initialState"] = self._initial_state(given["initialState"], symbolic)
        if symbolic:
            # tf.js: a model that is built does not keep them; it has its own when it runs.
            given.pop("mask", None)
            given.pop("training", None)
            made = getattr(inputs.keras, "_keras_mask", None)
            if "initialState" in given and made is not None:
                given["mask"] = made  # which Keras forgets where there is a state beside the input
        elif "mask" in given:
            given["mask"] = tensorflow.cast(tensor_from(given["mask"]).tensor, "bool")
        result = super().apply(inputs, given)
        return self._ordered(result) if isinstance(result, list) else result

    __call__ = apply

    def _loops(self) -> list[Any]:
        """The Keras layers that have states."""
        return [self.keras]

    def _ordered(self, outputs: list[Any]) -> list[Any]:
        """Outputs in tf.js's order: states of several cells are last cell first."""
        if not self._loops()[0].return_state:
            return outputs
        counts = [len(state_size(layer.cell)) for layer in self._loops()]
        heads = len(outputs) - sum(counts)
        ordered, rest = outputs[:heads], outputs[heads:]
        for layer, count in zip(self._loops(), counts, strict=True):
            ordered += in_tfjs_order(layer.cell, rest[:count])
            rest = rest[count:]
        return ordered

    def _initial_state(self, state: Any, symbolic: bool) -> list[Any]:
        """An initial state as Keras takes it."""
        states = _listed(state)
        if any(isinstance(each, SymbolicTensor) != symbolic for each in states):
            raise ValueError(
                "Arguments to apply() must be all SymbolicTensors or all Tensors: the inputs and "
                "the initialState."
            )
        self._check_number(states)
        sizes = [size for layer in self._loops() for size in state_size(layer.cell)]
        given = [each.shape if symbolic else list(as_array(each).shape) for each in states]
        if [len(given), *_last(given, self._channels())] != [len(sizes), *sizes]:
            raise ValueError(
                "An initialState was passed that is not compatible with cell.stateSize. "
                f"Received states of the shapes {given}; however cell.stateSize is {sizes}."
            )
        values = states if symbolic else [tensor_from(each) for each in states]
        nested = []
        for layer in self._loops():
            count = len(state_size(layer.cell))
            nested += nested_states(layer.cell, values[:count])
            values = values[count:]
        return nested

    def _check_number(self, states: list[Any]) -> None:
        """Refuse a number of states that cannot be."""

    def _channels(self) -> int:
        """The axis of a state that has its size."""
        cell = self._loops()[0].cell
        return 1 if getattr(cell, "data_format", None) == "channels_first" else -1

    def _check_states(self, values: list[Any], shapes: list[tuple[int, ...]]) -> None:
        if len(values) != len(shapes):
            raise ValueError(
                f"Layer {self.name} expects {len(shapes)} state(s), but it received {len(values)} "
                "state value(s)."
            )
        for index, (value, shape) in enumerate(zip(values, shapes, strict=True)):
            if tuple(value.shape) != shape:
                raise ValueError(
                    f"State {index} is incompatible with layer {self.name}: expected "
                    f"shape={list(shape)}, received shape={list(value.shape)}"
                )


def _last(shapes: list[Any], axis: int) -> list[int | None]:
    return [shape[axis] if len(shape) > 1 else None for shape in shapes]


def _listed(states: Any) -> list[Any]:
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _is_stack(keras_cell: Any) -> bool:
    return isinstance(keras_cell, keras.layers.StackedRNNCells)


def make_cell(keras_class: Any, options: CellOptions, **config: Any) -> RNNCell:
    """A cell over `keras_class`, with tf.js's options of all cells and more of Keras's."""
    cell = make_layer(keras_class, base_of(options), **cell_config(options), **config).keras
    use_dropout_func(cell, options.get("dropoutFunc"))
    keep_regularizers(cell, options)
    return RNNCell(cell)


def make_recurrent(keras_class: Any, options: RecurrentOptions, **config: Any) -> RNN:
    """A layer over `keras_class`, with tf.js's options of all layers and more of Keras's."""
    _check_batch_size(options)
    layer = make_layer(
        keras_class, base_of(options), **cell_config(options), **loop_config(options), **config
    ).keras
    use_dropout_func(layer.cell, options.get("dropoutFunc"))
    keep_regularizers(layer.cell, options)
    return RNN(layer)


def _check_batch_size(options: LoopOptions) -> None:
    whole = options.get("batchInputShape")
    unknown = whole[0] is None if whole else options.get("batchSize") is None
    if options.get("stateful") and unknown and (whole or options.get("inputShape") is not None):
        raise ValueError(_BATCH_SIZE)


@layer_options
def stackedRNNCells(*, cells: Sequence[RNNCell], **base: Unpack[LayerOptions]) -> RNNCell:
    """Several cells as one: each takes the output of the one before it.

    Args:
      cells: the cells, the first one first. Their states are listed last cell first.

    Raises:
      ValueError: where one is no cell.
    """
    _check_cells(list(cells))
    layer = make_layer(keras.layers.StackedRNNCells, base, cells=[each.keras for each in cells])
    return RNNCell(layer.keras)


@loop_options
def rnn(*, cell: RNNCell | Sequence[RNNCell], **options: Unpack[LoopOptions]) -> RNN:
    """A layer that goes through a series, [batch, steps, ...], with a cell.

    Args:
      cell: a cell, as of `tf.layers.lstmCell`, or a list of cells one on the other.

    Raises:
      ValueError: where `cell` is no cell.
    """
    cells: list[Any] = list(cell) if isinstance(cell, (list, tuple)) else [cell]
    _check_cells(cells)
    one: Any = cells[0]
    if cell is not one:  # tf.js: a list of one cell is a stack of one.
        one = stackedRNNCells(cells=cells)
    _check_batch_size(options)
    config = loop_config(options)
    return RNN(make_layer(keras_recurrent.RNN, base_of(options), cell=one.keras, **config).keras)


def _check_cells(cells: list[Any]) -> None:
    for each in cells:
        if not isinstance(each, RNNCell):
            raise ValueError(
                "The RNN cell should have an attribute `stateSize` (tuple of integers, one "
                f"integer per RNN state), as those of tf.layers.lstmCell; got {each!r}."
            )


@recurrent_options
def simpleRNN(*, units: int, **options: Unpack[RecurrentOptions]) -> RNN:
    """output = activation(input · kernel + last output · recurrent kernel + bias), step by step.

    Args:
      units: the size of the output.
    """
    return make_recurrent(
        keras_recurrent.SimpleRNN, _simple(options), units=positive_integer("units", units)
    )


@cell_options
def simpleRNNCell(*, units: int, **options: Unpack[CellOptions]) -> RNNCell:
    """A step of `simpleRNN`, for `tf.layers.rnn`.

    Args:
      units: the size of the output.
    """
    return make_cell(
        keras_recurrent.SimpleRNNCell, _simple(options), units=positive_integer("units", units)
    )


def _simple(options: Any) -> Any:
    # tf.js: None is tanh here, but no activation in the other cells.
    return options if options.get("activation") is not None else {**options, "activation": "tanh"}
