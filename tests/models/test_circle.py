"""Points inside and outside of a circle."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import tfjsbridge as tf
from models import circle
from tests.models.loaded import card, page, predictions


@pytest.mark.slow
def test_keeps_its_promises(run_script) -> None:
    assert run_script("circle").missed == []


def test_the_data_is_as_said() -> None:
    xs, ys = circle.data()
    assert xs.shape == (200, 2)
    np.testing.assert_array_equal(ys[:, 0], (xs**2).sum(axis=1) < 0.5)


@pytest.mark.slow
def test_three_lines_close_around_the_circle(run_script, outputs: Path) -> None:
    """All that the exported model calls inside is near: no place at the edge of a wide square."""
    run_script("circle")
    side = np.linspace(-6, 6, 241)
    plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)
    inside = predictions(outputs, "circle", plane)[:, 0] > 0.5
    assert inside.any()
    assert np.linalg.norm(plane[inside], axis=1).max() < 2


@pytest.mark.slow
def test_the_page_has_every_width(run_script, outputs: Path) -> None:
    run_script("circle")
    found = page(outputs, "circle")
    for width in circle.WIDTHS:
        assert f"Boundary, {width} hidden neuron" in found
        assert f"Probability, {width} hidden neuron" in found
    assert card(outputs, "circle")["kind"] == "plane"


def test_the_lines_are_where_hidden_neurons_say_half() -> None:
    from plotly.graph_objects import Figure

    tf.setRandomSeed(1)
    model = circle.build()
    kernel, bias = (np.asarray(weight) for weight in model.getWeights()[:2])
    bias += np.array([0.1, -0.2, 0.3], dtype=np.float32)
    model.layers[0].setWeights([tf.tensor(kernel), tf.tensor(bias)])
    lines = circle.with_lines(Figure(), model).data
    assert len(lines) == 3
    for number, line in enumerate(lines):
        sums = np.stack([line.x, line.y], axis=1) @ kernel[:, number] + bias[number]
        np.testing.assert_allclose(sums, 0, atol=1e-5)


def test_what_is_called_inside_is_a_share() -> None:
    model = tf.sequential(layers=[tf.layers.dense(inputShape=[2], units=1, activation="sigmoid")])
    model.setWeights([tf.tensor2d([[1.0], [0.0]]), tf.tensor1d([0.0])])  # inside: x1 > 0
    assert circle.called_inside(model, 5) == pytest.approx(0.5, abs=0.002)
