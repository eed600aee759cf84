"""The options that convolutions have in common, checked and as Keras's.

Follows `BaseConv` and `Conv` of tfjs-layers/src/layers/convolutional.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge import constraints, initializers, regularizers
from tfjsbridge.layers.arguments import (
    Sizes,
    activation_function,
    data_format,
    padding_mode,
    sizes,
)


def window(
    axes: int, kernelSize: Sizes, strides: Sizes, padding: str, *, causal: bool = False
) -> dict[str, Any]:
    """How a window moves along some axes."""
    return {
        "kernel_size": sizes("kernelSize", kernelSize, axes),
        "strides": sizes("strides", strides, axes),
        "padding": padding_mode(padding, causal=causal),
    }


def dilation(window: dict[str, Any], dilationRate: Sizes) -> dict[str, Any]:
    """The spacing within a window.

    Raises:
      ValueError: for a spacing of a window that moves by more than one; tf.js says so when the
        layer is called.
    """
    strides = window["strides"]
    rates = sizes("dilationRate", dilationRate, len(strides))
    if max(strides) > 1 and max(rates) > 1:
        raise ValueError(
            f"Either strides or dilationRate must be 1, got strides {list(strides)} and "
            f"dilationRate {list(rates)}."
        )
    return {"dilation_rate": rates}


def bias(
    useBias: bool, biasInitializer: Any, biasConstraint: Any, biasRegularizer: Any
) -> dict[str, Any]:
    """What is added to each channel."""
    return {
        "use_bias": useBias,
        "bias_initializer": initializers.get(biasInitializer, "zeros"),
        "bias_constraint": constraints.get(biasConstraint),
        "bias_regularizer": regularizers.get(biasRegularizer),
    }


def kernel(
    initializer: Any,
    constraint: Any,
    regularizer: Any,
    *,
    name: str = "kernel",
    default: str = "glorotNormal",
) -> dict[str, Any]:
    """One of a layer's kernels, by what Keras's options of it begin with."""
    return {
        f"{name}_initializer": initializers.get(initializer, default),
        f"{name}_constraint": constraints.get(constraint),
        f"{name}_regularizer": regularizers.get(regularizer),
    }


def result(dataFormat: str, activation: str | None, activityRegularizer: Any) -> dict[str, Any]:
    """Where the channels are, and what becomes of the output."""
    return {
        "data_format": data_format(dataFormat),
        "activation": activation_function(activation),
        "activity_regularizer": regularizers.get(activityRegularizer),
    }
