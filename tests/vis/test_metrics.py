"""tf.vis.metrics against tfjs-vis and scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

import tfjsbridge as tf
from tests.vis.tfjs_vis import TfjsVis

MATH = "util/math.js"
RNG = np.random.default_rng(7)
#: labels, predictions, of 2, 4 and 11 classes.
PAIRS = [
    tuple(RNG.integers(0, classes, (2, examples)).astype(np.int32))
    for classes, examples in ((2, 30), (4, 200), (11, 40))
]


@pytest.mark.parametrize("pair", PAIRS)
def test_the_numbers_are_those_of_tfjs_vis(tfjs_vis: TfjsVis, pair: tuple[np.ndarray, ...]) -> None:
    theirs = tfjs_vis.call(MATH, "accuracy", *pair)
    assert tf.vis.metrics.accuracy(*pair) == pytest.approx(theirs, 1e-6)  # of float32
    assert tf.vis.metrics.confusionMatrix(*pair) == tfjs_vis.call(MATH, "confusionMatrix", *pair)
    assert tf.vis.metrics.perClassAccuracy(*pair) == tfjs_vis.call(MATH, "perClassAccuracy", *pair)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_numbers_are_those_of_scikit_learn(pair: tuple[np.ndarray, ...]) -> None:
    classes = range(int(max(part.max() for part in pair)) + 1)
    assert tf.vis.metrics.accuracy(*pair) == pytest.approx(metrics.accuracy_score(*pair), 1e-6)
    matrix = metrics.confusion_matrix(*pair, labels=classes)
    assert tf.vis.metrics.confusionMatrix(*pair) == matrix.tolist()
    recalls = metrics.recall_score(*pair, labels=classes, average=None, zero_division=0)
    per_class = tf.vis.metrics.perClassAccuracy(*pair)
    assert [each["accuracy"] for each in per_class] == pytest.approx(recalls.tolist())
    assert [each["count"] for each in per_class] == matrix.sum(1).tolist()


def test_more_classes_and_weights(tfjs_vis: TfjsVis) -> None:
    labels, predictions = PAIRS[0]
    weights = RNG.uniform(size=labels.size).astype(np.float32)
    ours = tf.vis.metrics.confusionMatrix(labels, predictions, 3, weights)
    assert ours == tfjs_vis.call(MATH, "confusionMatrix", labels, predictions, 3, weights)
    theirs = tfjs_vis.call(MATH, "perClassAccuracy", labels, predictions, 5)
    assert tf.vis.metrics.perClassAccuracy(labels, predictions, 5) == theirs


def test_accuracy_takes_any_shape_and_fractions(tfjs_vis: TfjsVis) -> None:
    labels = np.array([[1.5, 2], [3, 4], [5, 6]], np.float32)
    predictions = np.array([[1.5, 9], [3, 4], [5, 6]], np.float32)
    ours = tf.vis.metrics.accuracy(tf.tensor(labels), tf.tensor(predictions))
    theirs = tfjs_vis.call(MATH, "accuracy", labels, predictions)
    assert ours == pytest.approx(theirs, 1e-6)
    assert ours == pytest.approx(5 / 6)


def test_fractions_are_cut_to_classes(tfjs_vis: TfjsVis) -> None:
    labels, predictions = np.array([1.7, 0.2], np.float32), np.array([1, 0.9], np.float32)
    ours = tf.vis.metrics.confusionMatrix(labels, predictions)
    assert ours == tfjs_vis.call(MATH, "confusionMatrix", labels, predictions) == [[1, 0], [0, 1]]


def test_no_examples(tfjs_vis: TfjsVis) -> None:
    none = np.zeros(0, np.float32)
    assert tf.vis.metrics.accuracy(none, none) == tfjs_vis.call(MATH, "accuracy", none, none) == 0
    ours = tf.vis.metrics.confusionMatrix(none, none)
    assert ours == tfjs_vis.call(MATH, "confusionMatrix", none, none) == [[0]]


@pytest.mark.parametrize(
    ("function", "labels", "predictions", "message"),
    [
        ("accuracy", [1, 2, 4, 4], [[2, 2], [4, 3]], "Shapes 4 and 2,2 must match"),
        ("confusionMatrix", [[1, 2], [4, 4]], [1, 2, 4, 4], "labels must be a 1D tensor"),
        ("confusionMatrix", [1, 2, 4, 4], [[1, 2], [4, 4]], "predictions must be a 1D tensor"),
        ("confusionMatrix", [1, 2], [1], "labels and predictions must be the same length"),
        ("perClassAccuracy", [[1, 2], [4, 4]], [1, 2, 4, 4], "labels must be a 1D tensor"),
        ("perClassAccuracy", [1, 2], [1], "labels and predictions must be the same length"),
    ],
)
def test_the_errors_are_those_of_tfjs_vis(
    tfjs_vis: TfjsVis, function: str, labels: object, predictions: object, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        getattr(tf.vis.metrics, function)(labels, predictions)
    with pytest.raises(Exception, match=message):
        tfjs_vis.call(MATH, function, np.array(labels), np.array(predictions))


def test_a_number_that_is_no_class_is_named() -> None:
    with pytest.raises(ValueError, match="expected classes from 0 to 1, got 5"):
        tf.vis.metrics.confusionMatrix([0, 1], [0, 5], 2)
    with pytest.raises(ValueError, match="expected classes from 0 to 1, got -1"):
        tf.vis.metrics.perClassAccuracy([-1, 1], [0, 1])
    with pytest.raises(ValueError, match="whole numbers"):
        tf.vis.metrics.perClassAccuracy([0, 0.5], [0, 1])
    with pytest.raises(ValueError, match="same length as weights"):
        tf.vis.metrics.confusionMatrix([0, 1], [0, 1], 2, [1])
