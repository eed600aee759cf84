"""Operations: evaluation: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.inTopKAsync
predictions = tf.tensor2d([[20, 10, 40, 30], [30, 50, -20, 10]])
targets = tf.tensor1d([2, 0])
precision = tf.inTopKAsync(predictions, targets)
precision.print()

# %% tf.lowerBound
edges = tf.tensor1d([-1, 3.3, 9.1, 10.0])
values = tf.tensor1d([0.0, 4.1, 12.0])
result1 = tf.lowerBound(edges, values)
result1.print()  # [1, 2, 4]

seq = tf.tensor1d([0, 3, 9, 10, 10])
values = tf.tensor1d([0, 4, 10])
result2 = tf.lowerBound(seq, values)
result2.print()  # [0, 2, 3]

sortedSequence = tf.tensor2d([[0.0, 3.0, 8.0, 9.0, 10.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
values = tf.tensor2d(
    [
        [9.8, 2.1, 4.3],
        [0.1, 6.6, 4.5],
    ]
)
result3 = tf.lowerBound(sortedSequence, values)
result3.print()  # [[4, 1, 2], [0, 5, 4]]

# %% tf.math.confusionMatrix
labels = tf.tensor1d([0, 1, 2, 1, 0], "int32")
predictions = tf.tensor1d([0, 2, 2, 1, 0], "int32")
numClasses = 3
out = tf.math.confusionMatrix(labels, predictions, numClasses)
out.print()
# Expected output matrix: [[2, 0, 0], [0, 1, 1], [0, 0, 1]]

# %% tf.searchSorted
edges = tf.tensor1d([-1, 3.3, 9.1, 10.0])
values = tf.tensor1d([0.0, 4.1, 12.0])
result1 = tf.searchSorted(edges, values, "left")
result1.print()  # [1, 2, 4]

seq = tf.tensor1d([0, 3, 9, 10, 10])
values = tf.tensor1d([0, 4, 10])
result2 = tf.searchSorted(seq, values, "left")
result2.print()  # [0, 2, 3]
result3 = tf.searchSorted(seq, values, "right")
result3.print()  # [1, 2, 5]

sortedSequence = tf.tensor2d([[0.0, 3.0, 8.0, 9.0, 10.0], [1.0, 2.0, 3.0, 4.0, 5.0]])
values = tf.tensor2d(
    [
        [9.8, 2.1, 4.3],
        [0.1, 6.6, 4.5],
    ]
)
result4 = tf.searchSorted(sortedSequence, values, "left")
result4.print()  # [[4, 1, 2], [0, 5, 4]]

# %% tf.topk
a = tf.tensor2d([[1, 5], [4, 3]])
result = tf.topk(a)
result["values"].print()
result["indices"].print()

# %% tf.unique
# A 1-D tensor
a = tf.tensor1d([1, 1, 2, 4, 4, 4, 7, 8, 8])
result = tf.unique(a)
result["values"].print()  # [1, 2, 4, 7, 8,]
result["indices"].print()  # [0, 0, 1, 2, 2, 2, 3, 4, 4]

# %% tf.unique 2
# A 2-D tensor with axis=0
#
# 'a' is: [[1, 0, 0], [1, 0, 0], [2, 0, 0]]
a = tf.tensor2d([[1, 0, 0], [1, 0, 0], [2, 0, 0]])
result = tf.unique(a, 0)
result["values"].print()  # [[1, 0, 0], [2, 0, 0]]
result["indices"].print()  # [0, 0, 1]

# %% tf.unique 3
# A 2-D tensor with axis=1
#
# 'a' is: [[1, 0, 0], [1, 0, 0], [2, 0, 0]]
a = tf.tensor2d([[1, 0, 0], [1, 0, 0], [2, 0, 0]])
result = tf.unique(a, 1)
result["values"].print()  # [[1, 0], [1, 0], [2, 0]]
result["indices"].print()  # [0, 1, 1]

# %% tf.upperBound
seq = tf.tensor1d([0, 3, 9, 10, 10])
values = tf.tensor1d([0, 4, 10])
result = tf.upperBound(seq, values)
result.print()  # [1, 2, 5]
