"""Layers that are one Keras layer each: activations, merging, noise, normalization, shapes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.layers.parity import assert_same_layer, assert_same_training
from tests.tfjs.differences import LAYER_FAULTS
from tfjsbridge.verify import NodeSession, TfjsError

RNG = np.random.default_rng(0)
ROWS = RNG.normal(0, 2, (8, 6)).astype(np.float32)
SERIES = RNG.normal(0, 2, (8, 5, 3)).astype(np.float32)
IMAGES = RNG.normal(0, 2, (8, 4, 3, 2)).astype(np.float32)
WORDS = RNG.integers(0, 7, (8, 5)).astype(np.float32)

CASES: list[tuple[str, dict[str, Any], np.ndarray]] = [
    ("reLU", {}, ROWS),
    ("reLU", {"maxValue": 1.5}, SERIES),
    ("leakyReLU", {}, ROWS),
    ("leakyReLU", {"alpha": 0.1}, IMAGES),
    ("elu", {}, ROWS),
    ("thresholdedReLU", {}, ROWS),
    ("thresholdedReLU", {"theta": 0.5}, SERIES),
    ("softmax", {}, ROWS),
    ("softmax", {"axis": -1}, SERIES),
    ("prelu", {}, ROWS),
    ("prelu", {"sharedAxes": [1, 2]}, IMAGES),
    ("prelu", {"sharedAxes": 1, "alphaInitializer": "ones"}, SERIES),
    ("batchNormalization", {}, ROWS),
    ("batchNormalization", {"scale": False, "epsilon": 0.01}, SERIES),
    ("batchNormalization", {"center": False, "momentum": 0.5}, IMAGES),
    ("layerNormalization", {}, ROWS),
    ("layerNormalization", {"center": False, "epsilon": 0.1}, SERIES),
    ("layerNormalization", {"axis": [1, 2]}, SERIES),
    ("gaussianNoise", {"stddev": 0.5}, ROWS),
    ("gaussianDropout", {"rate": 0.5}, ROWS),
    ("alphaDropout", {"rate": 0.5}, ROWS),
    ("spatialDropout1d", {"rate": 0.5}, SERIES),
    ("reshape", {"targetShape": [2, 3]}, ROWS),
    ("permute", {"dims": [2, 1]}, SERIES),
    ("permute", {"dims": [3, 1, 2]}, IMAGES),
    ("repeatVector", {"n": 3}, ROWS),
    ("masking", {}, SERIES),
    ("masking", {"maskValue": 1.5}, SERIES),
    ("embedding", {"inputDim": 7, "outputDim": 3}, WORDS),
    ("embedding", {"inputDim": 7, "outputDim": 3, "maskZero": True, "inputLength": 5}, WORDS),
]
IDS = [f"{name} {options}" for name, options, _ in CASES]
#: What is random in training, and masks, which a dense layer cannot follow.
NOT_TRAINED = (
    "gaussianNoise", "gaussianDropout", "alphaDropout", "spatialDropout1d", "masking",
)  # fmt: skip
#: Options with which tf.js fails in training: its optimizers want the weight that is not there.
BROKEN = {"scale", "center", "maskZero"}


@pytest.mark.parametrize(("name", "options", "x"), CASES, ids=IDS)
def test_predictions(node: NodeSession, name: str, options: dict[str, Any], x: np.ndarray) -> None:
    assert_same_layer(node, name, options, x)


@pytest.mark.parametrize(
    ("name", "options", "x"),
    [c for c in CASES if c[0] not in NOT_TRAINED and not BROKEN & set(c[1])],
)
def test_training(node: NodeSession, name: str, options: dict[str, Any], x: np.ndarray) -> None:
    assert_same_training(node, name, options, x)


@pytest.mark.parametrize(
    ("name", "options"),
    [("batchNormalization", {"scale": False}), ("layerNormalization", {"center": False})],
)
def test_normalization_without_a_weight_trains_here_and_not_in_tfjs(
    node: NodeSession, name: str, options: dict[str, Any]
) -> None:
    assert "normalization without a weight" in LAYER_FAULTS
    with pytest.raises(TfjsError, match="Cannot read properties of undefined"):
        assert_same_training(node, name, options, SERIES)
    model = tf.sequential(layers=[getattr(tf.layers, name)({"inputShape": [5, 3], **options})])
    model.compile(optimizer="sgd", loss="meanSquaredError")
    before = model.evaluate(SERIES, SERIES / 2)
    model.fit(SERIES, SERIES / 2, epochs=5, verbose=0)
    assert float(model.evaluate(SERIES, SERIES / 2)) < float(before)


@pytest.mark.parametrize("target", [[-1], [3, None], [2, -1, 3]])
def test_reshape_finds_the_size_that_is_left(node: NodeSession, target: Any) -> None:
    # tf.js finds it too, but its layer's outputShape says null.
    model = tf.sequential(layers=[tf.layers.reshape(inputShape=[4, 3, 2], targetShape=target)])
    theirs = node.evaluate(
        "return tf.layers.reshape({targetShape: args.target}).apply(args.x)",
        target=target,
        x=IMAGES,
    )
    assert model.outputShape == [None, *theirs.shape[1:]]
    np.testing.assert_array_equal(model.predict(IMAGES).numpy(), theirs)


MERGED: list[tuple[str, dict[str, Any]]] = [
    ("add", {}),
    ("multiply", {}),
    ("average", {}),
    ("maximum", {}),
    ("minimum", {}),
    ("concatenate", {}),
    ("concatenate", {"axis": 1}),
]
MERGE = """
    const layer = tf.layers[args.name](args.options);
    const inputs = args.xs.map(x => tf.input({shape: x.shape.slice(1)}));
    const model = tf.model({inputs, outputs: layer.apply(inputs)});
    return {y: model.predict(args.xs), shape: model.outputs[0].shape};
