"""What stands in tf.js for convolutions and poolings that it has not, or computes otherwise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.converters.graph.rewrite import CannotRewrite, constant_value, rewrites
from tfjsbridge.runtime import tensorflow as tf


@rewrites("Conv2D", "Conv3D")
def convolution(operation: Any, x: Any, kernel: Any) -> Any:
    """With the channels last, and of groups as one with zeros in the kernel."""
    channels = x.shape[1 if _is_first(operation) else -1]
    if channels != kernel.shape[-2]:
        kernel = tf.constant(_of_groups(_values(kernel, "groups"), channels))
    options = _options(operation)
    steps_over = any(s > k for s, k in zip(options["strides"], kernel.shape, strict=False))

    def compute(given: Any) -> Any:
        if operation.type == "Conv3D" and options["padding"] == "SAME" and steps_over:
            given = _padded(given, kernel.shape[:3], options["strides"])
            return tf.nn.convolution(given, kernel, **{**options, "padding": "VALID"})
        return tf.nn.convolution(given, kernel, **options)

    return _channels_last(operation, x, compute)


def _padded(x: Any, kernel: Any, strides: Any) -> Any:
    """Volumes with the zeros of "same".

    tf.js leaves values out where a stride is above the kernel's size, as if there were less than
    none (`get3DPadAndOutInfo` of tfjs-core/src/ops/conv_util.ts).
    """
    if None in x.shape[1:4]:
        raise CannotRewrite("strides above the kernel's size, of volumes of no known size")
    amounts = []
    for length, size, stride in zip(x.shape[1:4], kernel, strides, strict=True):
        total = max((-(-length // stride) - 1) * stride + size - length, 0)
        amounts.append([total // 2, total - total // 2])
    return tf.pad(x, [[0, 0], *amounts, [0, 0]])


@rewrites("DepthwiseConv2dNative")
def depthwise_convolution(operation: Any, x: Any, kernel: Any) -> Any:
    """With the channels last."""
    if not _is_first(operation):
        return None
    options = _options(operation)
    strides = [1, *options.pop("strides"), 1]
    return _channels_last(
        operation, x, lambda given: tf.nn.depthwise_conv2d(given, kernel, strides, **options)
    )


@rewrites("Conv2DBackpropInput")
def transposed_convolution(operation: Any, sizes: Any, kernel: Any, x: Any) -> Any:
    """With the channels last, and of a dilated kernel as one with zeros in between."""
    options = _options(operation)
    by = options.pop("dilations")
    if by != [1, 1]:
        values = _values(kernel, "a dilation")
        size = [(length - 1) * step + 1 for length, step in zip(values.shape, by, strict=False)]
        wide = np.zeros((*size, *values.shape[2:]), values.dtype)
        wide[:: by[0], :: by[1]] = values
        kernel = tf.constant(wide)
    if _is_first(operation):
        sizes = tf.gather(sizes, [0, 2, 3, 1])
    return _channels_last(
        operation, x, lambda given: tf.nn.conv2d_transpose(given, kernel, sizes, **options)
    )


@rewrites("Conv3DBackpropInputV2")
def transposed_volumes(operation: Any, sizes: Any, kernel: Any, x: Any) -> Any:
    """As a convolution with the kernel turned round, over x with zeros in between.

    tf.js has the operation in no graph, and in its wasm it adds to what is in memory.
    """
    options = _options(operation)
    strides, rates = options["strides"], options["dilations"]
    values = _values(kernel, "a transposed kernel")
    length = [(size - 1) * rate + 1 for size, rate in zip(values.shape, rates, strict=False)]
    wide = np.zeros((*length, *values.shape[3:]), values.dtype)
    wide[:: rates[0], :: rates[1], :: rates[2]] = values
    turned = tf.constant(wide[::-1, ::-1, ::-1].swapaxes(3, 4).copy())
    first = 2 if _is_first(operation) else 1

    def compute(given: Any) -> Any:
        ends: list[Any] = [[0, 0]]
        last = []
        for axis, (stride, size) in enumerate(zip(strides, length, strict=True), 1):
            shape = tf.shape(given)
            count, wanted = shape[axis], sizes[first + axis - 1]
            if stride > 1:
                outer, inner = tf.reduce_prod(shape[: axis + 1]), tf.reduce_prod(shape[axis + 1 :])
                apart = tf.reshape(given, tf.stack([outer, 1, inner]))
                apart = tf.pad(apart, [[0, 0], [0, stride - 1], [0, 0]])
                longer = [shape[:axis], [count * stride], shape[axis + 1 :]]
                static = [*given.shape]
                static[axis] = None if static[axis] is None else static[axis] * stride
                given = tf.reshape(apart, tf.concat(longer, 0))
                given.set_shape(static)
            begin: Any = 0
            if options["padding"] == "SAME":
                begin = tf.maximum((count - 1) * stride + size - wanted, 0) // 2
            ends.append([size - 1 - begin, size + stride])
            last.append(wanted + size - 1)
        padded = tf.pad(given, tf.stack([tf.stack(end) for end in [*ends, [0, 0]]]))
        kept = padded[:, : last[0], : last[1], : last[2]]
        kept.set_shape([None, None, None, None, turned.shape[3]])
        return tf.nn.conv3d(kept, turned, [1] * 5, "VALID")

    made = _channels_last(operation, x, compute)
    made.set_shape(operation.outputs[0].shape)
    return made


@rewrites("BiasAdd")
def bias_add(operation: Any, x: Any, bias: Any) -> Any:
    """With the channels first as a sum; and to volumes as to rows, or tf.js's webgpu gives 0."""
    if _is_first(operation):
        return x + tf.reshape(bias, [-1, *[1] * (len(x.shape) - 2)])
    if len(x.shape) < 5:
        return None
    rows = tf.reshape(x, [-1, x.shape[-1]])
    return tf.reshape(tf.nn.bias_add(rows, bias), tf.shape(x))


