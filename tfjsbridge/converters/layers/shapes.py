"""Conversions that choose, repeat or reorder values: slices, cropping, padding, repetition.

A tensor [outer, size, inner] is a picture, of which tf.js crops and pads the columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tfjsbridge.converters.layers.common import input_shape, listed, output_shape, read_base
from tfjsbridge.converters.layers.core import read_data_format
from tfjsbridge.converters.registry import (
    Call,
    CannotConvertLayer,
    TfjsLayer,
    reads,
    writes,
    writes_operation,
)
from tfjsbridge.runtime import keras

layers = keras.layers


def reshape(*sizes: int, suffix: str = "reshape") -> TfjsLayer:
    """To these sizes, without the batch's."""
    return TfjsLayer("Reshape", {"target_shape": list(sizes)}, suffix=suffix)


def permute(order: Sequence[int], suffix: str = "permute") -> TfjsLayer:
    """To this order of the axes, of which the first behind the batch's is 1."""
    return TfjsLayer("Permute", {"dims": list(order)}, suffix=suffix)


def known(shape: Sequence[Any]) -> list[int]:
    """The sizes behind the batch's.

    Raises:
      CannotConvertLayer: if one is not known.
    """
    if None in shape[1:]:
        raise CannotConvertLayer(
            f"its input has shape {list(shape)}, and tf.js's layers need every size for this; give "
            "it in keras.Input"
        )
    return list(shape[1:])


def as_picture(sizes: Sequence[int], axis: int) -> TfjsLayer:
    """[outer, size, inner] of an axis of these sizes, which is 0 for the first behind the batch."""
    outer, inner = math.prod(sizes[:axis]), math.prod(sizes[axis + 1 :])
    return reshape(outer, sizes[axis], inner, suffix="picture")


def cut(sizes: list[int], axis: int, where: slice) -> list[TfjsLayer]:
    """The values of a slice along an axis; the result is to be given its shape. Changes `sizes`."""
    begin, end, step = where.indices(sizes[axis])
    if step < 1 or end <= begin:
        raise CannotConvertLayer(f"tf.js's layers take no slice {begin}:{end}:{step}")
    size, count = sizes[axis], math.ceil((end - begin) / step)
    parts = [as_picture(sizes, axis)]
    if (begin, end) != (0, size):
        parts.append(_cropped_columns(begin, size - end))
    if step > 1:
        missing = count * step - (end - begin)
        if missing:
            padding = {"padding": [[0, 0], [0, missing]]}
            parts.append(TfjsLayer("ZeroPadding2D", padding, suffix="padding"))
        outer, inner = math.prod(sizes[:axis]), math.prod(sizes[axis + 1 :])
        parts += [reshape(outer * count, step, inner), _cropped_columns(0, step - 1)]
    sizes[axis] = count
    return parts


def _cropped_columns(left: int, right: int) -> TfjsLayer:
    return TfjsLayer("Cropping2D", {"cropping": [[0, 0], [left, right]]}, suffix="cropping")


@writes_operation("GetItem")
def write_get_item(call: Call) -> list[TfjsLayer]:
    """x[:, a:b:c, i, None]."""
    x, key = call.arguments
    key = key if isinstance(key, tuple) else (key,)
    rank = len(x.shape)
    if Ellipsis in [k if k is Ellipsis else None for k in key]:
        at = [k is Ellipsis for k in key].index(True)
        missing = rank - sum(k is not None and k is not Ellipsis for k in key)
        key = (*key[:at], *[slice(None)] * missing, *key[at + 1 :])
    if not key or key[0] != slice(None):
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    given = [k for k in key[1:] if k is not None]
    if any(k is True or k is False or not isinstance(k, (int, slice)) for k in given):
        raise CannotConvertLayer("tf.js's layers take slices and single numbers only")
    sizes = known(x.shape)
    parts: list[TfjsLayer] = []
    for axis, k in enumerate(given):
        where = k if isinstance(k, slice) else slice(k % sizes[axis], k % sizes[axis] + 1)
        if where.indices(sizes[axis]) != (0, sizes[axis], 1):
            parts += cut(sizes, axis, where)
    return [*parts, reshape(*call.output_shape[1:])]


@writes(layers.Cropping1D, layers.Cropping3D, layers.CenterCrop)
def write_cropping(layer: Any) -> list[TfjsLayer]:
    """What is left along each axis."""
    before, after = known(input_shape(layer)), list(output_shape(layer)[1:])
    begins = _begins(layer, before, after)
    kept = [(begins.get(axis, 0), size) for axis, size in enumerate(after)]
    parts = cropped(before, kept) or [reshape(*after)]
    return [*parts[:-1], _last(parts[-1])]


