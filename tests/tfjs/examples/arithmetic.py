"""Operations: arithmetic: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.add
a = tf.tensor1d([1, 2, 3, 4])
b = tf.tensor1d([10, 20, 30, 40])

a.add(b).print()  # or tf.add(a, b)

# %% tf.add 2
# Broadcast add a with b.
a = tf.scalar(5)
b = tf.tensor1d([10, 20, 30, 40])

a.add(b).print()  # or tf.add(a, b)

# %% tf.addN
a = tf.tensor1d([1, 2])
b = tf.tensor1d([3, 4])
c = tf.tensor1d([5, 6])

tf.addN([a, b, c]).print()

# %% tf.div
a = tf.tensor1d([1, 4, 9, 16])
b = tf.tensor1d([1, 2, 3, 4])

a.div(b).print()  # or tf.div(a, b)

# %% tf.div 2
# Broadcast div a with b.
a = tf.tensor1d([2, 4, 6, 8])
b = tf.scalar(2)

a.div(b).print()  # or tf.div(a, b)

# %% tf.divNoNan
a = tf.tensor1d([1, 4, 9, 16])
b = tf.tensor1d([1, 2, 3, 4])
c = tf.tensor1d([0, 0, 0, 0])

a.divNoNan(b).print()  # or tf.divNoNan(a, b)
a.divNoNan(c).print()  # or tf.divNoNan(a, c)

# %% tf.divNoNan 2
# Broadcast div a with b.
a = tf.tensor1d([2, 4, 6, 8])
b = tf.scalar(2)
c = tf.scalar(0)

a.divNoNan(b).print()  # or tf.divNoNan(a, b)
a.divNoNan(c).print()  # or tf.divNoNan(a, c)

# %% tf.floorDiv
a = tf.tensor1d([1, 4, 9, 16])
b = tf.tensor1d([1, 2, 3, 4])

a.floorDiv(b).print()  # or tf.div(a, b)

# %% tf.floorDiv 2
# Broadcast div a with b.
a = tf.tensor1d([2, 4, 6, 8])
b = tf.scalar(2)

a.floorDiv(b).print()  # or tf.floorDiv(a, b)

# %% tf.maximum
a = tf.tensor1d([1, 4, 3, 16])
b = tf.tensor1d([1, 2, 9, 4])

a.maximum(b).print()  # or tf.maximum(a, b)

# %% tf.maximum 2
# Broadcast maximum a with b.
a = tf.tensor1d([2, 4, 6, 8])
b = tf.scalar(5)

a.maximum(b).print()  # or tf.maximum(a, b)

# %% tf.minimum
a = tf.tensor1d([1, 4, 3, 16])
b = tf.tensor1d([1, 2, 9, 4])

a.minimum(b).print()  # or tf.minimum(a, b)

# %% tf.minimum 2
# Broadcast minimum a with b.
a = tf.tensor1d([2, 4, 6, 8])
b = tf.scalar(5)

a.minimum(b).print()  # or tf.minimum(a, b)

# %% tf.mod
a = tf.tensor1d([1, 4, 3, 16])
b = tf.tensor1d([1, 2, 9, 4])

a.mod(b).print()  # or tf.mod(a, b)

# %% tf.mod 2
# Broadcast a mod b.
a = tf.tensor1d([2, 4, 6, 8])
b = tf.scalar(5)

a.mod(b).print()  # or tf.mod(a, b)

# %% tf.mul
a = tf.tensor1d([1, 2, 3, 4])
b = tf.tensor1d([2, 3, 4, 5])

a.mul(b).print()  # or tf.mul(a, b)

# %% tf.mul 2
# Broadcast mul a with b.
a = tf.tensor1d([1, 2, 3, 4])
b = tf.scalar(5)

a.mul(b).print()  # or tf.mul(a, b)

# %% tf.pow
a = tf.tensor([[2, 3], [4, 5]])
b = tf.tensor([[1, 2], [3, 0]]).toInt()

a.pow(b).print()  # or tf.pow(a, b)

# %% tf.pow 2
a = tf.tensor([[1, 2], [3, 4]])
b = tf.tensor(2).toInt()

a.pow(b).print()  # or tf.pow(a, b)

# %% tf.squaredDifference
a = tf.tensor1d([1, 4, 3, 16])
b = tf.tensor1d([1, 2, 9, 4])

a.squaredDifference(b).print()  # or tf.squaredDifference(a, b)

# %% tf.squaredDifference 2
# Broadcast squared difference  a with b.
a = tf.tensor1d([2, 4, 6, 8])
b = tf.scalar(5)

a.squaredDifference(b).print()  # or tf.squaredDifference(a, b)

# %% tf.sub
a = tf.tensor1d([10, 20, 30, 40])
b = tf.tensor1d([1, 2, 3, 4])

a.sub(b).print()  # or tf.sub(a, b)

# %% tf.sub 2
# Broadcast subtract a with b.
a = tf.tensor1d([10, 20, 30, 40])
b = tf.scalar(5)

a.sub(b).print()  # or tf.sub(a, b)