@rewrites("MaxPool3D")
def max_pool_3d(operation: Any, x: Any) -> Any:
    """First over pictures, then over depths: of negative numbers alone tf.js's wasm gives 0."""
    if _is_first(operation):
        raise CannotRewrite("tf.js pools with the channels last; use channels_last")
    size, strides = operation.get_attr("ksize")[1:4], operation.get_attr("strides")[1:4]
    padding = operation.get_attr("padding").decode()
    depth, rows, columns, channels = x.shape[1:]
    if None in (depth, rows, columns, channels):
        return None
    pictures = tf.reshape(x, [-1, rows, columns, channels])
    pooled = tf.nn.max_pool2d(pictures, size[1:], strides[1:], padding)
    height, width = pooled.shape[1:3]
    stacks = tf.reshape(pooled, [-1, depth, height * width, channels])
    pooled = tf.nn.max_pool2d(stacks, [size[0], 1], [strides[0], 1], padding)
    return tf.reshape(pooled, [-1, pooled.shape[1], height, width, channels])


def _is_first(operation: Any) -> bool:
    """Whether the channels come before the places."""
    return bool(operation.get_attr("data_format").startswith(b"NC"))


def _options(operation: Any) -> dict[str, Any]:
    """Strides, padding and dilations, without those of examples and channels."""
    places = slice(2, None) if _is_first(operation) else slice(1, -1)
    padding = operation.get_attr("padding").decode()
    if padding == "EXPLICIT":
        raise CannotRewrite("a padding by numbers; use a ZeroPadding layer before")
    strides, dilations = (operation.get_attr(name)[places] for name in ("strides", "dilations"))
    return {"strides": strides, "padding": padding, "dilations": dilations}


def _channels_last(operation: Any, x: Any, compute: Callable[[Any], Any]) -> Any:
    """What `compute` makes of x with the channels last, put back as they were."""
    if not _is_first(operation):
        return compute(x)
    axes = range(2, len(x.shape))
    made = compute(tf.transpose(x, [0, *axes, 1]))
    return tf.transpose(made, [0, len(x.shape) - 1, *range(1, len(x.shape) - 1)])


def _of_groups(values: np.ndarray, channels: int) -> np.ndarray:
    """The kernel over all channels, [..., channels, outputs]."""
    own, outputs = values.shape[-2:]
    groups = channels // own
    whole = np.zeros((*values.shape[:-2], channels, outputs), values.dtype)
    for group in range(groups):
        inputs = slice(group * own, (group + 1) * own)
        made = slice(group * outputs // groups, (group + 1) * outputs // groups)
        whole[..., inputs, made] = values[..., made]
    return whole


def _values(kernel: Any, what: str) -> np.ndarray:
    values = constant_value(kernel)
    if values is None:
        raise CannotRewrite(f"a convolution with {what} whose kernel is no constant")
    return values
