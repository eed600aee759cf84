"""The namespace tf.image: Operations / Images of the tf.js API.

Follows tfjs-core/src/ops/image and the cpu kernels. Resizing is in `resizing`, non-maximum
suppression in `suppression`. Places in images are computed in float64, as JavaScript does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from tfjsbridge.ops.conv_kernels import refuse_complex
from tfjsbridge.ops.conv_util import numbers
from tfjsbridge.ops.convert import convert
from tfjsbridge.ops.otsu import otsu_threshold
from tfjsbridge.ops.resizing import resizeBilinear, resizeNearestNeighbor
from tfjsbridge.ops.sampling import (
    bilinear,
    bilinear_inside,
    crop_places,
    half_up,
    mapped,
    nearest,
    pixels_or,
)
from tfjsbridge.ops.shapes import number
from tfjsbridge.ops.suppression import (
    nonMaxSuppression,
    nonMaxSuppressionAsync,
    nonMaxSuppressionPadded,
    nonMaxSuppressionPaddedAsync,
    nonMaxSuppressionWithScore,
    nonMaxSuppressionWithScoreAsync,
)
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation

__all__ = [
    "cropAndResize",
    "flipLeftRight",
    "grayscaleToRGB",
    "nonMaxSuppression",
    "nonMaxSuppressionAsync",
    "nonMaxSuppressionPadded",
    "nonMaxSuppressionPaddedAsync",
    "nonMaxSuppressionWithScore",
    "nonMaxSuppressionWithScoreAsync",
    "resizeBilinear",
    "resizeNearestNeighbor",
    "rgbToGrayscale",
    "rotateWithOffset",
    "threshold",
    "transform",
]

#: How bright red, green and blue are (CCIR 601), as tf.js rounds it.
LUMA = (0.2989, 0.5870, 0.1140)


@operation
def cropAndResize(
    image: Any,
    boxes: Any,
    boxInd: Any,
    cropSize: Sequence[int],
    method: str = "bilinear",
    extrapolationValue: float = 0,
) -> Tensor:
    """Boxes out of images, each resized to `cropSize`.

    Args:
      image: [batch, height, width, depth].
      boxes: float32, [numBoxes, 4]: [y1, x1, y2, x2] in parts of the image, from 0 to 1.
      boxInd: int32, [numBoxes]: which image of the batch each box is in; a box of an image that
        there is not gives zeros.
      cropSize: the [height, width] of the result, at least 1.
      method: "bilinear" or "nearest".
      extrapolationValue: the value outside of the image.

    Returns:
      A float32 Tensor, [numBoxes, *cropSize, depth]. It has a gradient, which tf.js lacks.

    Raises:
      ValueError: for complex64 images, shapes or dtypes other than these, a size below 1, or
        another method.
    """
    name = "cropAndResize"
    pictures = convert(image, "image", name)
    refuse_complex(name, image=pictures)
    corners = convert(boxes, "boxes", name, "float32")
    places = convert(boxInd, "boxInd", name, "int32")
    _check_rank(name, "image", pictures, 4)
    _check_boxes(name, corners, places)
    if not isinstance(cropSize, Sequence) or len(cropSize) != 2:
        raise ValueError(f"Error in {name}: cropSize must be of length 2, but got {cropSize!r}.")
    height, width = numbers(cropSize, 2, "cropSize", name)
    if min(height, width) < 1:
        raise ValueError(f"Error in {name}: cropSize must be at least [1,1], but was {cropSize}")
    if method not in ("bilinear", "nearest"):
        raise ValueError(f"Error in {name}: method must be bilinear or nearest, but was {method}")
    beyond = number(extrapolationValue, "extrapolationValue", name)
    raw, index = tensorflow.cast(pictures.tensor, "float32"), places.tensor
    sizes = tensorflow.shape(raw)
    y1, x1, y2, x2 = tensorflow.split(tensorflow.cast(corners.tensor, "float64"), 4, axis=1)
    y = crop_places(y1, y2, sizes[1], height)[:, :, None]
    x = crop_places(x1, x2, sizes[2], width)[:, None, :]
    last_y, last_x = (tensorflow.cast(sizes[axis] - 1, "float64") for axis in (1, 2))
    outside = (y < 0) | (y > last_y) | (x < 0) | (x > last_x)
    of_box = index[:, None, None]
    known = tensorflow.clip_by_value(of_box, 0, sizes[0] - 1)
    sample = bilinear_inside if method == "bilinear" else nearest
    # tf.js reads beside its memory, NaN, for a place that is no number and for a negative index;
    # of an index that is too large it leaves the zeros that were there.
    values = sample(raw, known, y, x, math.nan)
    values = tensorflow.where(of_box[..., None] < 0, math.nan, values)
    values = tensorflow.where(outside[..., None], beyond, values)
    return Tensor(tensorflow.where(of_box[..., None] < sizes[0], values, 0.0))


@operation
def flipLeftRight(image: Any) -> Tensor:
    """Images mirrored left to right.

    Args:
      image: float32, [batch, height, width, depth].

    Returns:
      A Tensor of the same shape. It has a gradient, which tf.js lacks.

    Raises:
      ValueError: for another rank or dtype.
    """
    value = convert(image, "image", "flipLeftRight", "float32")
    _check_rank("flipLeftRight", "image", value, 4)
    return Tensor(tensorflow.raw_ops.ReverseV2(tensor=value.tensor, axis=[2]))


@operation
def grayscaleToRGB(image: Any) -> Tensor:
    """Grey images as RGB: the last axis, of size 1, three times.

    Args:
      image: of rank 2 to 6, [..., 1].

    Returns:
      [..., 3], of the same dtype.

    Raises:
      ValueError: for another shape, or complex64 images.
    """
    value = convert(image, "image", "grayscaleToRGB")
    refuse_complex("grayscaleToRGB", image=value)
    _check_channels("grayscaleToRGB", "a grayscale", value, 1)
    repeats = [*[1] * (value.rank - 1), 3]
    return Tensor(tensorflow.raw_ops.Tile(input=value.tensor, multiples=repeats))


@operation
def rgbToGrayscale(image: Any) -> Tensor:
    """RGB images as grey ones: 0.2989 of red, 0.587 of green and 0.114 of blue.

    Args:
      image: of rank 2 to 6, [..., 3].

    Returns:
      [..., 1], of the same dtype; integers lose what is behind the point. It has a gradient, which
      tf.js lacks.

    Raises:
      ValueError: for another shape.
    """
    value = convert(image, "image", "rgbToGrayscale")
    _check_channels("rgbToGrayscale", "an RGB", value, 3)
    parts = tensorflow.cast(value.tensor, "float32") * tensorflow.constant(LUMA, "float32")
    # tf.js sums up in double precision, which decides over integers that are rounded down.
    total = tensorflow.reduce_sum(tensorflow.cast(parts, "float64"), axis=-1, keepdims=True)
    grey = tensorflow.cast(total, "float32")
    return Tensor(tensorflow.cast(grey, value.tensor.dtype))


@operation
def rotateWithOffset(
    image: Any,
    radians: float,
    fillValue: float | Sequence[float] = 0,
    center: float | Sequence[float] = 0.5,
) -> Tensor:
    """Images rotated about a point, each value from the nearest pixel.

    Args:
      image: float32, [batch, height, width, depth].
      radians: the angle, counter-clockwise.
      fillValue: the value where nothing was: a number, or [red, green, blue]; a fourth channel
        is 255 then.
      center: the point, in parts of the image: a number, or [x, y].

    Returns:
      A Tensor of the shape of the images. It has a gradient, which tf.js lacks.

    Raises:
      ValueError: for another rank or dtype, or a centre that is not [x, y].
    """
    value = convert(image, "image", "rotateWithOffset", "float32")
    _check_rank("rotateWithOffset", "image", value, 4)
    pair = _pair(center) if isinstance(center, (list, tuple)) else [center, center]
    of_x, of_y = (number(part, "center", "rotateWithOffset") for part in pair)
    radians = number(radians, "radians", "rotateWithOffset")
    if not math.isfinite(radians):  # of which there is no sine
        radians = math.nan
    raw = value.tensor
    sizes = tensorflow.shape(raw)
    height, width = (tensorflow.cast(sizes[axis], "float64") for axis in (1, 2))
    center_x, center_y = width * of_x, height * of_y
    x = tensorflow.range(width, dtype="float64")[None, :] - center_x
    y = tensorflow.range(height, dtype="float64")[:, None] - center_y
    cos, sin = math.cos(radians), math.sin(radians)
    from_x = half_up(x * cos - y * sin + center_x)[None]
    from_y = half_up(x * sin + y * cos + center_y)[None]
    if isinstance(fillValue, (list, tuple)):
        fillValue = [number(part, "fillValue", "rotateWithOffset") for part in fillValue]
        # tf.js: of more channels than colours, NaN.
        colours = [255 if i == 3 else _at(fillValue, i) for i in range(raw.shape[3])]
        fill = tensorflow.constant(colours, "float32", [len(colours)])
    else:
        single = number(fillValue, "fillValue", "rotateWithOffset")
        fill = tensorflow.constant(single, "float32")
    return Tensor(pixels_or(raw, _of_each(raw), from_y, from_x, fill))


@operation
def threshold(
    image: Any, method: str = "binary", inverted: bool = False, threshValue: float = 0.5
) -> Tensor:
    """An image in black and white: 255 where it is brighter than a threshold, else 0.

    Args:
      image: float32 or int32, [height, width, 1 or 3], values from 0 to 255.
      method: "binary" for `threshValue`, "otsu" for the threshold that parts bright from dark
        best.
      inverted: whether to give 255 where the image is not brighter.
      threshValue: the threshold as a part of 255, for "binary".

    Returns:
      An int32 Tensor, [height, width, 1].

    Raises:
      ValueError: for another shape, dtype or method, or negative values for "otsu".
    """
    value = convert(image, "image", "threshold")
    _check_rank("threshold", "image", value, 3)
    if value.shape[2] not in (1, 3):
        raise ValueError(
            "Error in threshold: image color channel must be equal to 3 or 1 "
            f"but got {value.shape[2]}."
        )
    if value.dtype not in ("int32", "float32"):
        raise ValueError(
            f"Error in threshold: image dtype must be int32 or float32, but got {value.dtype}."
        )
    if method not in ("otsu", "binary"):
        raise ValueError(f"Error in threshold: Method must be binary or otsu, but was {method}")
    grey = tensorflow.cast(value.tensor, "float32")
    if value.shape[2] == 3:
        red, green, blue = tensorflow.split(grey, 3, axis=2)
        grey = red * LUMA[0] + green * LUMA[1] + blue * LUMA[2]
    if method == "otsu":
        limit = otsu_threshold(grey)
    else:
        part = number(threshValue, "threshValue", "threshold")
        limit = tensorflow.constant(part, "float32") * 255.0
    bright = grey <= limit if inverted else grey > limit
    return Tensor(tensorflow.where(bright, 255, 0))


@operation
def transform(
    image: Any,
    transforms: Any,
    interpolation: str = "nearest",
    fillMode: str = "constant",
    fillValue: float = 0,
    outputShape: Sequence[int] | None = None,
) -> Tensor:
    """Images in perspective: each value from where a projection of its place lies.

    Args:
      image: float32, [batch, height, width, depth].
      transforms: float32, [batch, 8], or [1, 8] for all images: with [a0, a1, a2, b0, b1, b2, c0,
        c1] the value at (x, y) comes from ((a0 x + a1 y + a2) / k, (b0 x + b1 y + b2) / k), where
        k is c0 x + c1 y + 1.
      interpolation: "nearest" or "bilinear".
      fillMode: what lies beyond the edge: "constant" for `fillValue`, "reflect", "wrap" or
        "nearest".
      fillValue: the value beyond the edge.
      outputShape: the [height, width] of the result; None for those of the images.

    Returns:
      A float32 Tensor, [batch, outHeight, outWidth, depth]: of each image of the batch, as on
      tf.js's wasm backend; its cpu backend forgets all but the first. It has a gradient, which
      tf.js lacks.

    Raises:
      ValueError: for shapes or dtypes other than these, or another interpolation.
    """
    name = "transform"
    value = convert(image, "image", name, "float32")
    matrices = convert(transforms, "transforms", name, "float32")
    _check_rank(name, "image", value, 4)
    _check_transforms(name, matrices, value.shape[0])
    if outputShape is not None and (not isinstance(outputShape, Sequence) or len(outputShape) != 2):
        raise ValueError(
            f"Error in {name}: outputShape must be [height, width] or null, but got {outputShape}."
        )
    if interpolation not in ("nearest", "bilinear"):
        raise ValueError(
            f"Error in {name}: Expect 'nearest' or 'bilinear', but got {interpolation}"
        )
    beyond = number(fillValue, "fillValue", name)
    raw = value.tensor
    sizes = tensorflow.shape(raw)
    if outputShape is None:
        height, width = sizes[1], sizes[2]
    else:
        height, width = numbers(outputShape, 2, "outputShape", name)
        if min(height, width) < 0:
            raise ValueError(
                f"Error in {name}: outputShape must not be negative, but got {outputShape}."
            )
    x = tensorflow.cast(tensorflow.range(width), "float64")[None, None, :]
    y = tensorflow.cast(tensorflow.range(height), "float64")[None, :, None]
    matrix = tensorflow.cast(matrices.tensor, "float64")[:, :, None, None]
    a0, a1, a2, b0, b1, b2, c0, c1 = tensorflow.unstack(matrix, axis=1)
    k = c0 * x + c1 * y + 1.0
    from_x = mapped((a0 * x + a1 * y + a2) / k, sizes[2], fillMode)
    from_y = mapped((b0 * x + b1 * y + b2) / k, sizes[1], fillMode)
    sample = bilinear if interpolation == "bilinear" else nearest
    # tf.js's cpu kernel stops after the first image of a batch; its other backends do not.
    values = sample(raw, _of_each(raw), from_y, from_x, beyond)
    return Tensor(tensorflow.where((k == 0.0)[..., None], beyond, values))


def _of_each(images: Any) -> Any:
    """The index of each image of a batch, as places in them have it: [batch, 1, 1]."""
    return tensorflow.range(tensorflow.shape(images)[0])[:, None, None]


def _pair(center: Sequence[float]) -> Sequence[float]:
    if len(center) != 2:
        raise ValueError(
            f"Error in rotateWithOffset: center must be a number or [x, y], but got {center}."
        )
    return center


def _at(values: Sequence[float], index: int) -> float:
    """A value of a list, NaN beyond its end."""
    return values[index] if index < len(values) else math.nan


def _check_rank(function: str, argument: str, value: Tensor, rank: int) -> None:
    if value.rank != rank:
        raise ValueError(
            f"Error in {function}: {argument} must be rank {rank}, but got rank {value.rank}."
        )


def _check_transforms(function: str, transforms: Tensor, batch: int | None) -> None:
    rows, columns = transforms.shape if transforms.rank == 2 else (0, 0)
    if columns != 8 or (rows != 1 and None not in (rows, batch) and rows != batch):
        raise ValueError(
            f"Error in {function}: Input transform should be batch x 8 or 1 x 8, "
            f"but got shape {transforms.shape} for a batch of {batch}"
        )


def _check_boxes(function: str, boxes: Tensor, boxInd: Tensor) -> None:
    if boxes.rank != 2 or boxes.shape[1] != 4:
        raise ValueError(
            f"Error in {function}: boxes must have size [numBoxes, 4] but had shape {boxes.shape}."
        )
    if boxInd.rank != 1 or (
        boxInd.shape != boxes.shape[:1] and None not in (boxInd.shape[0], boxes.shape[0])
    ):
        raise ValueError(
            f"Error in {function}: boxInd must have size {boxes.shape[:1]} but had shape "
            f"{boxInd.shape}."
        )


def _check_channels(function: str, kind: str, value: Tensor, channels: int) -> None:
    if value.rank < 2:
        raise ValueError(
            f"Error in {function}: images must be at least rank 2, but got rank {value.rank}."
        )
    if value.shape[-1] != channels:
        raise ValueError(
            f"Error in {function}: last dimension of {kind} image should be size {channels}, "
            f"but got size {value.shape[-1]}."
        )
