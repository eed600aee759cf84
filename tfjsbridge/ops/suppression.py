"""Non-maximum suppression: which of many overlapping boxes to keep.

Follows tfjs-core/src/ops/image/non_max_suppression*.ts, ops/nonmax_util.ts and
backends/non_max_suppression_impl.ts. What is kept depends on every value, box by box, so that this
is computed in NumPy, within a `tensorflow.function` too.
"""

from __future__ import annotations

import math
import numbers
from collections.abc import Callable
from typing import Any

import numpy as np

from tfjsbridge.ops.conv_kernels import refuse_complex
from tfjsbridge.ops.convert import NUMERIC, convert
from tfjsbridge.ops.shapes import number
from tfjsbridge.runtime import tensorflow
from tfjsbridge.tensors import Tensor
from tfjsbridge.tfjs_engine import operation


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

    Raises:
      ValueError: for shapes or dtypes other than these, or an iouThreshold beyond 0 and 1.
      TypeError: for a maxOutputSize that is no number.
    """
    arguments = boxes, scores, maxOutputSize, iouThreshold, scoreThreshold
    return Tensor(_suppress("nonMaxSuppression", *arguments, dtype="float32")[0])


@operation
def nonMaxSuppressionAsync(
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float = 0.5,
    scoreThreshold: float = -math.inf,
) -> Tensor:
    """`nonMaxSuppression`, for boxes and scores of any dtype; tf.js returns a Promise of it."""
    arguments = boxes, scores, maxOutputSize, iouThreshold, scoreThreshold
    return Tensor(_suppress("nonMaxSuppressionAsync", *arguments)[0])


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
    arguments = boxes, scores, maxOutputSize, iouThreshold, scoreThreshold
    return _padded("nonMaxSuppressionPadded", *arguments, pad=padToMaxOutputSize)


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
    arguments = boxes, scores, maxOutputSize, iouThreshold, scoreThreshold
    return _padded("nonMaxSuppressionPaddedAsync", *arguments, pad=padToMaxOutputSize)


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
    arguments = boxes, scores, maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma
    return _with_score("nonMaxSuppressionWithScore", *arguments)


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
    arguments = boxes, scores, maxOutputSize, iouThreshold, scoreThreshold, softNmsSigma
    return _with_score("nonMaxSuppressionWithScoreAsync", *arguments)


def _padded(name: str, *arguments: Any, pad: bool) -> dict[str, Tensor]:
    indices, _, count = _suppress(name, *arguments, pad=pad)
    return {"selectedIndices": Tensor(indices), "validOutputs": Tensor(count)}


def _with_score(name: str, *arguments: Any) -> dict[str, Tensor]:
    indices, scores, _ = _suppress(name, *arguments)
    return {"selectedIndices": Tensor(indices), "selectedScores": Tensor(scores)}


def _suppress(
    name: str,
    boxes: Any,
    scores: Any,
    maxOutputSize: int,
    iouThreshold: float | None,
    scoreThreshold: float | None,
    softNmsSigma: float | None = 0.0,
    *,
    pad: bool = False,
    dtype: str = NUMERIC,
) -> list[Any]:
    """The indices of the selected boxes, their scores, and how many they are.

    TensorFlow tensors; the indices are padded with zeros, or not.
    """
    corners, points = convert(boxes, "boxes", name, dtype), convert(scores, "scores", name, dtype)
    refuse_complex(name, boxes=corners, scores=points)
    overlap = 0.5 if iouThreshold is None else number(iouThreshold, "iouThreshold", name)
    least = -math.inf if scoreThreshold is None else number(scoreThreshold, "scoreThreshold", name)
    sigma = 0.0 if softNmsSigma is None else number(softNmsSigma, "softNmsSigma", name)
    _check(name, corners, points, maxOutputSize, overlap, sigma)

    def select(boxes: Any, scores: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        boxes, scores = np.asarray(boxes, np.float64), np.asarray(scores, np.float64)
        # Boxes that are no numbers lower scores in tf.js, as soft suppression does.
        soft = sigma > 0 or not np.isfinite(boxes).all()
        method = _soft(sigma) if soft else _hard
        most = min(maxOutputSize, len(boxes))
        with np.errstate(all="ignore"):
            selected = method(boxes, scores, most, overlap, least)
        indices = [index for index, _ in selected]
        indices += [0] * (int(most) - len(indices) if pad else 0)
        return (
            np.array(indices, np.int32),
            np.array([score for _, score in selected], np.float32),
            np.array(len(selected), np.int32),
        )

    raw = [corners.tensor, points.tensor]
    if not any(tensorflow.is_symbolic_tensor(tensor) for tensor in raw):
        return [tensorflow.constant(part) for part in select(corners.numpy(), points.numpy())]
    dtypes = [tensorflow.int32, tensorflow.float32, tensorflow.int32]
    indices, chosen, count = tensorflow.numpy_function(select, raw, dtypes)
    indices.set_shape([None])
    chosen.set_shape([None])
    count.set_shape([])
    return [indices, chosen, count]


def _check(
    name: str, boxes: Tensor, scores: Tensor, most: float, overlap: float, sigma: float
) -> None:
    if not isinstance(most, numbers.Real):
        raise TypeError(
            f"Error in {name}: maxOutputSize must be a number, but got {type(most).__name__} {most}"
        )
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
    expected, count = boxes.shape[0], scores.shape[0]
    if count != expected and None not in (count, expected):
        raise ValueError(
            f"Error in {name}: scores has incompatible shape with boxes. "
            f"Expected {expected}, but was {count}"
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
            since = [index for index, _ in selected[seen[candidate] :]]
            overlaps = intersection_over_union(boxes[since], boxes[candidate])
            for iou in reversed(overlaps.tolist()):
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
    areas, area = np.prod(high - low, axis=1), np.prod(box_high - box_low)
    sides = np.maximum(np.minimum(high, box_high) - np.maximum(low, box_low), 0.0)
    both = np.prod(sides, axis=1)
    ratio = both / (areas + area - both)
    return np.where((areas <= 0) | (area <= 0), 0.0, ratio)
