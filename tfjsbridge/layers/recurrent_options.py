"""The options that all recurrent layers and their cells take, and Keras's of them.

Follows the interfaces RNNLayerArgs and SimpleRNNCellLayerArgs of
tfjs-layers/src/layers/recurrent.ts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.layers.arguments import activation_function
from tfjsbridge.layers.layer_options import LAYER_OPTIONS, LayerOptions, with_options_of
from tfjsbridge.options import OptionsFunction
from tfjsbridge.tensors import Tensor

P = ParamSpec("P")
R = TypeVar("R")

DropoutFunc = Callable[[Tensor, float], Tensor]


class CellOptions(LayerOptions, total=False):
    """What each cell takes, beside its size and its gates."""

    activation: str | None
    useBias: bool
    kernelInitializer: Any
    recurrentInitializer: Any
    biasInitializer: Any
    kernelRegularizer: Any
    recurrentRegularizer: Any
    biasRegularizer: Any
    kernelConstraint: Any
    recurrentConstraint: Any
    biasConstraint: Any
    dropout: float
    recurrentDropout: float
    dropoutFunc: DropoutFunc | None


class LoopOptions(LayerOptions, total=False):
    """How a layer goes through a series with its cell."""

    returnSequences: bool
    returnState: bool
    goBackwards: bool
    stateful: bool
    unroll: bool
    inputDim: int | None
    inputLength: int | None


class RecurrentOptions(CellOptions, LoopOptions, total=False):
    """Both, for layers that make their cell themselves."""

    cell: Any


# tf.js: regularizers stay with the cell, whose penalties no model asks for (`losses` of the layer).
_NO_PENALTY = "without effect, as in tf.js, which adds no penalty for recurrent layers."

_CELL: dict[str, tuple[Any, str]] = {
    "activation": ("tanh", "relu, tanh, ...: of the new state."),
    "useBias": (True, "whether a bias is added."),
    "kernelInitializer": ("glorotNormal", "how the kernel begins, which multiplies the inputs."),
    "recurrentInitializer": (
        "orthogonal",
        "how the recurrent kernel begins, which multiplies the last state.",
    ),
    "biasInitializer": ("zeros", "how the bias begins."),
    "kernelRegularizer": (None, _NO_PENALTY),
    "recurrentRegularizer": (None, _NO_PENALTY),
    "biasRegularizer": (None, _NO_PENALTY),
    "kernelConstraint": (None, 'what the kernel must meet, as "maxNorm".'),
    "recurrentConstraint": (None, "what the recurrent kernel must meet."),
    "biasConstraint": (None, "what the bias must meet."),
    "dropout": (0.0, "the share of the inputs that is dropped in training; the same at each step."),
    "recurrentDropout": (0.0, "the share of the last state that is dropped in training."),
    "dropoutFunc": (None, "makes dropout masks, of a Tensor of ones and the rate."),
}
_LOOP: dict[str, tuple[Any, str]] = {
    "returnSequences": (False, "whether the output of each step is returned, not the last alone."),
    "returnState": (False, "whether the states follow the output."),
    "goBackwards": (False, "whether the last step comes first; also in what is returned."),
    "stateful": (
        False,
        "whether a batch begins with the states that the last one ended with; "
        "needs the batch's size, as by `batchInputShape`.",
    ),
    "unroll": (False, "without effect on values; Keras then writes the steps out."),
    "inputDim": (None, "without effect, as in tf.js; use `inputShape`."),
    "inputLength": (None, "without effect, as in tf.js; use `inputShape`."),
}
_OWN_CELL: dict[str, tuple[Any, str]] = {
    "cell": (None, "without effect, as in tf.js: the layer makes its cell."),
}


def cell_options(function: Callable[P, R]) -> OptionsFunction[P, R]:
    """`options` for a function that ends in `**options: Unpack[CellOptions]`."""
    return with_options_of(CellOptions, _CELL | LAYER_OPTIONS, function)


def loop_options(function: Callable[P, R]) -> OptionsFunction[P, R]:
    """`options` for a function that ends in `**options: Unpack[LoopOptions]`."""
    return with_options_of(LoopOptions, _LOOP | LAYER_OPTIONS, function)


def recurrent_options(function: Callable[P, R]) -> OptionsFunction[P, R]:
    """`options` for a function that ends in `**options: Unpack[RecurrentOptions]`."""
    table = _CELL | _LOOP | _OWN_CELL | LAYER_OPTIONS
    return with_options_of(RecurrentOptions, table, function)


def cell_config(options: CellOptions) -> dict[str, Any]:
    """Keras's options of a cell, of tf.js's."""
    given: dict[str, Any] = {
        name: options.get(name, default) for name, (default, _) in _CELL.items()
    }
    for name in ("kernelRegularizer", "recurrentRegularizer", "biasRegularizer"):
        regularizers.get(given[name])  # an unknown name is an error, though it has no effect
    return {
        "activation": activation_function(given["activation"]),
        "use_bias": given["useBias"],
        "kernel_initializer": initializers.get(given["kernelInitializer"]),
        "recurrent_initializer": initializers.get(given["recurrentInitializer"], "orthogonal"),
        "bias_initializer": initializers.get(given["biasInitializer"], "zeros"),
        "kernel_constraint": constraints.get(given["kernelConstraint"]),
        "recurrent_constraint": constraints.get(given["recurrentConstraint"]),
        "bias_constraint": constraints.get(given["biasConstraint"]),
        "dropout": _rate(given["dropout"]),
        "recurrent_dropout": _rate(given["recurrentDropout"]),
    }


def loop_config(options: LoopOptions) -> dict[str, Any]:
    """Keras's options of the loop, of tf.js's."""
    return {
        "return_sequences": bool(options.get("returnSequences")),
        "return_state": bool(options.get("returnState")),
        "go_backwards": bool(options.get("goBackwards")),
        "stateful": bool(options.get("stateful")),
        "unroll": bool(options.get("unroll")),
    }


def base_of(options: LayerOptions) -> LayerOptions:
    """The options that every layer takes, without the others."""
    given = {name: value for name, value in options.items() if name in LAYER_OPTIONS}
    return cast("LayerOptions", given)


def use_dropout_func(keras_cell: Any, function: DropoutFunc | None) -> None:
    """Let a function make the dropout masks of one of our Keras cells."""
    if function is not None:
        keras_cell.dropout_func = lambda ones, rate: function(Tensor(ones), rate).tensor


def _rate(rate: float) -> float:
    # tf.js: a rate outside of 0 to 1 is clipped to it, and 1 passes everything on.
    clipped = max(min(rate, 1.0), 0.0)
    return 0.0 if clipped == 1.0 else clipped
