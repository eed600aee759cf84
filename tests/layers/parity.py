"""The same layer with the same weights in tf.js and here."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

LAYER = """
    const layer = tf.layers[args.name](args.options);
    const model = tf.sequential({layers: [layer]});
    layer.setWeights(args.weights);
    return {
        y: model.predict(args.x),
        shapes: layer.getWeights().map(w => w.shape),
        outputShape: layer.outputShape,
        parameters: layer.countParams(),
        className: layer.getClassName(),
    };
"""


def random_weights(layer: tf.layers.Layer, seed: int = 0) -> list[np.ndarray]:
    """Values for a built layer's weights."""
    rng = np.random.default_rng(seed)
    return [rng.normal(0, 0.5, w.shape).astype(np.float32) for w in layer.getWeights()]


def assert_same_layer(
    node: NodeSession, name: str, options: dict[str, Any], x: np.ndarray, rtol: float = 1e-5
) -> None:
    """`tf.layers.<name>(options)` gives the same values, shapes and order of weights."""
    options = {"inputShape": list(x.shape[1:]), **options}
    layer = getattr(tf.layers, name)(options)
    model = tf.sequential(layers=[layer])
    weights = random_weights(layer)
    theirs = node.evaluate(LAYER, name=name, options=options, weights=weights, x=x)
    layer.setWeights(weights)
    assert [w.shape for w in layer.getWeights()] == theirs["shapes"]
    assert layer.outputShape == theirs["outputShape"]
    assert layer.countParams() == theirs["parameters"]
    assert layer.getClassName() == theirs["className"]
    np.testing.assert_allclose(model.predict(x).numpy(), theirs["y"], rtol=rtol, atol=1e-6)


TRAINING = """
    const model = tf.sequential({layers: [tf.layers[args.name](args.options)]});
    if (model.outputs[0].rank > 2) model.add(tf.layers.flatten());
    model.add(tf.layers.dense({units: 1}));
    model.setWeights(args.weights);
    model.compile({optimizer: tf.train.sgd(args.rate), loss: 'meanSquaredError'});
    const {history} = await model.fit(
        args.x, args.y, {epochs: args.epochs, batchSize: 4, shuffle: false, verbose: 0});
    return {loss: history.loss, weights: model.getWeights()};
"""


def assert_same_training(
    node: NodeSession,
    name: str,
    options: dict[str, Any],
    x: np.ndarray,
    epochs: int = 10,
    rate: float = 0.02,
) -> None:
    """The layer before a dense one: the same losses and weights while both are trained."""
    options = {"inputShape": list(x.shape[1:]), **options}
    layer = getattr(tf.layers, name)(options)
    model = tf.sequential(layers=[layer])
    if model.outputs[0].rank > 2:
        model.add(tf.layers.flatten())
    model.add(tf.layers.dense(units=1))
    rng = np.random.default_rng(1)
    weights = [
        # Variances are positive.
        np.abs(rng.normal(0, 0.5, w.shape)).astype(np.float32)
        for w in model.getWeights()
    ]
    y = rng.normal(size=(len(x), 1)).astype(np.float32)
    theirs = node.evaluate(
        TRAINING, name=name, options=options, weights=weights, x=x, y=y, epochs=epochs, rate=rate
    )
    model.setWeights(weights)
    model.compile(optimizer=tf.train.sgd(rate), loss="meanSquaredError")
    history = model.fit(x, y, epochs=epochs, batchSize=4, shuffle=False, verbose=0, jit=False)
    np.testing.assert_allclose(history.history["loss"], theirs["loss"], rtol=1e-4)
    for ours, other in zip(model.getWeights(), theirs["weights"], strict=True):
        np.testing.assert_allclose(ours.numpy(), other, rtol=1e-3, atol=1e-5)
