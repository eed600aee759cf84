"""Activations, and vanishing gradients."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from models import activations
from tfjsbridge.runtime import tensorflow
from tfjsbridge.verify import NodeSession


@pytest.mark.slow
def test_keeps_its_promises(run_script) -> None:
    assert run_script("activations").missed == []


@pytest.mark.parametrize(
    ("name", "javascript"),
    [
        ("sigmoid", "tf.sigmoid"),
        ("tanh", "tf.tanh"),
        ("ReLU", "tf.relu"),
        (
            "softmax of x, 0, 1",
            "x => tf.stack([x, tf.zerosLike(x), tf.onesLike(x)], 1).softmax().slice([0], [-1, 1])",
        ),
    ],
)
def test_the_derivatives_are_tfjs_and_slopes(name: str, javascript: str, node: NodeSession) -> None:
    f, formula = activations.ACTIVATIONS[name]
    x = np.linspace(-3.9, 4.1, 41).astype(np.float32)
    found = tf.grad(f)(tf.tensor1d(x)).tensor.numpy()
    theirs = node.evaluate(f"return tf.grad({javascript})(args.x)", x=x)
    np.testing.assert_allclose(found, theirs, atol=1e-6)
    np.testing.assert_allclose(found, formula(tf.tensor1d(x)).tensor.numpy(), atol=1e-6)
    h = 0.01
    above, below = (f(tf.tensor1d(x + step)).tensor.numpy() for step in (h, -h))
    np.testing.assert_allclose(found, (above - below) / (2 * h), atol=1e-3)


def test_the_norms_are_those_of_tensorflows_tape() -> None:
    tf.setRandomSeed(0)
    model = activations.build("sigmoid")
    norms = activations.gradient_norms(model)
    xs, ys = activations.data()
    kernels = [weight for weight in model.keras.trainable_weights if len(weight.shape) == 2]
    with tensorflow.GradientTape() as tape:
        predictions = model.keras(tensorflow.constant(xs, tensorflow.float32))
        logs = ys * tensorflow.math.log(predictions) + (1 - ys) * tensorflow.math.log(
            1 - predictions
        )
        loss = -tensorflow.reduce_mean(logs)
    gradients = tape.gradient(loss, [kernel.value for kernel in kernels])
    expected = [float(tensorflow.norm(gradient)) for gradient in gradients]
    assert len(norms) == activations.DEPTH + 1
    np.testing.assert_allclose(norms, expected, rtol=1e-3)


def test_the_gradient_vanishes_at_any_start() -> None:
    for seed in range(3):
        tf.setRandomSeed(seed)
        for activation, least, most in (("sigmoid", 0, 1e-5), ("relu", 0.02, 10)):
            norms = activations.gradient_norms(activations.build(activation))
            assert least <= norms[0] / norms[-1] <= most
