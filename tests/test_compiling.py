"""Every metric that compile takes by name, against tf.js: the names in the logs and the values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.test_compile_losses import CLASSES, DATA, one_hot, softmax
from tfjsbridge.compiling import DEPENDENT, METRICS
from tfjsbridge.verify import NodeSession, TfjsError

MODEL = """
    const inputShape = args.x.shape.slice(1);
    const layers = [tf.layers.activation({activation: 'linear', inputShape})];
    const model = tf.sequential({layers});
    model.compile({optimizer: 'sgd', loss: args.loss, metrics: args.metrics});
"""
EVALUATE = (
    MODEL
    + """
    const values = [model.evaluate(args.x, args.y, {batchSize: 4})].flat();
    return [model.metricsNames, tf.stack(values)];
"""
)

#: Names that tf.js refuses; the reason is in the second column.
ONLY_HERE = {
    "sparseCategoricalAccuracy": "tf.js has it only as what 'accuracy' means",
    "recall": "tf.js has it only as tf.metrics.recall",
    "binaryCrossentropy": "tf.js has it only as what 'crossentropy' means",
    "meanSquaredError": "a loss's name",
    "meanAbsoluteError": "a loss's name",
    "meanAbsolutePercentageError": "a loss's name",
}
TFJS = [name for name in [*METRICS, *DEPENDENT] if name not in ONLY_HERE]
SPARSE = ("sparseCategoricalCrossentropy", "sparseCategoricalAccuracy")

RNG = np.random.default_rng(1)
PROBABILITY = RNG.random((11, 1))
BINARY = {
    "one column": (PROBABILITY, RNG.integers(0, 2, (11, 1))),
    "certain": (np.round(PROBABILITY), RNG.integers(0, 2, (11, 1))),
    "ties": (np.full((11, 1), 0.5), RNG.integers(0, 2, (11, 1))),
    "several columns": (RNG.random((11, 3)), RNG.integers(0, 2, (11, 3))),
    "several certain columns": (RNG.integers(0, 2, (11, 3)), RNG.integers(0, 2, (11, 3))),
    "ties of classes": (np.full((11, 4), 0.25), one_hot(CLASSES, 4)),
    **{name: DATA[name] for name in ("probabilities", "extreme probabilities", "numbers")},
}


def compiled(x: np.ndarray, loss: str, metrics: Any) -> tf.Sequential:
    layer = tf.layers.activation(activation="linear", inputShape=x.shape[1:])
    model = tf.sequential(layers=[layer])
    model.compile(optimizer="sgd", loss=loss, metrics=metrics)
    return model


def assert_same_values(
    node: NodeSession, x: np.ndarray, y: np.ndarray, loss: str, metrics: list[str]
) -> None:
    x, y = x.astype(np.float32), y.astype(np.float32)
    names, values = node.evaluate(EVALUATE, x=x, y=y, loss=loss, metrics=metrics)
    model = compiled(x, loss, metrics)
    ours = model.evaluate(x, y, batchSize=4)
    np.testing.assert_allclose([float(value) for value in ours], values, rtol=1e-5, atol=1e-7)
    assert model.metricsNames == names


@pytest.mark.parametrize("data", BINARY)
def test_every_metric(node: NodeSession, data: str) -> None:
    no_category = BINARY[data][0].shape[-1] == 1  # Keras warns of a category that is always true
    metrics = [
        name
        for name in TFJS
        if name not in (*SPARSE, *DEPENDENT)
        and not (no_category and name == "categoricalCrossentropy")
    ]
    assert_same_values(node, *BINARY[data], "meanSquaredError", metrics)


LOSSES = ["binaryCrossentropy", "meanSquaredError", "categoricalCrossentropy"]


@pytest.mark.parametrize(
    ("data", "loss"),
    [
        (data, loss)
        for data, (x, _) in BINARY.items()
        for loss in LOSSES
        if loss != "categoricalCrossentropy" or x.shape[-1] > 1  # which tf.js refuses
    ],
)
def test_accuracy_and_crossentropy_depend_on_the_loss_and_the_output(
    node: NodeSession, data: str, loss: str
) -> None:
    assert_same_values(node, *BINARY[data], loss, ["accuracy", "ce"])


def test_the_other_names_of_accuracy_and_crossentropy(node: NodeSession) -> None:
    assert_same_values(node, *BINARY["one column"], "binaryCrossentropy", ["acc", "crossentropy"])


@pytest.mark.parametrize("metric", ["accuracy", "ce", "sparseCategoricalCrossentropy"])
@pytest.mark.parametrize("data", ["probabilities", "ties"])
def test_targets_that_are_numbers_of_classes(node: NodeSession, data: str, metric: str) -> None:
    x, y = DATA[data]
    assert_same_values(node, x, y.argmax(-1)[:, None], SPARSE[0], [metric])


def test_accuracy_of_a_picture_of_classes(node: NodeSession) -> None:
    x = softmax(RNG.normal(size=(11, 3, 2, 4)))
    y = one_hot(RNG.integers(0, 4, (11, 3, 2)), 4)
    assert_same_values(node, x, y, "categoricalCrossentropy", ["accuracy", "mse", "cosine"])


@pytest.mark.parametrize("metric", [*ONLY_HERE, "r2Score", "auc", "Accuracy", "f1"])
def test_what_tfjs_refuses(node: NodeSession, metric: str) -> None:
    x = np.ones((2, 1), np.float32)
    with pytest.raises(TfjsError, match="Unknown metric"):
        node.evaluate(MODEL, x=x, loss="meanSquaredError", metrics=[metric])
    if metric in ONLY_HERE:
        assert len(compiled(x, "meanSquaredError", [metric]).evaluate(x, x)) == 2
    else:
        with pytest.raises(ValueError, match=f"Unknown metric '{metric}'"):
            compiled(x, "meanSquaredError", [metric])


def test_an_unknown_name_is_told_the_nearest() -> None:
    with pytest.raises(ValueError, match="did you mean 'accuracy'"):
        compiled(np.ones((2, 1)), "meanSquaredError", "acuracy")


@pytest.mark.parametrize("metrics", ["mae", ["mae"], ["mae", "mse"], [], None], ids=str)
def test_one_or_a_list(node: NodeSession, metrics: Any) -> None:
    x, y = (part.astype(np.float32) for part in DATA["numbers"])
    names, values = node.evaluate(EVALUATE, x=x, y=y, loss="meanSquaredError", metrics=metrics)
    ours = compiled(x, "meanSquaredError", metrics).evaluate(x, y, batchSize=4)
    ours = ours if isinstance(ours, list) else [ours]
    assert len(ours) == len(names)
    np.testing.assert_allclose([float(value) for value in ours], values, rtol=1e-5)


def test_a_function_is_a_metric(node: NodeSession) -> None:
    def distance(yTrue: Any, yPred: Any) -> Any:
        return abs(yPred - yTrue)

    x, y = (part.astype(np.float32) for part in DATA["numbers"])
    body = EVALUATE.replace("args.metrics", "[function distance(t, p) { return p.sub(t).abs(); }]")
    theirs = node.evaluate(
        body.replace("tf.stack(values)", "values.map(v => v.mean())"),
        x=x,
        y=y,
        loss="meanSquaredError",
    )
    model = compiled(x, "meanSquaredError", [distance])
    ours = model.evaluate(x, y, batchSize=4)
    assert model.metricsNames == theirs[0]
    np.testing.assert_allclose(float(ours[1]), theirs[1][1], rtol=1e-5)
