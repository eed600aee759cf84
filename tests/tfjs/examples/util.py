"""Util: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.util.assert
x = 2
tf.util.assert_(x == 2, "x is not 2")  # noqa: PT009

# %% tf.util.createShuffledIndices
randomTen = tf.util.createShuffledIndices(10)
print(randomTen)

# %% tf.util.flatten
a = [[1, 2], [3, 4], [5, [6, [7]]]]
flat = tf.util.flatten(a)
print(flat)

# %% tf.util.now
print(tf.util.now())

# %% tf.util.shuffle
a = [1, 2, 3, 4, 5]
tf.util.shuffle(a)
print(a)

# %% tf.util.shuffleCombo
a = [1, 2, 3, 4, 5]
b = [11, 22, 33, 44, 55]
tf.util.shuffleCombo(a, b)
print(a, b)

# %% tf.util.sizeFromShape
shape = [3, 4, 2]
size = tf.util.sizeFromShape(shape)
print(size)
