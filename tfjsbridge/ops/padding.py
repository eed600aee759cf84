"""Tensors / Transformations of the tf.js API: padding.

Follows tfjs-core/src/ops/{pad,pad1d,pad2d,pad3d,pad4d,mirror_pad}.ts and gradients/
MirrorPad_grad.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import REFUSALS, number, pairs, refuse_complex
from tfjsbridge.ops.transformations import cast_values
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained
from tfjsbridge.tfjs_engine import operation


@chained
def pad(x: Any, paddings: Any, constantValue: float = 0) -> Tensor:
    """`x` with a constant around it.

    Args:
      x: a numeric Tensor of rank 1 or more.
      paddings: for each axis a pair: how many values to put before and after.
      constantValue: what to put there.

    Raises:
      ValueError: for a scalar, or for paddings that are not one pair for each axis.
    """
    value = convert(x, "x", "pad")
    try:
        if constantValue == 0 and value.dtype != "complex64":
            return Tensor(tensorflow.raw_ops.Pad(input=value.tensor, paddings=paddings))
    except REFUSALS:
        pass
    shape = value.shape
    if not shape:
        raise ValueError("pad(scalar) is not defined. Pass non-scalar to pad")
    refuse_complex(value, "pad")
    sizes = _paddings(paddings, shape, "pad")
    filling = tensorflow.constant(number(constantValue, "constantValue", "pad"), "float32")
    constant = cast_values(filling, "float32", value.dtype)
    return Tensor(
        tensorflow.raw_ops.PadV2(input=value.tensor, paddings=sizes, constant_values=constant)
    )


def _paddings(paddings: Any, shape: list[int], function: str) -> list[list[int]]:
    """A pair of numbers from 0 on for each axis."""
    result = pairs(paddings, "paddings", function)
    if len(result) != len(shape):
        raise ValueError(
            f"Error in {function}: Padding doesn't match input. Must be {len(shape)} pairs for the "
            f"shape {shape}. Got {len(result)}."
        )
    if any(size < 0 for pair in result for size in pair):
        raise ValueError(f"Error in {function}: paddings must not be negative, got {paddings}")
    return result


def _of_rank(rank: int, paddings: Any) -> Any:
    function = f"pad{rank}d"
    given = pairs([paddings] if rank == 1 else paddings, "paddings", function)
    if len(given) != rank:
        raise ValueError(
            f"Error in {function}: Invalid number of paddings. Must be {rank} pairs, "
            f"got {len(given)}."
        )
    return given


@operation
def pad1d(x: Any, paddings: Any, constantValue: float = 0) -> Tensor:
    """A vector with a constant around it; `paddings` is how many to put before and after."""
    return pad(x, _of_rank(1, paddings), constantValue)


@operation
def pad2d(x: Any, paddings: Any, constantValue: float = 0) -> Tensor:
    """A Tensor of rank 2 with a constant around it; `paddings` is a pair for each axis."""
    return pad(x, _of_rank(2, paddings), constantValue)


@operation
def pad3d(x: Any, paddings: Any, constantValue: float = 0) -> Tensor:
    """A Tensor of rank 3 with a constant around it; `paddings` is a pair for each axis."""
    return pad(x, _of_rank(3, paddings), constantValue)


@operation
def pad4d(x: Any, paddings: Any, constantValue: float = 0) -> Tensor:
    """A Tensor of rank 4 with a constant around it; `paddings` is a pair for each axis."""
    return pad(x, _of_rank(4, paddings), constantValue)


@chained
def mirrorPad(x: Any, paddings: Any, mode: str) -> Tensor:
    """`x` with its own values around it, mirrored.

    Args:
      x: a numeric Tensor of rank 1 or more.
      paddings: for each axis a pair: how many values to put before and after.
      mode: "reflect" mirrors at the outermost values, which are not repeated, so that there can be
        one padding less than the axis is long; "symmetric" mirrors between them and the paddings.

    Raises:
      ValueError: for a scalar, another mode, or paddings that are larger than that.
    """
    if mode not in ("reflect", "symmetric"):
        raise ValueError(
            "Error in mirrorPad: Invalid mode. Mode must be either reflect or symmetric. "
            f"Got {mode}."
        )
    value = convert(x, "x", "mirrorPad")
    shape = value.shape
    if not shape:
        raise ValueError("mirrorPad(scalar) is not defined. Pass non-scalar to mirrorPad")
    refuse_complex(value, "mirrorPad")
    sizes = _paddings(paddings, shape, "mirrorPad")
    for i, (pair, size) in enumerate(zip(sizes, shape, strict=True)):
        most = None if size is None else size - (mode == "reflect")
        if most is not None and max(pair) > most:
            raise ValueError(
                f"Error in mirrorPad: Padding in dimension {i} cannot be greater than {most} "
                f"or less than 0 for input of shape {shape}, got {pair}"
            )

    @tensorflow.custom_gradient
    def padded(raw: Any) -> Any:
        def gradient(dy: Any) -> Any:
            # tf.js: the part of the gradient where x stands; the mirrored values give none.
            begin = [before for before, _ in sizes]
            return tensorflow.slice(dy, begin, tensorflow.shape(raw))

        return _mirrored(raw, sizes, mode), gradient

    return Tensor(padded(value.tensor))


def _mirrored(raw: Any, paddings: list[list[int]], mode: str) -> Any:
    most = 5  # axes, for TensorFlow's operation
    if len(paddings) <= most:
        return tensorflow.raw_ops.MirrorPad(input=raw, paddings=paddings, mode=mode.upper())
    # One axis after another, as axes are mirrored independently of each other.
    for axis, pair in enumerate(paddings):
        if any(pair):
            places = tensorflow.range(tensorflow.shape(raw)[axis])
            places = tensorflow.raw_ops.MirrorPad(input=places, paddings=[pair], mode=mode.upper())
            raw = tensorflow.gather(raw, places, axis=axis)
    return raw
