"""Options of layers, checked and in Keras's spelling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters.activations import ACTIVATIONS
from tfjsbridge.errors import unknown_name

Shape = Sequence[int | None]
Sizes = int | Sequence[int]

DATA_FORMATS = {"channelsFirst": "channels_first", "channelsLast": "channels_last"}


def data_format(name: str) -> str:
    """Keras's spelling of "channelsLast" or "channelsFirst"."""
    if name not in DATA_FORMATS:
        raise unknown_name("dataFormat", name, DATA_FORMATS)
    return DATA_FORMATS[name]


def shape_tuple(option: str, shape: Any) -> tuple[int | None, ...]:
    """A shape as a tuple; a ValueError for anything else than a list of sizes and None."""
    if isinstance(shape, (list, tuple)) and all(
        size is None or (isinstance(size, (int, np.integer)) and size >= 0) for size in shape
    ):
        return tuple(None if size is None else int(size) for size in shape)
    raise ValueError(f"{option} must be a list of sizes (None where unknown), got {shape!r}.")


def positive_integer(option: str, value: Any) -> int:
    """`value`, or tf.js's error where it is no integer above zero."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value > 0:
        return int(value)
    raise ValueError(f"Value for {option} must be a positive integer, got {value!r}.")


def activation_function(name: Any) -> Any:
    """The Keras function of one of tf.js's activation names; a function is returned as it is."""
    if name is None:
        return None
    if not isinstance(name, str):
        return name
    if name not in ACTIVATIONS:
        raise unknown_name("activation", name, ACTIVATIONS)
    return ACTIVATIONS[name]


def sizes(option: str, value: Any, axes: int) -> tuple[int, ...]:
    """A size along each axis, from one number or as many as there are axes."""
    each = list(value) if isinstance(value, (list, tuple)) else [value] * axes
    if len(each) != axes:
        numbers = {1: "one number", 2: "two numbers", 3: "three numbers"}[axes]
        raise ValueError(f"{option} must be a number or an array of {numbers}, got {value!r}.")
    return tuple(positive_integer(option, size) for size in each)


def padding_mode(name: str, *, causal: bool = False) -> str:
    """ "valid" or "same", and "causal" for what goes along one axis."""
    known = ["valid", "same", *(["causal"] if causal else [])]
    if name not in known:
        raise unknown_name("padding", name, known)
    return name