def _begins(layer: Any, before: list[int], after: list[int]) -> dict[int, int]:
    """Where along each axis of pixels what is left begins."""
    first = getattr(layer, "data_format", None) == "channels_first"
    axes = range(1, len(before)) if first else range(len(before) - 1)
    if isinstance(layer, layers.CenterCrop):
        if any(after[axis] > before[axis] for axis in axes):
            raise CannotConvertLayer("it crops to more than there is, which resizes")
        return {axis: (before[axis] - after[axis]) // 2 for axis in axes}
    cropping = [layer.cropping] if isinstance(layer, layers.Cropping1D) else layer.cropping
    return {axis: each[0] for axis, each in zip(axes, cropping, strict=True)}


@writes(layers.Cropping2D)
def write_cropping_2d(layer: Any) -> TfjsLayer:
    known(input_shape(layer))
    config = {"cropping": listed(layer.cropping), "data_format": layer.data_format}
    return TfjsLayer("Cropping2D", config)


@reads("Cropping2D")
def read_cropping_2d(config: dict[str, Any]) -> Any:
    return layers.Cropping2D(
        config["cropping"], data_format=read_data_format(config), **read_base(config)
    )


@writes(layers.ZeroPadding3D)
def write_zero_padding_3d(layer: Any) -> list[TfjsLayer]:
    first = [(0, 0)] if layer.data_format == "channels_first" else []
    sizes = known(input_shape(layer))
    parts = padded(sizes, [*first, *layer.padding]) or [reshape(*sizes)]
    return [*parts[:-1], _last(parts[-1])]


def padded(sizes: Sequence[int], ends: Sequence[tuple[int, int]]) -> list[TfjsLayer]:
    """Zeros in front of the first axes behind the batch's, and behind them; none if there are none.

    Args:
      sizes: those of the axes.
      ends: how many zeros in front and behind, for the first axes.
    """
    sizes, parts = list(sizes), []
    for axis, (front, back) in enumerate(ends):
        if front or back:
            padding = {"padding": [[0, 0], [front, back]]}
            parts += [
                as_picture(sizes, axis),
                TfjsLayer("ZeroPadding2D", padding, suffix="padding"),
            ]
            sizes[axis] += front + back
    return [*parts, reshape(*sizes)] if parts else []


def cropped(sizes: Sequence[int], kept: Sequence[tuple[int, int]]) -> list[TfjsLayer]:
    """What is kept of the first axes behind the batch's; none if that is all.

    Args:
      sizes: those of the axes.
      kept: where that begins, and how much it is, for the first axes.
    """
    sizes, parts = list(sizes), []
    for axis, (begin, size) in enumerate(kept):
        if size != sizes[axis]:
            parts += cut(sizes, axis, slice(begin, begin + size))
    return [*parts, reshape(*sizes)] if parts else []


@writes(layers.UpSampling3D)
def write_up_sampling_3d(layer: Any) -> list[TfjsLayer]:
    sizes, parts = known(input_shape(layer)), []
    axes = range(1, 4) if layer.data_format == "channels_first" else range(3)
    for axis, factor in zip(axes, layer.size, strict=True):
        if factor > 1:
            options = {"size": [1, factor], "interpolation": "nearest"}
            parts += [as_picture(sizes, axis), TfjsLayer("UpSampling2D", options, suffix="repeat")]
            sizes[axis] *= factor
    return [*parts, _last(reshape(*sizes))]


def _last(part: TfjsLayer) -> TfjsLayer:
    """With the Keras layer's own name."""
    part.suffix = ""
    return part


@writes_operation("Transpose", "Swapaxes", "Moveaxis")
def write_transpose(call: Call) -> list[TfjsLayer]:
    """Any order of the axes but the batch's."""
    rank, operation = len(call.output_shape), call.operation
    order = list(range(rank))
    kind = type(operation).__name__
    if kind == "Transpose":
        order = [axis % rank for axis in operation.axes or order[::-1]]
    elif kind == "Swapaxes":
        first, second = operation.axis1 % rank, operation.axis2 % rank
        order[first], order[second] = order[second], order[first]
    else:
        source, target = (
            list(axes) if isinstance(axes, (list, tuple)) else [axes]
            for axes in (operation.source, operation.destination)
        )
        order = [axis for axis in order if axis not in [s % rank for s in source]]
        for place, axis in sorted(
            zip(target, source, strict=True), key=lambda pair: pair[0] % rank
        ):
            order.insert(place % rank, axis % rank)
    if order[0] != 0:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis in front")
    return [permute(order[1:])]


@writes_operation("Stack")
def write_stack(call: Call) -> list[TfjsLayer]:
    """Each with an axis of size 1, and these one behind the other."""
    rank, axis = len(call.output_shape), call.operation.axis % len(call.output_shape)
    tensors = call.operation._inbound_nodes[0].input_tensors
    if axis == 0:
        raise CannotConvertLayer("tf.js's layers leave the batch's axis alone")
    sizes = known(tensors[0].shape)
    parts = []
    for number in range(len(tensors)):
        part = reshape(*sizes[: axis - 1], 1, *sizes[axis - 1 :], suffix=f"axis_{number}")
        part.inputs = (-1 - number,)
        parts.append(part)
    if len(tensors) == 1:
        return parts
    assert rank == len(sizes) + 2
    inputs = tuple(range(len(tensors)))
    return [*parts, TfjsLayer("Concatenate", {"axis": axis}, {}, "concatenate", inputs)]
