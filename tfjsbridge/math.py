"""tf.math of the tf.js API.

Follows tfjs-core/src/ops/confusion_matrix.ts.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.layers.arguments import positive_integer
from tfjsbridge.ops.convert import convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor, tensor_from
from tfjsbridge.tfjs_engine import operation

__all__ = ["confusionMatrix"]


@operation
def confusionMatrix(labels: Any, predictions: Any, numClasses: int) -> Tensor:
    """How many examples of each class (rows) were predicted as each class (columns).

    Args:
      labels: the true classes' numbers, [examples]. One that is no class counts nowhere, as in
        tf.js; scikit-learn refuses it or leaves it out.
      predictions: the predicted classes' numbers, [examples].
      numClasses: how many classes there are.

    Returns:
      [numClasses, numClasses] int32.

    Raises:
      ValueError: for another rank or unequal lengths.
    """
    size = positive_integer("numClasses", numClasses)
    if size < 2:  # tf.js: of oneHot, by which it is computed
        raise ValueError(f"Error in confusionMatrix: numClasses must be >=2, but it is {size}")
    pair = [_vector(name, v) for name, v in (("labels", labels), ("predictions", predictions))]
    true, predicted = pair
    if len(true) != len(predicted):
        raise ValueError(
            f"Mismatch in the number of examples: {len(true)} vs. {len(predicted)}. Labels and "
            "predictions should have the same number of elements."
        )
    known = np.logical_and.reduce([(part >= 0) & (part < size) for part in pair])
    counts = np.bincount(true[known] * size + predicted[known], minlength=size * size)
    return Tensor(tensorflow.constant(counts.reshape(size, size), "int32"))


def _vector(name: str, values: Any) -> np.ndarray:
    tensor = convert(values, name, "confusionMatrix")
    if tensor.rank != 1:
        raise ValueError(
            f"Expected the rank of {name} to be 1, but got {tensor.rank} (shape {tensor.shape})."
        )
    return tensor_from(tensor, "int32").numpy().astype(np.int64)
