"""Operations: logical: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.bitwiseAnd
x = tf.tensor1d([0, 5, 3, 14], "int32")
y = tf.tensor1d([5, 0, 7, 11], "int32")
tf.bitwiseAnd(x, y).print()

# %% tf.equal
a = tf.tensor1d([1, 2, 3])
b = tf.tensor1d([2, 2, 2])

a.equal(b).print()

# %% tf.greater
a = tf.tensor1d([1, 2, 3])
b = tf.tensor1d([2, 2, 2])

a.greater(b).print()

# %% tf.greaterEqual
a = tf.tensor1d([1, 2, 3])
b = tf.tensor1d([2, 2, 2])

a.greaterEqual(b).print()

# %% tf.less
a = tf.tensor1d([1, 2, 3])
b = tf.tensor1d([2, 2, 2])

a.less(b).print()

# %% tf.lessEqual
a = tf.tensor1d([1, 2, 3])
b = tf.tensor1d([2, 2, 2])

a.lessEqual(b).print()

# %% tf.logicalAnd
a = tf.tensor1d([False, False, True, True], "bool")
b = tf.tensor1d([False, True, False, True], "bool")

a.logicalAnd(b).print()

# %% tf.logicalNot
a = tf.tensor1d([False, True], "bool")

a.logicalNot().print()

# %% tf.logicalOr
a = tf.tensor1d([False, False, True, True], "bool")
b = tf.tensor1d([False, True, False, True], "bool")

a.logicalOr(b).print()

# %% tf.logicalXor
a = tf.tensor1d([False, False, True, True], "bool")
b = tf.tensor1d([False, True, False, True], "bool")

a.logicalXor(b).print()

# %% tf.notEqual
a = tf.tensor1d([1, 2, 3])
b = tf.tensor1d([0, 2, 3])

a.notEqual(b).print()

# %% tf.where
cond = tf.tensor1d([False, False, True], "bool")
a = tf.tensor1d([1, 2, 3])
b = tf.tensor1d([-1, -2, -3])

a.where(cond, b).print()

# %% tf.whereAsync
cond = tf.tensor1d([False, False, True], "bool")
result = tf.whereAsync(cond)
result.print()
