"""tf.regularizers: penalties on weights, added to the loss.

Follows tfjs-layers/src/exports_regularizers.ts. Each function returns a Keras regularizer.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tfjsbridge.converters.regularizers import from_tfjs
from tfjsbridge.errors import unknown_name
from tfjsbridge.options import options
from tfjsbridge.pythonic import pythonic_entry
from tfjsbridge.runtime import keras


@options
def l1(*, l1: float = 0.01) -> Any:
    """`l1` times the sum of the absolute weights."""
    return keras.regularizers.L1L2(l1=l1, l2=0.0)


@options
def l2(*, l2: float = 0.01) -> Any:
    """`l2` times the sum of the squared weights."""
    return keras.regularizers.L1L2(l1=0.0, l2=l2)


@options
def l1l2(*, l1: float = 0.01, l2: float = 0.01) -> Any:
    """Both penalties."""
    return keras.regularizers.L1L2(l1=l1, l2=l2)


def get(identifier: Any) -> Any:
    """The Keras regularizer of a tf.js name ("l1l2"), or of what `layer.getConfig()` says of one.

    A Keras regularizer is returned as it is.
    """
    if isinstance(identifier, Mapping):
        return from_tfjs(pythonic_entry("regularizer", identifier, ["L1L2"]))
    if not isinstance(identifier, str):
        return identifier
    if identifier not in ("l1l2", "L1L2"):  # tf.js knows no other by name
        raise unknown_name("regularizer", identifier, ["l1l2"])
    return l1l2()
