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
    return tensorflow.floor(x + 0.5)


def crop_places(start: Any, stop: Any, size: Any, count: int) -> Any:
    """`count` places from `start` to `stop`, which are parts of an axis of `size`; [n, count]."""
    last = tensorflow.cast(size - 1, "float64")
    if count == 1:
        return 0.5 * (start + stop) * last
    step = (stop - start) * last / (count - 1)
    return start * last + tensorflow.range(count, dtype="float64") * step


def pixels_or(image: Any, y: Any, x: Any, fill: Any) -> Any:
    """The pixels at whole places; `fill` beyond the edge."""
    sizes = tensorflow.shape(image)
    height, width = (tensorflow.cast(sizes[axis], "float64") for axis in (1, 2))
    inside = (y >= 0.0) & (y < height) & (x >= 0.0) & (x < width)
    zero = tensorflow.constant(0.0, "float64")
    place = tensorflow.where(inside, y * width + x, zero)
    index = tensorflow.cast(place, "int32")
    flat = tensorflow.reshape(image, [sizes[0], sizes[1] * sizes[2], sizes[3]])
    if index.shape[0] == 1:
        values = tensorflow.gather(flat, index[0], axis=1)
    else:
        values = tensorflow.gather(flat, index, axis=1, batch_dims=1)
    return tensorflow.where(inside[..., None], values, fill)


def nearest(image: Any, y: Any, x: Any, fill: Any) -> Any:
    """The nearest pixels."""
    return pixels_or(image, half_up(y), half_up(x), fill)


def bilinear(image: Any, y: Any, x: Any, fill: Any) -> Any:
    """The means of the four pixels around a place, the nearer the heavier."""
    top, left = tensorflow.floor(y), tensorflow.floor(x)
    down, right = (tensorflow.cast(part, "float32")[..., None] for part in (y - top, x - left))

    def row(y: Any) -> Any:
        here, beside = pixels_or(image, y, left, fill), pixels_or(image, y, left + 1.0, fill)
        return _mean(here, beside, right)

    return _mean(row(top), row(top + 1.0), down)


def _mean(a: Any, b: Any, part: Any) -> Any:
    return (1.0 - part) * a + part * b


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
    inside = tensorflow.where(length <= 1.0, zero, inside)
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
