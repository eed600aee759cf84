"""tf.metrics and tf.math.confusionMatrix against tf.js and against scikit-learn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn_metrics
from sklearn.metrics.pairwise import paired_cosine_distances

import tfjsbridge as tf
from tests.test_compile_losses import DATA, one_hot, softmax
from tfjsbridge import training
from tfjsbridge.runtime import keras
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(3)
NAMES = tf.metrics.__all__

IN_TFJS = "return tf.metrics[args.name](args.yTrue, args.yPred);"

BINARY = {
    "probabilities": (RNG.integers(0, 2, (9, 1)), RNG.random((9, 1))),
    "certain": (RNG.integers(0, 2, (9, 3)), RNG.integers(0, 2, (9, 3))),
    "ties": (RNG.integers(0, 2, (9, 1)), np.full((9, 1), 0.5)),
    "no positive prediction": (RNG.integers(0, 2, (9, 1)), np.zeros((9, 1))),
    "one class": (np.ones((9, 1)), np.ones((9, 1))),
    "NaN": (np.ones((2, 2)), np.array([[np.nan, 1], [0, 1]])),
    "three axes": (RNG.integers(0, 2, (2, 3, 4)), RNG.random((2, 3, 4))),
    **{name: (y, x) for name, (x, y) in DATA.items() if name != "zeros"},
}

#: scikit-learn's name for a metric that tf.js has as another number, or not of such data.
SPARSE = "sparseCategoricalAccuracy"


def refused_by_both(name: str, data: str) -> bool:
    """Class numbers are [examples, 1], and a single column has no categories."""
    columns = BINARY[data][0].shape[-1]
    return (name == SPARSE and columns > 1) or (name == "categoricalCrossentropy" and columns == 1)


def depends_on_the_backend(name: str, data: str) -> bool:
    """Which of several classes is the most probable if one is NaN."""
    return name == "categoricalAccuracy" and data == "NaN"


@pytest.mark.parametrize("data", BINARY)
@pytest.mark.parametrize("name", NAMES)
def test_as_in_tfjs(node: NodeSession, name: str, data: str) -> None:
    if refused_by_both(name, data) or depends_on_the_backend(name, data):
        return
    true, pred = (part.astype(np.float32) for part in BINARY[data])
    theirs = node.evaluate(IN_TFJS, name=name, yTrue=true, yPred=pred)
    ours = getattr(tf.metrics, name)(true, pred)
    assert ours.dtype == "float32"
    assert list(np.shape(theirs)) == ours.shape
    np.testing.assert_allclose(ours.numpy(), theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("column", [True, False])
def test_numbers_of_classes_as_in_tfjs(node: NodeSession, column: bool) -> None:
    pred = softmax(RNG.normal(size=(9, 4))).astype(np.float32)
    true = RNG.integers(0, 4, (9, 1) if column else 9).astype(np.float32)
    theirs = node.evaluate(IN_TFJS, name=SPARSE, yTrue=true, yPred=pred)
    np.testing.assert_array_equal(tf.metrics.sparseCategoricalAccuracy(true, pred), theirs)


def test_tensors_and_lists() -> None:
    for kind in (tf.tensor2d, list, np.array):
        given = kind([[1.0], [0.0]]), kind([[0.9], [0.7]])
        np.testing.assert_array_equal(tf.metrics.binaryAccuracy(*given), [1, 0])
        np.testing.assert_array_equal(tf.metrics.binaryAccuracy(*given, threshold=0.8), [1, 1])


# scikit-learn.


def columns(values: Any) -> Any:
    return np.asarray(values, np.float32)[:, None]


#: A metric of ours on (true, scores), and the same of scikit-learn's; both give one number.
Pair = tuple[Callable[[Any, Any], Any], Callable[[Any, Any], float]]

OF_CLASSES: dict[str, Pair] = {
    f"binaryAccuracy over {threshold}": (
        lambda t, s, threshold=threshold: np.mean(
            tf.metrics.binaryAccuracy(columns(t), columns(s), threshold).numpy()
        ),
        lambda t, s, threshold=threshold: sklearn_metrics.accuracy_score(t, s > threshold),
    )
    for threshold in (0.0, 0.3, 0.5, 0.99)
} | {
    "precision": (
        lambda t, s: tf.metrics.precision(t, s > 0.5),
        lambda t, s: sklearn_metrics.precision_score(t, s > 0.5, zero_division=0),
    ),
    "recall": (
        lambda t, s: tf.metrics.recall(t, s > 0.5),
        lambda t, s: sklearn_metrics.recall_score(t, s > 0.5, zero_division=0),
    ),
    "binaryCrossentropy": (
        lambda t, s: np.mean(tf.metrics.binaryCrossentropy(columns(t), columns(s)).numpy()),
        # tf.js: between 1e-7 and 1 - 1e-7 in float32, which is 1 - 1.19e-7.
        lambda t, s: sklearn_metrics.log_loss(
            t, np.clip(s.astype(float), 1e-7, 1 - 1.1920929e-7), labels=[0, 1]
        ),
    ),
    "categoricalAccuracy": (
        lambda t, s: np.mean(
            tf.metrics.categoricalAccuracy(np.eye(2)[t], np.stack([1 - s, s], 1)).numpy()
        ),
        lambda t, s: sklearn_metrics.accuracy_score(t, s > 1 - s),
    ),
    "sparseCategoricalAccuracy": (
        lambda t, s: np.mean(
            tf.metrics.sparseCategoricalAccuracy(t, np.stack([1 - s, s], 1)).numpy()
        ),
        lambda t, s: sklearn_metrics.accuracy_score(t, s > 1 - s),
    ),
    "confusionMatrix": (
        lambda t, s: tf.math.confusionMatrix(t, (s > 0.5).astype(int), 2).numpy(),
        lambda t, s: sklearn_metrics.confusion_matrix(t, s > 0.5, labels=[0, 1]),
    ),
}

SCORES = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.one_of(
            st.sampled_from([0.0, 0.3, 0.5, 1.0]), st.floats(0, 1, width=32, allow_subnormal=False)
        ),
    ),
    min_size=1,
    max_size=30,
)


@pytest.mark.parametrize("name", OF_CLASSES)
@settings(deadline=None, max_examples=50)
@given(rows=SCORES)
def test_of_classes_as_in_scikit_learn(name: str, rows: Any) -> None:
    ours, theirs = OF_CLASSES[name]
    true, scores = (np.array(part) for part in zip(*rows, strict=True))
    scores = scores.astype(np.float32)
    np.testing.assert_allclose(ours(true, scores), theirs(true, scores), rtol=1e-6, atol=1e-6)


OF_NUMBERS: dict[str, Pair] = {
    "meanSquaredError": (
        lambda t, p: np.mean(tf.metrics.meanSquaredError(t, p).numpy()),
        sklearn_metrics.mean_squared_error,
    ),
    "meanAbsoluteError": (
        lambda t, p: np.mean(tf.metrics.meanAbsoluteError(t, p).numpy()),
        sklearn_metrics.mean_absolute_error,
    ),
    "meanAbsolutePercentageError": (
        lambda t, p: np.mean(tf.metrics.meanAbsolutePercentageError(t, p).numpy()),
        lambda t, p: 100 * sklearn_metrics.mean_absolute_percentage_error(t, p),
    ),
    "r2Score": (
        lambda t, p: tf.metrics.r2Score(t, p),
        lambda t, p: sklearn_metrics.r2_score(np.ravel(t), np.ravel(p)),
    ),
    "cosineProximity": (
        lambda t, p: np.mean(tf.metrics.cosineProximity(t, p).numpy()),
        lambda t, p: -np.mean(1 - paired_cosine_distances(t, p)),
    ),
}


@pytest.mark.parametrize("shape", [(1_000_000, 1), (300, 4), (2, 2)], ids=str)
@pytest.mark.parametrize("name", OF_NUMBERS)
def test_of_numbers_as_in_scikit_learn(name: str, shape: tuple[int, int]) -> None:
    ours, theirs = OF_NUMBERS[name]
    true = RNG.uniform(1, 3, shape) * RNG.choice([-1, 1], shape)
    true = true.astype(np.float32).astype(float)
    pred = (true + RNG.normal(0, 0.5, shape)).astype(np.float32).astype(float)
    np.testing.assert_allclose(float(ours(true, pred)), theirs(true, pred), rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", OF_CLASSES)
def test_many_examples_as_in_scikit_learn(name: str) -> None:
    ours, theirs = OF_CLASSES[name]
    true, scores = RNG.integers(0, 2, 300_000), RNG.random(300_000).astype(np.float32)
    np.testing.assert_allclose(ours(true, scores), theirs(true, scores), rtol=1e-6, atol=1e-6)


def test_constant_targets_have_no_r2_score(node: NodeSession) -> None:
    true, pred = np.ones((4, 1), np.float32), np.float32([[1], [2], [1], [1]])
    for both in ((true, pred), (true, true)):
        theirs = node.evaluate(
            "return [tf.metrics.r2Score(args.t, args.p).toString()];", t=both[0], p=both[1]
        )
        assert tf.metrics.r2Score(*both).toString() == theirs[0]


NAMES_IN_COMPILE = {
    "binary": {
        "accuracy": lambda t, p: sklearn_metrics.accuracy_score(t, p > 0.5),
        "binaryAccuracy": lambda t, p: sklearn_metrics.accuracy_score(t, p > 0.5),
        "binaryCrossentropy": sklearn_metrics.log_loss,
        "crossentropy": sklearn_metrics.log_loss,
        "mse": sklearn_metrics.brier_score_loss,
        "MSE": sklearn_metrics.brier_score_loss,
        "meanSquaredError": sklearn_metrics.brier_score_loss,
        "mae": sklearn_metrics.mean_absolute_error,
        "MAE": sklearn_metrics.mean_absolute_error,
        "meanAbsoluteError": sklearn_metrics.mean_absolute_error,
        "mape": lambda t, p: np.mean(np.abs(t - p) / np.maximum(t, 1e-7)) * 100,
    },
    "certain": {
        "precision": sklearn_metrics.precision_score,
        "recall": sklearn_metrics.recall_score,
    },
    "several": {
        "accuracy": lambda t, p: sklearn_metrics.accuracy_score(t, p.argmax(-1)),
        "categoricalAccuracy": lambda t, p: sklearn_metrics.accuracy_score(t, p.argmax(-1)),
        "categoricalCrossentropy": sklearn_metrics.log_loss,
        "ce": sklearn_metrics.log_loss,
        "cosine": lambda t, p: -np.mean(1 - paired_cosine_distances(one_hot(t, 4), p)),
    },
    "numbered": {
        "accuracy": lambda t, p: sklearn_metrics.accuracy_score(t, p.argmax(-1)),
        "sparseCategoricalAccuracy": lambda t, p: sklearn_metrics.accuracy_score(t, p.argmax(-1)),
        "sparseCategoricalCrossentropy": sklearn_metrics.log_loss,
    },
    "numbers": {
        "mape": lambda t, p: 100 * sklearn_metrics.mean_absolute_percentage_error(t, p),
        "MAPE": lambda t, p: 100 * sklearn_metrics.mean_absolute_percentage_error(t, p),
        "meanAbsolutePercentageError": lambda t, p: (
            100 * sklearn_metrics.mean_absolute_percentage_error(t, p)
        ),
        "mse": sklearn_metrics.mean_squared_error,
        "cosine": lambda t, p: -np.mean(1 - paired_cosine_distances(t, p)),
    },
}


def in_compile(kind: str) -> tuple[Any, Any, Any, str]:
    """(what scikit-learn gets as true, the targets, the predictions, the loss), of 500 examples."""
    if kind == "several" or kind == "numbered":
        true = RNG.integers(0, 4, 500)
        pred = softmax(RNG.normal(size=(500, 4)))
        if kind == "several":
            return true, one_hot(true, 4), pred, "categoricalCrossentropy"
        return true, true[:, None], pred, "sparseCategoricalCrossentropy"
    if kind == "numbers":
        true = RNG.uniform(1, 2, (500, 3))
        return true, true, true + RNG.normal(0, 0.3, (500, 3)), "meanSquaredError"
    true = RNG.integers(0, 2, 500)
    pred = RNG.uniform(0.001, 0.999, (500, 1))
    return true, true[:, None], np.round(pred) if kind == "certain" else pred, "binaryCrossentropy"


@pytest.mark.parametrize("kind", NAMES_IN_COMPILE)
def test_the_names_that_compile_takes_as_in_scikit_learn(kind: str) -> None:
    true, targets, pred, loss = in_compile(kind)
    pred = pred.astype(np.float32)
    expected = NAMES_IN_COMPILE[kind]
    layer = tf.layers.activation(activation="linear", inputShape=[pred.shape[1]])
    model = tf.sequential(layers=[layer])
    model.compile(optimizer="sgd", loss=loss, metrics=list(expected))
    # tf.js means precision and recall of each batch; here there is one.
    values = model.evaluate(pred, targets.astype(np.float32), batchSize=500)
    scores = (pred[:, 0] if pred.shape[1] == 1 else pred).astype(float)
    if kind in ("several", "numbered"):  # or scikit-learn warns of float32's rounding
        scores /= scores.sum(axis=1, keepdims=True)
    for value, (name, theirs) in zip(values[1:], expected.items(), strict=True):
        assert float(value) == pytest.approx(theirs(true, scores), rel=2e-6, abs=1e-6), name


def test_weighted_metrics_as_in_scikit_learn() -> None:
    true, targets, pred, _ = in_compile("binary")
    weight = RNG.random(500).astype(np.float32)
    model = keras.Sequential([keras.layers.Input([1]), keras.layers.Activation("linear")])
    model.compile(
        loss="binary_crossentropy",
        weighted_metrics=["binary_accuracy", "binary_crossentropy", "mse", "mae"],
    )
    pred = pred.astype(np.float32)
    found = training.evaluate(model, pred, targets, sample_weight=weight, batch_size=64)
    scores, both = pred[:, 0].astype(float), {"sample_weight": weight}
    assert found["binary_accuracy"] == pytest.approx(
        sklearn_metrics.accuracy_score(true, scores > 0.5, **both), rel=1e-6
    )
    for name, theirs in (
        ("binary_crossentropy", sklearn_metrics.log_loss),
        ("mse", sklearn_metrics.mean_squared_error),
        ("mae", sklearn_metrics.mean_absolute_error),
    ):
        assert found[name] == pytest.approx(theirs(true, scores, **both), rel=2e-6), name


def test_auc_of_keras_in_compile_as_in_scikit_learn() -> None:
    true, targets, pred, loss = in_compile("binary")
    layer = tf.layers.activation(activation="linear", inputShape=[1])
    model = tf.sequential(layers=[layer])
    edges = np.unique(np.concatenate([[0], np.nextafter(np.float32(pred[:, 0]), 0), [1]]))
    metric = keras.metrics.AUC(thresholds=edges[1:-1].tolist())
    model.compile(optimizer="sgd", loss=loss, metrics=[metric])
    found = float(model.evaluate(pred, targets)[1])
    assert found == pytest.approx(sklearn_metrics.roc_auc_score(true, pred[:, 0]), abs=1e-6)


# The confusion matrix.

MATRIX = "return tf.math.confusionMatrix(args.labels, args.predictions, args.numClasses);"
LABELS = [0, 2, 1, 2, 2, 0], [0, 2, 0, 1, 2, 2]


@pytest.mark.parametrize(
    ("labels", "predictions", "classes"),
    [(*LABELS, 3), (*LABELS, 5), (*LABELS, 2), ([0, -1, 7], [0, 1, 1], 2), ([1.7], [0.2], 2)],
)
def test_confusion_matrix(node: NodeSession, labels: Any, predictions: Any, classes: int) -> None:
    given = [np.asarray(part, np.float32) for part in (labels, predictions)]
    theirs = node.evaluate(MATRIX, labels=given[0], predictions=given[1], numClasses=classes)
    ours = tf.math.confusionMatrix(labels, predictions, classes)
    assert ours.dtype == "int32"
    np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize(
    ("labels", "predictions", "classes", "said"),
    [
        ([0, 1], [0], 2, "2 vs. 1"),
        ([[0, 1]], [0, 1], 2, r"rank of labels to be 1, but got 2 \(shape \[1, 2\]\)"),
        ([0, 1], [[0], [1]], 2, "rank of predictions"),
        ([0, 1], [0, 1], 0, "numClasses must be a positive integer"),
        ([0, 1], [0, 1], 2.5, "numClasses must be a positive integer"),
    ],
)
def test_what_confusion_matrix_refuses(
    node: NodeSession, labels: Any, predictions: Any, classes: Any, said: str
) -> None:
    given = [np.asarray(part, np.float32) for part in (labels, predictions)]
    with pytest.raises(TfjsError):
        node.evaluate(MATRIX, labels=given[0], predictions=given[1], numClasses=classes)
    with pytest.raises(ValueError, match=said):
        tf.math.confusionMatrix(labels, predictions, classes)


def test_confusion_matrix_of_many_examples_and_classes() -> None:
    true, pred = RNG.integers(0, 200, (2, 1_000_000))
    expected = sklearn_metrics.confusion_matrix(true, pred)
    np.testing.assert_array_equal(tf.math.confusionMatrix(true, pred, 200), expected)
