"""Losses as functions of parameters, against `model.evaluate` with the weights set."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import tfjsbridge as tf
from tests.report.models import LINE, ON_LINE, PLANE, SIDE, THIRD, line, plane
from tfjsbridge import report
from tfjsbridge.runtime import keras


def values(model: Any) -> list[np.ndarray]:
    """Copies of the weights: those of getWeights change with the model."""
    return [np.asarray(each).copy() for each in model.getWeights()]


def evaluated(model: Any, xs: Any, ys: Any, weights: Any) -> float:
    """The loss with these weights, of all examples in one batch; the model keeps its own."""
    before = values(model)
    model.setWeights(weights)
    found = model.evaluate(xs, ys, batchSize=len(ys))
    model.setWeights(before)
    return float(found[0] if isinstance(found, list) else found)


def changed(model: Any, parameters: dict[int, float]) -> list[np.ndarray]:
    """The model's weights with other values of some parameters."""
    weights = values(model)
    for number, value in parameters.items():
        for each in weights:
            if number < each.size:
                each.ravel()[number] = value
                break
            number -= each.size
    return weights


def everything() -> tf.Sequential:
    """Layers that compute otherwise in training, a penalty, and weights that are not trained."""
    tf.setRandomSeed(4)
    made = tf.sequential()
    penalty = tf.regularizers.l2(l2=0.1)
    made.add(tf.layers.dense(units=3, inputShape=[2], kernelRegularizer=penalty))
    made.add(tf.layers.batchNormalization())
    made.add(tf.layers.dropout(rate=0.5))
    made.add(tf.layers.dense(units=3, activation="softmax"))
    made.compile(
        optimizer="adam", loss="sparseCategoricalCrossentropy", metrics=["accuracy", "mse"]
    )
    made.fit(PLANE, THIRD[:, None], epochs=2, verbose=0)
    return made


def own_loss() -> tf.LayersModel:
    made = line()
    made.compile(optimizer="sgd", loss=lambda y, p: tf.mean(tf.abs(tf.sub(y, p))))
    return made


def eager() -> tf.LayersModel:
    made = line()
    made.keras.run_eagerly = True
    return made


