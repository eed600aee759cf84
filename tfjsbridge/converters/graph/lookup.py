"""A lookup table of whole numbers as comparisons, as tf.js has no tables."""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.runtime import tensorflow as tf


class Comparisons:
    """What stands for a `tf.lookup.StaticHashTable` of integers, while its layer becomes a graph.

    Args:
      table: the table, with the values of all its keys.
    """

    def __init__(self, table: Any):
        self.keys, self.values = (np.asarray(part) for part in table.export())
        self.default = np.asarray(table.default_value)

    def lookup(self, keys: Any) -> Any:
        """The values of some keys, of the same shape; the default for those that are not known."""
        same = tf.equal(keys[..., None], tf.constant(self.keys))
        # The place in a list that begins with the default, 0 where no key is the same.
        numbers = tf.constant(np.arange(1, len(self.keys) + 1, dtype=np.int32))
        places = tf.reduce_sum(tf.where(same, numbers, tf.zeros_like(numbers)), -1)
        return tf.gather(tf.constant(np.append(self.default, self.values)), places)
