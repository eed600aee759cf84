"""The chain rule by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

import tfjsbridge as tf
from models import backpropagation


@pytest.fixture(scope="module")
def by_hand() -> list[tuple[np.ndarray, np.ndarray]]:
    xs, ys = backpropagation.data()
    layers = backpropagation.build()
    pairs = backpropagation.backward(backpropagation.forward(xs, layers), ys, layers)
    return [(kernel.tensor.numpy(), bias.tensor.numpy()) for kernel, bias in pairs]


def test_keeps_its_promises(run_script) -> None:
    assert run_script("backpropagation").missed == []


def test_each_gradient_has_the_shape_of_its_weights(by_hand) -> None:
    shapes = [(kernel.shape, bias.shape) for kernel, bias in by_hand]
    assert shapes == [((2, 4), (4,)), ((4, 3), (3,)), ((3, 1), (1,))]


def test_the_gradients_are_slopes_of_the_loss(by_hand) -> None:
    """Of every weight by a finite difference, in float64."""
    xs, ys = (tensor.tensor.numpy().astype(float) for tensor in backpropagation.data())
    weights = [w.tensor.numpy().astype(float) for pair in backpropagation.build() for w in pair]

    def loss() -> float:
        a = xs
        for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
            a = 1 / (1 + np.exp(-(a @ kernel + bias)))
        return float(((a - ys) ** 2).mean())

    for weight, gradient in zip(weights, [g for pair in by_hand for g in pair], strict=True):
        for place in np.ndindex(weight.shape):
            kept = weight[place]
            weight[place] = kept + 1e-5
            above = loss()
            weight[place] = kept - 1e-5
            below = loss()
            weight[place] = kept
            assert gradient[place] == pytest.approx((above - below) / 2e-5, rel=1e-4, abs=1e-7)


def test_a_step_of_fit_goes_along_them(by_hand) -> None:
    """A model of the same weights takes the step that tf.train.sgd makes of these gradients."""
    xs, ys = backpropagation.data()
    layers = backpropagation.build()
    model = tf.sequential()
    for i, units in enumerate(backpropagation.SIZES[1:]):
        shape = {"inputShape": [2]} if i == 0 else {}
        model.add(tf.layers.dense(units=units, activation="sigmoid", **shape))
    model.setWeights([weight for pair in layers for weight in pair])
    model.compile(optimizer=tf.train.sgd(0.5), loss="meanSquaredError")
    model.fit(xs, ys, epochs=1, batchSize=50, verbose=0)
    before = [weight.tensor.numpy() for pair in layers for weight in pair]
    gradients = [gradient for pair in by_hand for gradient in pair]
    for now, then, gradient in zip(model.getWeights(), before, gradients, strict=True):
        np.testing.assert_allclose(now.tensor.numpy(), then - 0.5 * gradient, atol=1e-6)


def test_one_neuron() -> None:
    values, derivatives, difference = backpropagation.neuron()
    a = 1 / (1 + math.exp(-(0.8 * 1.5 - 0.4)))
    assert values["loss"] == pytest.approx(a**2, rel=1e-6)
    assert derivatives["w"] == pytest.approx(2 * a * a * (1 - a) * 1.5, rel=1e-6)
    assert difference < 1e-6
