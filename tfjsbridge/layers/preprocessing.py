"""Layers / Preprocessing of the tf.js API.

Follows tfjs-layers/src/layers/preprocessing/*.ts. In tf.js all but rescaling work on tensors only,
by `apply`: in a model they say their shape wrongly and fail. Here they work in models too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from tfjsbridge.errors import unknown_name
from tfjsbridge.layers import preprocessing_writers
from tfjsbridge.layers.arguments import positive_integer
from tfjsbridge.layers.base import Layer, make_layer
from tfjsbridge.layers.keras_categories import CategoryEncoding
from tfjsbridge.layers.keras_images import CenterCrop, RandomWidth, Resizing
from tfjsbridge.layers.layer_options import LayerOptions, layer_options
from tfjsbridge.runtime import keras

if TYPE_CHECKING:
    from typing_extensions import Unpack

assert preprocessing_writers  # imported for the conversions that it registers

#: The interpolations of images.
INTERPOLATIONS = ("bilinear", "nearest")

#: tf.js's modes of categoryEncoding by their names in Keras, as far as tf.js can compute them.
OUTPUT_MODES = {"multiHot": "multi_hot", "oneHot": "one_hot", "count": "count", "int": "int"}


@layer_options
def rescaling(
    *,
    scale: float | Sequence[float],
    offset: float | Sequence[float] | None = 0.0,
    **base: Unpack[LayerOptions],
) -> Layer:
    """scale · x + offset, as float32.

    Args:
      scale: a number, or one for each channel.
      offset: likewise.
    """
    return make_layer(
        keras.layers.Rescaling,
        base,
        scale=_numbers("scale", scale),
        offset=_numbers("offset", 0.0 if offset is None else offset),
    )


@layer_options
def resizing(
    *,
    height: int,
    width: int,
    interpolation: str | None = "bilinear",
    cropToAspectRatio: bool = False,
    **base: Unpack[LayerOptions],
) -> Layer:
    """Images, [batch, height, width, channels] or without the batch, in another size.

    tf.js: the outermost pixels' centres stay in the corners (as `alignCorners`), where Keras
    takes the pixels' middles.

    Args:
      height: the new height.
      width: the new width.
      interpolation: "bilinear" (which gives float32) or "nearest".
      cropToAspectRatio: nothing is cropped in tf.js; it says that corners do not stay.

    Raises:
      ValueError: for sizes that are no positive integers, or an unknown name.
    """
    return make_layer(
        Resizing,
        base,
        height=positive_integer("height", height),
        width=positive_integer("width", width),
        interpolation=_interpolation(interpolation),
        crop_to_aspect_ratio=bool(cropToAspectRatio),
    )


@layer_options
def centerCrop(*, height: int, width: int, **base: Unpack[LayerOptions]) -> Layer:
    """The middle of images, [batch, height, width, channels] or without the batch.

    Images that are too low or too narrow are resized as a whole, bilinear, whatever their ratio.
    The output has the input's dtype.

    tf.js: where there is one column too many it is the first that goes, of rows the last; and for
    some such widths, as 16 to 15, rounding leaves zeros in the last column.

    Args:
      height: the output's height.
      width: the output's width.

    Raises:
      ValueError: for sizes that are no positive integers.
    """
    return make_layer(
        CenterCrop,
        base,
        height=positive_integer("height", height),
        width=positive_integer("width", width),
    )


@layer_options
def categoryEncoding(
    *, numTokens: int, outputMode: str | None = "multiHot", **base: Unpack[LayerOptions]
) -> Layer:
    """Whole numbers, [batch, values] or [values], as which of them occur, [batch, numTokens].

    Of a vector of values tf.js counts them in every mode but "oneHot" and "int".

    `apply(x, {"countWeights": weights})` lets each value count as much as its weight, for "count".

    Args:
      numTokens: how many numbers there are: 0 to numTokens - 1.
      outputMode: "multiHot" (1 for each number that occurs), "oneHot" (one number, [batch, 1], or a
        vector, of which each becomes a row), "count" (how often each occurs), or "int" (the numbers
        themselves, as int32).

    Raises:
      ValueError: for another mode, as "tfIdf", which tf.js has and cannot compute. When the layer
        is applied also for numbers out of range and for an input of rank 3.
    """
    outputMode = outputMode or "multiHot"
    if outputMode not in OUTPUT_MODES:
        raise unknown_name("outputMode", outputMode, OUTPUT_MODES)
    return make_layer(
        CategoryEncoding,
        base,
        num_tokens=positive_integer("numTokens", numTokens),
        output_mode=OUTPUT_MODES[outputMode],
    )


@layer_options
def randomWidth(
    *,
    factor: float | Sequence[float],
    interpolation: str = "bilinear",
    seed: float | None = None,
    autoVectorize: bool | None = None,
    **base: Unpack[LayerOptions],
) -> Layer:
    """Images, [batch, height, width, channels] or without the batch, of a random width.

    tf.js: in inference too, and by the same numbers here: each call draws with the next seed.

    Args:
      factor: the width becomes 1 - factor to 1 + factor times as large; or two numbers,
        [lower, upper], for 1 + lower to 1 + upper.
      interpolation: "bilinear" (which gives float32) or "nearest".
      seed: makes the widths repeatable.
      autoVectorize: has no effect, as in tf.js.

    Raises:
      ValueError: for a factor that is neither positive nor two rising numbers from -1 on, or an
        unknown name.
    """
    lower, upper = _factor(factor)
    return make_layer(
        RandomWidth,
        base,
        lower=lower,
        upper=upper,
        interpolation=_interpolation(interpolation),
        seed=seed,
    )


def _factor(factor: Any) -> tuple[float, float]:
    """The bounds by which a width changes."""
    pair = isinstance(factor, (list, tuple)) and len(factor) == 2
    if not pair and not (_is_number(factor) and factor > 0):
        raise ValueError(
            f"Invalid factor: {factor!r}. Must be positive number or tuple of 2 numbers."
        )
    lower, upper = factor if pair else (-factor, factor)
    if not (_is_number(lower) and _is_number(upper)) or min(lower, upper) < -1:
        raise ValueError(f"factor must have values larger than -1. Got: {factor!r}.")
    if upper < lower:
        raise ValueError(
            "factor cannot have upper bound less than lower bound. "
            f"Got upper bound: {upper}. Got lower bound: {lower}."
        )
    return float(lower), float(upper)


def _interpolation(name: str | None) -> str:
    name = name or "bilinear"
    if name not in INTERPOLATIONS:
        raise unknown_name("interpolation", name, INTERPOLATIONS)
    return name


def _numbers(option: str, value: Any) -> Any:
    """A number, or a list of numbers."""
    if _is_number(value):
        return float(value)
    if isinstance(value, (list, tuple)) and value and all(map(_is_number, value)):
        return [float(number) for number in value]
    raise ValueError(f"{option} must be a number or an array of numbers, got {value!r}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
