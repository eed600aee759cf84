"""How a model parts the plane, against what it predicts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.report.models import PLANE, SIDE, THIRD, plane
from tfjsbridge import report
from tfjsbridge.report import functions


@pytest.fixture(scope="module")
def trained() -> tuple[tf.Sequential, report.Snapshots]:
    model, kept = plane(), report.Snapshots(5)
    model.fit(PLANE, SIDE[:, None], epochs=30, verbose=0, callbacks=[kept])
    return model, kept


@pytest.fixture(scope="module")
def softmax() -> tuple[tf.Sequential, report.Snapshots]:
    model, kept = plane(3), report.Snapshots(4)
    model.fit(PLANE, THIRD[:, None], epochs=30, verbose=0, callbacks=[kept])
    return model, kept


def predicted(model: Any, weights: Any, x: Any, y: Any) -> np.ndarray:
    """The outputs of a model with these weights on a grid, [y, x, outputs]."""
    before = [np.asarray(each).copy() for each in model.getWeights()]
    model.setWeights(weights)
    grid = np.array([[[a, b] for a in x] for b in y])
    outputs = np.asarray(model.predict(grid.reshape(-1, 2)))
    model.setWeights(before)
    return outputs.reshape(len(y), len(x), -1)


DRAW = [report.decision_boundary, report.probability_surface]


@pytest.mark.parametrize("draw", DRAW)
def test_the_heights_are_the_models_predictions(draw: Any, trained: Any) -> None:
    model, kept = trained
    made = draw(model, PLANE, SIDE, kept)
    x, y = made.data[0].x, made.data[0].y
    assert [frame.name for frame in made.frames] == [str(epoch) for epoch in kept.epochs]
    for frame, weights in zip(made.frames, kept.weights, strict=True):
        expected = predicted(model, weights, x, y)[:, :, 0]
        np.testing.assert_allclose(frame.data[0].z, expected, atol=2e-3)
    np.testing.assert_array_equal(made.data[0].z, made.frames[-1].data[0].z)
    assert min(x) < PLANE[:, 0].min() < PLANE[:, 0].max() < max(x)


@pytest.mark.parametrize("draw", DRAW)
def test_on_the_line_the_model_says_one_half(draw: Any, trained: Any) -> None:
    model = trained[0]
    made = draw(model, PLANE, SIDE[:, None])
    line = made.data[1]
    points = np.array([[a, b] for a, b in zip(line.x, line.y, strict=True) if a is not None])
    assert len(points) > 60
    np.testing.assert_allclose(np.asarray(model.predict(points)), 0.5, atol=0.02)
    assert not made.frames
    if draw is report.probability_surface:
        assert {height for height in line.z if height is not None} == {0.5}


@pytest.mark.parametrize("draw", DRAW)
def test_the_points_are_the_data(draw: Any, trained: Any) -> None:
    made = draw(trained[0], PLANE, SIDE, classes=["under", "over"], names=["width", "height"])
    for number, name in enumerate(["under", "over"]):
        [points] = [trace for trace in made.data if trace.name == name]
        here = np.equal(SIDE, number)
        np.testing.assert_allclose(points.x, PLANE[here, 0], atol=1e-4)
        np.testing.assert_allclose(points.y, PLANE[here, 1], atol=1e-4)
    symbols = [trace.marker.symbol for trace in made.data[2:]]
    assert len(set(symbols)) == 2
    assert "P(over)" in made.to_json()
    assert '"width"' in made.to_json()


def test_the_slider_leads_through_the_snapshots(trained: Any) -> None:
    model, kept = trained
    made = report.decision_boundary(model, PLANE, SIDE, kept)
    [slider] = made.layout.sliders
    assert [step.label for step in slider.steps] == [str(epoch) for epoch in kept.epochs]
    assert [step.args[0] for step in slider.steps] == [(f.name,) for f in made.frames]
    assert (slider.active, slider.currentvalue.prefix) == (len(kept) - 1, "epoch ")


def test_many_snapshots_are_thinned_out_and_small() -> None:
    model, kept = plane(3), report.Snapshots(range(101))
    model.fit(PLANE, THIRD[:, None], epochs=100, verbose=0, callbacks=[kept])
    made = report.decision_boundary(model, PLANE, THIRD, kept)
    assert len(made.frames) == 30
    assert (made.frames[0].name, made.frames[-1].name) == ("0", "100")
    assert len(made.to_json()) < 1_500_000


def test_more_than_two_classes(softmax: Any) -> None:
    model, kept = softmax
    made = report.decision_boundary(model, PLANE, np.eye(3)[THIRD], kept)
    x, y = made.data[0].x, made.data[0].y
    for frame, weights in zip(made.frames, kept.weights, strict=True):
        expected = predicted(model, weights, x, y)
        sure = np.diff(np.sort(expected, axis=2))[:, :, -1] > 1e-3
        np.testing.assert_array_equal(
            np.array(frame.data[0].z)[sure], expected.argmax(axis=2)[sure]
        )
    # On the lines the two most probable classes are equally so.
    line = made.data[1]
    points = np.array([[a, b] for a, b in zip(line.x, line.y, strict=True) if a is not None])
    best = np.sort(np.asarray(model.predict(points)), axis=1)
    np.testing.assert_allclose(best[:, -1], best[:, -2], atol=0.1)
    assert np.mean(best[:, -1] - best[:, -2]) < 0.005
    with pytest.raises(ValueError, match="is for two classes, but the model has 3"):
        report.probability_surface(model, PLANE, THIRD)


def test_two_outputs_and_a_keras_model() -> None:
    model = plane(2)
    made = report.probability_surface(model.keras, PLANE, np.eye(2)[SIDE])
    surface = made.data[0]
    expected = predicted(model, model.getWeights(), surface.x, surface.y)[:, :, 1]
    np.testing.assert_allclose(surface.z, expected, atol=2e-3)


@pytest.mark.parametrize("draw", DRAW)
def test_the_model_keeps_its_weights(
    draw: Any, trained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, kept = trained
    before = [np.asarray(each).copy() for each in model.getWeights()]

    def unchanged() -> None:
        for ours, theirs in zip(before, model.getWeights(), strict=True):
            np.testing.assert_array_equal(ours, np.asarray(theirs))

    draw(model, PLANE, SIDE, kept)
    unchanged()

    def fails(*given: Any) -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(functions, "outputs_of", fails)
    with pytest.raises(RuntimeError, match="no"):
        draw(model, PLANE, SIDE, kept)
    unchanged()


def test_weights_that_are_not_finite_are_no_error(trained: Any) -> None:
    model, kept = plane(), report.Snapshots([0, 1])
    model.fit(PLANE, SIDE[:, None], epochs=1, verbose=0, callbacks=[kept])
    kept.weights[1] = [np.full_like(each, np.nan) for each in kept.weights[1]]
    for draw in DRAW:
        assert "NaN" not in draw(model, PLANE, SIDE, kept).to_json()


def bad_models() -> dict[str, Any]:
    three = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[3])])
    picture = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[2, 2])])
    return {"three": three, "picture": picture}


@pytest.mark.parametrize("draw", DRAW)
def test_what_does_not_fit(draw: Any, trained: Any, softmax: Any) -> None:
    model = trained[0]
    name = draw.__name__
    for bad, takes in zip(bad_models().values(), ("3", "2, 2"), strict=True):
        said = rf"{name}: model must take \[None, 2\] and give \[None, classes\].*\[None, {takes}\]"
        with pytest.raises(ValueError, match=said):
            draw(bad, PLANE, SIDE)
    cases = [
        ((model, PLANE[:, :1], SIDE), r"xs must be \[examples, 2\], got the shape \[60, 1\]"),
        ((model, PLANE, SIDE[1:]), "xs has 60 examples, but ys has 59"),
        ((model, PLANE, THIRD), "ys must be classes from 0 to 1, got 2"),
        ((model, PLANE[:0], SIDE[:0]), "no examples"),
        ((model, PLANE, SIDE, report.Snapshots(3)), "snapshots is empty"),
        ((model, PLANE, SIDE, softmax[1]), "snapshots are of another model"),
    ]
    for given, said in cases:
        with pytest.raises(ValueError, match=said):
            draw(*given)
    with pytest.raises(TypeError, match=r"model must be a .* or a .*, got str"):
        draw("model", PLANE, SIDE)
    with pytest.raises(TypeError, match=r"must be report\.Snapshots, got dict"):
        draw(model, PLANE, SIDE, {})
    with pytest.raises(ValueError, match="2 classes, but classes has 3 names"):
        draw(model, PLANE, SIDE, classes="abc")
    with pytest.raises(ValueError, match="names must be of the two variables"):
        draw(model, PLANE, SIDE, names=["x"])
