"""Where the windows of a convolution or pooling lie: strides, dilations, padding, rounding.

Follows tfjs-core/src/ops/conv_util.ts. Most of it is arithmetic on sizes; the operations
themselves are in `convolution` and `pooling`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from tfjsbridge.runtime import tensorflow

#: A number for all axes, or one for each.
Sizes = int | Sequence[int]
#: "same", "valid", a number, or [before, after] for each axis, those of batch and channels too.
Pad = str | int | Sequence[Sequence[int]]
#: What TensorFlow takes for padding, before and after each spatial axis; negative is cropping.
Amounts = list[tuple[int, int]]


class Windows(NamedTuple):
    """Where the windows lie.

    mode: TensorFlow's SAME or VALID where they are the same windows; otherwise EXPLICIT.
    amounts: how much to pad each spatial axis for the same windows by VALID; None in a mode of
      TensorFlow's when a size is not known, within a `tensorflow.function`.
    out: the sizes of the result, None likewise.
    learned: the sizes of the part of the result that tf.js's gradients know of, if not all of it.
    """

    mode: str
    amounts: Amounts | None
    out: list[int] | None
    learned: list[int] | None = None

    @property
    def over_edge(self) -> bool:
        """Whether a window reaches over the edge, or may do so."""
        if self.amounts is None:
            return self.mode != "VALID"
        return any(amount > 0 for pair in self.amounts for amount in pair)


def numbers(value: Any, count: int, argument: str, function: str) -> tuple[int, ...]:
    """Strides, dilations and the like, a number for each axis; a single one is for all."""
    if type(value) is int:
        return (value,) * count
    parts = value if isinstance(value, Sequence) and not isinstance(value, str) else [value] * count
    try:
        whole = tuple(int(part) for part in parts)
    except (TypeError, ValueError):
        whole = ()
    if len(whole) != count or any(a != b for a, b in zip(whole, parts, strict=True)):
        raise ValueError(
            f"Error in {function}: {argument} must be a whole number or {count} of them, "
            f"but got {value!r}."
        )
    return whole


def check_steps(
    function: str, strides: Sequence[int], dilations: Sequence[int], names: str = "strides"
) -> None:
    """Raise tf.js's errors for strides and dilations that are not positive, or both above 1."""
    if max(strides) > 1 and max(dilations) > 1:
        raise ValueError(
            f"Error in {function}: Either {names} or dilations must be 1. "
            f"Got {names} {list(strides)} and dilations {list(dilations)}"
        )
    if min(dilations) <= 0:
        raise ValueError(
            f"Error in {function}: Dilated rates should be larger than 0. Got {list(dilations)}"
        )
    if min(strides) <= 0:
        raise ValueError(
            f"Error in {function}: {names.capitalize()} should be larger than 0. "
            f"Got {list(strides)}"
        )


def check_size(function: str, size: Sequence[int]) -> None:
    """Raise an error for the window of a pooling that has no values."""
    if min(size) <= 0:
        raise ValueError(
            f"Error in {function}: filterSize should be larger than 0. Got {list(size)}"
        )


def check_rounding(function: str, pad: Any, dimRoundingMode: str | None) -> None:
    """Raise tf.js's errors for a rounding mode that is none, or whose padding is no integer."""
    if dimRoundingMode is None:
        return
    if isinstance(pad, str):
        raise ValueError(
            f"Error in {function}: pad must be an integer when using dimRoundingMode "
            f"{dimRoundingMode} but got pad {pad}."
        )
    if not isinstance(dimRoundingMode, str) or dimRoundingMode not in _ROUNDINGS:
        raise ValueError(
            f"Error in {function}: Unknown roundingMode {dimRoundingMode}; "
            "there are ceil, round and floor."
        )


