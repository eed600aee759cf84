"""conv2d and maxPooling2d, against tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.parity import assert_same_layer
from tfjsbridge.verify import NodeSession, TfjsError

X = np.random.default_rng(0).normal(size=(2, 7, 6, 3)).astype(np.float32)

CONVOLUTIONS: list[dict[str, Any]] = [
    {"kernelSize": 3},
    {"kernelSize": [3, 2], "padding": "same"},
    {"kernelSize": 1, "useBias": False},
    {"kernelSize": 3, "strides": 2},
    {"kernelSize": 3, "strides": [2, 1], "padding": "same"},
    {"kernelSize": 2, "strides": 3, "padding": "same"},
    {"kernelSize": 2, "dilationRate": 2},
    {"kernelSize": [2, 3], "dilationRate": [3, 1], "padding": "same"},
    {"kernelSize": 3, "activation": "relu", "kernelInitializer": "heNormal"},
    {"kernelSize": 3, "activation": "softmax"},
    {"kernelSize": 7, "padding": "same"},
]


@pytest.mark.parametrize("options", CONVOLUTIONS, ids=str)
def test_conv2d(node: NodeSession, options: dict[str, Any]) -> None:
    assert_same_layer(node, "conv2d", {"filters": 4, **options}, X, rtol=1e-4)


POOLINGS: list[dict[str, Any]] = [
    {},
    {"poolSize": 3},
    {"poolSize": [3, 2]},
    {"poolSize": 2, "strides": 1},
    {"poolSize": 3, "strides": [2, 1], "padding": "same"},
    {"poolSize": 2, "padding": "same"},
    {"poolSize": [1, 3], "strides": 2},
]


@pytest.mark.parametrize("name", ["maxPooling2d", "maxPool2d"])
@pytest.mark.parametrize("options", POOLINGS, ids=str)
def test_max_pooling(node: NodeSession, name: str, options: dict[str, Any]) -> None:
    assert_same_layer(node, name, options, X)


#: Both refuse them, at once or when the layer is called.
REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("conv2d", {"filters": 0, "kernelSize": 3}, "filters must be a positive integer, got 0"),
    ("conv2d", {"filters": 2, "kernelSize": [3, 3, 3]}, "kernelSize must be a number or an array"),
    ("conv2d", {"filters": 2, "kernelSize": [3]}, "kernelSize must be a number or an array"),
    ("conv2d", {"filters": 2, "kernelSize": 3, "padding": "full"}, "Unknown padding 'full'"),
    ("conv2d", {"filters": 2, "kernelSize": 3, "dataFormat": "channels_last"}, "'channelsLast'"),
    ("conv2d", {"kernelSize": 3}, "'filters' is missing"),
    ("conv2d", {"filters": 2}, "'kernelSize' is missing"),
    ("maxPooling2d", {"poolSize": 0}, "poolSize must be a positive integer, got 0"),
    ("maxPooling2d", {"padding": "full"}, "Unknown padding 'full'"),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED, ids=lambda part: str(part))
def test_wrong_options_are_refused(
    node: NodeSession, name: str, options: dict[str, Any], said: str
) -> None:
    body = """
        const layer = tf.layers[args.name]({inputShape: [7, 6, 3], ...args.options});
        tf.sequential({layers: [layer]}).predict(args.x).dataSync();
    """
    with pytest.raises(TfjsError):
        node.evaluate(body, name=name, options=options, x=X)
    with pytest.raises((ValueError, TypeError)) as caught:
        getattr(tf.layers, name)(options)
    assert said in str(caught.value)


#: tf.js takes them without a word.
REFUSED_HERE_ONLY: list[tuple[str, dict[str, Any], str]] = [
    ("conv2d", {"filters": 2, "kernelSize": 0}, "kernelSize must be a positive integer, got 0"),
    ("maxPooling2d", {"poolSize": [2, 2, 2]}, "poolSize must be a number or an array"),
]


@pytest.mark.parametrize(("name", "options", "said"), REFUSED_HERE_ONLY, ids=str)
def test_what_only_we_refuse(
    node: NodeSession, name: str, options: dict[str, Any], said: str
) -> None:
    node.evaluate("tf.layers[args.name](args.options)", name=name, options=options)
    with pytest.raises(ValueError, match=said):
        getattr(tf.layers, name)(options)


def test_channels_first_has_tfjss_shapes(node: NodeSession) -> None:
    options = {
        "filters": 4,
        "kernelSize": 3,
        "dataFormat": "channelsFirst",
        "inputShape": [3, 7, 6],
    }
    body = """
        const model = tf.sequential({layers: [tf.layers.conv2d(args)]});
        return [model.outputs[0].shape, model.getWeights().map(w => w.shape)];
    """
    model = tf.sequential(layers=[tf.layers.conv2d(options)])
    shapes = [w.shape for w in model.layers[0].getWeights()]
    assert [model.outputs[0].shape, shapes] == node.evaluate(body, **options)
