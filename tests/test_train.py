"""tf.train, against tf.js: defaults, and the same weights after the same training."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge import train
from tfjsbridge.optimizers import EPSILON
from tfjsbridge.runtime import keras, tensorflow
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

#: A function of tf.train and its arguments.
OPTIMIZERS: list[tuple[Any, ...]] = [
    ("sgd", 0.05),
    ("momentum", 0.02, 0.9),
    ("momentum", 0.02, 0.5, True),
    ("momentum", 0.02, 0.0),
    ("rmsprop", 0.01),
    ("rmsprop", 0.01, 0.8, 0.5),
    ("rmsprop", 0.01, 0.9, 0.0, 1e-3),
    ("rmsprop", 0.01, 0.9, 0.5, 1e-9, True),
    ("adam",),
    ("adam", 0.02, 0.8, 0.99),
    ("adam", 0.02, 0.9, 0.999, 1e-3),
    ("adagrad", 0.1),
    ("adagrad", 0.1, 0.5),
    ("adadelta",),
    ("adadelta", 0.3, 0.9, 1e-3),
    ("adamax",),
    ("adamax", 0.02, 0.8, 0.99),
    ("adamax", 0.02, 0.8, 0.99, 1e-3),
    ("adamax", 0.02, 0.9, 0.999, None, 0.1),
]
#: What compile takes.
NAMES = ["sgd", "rmsprop", "adam", "adagrad", "adamax"]
CLASS_NAMES = ["SGD", "RMSProp", "Adam", "Adagrad", "Adamax"]


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


def test_adadelta_by_name_diverges_in_both(node: NodeSession) -> None:
    body = FIT.replace("args.name in tf.train", "false")
    theirs = node.evaluate(body, name="adadelta", weights=WEIGHTS, x=X, y=Y)
    losses, _, optimizer = fit_here("adadelta")
    assert float(optimizer.learning_rate) == theirs["learningRate"] == 1
    # Its first steps are as long as the gradients.
    assert not np.isfinite(theirs["losses"][-1])
    assert not np.isfinite(losses[-1])


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
    config, lower = (train.get(n).getConfig() for n in (name, name.lower()))
    assert config == lower
    np.testing.assert_allclose(config["learningRate"], node.evaluate(body, name=name), rtol=1e-6)


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
        defaults["epsilon"] = EPSILON
    assert defaults == config
    assert getattr(tf.train, name)(*values).getConfig() == config


@pytest.mark.parametrize("call", OPTIMIZERS, ids=str)
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
    assert train.get("momentum").getConfig()["momentum"] == 0.9


def test_moment_is_momentum_by_a_name_that_is_here_only(node: NodeSession) -> None:
    assert node.evaluate("return typeof tf.train.moment") == "undefined"
    assert inspect.signature(train.moment) == inspect.signature(train.momentum)
    one, other = train.moment(0.1, 0.9, True), train.momentum(0.1, 0.9, True)
    assert type(one) is type(other)
    assert one.getConfig() == other.getConfig()


@pytest.mark.parametrize(
    "value", [None, 0.1, dict, object()], ids=lambda value: type(value).__name__
)
def test_what_is_no_optimizer_is_named(value: Any) -> None:
    with pytest.raises(TypeError, match="optimizer must be a name"):
        train.get(value)


@pytest.mark.parametrize("name", ["sgd", "rmsprop", "adagrad"])
def test_the_learning_rate_is_required(name: str) -> None:
    with pytest.raises(TypeError, match="learningRate"):
        getattr(tf.train, name)()


# minimize, computeGradients, applyGradients.

A = np.array([[0.3, -0.2], [0.5, 0.1], [-0.7, 0.4]], np.float32)
B = np.array([0.1, -0.3], np.float32)
INPUT = np.random.default_rng(1).normal(size=(8, 3)).astype(np.float32)
OUTPUT = np.random.default_rng(2).normal(size=(8, 2)).astype(np.float32)

#: Twenty steps, the learning rate being another one for the last five.
MINIMIZE = """
    const a = tf.variable(args.a, true, args.prefix + 'a');
    const b = tf.variable(args.b, true, args.prefix + 'b');
    const cost = () => tf.losses.meanSquaredError(args.y, tf.matMul(args.x, a).add(b));
    const optimizer = tf.train[args.name](...args.values);
    const before = tf.memory().numTensors;
    const costs = [];
    for (let i = 0; i < 15; i++) {
        costs.push(optimizer.minimize(cost, true).dataSync()[0]);
    }
    optimizer.learningRate = 0.013;
    if (optimizer.setLearningRate) optimizer.setLearningRate(0.013);
    for (let i = 0; i < 5; i++) {
        costs.push(optimizer.minimize(cost, true).dataSync()[0]);
    }
    const left = tf.memory().numTensors - before;
    const weights = optimizer.getClassName() === 'Adamax' ? [] : await optimizer.getWeights();
    return {costs, a, b, left, iterations: optimizer.iterations, config: optimizer.getConfig(),
            names: weights.map(w => w.name), weights: weights.map(w => w.tensor)};
