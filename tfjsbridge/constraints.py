"""tf.constraints: what weights must meet where they are set.

Follows tfjs-layers/src/exports_constraints.ts. Each function returns a Keras constraint.

tf.js: asks for them where weights are set or loaded, and not while it trains; `compile` warns of
that. In Keras they hold after each step of training.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tfjsbridge.converters.constraints import CONSTRAINTS, from_tfjs
from tfjsbridge.errors import unknown_name
from tfjsbridge.options import options
from tfjsbridge.pythonic import pythonic_entry
from tfjsbridge.runtime import keras


@options
def maxNorm(*, maxValue: float = 2, axis: int = 0) -> Any:
    """Norms along `axis` of at most `maxValue`."""
    return keras.constraints.MaxNorm(maxValue, axis)


@options
def minMaxNorm(
    *, minValue: float = 0.0, maxValue: float = 1.0, rate: float = 1.0, axis: int = 0
) -> Any:
    """Norms along `axis` between `minValue` and `maxValue`, enforced at `rate`."""
    return keras.constraints.MinMaxNorm(minValue, maxValue, rate, axis)


def nonNeg() -> Any:
    """No weight below zero."""
    return keras.constraints.NonNeg()


@options
def unitNorm(*, axis: int = 0) -> Any:
    """Norms along `axis` of 1."""
    return keras.constraints.UnitNorm(axis)


_BY_NAME: dict[str, Callable[[], Any]] = {
    "maxNorm": maxNorm,
    "minMaxNorm": minMaxNorm,
    "nonNeg": nonNeg,
    "unitNorm": unitNorm,
}


def get(identifier: Any) -> Any:
    """The Keras constraint of a tf.js name, or of what `layer.getConfig()` says of one.

    A Keras constraint is returned as it is.
    """
    if isinstance(identifier, Mapping):
        return from_tfjs(pythonic_entry("constraint", identifier, CONSTRAINTS))
    if not isinstance(identifier, str):
        return identifier
    name = identifier[:1].lower() + identifier[1:]  # tf.js takes class names, too
    if name not in _BY_NAME:
        raise unknown_name("constraint", identifier, _BY_NAME)
    return _BY_NAME[name]()
