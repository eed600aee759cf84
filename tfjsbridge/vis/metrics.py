"""tf.vis.metrics: how well classes were predicted.

Follows accuracy, confusionMatrix and perClassAccuracy of tfjs-vis/src/util/math.ts. The numbers
are scikit-learn's, but where a docstring says otherwise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from tfjsbridge.tensors import Tensor, tensor_from

__all__ = ["accuracy", "confusionMatrix", "perClassAccuracy"]


def accuracy(labels: Any, predictions: Any) -> float:
    """The share of predictions that equal their labels.

    Args:
      labels: the true values, of any shape.
      predictions: the predicted ones, of the same shape.

    Returns:
      From 0 to 1, as float32 computes it; of no values 0.

    Raises:
      ValueError: for unequal shapes.
    """
    true, predicted = tensor_from(labels), tensor_from(predictions)
    if true.shape != predicted.shape:
        shapes = [",".join(map(str, tensor.shape)) for tensor in (true, predicted)]
        raise ValueError(
            f"Error computing accuracy. Shapes {shapes[0]} and {shapes[1]} must match."
        )
    if not true.size:
        return 0.0
    return float(true.equal(predicted).mean())


def confusionMatrix(
    labels: Any, predictions: Any, numClasses: int | None = None, weights: Any = None
) -> list[list[float]]:
    """How many examples of each class (rows) were predicted as each class (columns).

    Args:
      labels: the true classes, [examples]: whole numbers from 0; others are cut to whole ones.
      predictions: the predicted classes, [examples].
      numClasses: how many classes there are; one more than the highest number without it.
      weights: what each example counts, [examples]; 1 without it.

    Raises:
      ValueError: for another rank, unequal lengths, a class that is not below `numClasses`.
    """
    true, predicted = _pair(labels, predictions)
    classes = [_cut(tensor) for tensor in (true, predicted)]
    size = _number_of_classes(classes, numClasses)
    _check_classes(classes, size, "confusionMatrix")
    if weights is None:
        counts = np.zeros((size, size), np.int64)
        np.add.at(counts, (classes[0], classes[1]), 1)
        return [[int(count) for count in row] for row in counts]
    values = tensor_from(weights).numpy().reshape(-1)
    if values.size != classes[1].size:
        raise ValueError(
            "labels and predictions must be the same length as weights: "
            f"got {classes[1].size} and {values.size}."
        )
    sums = np.zeros((size, size), np.float64)
    np.add.at(sums, (classes[0], classes[1]), values)
    return [[float(total) for total in row] for row in sums]


def perClassAccuracy(
    labels: Any, predictions: Any, numClasses: int | None = None
) -> list[dict[str, float]]:
    """For each class, how many examples it has and the share of them that was predicted right.

    Args:
      labels: the true classes, [examples]: whole numbers from 0.
      predictions: the predicted classes, [examples].
      numClasses: how many classes there are; one more than the highest number without it.

    Returns:
      [{"count": ..., "accuracy": ...}, ...]: scikit-learn's recall of the class, 0 of a class
      without examples.

    Raises:
      ValueError: for another rank, unequal lengths, a number that is no class.
    """
    true, predicted = _pair(labels, predictions)
    classes = [_cut(tensor) for tensor in (true, predicted)]
    if not all(
        np.array_equal(c, t.numpy()) for c, t in zip(classes, (true, predicted), strict=True)
    ):
        raise ValueError("perClassAccuracy: labels and predictions must be whole numbers.")
    size = _number_of_classes(classes, numClasses)
    _check_classes(classes[:1], size, "perClassAccuracy")
    counts = np.bincount(classes[0], minlength=size)
    right = np.bincount(classes[0][classes[0] == classes[1]], minlength=size)
    return [
        {"count": int(count), "accuracy": float(hits / count) if count else 0}
        for count, hits in zip(counts, right, strict=True)
    ]


def _pair(labels: Any, predictions: Any) -> tuple[Tensor, Tensor]:
    pair = tensor_from(labels), tensor_from(predictions)
    for name, tensor in zip(("labels", "predictions"), pair, strict=True):
        if tensor.rank != 1:
            raise ValueError(
                f"{name} must be a 1D tensor, got rank {tensor.rank} (shape {tensor.shape})."
            )
    if pair[0].size != pair[1].size:
        raise ValueError(
            "labels and predictions must be the same length, "
            f"got {pair[0].size} and {pair[1].size}."
        )
    return pair


def _cut(tensor: Tensor) -> np.ndarray:
    return tensor.cast("int32").numpy().astype(np.int64)


def _number_of_classes(classes: list[np.ndarray], given: int | None) -> int:
    if given is not None:
        return int(given)
    return int(max(part.max(initial=0) for part in classes)) + 1


def _check_classes(classes: list[np.ndarray], size: int, function: str) -> None:
    for part in classes:
        outside = part[(part < 0) | (part >= size)]
        if outside.size:
            raise ValueError(
                f"{function}: expected classes from 0 to {size - 1}, got {outside[0]}."
            )
