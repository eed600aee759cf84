"""Operations / Slicing and Joining of the tf.js API: stridedSlice.

Follows tfjs-core/src/ops/strided_slice.ts, slice_util.ts and kernels/StridedSlice.ts.
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.ops.convert import STRING_OR_NUMERIC, convert
from tfjsbridge.ops.shapes import refuse_complex, whole, whole_list
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained


@chained
def stridedSlice(
    x: Any,
    begin: Any,
    end: Any,
    strides: Any = None,
    beginMask: int = 0,
    endMask: int = 0,
    ellipsisMask: int = 0,
    newAxisMask: int = 0,
    shrinkAxisMask: int = 0,
) -> Tensor:
    """The part of `x` from `begin` to before `end` in steps of `strides`.

    Args:
      x: of any dtype but complex64.
      begin: where the part begins on each axis; a negative number counts from the end.
      end: before where it ends; a negative number counts from the end.
      strides: the steps, of which none is 0 and negative ones go backwards; by default 1.
      beginMask: bit i set: `begin[i]` is ignored, the part begins at the start of the axis.
      endMask: bit i set: `end[i]` is ignored, the part reaches to the end of the axis.
      ellipsisMask: bit i set: position i stands for as many whole axes as there are left.
      newAxisMask: bit i set: position i is a new axis of size 1.
      shrinkAxisMask: bit i set: of this axis only `begin[i]` is taken, and the axis falls away.

    Raises:
      ValueError: for a stride of 0, more positions than axes, an index that is out of bounds, or,
        where all strides are 1, a begin that lies behind its end.
    """
    value = convert(x, "x", "stridedSlice", STRING_OR_NUMERIC)
    refuse_complex(value, "stridedSlice")
    starts = whole_list(begin, "begin", "stridedSlice")
    stops = whole_list(end, "end", "stridedSlice")
    steps = [1] * len(starts)
    if strides is not None:
        steps = whole_list(strides, "strides", "stridedSlice")
    count = len(steps)
    if count > min(len(starts), len(stops)):
        raise ValueError(
            "Error in stridedSlice: begin, end and strides must be equally long, "
            f"got {starts}, {stops} and {steps}"
        )
    masks = {
        "beginMask": beginMask,
        "endMask": endMask,
        "ellipsisMask": ellipsisMask,
        "newAxisMask": newAxisMask,
        "shrinkAxisMask": shrinkAxisMask,
    }
    for argument, mask in masks.items():
        if whole(mask) is None:
            raise TypeError(
                f"Argument '{argument}' passed to 'stridedSlice' must be a whole number, "
                f"but got {type(mask).__name__} {str(mask)[:60]}"
            )
    if ellipsisMask & (ellipsisMask - 1):
        raise ValueError("Error in stridedSlice: Multiple ellipses in slice is not allowed.")
    if count == 0:
        return Tensor(value.tensor, of=value)
    starts, stops = starts[:count], stops[:count]
    result = tensorflow.raw_ops.StridedSlice(
        input=value.tensor,
        begin=starts,
        end=stops,
        strides=steps,
        begin_mask=beginMask,
        end_mask=endMask,
        ellipsis_mask=ellipsisMask,
        new_axis_mask=newAxisMask,
        shrink_axis_mask=shrinkAxisMask,
    )
    if any(step != 1 for step in steps):
        return Tensor(result)
    sizes = result.shape.as_list()
    if 0 in sizes and None not in value.shape:
        _check_order(value.shape, starts, stops, tuple(masks.values()))
    # tf.js: all of x is x in another shape, with the same values in memory.
    same = None not in sizes and result.shape.num_elements() == value.size
    return Tensor(result, of=value if same else None)


def _check_order(
    shape: list[int], begin: list[int], end: list[int], masks: tuple[int, ...]
) -> None:
    """tf.js: with strides of 1, a begin behind its end is an error, not an empty axis.

    It passes only one behind its end, which is read as "the rest", and only where that is nothing.
    """
    begin_mask, end_mask, ellipsis_mask, new_axis_mask, shrink_axis_mask = masks
    rank, count, axis = len(shape), len(begin), 0
    lengths, wrong = list(shape), -1
    for i in range(count):
        bit = 1 << i
        if bit & ellipsis_mask:
            added = sum(bool(new_axis_mask & (1 << j)) for j in range(i + 1, count))
            axis = min(rank - (count - i) + 1 + added, rank)
            continue
        if bit & new_axis_mask:
            continue
        size = shape[axis]
        first = 0 if bit & begin_mask else _within(begin[i], size)
        last = size if bit & end_mask else _within(end[i], size)
        if bit & shrink_axis_mask:
            lengths[axis] = 1
        elif first > last:
            wrong = i
            lengths[axis] = size - first
            if first - last > 1:
                break
        else:
            lengths[axis] = last - first
        axis += 1
    else:
        if 0 in lengths:
            return
    if wrong >= 0:
        raise ValueError(
            f"Error in stridedSlice: begin[{wrong}] ({begin[wrong]}) must not lie behind "
            f"end[{wrong}] ({end[wrong]}), in the shape {shape}"
        )


def _within(index: int, size: int) -> int:
    return min(max(index + size if index < 0 else index, 0), size)
