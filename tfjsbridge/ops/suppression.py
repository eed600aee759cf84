"""Non-maximum suppression: which of many overlapping boxes to keep.

Follows tfjs-core/src/ops/image/non_max_suppression*.ts, ops/nonmax_util.ts and
backends/non_max_suppression_impl.ts. What is kept depends on every value, box by box, so that this
is computed in NumPy, within a `tensorflow.function` too.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.engine import operation
from tfjsbridge.ops.conv_kernels import refuse_complex
from tfjsbridge.ops.convert import NUMERIC, convert
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor


@operation
def nonMaxSuppression(
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float = 0.5,
    scoreThreshold: float = -math.inf,
) -> Tensor:
    """The boxes of the highest scores, without those that overlap one of a higher score.

    Args:
      boxes: float32, [numBoxes, 4]: two opposite corners, [y1, x1, y2, x2].
      scores: float32, [numBoxes].
      maxOutputSize: how many boxes to keep at most.
      iouThreshold: from which intersection over union on boxes overlap, within 0 and 1.
      scoreThreshold: above which score boxes are looked at.

    Returns:
      int32, [numSelected]: the indices of the boxes, the highest score first.
    """
    arguments = maxOutputSize, iouThreshold, scoreThreshold
    return _suppress("nonMaxSuppression", boxes, scores, *arguments, dtype="float32")[0]


@operation
def nonMaxSuppressionAsync(
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float = 0.5,
    scoreThreshold: float = -math.inf,
) -> Tensor:
    """`nonMaxSuppression`, for boxes and scores of any dtype; tf.js returns a Promise of it."""
    arguments = maxOutputSize, iouThreshold, scoreThreshold
    return _suppress("nonMaxSuppressionAsync", boxes, scores, *arguments)[0]


@operation
def nonMaxSuppressionPadded(
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float = 0.5,
    scoreThreshold: float = -math.inf,
    padToMaxOutputSize: bool = False,
) -> dict[str, Tensor]:
    """`nonMaxSuppression` with a result of a known size.

    Args:
      boxes, scores: as of `nonMaxSuppression`, of any dtype.
      maxOutputSize, iouThreshold, scoreThreshold: as of `nonMaxSuppression`.
      padToMaxOutputSize: whether to fill the indices with zeros up to `maxOutputSize`, or to the
        number of boxes if that is less.

    Returns:
      selectedIndices, int32; validOutputs, an int32 scalar: how many of them are selected boxes.
    """
    arguments = maxOutputSize, iouThreshold, scoreThreshold
    return _padded("nonMaxSuppressionPadded", boxes, scores, *arguments, padToMaxOutputSize)


@operation
def nonMaxSuppressionPaddedAsync(
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float = 0.5,
    scoreThreshold: float = -math.inf,
    padToMaxOutputSize: bool = False,
) -> dict[str, Tensor]:
    """`nonMaxSuppressionPadded`; tf.js returns a Promise of it."""
    arguments = maxOutputSize, iouThreshold, scoreThreshold
    return _padded("nonMaxSuppressionPaddedAsync", boxes, scores, *arguments, padToMaxOutputSize)


@operation
def nonMaxSuppressionWithScore(
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float = 0.5,
    scoreThreshold: float = -math.inf,
    softNmsSigma: float = 0.0,
) -> dict[str, Tensor]:
    """`nonMaxSuppression` with the scores, which overlapping boxes may lower (soft suppression).

    Args:
      boxes, scores: as of `nonMaxSuppression`, of any dtype.
      maxOutputSize, iouThreshold, scoreThreshold: as of `nonMaxSuppression`.
      softNmsSigma: within 0 and 1; above 0 a box loses as much of its score as it overlaps those
        already selected, the less the greater this is.

    Returns:
      selectedIndices, int32; selectedScores, float32; both [numSelected].
    """
    arguments = maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma
    indices, scores = _suppress("nonMaxSuppressionWithScore", boxes, scores, *arguments)
    return {"selectedIndices": indices, "selectedScores": scores}


@operation
def nonMaxSuppressionWithScoreAsync(
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float = 0.5,
    scoreThreshold: float = -math.inf,
    softNmsSigma: float = 0.0,
) -> dict[str, Tensor]:
    """`nonMaxSuppressionWithScore`; tf.js returns a Promise of it."""
    arguments = maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma
    indices, scores = _suppress("nonMaxSuppressionWithScoreAsync", boxes, scores, *arguments)
    return {"selectedIndices": indices, "selectedScores": scores}


def _padded(
    name: str,
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float,
    scoreThreshold: float,
    padToMaxOutputSize: bool,
) -> dict[str, Tensor]:
    selected, _ = _suppress(name, boxes, scores, maxOutputSize, iouThreshold, scoreThreshold)
    indices = selected.tensor
    valid = Tensor(tensorflow.size(indices))
    if not padToMaxOutputSize:
        return {"selectedIndices": selected, "validOutputs": valid}
    size = tensorflow.minimum(
        maxOutputSize, tensorflow.shape(convert(boxes, "boxes", name).tensor)[0]
    )
    missing = tensorflow.maximum(size - valid.tensor, 0)
    return {
        "selectedIndices": Tensor(tensorflow.pad(indices, [[0, missing]])),
        "validOutputs": valid,
    }


def _suppress(
    name: str,
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float | None,
    scoreThreshold: float | None,
    softNmsSigma: float | None = 0.0,
    dtype: str = NUMERIC,
) -> tuple[Tensor, Tensor]:
    """The indices of the selected boxes, and their scores."""
    corners, points = convert(boxes, "boxes", name, dtype), convert(scores, "scores", name, dtype)
    refuse_complex(name, boxes=corners, scores=points)
    overlap = 0.5 if iouThreshold is None else iouThreshold
    least = -math.inf if scoreThreshold is None else scoreThreshold
    sigma = 0.0 if softNmsSigma is None else softNmsSigma
    _check(name, corners, points, overlap, sigma)

    def select(boxes: Any, scores: Any) -> tuple[np.ndarray, np.ndarray]:
        boxes, scores = np.asarray(boxes, np.float64), np.asarray(scores, np.float64)
        # Boxes that are no numbers lower scores in tf.js, as soft suppression does.
        soft = sigma > 0 or not np.isfinite(boxes).all()
        method = _soft(sigma) if soft else _hard
        selected = method(boxes, scores, maxOutputSize, overlap, least)
        return (
            np.array([index for index, _ in selected], np.int32),
            np.array([score for _, score in selected], np.float32),
        )

    if tensorflow.is_symbolic_tensor(corners.tensor) or tensorflow.is_symbolic_tensor(
        points.tensor
    ):
        arguments = [corners.tensor, points.tensor]
        found = tensorflow.numpy_function(select, arguments, [tensorflow.int32, tensorflow.float32])
        for tensor in found:
            tensor.set_shape([None])
    else:
        found = [tensorflow.constant(v) for v in select(corners.numpy(), points.numpy())]
    return Tensor(found[0]), Tensor(found[1])


def _check(name: str, boxes: Tensor, scores: Tensor, overlap: float, sigma: float) -> None:
    if not 0 <= overlap <= 1:
        raise ValueError(f"Error in {name}: iouThreshold must be in [0, 1], but was '{overlap}'")
    if boxes.rank != 2:
        raise ValueError(
            f"Error in {name}: boxes must be a 2D tensor, but was of rank '{boxes.rank}'"
        )
    if boxes.shape[1] != 4:
        raise ValueError(
            f"Error in {name}: boxes must have 4 columns, but 2nd dimension was {boxes.shape[1]}"
        )
    if scores.rank != 1:
        raise ValueError(
            f"Error in {name}: scores must be a 1D tensor, but was of rank '{scores.rank}'"
        )
    if scores.shape != boxes.shape[:1]:
        raise ValueError(
            f"Error in {name}: scores has incompatible shape with boxes. "
            f"Expected {boxes.shape[0]}, but was {scores.shape[0]}"
        )
    if not 0 <= sigma <= 1:
        raise ValueError(f"Error in {name}: softNmsSigma must be in [0, 1], but was '{sigma}'")


Selected = list[tuple[int, float]]


def _hard(
    boxes: np.ndarray, scores: np.ndarray, most: int, overlap: float, least: float
) -> Selected:
    """The highest score, without what overlaps it; of the rest the highest; and so on."""
    # A stable sort: of equal scores the first box comes first.
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > least]
    selected: Selected = []
    while order.size and len(selected) < most:
        best, order = int(order[0]), order[1:]
        selected.append((best, float(scores[best])))
        order = order[intersection_over_union(boxes[order], boxes[best]) < overlap]
    return selected


def _soft(sigma: float) -> Callable[..., Selected]:
    """Boxes that overlap by less than `overlap` stay, but with a lower score."""
    scale = -0.5 / sigma if sigma > 0 else 0.0

    def select(
        boxes: np.ndarray, scores: np.ndarray, most: int, overlap: float, least: float
    ) -> Selected:
        score = scores.copy()
        waiting = scores > least
        seen = np.zeros(len(scores), int)  # how many selected boxes have lowered a score already
        selected: Selected = []
        while waiting.any() and len(selected) < most:
            candidate = int(np.argmax(np.where(waiting, score, -math.inf)))
            before = score[candidate]
            waiting[candidate] = False
            suppressed = False
            for index, _ in reversed(selected[seen[candidate] :]):
                iou = float(intersection_over_union(boxes[[candidate]], boxes[index])[0])
                suppressed = iou >= overlap
                if suppressed:
                    break
                score[candidate] *= math.exp(scale * iou * iou) if iou <= overlap else 0.0
                if score[candidate] <= least:
                    break
            seen[candidate] = len(selected)
            if suppressed:
                continue
            if score[candidate] == before:
                selected.append((candidate, float(before)))
            elif score[candidate] > least:
                waiting[candidate] = True
        return selected

    return select


def intersection_over_union(boxes: np.ndarray, box: np.ndarray) -> np.ndarray:
    """How much of the area that each of `boxes` and `box` cover is covered by both; [n]."""
    low, high = np.minimum(boxes[:, :2], boxes[:, 2:]), np.maximum(boxes[:, :2], boxes[:, 2:])
    box_low, box_high = np.minimum(box[:2], box[2:]), np.maximum(box[:2], box[2:])
    with np.errstate(all="ignore"):
        areas, area = np.prod(high - low, axis=1), np.prod(box_high - box_low)
        sides = np.maximum(np.minimum(high, box_high) - np.maximum(low, box_low), 0.0)
        both = np.prod(sides, axis=1)
        ratio = both / (areas + area - both)
    return np.where((areas <= 0) | (area <= 0), 0.0, ratio)