"""


def variables(prefix: str) -> tuple[tf.Variable, tf.Variable, Any]:
    """Two variables and a cost of them."""
    a = tf.variable(tf.tensor(A), True, prefix + "a")
    b = tf.variable(tf.tensor(B), True, prefix + "b")
    return a, b, lambda: tf.losses.meanSquaredError(OUTPUT, tf.matMul(INPUT, a).add(b))


def minimize_in_tfjs(node: NodeSession, name: str, prefix: str, *values: Any) -> dict[str, Any]:
    return node.evaluate(
        MINIMIZE, name=name, values=values, prefix=prefix, a=A, b=B, x=INPUT, y=OUTPUT
    )


def close(ours: Any, theirs: Any) -> None:
    np.testing.assert_allclose(np.asarray(ours), theirs, rtol=1e-5, atol=3e-6)


@pytest.mark.parametrize("call", OPTIMIZERS, ids=str)
def test_minimize(node: NodeSession, call: tuple[Any, ...]) -> None:
    name, *values = call
    prefix = f"minimize{call}/"
    a, b, cost = variables(prefix)
    optimizer = getattr(tf.train, name)(*values)
    before = tf.memory()["numTensors"]
    costs = [optimizer.minimize(cost, True) for _ in range(15)]
    optimizer.setLearningRate(0.013)
    costs += [optimizer.minimize(cost, True) for _ in range(5)]
    left = tf.memory()["numTensors"] - before
    theirs = minimize_in_tfjs(node, name, prefix, *values)
    close([float(each) for each in costs], theirs["costs"])
    close(a, theirs["a"])
    close(b, theirs["b"])
    assert left == theirs["left"]
    assert optimizer.iterations == theirs["iterations"] == 20
    assert optimizer.getConfig() == theirs["config"]
    if name == "adamax":
        with pytest.raises(NotImplementedError, match=r"getWeights\(\) is not implemented for Ada"):
            optimizer.getWeights()
        return
    weights = optimizer.getWeights()
    assert [weight["name"] for weight in weights] == theirs["names"]
    assert weights[0]["tensor"].dtype == "int32"
    for weight, expected in zip(weights, theirs["weights"], strict=True):
        close(weight["tensor"], expected)


@pytest.mark.parametrize(
    "call",
    [("sgd", 0.1), ("momentum", 0.1, 0.9), ("rmsprop", 0.1), ("rmsprop", 0.1, 0.9, 0, None, True),
     ("adam",), ("adagrad", 0.1), ("adadelta",), ("adamax",)],
    ids=str,
)  # fmt: skip
def test_as_many_tensors_as_in_tfjs(node: NodeSession, call: tuple[Any, ...]) -> None:
    name, *values = call
    body = """
        const a = tf.variable(args.a);
        const counts = [];
        const count = () => counts.push(tf.memory().numTensors);
        count();
        const optimizer = tf.train[args.name](...args.values);
        count();
        optimizer.minimize(() => tf.losses.meanSquaredError(args.a, a.mul(2)));
        count();
        optimizer.minimize(() => tf.losses.meanSquaredError(args.a, a.mul(2)), true);
        count();
        optimizer.dispose();
        count();
        a.dispose();
        return counts.map(count => count - counts[0]);
    """
    theirs = node.evaluate(body, name=name, values=values, a=A)
    a = tf.variable(tf.tensor(A))
    target = tf.tensor(A)
    counts = []

    def count() -> None:
        counts.append(tf.memory()["numTensors"])

    count()
    optimizer = getattr(tf.train, name)(*values)
    count()
    optimizer.minimize(lambda: tf.losses.meanSquaredError(target, a.mul(2)))
    count()
    optimizer.minimize(lambda: tf.losses.meanSquaredError(target, a.mul(2)), True)
    count()
    optimizer.dispose()
    count()
    assert [each - counts[0] for each in counts] == theirs


STATE = """
    const make = () => {
        const a = tf.variable(args.a), b = tf.variable(args.b);
        const cost = () => tf.losses.meanSquaredError(args.y, tf.matMul(args.x, a).add(b));
        return {a, b, cost};
    };
    const first = make(), optimizer = tf.train[args.name](...args.values);
    for (let i = 0; i < 5; i++) optimizer.minimize(first.cost);
    const other = tf.train[args.name](...args.values);
    const second = make();
    second.a.assign(first.a);
    second.b.assign(first.b);
    await other.setWeights(await optimizer.getWeights());
    for (let i = 0; i < 5; i++) other.minimize(second.cost, false, [second.a, second.b]);
    const result = [second.a, second.b, other.iterations].map(x => x.clone ? x.clone() : x);
    for (const {a, b} of [first, second]) {
        a.dispose();
        b.dispose();
    }
    return result;
