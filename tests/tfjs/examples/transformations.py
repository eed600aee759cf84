"""Tensors: transformations: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.batchToSpaceND
x = tf.tensor4d([1, 2, 3, 4], [4, 1, 1, 1])
blockShape = [2, 2]
crops = [[0, 0], [0, 0]]

x.batchToSpaceND(blockShape, crops).print()

# %% tf.cast
x = tf.tensor1d([1.5, 2.5, 3])
tf.cast(x, "int32").print()

# %% tf.depthToSpace
x = tf.tensor4d([1, 2, 3, 4], [1, 1, 1, 4])
blockSize = 2
dataFormat = "NHWC"

tf.depthToSpace(x, blockSize, dataFormat).print()

# %% tf.ensureShape
x = tf.tensor1d([1, 2, 3, 4])
y = tf.tensor1d([1, None, 3, 4])
z = tf.tensor2d([1, 2, 3, 4], [2, 2])
tf.ensureShape(x, [4]).print()
tf.ensureShape(y, [4]).print()
tf.ensureShape(z, [None, 2]).print()

# %% tf.expandDims
x = tf.tensor1d([1, 2, 3, 4])
axis = 1
x.expandDims(axis).print()

# %% tf.pad
x = tf.tensor1d([1, 2, 3, 4])
x.pad([[1, 2]]).print()

# %% tf.reshape
x = tf.tensor1d([1, 2, 3, 4])
x.reshape([2, 2]).print()

# %% tf.setdiff1dAsync
x = [1, 2, 3, 4, 5, 6]
y = [1, 3, 5]

out, indices = tf.setdiff1dAsync(x, y)
out.print()  # [2, 4, 6]
indices.print()  # [1, 3, 5]

# %% tf.spaceToBatchND
x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])
blockShape = [2, 2]
paddings = [[0, 0], [0, 0]]

x.spaceToBatchND(blockShape, paddings).print()

# %% tf.squeeze
x = tf.tensor([1, 2, 3, 4], [1, 1, 4])
x.squeeze().print()
