"""Four optimizers: a string and a function are the same, and the same as in tf.js."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from models import optimizers
from tfjsbridge.verify import NodeSession

IN_TFJS = """
    const model = tf.sequential({layers: [tf.layers.dense({
        inputShape: [1], units: 1,
        weights: [tf.tensor2d([[args.start[0]]]), tf.tensor1d([args.start[1]])]})]});
    const optimizer = args.name === 'momentum' ? tf.train.momentum(0.01, 0.9) : args.name;
    model.compile({optimizer, loss: 'meanSquaredError'});
    await model.fit(tf.tensor2d(args.xs), tf.tensor2d(args.ys), {
        epochs: 50, batchSize: args.xs.length, shuffle: false, verbose: 0});
    return model.getWeights().map(w => w.dataSync()[0]);
"""


@pytest.mark.slow
def test_keeps_its_promises(run_script) -> None:
    assert run_script("optimizers").missed == []


@pytest.mark.parametrize("name", optimizers.FUNCTIONS)
def test_string_and_function_go_as_in_tfjs(name: str, node: NodeSession) -> None:
    xs, ys = optimizers.data()
    expected = node.evaluate(
        IN_TFJS, name=name, start=optimizers.START, xs=xs.tolist(), ys=ys.tolist()
    )
    assert np.abs(np.subtract(expected, optimizers.START)).min() > 0.02  # it has gone some way
    for optimizer in (name, optimizers.FUNCTIONS[name]()):
        model = optimizers.build(optimizer)
        model.fit(xs, ys, epochs=50, batchSize=len(xs), shuffle=False, verbose=0)
        found = [weight.dataSync()[0] for weight in model.getWeights()]
        np.testing.assert_allclose(found, expected, atol=1e-5)


def test_moment_is_momentum() -> None:
    moment, momentum = tf.train.moment(0.01, 0.9), tf.train.momentum(0.01, 0.9)
    assert moment.getConfig() == momentum.getConfig()
    assert moment.getClassName() == momentum.getClassName()


def test_the_loss_is_a_valley() -> None:
    xs, _ = optimizers.data()
    columns = np.hstack([xs, np.ones_like(xs)])
    low, high = np.linalg.eigvalsh(columns.T @ columns)
    assert high > 10 * low


@pytest.mark.slow
def test_the_picture_shows_four_paths_and_four_curves(run_script) -> None:
    html = run_script("optimizers").page.read_text("utf-8")
    for name in optimizers.FUNCTIONS:
        assert html.count(f'"name":"{name}"') == 2
