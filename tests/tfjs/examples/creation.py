"""Tensors: creation, classes, random: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.buffer
# Create a buffer and set values at particular indices.
buffer = tf.buffer([2, 2])
buffer.set(3, 0, 0)
buffer.set(5, 1, 0)

# Convert the buffer back to a tensor.
buffer.toTensor().print()

# %% tf.clone
x = tf.tensor([1, 2])

x.clone().print()

# %% tf.complex
real = tf.tensor1d([2.25, 3.25])
imag = tf.tensor1d([4.75, 5.75])
complex = tf.complex(real, imag)

complex.print()

# %% tf.diag
x = tf.tensor1d([1, 2, 3, 4])

tf.diag(x).print()

# %% tf.diag 2
x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2])

tf.diag(x).print()

# %% tf.fill
tf.fill([2, 2], 4).print()

# %% tf.imag
x = tf.complex([-2.25, 3.25], [4.75, 5.75])
tf.imag(x).print()

# %% tf.linspace
tf.linspace(0, 9, 10).print()

# %% tf.multinomial
probs = tf.tensor([0.75, 0.25])
tf.multinomial(probs, 3).print()

# %% tf.oneHot
tf.oneHot(tf.tensor1d([0, 1], "int32"), 3).print()

# %% tf.ones
tf.ones([2, 2]).print()

# %% tf.onesLike
x = tf.tensor([1, 2])
tf.onesLike(x).print()

# %% tf.print
verbose = True
tf.tensor2d([1, 2, 3, 4], [2, 2]).print(verbose)

# %% tf.randomGamma
tf.randomGamma([2, 2], 1).print()

# %% tf.randomNormal
tf.randomNormal([2, 2]).print()

# %% tf.randomStandardNormal
tf.randomStandardNormal([2, 2]).print()

# %% tf.randomUniform
tf.randomUniform([2, 2]).print()

# %% tf.randomUniformInt
tf.randomUniformInt([2, 2], 0, 10).print()

# %% tf.range
tf.range(0, 9, 2).print()

# %% tf.real
x = tf.complex([-2.25, 3.25], [4.75, 5.75])
tf.real(x).print()

# %% tf.scalar
tf.scalar(3.14).print()

# %% tf.tensor
# Pass an array of values to create a vector.
tf.tensor([1, 2, 3, 4]).print()

# %% tf.tensor 2
# Pass a nested array of values to make a matrix or a higher
# dimensional tensor.
tf.tensor([[1, 2], [3, 4]]).print()

# %% tf.tensor 3
# Pass a flat array and specify a shape yourself.
tf.tensor([1, 2, 3, 4], [2, 2]).print()

# %% tf.tensor1d
tf.tensor1d([1, 2, 3]).print()

# %% tf.tensor2d
# Pass a nested array.
tf.tensor2d([[1, 2], [3, 4]]).print()

# %% tf.tensor2d 2
# Pass a flat array and specify a shape.
tf.tensor2d([1, 2, 3, 4], [2, 2]).print()

# %% tf.tensor3d
# Pass a nested array.
tf.tensor3d([[[1], [2]], [[3], [4]]]).print()

# %% tf.tensor3d 2
# Pass a flat array and specify a shape.
tf.tensor3d([1, 2, 3, 4], [2, 2, 1]).print()

# %% tf.tensor4d
# Pass a nested array.
tf.tensor4d([[[[1], [2]], [[3], [4]]]]).print()

# %% tf.tensor4d 2
# Pass a flat array and specify a shape.
tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]).print()

# %% tf.tensor5d
# Pass a nested array.
tf.tensor5d([[[[[1], [2]], [[3], [4]]], [[[5], [6]], [[7], [8]]]]]).print()

# %% tf.tensor5d 2
# Pass a flat array and specify a shape.
tf.tensor5d([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 2, 2, 1]).print()

# %% tf.tensor6d
# Pass a nested array.
tf.tensor6d([[[[[[1], [2]], [[3], [4]]], [[[5], [6]], [[7], [8]]]]]]).print()

# %% tf.tensor6d 2
# Pass a flat array and specify a shape.
tf.tensor6d([1, 2, 3, 4, 5, 6, 7, 8], [1, 1, 2, 2, 2, 1]).print()

# %% tf.truncatedNormal
tf.truncatedNormal([2, 2]).print()

# %% tf.variable
x = tf.variable(tf.tensor([1, 2, 3]))
x.assign(tf.tensor([4, 5, 6]))

x.print()

# %% tf.zeros
tf.zeros([2, 2]).print()

# %% tf.zerosLike
x = tf.tensor([1, 2])
tf.zerosLike(x).print()
