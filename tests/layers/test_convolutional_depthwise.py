"""Convolutions of each channel by itself, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.parity import assert_same_layer, assert_same_training
from tests.layers.test_convolutional import trained
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
IMAGES = RNG.normal(size=(4, 7, 6, 3)).astype(np.float32)
#: As wide as there are output channels: where Keras mistakes the axes.
FIRST = RNG.normal(size=(4, 2, 7, 4)).astype(np.float32)

Case = tuple[str, dict[str, Any], np.ndarray]

CASES: list[Case] = [
    ("depthwiseConv2d", {"kernelSize": 3}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": [2, 3], "padding": "same", "depthMultiplier": 2}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 3, "strides": 2, "activation": "relu"}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 3, "strides": [2, 1], "useBias": False}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 2, "strides": [1, 3], "padding": "same"}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 2, "dilationRate": 2}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 2, "dilationRate": 2, "strides": 2}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 1, "depthMultiplier": 2, "dataFormat": "channelsFirst"},
     FIRST),
    ("depthwiseConv2d", {"kernelSize": 2, "strides": [2, 1], "dataFormat": "channelsFirst",
                         "activation": "softmax"}, FIRST),
    ("separableConv2d", {"kernelSize": 3}, IMAGES),
    ("separableConv2d", {"kernelSize": [2, 3], "padding": "same", "depthMultiplier": 2}, IMAGES),
    ("separableConv2d", {"kernelSize": 3, "strides": 2, "activation": "relu"}, IMAGES),
    ("separableConv2d", {"kernelSize": 3, "strides": [2, 1], "useBias": False}, IMAGES),
    ("separableConv2d", {"kernelSize": 2, "strides": [1, 3], "padding": "same"}, IMAGES),
    ("separableConv2d", {"kernelSize": 2, "dilationRate": [1, 2], "activation": "softmax"}, IMAGES),
    ("separableConv2d", {"kernelSize": 2, "dilationRate": 3, "padding": "same"}, IMAGES),
    ("separableConv2d", {"kernelSize": 1, "useBias": False, "dataFormat": "channelsFirst"}, FIRST),
    ("separableConv2d", {"kernelSize": 2, "strides": [2, 1], "useBias": False,
                         "dataFormat": "channelsFirst", "activation": "softmax"}, FIRST),
    ("depthwiseConv2d", {"kernelSize": 2, "depthwiseConstraint": "unitNorm"}, IMAGES),
    ("separableConv2d", {"kernelSize": 2, "depthwiseConstraint": "unitNorm",
                         "pointwiseConstraint": "nonNeg"}, IMAGES),
]  # fmt: skip


def _of(name: str, options: dict[str, Any]) -> dict[str, Any]:
    return {"filters": 4, **options} if name == "separableConv2d" else options


@pytest.mark.parametrize(("name", "options", "x"), CASES, ids=lambda part: str(part)[:60])
def test_predictions(node: NodeSession, name: str, options: dict[str, Any], x: np.ndarray) -> None:
    assert_same_layer(node, name, _of(name, options), x, rtol=1e-4)


TRAINED: list[Case] = [
    ("depthwiseConv2d", {"kernelSize": 3, "depthMultiplier": 2}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 3, "strides": [2, 1]}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 1, "dataFormat": "channelsFirst"}, FIRST),
    ("depthwiseConv2d", {"kernelSize": 2, "depthwiseRegularizer": "l1l2"}, IMAGES),
    ("depthwiseConv2d", {"kernelSize": 2, "dilationRate": 2}, IMAGES),
    ("separableConv2d", {"kernelSize": 3, "depthMultiplier": 2}, IMAGES),
    ("separableConv2d", {"kernelSize": 3, "strides": 2, "padding": "same"}, IMAGES),
    ("separableConv2d", {"kernelSize": 2, "depthwiseRegularizer": "l1l2",
                         "pointwiseRegularizer": "l1l2"}, IMAGES),
    ("separableConv2d", {"kernelSize": 2, "useBias": False, "dataFormat": "channelsFirst"}, FIRST),
]  # fmt: skip


@pytest.mark.parametrize("more", [{}, {"activation": "tanh", "biasRegularizer": "l1l2"}], ids=str)
@pytest.mark.parametrize(("name", "options", "x"), TRAINED, ids=lambda part: str(part)[:60])
def test_training(
    node: NodeSession, name: str, options: dict[str, Any], x: np.ndarray, more: dict[str, Any]
) -> None:
    assert_same_training(node, name, _of(name, {**options, **more}), x, rate=0.002)


def test_a_dilated_layer_trains_here_and_not_in_tfjs(node: NodeSession) -> None:
    options = {"filters": 2, "kernelSize": 2, "dilationRate": 2}
    with pytest.raises(TfjsError, match="dilation rates greater than 1"):
        assert_same_training(node, "separableConv2d", options, IMAGES)
    _, losses = trained("separableConv2d", options, IMAGES)
    assert losses[-1] < losses[0]


@pytest.mark.parametrize("activation", ["linear", "softmax"])
def test_the_bias_of_channels_first_is_of_channels(node: NodeSession, activation: str) -> None:
    options = {"filters": 4, "kernelSize": 2, "dataFormat": "channelsFirst"}
    options |= {"activation": activation, "inputShape": [2, 7, 4]}
    with pytest.raises(TfjsError, match="broadcast"):  # tf.js adds it along the height, of 6
        assert_same_layer(node, "separableConv2d", options, FIRST)
    first = tf.sequential(layers=[tf.layers.separableConv2d(options)])
    last = options | {"dataFormat": "channelsLast", "inputShape": [7, 4, 2]}
    other = tf.sequential(layers=[tf.layers.separableConv2d(last)])
    weights = [RNG.normal(size=w.shape).astype(np.float32) for w in first.getWeights()]
    first.setWeights(weights)
    other.setWeights(weights)
    expected = other.predict(FIRST.transpose(0, 2, 3, 1)).numpy().transpose(0, 3, 1, 2)
    np.testing.assert_allclose(first.predict(FIRST).numpy(), expected, rtol=1e-4, atol=1e-6)


WEIGHTS = """
    const layer = tf.layers[args.name](args.options);
    tf.sequential({layers: [layer]});
    return [layer.weights.map(w => w.name.split('/')[1]), layer.getWeights()];
