"""Gates: what one line can do, and what takes two layers."""

from __future__ import annotations

import json

import numpy as np
import pytest

import tfjsbridge as tf
from models import exported
from models.perceptron_gates import GATES, INPUTS, Perceptron, build, data, try_lines


def test_keeps_its_promises(run_script) -> None:
    assert run_script("perceptron_gates").missed == []


@pytest.mark.parametrize("gate", ["AND", "OR", "NAND"])
def test_a_perceptron_learns_a_gate(gate: str) -> None:
    perceptron = Perceptron()
    perceptron.learn(GATES[gate])
    w1, w2, b = *perceptron.weights.flatten().arraySync(), *perceptron.bias.arraySync()
    assert [int(w1 * x1 + w2 * x2 + b > 0) for x1, x2 in INPUTS] == GATES[gate]
    assert perceptron(INPUTS).flatten().arraySync() == GATES[gate]


def test_a_perceptron_does_not_learn_xor() -> None:
    perceptron = Perceptron()
    perceptron.learn(GATES["XOR"], rounds=50)
    assert perceptron(INPUTS).flatten().arraySync() != GATES["XOR"]


def test_a_line_has_at_most_three_of_xor_and_some_line_has_three() -> None:
    weights, biases, tried = (tensor.tensor.numpy() for tensor in try_lines())
    np.testing.assert_array_equal(tried, np.array(INPUTS) @ weights + biases > 0)
    right = (tried == np.array(GATES["XOR"])[:, np.newaxis]).mean(axis=0)
    assert right.max() == 0.75
    # The two truth tables that are missing are XOR and its opposite.
    tables = {tuple(int(answer) for answer in column) for column in tried.T}
    every = {tuple(int(digit) for digit in f"{n:04b}") for n in range(16)}
    assert every - tables == {(0, 1, 1, 0), (1, 0, 0, 1)}


def test_a_layer_more_is_what_xor_takes() -> None:
    """A network of the script's kind without its hidden layer does not get there."""
    tf.setRandomSeed(1)
    xs, ys = data()
    model = tf.sequential()
    model.add(tf.layers.dense(inputShape=[2], units=1, activation="sigmoid"))
    model.compile(optimizer=tf.train.adam(0.1), loss="binaryCrossentropy", metrics=["accuracy"])
    model.fit(xs, ys, epochs=300, batchSize=4, verbose=0)
    assert ((np.asarray(model.predict(xs)) > 0.5) == ys).mean() <= 0.75


@pytest.mark.slow
def test_the_network_does_not_need_luck() -> None:
    xs, ys = data()
    for seed in range(4):
        tf.setRandomSeed(seed)
        model = build()
        model.fit(xs, ys, epochs=300, batchSize=4, verbose=0)
        assert ((np.asarray(model.predict(xs)) > 0.5) == ys).all(), seed


def test_the_network_is_exported_for_the_gallery(run_script, outputs) -> None:
    (made,) = run_script("perceptron_gates").exported
    assert made.name == "xor"
    folder = outputs / "models" / "xor"
    card = json.loads((folder / "card.json").read_text("utf-8"))
    assert card["kind"] == "plane"
    assert card["inputs"] == INPUTS
    predicted = np.asarray(tf.loadLayersModel(folder).predict(np.array(INPUTS, np.float32)))
    np.testing.assert_allclose(predicted, card["predictions"], atol=exported.PREDICTION_TOLERANCE)
    assert (predicted[:, 0] > 0.5).astype(int).tolist() == GATES["XOR"]
