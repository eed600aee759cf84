"""Every loss that compile takes by name, against tf.js."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge import compile_losses
from tfjsbridge.compile_losses import ALIASES, LOSSES
from tfjsbridge.verify import NodeSession, TfjsError

#: A model that gives what it is given: the inputs are the predictions.
EVALUATE = """
    const inputShape = args.x.shape.slice(1);
    const layers = [tf.layers.activation({activation: 'linear', inputShape})];
    const model = tf.sequential({layers});
    model.compile({optimizer: 'sgd', loss: args.loss});
    return model.evaluate(args.x, args.y, {batchSize: 4});
"""
RNG = np.random.default_rng(0)
NAMES_OF_CLASSES = ("sparseCategoricalCrossentropy",)


def one_hot(classes: np.ndarray, depth: int) -> np.ndarray:
    return np.eye(depth, dtype=np.float32)[classes]


def softmax(x: np.ndarray) -> np.ndarray:
    return np.exp(x) / np.exp(x).sum(-1, keepdims=True)


CLASSES = RNG.integers(0, 4, 11)
EXTREME = np.float32([0, 1, 1e-8, 1 - 1e-7, 1e-7, 0.5, 1e-30, 1, 0, 2, -1])

#: Predictions and targets, [11, ...]: the last batch of four is smaller.
DATA = {
    "numbers": (RNG.normal(0, 3, (11, 4)), RNG.normal(0, 3, (11, 4))),
    "one column": (RNG.normal(0, 3, (11, 1)), RNG.normal(0, 3, (11, 1))),
    "images": (RNG.normal(size=(11, 2, 3, 4)), RNG.normal(size=(11, 2, 3, 4))),
    "positive numbers": (RNG.exponential(size=(11, 3)), RNG.exponential(size=(11, 3))),
    "probabilities": (softmax(RNG.normal(0, 3, (11, 4))), one_hot(CLASSES, 4)),
    "soft targets": (softmax(RNG.normal(size=(11, 4))), softmax(RNG.normal(size=(11, 4)))),
    "no probabilities": (RNG.uniform(0.1, 5, (11, 4)), one_hot(CLASSES, 4)),
    "extreme probabilities": (
        np.stack([EXTREME, 1 - EXTREME, EXTREME[::-1]], -1),
        one_hot(CLASSES % 3, 3),
    ),
    "plus and minus one": (RNG.normal(size=(11, 3)), RNG.choice([-1, 1], (11, 3))),
    "zeros": (np.zeros((11, 2)), np.zeros((11, 2))),
    "ties": (np.full((11, 4), 0.25), one_hot(CLASSES, 4)),
    "large numbers": (RNG.normal(0, 1e4, (11, 2)), RNG.normal(0, 1e4, (11, 2))),
}


def identity(columns: int) -> tf.Sequential:
    layer = tf.layers.activation(activation="linear", inputShape=[columns])
    return tf.sequential(layers=[layer])


def ours_and_theirs(
    node: NodeSession, loss: str, x: np.ndarray, y: np.ndarray
) -> tuple[float, float]:
    x, y = x.astype(np.float32), y.astype(np.float32)
    return float(compile_losses.get(loss)(y, x)), float(
        node.evaluate(EVALUATE, loss=loss, x=x, y=y)
    )


CASES = [
    (loss, data)
    for loss in LOSSES
    for data in DATA
    if loss not in NAMES_OF_CLASSES and (loss, data) != ("categoricalCrossentropy", "one column")
]


@pytest.mark.parametrize(("loss", "data"), CASES)
def test_values(node: NodeSession, loss: str, data: str) -> None:
    ours, theirs = ours_and_theirs(node, loss, *DATA[data])
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("loss", LOSSES)
def test_evaluating_a_model_in_batches(node: NodeSession, loss: str) -> None:
    x, y = (part.astype(np.float32) for part in DATA["probabilities"])
    y = y.argmax(-1)[:, None].astype(np.float32) if loss in NAMES_OF_CLASSES else y
    model = identity(4)
    model.compile(optimizer="sgd", loss=loss)
    theirs = node.evaluate(EVALUATE, loss=loss, x=x, y=y)
    np.testing.assert_allclose(float(model.evaluate(x, y, batchSize=4)), theirs, rtol=1e-5)


@pytest.mark.parametrize("data", ["probabilities", "soft targets", "ties"])
def test_values_for_targets_that_are_numbers_of_classes(node: NodeSession, data: str) -> None:
    x, y = DATA[data]
    classes = y.argmax(-1)[:, None]
    ours, theirs = ours_and_theirs(node, "sparseCategoricalCrossentropy", x, classes)
    np.testing.assert_allclose(ours, theirs, rtol=1e-5)


def test_probabilities_that_do_not_add_up_to_one_are_held_above_epsilon_in_tfjs_only(
    node: NodeSession,
) -> None:
    x, y = DATA["extreme probabilities"]
    classes = y.argmax(-1)[:, None]
    ours, theirs = ours_and_theirs(node, "sparseCategoricalCrossentropy", x, classes)
    assert 1e-3 < abs(ours - theirs) / theirs < 1e-2


@pytest.mark.parametrize(
    ("loss", "activation", "targets"),
    [
        ("binaryCrossentropy", "sigmoid", [[0.0], [1.0]]),
        ("categoricalCrossentropy", "softmax", [[1.0, 0, 0], [0, 1, 0]]),
        ("sparseCategoricalCrossentropy", "softmax", [[0.0], [1.0]]),
    ],
)
def test_after_a_softmax_or_sigmoid_layer_tfjs_limits_the_loss_and_keras_does_not(
    node: NodeSession, loss: str, activation: str, targets: list[list[float]]
) -> None:
    columns = 1 if activation == "sigmoid" else 3
    body = EVALUATE.replace("'linear'", f"'{activation}'")
    model = tf.sequential(
        layers=[tf.layers.activation(activation=activation, inputShape=[columns])]
    )
    model.compile(optimizer="sgd", loss=loss)
    y = np.float32(targets)
    for size, same in ((5, True), (60, False)):  # the probabilities are 0.007 and 1e-26
        x = np.float32([[-size, *[0] * (columns - 1)], [size, *[0] * (columns - 1)]])
        x = -x if activation == "sigmoid" else x
        theirs = float(node.evaluate(body, loss=loss, x=x, y=y))
        assert np.isclose(float(model.evaluate(x, y)), theirs, rtol=1e-4) == same


def test_one_column_of_categories_is_an_error_in_tfjs_and_a_warning_of_keras(
    node: NodeSession,
) -> None:
    x, y = (part.astype(np.float32) for part in DATA["one column"])
    with pytest.raises(TfjsError, match="categorical_crossentropy"):
        node.evaluate(EVALUATE, loss="categoricalCrossentropy", x=x, y=y)
    model = identity(1)
    model.compile(optimizer="sgd", loss="categoricalCrossentropy")
    with pytest.warns(SyntaxWarning, match="Consider using 'binary_crossentropy'"):
        model.evaluate(x, y)


def test_a_function_is_a_loss(node: NodeSession) -> None:
    x, y = (part.astype(np.float32) for part in DATA["numbers"])
    body = EVALUATE.replace("args.loss", "(yTrue, yPred) => yPred.sub(yTrue).abs().mul(3)")
    model = identity(4)
    model.compile(optimizer="sgd", loss=lambda yTrue, yPred: 3 * abs(yPred - yTrue))
    ours = model.evaluate(x, y, batchSize=4)
    np.testing.assert_allclose(float(ours), node.evaluate(body, x=x, y=y), rtol=1e-5)


#: Names that only we take, each short for the one of the same row in ALIASES: "mse" is what
#: everybody writes, and tf.js takes it as a metric only.
@pytest.mark.parametrize("name", ALIASES)
def test_a_name_that_only_we_take_is_the_full_one(node: NodeSession, name: str) -> None:
    x, y = (part.astype(np.float32) for part in DATA["positive numbers"])
    with pytest.raises(TfjsError, match=f"Unknown loss {name}"):
        node.evaluate(EVALUATE, loss=name, x=x, y=y)
    assert compile_losses.canonical(name) == ALIASES[name]
    assert type(compile_losses.get(name)) is LOSSES[ALIASES[name]]


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("meanSquareError", "meanSquaredError"),
        ("CategoricalCrossentropy", "categoricalCrossentropy"),
        ("binaryCrossEntropy", "binaryCrossentropy"),
        ("softmaxCrossEntropy", "Crossentropy"),
    ],
)
def test_an_unknown_name_is_told_the_nearest(node: NodeSession, name: str, nearest: str) -> None:
    x = np.ones((2, 3), np.float32)
    with pytest.raises(TfjsError, match="Unknown loss"):
        node.evaluate(EVALUATE, loss=name, x=x, y=x)
    model = identity(3)
    with pytest.raises(ValueError, match=f"Unknown loss '{name}' .did you mean '.*{nearest}'"):
        model.compile(optimizer="sgd", loss=name)