"""


@pytest.mark.parametrize(
    "call",
    [("sgd", 0.1), ("momentum", 0.1, 0.9), ("rmsprop", 0.05, 0.9, 0.5),
     ("rmsprop", 0.01, 0.9, 0.0, 1e-9, True), ("adam", 0.05), ("adagrad", 0.1), ("adadelta", 0.3)],
    ids=str,
)  # fmt: skip
def test_the_state_goes_on_in_another_optimizer(node: NodeSession, call: tuple[Any, ...]) -> None:
    name, *values = call
    a, b, cost = variables(f"state{call}/")
    optimizer, other = (getattr(tf.train, name)(*values) for _ in range(2))
    for _ in range(5):
        optimizer.minimize(cost)
    other.setWeights(optimizer.getWeights())
    expected = [np.asarray(weight["tensor"]) for weight in optimizer.getWeights()]
    for weight, right in zip(other.getWeights(), expected, strict=True):
        np.testing.assert_array_equal(np.asarray(weight["tensor"]), right)
    for _ in range(5):
        other.minimize(cost, False, [a, b])
    theirs = node.evaluate(STATE, name=name, values=values, a=A, b=B, x=INPUT, y=OUTPUT)
    close(a, theirs[0])
    close(b, theirs[1])
    assert other.iterations == theirs[2] == 10
    # Also of one that has been in use.
    optimizer.setWeights(other.getWeights())
    assert optimizer.iterations == 10
    for weight, right in zip(optimizer.getWeights(), other.getWeights(), strict=True):
        np.testing.assert_array_equal(np.asarray(weight["tensor"]), np.asarray(right["tensor"]))


def test_refused_states(node: NodeSession) -> None:
    iterations = {"name": "iter", "tensor": tf.scalar(3, "int32")}
    one = {"name": "a", "tensor": tf.scalar(1)}
    with pytest.raises(TfjsError, match="SGD optimizer does not have settable weights"):
        node.evaluate(
            "await tf.train.sgd(1).setWeights([{name: 'iter', tensor: tf.scalar(3)}, "
            "{name: 'a', tensor: tf.scalar(1)}])"
        )
    with pytest.raises(ValueError, match="SGD optimizer does not have settable weights"):
        tf.train.sgd(1).setWeights([iterations, one])
    with pytest.raises(ValueError, match="Adam optimizer has 2 weights for each variable, got 1"):
        tf.train.adam().setWeights([iterations, one])
    with pytest.raises(TfjsError, match="not implemented for Adamax"):
        node.evaluate("await tf.train.adamax().setWeights([])")
    with pytest.raises(NotImplementedError, match="not implemented for Adamax"):
        tf.train.adamax().setWeights([])
    optimizer = tf.train.sgd(0.1)
    optimizer.setWeights([iterations])
    assert optimizer.iterations == 3
    assert optimizer.saveIterations()["tensor"].dtype == "int32"


def test_compute_and_apply_gradients(node: NodeSession) -> None:
    body = """
        const a = tf.variable(args.a, true, 'apply/a'), b = tf.variable(args.b, true, 'apply/b');
        const cost = () => tf.losses.meanSquaredError(args.y, tf.matMul(args.x, a).add(b));
        const optimizer = tf.train.momentum(0.1, 0.9);
        const {value, grads} = optimizer.computeGradients(cost);
        optimizer.applyGradients(grads);
        optimizer.applyGradients([{name: 'apply/a', tensor: tf.onesLike(a)},
                                  {name: 'apply/b', tensor: null}]);
        const result = [value, a.clone(), b.clone(), optimizer.iterations, Object.keys(grads)];
        a.dispose();
        b.dispose();
        return result;
    """
    theirs = node.evaluate(body, a=A, b=B, x=INPUT, y=OUTPUT)
    a, b, cost = variables("apply/")
    optimizer = tf.train.momentum(0.1, 0.9)
    result = optimizer.computeGradients(cost)
    optimizer.applyGradients(result["grads"])
    ones = tf.tensor(np.ones_like(A))
    gradients = [{"name": "apply/a", "tensor": ones}, {"name": "apply/b", "tensor": None}]
    assert optimizer.applyGradients(gradients) is None
    close(result["value"], theirs[0])
    close(a, theirs[1])
    close(b, theirs[2])
    assert optimizer.iterations == theirs[3] == 2
    assert list(result["grads"]) == theirs[4]
    assert list(optimizer.computeGradients(cost, [b])["grads"]) == ["apply/b"]


def test_refused_gradients() -> None:
    a, b, cost = variables("refused/")
    optimizer = tf.train.adam(0.1)
    with pytest.raises(ValueError, match="there is no variable of the name 'nobody'"):
        optimizer.applyGradients({"nobody": tf.scalar(1)})
    with pytest.raises(ValueError, match=r"variable 'refused/b' has shape \[3\], but the vari"):
        optimizer.applyGradients({"refused/b": tf.tensor([1, 2, 3])})
    with pytest.raises(ValueError, match="must return a scalar"):
        optimizer.minimize(lambda: a.mul(2))
    with pytest.raises(TypeError, match="must be a function"):
        optimizer.minimize(cost())  # type: ignore[arg-type]
    optimizer.minimize(cost)
    optimizer.dispose()
    with pytest.raises(ValueError, match="disposed"):
        optimizer.minimize(cost)
    assert b.isDisposed is False


def test_minimize_gives_the_cost_only_when_asked(node: NodeSession) -> None:
    _, b, cost = variables("cost/")
    optimizer = tf.train.sgd(0.1)
    before = b.arraySync()
    assert optimizer.minimize(cost) is None
    assert isinstance(optimizer.minimize(cost, returnCost=True), tf.Tensor)
    assert optimizer.minimize(cost, varList=[b]) is None
    assert b.arraySync() != before
    body = "const v = tf.scalar(1).variable(); const r = tf.train.sgd(1).minimize(() => v.mul(v));"
    assert node.evaluate(body + "v.dispose(); return r;") is None


def test_only_the_listed_variables_change() -> None:
    a, b, cost = variables("listed/")
    frozen = tf.variable(tf.tensor(B), False, "listed/frozen")
    optimizer = tf.train.adam(0.1)
    optimizer.minimize(lambda: cost().add(frozen.mul(b).mean()), False, [b, frozen])
    np.testing.assert_array_equal(a.numpy(), A)
    np.testing.assert_array_equal(frozen.numpy(), B)
    assert not np.allclose(b.numpy(), B)


@pytest.mark.parametrize("name", ["adam", "adagrad", "momentum", "sgd"])
def test_a_variable_may_come_later(node: NodeSession, name: str) -> None:
    body = """
        const a = tf.variable(args.a), optimizer = tf.train[args.name](...args.values);
        optimizer.minimize(() => a.mul(a).mean());
        const b = tf.variable(args.b);
        for (let i = 0; i < 3; i++) optimizer.minimize(() => a.mul(a).mean().add(b.mul(b).sum()));
        const result = [a.clone(), b.clone()];
        a.dispose();
        b.dispose();
        return result;
    """
    values = [0.1, 0.9] if name == "momentum" else [0.1]
    a = tf.variable(tf.tensor(A))
    optimizer = getattr(tf.train, name)(*values)
    optimizer.minimize(lambda: a.mul(a).mean())
    b = tf.variable(tf.tensor(B))
    for _ in range(3):
        optimizer.minimize(lambda: a.mul(a).mean().add(b.mul(b).sum()))
    theirs = node.evaluate(body, name=name, values=values, a=A, b=B)
    close(a, theirs[0])
    close(b, theirs[1])


def test_weights_of_a_model_are_minimized(node: NodeSession) -> None:
    body = """
        const layers = [
            tf.layers.dense({units: 5, activation: 'tanh', inputShape: [3]}),
            tf.layers.dense({units: 1}),
        ];
        const model = tf.sequential({layers});
        model.setWeights(args.weights);
        const optimizer = tf.train.adam(0.02);
        for (let i = 0; i < 10; i++) {
            optimizer.minimize(() => tf.losses.meanSquaredError(args.y, model.apply(args.x)));
        }
        return model.getWeights();
    """
    theirs = node.evaluate(body, weights=WEIGHTS, x=X, y=Y)
    layers = [
        tf.layers.dense(units=5, activation="tanh", inputShape=[3]),
        tf.layers.dense(units=1),
    ]
    model = tf.sequential(layers=layers)
    model.setWeights(WEIGHTS)
    optimizer = tf.train.adam(0.02)
    x = tf.tensor(X)
    for _ in range(10):
        optimizer.minimize(lambda: tf.losses.meanSquaredError(Y, model.apply(x)))
    for mine, other in zip(model.getWeights(), theirs, strict=True):
        close(mine, other)
    # The same optimizer goes on in fit.
    model.compile(optimizer=optimizer, loss="meanSquaredError")
    model.fit(X, Y, epochs=1, batchSize=40, verbose=0)
    assert optimizer.iterations == 11


def test_tensorflows_variables_are_minimized() -> None:
    variable = tensorflow.Variable([2.0])
    optimizer = tf.train.sgd(0.1)
    optimizer.minimize(lambda: tf.mul(variable, variable).sum())
    np.testing.assert_allclose(variable.numpy(), [1.6])


CLASSES = {
    "SGDOptimizer": [0.1],
    "MomentumOptimizer": [0.1, 0.9],
    "RMSPropOptimizer": [0.1],
    "AdamOptimizer": [0.1, 0.9, 0.999],
    "AdagradOptimizer": [0.1],
    "AdadeltaOptimizer": [0.1, 0.95],
    "AdamaxOptimizer": [0.1, 0.9, 0.999],
}


@pytest.mark.parametrize("name", CLASSES)
def test_classes(node: NodeSession, name: str) -> None:
    body = """
        const optimizer = new tf[args.name](...args.values);
        return [optimizer.getConfig(), optimizer.getClassName(), tf[args.name].className];
    """
    cls = getattr(tf, name)
    optimizer = cls(*CLASSES[name])
    assert isinstance(optimizer, tf.Optimizer)
    assert tf.train.Optimizer is tf.Optimizer
    theirs = node.evaluate(body, name=name, values=CLASSES[name])
    assert [optimizer.getConfig(), optimizer.getClassName(), cls.className] == theirs
    assert cls.fromConfig(optimizer.getConfig()).getConfig() == optimizer.getConfig()
    made = getattr(tf.train, optimizer.className.lower())(*CLASSES[name])
    assert type(made) is cls


def test_set_momentum_changes_the_configuration_only(node: NodeSession) -> None:
    body = """
        const v = tf.scalar(1).variable(), optimizer = tf.train.momentum(0.1, 0.9);
        optimizer.setMomentum(0.1);
        for (let i = 0; i < 3; i++) optimizer.minimize(() => v.mul(v));
        const result = [optimizer.getConfig(), v.dataSync()[0]];
        v.dispose();
        return result;
    """
    v = tf.variable(tf.scalar(1))
    optimizer = tf.train.momentum(0.1, 0.9)
    optimizer.setMomentum(0.1)
    for _ in range(3):
        optimizer.minimize(lambda: v.mul(v))
    config, value = node.evaluate(body)
    assert optimizer.getConfig() == config
    close(float(v), value)


@pytest.mark.parametrize("call", OPTIMIZERS, ids=str)
def test_keras_saves_and_loads_them(call: tuple[Any, ...]) -> None:
    name, *values = call
    optimizer = getattr(tf.train, name)(*values).keras
    back = keras.optimizers.deserialize(keras.optimizers.serialize(optimizer))
    assert type(back) is type(optimizer)
    assert back.get_config() == optimizer.get_config()


def test_a_models_optimizer_may_be_read_and_set(node: NodeSession) -> None:
    body = """
        const model = tf.sequential({layers: [
            tf.layers.dense({units: 1, inputShape: [1], kernelInitializer: 'ones'})]});
        model.compile({optimizer: 'adam', loss: 'meanSquaredError', metrics: ['mae']});
        const options = {epochs: 3, shuffle: false, verbose: 0};
        const first = await model.fit(args.x, args.y, options);
        const config = model.optimizer.getConfig();
        model.optimizer.learningRate = 0.1;
        const second = await model.fit(args.x, args.y, options);
        model.optimizer = tf.train.sgd(0.05);
        const third = await model.fit(args.x, args.y, options);
        return [[first.history, second.history, third.history], config];
    """
    x = np.linspace(-1, 1, 8, dtype=np.float32)[:, None]
    y = 3 * x
    theirs, config = node.evaluate(body, x=x, y=y)
    layer = tf.layers.dense(units=1, inputShape=[1], kernelInitializer="ones")
    model = tf.sequential(layers=[layer])
    assert model.optimizer is None
    with pytest.raises(RuntimeError, match="needs to be compiled before its optimizer is set"):
        model.optimizer = "sgd"
    model.compile(optimizer="adam", loss="meanSquaredError", metrics=["mae"])
    options = {"epochs": 3, "shuffle": False, "verbose": 0}
    ours = [model.fit(x, y, options).history]
    assert model.optimizer.getConfig() == pytest.approx(config)
    model.optimizer.learningRate = 0.1
    ours.append(model.fit(x, y, options).history)
    model.optimizer = sgd = tf.train.sgd(0.05)
    assert model.optimizer is sgd
    ours.append(model.fit(x, y, options).history)
    for mine, other in zip(ours, theirs, strict=True):
        assert list(mine) == list(other)
        for key, values in other.items():
            np.testing.assert_allclose(mine[key], values, rtol=1e-4)