MODELS: dict[str, tuple[Callable[[], Any], Any, Any]] = {
    "line": (line, LINE, ON_LINE),
    "cross-entropy": (plane, PLANE, SIDE[:, None]),
    "everything": (everything, PLANE, THIRD[:, None]),
    "own loss": (own_loss, LINE, ON_LINE),
    "eager": (eager, LINE, ON_LINE),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_curve_is_what_evaluate_says(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tfjsbridge.report.loss_surfaces._PLACES", 7)
    build, xs, ys = MODELS[name]
    model = build()
    before = values(model)
    for number in (0, model.countParams() // 3):
        made = report.loss_curve(model, xs, ys, weight=number)
        [curve] = made.data
        expected = [evaluated(model, xs, ys, changed(model, {number: v})) for v in curve.x]
        np.testing.assert_allclose(curve.y, expected, rtol=2e-5)
    for ours, theirs in zip(before, model.getWeights(), strict=True):
        np.testing.assert_array_equal(ours, np.asarray(theirs))


@pytest.mark.parametrize("kind", ["contour", "surface"])
@pytest.mark.parametrize(("name", "weights"), [("line", (0, 1)), ("cross-entropy", (7, 2))])
def test_a_surface_is_what_evaluate_says(
    kind: str, name: str, weights: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tfjsbridge.report.loss_surfaces._GRID", 4)
    build, xs, ys = MODELS[name]
    model = build()
    [surface] = report.loss_surface(model, xs, ys, weights=weights, kind=kind).data
    losses = np.array(surface.z if kind == "surface" else surface.customdata)
    for b, row in zip(surface.y, losses, strict=True):
        for a, found in zip(surface.x, row, strict=True):
            expected = changed(model, {weights[0]: a, weights[1]: b})
            assert found == pytest.approx(evaluated(model, xs, ys, expected), rel=2e-5)
    if kind == "contour":  # of widely different losses the logarithms are drawn
        wide = losses.max() > 2 * losses.min()
        assert wide == (name == "line")
        np.testing.assert_allclose(surface.z, np.log10(losses) if wide else losses, atol=1e-5)


def test_a_keras_model(monkeypatch: pytest.MonkeyPatch) -> None:
    # With a penalty, which Keras's evaluate adds and that of tf.js does not.
    monkeypatch.setattr("tfjsbridge.report.loss_surfaces._PLACES", 3)
    layers = keras.layers
    model = keras.Sequential([layers.Input([1]), layers.Dense(1, kernel_regularizer="l2")])
    model.compile("sgd", "mse")
    [curve] = report.loss_curve(model, LINE, ON_LINE, limits=(-1, 3)).data
    assert curve.x == (-1, 1, 3)
    for value, found in zip(curve.x, curve.y, strict=True):
        model.set_weights([np.array([[value]]), model.get_weights()[1]])
        expected = model.evaluate(LINE, ON_LINE, batch_size=len(LINE), verbose=0)
        assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("kind", ["contour", "surface"])
def test_the_paths(kind: str) -> None:
    model, first, second = line(), report.Snapshots(6), report.Snapshots([0, 2])
    model.fit(LINE, ON_LINE, epochs=30, verbose=0, callbacks=[first])
    other = line()
    other.fit(LINE, ON_LINE, epochs=2, verbose=0, callbacks=[second])
    made = report.loss_surface(
        model, LINE, ON_LINE, {"sgd": first, "short": second}, kind=kind, names=("a", "b")
    )
    surface, *paths = made.data
    assert [path.name for path in paths] == ["sgd", "short"]
    for path, kept in zip(paths, (first, second), strict=True):
        np.testing.assert_allclose(path.x, [w[0][0, 0] for w in kept.weights], rtol=1e-5)
        np.testing.assert_allclose(path.y, [w[1][0] for w in kept.weights], rtol=1e-5, atol=1e-6)
        losses = path.z if kind == "surface" else np.array(path.customdata)[:, 1]
        expected = [evaluated(model, LINE, ON_LINE, weights) for weights in kept.weights]
        np.testing.assert_allclose(losses, expected, rtol=1e-5)
        assert min(surface.x) < min(path.x) < max(path.x) < max(surface.x)
        assert min(surface.y) < min(path.y) < max(path.y) < max(surface.y)
    looks = [(p.line.dash, p.marker.symbol) for p in paths]
    assert looks[0][0] != looks[1][0]
    assert looks[0][1] != looks[1][1]
    # Both begin at the same place, which is named once.
    if kind == "contour":
        assert [each.text for each in made.layout.annotations] == ["start"]


def test_the_path_on_a_curve() -> None:
    model, kept = line(useBias=False), report.Snapshots(5)
    model.fit(LINE, ON_LINE, epochs=10, verbose=0, callbacks=[kept])
    made = report.loss_curve(model, LINE, ON_LINE, kept, name="slope", title="Descent")
    curve, path = made.data
    # With a single parameter the path is on the curve, and goes down.
    np.testing.assert_allclose(path.y, np.interp(path.x, curve.x, curve.y), rtol=1e-2)
    assert (np.diff(path.y) < 0).all()
    assert list(path.customdata) == kept.epochs
    assert made.layout.xaxis.title.text == "slope"
    plain = report.loss_curve(model, LINE, ON_LINE)
    assert plain.layout.xaxis.title.text.endswith("/kernel")
    assert not plain.layout.xaxis.title.text.startswith("sequential")


def test_a_path_that_diverges_ends_where_it_does() -> None:
    model, kept = line(), report.Snapshots([0, 1, 2, 3])
    model.fit(LINE, ON_LINE, epochs=3, verbose=0, callbacks=[kept])
    kept.weights[2] = [np.full_like(each, np.inf) for each in kept.weights[2]]
    kept.weights[3] = [np.full_like(each, np.nan) for each in kept.weights[3]]
    model.setWeights(kept.weights[3])
    made = report.loss_surface(model, LINE, ON_LINE, kept, limits=((-1, 1), (0, 2)))
    assert len(made.data[1].x) == 2
    assert (made.data[0].x[0], made.data[0].x[-1], made.data[0].y[-1]) == (-1, 1, 2)
    report.loss_surface(model, LINE, ON_LINE, kept)


def test_a_loss_that_may_be_negative_has_even_levels() -> None:
    model = line()
    model.compile(optimizer="sgd", loss=lambda y, p: tf.mean(tf.sub(p, y)))
    [surface] = report.loss_surface(model, LINE, ON_LINE).data
    np.testing.assert_array_equal(surface.z, surface.customdata)
    assert np.min(surface.z) < 0


@pytest.mark.parametrize("draw", [report.loss_curve, report.loss_surface])
def test_what_does_not_fit(draw: Any) -> None:
    name = draw.__name__
    blank = tf.sequential(layers=[tf.layers.dense(units=1, inputShape=[1])])
    with pytest.raises(ValueError, match=f"{name}: the model has no loss: use model.compile"):
        draw(blank, LINE, ON_LINE)
    with pytest.raises(ValueError, match="snapshots is empty"):
        draw(line(), LINE, ON_LINE, report.Snapshots(3))
    kept = report.Snapshots([0])
    plane().fit(PLANE, SIDE[:, None], epochs=1, verbose=0, callbacks=[kept])
    with pytest.raises(ValueError, match=f"{name}: snapshots are of another model"):
        draw(line(), LINE, ON_LINE, kept)
    with pytest.raises(ValueError, match="shape"):
        draw(line(), PLANE, SIDE[:, None])
    which = {"weight": 2} if draw is report.loss_curve else {"weights": (0, 2)}
    said = f"{name}: the model has 2 trainable parameters, numbered from 0 to 1; got 2"
    with pytest.raises(ValueError, match=said):
        draw(line(), LINE, ON_LINE, **which)
    limits = (1, 1) if draw is report.loss_curve else ((0, 1), (1, 0))
    with pytest.raises(ValueError, match=f"{name}: limits must be"):
        draw(line(), LINE, ON_LINE, limits=limits)


def test_what_makes_no_surface() -> None:
    for given, said in (
        ({"kind": "3d"}, "kind must be 'contour' or 'surface', got '3d'"),
        ({"weights": (0, 0)}, "must be two different ones"),
        ({"weights": [0]}, "weights must be two"),
        ({"names": ["a"]}, "names must be two"),
        ({"weights": ("a", "b")}, "a parameter is given by its number, got 'a'"),
    ):
        with pytest.raises(ValueError, match=said):
            report.loss_surface(line(), LINE, ON_LINE, **given)
