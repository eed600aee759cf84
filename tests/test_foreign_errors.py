"""Arguments of the wrong kind: errors in the words of the program, and not of what is inside."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

import tfjsbridge as tf
from tfjsbridge.foreign_errors import _WORDS, in_own_words
from tfjsbridge.runtime import tensorflow

#: Of no argument below a value.
ODD: list[Any] = [None, {}, {"a": 1}, "abc", [[1, 2], [3]], [None], [{}], math.nan, -3, 1.5, []]


def _calls() -> dict[str, tuple[Any, list[Any]]]:
    x, matrix, image = tf.tensor1d([1, 2, 3]), tf.ones([2, 3]), tf.ones([1, 4, 4, 3])
    ones, index = tf.tensor1d([1]), tf.tensor1d([0, 1], "int32")
    boxes, scores = tf.tensor2d([[0, 0, 1, 1]]), tf.tensor1d([0.5])
    words, splits = tf.tensor1d(["a", "b"]), tf.tensor1d([0, 2], "int32")
    calls: dict[Any, list[Any]] = {
        tf.avgPool: [image, 2, 1, "same", "floor"],
        tf.avgPool3d: [tf.ones([2, 2, 2, 1]), 2, 1, 1, "floor"],
        tf.batchToSpaceND: [tf.ones([4, 1, 1, 1]), [2, 2], [[0, 0], [0, 0]]],
        tf.booleanMaskAsync: [x, tf.tensor1d([True, False, True]), 0],
        tf.broadcastTo: [x, [2, 3]],
        tf.concat: [[x, x], 0],
        tf.conv1d: [matrix, tf.ones([2, 3, 1]), 1, "same", "NWC", 1, "floor"],
        tf.conv2d: [image, tf.ones([2, 2, 3, 1]), 1, 1, "NHWC", 1, "floor"],
        tf.conv2dTranspose: [image, tf.ones([1, 1, 2, 3]), [1, 4, 4, 2], 1, "same"],
        tf.depthToSpace: [tf.ones([1, 1, 1, 4]), 2, "NHWC"],
        tf.dilation2d: [image, tf.ones([2, 2, 3]), 1, "same", 1, "NHWC"],
        tf.ensureShape: [x, [3]],
        tf.expandDims: [x, 0],
        tf.gather: [matrix, index, 0, 0],
        tf.gatherND: [x, tf.tensor2d([[0]], None, "int32")],
        tf.image.cropAndResize: [image, boxes, tf.tensor1d([0], "int32"), [2, 2], "nearest", 0],
        tf.image.nonMaxSuppression: [boxes, scores, 1, 0.5, 0.1],
        tf.image.nonMaxSuppressionWithScore: [boxes, scores, 1, 0.5, 0.1, 0.5],
        tf.image.resizeBilinear: [image, [2, 2]],
        tf.image.rotateWithOffset: [image, 0.5, [1, 2, 3], [0.5, 0.5]],
        tf.image.threshold: [tf.ones([2, 2, 1]), "binary", False, 0.5],
        tf.image.transform: [image, tf.ones([1, 8]), "nearest", "wrap", 0, [2, 2]],
        tf.linalg.bandPart: [matrix, 1, 1],
        tf.losses.huberLoss: [x, x, 1, 0.5, 2],
        tf.losses.logLoss: [x, x, 1, 0.5, 2],
        tf.losses.sigmoidCrossEntropy: [x, x, 1, 0.5, 2],
        tf.losses.softmaxCrossEntropy: [matrix, matrix, 1, 0.5, 2],
        tf.maxPoolWithArgmax: [image, 2, 1, "same"],
        tf.mirrorPad: [x, [[1, 1]], "reflect"],
        tf.pad: [x, [[1, 1]], 1],
        tf.pool: [image, 2, "max", "same", 1, 1],
        tf.raggedTensorToTensor: [tf.tensor1d([1, 2], "int32"), x, 0, [splits], ["ROW_SPLITS"]],
        tf.reverse: [x, 0],
        tf.scatterND: [tf.tensor2d([[0]], None, "int32"), ones, [3]],
        tf.signal.frame: [x, 2, 1],
        tf.slice: [x, [0], [1]],
        tf.sparseToDense: [index, ones, [3], 0],
        tf.spectral.rfft: [x, 2],
        tf.split: [x, 3, 0],
        tf.stack: [[x, x], 0],
        tf.stridedSlice: [x, [0], [2], [1], 0, 0, 0, 0, 0],
        tf.string.staticRegexReplace: [words, "a", "b"],
        tf.string.stringNGrams: [words, splits, "|", [2], "", "", 0, False],
        tf.string.stringSplit: [words, ","],
        tf.tile: [x, [2]],
        tf.train.adam(0.1).applyGradients: [[{"name": "x", "tensor": x}]],
        tf.train.adam(0.1).setWeights: [[]],
        tf.train.momentum: [0.1, 0.9],
        tf.unsortedSegmentSum: [x, tf.tensor1d([0, 1, 0], "int32"), 2],
        tf.unstack: [x, 0],
    }
    return {function.__name__: (function, arguments) for function, arguments in calls.items()}


@pytest.mark.parametrize("name", _calls())
def test_odd_arguments(name: str) -> None:
    function, arguments = _calls()[name]
    for i in range(len(arguments)):
        for odd in ODD:
            error = _error(function, [*arguments[:i], odd, *arguments[i + 1 :]])
            if error is None:
                continue
            message = f"argument {i}, {odd}: {error!r}"
            assert type(error) in (ValueError, TypeError), message
            assert not _WORDS.search(message), message
            assert "{{" not in message, message
            assert "[Op:" not in message, message


def _error(function: Any, arguments: list[Any]) -> Exception | None:
    try:
        function(*arguments)
    except Exception as error:
        return error
    return None


def test_the_argument_is_named() -> None:
    x = tf.tensor1d([1, 2, 3])
    calls: dict[str, Callable[[], Any]] = {
        "'constantValue' passed to 'pad' must be a number, but got str abc": lambda: tf.pad(
            x, [[1, 1]], "abc"
        ),
        "'newAxisMask' passed to 'stridedSlice' must be a whole number": lambda: tf.stridedSlice(
            x, [0], [1], [1], 0, 0, 0, "a"
        ),
        "'pattern' passed to 'staticRegexReplace' must be a string": lambda: (
            tf.string.staticRegexReplace(["a"], 1, "b")
        ),
        "'numChannels' passed to 'fromPixels' must be a number": lambda: tf.browser.fromPixels(
            None, "3"
        ),
        "'variableGradients' passed to 'applyGradients' must be a list": lambda: tf.train.sgd(
            0.1
        ).applyGradients([1]),
        "'beta1' passed to 'Adam' must be a number": lambda: tf.train.adam(0.1, "a"),
    }
    for words, call in calls.items():
        with pytest.raises(TypeError) as caught:
            call()
        assert words in str(caught.value)


def test_errors_of_the_program_are_left() -> None:
    def window(length: int) -> Any:
        return length.missing  # type: ignore[attr-defined]

    with pytest.raises(AttributeError, match="missing"):
        tf.signal.stft(tf.tensor1d([1, 2, 3]), 2, 1, None, window)


def test_own_words() -> None:
    def operation(x: Any, axis: Any = 0) -> None: ...

    for crash, kind in ((IndexError("list"), ValueError), (AttributeError("x"), TypeError)):
        error = in_own_words(crash, operation, [tf.ones([2])], {"axis": [1, "a"]})
        assert type(error) is kind
        assert str(error) == (
            "Error in operation: an argument is not of the kind that it should be "
            "(x: a Tensor, float32 [2], axis: list [1, 'a'])"
        )
    assert in_own_words(ValueError("Error in pad: no pairs"), operation, [], {}) is None
    device = tensorflow.errors.NotFoundError(None, None, "Could not find device for node: {{x}}")
    assert str(in_own_words(device, operation, [], {})) == (
        "Error in operation: there is no such operation for tensors of this dtype ()"
    )
