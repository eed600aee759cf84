"""Operations: string: tf.js's own examples."""

import tfjsbridge as tf

# %% tf.string.staticRegexReplace
result = tf.string.staticRegexReplace(["format       this   spacing      better"], " +", " ")
result.print()  # ['format this spacing better']

# %% tf.string.stringNGrams
result = tf.string.stringNGrams(
    ["a", "b", "c", "d"], tf.tensor1d([0, 2, 4], "int32"), "|", [1, 2], "LP", "RP", -1, False
)
result["nGrams"].print()  # ['a', 'b', 'LP|a', 'a|b', 'b|RP', 'c', 'd', 'LP|c', 'c|d', 'd|RP']
result["nGramsSplits"].print()  # [0, 5, 10]

# %% tf.string.stringSplit
result = tf.string.stringSplit(["hello world", "a b c"], " ")
result["indices"].print()  # [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]]
result["values"].print()  # ['hello', 'world', 'a', 'b', 'c']
result["shape"].print()  # [2, 3]

# %% tf.string.stringToHashBucketFast
result = tf.string.stringToHashBucketFast(["Hello", "TensorFlow", "2.x"], 3)
result.print()  # [0, 2, 2]
