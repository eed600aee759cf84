"""Operations: convolution, images, and what is fused: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.avgPool3d
x = tf.tensor5d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2, 1])
result = tf.avgPool3d(x, 2, 1, "valid")
result.print()

# %% tf.fused.conv2d
inputDepth = 2
inShape = [2, 2, 2, inputDepth]
outputDepth = 2
fSize = 1
pad = 0
strides = 1

x = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], inShape)
w = tf.tensor4d([-1, 1, -2, 0.5], [fSize, fSize, inputDepth, outputDepth])

tf.fused.conv2d(
    x=x,
    filter=w,
    strides=strides,
    pad=pad,
    dataFormat="NHWC",
    dilations=[1, 1],
    bias=tf.scalar(5),
    activation="relu",
).print()

# %% tf.fused.matMul
a = tf.tensor2d([-1, -2], [1, 2])
b = tf.tensor2d([1, 2, 3, 4], [2, 2])
bias = tf.tensor2d([1, 2], [1, 2])

tf.fused.matMul({"a": a, "b": b, "bias": bias, "activation": "relu"}).print()

# %% tf.maxPool3d
x = tf.tensor5d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2, 1])
result = tf.maxPool3d(x, 2, 1, "valid")
result.print()
