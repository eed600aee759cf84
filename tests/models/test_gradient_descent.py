"""Batch, stochastic and mini-batch descent: what a step of each is."""

from __future__ import annotations

import numpy as np

import tfjsbridge as tf
from models import gradient_descent
from models.gradient_descent import RATE, START


def gradients(xs: np.ndarray, ys: np.ndarray, place: np.ndarray) -> np.ndarray:
    """The gradient of each example's squared error, [examples, 2]."""
    columns = np.hstack([xs, np.ones_like(xs)])
    return 2 * (columns @ place - ys[:, 0])[:, np.newaxis] * columns


def test_keeps_its_promises(run_script) -> None:
    assert run_script("gradient_descent").missed == []


def test_a_step_of_batch_descent_is_along_the_whole_gradient() -> None:
    xs, ys = gradient_descent.data()
    path = gradient_descent.descend(xs, ys, len(xs), epochs=5, verbose=0)
    assert path.epochs == [0, 1, 2, 3, 4, 5]
    np.testing.assert_allclose(path.places[0], START, rtol=1e-6)
    for before, after in zip(path.places[:-1], path.places[1:], strict=True):
        step = -RATE * gradients(xs, ys, before).mean(axis=0)
        np.testing.assert_allclose(after - before, step, atol=1e-5)


def test_a_step_of_stochastic_descent_is_along_the_gradient_of_one_example() -> None:
    tf.setRandomSeed(0)
    xs, ys = gradient_descent.data()
    path = gradient_descent.descend(xs, ys, 1, epochs=1, verbose=0)
    assert len(path.places) == len(xs) + 1
    chosen = set()
    for before, after in zip(path.places[:60], path.places[1:61], strict=True):
        steps = -RATE * gradients(xs, ys, before)
        distances = np.abs(steps - (after - before)).max(axis=1)
        assert distances.min() < 1e-5
        chosen.add(int(distances.argmin()))
    assert len(chosen) > 50  # each example comes once in an epoch; few are nearly the same


def test_a_step_of_mini_batch_descent_sees_32_examples() -> None:
    tf.setRandomSeed(0)
    xs, ys = gradient_descent.data()
    path = gradient_descent.descend(xs, ys, 32, epochs=2, verbose=0)
    np.testing.assert_allclose(path.epochs, np.arange(15) / 7)
    whole = gradients(xs, ys, path.places[0])
    step = (path.places[1] - path.places[0]) / -RATE
    # The mean of 32 of 200: near the mean of all, as near as chance has it, but not the same.
    spread = whole.std(axis=0) / np.sqrt(32)
    assert (np.abs(step - whole.mean(axis=0)) < 4 * spread).all()
    assert np.abs(step - whole.mean(axis=0)).max() > 1e-3


def test_the_losses_are_those_of_all_examples() -> None:
    xs, ys = gradient_descent.data()
    path = gradient_descent.descend(xs, ys, len(xs), epochs=3, verbose=0)
    model = gradient_descent.build()
    np.testing.assert_allclose(
        path.losses(xs, ys)[0], model.evaluate(xs, ys, batchSize=200).arraySync(), rtol=1e-5
    )


def test_the_picture_shows_the_three_of_them(run_script) -> None:
    html = run_script("gradient_descent").page.read_text("utf-8")
    for name in ("batch", "mini-batch", "stochastic"):
        assert html.count(f'"name":"{name}"') >= 3
