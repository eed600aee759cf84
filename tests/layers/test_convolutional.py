"""Convolutions over series, images and volumes, and their transposes, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.parity import assert_same_layer, assert_same_training
from tests.tfjs.differences import LAYER_FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
SERIES = RNG.normal(size=(4, 9, 3)).astype(np.float32)
IMAGES = RNG.normal(size=(4, 7, 6, 3)).astype(np.float32)
VOLUMES = RNG.normal(size=(4, 5, 4, 6, 2)).astype(np.float32)

#: [batch, channels, ...], as wide as there are filters: where Keras mistakes the axes.
IMAGES_FIRST = RNG.normal(size=(4, 3, 7, 4)).astype(np.float32)
VOLUMES_FIRST = RNG.normal(size=(4, 2, 3, 5, 4)).astype(np.float32)

Case = tuple[str, dict[str, Any], np.ndarray]

CASES: list[Case] = [
    ("conv1d", {"kernelSize": 3}, SERIES),
    ("conv1d", {"kernelSize": [2], "padding": "same", "useBias": False}, SERIES),
    ("conv1d", {"kernelSize": 3, "strides": 2}, SERIES),
    ("conv1d", {"kernelSize": 2, "strides": [3], "padding": "same"}, SERIES),
    ("conv1d", {"kernelSize": 3, "dilationRate": 2, "activation": "relu"}, SERIES),
    ("conv1d", {"kernelSize": 3, "dilationRate": [3], "padding": "same"}, SERIES),
    ("conv1d", {"kernelSize": 1, "activation": "softmax"}, SERIES),
    ("conv2d", {"kernelSize": 2, "dilationRate": [1, 2], "activation": "tanh"}, IMAGES),
    ("conv2d", {"kernelSize": 1, "dataFormat": "channelsFirst"}, IMAGES_FIRST),
    ("conv2d", {"kernelSize": 3, "padding": "same", "dataFormat": "channelsFirst",
                "activation": "softmax"}, IMAGES_FIRST),
    ("conv2d", {"kernelSize": 2, "strides": [2, 1], "dataFormat": "channelsFirst",
                "activation": "relu"}, IMAGES_FIRST),
    ("conv3d", {"kernelSize": 2}, VOLUMES),
    ("conv3d", {"kernelSize": [3, 2, 1], "padding": "same", "activation": "sigmoid"}, VOLUMES),
    ("conv3d", {"kernelSize": 2, "strides": [2, 1, 2], "useBias": False}, VOLUMES),
    ("conv3d", {"kernelSize": 2, "dilationRate": [2, 1, 2]}, VOLUMES),
    ("conv3d", {"kernelSize": 2, "dilationRate": 2, "padding": "same"}, VOLUMES),
    ("conv3d", {"kernelSize": 1, "strides": 2, "padding": "same"}, VOLUMES),
    ("conv3d", {"kernelSize": [2, 1, 2], "strides": [5, 3, 1],
                         "padding": "same"}, VOLUMES),
    ("conv3d", {"kernelSize": 1, "dataFormat": "channelsFirst"}, VOLUMES_FIRST),
    ("conv3d", {"kernelSize": 2, "strides": 2, "padding": "same", "dataFormat": "channelsFirst",
                "activation": "softmax"}, VOLUMES_FIRST),
    ("conv2dTranspose", {"kernelSize": 3}, IMAGES),
    ("conv2dTranspose", {"kernelSize": [3, 2], "strides": 2, "activation": "relu"}, IMAGES),
    ("conv2dTranspose", {"kernelSize": 2, "strides": [3, 1], "useBias": False}, IMAGES),
    ("conv2dTranspose", {"kernelSize": 3, "strides": [2, 3], "padding": "same"}, IMAGES),
    ("conv2dTranspose", {"kernelSize": 2, "dilationRate": 3}, IMAGES),
    ("conv2dTranspose", {"kernelSize": 2, "dilationRate": 3, "strides": 2}, IMAGES),
    ("conv2dTranspose", {"kernelSize": 1, "dataFormat": "channelsFirst"}, IMAGES_FIRST),
    ("conv2dTranspose", {"kernelSize": 2, "strides": 2, "dataFormat": "channelsFirst",
                         "activation": "softmax"}, IMAGES_FIRST),
    ("conv3dTranspose", {"kernelSize": 2}, VOLUMES),
    ("conv3dTranspose", {"kernelSize": 3, "strides": [2, 1, 2], "activation": "elu"}, VOLUMES),
    ("conv3dTranspose", {"kernelSize": [1, 2, 3], "strides": 2, "padding": "same"}, VOLUMES),
    ("conv3dTranspose", {"kernelSize": [2, 1, 2], "strides": [5, 3, 1],
                         "padding": "same"}, VOLUMES),
    ("conv3dTranspose", {"kernelSize": 1, "strides": 2, "useBias": False}, VOLUMES),
    ("conv3dTranspose", {"kernelSize": 2, "dilationRate": 2}, VOLUMES),
    ("conv3dTranspose", {"kernelSize": 1, "dataFormat": "channelsFirst"}, VOLUMES_FIRST),
    ("conv3dTranspose", {"kernelSize": 2, "strides": 2, "dataFormat": "channelsFirst",
                         "activation": "softmax"}, VOLUMES_FIRST),
]  # fmt: skip


def _id(case: Case) -> str:
    return f"{case[0]} {case[1]}"


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_predictions(node: NodeSession, case: Case) -> None:
    name, options, x = case
    assert_same_layer(node, name, {"filters": 4, **options}, x, rtol=1e-4)


#: The family, its kernel, and what it is trained on.
FAMILIES: list[Case] = [
    ("conv1d", {"kernelSize": 3, "strides": 2}, SERIES),
    ("conv2d", {"kernelSize": 3, "padding": "same"}, IMAGES),
    ("conv2d", {"kernelSize": 1, "dataFormat": "channelsFirst"}, IMAGES_FIRST),
    ("conv3d", {"kernelSize": 2, "strides": 2}, VOLUMES),
    ("conv2dTranspose", {"kernelSize": 3, "strides": 2}, IMAGES),
    ("conv3d", {"kernelSize": 1, "strides": 2, "padding": "same"}, VOLUMES),
]
WHILE_TRAINING: list[dict[str, Any]] = [
    {},
    {"activation": "relu", "kernelRegularizer": "l1l2"},
    {"activation": "tanh", "biasRegularizer": "l1l2", "useBias": True},
    {"activation": "sigmoid", "useBias": False},
]


@pytest.mark.parametrize("more", WHILE_TRAINING, ids=str)
@pytest.mark.parametrize("family", FAMILIES, ids=_id)
def test_training(node: NodeSession, family: Case, more: dict[str, Any]) -> None:
    name, options, x = family
    assert_same_training(node, name, {"filters": 2, **options, **more}, x, rate=0.002)


def trained(name: str, options: dict[str, Any], x: np.ndarray) -> tuple[tf.Sequential, list[float]]:
    """A model that begins with the layer, after 10 epochs, and its losses."""
    layer = getattr(tf.layers, name)({"inputShape": list(x.shape[1:]), **options})
    model = tf.sequential(layers=[layer, tf.layers.flatten(), tf.layers.dense(units=1)])
    model.compile(optimizer=tf.train.sgd(0.005), loss="meanSquaredError")
    losses = model.fit(x, np.ones((len(x), 1)), epochs=10, verbose=0).history["loss"]
    return model, losses


#: What tf.js has no gradient of, and what it says.
NOT_TRAINED_IN_TFJS: list[tuple[str, dict[str, Any], np.ndarray, str]] = [
    ("conv1d", {"dilationRate": 2}, SERIES, "dilation rates greater than 1"),
    ("conv2d", {"dilationRate": 2}, IMAGES, "dilation rates greater than 1"),
    ("conv3d", {"dilationRate": 2}, VOLUMES, "dilation rates greater than 1"),
    ("conv3dTranspose", {}, VOLUMES, "gradient function not found"),
    ("conv2d", {"activityRegularizer": "l1l2"}, IMAGES, "activity regularizer"),
]


@pytest.mark.parametrize(("name", "options", "x", "said"), NOT_TRAINED_IN_TFJS, ids=str)
def test_what_trains_here_only(
    node: NodeSession, name: str, options: dict[str, Any], x: np.ndarray, said: str
) -> None:
    options = {"filters": 2, "kernelSize": 2, **options}
    assert "gradients that tf.js has not" in LAYER_FAULTS
    with pytest.raises(TfjsError, match=said):
        assert_same_training(node, name, options, x)
    _, losses = trained(name, options, x)
    assert losses[-1] < losses[0]


@pytest.mark.filterwarnings("ignore:As in TensorFlow.js, constraints")
@pytest.mark.parametrize("constraint", ["unitNorm", "maxNorm", "minMaxNorm", "nonNeg"])
@pytest.mark.parametrize(
    ("name", "x"), [("conv1d", SERIES), ("conv2dTranspose", IMAGES), ("conv3d", VOLUMES)]
)
def test_constraints(node: NodeSession, name: str, x: np.ndarray, constraint: str) -> None:
    options = {
        "filters": 2,
        "kernelSize": 2,
        "kernelConstraint": constraint,
        "biasConstraint": "nonNeg",
    }
    # The weights are set first, where a constraint holds, and then trained, where it does not.
    assert_same_layer(node, name, options, x, rtol=1e-4)
    assert_same_training(node, name, options, x, rate=0.001)


def test_a_causal_layer_sees_no_later_step(node: NodeSession) -> None:
    options = {"inputShape": [9, 3], "filters": 2, "kernelSize": 3, "padding": "causal"}
    body = "return tf.sequential({layers: [tf.layers.conv1d(args.o)]}).predict(args.x)"
    with pytest.raises(TfjsError, match="CAUSAL"):
        node.evaluate(body, o=options, x=SERIES)
    model = tf.sequential(layers=[tf.layers.conv1d({**options, "dilationRate": 2})])
    assert model.outputShape == [None, 9, 2]
    later = SERIES.copy()
    later[:, 5:] += 1
    ours, changed = model.predict(SERIES).numpy(), model.predict(later).numpy()
    np.testing.assert_array_equal(ours[:, :5], changed[:, :5])
    assert np.all(ours[:, 5:] != changed[:, 5:])
    # The same as zeros in front.
    in_front = np.pad(SERIES, [[0, 0], [4, 0], [0, 0]])
    options |= {"inputShape": [13, 3], "padding": "valid", "dilationRate": 2}
    theirs = node.evaluate(
        "const l = tf.layers.conv1d(args.o); const m = tf.sequential({layers: [l]});"
        "m.setWeights(args.weights); return m.predict(args.x)",
        o=options,
        weights=[w.numpy() for w in model.getWeights()],
        x=in_front,
    )
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("activation", ["linear", "softmax"])
def test_conv1d_of_channels_first_is_not_transposed(node: NodeSession, activation: str) -> None:
    x = SERIES.transpose(0, 2, 1).copy()
    options = {
        "inputShape": [3, 9],
        "filters": 7,
        "kernelSize": 3,
        "dataFormat": "channelsFirst",
        "activation": activation,
    }
    layer = tf.layers.conv1d(options)
    model = tf.sequential(layers=[layer])
    bias = np.arange(7, dtype=np.float32)
    weights = [RNG.normal(size=[3, 3, 7]).astype(np.float32), bias]
    model.setWeights(weights)
    body = """
        const layer = tf.layers.conv1d(args.o);
        const model = tf.sequential({layers: [layer]});
        model.setWeights(args.weights);
        return [layer.outputShape, model.predict(args.x)];
    """
    shape, theirs = node.evaluate(body, o=options, weights=weights, x=x)
    assert layer.outputShape == shape == [None, 7, 7]
    np.testing.assert_allclose(
        model.predict(x).numpy(), theirs.transpose(0, 2, 1), rtol=1e-4, atol=1e-6
    )


#: Both refuse them, at once or when the layer is called.
REFUSED: list[tuple[str, dict[str, Any], np.ndarray, str]] = [
    ("conv1d", {"kernelSize": [3, 3]}, SERIES, "kernelSize must be a number or an array of one"),
    ("conv1d", {"kernelSize": 3, "filters": 0}, SERIES, "filters must be a positive integer"),
    ("conv1d", {"kernelSize": 3, "padding": "full"}, SERIES, "Unknown padding 'full'"),
    ("conv1d", {"kernelSize": 3, "strides": 2, "dilationRate": 2}, SERIES, "must be 1"),
    ("conv1d", {"kernelSize": 3, "dilationRate": [2, 2]}, SERIES, "dilationRate must be"),
    ("conv2d", {"kernelSize": 3, "strides": 2, "dilationRate": [1, 2]}, IMAGES, "must be 1"),
    ("conv3d", {"kernelSize": [3]}, VOLUMES, "kernelSize must be a number or an array of three"),
    ("conv3d", {"kernelSize": 2, "strides": [1, 1]}, VOLUMES, "strides must be a number"),
    ("conv3d", {"kernelSize": 2, "dataFormat": "first"}, VOLUMES, "Unknown dataFormat 'first'"),
    ("conv3d", {"kernelSize": 2, "strides": 2, "dilationRate": 2}, VOLUMES, "must be 1"),
    ("conv2dTranspose", {"kernelSize": 2, "padding": "causal"}, IMAGES, "Unknown padding"),
    ("conv2dTranspose", {"kernelSize": [2]}, IMAGES, "kernelSize must be"),
    ("conv2dTranspose", {"kernelSize": 2, "dilationRate": [1]}, IMAGES, "dilationRate must be"),
    ("conv2dTranspose", {"kernelSize": 2, "activation": "no"}, IMAGES, "Unknown activation 'no'"),
    ("conv3dTranspose", {"kernelSize": 2, "padding": "causal"}, VOLUMES, "Unknown padding"),
    ("conv3dTranspose", {"kernelSize": [2, 2]}, VOLUMES, "kernelSize must be"),
    ("conv3dTranspose", {"strides": 2}, VOLUMES, "'kernelSize' is missing"),
]


@pytest.mark.parametrize(("name", "options", "x", "said"), REFUSED, ids=lambda part: str(part)[:40])
def test_wrong_options_are_refused(
    node: NodeSession, name: str, options: dict[str, Any], x: np.ndarray, said: str
) -> None:
    options = {"filters": 2, "inputShape": list(x.shape[1:]), **options}
    body = """
        tf.sequential({layers: [tf.layers[args.name](args.options)]}).predict(args.x).dataSync();
    """
    with pytest.raises(TfjsError):
        node.evaluate(body, name=name, options=options, x=x)
    with pytest.raises((ValueError, TypeError)) as caught:
        getattr(tf.layers, name)(options)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["conv1d", "conv2d", "conv3d", "conv2dTranspose"])
def test_kernels_begin_as_in_tfjs(node: NodeSession, name: str) -> None:
    axes = int(name[4])
    options = {"filters": 40, "kernelSize": 3, "inputShape": [*[4] * axes, 30]}
    body = """
        const layer = tf.layers[args.name](args.options);
        tf.sequential({layers: [layer]});
        return [layer.getWeights(), layer.weights.map(w => w.name.split('/')[1])];
    """
    (kernel, bias), names = node.evaluate(body, name=name, options=options)
    layer = getattr(tf.layers, name)(options)
    tf.sequential(layers=[layer])
    ours = [w.numpy() for w in layer.getWeights()]
    assert [w.name for w in layer.keras.weights] == names
    assert ours[0].shape == kernel.shape
    np.testing.assert_allclose(ours[0].std(), kernel.std(), rtol=0.05)
    np.testing.assert_array_equal(ours[1], bias)
