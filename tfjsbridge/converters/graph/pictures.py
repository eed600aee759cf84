"""What stands in tf.js for operations on pictures that it has not."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.converters.graph.rewrite import CannotRewrite, constant_value, rewrites
from tfjsbridge.runtime import tensorflow as tf


@rewrites("ResizeBicubic")
def resize_bicubic(operation: Any, x: Any, size: Any) -> Any:
    names = ("align_corners", "half_pixel_centers")
    options = {name: operation.get_attr(name) for name in names}

    def resized(axis: int, picture: Any, wanted: int) -> Any:
        return tf.raw_ops.ResizeBicubic(images=picture, size=[wanted, 1], **options)

    return _by_matrices(operation, x, resized)


@rewrites("ScaleAndTranslate")
def scale_and_translate(operation: Any, x: Any, *_: Any) -> Any:
    """Resizing by Lanczos kernels, or with antialias."""
    scale, translation = (_constant(tensor) for tensor in operation.inputs[2:])
    kernel = operation.get_attr("kernel_type").decode()
    antialias = operation.get_attr("antialias")

    def resized(axis: int, picture: Any, wanted: int) -> Any:
        return tf.raw_ops.ScaleAndTranslate(
            images=picture,
            size=[wanted, 1],
            scale=[float(scale[axis]), 1.0],
            translation=[float(translation[axis]), 0.0],
            kernel_type=kernel,
            antialias=antialias,
        )

    return _by_matrices(operation, x, resized)


def _by_matrices(operation: Any, x: Any, resized: Any) -> Any:
    """Pictures [batch, rows, columns, channels], each axis by a product with a matrix.

    Args:
      operation: the size is its second input.
      x: the pictures.
      resized: gives pictures of one column with other rows, of an axis (0 rows, 1 columns).
    """
    sizes = [int(size) for size in _constant(operation.inputs[1])]
    rows, columns, channels = x.shape[1:]
    if None in (rows, columns, channels):
        raise CannotRewrite("pictures are resized from a known size only; give it in keras.Input")
    high, wide = (
        _matrix(axis, size, wanted, resized)
        for axis, (size, wanted) in enumerate(zip((rows, columns), sizes, strict=True))
    )
    x = tf.cast(x, tf.float32)
    # [batch * rows, columns, channels], of which the columns are multiplied, then the rows.
    across = tf.matmul(wide, tf.reshape(x, [-1, columns, channels]))
    down = tf.matmul(high, tf.reshape(across, [-1, rows, sizes[1] * channels]))
    return tf.reshape(down, [-1, *sizes, channels])


def _matrix(axis: int, size: int, wanted: int, resized: Any) -> Any:
    """How much of each old pixel is in each new one, [wanted, size]."""
    each = np.eye(size, dtype=np.float32).reshape(1, size, 1, size)
    with tf.Graph().as_default():
        values = constant_value(resized(axis, tf.constant(each), wanted))
    assert values is not None
    return tf.constant(values.reshape(wanted, size))


def _constant(tensor: Any) -> np.ndarray:
    """The values of a tensor that depends on the inputs' shapes alone."""
    values = constant_value(tensor)
    if values is not None:
        return values
    inputs = [
        op.outputs[0]
        for op in tensor.graph.get_operations()
        if op.type == "Placeholder"
        and (op.outputs[0].dtype.is_floating or op.outputs[0].dtype.is_integer)
    ]
    found = []
    with tf.compat.v1.Session(graph=tensor.graph) as session:
        for number in (1, 2):
            given = {
                each.name: np.full([size or number for size in each.shape], number, each.dtype.name)
                for each in inputs
            }
            found.append(session.run(tensor, given))
    if not np.array_equal(*found):
        raise CannotRewrite("pictures are resized to a size that is given as numbers only")
    return np.asarray(found[0])


@rewrites("RGBToHSV")
def rgb_to_hsv(operation: Any, x: Any) -> Any:
    """[..., 3] of numbers from 0 to 1."""
    red, green, blue = (x[..., channel] for channel in range(3))
    largest, smallest = tf.reduce_max(x, -1), tf.reduce_min(x, -1)
    spread = largest - smallest
    some = tf.where(spread > 0, spread, tf.ones_like(spread))
    hue = tf.where(
        tf.equal(red, largest),
        (green - blue) / some,
        tf.where(tf.equal(green, largest), (blue - red) / some + 2.0, (red - green) / some + 4.0),
    )
    hue = tf.where(spread > 0, hue / 6.0, tf.zeros_like(hue))
    hue = tf.where(hue < 0, hue + 1.0, hue)
    bright = tf.where(largest > 0, largest, tf.ones_like(largest))
    saturation = tf.where(largest > 0, spread / bright, tf.zeros_like(spread))
    return tf.stack([hue, saturation, largest], -1)


@rewrites("HSVToRGB")
def hsv_to_rgb(operation: Any, x: Any) -> Any:
    """[..., 3] of numbers from 0 to 1."""
    hue, saturation, value = (x[..., channel] for channel in range(3))
    sixths = hue * 6.0
    red = tf.clip_by_value(tf.abs(sixths - 3.0) - 1.0, 0.0, 1.0)
    green = tf.clip_by_value(2.0 - tf.abs(sixths - 2.0), 0.0, 1.0)
    blue = tf.clip_by_value(2.0 - tf.abs(sixths - 4.0), 0.0, 1.0)
    return tf.stack(
        [((1.0 - saturation) + saturation * part) * value for part in (red, green, blue)], -1
    )


@rewrites("SpaceToDepth")
def space_to_depth(operation: Any, x: Any) -> Any:
    """Blocks of pixels as channels."""
    size = operation.get_attr("block_size")
    rows, columns, channels = x.shape[1:]
    if operation.get_attr("data_format") != b"NHWC" or None in (rows, columns, channels):
        raise CannotRewrite("only pictures of a known size, with the channels last, can be taken")
    high, wide = rows // size, columns // size
    # [rows, size, columns * size, channels]: the rows of each block together.
    apart = tf.reshape(x, [-1, high, size, wide, size * channels])
    together = tf.transpose(apart, [0, 1, 3, 2, 4])
    return tf.reshape(together, [-1, high, wide, size * size * channels])