"""


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("depthwiseConv2d", {}),
        ("depthwiseConv2d", {"kernelInitializer": "ones"}),
        ("depthwiseConv2d", {"depthwiseInitializer": "ones"}),
        ("separableConv2d", {}),
        ("separableConv2d", {"pointwiseInitializer": "zeros"}),
        ("separableConv2d", {"depthwiseInitializer": "ones", "pointwiseInitializer": "zeros"}),
        ("separableConv2d", {"biasInitializer": "ones"}),
    ],
)
def test_weights_begin_as_in_tfjs(node: NodeSession, name: str, more: dict[str, Any]) -> None:
    options = {"kernelSize": 3, "depthMultiplier": 4, "inputShape": [5, 5, 60], **more}
    options = {"filters": 60, **_of(name, options)} if name == "separableConv2d" else options
    names, theirs = node.evaluate(WEIGHTS, name=name, options=options)
    layer = getattr(tf.layers, name)(options)
    tf.sequential(layers=[layer])
    ours = [w.numpy() for w in layer.getWeights()]
    if name == "separableConv2d":
        assert [w.name for w in layer.keras.weights] == names
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.shape == other.shape
        np.testing.assert_allclose(mine.mean(), other.mean(), atol=0.01)
        np.testing.assert_allclose(mine.std(), other.std(), rtol=0.1, atol=1e-7)


#: Both refuse them, at once or when the layer is called.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("depthwiseConv2d", {"kernelSize": [3]}, "kernelSize must be"),
    ("depthwiseConv2d", {"kernelSize": 3, "padding": "full"}, "Unknown padding"),
    ("depthwiseConv2d", {"kernelSize": 3, "dilationRate": [1]}, "dilationRate must be"),
    ("depthwiseConv2d", {"kernelSize": 3, "depthwiseInitializer": "x"}, "Unknown initializer 'x'"),
    ("depthwiseConv2d", {"depthMultiplier": 3}, "'kernelSize' is missing"),
    ("separableConv2d", {"kernelSize": 3, "kernelInitializer": "zeros"}, "are invalid"),
    ("separableConv2d", {"kernelSize": 3, "kernelRegularizer": "l1l2"}, "are invalid"),
    ("separableConv2d", {"kernelSize": 3, "kernelConstraint": "nonNeg"}, "are invalid"),
    ("separableConv2d", {"kernelSize": 3, "padding": "causal"}, "Unknown padding 'causal'"),
    ("separableConv2d", {"kernelSize": 3, "dilationRate": 2, "strides": 2}, "must be 1"),
    ("separableConv2d", {"kernelSize": 3, "filters": 0}, "filters must be a positive integer"),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED, ids=lambda part: str(part)[:60])
def test_wrong_options_are_refused(
    node: NodeSession, name: str, options: dict[str, Any], said: str
) -> None:
    options = _of(name, {"inputShape": [7, 6, 3], **options})
    body = """
        tf.sequential({layers: [tf.layers[args.name](args.options)]}).predict(args.x).dataSync();
    """
    with pytest.raises(TfjsError):
        node.evaluate(body, name=name, options=options, x=IMAGES)
    with pytest.raises((ValueError, TypeError)) as caught:
        getattr(tf.layers, name)(options)
    assert said in str(caught.value)
