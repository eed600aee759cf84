"""What training in tf.js does otherwise than Keras does, of layers that predict the same.

Follows tfjs-core/src/gradients/*.ts, and in tfjs-layers/src/layers/ normalization.ts (whose weights
are asked for in training) and recurrent.ts (whose cells' regularizers are in no loss).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from tfjsbridge.converters.layers.common import values
from tfjsbridge.converters.registry import TfjsLayer
from tfjsbridge.runtime import keras

#: How many places are named where the same is lost.
MOST_NAMES = 5

#: tf.js's layers that leave the regularizers of their cells out.
_RECURRENT = ("SimpleRNN", "LSTM", "GRU", "RNN", "ConvLSTM2D", "Bidirectional")

_AVERAGES = (
    keras.layers.AveragePooling1D,
    keras.layers.AveragePooling2D,
    keras.layers.AveragePooling3D,
)


def left_out(
    layer: Any,
    chain: Sequence[TfjsLayer],
    calls: Sequence[Any],
    trained: Sequence[np.ndarray],
    behind: bool,
) -> str:
    """What of a layer is missing or other where tf.js trains it, in words; empty for nothing.

    Args:
      layer: Keras's, or an operation.
      chain: what it is written as.
      calls: those of the layer.
      trained: the weights of the chain that tf.js will train.
      behind: whether the model that the layer is in stands behind weights that are trained.
    """
    found = [part.untrained for part in chain if part.untrained]
    parts = [inner for part in chain if part.again is None for inner in _inner(part)]
    gradient = _gradient(layer, parts, calls)
    if gradient and (behind or learns(calls)):
        found.append(gradient)
    if isinstance(layer, keras.layers.Layer):
        if not found and _stand_otherwise(trained, layer.trainable_variables):
            found.append("the steps of the weights")
        if _regularized(layer) > sum(_regularizers(*part) for part in parts):
            found.append("the regularizers")
        if any(getattr(each, "activity_regularizer", None) for each in layer._flatten_layers()):
            found.append("the activity_regularizer")
        if isinstance(layer, keras.layers.BatchNormalization):
            found += _statistics(layer, calls)
    return " and ".join(dict.fromkeys(found))


def in_words(found: Sequence[tuple[str, str]]) -> list[str]:
    """What is left out, and where, with the places of the same together."""
    places: dict[str, list[str]] = {}
    for words, path in found:
        places.setdefault(words, []).append(path)
    return [f"{words} of {_some(paths)}" for words, paths in places.items()]


def _some(paths: list[str]) -> str:
    named, more = paths[:MOST_NAMES], len(paths) - MOST_NAMES
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def _inner(part: TfjsLayer) -> Iterator[tuple[str, dict[str, Any]]]:
    """The class and configuration of a layer, or of those in a model or a TimeDistributed."""
    if part.inside:
        for each in part.inside:
            yield from _inner(each)
    elif part.class_name == "TimeDistributed":
        inner = part.config["layer"]
        yield inner["class_name"], inner["config"]
    else:
        yield part.class_name, part.config


def learns(calls: Sequence[Any]) -> bool:
    """Whether a gradient is asked for: of what is called, or of what comes before in its model."""
    pending, seen = list(calls), set()
    while pending:
        node = pending.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if getattr(node.operation, "trainable_variables", None):
            return True
        pending += node.parent_nodes
    return False


def _gradient(layer: Any, parts: Sequence[tuple[str, dict[str, Any]]], calls: Sequence[Any]) -> str:
    """What tf.js has not of a layer's gradient."""
    if any(_has_no_gradient(*part) for part in parts):
        return "the gradient that fit needs"
    if any(_is_wrong_on_cpu(*part) for part in parts):
        return "the gradient on the backend cpu"
    if isinstance(layer, _AVERAGES) and any(_has_edges(layer, node) for node in calls):
        return "the gradient at the edges"
    return ""


def _has_no_gradient(class_name: str, config: dict[str, Any]) -> bool:
    """Whether tf.js throws where it trains a layer, or what is before it."""
    if class_name in ("BatchNormalization", "LayerNormalization"):
        return not (config.get("center", True) and config.get("scale", True))
    return class_name == "ThresholdedReLU" or bool(np.max(config.get("dilation_rate") or 1) > 1)


def _is_wrong_on_cpu(class_name: str, config: dict[str, Any]) -> bool:
    """Whether the cpu backend mistakes the gradient: that of resizeNearestNeighbor."""
    return class_name == "UpSampling2D" and config.get("interpolation", "nearest") == "nearest"


def _has_edges(layer: Any, node: Any) -> bool:
    """Whether some means of a call are of fewer values than the window has, by which tf.js divides.

    Follows tfjs-backend-cpu/src/kernels/AvgPoolGrad.ts and AvgPool3DGrad.ts.
    """
    if layer.padding != "same":
        return False
    shape = node.input_tensors[0].shape
    sizes = shape[2:] if layer.data_format == "channels_first" else shape[1:-1]
    axes = zip(sizes, layer.pool_size, layer.strides, strict=True)
    return any(n is None or (-(-n // step) - 1) * step + k > n for n, k, step in axes)


def _stand_otherwise(trained: Sequence[np.ndarray], variables: Sequence[Any]) -> bool:
    """Whether tf.js trains other numbers: several in place of one, zeros between, or a multiple.

    Told by how many they are and the sum of their squares, which no order changes.
    """
    theirs = [values(variable) for variable in variables]
    if sum(a.size for a in trained) != sum(a.size for a in theirs):
        return True
    return not np.isclose(_squares(trained), _squares(theirs), rtol=1e-6, equal_nan=True)


def _squares(arrays: Sequence[np.ndarray]) -> float:
    return float(sum(np.sum(np.square(array, dtype=np.float64)) for array in arrays))


def _regularized(layer: Any) -> int:
    """How many of a layer's weights Keras has a penalty for."""
    return sum(getattr(v, "regularizer", None) is not None for v in layer.trainable_variables)


def _regularizers(class_name: str, config: dict[str, Any]) -> int:
    """How many weights tf.js has a penalty for."""
    if class_name in _RECURRENT:
        return 0
    return sum(value is not None for name, value in config.items() if name.endswith("_regularizer"))


def _statistics(layer: Any, calls: Sequence[Any]) -> list[str]:
    """What a BatchNormalization normalizes with in training."""
    found = []
    if not layer.trainable and "call" not in vars(layer):  # as the mirror's, which is tf.js's
        # tf.js: takes the batch's, and goes on averaging them, whether it is trainable or not.
        found.append("the fixed statistics")
    if any(node.arguments.kwargs.get("mask") is not None for node in calls):
        found.append("the mask of the statistics")
    return found
