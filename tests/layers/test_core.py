"""dense, activation, dropout, flatten and inputLayer, against tf.js."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.parity import assert_same_layer
from tfjsbridge.converters.activations import ACTIVATIONS
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
X = RNG.normal(0, 2, (5, 4)).astype(np.float32)
EXTREMES = np.float32([[-1e4, -100, -20, -3.5, -2.5, -1, -0.0], [0, 1e-6, 1, 2.5, 7, 30, 1e4]])


@pytest.mark.parametrize(
    "options",
    [
        {"units": 3},
        {"units": 1, "useBias": False},
        {"units": 3, "activation": "softmax"},
        {"units": 2, "activation": "relu", "biasInitializer": "ones"},
        {"units": 3, "kernelInitializer": "zeros", "kernelConstraint": "nonNeg"},
        {"units": 3, "kernelRegularizer": "l1l2", "trainable": False},
        {"units": 3, "name": "named", "batchSize": 5},
    ],
    ids=str,
)
def test_dense(node: NodeSession, options: dict[str, Any]) -> None:
    assert_same_layer(node, "dense", options, X)


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 2, 4), (2, 0, 4)])
def test_dense_acts_on_the_last_axis(node: NodeSession, shape: tuple[int, ...]) -> None:
    x = RNG.normal(size=shape).astype(np.float32)
    assert_same_layer(node, "dense", {"units": 3, "activation": "tanh"}, x)


def test_dense_takes_input_dim(node: NodeSession) -> None:
    body = "return tf.sequential({layers: [tf.layers.dense(args)]}).inputs[0].shape"
    options = {"units": 2, "inputDim": 4}
    model = tf.sequential(layers=[tf.layers.dense(options)])
    assert model.inputs[0].shape == node.evaluate(body, **options)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_activation_as_a_layer_and_in_dense(node: NodeSession, name: str) -> None:
    assert_same_layer(node, "activation", {"activation": name}, EXTREMES)
    assert_same_layer(node, "activation", {"activation": name}, X)
    assert_same_layer(node, "dense", {"units": 3, "activation": name}, X)


def test_the_activations_are_all_of_tfjss(node: NodeSession) -> None:
    body = """
        const works = [];
        for (const name of args.names) {
            try { tf.layers.activation({activation: name}); works.push(name); } catch (error) {}
        }
        return works;
    """
    no_names = ["hard_sigmoid", "log_softmax", "silu", "exponential", "Relu", "leakyRelu", "celu"]
    assert node.evaluate(body, names=[*ACTIVATIONS, *no_names]) == list(ACTIVATIONS)
    for name in no_names:
        with pytest.raises(ValueError, match=f"Unknown activation '{name}'"):
            tf.layers.activation(activation=name)


@pytest.mark.parametrize("rate", [0, 0.5, 0.9, 1, 1.5, -0.5])
def test_dropout_passes_everything_on_at_inference(node: NodeSession, rate: float) -> None:
    assert_same_layer(node, "dropout", {"rate": rate}, X)


@pytest.mark.parametrize("rate", [0, 0.25, 0.8, 1, 1.5, -0.5])
@pytest.mark.parametrize("noise_shape", [None, [None, 1], [1, None]])
def test_dropout_in_training(node: NodeSession, rate: float, noise_shape: Any) -> None:
    x = np.ones((400, 30), np.float32)
    options = {"rate": rate, "seed": 1}
    if noise_shape is not None:
        options["noiseShape"] = noise_shape
    body = "return tf.layers.dropout(args.options).apply(args.x, {training: true})"
    theirs = node.evaluate(body, options=options, x=x)
    ours = tf.layers.dropout(options).keras(x, training=True).numpy()
    scale = 1 / (1 - rate) if 0 < rate < 1 else 1
    for y in (ours, theirs):
        assert set(np.round(np.unique(y), 5)) <= {0.0, np.float32(np.round(scale, 5))}
        assert (np.ptp(y, axis=1) == 0).all() == (noise_shape == [None, 1] or scale == 1)
        assert (np.ptp(y, axis=0) == 0).all() == (noise_shape == [1, None] or scale == 1)
        if noise_shape != [1, None]:  # which draws 30 values only
            np.testing.assert_allclose(y.mean(), 1, atol=0 if scale == 1 else 0.2)


@pytest.mark.parametrize("data_format", ["channelsLast", "channelsFirst"])
@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3, 4, 5), (2, 3, 2, 4, 2)])
def test_flatten(node: NodeSession, shape: tuple[int, ...], data_format: str) -> None:
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    assert_same_layer(node, "flatten", {"dataFormat": data_format}, x)


INPUTS: list[dict[str, Any]] = [
    {"inputShape": [4]},
    {"inputShape": [4], "batchSize": 3},
    {"batchInputShape": [None, 2, 3]},
    {"batchInputShape": [7, 2]},
    {"inputShape": [4], "dtype": "int32"},
]


@pytest.mark.parametrize("options", INPUTS, ids=str)
def test_input_layer(node: NodeSession, options: dict[str, Any]) -> None:
    body = """
        const layers = [tf.layers.inputLayer(args), tf.layers.dense({units: 2})];
        const model = tf.sequential({layers});
        return [model.inputs[0].shape, model.inputs[0].dtype, model.layers.length];
    """
    model = tf.sequential(layers=[tf.layers.inputLayer(options), tf.layers.dense(units=2)])
    ours = [model.inputs[0].shape, model.inputs[0].dtype, len(model.layers)]
    assert ours == node.evaluate(body, **options)


@pytest.mark.parametrize("options", INPUTS, ids=str)
def test_the_first_layer_says_what_comes_in(node: NodeSession, options: dict[str, Any]) -> None:
    body = """
        const model = tf.sequential({layers: [tf.layers.dense({units: 2, ...args})]});
        return [model.inputs[0].shape, model.inputs[0].dtype, model.outputs[0].shape];
    """
    model = tf.sequential(layers=[tf.layers.dense(units=2, **options)])
    ours = [model.inputs[0].shape, model.inputs[0].dtype, model.outputs[0].shape]
    assert ours == node.evaluate(body, **options)


DEFAULT_NAMES: list[tuple[str, dict[str, Any]]] = [
    ("dense", {"units": 1}),
    ("conv2d", {"filters": 1, "kernelSize": 1}),
    ("maxPooling2d", {}),
    ("maxPool2d", {}),
    ("flatten", {}),
    ("activation", {"activation": "relu"}),
    ("dropout", {"rate": 0.5}),
    ("inputLayer", {"inputShape": [1]}),
]


@pytest.mark.parametrize(("name", "options"), DEFAULT_NAMES, ids=lambda part: str(part))
def test_default_names(node: NodeSession, name: str, options: dict[str, Any]) -> None:
    body = "return [0, 0].map(() => tf.layers[args.name](args.options).name)"
    theirs = node.evaluate(body, name=name, options=options)
    ours = [getattr(tf.layers, name)(options).name for _ in theirs]
    prefixes = {re.sub(r"\d+$", "", each) for each in [*ours, *theirs]}
    assert len(prefixes) == 1
    numbers = [int(re.search(r"\d+$", each)[0]) for each in ours]
    assert numbers[1] == numbers[0] + 1


#: Options that both refuse, and what our message says.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("dense", {"units": 0}, "Value for units must be a positive integer, got 0"),
    ("dense", {"units": -1}, "units must be a positive integer, got -1"),
    ("dense", {"units": 1.5}, "units must be a positive integer, got 1.5"),
    ("dense", {}, "the option 'units' is missing"),
    ("dense", {"units": 1, "activation": "rely"}, "did you mean 'relu'"),
    ("dense", {"units": 1, "activation": "hard_sigmoid"}, "did you mean 'hardSigmoid'"),
    ("dense", {"units": 1, "kernelInitializer": "glorot_normal"}, "did you mean 'glorotNormal'"),
    ("dense", {"units": 1, "kernelConstraint": "max_norm"}, "did you mean 'maxNorm'"),
    ("dense", {"units": 1, "kernelRegularizer": "l2"}, "Unknown regularizer 'l2'"),
    ("activation", {"activation": "gelu-new"}, "did you mean 'gelu_new'"),
    ("inputLayer", {}, "either a `batchInputShape` or an `inputShape`"),
    ("inputLayer", {"inputShape": [1], "batchInputShape": [None, 1]}, "not both"),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED, ids=lambda part: str(part))
def test_wrong_options_are_refused(
    node: NodeSession, name: str, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(TfjsError):
        node.evaluate("tf.layers[args.name](args.options)", name=name, options=options)
    with pytest.raises((ValueError, TypeError)) as caught:
        getattr(tf.layers, name)(options)
    assert said in str(caught.value)


#: Options that tf.js takes without a word, though they mean nothing or fail later.
REFUSED_HERE_ONLY: list[tuple[str, dict[str, Any], str]] = [
    ("dense", {"units": 1, "unit": 2}, "unknown option 'unit' (did you mean 'units'?)"),
    ("dense", {"units": 1, "input_shape": [1]}, "did you mean 'inputShape'?)"),
    ("dense", {"units": 1, "inputShape": 3}, "inputShape must be a list of sizes"),
    ("dense", {"units": 1, "inputShape": [-1]}, "inputShape must be a list of sizes"),
    ("dropout", {}, "the option 'rate' is missing"),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED_HERE_ONLY, ids=str)
def test_what_only_we_refuse(
    node: NodeSession, name: str, options: dict[str, Any], said: str
) -> None:
    node.evaluate("tf.layers[args.name](args.options); return 1", name=name, options=options)
    with pytest.raises((ValueError, TypeError)) as caught:
        getattr(tf.layers, name)(options)
    assert said in str(caught.value)


def test_a_first_layer_needs_an_input_shape(node: NodeSession) -> None:
    with pytest.raises(TfjsError, match="The first layer in a Sequential model must get"):
        node.evaluate("tf.sequential({layers: [tf.layers.dense({units: 1})]})")
    with pytest.raises(ValueError, match="The first layer in a Sequential model must get"):
        tf.sequential(layers=[tf.layers.dense(units=1)])


WEIGHTS: list[list[list[int]]] = [[[4, 3]], [[4, 3], [3], [3]], [[3, 4], [3]], [[4, 3], [1, 3]], []]


@pytest.mark.parametrize("shapes", WEIGHTS, ids=str)
def test_weights_that_do_not_fit_are_refused_and_none_is_set(
    node: NodeSession, shapes: list[list[int]]
) -> None:
    weights = [np.ones(shape, np.float32) for shape in shapes]
    body = """
        const layer = tf.layers.dense({units: 3, inputShape: [4]});
        tf.sequential({layers: [layer]});
        layer.setWeights(args.weights);
    """
    with pytest.raises(TfjsError):
        node.evaluate(body, weights=weights)
    layer = tf.layers.dense(units=3, inputShape=[4])
    tf.sequential(layers=[layer])
    before = [w.arraySync() for w in layer.getWeights()]
    with pytest.raises(ValueError, match=r"expecting 2 weights|weight shape \["):
        layer.setWeights(weights)
    assert [w.arraySync() for w in layer.getWeights()] == before


def test_initial_weights_by_option(node: NodeSession) -> None:
    kernel, bias = np.float32([[1, 2], [3, 4]]), np.float32([5, 6])
    x = np.float32([[1, -1]])
    body = """
        const weights = [args.kernel, args.bias];
        const layer = tf.layers.dense({units: 2, inputShape: [2], weights});
        return tf.sequential({layers: [layer]}).predict(args.x);
    """
    layer = tf.layers.dense(units=2, inputShape=[2], weights=[kernel, bias])
    ours = tf.sequential(layers=[layer]).predict(x)
    np.testing.assert_array_equal(ours.numpy(), node.evaluate(body, kernel=kernel, bias=bias, x=x))
    with pytest.raises(ValueError, match="expecting 2 weights"):
        tf.layers.dense(units=2, inputShape=[2], weights=[kernel])


def test_a_layer_is_applied_to_tensors_directly(node: NodeSession) -> None:
    body = "return tf.layers.dense({units: 2, kernelInitializer: 'ones'}).apply(args.x)"
    ours = tf.layers.dense(units=2, kernelInitializer="ones").apply(tf.tensor(X))
    assert isinstance(ours, tf.Tensor)
    np.testing.assert_allclose(ours.numpy(), node.evaluate(body, x=X), rtol=1e-5, atol=1e-6)
