"""Models of layers in layers, said once and built in tf.js and here."""

from __future__ import annotations

from typing import Any

import numpy as np

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

#: Builds what `spec` says; `$half` is a dropout function that is not random.
MAKE = """
    const make = value => {
        if (Array.isArray(value)) return value.map(make);
        if (value === null || typeof value !== 'object') return value;
        if (value.$half) return (x, rate) => x.mul(1 - rate);
        if (value.$regularizer) return tf.regularizers[value.$regularizer](value.of);
        const options = {};
        for (const key in value) if (key !== '$layer') options[key] = make(value[key]);
        return value.$layer ? tf.layers[value.$layer](options) : options;
    };
    const build = () => {
        const input = tf.input(args.input);
        let y = input;
        for (const each of args.layers) y = make(each).apply(y);
        return tf.model({inputs: input, outputs: y});
    };
"""
PREDICT = (
    MAKE
    + """
    const model = build();
    model.setWeights(args.weights);
    const outputs = model.predict(args.x);
    return {
        outputs: Array.isArray(outputs) ? outputs : [outputs],
        declared: model.outputs.map(output => output.shape),
        shapes: model.getWeights().map(w => w.shape),
        classes: model.layers.map(layer => layer.getClassName()),
    };
"""
)
TRAIN = (
    MAKE
    + """
    const model = build();
    model.setWeights(args.weights);
    model.compile({optimizer: tf.train.sgd(args.rate), loss: 'meanSquaredError'});
    const {history} = await model.fit(
        args.x, args.y, {epochs: args.epochs, batchSize: 4, shuffle: false, verbose: 0});
    return {loss: history.loss, weights: model.getWeights()};
"""
)


def spec(name: str, **options: Any) -> dict[str, Any]:
    """A layer of `tf.layers`; its options may hold other specs."""
    return {"$layer": name, **options}


#: The dropout function of both sides: every value times 1 - rate.
HALF = {"$half": True}


def regularizer(name: str, **of: float) -> dict[str, Any]:
    """A regularizer of `tf.regularizers`."""
    return {"$regularizer": name, "of": of}


def make(value: Any) -> Any:
    """What a spec says, here."""
    if isinstance(value, list):
        return [make(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "$half" in value:
        return lambda x, rate: x.mul(1 - rate)
    if "$regularizer" in value:
        return getattr(tf.regularizers, value["$regularizer"])(value["of"])
    options = {key: make(part) for key, part in value.items() if key != "$layer"}
    return getattr(tf.layers, value["$layer"])(options) if "$layer" in value else options


def build(layers: list[Any], shape: tuple[int, ...], batch: int | None = None) -> Any:
    """A model of a chain of specs, and the input that both sides give it."""
    input_ = {"batchShape": [batch, *shape]}
    y: Any = tf.input(input_)
    first = y
    for each in layers:
        y = make(each).apply(y)
    return tf.model(inputs=first, outputs=y), input_


def assert_same_predictions(
    node: NodeSession,
    layers: list[Any],
    x: np.ndarray,
    *,
    batch: int | None = None,
    steps: bool = True,
    rtol: float = 1e-4,
    atol: float = 2e-6,
) -> Any:
    """The same outputs, shapes, order of weights and classes; the model of this side.

    With `steps=False` the number of steps is not known.
    """
    shape = x.shape[1:] if steps else (None, *x.shape[2:])
    model, input_ = build(layers, shape, batch)
    rng = np.random.default_rng(3)
    weights = [rng.normal(0, 0.5, w.shape).astype(np.float32) for w in model.getWeights()]
    theirs = node.evaluate(PREDICT, layers=layers, input=input_, weights=weights, x=x)
    assert [w.shape for w in model.getWeights()] == theirs["shapes"]
    assert [output.shape for output in model.outputs] == theirs["declared"]
    assert [layer.getClassName() for layer in model.layers] == theirs["classes"]
    model.setWeights(weights)
    outputs = model.predict(x)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    for ours, other in zip(outputs, theirs["outputs"], strict=True):
        np.testing.assert_allclose(ours.numpy(), other, rtol=rtol, atol=atol)
    return model


def assert_same_training(
    node: NodeSession,
    layers: list[Any],
    x: np.ndarray,
    *,
    batch: int | None = None,
    epochs: int = 10,
    rate: float = 0.05,
) -> None:
    """The same losses and weights of ten epochs, with a dense layer behind the others."""
    model, _ = build(layers, x.shape[1:], batch)
    flat = [spec("flatten")] if model.outputs[0].rank > 2 else []
    layers = [*layers, *flat, spec("dense", units=1)]
    model, input_ = build(layers, x.shape[1:], batch)
    rng = np.random.default_rng(1)
    weights = [
        # Variances are positive.
        np.abs(rng.normal(0, 0.5, w.shape)).astype(np.float32)
        for w in model.getWeights()
    ]
    y = rng.normal(size=(len(x), 1)).astype(np.float32)
    theirs = node.evaluate(
        TRAIN, layers=layers, input=input_, weights=weights, x=x, y=y, epochs=epochs, rate=rate
    )
    model.setWeights(weights)
    model.compile(optimizer=tf.train.sgd(rate), loss="meanSquaredError")
    history = model.fit(x, y, epochs=epochs, batchSize=4, shuffle=False, verbose=0, jit=False)
    np.testing.assert_allclose(history.history["loss"], theirs["loss"], rtol=1e-4)
    for ours, other in zip(model.getWeights(), theirs["weights"], strict=True):
        np.testing.assert_allclose(ours.numpy(), other, rtol=1e-3, atol=1e-5)
