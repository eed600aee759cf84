"""Tensors / Transformations of the tf.js API: blocks of space to and from batch and depth.

Follows tfjs-core/src/ops/{batch_to_space_nd,space_to_batch_nd,depth_to_space}.ts,
array_ops_util.ts and the cpu kernels.
"""

from __future__ import annotations

import math
from typing import Any

from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.shapes import dynamic_sizes, pairs, refuse_complex, whole, whole_list
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, chained


@chained
def batchToSpaceND(x: Any, blockShape: Any, crops: Any) -> Tensor:
    """Blocks of the batch laid out in space: the reverse of `spaceToBatchND`.

    Args:
      x: a numeric Tensor [batch, ...space, ...rest].
      blockShape: the size of a block along each axis of space.
      crops: for each axis of space a pair: how much to cut off at its start and end afterwards.

    Returns:
      A Tensor [batch / product of blockShape, ...space * blockShape - crops, ...rest].
    """
    value = convert(x, "x", "batchToSpaceND")
    block = _block(blockShape, "batchToSpaceND")
    cuts = pairs(crops, "crops", "batchToSpaceND")
    rank, count = value.rank, len(block)
    if not block:
        raise ValueError("Error in batchToSpaceND: blockShape must not be empty")
    if rank < 1 + count:
        raise ValueError(
            f"Error in batchToSpaceND: input rank is {rank} but should be > than "
            f"blockShape.length {count}"
        )
    if len(cuts) != count:
        raise ValueError(
            f"Error in batchToSpaceND: crops.length is {len(cuts)} but should be equal to "
            f"blockShape.length {count}"
        )
    product, batch = math.prod(block), value.shape[0]
    if batch is not None and batch % product:
        raise ValueError(
            f"Error in batchToSpaceND: input tensor batch is {batch} but is not divisible by the "
            f"product of the elements of blockShape {' * '.join(map(str, block))} === {product}"
        )
    refuse_complex(value, "batchToSpaceND")
    for i, (cut, size) in enumerate(zip(cuts, block, strict=True)):
        length = value.shape[1 + i]
        if min(cut) < 0 or (length is not None and sum(cut) > size * length):
            raise ValueError(
                f"Error in batchToSpaceND: crops[{i}] is {cut} but must be from 0 on and together "
                f"at most blockShape[{i}] * x.shape[{i + 1}], {size} * {length}"
            )
    raw, sizes = value.tensor, dynamic_sizes(value.tensor)
    rest = list(range(2 * count + 1, rank + count))
    interleaved = [axis for i in range(count) for axis in (count + 1 + i, i)]
    raw = tensorflow.reshape(raw, [*block, sizes[0] // product, *sizes[1:]])
    raw = tensorflow.raw_ops.Transpose(x=raw, perm=[count, *interleaved, *rest])
    space = [size * by for size, by in zip(sizes[1:], block, strict=False)]
    raw = tensorflow.reshape(raw, [sizes[0] // product, *space, *sizes[1 + count :]])
    if any(map(any, cuts)):
        begin = [0, *(start for start, _ in cuts), *[0] * (rank - 1 - count)]
        kept = [size - sum(cut) for size, cut in zip(space, cuts, strict=True)]
        raw = tensorflow.slice(raw, begin, [-1, *kept, *[-1] * (rank - 1 - count)])
    return Tensor(raw)


@chained
def spaceToBatchND(x: Any, blockShape: Any, paddings: Any) -> Tensor:
    """Space cut into blocks, whose places become the batch: the reverse of `batchToSpaceND`.

    Args:
      x: a numeric Tensor [batch, ...space, ...rest].
      blockShape: the size of a block along each axis of space.
      paddings: for each axis of space a pair: how many zeros to put at its start and end first.

    Returns:
      A Tensor [batch * product of blockShape, ...(space + paddings) / blockShape, ...rest].
    """
    value = convert(x, "x", "spaceToBatchND")
    block = _block(blockShape, "spaceToBatchND")
    zeros = pairs(paddings, "paddings", "spaceToBatchND")
    rank, count = value.rank, len(block)
    if rank < 1 + count:
        raise ValueError(
            f"Error in spaceToBatchND: input rank {rank} should be > than [blockShape] {count}"
        )
    if len(zeros) != count:
        raise ValueError(
            f"Error in spaceToBatchND: paddings.shape[0] {len(zeros)} must be equal to "
            f"[blockShape] {count}"
        )
    space = value.shape[1 : 1 + count]
    for size, pair, by in zip(space, zeros, block, strict=True):
        if min(pair) < 0:
            raise ValueError(f"Error in spaceToBatchND: paddings must not be negative, got {zeros}")
        if size is not None and (size + sum(pair)) % by:
            raise ValueError(
                f"Error in spaceToBatchND: input spatial dimensions {value.shape[1:]} with "
                f"paddings {zeros} must be divisible by blockShapes {block}"
            )
    refuse_complex(value, "spaceToBatchND")
    raw = value.tensor
    if any(map(any, zeros)):
        raw = tensorflow.pad(raw, [[0, 0], *zeros, *[[0, 0]] * (rank - 1 - count)])
    sizes = dynamic_sizes(raw)
    places = [size // by for size, by in zip(sizes[1:], block, strict=False)]
    split = [part for pair in zip(places, block, strict=True) for part in pair]
    rest = list(range(2 * count + 1, rank + count))
    blocks, within = range(1, 2 * count, 2), range(2, 2 * count + 1, 2)
    raw = tensorflow.reshape(raw, [sizes[0], *split, *sizes[1 + count :]])
    raw = tensorflow.raw_ops.Transpose(x=raw, perm=[*within, 0, *blocks, *rest])
    product = math.prod(block)
    return Tensor(tensorflow.reshape(raw, [sizes[0] * product, *places, *sizes[1 + count :]]))


def _block(blockShape: Any, function: str) -> list[int]:
    block = whole_list(blockShape, "blockShape", function)
    if any(size < 1 for size in block):
        raise ValueError(f"Error in {function}: all of blockShape must be >= 1, got {block}")
    return block


@chained
def depthToSpace(x: Any, blockSize: int, dataFormat: str = "NHWC") -> Tensor:
    """Depth laid out in space: each value's channels become a block of `blockSize` squared.

    Args:
      x: a float32 Tensor [batch, height, width, channels].
      blockSize: the height and width of a block, at least 2.
      dataFormat: "NHWC"; tf.js's cpu backend has no other.

    Returns:
      A Tensor [batch, height * blockSize, width * blockSize, channels / blockSize squared].
    """
    value = convert(x, "x", "depthToSpace", "float32")
    size = whole(blockSize)
    if size is None or size <= 1:
        raise ValueError(
            f"Error in depthToSpace: blockSize should be > 1 for depthToSpace, but was: {blockSize}"
        )
    if dataFormat != "NHWC":
        raise ValueError(
            f"Error in depthToSpace: Only NHWC dataFormat supported for depthToSpace. "
            f"Got {dataFormat}"
        )
    shape = value.shape
    if len(shape) != 4:
        raise ValueError(
            f"Error in depthToSpace: x must be rank 4, [batch, height, width, channels], "
            f"but got shape {shape}"
        )
    if shape[3] is not None and shape[3] % (size * size):
        raise ValueError(
            f"Error in depthToSpace: Dimension size must be evenly divisible by {size * size} but "
            f"is {shape[3]} for depthToSpace with input shape {shape}"
        )
    return Tensor(tensorflow.raw_ops.DepthToSpace(input=value.tensor, block_size=size))
