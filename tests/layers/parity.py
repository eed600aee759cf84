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
