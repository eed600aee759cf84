"""Operations: normalization, dropout: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.dropout
x = tf.tensor1d([1, 2, 2, 1])
rate = 0.75
output = tf.dropout(x, rate)
output.print()

# %% tf.logSoftmax
a = tf.tensor1d([1, 2, 3])

a.logSoftmax().print()  # or tf.logSoftmax(a)

# %% tf.logSoftmax 2
a = tf.tensor2d([2, 4, 6, 1, 2, 3], [2, 3])

a.logSoftmax().print()  # or tf.logSoftmax(a)

# %% tf.softmax
a = tf.tensor1d([1, 2, 3])

a.softmax().print()  # or tf.softmax(a)

# %% tf.softmax 2
a = tf.tensor2d([2, 4, 6, 1, 2, 3], [2, 3])

a.softmax().print()  # or tf.softmax(a)

# %% tf.sparseToDense
indices = tf.tensor1d([4, 5, 6, 1, 2, 3], "int32")
values = tf.tensor1d([10, 11, 12, 13, 14, 15], "float32")
shape = [8]
tf.sparseToDense(indices, values, shape).print()