"""


def assert_same_merge(
    node: NodeSession, name: str, options: dict[str, Any], xs: list[np.ndarray]
) -> None:
    theirs = node.evaluate(MERGE, name=name, options=options, xs=xs)
    inputs = [tf.input(shape=x.shape[1:]) for x in xs]
    output = getattr(tf.layers, name)(options).apply(inputs)
    model = tf.model(inputs=inputs, outputs=output)
    assert output.shape == theirs["shape"]
    np.testing.assert_allclose(model.predict(xs).numpy(), theirs["y"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "options"), MERGED)
def test_merging(node: NodeSession, name: str, options: dict[str, Any]) -> None:
    assert_same_merge(node, name, options, [SERIES, -2 * SERIES])
    assert_same_merge(node, name, options, [ROWS, ROWS / 3, ROWS**2])
    assert_same_merge(node, name, options, [IMAGES, 1 - IMAGES])


@pytest.mark.parametrize(
    ("options", "xs"),
    [
        ({"axes": 1}, [ROWS, ROWS**2]),
        ({"axes": -1}, [ROWS, ROWS**2]),
        ({"axes": 1, "normalize": True}, [ROWS, ROWS**2]),
        ({"axes": [2, 2]}, [SERIES, SERIES**2]),
        ({"axes": [1, 1]}, [SERIES, SERIES**2]),
        ({"axes": [2, 1], "normalize": True}, [SERIES, SERIES.transpose(0, 2, 1).copy()]),
    ],
)
def test_dot(node: NodeSession, options: dict[str, Any], xs: list[np.ndarray]) -> None:
    assert_same_merge(node, "dot", options, xs)


CONFIG = "return tf.layers[args.name](args.options).getConfig()"


def test_the_axis_of_softmax_is_1(node: NodeSession) -> None:
    assert node.evaluate(CONFIG, name="softmax", options={})["axis"] == 1
    assert tf.layers.softmax().keras.axis == 1


@pytest.mark.parametrize(
    ("name", "options", "words"),
    [
        ("elu", {"alpha": 2}, "alpha"),
        ("permute", {"dims": [1, 3]}, "consecutive"),
        ("embedding", {"inputDim": 0, "outputDim": 2}, "inputDim"),
        ("embedding", {"inputDim": 2, "outputDim": 1.5}, "outputDim"),
    ],
)
def test_wrong_options_are_refused(
    node: NodeSession, name: str, options: dict[str, Any], words: str
) -> None:
    with pytest.raises(TfjsError):
        node.evaluate(CONFIG, name=name, options=options)
    with pytest.raises(ValueError, match=words):
        getattr(tf.layers, name)(options)
