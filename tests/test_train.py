"""tf.train, against tf.js: defaults, and the same weights after the same training."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge import train
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
X = RNG.normal(size=(40, 3)).astype(np.float32)
Y = (X @ [[1.0], [-2], [0.5]] + np.sin(X[:, :1])).astype(np.float32)
WEIGHTS = [
    RNG.normal(0, 0.5, (3, 5)).astype(np.float32),
    np.zeros(5, np.float32),
    RNG.normal(0, 0.5, (5, 1)).astype(np.float32),
    np.zeros(1, np.float32),
]

FIT = """
    const layers = [
        tf.layers.dense({units: 5, activation: 'tanh', inputShape: [3]}),
        tf.layers.dense({units: 1}),
    ];
    const model = tf.sequential({layers});
    model.setWeights(args.weights);
    const optimizer = args.name in tf.train ? tf.train[args.name](...args.values) : args.name;
    model.compile({optimizer, loss: 'meanSquaredError'});
    const options = {epochs: 20, batchSize: 16, shuffle: false, verbose: 0};
    const {history} = await model.fit(args.x, args.y, options);
    return {losses: history.loss, weights: model.getWeights(), className:
            model.optimizer.getClassName(), learningRate: model.optimizer.learningRate};
"""

#: A function of tf.train and its arguments. Epsilon is far below the gradients in most.
OPTIMIZERS: list[tuple[Any, ...]] = [
    ("sgd", 0.05),
    ("momentum", 0.02, 0.9),
    ("momentum", 0.02, 0.5, True),
    ("rmsprop", 0.01),
    ("rmsprop", 0.01, 0.8, 0.5),
    ("rmsprop", 0.01, 0.9, 0.0, 1e-3),
    ("adam",),
    ("adam", 0.02, 0.8, 0.99),
    ("adagrad", 0.1),
    ("adagrad", 0.1, 0.5),
    ("adamax",),
    ("adamax", 0.02, 0.8, 0.99),
    ("adamax", 0.02, 0.8, 0.99, 1e-3),
    ("adamax", 0.02, 0.9, 0.999, None, 0.1),
]
#: What compile takes, without adadelta: see below.
NAMES = ["sgd", "rmsprop", "adam", "adagrad", "adamax"]
CLASS_NAMES = ["SGD", "RMSProp", "Adam", "Adagrad", "Adamax"]

#: Where the formulas differ: the relative difference that the losses then have, and why.
DIFFERENT_FORMULAS: dict[tuple[Any, ...], tuple[float, str]] = {
    ("adam", 0.02, 0.9, 0.999, 1e-3): (
        1e-1,
        "tf.js adds epsilon after the correction of the bias, Keras before",
    ),
    ("rmsprop", 0.01, 0.9, 0.0, 1e-4, True): (
        5e-2,
        "centred: tf.js subtracts epsilon under the root, Keras adds it",
    ),
    ("adadelta",): (
        6e-1,
        "tf.js divides by the mean square before the gradient is in it: a step as long as the "
        "gradient at first, which with the learning rate of the name 'adadelta', 1, diverges",
    ),
}


def fit_here(optimizer: Any) -> tuple[list[float], list[np.ndarray], Any]:
    layers = [
        tf.layers.dense(units=5, activation="tanh", inputShape=[3]),
        tf.layers.dense(units=1),
    ]
    model = tf.sequential(layers=layers)
    model.setWeights(WEIGHTS)
    model.compile(optimizer=optimizer, loss="meanSquaredError")
    history = model.fit(X, Y, epochs=20, batchSize=16, shuffle=False, verbose=0)
    weights = [weight.numpy() for weight in model.getWeights()]
    return history.history["loss"], weights, model.keras.optimizer


def fit_in_tfjs(node: NodeSession, name: str, *values: Any) -> dict[str, Any]:
    return node.evaluate(FIT, name=name, values=values, weights=WEIGHTS, x=X, y=Y)


def assert_same_training(ours: tuple[Any, ...], theirs: dict[str, Any]) -> None:
    np.testing.assert_allclose(ours[0], theirs["losses"], rtol=1e-4)
    for mine, other in zip(ours[1], theirs["weights"], strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-3, atol=1e-4)


def test_adadelta_by_name_diverges_in_tfjs_only(node: NodeSession) -> None:
    body = FIT.replace("args.name in tf.train", "false")
    theirs = node.evaluate(body, name="adadelta", weights=WEIGHTS, x=X, y=Y)
    losses, _, optimizer = fit_here("adadelta")
    assert float(optimizer.learning_rate) == theirs["learningRate"] == 1
    assert losses[-1] < losses[0]
    assert not np.isfinite(theirs["losses"][-1])


@pytest.mark.parametrize("call", OPTIMIZERS, ids=str)
def test_each_optimizer_trains_as_tfjss(node: NodeSession, call: tuple[Any, ...]) -> None:
    name, *values = call
    optimizer = getattr(tf.train, name)(*values)
    assert_same_training(fit_here(optimizer), fit_in_tfjs(node, name, *values))


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_tfjss_optimizer_with_its_learning_rate(node: NodeSession, name: str) -> None:
    body = FIT.replace("args.name in tf.train", "false")
    theirs = node.evaluate(body, name=name, weights=WEIGHTS, x=X, y=Y)
    ours = fit_here(name)
    assert_same_training(ours, theirs)
    np.testing.assert_allclose(float(ours[2].learning_rate), theirs["learningRate"])


@pytest.mark.parametrize("name", [*CLASS_NAMES, "Adadelta"])
def test_class_names_are_names_too(node: NodeSession, name: str) -> None:
    body = """
        const model = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [1]})]});
        model.compile({optimizer: args.name, loss: 'hinge'});
        return model.optimizer.getConfig().learningRate;
    """
    config, lower = (train.get(n).get_config() for n in (name, name.lower()))
    assert config | {"name": ""} == lower | {"name": ""}
    np.testing.assert_allclose(config["learning_rate"], node.evaluate(body, name=name), rtol=1e-6)


@pytest.mark.parametrize("call", DIFFERENT_FORMULAS, ids=str)
def test_a_known_difference_is_still_one_and_no_greater(
    node: NodeSession, call: tuple[Any, ...]
) -> None:
    name, *values = call
    bound, _ = DIFFERENT_FORMULAS[call]
    ours, *_ = fit_here(getattr(tf.train, name)(*values))
    difference = np.abs(np.array(ours) / fit_in_tfjs(node, name, *values)["losses"] - 1).max()
    assert 1e-4 < difference < bound


SIGNATURES: dict[str, dict[str, Any]] = {
    "sgd": {"learningRate": inspect.Parameter.empty},
    "momentum": {
        "learningRate": inspect.Parameter.empty,
        "momentum": inspect.Parameter.empty,
        "useNesterov": False,
    },
    "rmsprop": {
        "learningRate": inspect.Parameter.empty,
        "decay": 0.9,
        "momentum": 0.0,
        "epsilon": None,
        "centered": False,
    },
    "adam": {"learningRate": 0.001, "beta1": 0.9, "beta2": 0.999, "epsilon": None},
    "adagrad": {"learningRate": inspect.Parameter.empty, "initialAccumulatorValue": 0.1},
    "adadelta": {"learningRate": 0.001, "rho": 0.95, "epsilon": None},
    "adamax": {
        "learningRate": 0.002,
        "beta1": 0.9,
        "beta2": 0.999,
        "epsilon": None,
        "decay": 0.0,
    },
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures(name: str) -> None:
    parameters = inspect.signature(getattr(tf.train, name)).parameters
    assert {key: parameter.default for key, parameter in parameters.items()} == SIGNATURES[name]
    assert list(parameters) == list(SIGNATURES[name])


@pytest.mark.parametrize("name", SIGNATURES)
def test_names_and_defaults_are_those_of_tfjss_objects(node: NodeSession, name: str) -> None:
    required = [v for v in SIGNATURES[name].values() if v is inspect.Parameter.empty]
    values = [0.5] * len(required)
    config = node.evaluate(
        "return tf.train[args.name](...args.values).getConfig()", name=name, values=values
    )
    defaults = dict(
        zip(
            SIGNATURES[name],
            [*values, *list(SIGNATURES[name].values())[len(values) :]],
            strict=True,
        )
    )
    if "epsilon" in defaults:
        defaults["epsilon"] = train.EPSILON
    assert defaults == config


@pytest.mark.parametrize("call", [*OPTIMIZERS, *DIFFERENT_FORMULAS], ids=str)
def test_the_learning_rate_and_the_class(node: NodeSession, call: tuple[Any, ...]) -> None:
    name, *values = call
    body = """
        const optimizer = tf.train[args.name](...args.values);
        return [optimizer.getClassName(), optimizer.learningRate];
    """
    optimizer = getattr(tf.train, name)(*values)
    class_name, rate = node.evaluate(body, name=name, values=values)
    assert optimizer.getClassName() == class_name
    np.testing.assert_allclose(optimizer.learningRate, rate, rtol=1e-6)


def test_the_learning_rate_can_be_set() -> None:
    optimizer = tf.train.adam(0.1)
    optimizer.learningRate = 0.2
    assert optimizer.learningRate == pytest.approx(0.2)
    optimizer.setLearningRate(0.3)
    assert float(optimizer.keras.learning_rate) == pytest.approx(0.3)
    assert repr(optimizer) == "<Adam learningRate=0.3>"


@pytest.mark.parametrize(
    ("name", "nearest"), [("addam", "adam"), ("rms_prop", "rmsprop"), ("Sgd", "sgd")]
)
def test_an_unknown_name_is_told_the_nearest(node: NodeSession, name: str, nearest: str) -> None:
    with pytest.raises(TfjsError, match="Unknown Optimizer"):
        fit_in_tfjs(node, name)
    with pytest.raises(ValueError, match=f"Unknown optimizer '{name}' .did you mean '{nearest}'"):
        train.get(name)


def test_momentum_is_a_name_here_only(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="Unknown Optimizer"):
        node.evaluate(
            FIT.replace("args.name in tf.train", "false"),
            name="momentum",
            weights=WEIGHTS,
            x=X,
            y=Y,
        )
    assert train.get("momentum").momentum == 0.9


@pytest.mark.parametrize("value", [None, 0.1, dict, object()], ids=str)
def test_what_is_no_optimizer_is_named(value: Any) -> None:
    with pytest.raises(TypeError, match="optimizer must be a name"):
        train.get(value)


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adagrad"])
def test_the_learning_rate_is_required(name: str) -> None:
    with pytest.raises(TypeError, match="learningRate"):
        getattr(tf.train, name)()
