"""Operations: sparse: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.sparse.sparseFillEmptyRows
result = tf.sparse.sparseFillEmptyRows(
    [[0, 0], [1, 0], [1, 3], [1, 4], [3, 2], [3, 3]], [0, 10, 13, 14, 32, 33], [5, 6], -1
)
print(result)
result["outputIndices"].print()  # [[0, 0], [1, 0], [1, 3], [1, 4], [2, 0], [3, 2], [3, 3], [4, 0]]
result["outputValues"].print()  # [0, 10, 13, 14,-1, 32, 33, -1]
result["emptyRowIndicator"].print()  # [false, false, true, false, true]
result["reverseIndexMap"].print()  # [0, 1, 2, 3, 5, 6]

# %% tf.sparse.sparseReshape
result = tf.sparse.sparseReshape(
    [[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0], [1, 2, 3]], [2, 3, 6], [9, -1]
)
print(result)
result["outputIndices"].print()  # [[0, 0], [0, 1], [1, 2], [4, 2], [8, 1]]
result["outputShape"].print()  # [9, 4]

# %% tf.sparse.sparseSegmentMean
c = tf.tensor2d([[1, 2, 3, 4], [-1, -2, -3, -4], [6, 7, 8, 9]])
# Select two rows, one segment.
result1 = tf.sparse.sparseSegmentMean(c, tf.tensor1d([0, 1], "int32"), tf.tensor1d([0, 0], "int32"))
result1.print()  # [[0, 0, 0, 0]]

# Select two rows, two segments.
result2 = tf.sparse.sparseSegmentMean(c, tf.tensor1d([0, 1], "int32"), tf.tensor1d([0, 1], "int32"))
result2.print()  # [[1, 2, 3, 4], [-1, -2, -3, -4]]

# Select all rows, two segments.
result3 = tf.sparse.sparseSegmentMean(
    c, tf.tensor1d([0, 1, 2], "int32"), tf.tensor1d([0, 1, 1], "int32")
)
result3.print()  # [[1.0, 2.0, 3.0, 4.0], [2.5, 2.5, 2.5, 2.5]]

# %% tf.sparse.sparseSegmentSum
c = tf.tensor2d([[1, 2, 3, 4], [-1, -2, -3, -4], [5, 6, 7, 8]])
# Select two rows, one segment.
result1 = tf.sparse.sparseSegmentSum(c, tf.tensor1d([0, 1], "int32"), tf.tensor1d([0, 0], "int32"))
result1.print()  # [[0, 0, 0, 0]]

# Select two rows, two segments.
result2 = tf.sparse.sparseSegmentSum(c, tf.tensor1d([0, 1], "int32"), tf.tensor1d([0, 1], "int32"))
result2.print()  # [[1, 2, 3, 4], [-1, -2, -3, -4]]

# Select all rows, two segments.
result3 = tf.sparse.sparseSegmentSum(
    c, tf.tensor1d([0, 1, 2], "int32"), tf.tensor1d([0, 0, 1], "int32")
)
result3.print()  # [[0, 0, 0, 0], [5, 6, 7, 8]]
