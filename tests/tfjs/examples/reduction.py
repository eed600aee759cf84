"""Operations: reduction, scan, segment: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.all
x = tf.tensor1d([1, 1, 1], "bool")

x.all().print()  # or tf.all(x)

# %% tf.all 2
x = tf.tensor2d([1, 1, 0, 0], [2, 2], "bool")

axis = 1
x.all(axis).print()  # or tf.all(x, axis)

# %% tf.any
x = tf.tensor1d([1, 1, 1], "bool")

x.any().print()  # or tf.any(x)

# %% tf.any 2
x = tf.tensor2d([1, 1, 0, 0], [2, 2], "bool")

axis = 1
x.any(axis).print()  # or tf.any(x, axis)

# %% tf.argMax
x = tf.tensor1d([1, 2, 3])

x.argMax().print()  # or tf.argMax(x)

# %% tf.argMax 2
x = tf.tensor2d([1, 2, 4, 3], [2, 2])

axis = 1
x.argMax(axis).print()  # or tf.argMax(x, axis)

# %% tf.argMin
x = tf.tensor1d([1, 2, 3])

x.argMin().print()  # or tf.argMin(x)

# %% tf.argMin 2
x = tf.tensor2d([1, 2, 4, 3], [2, 2])

axis = 1
x.argMin(axis).print()  # or tf.argMin(x, axis)

# %% tf.cumprod
x = tf.tensor([1, 2, 3, 4])
x.cumprod().print()

# %% tf.cumprod 2
x = tf.tensor([[1, 2], [3, 4]])
x.cumprod().print()

# %% tf.cumsum
x = tf.tensor([1, 2, 3, 4])
x.cumsum().print()

# %% tf.cumsum 2
x = tf.tensor([[1, 2], [3, 4]])
x.cumsum().print()

# %% tf.logSumExp
x = tf.tensor1d([1, 2, 3])

x.logSumExp().print()  # or tf.logSumExp(x)

# %% tf.logSumExp 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])

axis = 1
x.logSumExp(axis).print()  # or tf.logSumExp(a, axis)

# %% tf.max
x = tf.tensor1d([1, 2, 3])

x.max().print()  # or tf.max(x)

# %% tf.max 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])

axis = 1
x.max(axis).print()  # or tf.max(x, axis)

# %% tf.mean
x = tf.tensor1d([1, 2, 3])

x.mean().print()  # or tf.mean(a)

# %% tf.mean 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])

axis = 1
x.mean(axis).print()  # or tf.mean(x, axis)

# %% tf.min
x = tf.tensor1d([1, 2, 3])

x.min().print()  # or tf.min(x)

# %% tf.min 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])

axis = 1
x.min(axis).print()  # or tf.min(x, axis)

# %% tf.prod
x = tf.tensor1d([1, 2, 3])

x.prod().print()  # or tf.prod(x)

# %% tf.prod 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])

axis = 1
x.prod(axis).print()  # or tf.prod(x, axis)

# %% tf.sum
x = tf.tensor1d([1, 2, 3])

x.sum().print()  # or tf.sum(x)

# %% tf.sum 2
x = tf.tensor2d([1, 2, 3, 4], [2, 2])

axis = 1
x.sum(axis).print()  # or tf.sum(x, axis)

# %% tf.unsortedSegmentSum
x = tf.tensor1d([1, 2, 3, 4])
segmentIds = tf.tensor1d([1, 2, 0, 1], "int32")
numSegments = 3

x.unsortedSegmentSum(segmentIds, numSegments).print()
# or tf.unsortedSegmentSum(x, segmentIds, numSegments)