def windows(
    function: str,
    pad: Any,
    sizes: Sequence[int | None],
    filter: Sequence[int],
    strides: Sequence[int],
    dilations: Sequence[int],
    dimRoundingMode: str | None = None,
    first: int = 1,
) -> Windows:
    """The windows of a filter over the spatial axes of an input; two of them or three.

    Args:
      function: the operation's name, for errors.
      pad: the padding, as the program gave it.
      sizes: of the input's spatial axes; None where not known.
      filter: the filter's sizes.
      strides: a number for each axis.
      dilations: a number for each axis.
      dimRoundingMode: how the result's size is rounded, with a number or a list as `pad`.
      first: the place of the first spatial axis, for a list as `pad`.

    Raises:
      ValueError: for padding that is none, and for windows that are larger than the input.
    """
    window = [f + (f - 1) * (d - 1) for f, d in zip(filter, dilations, strict=True)]
    volume = len(window) == 3
    known = [size for size in sizes if size is not None]
    if pad == "same" or pad == "valid":
        mode = pad.upper()
        if len(known) < len(window):
            return Windows(mode, None, None)
        out = _named(pad, known, window, strides)
        before = [0] * len(out)
        if pad == "same":
            over = [
                (o - 1) * s + w - i for o, s, w, i in zip(out, strides, window, known, strict=True)
            ]
            if volume:
                # tf.js: strides that are larger than the filter move the windows in three
                # dimensions, where in two they begin at the edge.
                mode = "EXPLICIT" if min(over) < 0 else mode
            else:
                over = [max(0, o) for o in over]
            before = [o // 2 for o in over]
        if volume:
            out = [max(o, 0) for o in out]
        return _checked(function, mode, known, window, strides, out, before)
    before, after = amounts_of(function, pad, len(window), first)
    each = volume or isinstance(pad, Sequence)
    if len(known) < len(window):
        even = each or len(set(window)) == len(set(strides)) == 1
        if even and dimRoundingMode in (None, "floor"):
            return Windows("EXPLICIT", list(zip(before, after, strict=True)), None)
        raise ValueError(
            f"Error in {function}: with pad {pad} and dimRoundingMode {dimRoundingMode} the "
            f"input's spatial sizes must be known, but they are {list(sizes)}."
        )
    out, learned = (
        _rounded(mode, known, window, strides, before, after, each)
        for mode in (dimRoundingMode, None)
    )
    if volume:
        out = [
            o if i + 2 * before[0] >= w else 0 for o, i, w in zip(out, known, window, strict=True)
        ]
    result = _checked(function, "EXPLICIT", known, window, strides, out, before)
    return result if volume or learned == out else result._replace(learned=learned)


def _named(pad: str, sizes: list[int], window: list[int], strides: Sequence[int]) -> list[int]:
    if pad == "same":
        return [-(-i // s) for i, s in zip(sizes, strides, strict=True)]
    return [-(-(i - w + 1) // s) for i, w, s in zip(sizes, window, strides, strict=True)]


def amounts_of(function: str, pad: Any, count: int, first: int) -> tuple[list[int], list[int]]:
    """Padding that is given in numbers: before and after each of `count` spatial axes."""
    try:
        if not isinstance(pad, bool) and pad == int(pad):
            return [int(pad)] * count, [int(pad)] * count
    except (TypeError, ValueError):
        pass
    if isinstance(pad, Sequence) and not isinstance(pad, str) and count == 2:
        pairs = [numbers(pair, 2, "each pair of pad", function) for pair in pad]
        if len(pairs) == count + 2:
            pairs = pairs[first : first + count]
            return [before for before, _ in pairs], [after for _, after in pairs]
    raise ValueError(f"Error in {function}: Unknown padding parameter: {pad}")


def _rounded(
    mode: str | None,
    sizes: list[int],
    window: list[int],
    strides: Sequence[int],
    before: list[int],
    after: list[int],
    each: bool,
) -> list[int]:
    """The result's sizes for padding in numbers; `each` axis by its own window and stride.

    tf.js: with a single number as padding, the first axis's window and stride count for all.
    """
    rounding = _ROUNDINGS[mode]
    result = []
    for axis, size in enumerate(sizes):
        w, s = (window[axis], strides[axis]) if each else (window[0], strides[0])
        result.append(rounding((size - w + before[axis] + after[axis]) / s + 1))
    return result


def _round(x: float) -> int:
    """JavaScript's Math.round: halves upwards."""
    return math.floor(x + 0.5)


_ROUNDINGS: dict[str | None, Callable[[float], int]] = {
    None: math.trunc,
    "ceil": math.ceil,
    "round": _round,
    "floor": math.floor,
}


def _checked(
    function: str,
    mode: str,
    sizes: list[int],
    window: list[int],
    strides: Sequence[int],
    out: list[int],
    before: list[int],
) -> Windows:
    if min(out) < 0:
        raise ValueError(
            f"Error in {function}: the filter covers {window}, which is more than the input of "
            f"{list(sizes)}; the result would have a negative size, {out}."
        )
    amounts = [
        (b, (o - 1) * s + w - i - b)
        for b, o, s, w, i in zip(before, out, strides, window, sizes, strict=True)
    ]
    return Windows(mode, amounts, out)


def padded(x: Any, amounts: Amounts, value: Any = 0) -> Any:
    """A TensorFlow tensor with `value` around its spatial axes; a negative amount crops."""
    around = [[max(before, 0), max(after, 0)] for before, after in amounts]
    if max(max(pair) for pair in around) > 0:
        x = tensorflow.raw_ops.PadV2(
            input=x,
            paddings=[[0, 0], *around, [0, 0]],
            constant_values=tensorflow.constant(value, x.dtype),
        )
    # After padding: a crop may take away a part of what the other side is padded with.
    if min(min(pair) for pair in amounts) < 0:
        inside = [slice(max(-before, 0), min(after, 0) or None) for before, after in amounts]
        index = (slice(None), *inside)
        x = x[index]
    return x


def opposite(amounts: Amounts) -> Amounts:
    """What undoes a padding."""
    return [(-before, -after) for before, after in amounts]


def nothing(shape: Sequence[int], *inputs: Any, dtype: Any = "float32") -> Any:
    """The result of an operation that has nothing to compute: no values, or zeros.

    It depends on the inputs, whose gradients are zeros and not missing.
    """
    if 0 not in shape:
        return tensorflow.zeros(shape, dtype)
    flat = [tensorflow.reshape(tensorflow.cast(x, dtype), [-1]) for x in inputs]
    return tensorflow.reshape(tensorflow.concat(flat, 0)[:0], shape)


def learned_part(y: Any, place: Windows) -> Any:
    """The result `y` with the gradient that tf.js gives it.

    tf.js: its gradients do not know of dimRoundingMode, so that nothing is learned from the rows
    and columns that rounding up adds.
    """
    if place.learned is None or place.out is None:
        return y
    known = tensorflow.ones([1, *place.learned, 1], "bool")
    added = [(0, o - part) for o, part in zip(place.out, place.learned, strict=True)]
    return tensorflow.where(padded(known, added, False), y, tensorflow.stop_gradient(y))


def refuse_gradient(y: Any, message: str) -> Any:
    """The result `y`, whose gradient is an error as in tf.js."""

    @tensorflow.custom_gradient
    def identity(value: Any) -> Any:
        def gradient(dy: Any) -> Any:
            raise ValueError(message)

        return tensorflow.identity(value), gradient

    return identity(y)


def batched(x: Any, rank: int) -> tuple[Any, bool]:
    """A TensorFlow tensor of `rank`, with a batch of one where it has one axis less."""
    if len(x.shape) == rank - 1:
        return tensorflow.raw_ops.ExpandDims(input=x, axis=0), True
    return x, False


def unbatched(y: Any, single: bool) -> Any:
    """`y` without its batch axis, if it is of a single input."""
    return tensorflow.raw_ops.Squeeze(input=y, axis=[0]) if single else y
