"""Values of images at places between and beside their pixels.

Follows tfjs-backend-cpu/src/kernels/{CropAndResize,RotateWithOffset,Transform}.ts. Images are
float32 TensorFlow tensors [batch, height, width, depth]; places are float64 tensors that broadcast
to [batch, outHeight, outWidth].
"""

from __future__ import annotations

from typing import Any

from tfjsbridge.runtime import tensorflow


def half_up(x: Any) -> Any:
    """JavaScript's Math.round: halves upwards."""
    below = tensorflow.floor(x)
    return below + tensorflow.cast(x - below >= 0.5, x.dtype)


def crop_places(start: Any, stop: Any, size: Any, count: int) -> Any:
    """`count` places from `start` to `stop`, which are parts of an axis of `size`; [n, count]."""
    last = tensorflow.cast(size - 1, "float64")
    if count == 1:
        return 0.5 * (start + stop) * last
    step = (stop - start) * last / (count - 1)
    return start * last + tensorflow.range(count, dtype="float64") * step


def pixels_or(images: Any, index: Any, y: Any, x: Any, fill: Any) -> Any:
    """The pixels at whole places of the images of an `index`; `fill` beyond the edge.

    Args:
      images: [batch, height, width, depth].
      index: int32, broadcasts to [n, outHeight, outWidth]: an image of the batch.
      y, x: float64, likewise.
      fill: a float32 scalar, or of the shape [depth].

    Returns:
      float32, [n, outHeight, outWidth, depth].
    """
    sizes = tensorflow.shape(images)
    height, width = (tensorflow.cast(sizes[axis], "float64") for axis in (1, 2))
    inside = (y >= 0.0) & (y < height) & (x >= 0.0) & (x < width)
    if 0 in images.shape[:3]:  # there is nothing to gather from
        places = tensorflow.broadcast_dynamic_shape(
            tensorflow.shape(index), tensorflow.shape(inside)
        )
        return tensorflow.broadcast_to(fill, tensorflow.concat([places, sizes[3:]], 0))
    place = tensorflow.where(inside, y * width + x, tensorflow.constant(0.0, "float64"))
    flat = tensorflow.reshape(images, [-1, sizes[3]])
    first = tensorflow.cast(index, "int64") * tensorflow.cast(sizes[1] * sizes[2], "int64")
    values = tensorflow.gather(flat, first + tensorflow.cast(place, "int64"))
    return tensorflow.where(inside[..., None], values, fill)


def nearest(images: Any, index: Any, y: Any, x: Any, fill: Any) -> Any:
    """The nearest pixels."""
    return pixels_or(images, index, half_up(y), half_up(x), fill)


def bilinear(images: Any, index: Any, y: Any, x: Any, fill: Any) -> Any:
    """The means of the four pixels around a place, the nearer the heavier.

    Those beyond the edge are `fill`, and one of no weight counts too, if it is NaN or infinite.
    """
    top, left = tensorflow.floor(y), tensorflow.floor(x)
    down, right = _weights(y - top, x - left)

    def row(y: Any) -> Any:
        here = pixels_or(images, index, y, left, fill)
        beside = pixels_or(images, index, y, left + 1.0, fill)
        return (1.0 - right) * here + right * beside

    return (1.0 - down) * row(top) + down * row(top + 1.0)


def bilinear_inside(images: Any, index: Any, y: Any, x: Any, fill: Any) -> Any:
    """The means for places within the images: those on a pixel have only that around them."""
    top, left = tensorflow.floor(y), tensorflow.floor(x)
    bottom, end = tensorflow.math.ceil(y), tensorflow.math.ceil(x)
    down, right = _weights(y - top, x - left)

    def row(y: Any) -> Any:
        here = pixels_or(images, index, y, left, fill)
        return here + (pixels_or(images, index, y, end, fill) - here) * right

    upper = row(top)
    return upper + (row(bottom) - upper) * down


def _weights(*parts: Any) -> list[Any]:
    return [tensorflow.cast(part, "float32")[..., None] for part in parts]


def mapped(place: Any, size: Any, mode: str) -> Any:
    """Places beyond the edge as places within an axis of `size`; "constant" leaves them there."""
    length = tensorflow.cast(size, "float64")
    last = length - 1.0
    if mode == "reflect":
        inside = _reflected(place, length)
    elif mode == "wrap":
        before = place + length * (_truncated(-place / last) + 1.0)
        behind = place - length * _truncated(place / last)
        inside = tensorflow.where(
            place < 0.0, before, tensorflow.where(place > last, behind, place)
        )
    elif mode == "nearest":
        inside = place
    else:  # tf.js: "constant", or any other word
        return place
    zero = tensorflow.zeros_like(inside)
    # NaN stays NaN.
    inside = tensorflow.where((length <= 1.0) & (place == place), zero, inside)
    return tensorflow.clip_by_value(
        inside, zero, tensorflow.broadcast_to(last, tensorflow.shape(zero))
    )


def _reflected(place: Any, length: Any) -> Any:
    """[dcba|abcd|dcba]: as if the axis and its mirror image stood side by side for ever."""
    both = 2.0 * length
    before = both * _truncated(-place / both) + place
    before = tensorflow.where(before < -length, before + both, -before - 1.0)
    behind = place - both * _truncated(place / both)
    behind = tensorflow.where(behind >= length, both - behind - 1.0, behind)
    return tensorflow.where(
        place < 0.0, before, tensorflow.where(place > length - 1.0, behind, place)
    )


def _truncated(x: Any) -> Any:
    return tensorflow.where(x < 0.0, tensorflow.math.ceil(x), tensorflow.floor(x))
