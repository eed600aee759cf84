"""Tensors and operations: slicing and joining: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.booleanMaskAsync
tensor = tf.tensor2d([1, 2, 3, 4, 5, 6], [3, 2])
mask = tf.tensor1d([1, 0, 1], "bool")
result = tf.booleanMaskAsync(tensor, mask)
result.print()

# %% tf.concat
a = tf.tensor1d([1, 2])
b = tf.tensor1d([3, 4])
a.concat(b).print()  # or a.concat(b)

# %% tf.concat 2
a = tf.tensor1d([1, 2])
b = tf.tensor1d([3, 4])
c = tf.tensor1d([5, 6])
tf.concat([a, b, c]).print()

# %% tf.concat 3
a = tf.tensor2d([[1, 2], [10, 20]])
b = tf.tensor2d([[3, 4], [30, 40]])
axis = 1
tf.concat([a, b], axis).print()

# %% tf.gather
x = tf.tensor1d([1, 2, 3, 4])
indices = tf.tensor1d([1, 3, 3], "int32")

x.gather(indices).print()

# %% tf.gather 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])
indices = tf.tensor1d([1, 1, 0], "int32")

x.gather(indices).print()

# %% tf.gatherND
indices = tf.tensor2d([0, 1, 1, 0], [2, 2], "int32")
input = tf.tensor2d([9, 10, 11, 12], [2, 2])
tf.gatherND(input, indices).print()  # [10, 11]

# %% tf.reverse
x = tf.tensor1d([1, 2, 3, 4])

x.reverse().print()

# %% tf.reverse 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])

axis = 1
x.reverse(axis).print()

# %% tf.scatterND
indices = tf.tensor2d([4, 3, 1, 7], [4, 1], "int32")
updates = tf.tensor1d([9, 10, 11, 12])
shape = [8]
tf.scatterND(indices, updates, shape).print()  # [0, 11, 0, 10, 9, 0, 0, 12]

# %% tf.slice
x = tf.tensor1d([1, 2, 3, 4])

x.slice([1], [2]).print()

# %% tf.slice 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])

x.slice([1, 0], [1, 2]).print()

# %% tf.split
x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [2, 4])
a, b = tf.split(x, 2, 1)
a.print()
b.print()

c, d, e = tf.split(x, [1, 2, 1], 1)
c.print()
d.print()
e.print()

# %% tf.stack
a = tf.tensor1d([1, 2])
b = tf.tensor1d([3, 4])
c = tf.tensor1d([5, 6])
tf.stack([a, b, c]).print()

# %% tf.stridedSlice
t = tf.tensor3d([1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6], [3, 2, 3])
t.stridedSlice([1, 0, 0], [2, 1, 3], [1, 1, 1]).print()  # [[[3, 3, 3]]]
t.stridedSlice([1, 0, 0], [2, 2, 3], [1, 1, 1]).print()  # [[[3, 3, 3], [4, 4, 4]]]
t.stridedSlice([1, -1, 0], [2, -3, 3], [1, -1, 1]).print()  # [[[4, 4, 4], [3, 3, 3]]]

# %% tf.tensorScatterUpdate
shape = [8]
tensor = tf.ones(shape)
indices = tf.tensor2d([4, 3, 1, 7], [4, 1], "int32")
updates = tf.tensor1d([9, 10, 11, 12])

tf.tensorScatterUpdate(tensor, indices, updates).print()
# [1, 11, 1, 10, 9, 1, 1, 12]

# %% tf.tile
a = tf.tensor1d([1, 2])

a.tile([2]).print()  # or tf.tile(a, [2])

# %% tf.tile 2
a = tf.tensor2d([1, 2, 3, 4], [2, 2])

a.tile([1, 2]).print()  # or tf.tile(a, [1,2])

# %% tf.unstack
a = tf.tensor2d([1, 2, 3, 4], [2, 2])

for tensor in tf.unstack(a):
    tensor.print()
