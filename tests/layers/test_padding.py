"""Padding, cropping and enlarging images, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.parity import assert_same_layer
from tests.tfjs.differences import LAYER_FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

X = np.random.default_rng(0).normal(size=(4, 7, 6, 5)).astype(np.float32)

CASES: list[tuple[str, dict[str, Any]]] = [
    ("zeroPadding2d", {}),
    ("zeroPadding2d", {"padding": 0}),
    ("zeroPadding2d", {"padding": [1, 2], "dataFormat": "channelsFirst"}),
    ("zeroPadding2d", {"padding": [[1, 2], [3, 0]]}),
    ("cropping2D", {"cropping": 1}),
    ("cropping2D", {"cropping": [2, 0]}),
    ("cropping2D", {"cropping": [[1, 2], [0, 3]], "dataFormat": "channelsFirst"}),
    ("cropping2D", {"cropping": [[3, 3], [0, 1]]}),
    ("upSampling2d", {}),
    ("upSampling2d", {"size": [3, 1]}),
    ("upSampling2d", {"size": [1, 3], "dataFormat": "channelsFirst"}),
    ("upSampling2d", {"interpolation": "bilinear"}),
    ("upSampling2d", {"size": [3, 2], "interpolation": "bilinear"}),
    ("upSampling2d", {"size": [1, 5], "interpolation": "bilinear", "dataFormat": "channelsFirst"}),
]


@pytest.mark.parametrize(("name", "options"), CASES, ids=str)
def test_predictions(node: NodeSession, name: str, options: dict[str, Any]) -> None:
    assert_same_layer(node, name, options, X)


#: tf.js's gradients of enlarging are right for one example, and for square images only.
ONE = np.random.default_rng(2).normal(size=(1, 7, 7, 5)).astype(np.float32)


@pytest.mark.parametrize(
    ("name", "options"),
    [case for case in CASES if set(case[1]) != {"size", "interpolation", "dataFormat"}],
    ids=str,
)
def test_behind_a_convolution(node: NodeSession, name: str, options: dict[str, Any]) -> None:
    assert_same_behind_a_convolution(node, name, options, ONE)


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear"])
def test_gradients_are_right_where_those_of_tfjs_are_not(
    node: NodeSession, interpolation: str
) -> None:
    options = {"interpolation": interpolation}
    assert "gradient of upSampling2d" in LAYER_FAULTS
    with pytest.raises((AssertionError, TfjsError)):
        assert_same_behind_a_convolution(node, "upSampling2d", options, X)
    layer = tf.layers.upSampling2d(interpolation=interpolation)
    w = tf.tensor(np.random.default_rng(3).normal(size=(4, 14, 12, 5)).astype(np.float32))
    dx = tf.grad(lambda x: layer.apply(x).mul(w).sum())(tf.tensor(X)).numpy()
    # The function is linear: each of its derivatives is a difference.
    for index in [(0, 0, 0, 0), (2, 3, 4, 1), (3, 6, 5, 4)]:
        unit = np.zeros_like(X)
        unit[index] = 1
        expected = float(layer.apply(tf.tensor(unit)).mul(w).sum().numpy())
        np.testing.assert_allclose(dx[index], expected, rtol=1e-4, atol=1e-6)


def assert_same_behind_a_convolution(
    node: NodeSession, name: str, options: dict[str, Any], x: np.ndarray
) -> None:
    """The layer between a convolution and a dense one gives the same losses and weights."""
    shape = list(x.shape[1:])
    body = """
        const model = tf.sequential({layers: [
            tf.layers.conv2d({inputShape: args.shape, filters: 5, kernelSize: 1}),
            tf.layers[args.name](args.options),
            tf.layers.flatten(),
            tf.layers.dense({units: 1}),
        ]});
        model.setWeights(args.weights);
        model.compile({optimizer: tf.train.sgd(0.002), loss: 'meanSquaredError'});
        const {history} = await model.fit(
            args.x, args.y, {epochs: 10, batchSize: 4, shuffle: false, verbose: 0});
        return [history.loss, model.getWeights()];
    """
    model = tf.sequential(
        layers=[
            tf.layers.conv2d(inputShape=shape, filters=5, kernelSize=1),
            getattr(tf.layers, name)(options),
            tf.layers.flatten(),
            tf.layers.dense(units=1),
        ]
    )
    rng = np.random.default_rng(1)
    weights = [rng.normal(0, 0.1, w.shape).astype(np.float32) for w in model.getWeights()]
    y = rng.normal(size=(len(x), 1)).astype(np.float32)
    losses, theirs = node.evaluate(
        body, name=name, options=options, weights=weights, x=x, y=y, shape=shape
    )
    model.setWeights(weights)
    model.compile(optimizer=tf.train.sgd(0.002), loss="meanSquaredError")
    history = model.fit(x, y, epochs=10, batchSize=4, shuffle=False, verbose=0).history
    np.testing.assert_allclose(history["loss"], losses, rtol=1e-4, atol=1e-6)
    for ours, other in zip(model.getWeights(), theirs, strict=True):
        np.testing.assert_allclose(ours.numpy(), other, rtol=1e-3, atol=1e-5)


def test_sizes_that_are_not_known(node: NodeSession) -> None:
    for name, options, shape in (
        ("zeroPadding2d", {}, [None, None, None, 5]),
        ("upSampling2d", {"interpolation": "bilinear"}, [None, None, None, 5]),
        ("upSampling2d", {"size": [3, 1]}, [None, None, None, 5]),
    ):
        options = {"inputShape": [None, None, 5], **options}
        model = tf.sequential(layers=[getattr(tf.layers, name)(options)])
        assert model.outputs[0].shape == shape
        body = """
            return tf.sequential({layers: [tf.layers[args.name](args.options)]}).predict(args.x);
        """
        theirs = node.evaluate(body, name=name, options=options, x=X)
        np.testing.assert_allclose(model.predict(X).numpy(), theirs, rtol=1e-5, atol=1e-6)


#: Both refuse them, at once or when the layer is called.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("zeroPadding2d", {"padding": [1]}, "padding must be a number"),
    ("zeroPadding2d", {"padding": [[1, 2, 3], [1, 2]]}, "padding must be a number"),
    ("zeroPadding2d", {"dataFormat": "first"}, "Unknown dataFormat 'first'"),
    ("cropping2D", {}, "'cropping' is missing"),
    ("cropping2D", {"cropping": [1]}, "cropping must be a number"),
    ("cropping2D", {"cropping": [[1], [1]]}, "cropping must be a number"),
    ("cropping2D", {"cropping": -1}, "not below 0; got -1"),
    ("upSampling2d", {"interpolation": "bicubic"}, "Unknown interpolation 'bicubic'"),
    ("upSampling2d", {"dataFormat": "first"}, "Unknown dataFormat 'first'"),
]
#: tf.js takes them, and computes NaN, or the wrong shape, or crops where it should pad.
REFUSED_HERE_ONLY: list[tuple[str, dict[str, Any], str]] = [
    ("zeroPadding2d", {"padding": -1}, "not below 0; got -1"),
    ("zeroPadding2d", {"padding": 1.5}, "got 1.5"),
    ("cropping2D", {"cropping": 1, "dataFormat": "first"}, "Unknown dataFormat 'first'"),
    ("upSampling2d", {"size": 2}, "size must be an array of two numbers, got 2"),
    ("upSampling2d", {"size": [2, 2, 2]}, "size must be"),
    ("upSampling2d", {"size": [0, 2]}, "size must be a positive integer, got 0"),
]
BODY = "tf.sequential({layers: [tf.layers[args.name](args.o)]}).predict(args.x).dataSync()"


@pytest.mark.parametrize(("name", "options", "said"), REFUSED + REFUSED_HERE_ONLY, ids=str)
def test_wrong_options_are_refused(
    node: NodeSession, name: str, options: dict[str, Any], said: str
) -> None:
    tfjs_options = {"inputShape": [7, 6, 5], **options}
    if (name, options, said) in REFUSED:
        with pytest.raises(TfjsError):
            node.evaluate(BODY, name=name, o=tfjs_options, x=X)
    else:
        node.evaluate(BODY, name=name, o=tfjs_options, x=X)
    with pytest.raises((ValueError, TypeError)) as caught:
        getattr(tf.layers, name)(options)
    assert said in str(caught.value)


def test_more_than_all_cannot_be_cropped(node: NodeSession) -> None:
    options = {"inputShape": [7, 6, 5], "cropping": 4}
    with pytest.raises(TfjsError, match="Negative dimension size"):
        node.evaluate(BODY, name="cropping2D", o=options, x=X)
    with pytest.raises(ValueError, match="smaller than the corresponding"):
        tf.sequential(layers=[tf.layers.cropping2D(options)])
