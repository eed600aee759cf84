"""Layers, losses and metrics of one's own may ask how many examples a batch has, as in tf.js."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tfjsbridge.verify import NodeSession

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 3)).astype(np.float32)
Y = RNG.normal(size=(10, 2)).astype(np.float32)


class Positions(tf.layers.Layer):
    """Adds to each example its number in the batch."""

    className = "Positions"

    def call(self, inputs: Any, kwargs: Any) -> Any:
        x = inputs[0]
        return x.add(tf.range(0, x.shape[0]).div(x.shape[0]).expandDims(1))


def loss(yTrue: Any, yPred: Any) -> Any:
    return yTrue.sub(yPred).square().sum().div(yTrue.shape[0])


def largest(yTrue: Any, yPred: Any) -> Any:
    return yPred.max().mul(yPred.shape[0])


JAVASCRIPT = """
    const {x, y, weights} = args;
    class Positions extends tf.layers.Layer {
        static className = 'Positions';
        call(inputs) {
            const x = inputs[0];
            return x.add(tf.range(0, x.shape[0]).div(x.shape[0]).expandDims(1));
        }
    }
    const loss = (yTrue, yPred) => yTrue.sub(yPred).square().sum().div(yTrue.shape[0]);
    const largest = (yTrue, yPred) => yPred.max().mul(yPred.shape[0]);
    const model = tf.sequential({layers: [
        new Positions({inputShape: [3]}), tf.layers.dense({units: 2})]});
    model.setWeights(weights);
    model.compile({optimizer: tf.train.sgd(0.05), loss, metrics: [largest]});
    const options = {epochs: 3, batchSize: 4, shuffle: false, verbose: 0};
    const {history} = await model.fit(x, y, {...options, validationData: [x, y]});
    const batches = tf.data.zip({
        xs: tf.data.array(x.arraySync()), ys: tf.data.array(y.arraySync())}).batch(4);
    const streamed = await model.fitDataset(batches, {epochs: 2, verbose: 0});
    const [value, metric] = model.evaluate(x, y, {batchSize: 4});
    return {
        history, streamed: streamed.history,
        evaluated: [value.dataSync()[0], metric.dataSync()[0]],
        one: await model.trainOnBatch(x, y),
        predicted: model.predict(x, {batchSize: 4}), again: model.predict(x),
    };
"""


def test_the_number_of_examples_is_known(node: NodeSession) -> None:
    model = tf.sequential(
        {"layers": [Positions({"inputShape": [3]}), tf.layers.dense({"units": 2})]}
    )
    weights = [weight.numpy() for weight in model.getWeights()]
    theirs = node.evaluate(JAVASCRIPT, x=X, y=Y, weights=weights)
    model.compile({"optimizer": tf.train.sgd(0.05), "loss": loss, "metrics": [largest]})
    options = {"epochs": 3, "batchSize": 4, "shuffle": False, "verbose": 0}
    before = tf.memory()["numTensors"]
    history = model.fit(X, Y, {**options, "validationData": [X, Y]}).history
    assert tf.memory()["numTensors"] == before
    assert list(history) == list(theirs["history"])
    for name, values in theirs["history"].items():
        np.testing.assert_allclose(history[name], values, rtol=1e-4, err_msg=name)
    batches = tf.data.zip({"xs": tf.data.array(X.tolist()), "ys": tf.data.array(Y.tolist())}).batch(
        4
    )
    streamed = model.fitDataset(batches, {"epochs": 2, "verbose": 0}).history
    for name, values in theirs["streamed"].items():
        np.testing.assert_allclose(streamed[name], values, rtol=1e-4, err_msg=name)
    evaluated = model.evaluate(X, Y, {"batchSize": 4})
    np.testing.assert_allclose([float(v) for v in evaluated], theirs["evaluated"], rtol=1e-4)
    np.testing.assert_allclose(model.trainOnBatch(X, Y), theirs["one"], rtol=1e-4)
    predicted = model.predict(X, {"batchSize": 4}).numpy()
    np.testing.assert_allclose(predicted, theirs["predicted"], rtol=1e-4, atol=1e-5)
    again = model.predict(X).numpy()
    np.testing.assert_allclose(again, theirs["again"], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("jit", [False, True])
def test_with_xla_too(jit: bool) -> None:
    losses = []
    for each in (False, jit):
        model = tf.sequential({"layers": [Positions({"inputShape": [3]})]})
        model.add(tf.layers.dense({"units": 2, "kernelInitializer": "Ones"}))
        model.compile({"optimizer": "sgd", "loss": loss})
        options = {"epochs": 3, "batchSize": 4, "shuffle": False, "verbose": 0, "jit": each}
        losses.append(model.fit(X, Y, options).history["loss"])
    np.testing.assert_allclose(*losses, rtol=1e-5)


@pytest.mark.parametrize("kind", ["initializer", "regularizer", "constraint"])
def test_what_getconfig_says_can_be_given(node: NodeSession, kind: str) -> None:
    options = {
        "initializer": {"kernelInitializer": "VarianceScaling"},
        "regularizer": {"kernelRegularizer": "L1L2"},
        "constraint": {"kernelConstraint": "MaxNorm"},
    }[kind]
    body = """
        const first = tf.layers.dense({units: 2, inputShape: [3], ...args.options});
        tf.sequential({layers: [first]});
        const second = tf.layers.dense(first.getConfig()).getConfig();
        return JSON.parse(JSON.stringify(second, (key, value) =>
            key === 'customObjects' ? undefined : value ?? null))[args.name];
    """
    [name] = options
    theirs = node.evaluate(body, options=options, name=name)
    first = tf.layers.dense({"units": 2, "inputShape": [3], **options})
    tf.sequential({"layers": [first]})
    second = tf.layers.dense(first.getConfig())
    tf.sequential({"layers": [second]})
    assert second.getConfig()[name] == theirs
    with pytest.raises(ValueError, match=f"Unknown {kind} 'Foo'"):
        tf.layers.dense({"units": 2, name: {"className": "Foo", "config": {}}})
