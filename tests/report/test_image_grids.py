"""Pictures side by side, and filters."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from tests.report.models import plane
from tfjsbridge import report

RNG = np.random.default_rng(0)


def network() -> tf.Sequential:
    made = tf.sequential()
    made.add(tf.layers.conv2d(inputShape=[8, 8, 1], filters=5, kernelSize=3, name="first"))
    made.add(tf.layers.conv2d(filters=2, kernelSize=[2, 3], name="second"))
    made.add(tf.layers.flatten())
    return made


@pytest.mark.parametrize("shape", [(3, 4, 5), (3, 4, 5, 1)])
def test_pictures_of_one_channel(shape: tuple[int, ...]) -> None:
    pictures = RNG.random(shape)
    made = report.images(tf.tensor(pictures), ["a", "b", 3], title="Some")
    assert len(made.data) == 3
    for trace, picture in zip(made.data, pictures, strict=True):
        np.testing.assert_allclose(trace.z, picture.reshape(4, 5), atol=1e-4)
        assert trace.zmin == pytest.approx(pictures.min())
    assert [each.text for each in made.layout.annotations] == ["a", "b", "3"]
    assert made.layout.yaxis.scaleanchor == "x"
    assert made.layout.yaxis3.scaleanchor == "x3"


def test_pictures_in_colour() -> None:
    pictures = RNG.random((2, 3, 3, 3))
    pictures.ravel()[:2] = 0, 1
    made = report.images(pictures)
    np.testing.assert_array_equal(made.data[1].z, np.round(pictures[1] * 255))


def test_only_the_first_are_shown() -> None:
    made = report.images(np.zeros((70, 2, 2)), list(range(70)), columns=10)
    assert len(made.data) == 64
    assert made.layout.annotations[-1].text == "63"


def test_the_filters() -> None:
    model = network()
    first, second = (np.asarray(layer.getWeights()[0]) for layer in model.layers[:2])
    made = report.filters(model)
    assert [each.text for each in made.layout.annotations] == ["0", "1", "2", "3", "4"]
    for number, trace in enumerate(made.data):
        np.testing.assert_allclose(trace.z, first[:, :, 0, number], atol=1e-4)
        assert trace.zmax == -trace.zmin == pytest.approx(np.abs(first).max())
    for layer in ("second", 1, model.layers[1]):
        found = report.filters(model, layer)
        assert len(found.data) == 10
        assert found.layout.annotations[7].text == "1, 2"
        np.testing.assert_allclose(found.data[7].z, second[:, :, 2, 1], atol=1e-4)
    assert len(report.filters(model.keras, model.keras.layers[1]).data) == 10


def test_what_does_not_fit() -> None:
    for pictures in (np.ones((2, 2)), np.ones((2, 3, 3, 2))):
        with pytest.raises(ValueError, match=r"images must be \[pictures, height, width\]"):
            report.images(pictures)
    with pytest.raises(ValueError, match="there are no pictures"):
        report.images(np.ones((0, 3, 3)))
    with pytest.raises(ValueError, match="2 pictures, but 1 titles"):
        report.images(np.ones((2, 3, 3)), ["a"])
    with pytest.raises(ValueError, match="columns must be a positive number, got 0"):
        report.images(np.ones((2, 3, 3)), columns=0)
    with pytest.raises(ValueError, match="the model has no conv2d layer"):
        report.filters(plane())
    for layer in ("third", 2, 9):
        with pytest.raises(ValueError, match=f"{layer!r} is no conv2d layer.*first, second"):
            report.filters(network(), layer)
