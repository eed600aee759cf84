"""The weights after chosen epochs, against trainings that end there."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import tfjsbridge as tf
from tests.report.models import LINE, ON_LINE, line
from tfjsbridge import report, training
from tfjsbridge.report.snapshots import spaced
from tfjsbridge.training.loop import Loop


def fit(model: tf.Sequential, epochs: int, *callbacks: Any, **options: Any) -> tf.Sequential:
    tf.setRandomSeed(3)
    model.fit(LINE, ON_LINE, epochs=epochs, batchSize=8, verbose=0, callbacks=callbacks, **options)
    return model


def weights(model: tf.Sequential) -> list[np.ndarray]:
    return [np.asarray(each) for each in model.getWeights()]


def test_the_weights_are_those_of_a_training_that_ends_there() -> None:
    kept = report.Snapshots([0, 3, 4, 30])
    model = fit(line(), 40, kept)
    assert kept.epochs == [0, 3, 4, 30]
    for epochs, values in zip(kept.epochs, kept.weights, strict=True):
        other = line()
        if epochs:
            fit(other, epochs)
            assert kept.losses[kept.epochs.index(epochs)] == other.history.history["loss"][-1]
        for ours, theirs in zip(values, weights(other), strict=True):
            np.testing.assert_array_equal(ours, theirs)
    assert np.isnan(kept.losses[0])
    # The training itself is the one without snapshots.
    for ours, theirs in zip(weights(model), weights(fit(line(), 40)), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_epochs_between_are_one_call(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = []
    run = Loop.run
    monkeypatch.setattr(Loop, "run", lambda self, s: lengths.append(len(s)) or run(self, s))
    monkeypatch.setattr("tfjsbridge.training.pace.SECONDS_PER_CALL", 1e9)
    monkeypatch.setattr("tfjsbridge.training.pace.GROWTH", 10**9)
    fit(line(), 200, report.Snapshots([0, 50, 51, 200]))
    # In the first epochs, of 32 batches, the engine learns how long a batch takes.
    assert lengths == [0, 6, 44, 1, 149]


def test_with_one_who_watches_every_epoch() -> None:
    seen = []
    kept = report.Snapshots([2, 4])
    fit(line(), 5, kept, {"onEpochEnd": lambda epoch, logs: seen.append(epoch)})
    assert seen == [0, 1, 2, 3, 4]
    assert kept.epochs == [2, 4]


def test_a_number_of_them() -> None:
    kept = report.Snapshots(6)
    fit(line(), 100, kept)
    assert kept.epochs == [0, 1, 6, 22, 51, 100]
    fit(line(), 3, kept)
    assert kept.epochs == [0, 1, 2, 3]
    fit(line(), 12, kept, initialEpoch=10)
    assert kept.epochs == [10, 11, 12]
    assert len(kept) == 3


def test_the_end_of_a_training_that_stops_early_is_kept() -> None:
    kept = report.Snapshots(3)
    stopping = tf.callbacks.earlyStopping(monitor="loss", minDelta=1e9, patience=4)
    model = fit(line(), 1000, kept, stopping)
    assert kept.epochs == [0, 5]
    for ours, theirs in zip(kept.weights[-1], weights(model), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_in_kerass_own_fit_and_the_engine() -> None:
    model, kept = line().keras, report.Snapshots([0, 2])
    model.fit(LINE, ON_LINE, epochs=3, verbose=0, callbacks=[kept])
    assert kept.epochs == [0, 2]
    training.fit(model, LINE, ON_LINE, epochs=3, verbose=0, callbacks=[kept])
    assert kept.epochs == [0, 2]
    dataset = tf.data.zip(
        {"xs": tf.data.array(LINE.tolist()), "ys": tf.data.array(ON_LINE.tolist())}
    )
    line().fitDataset(dataset.batch(10), epochs=3, verbose=0, callbacks=[kept])
    assert kept.epochs == [0, 2]


def test_weights_are_in_the_order_of_set_weights() -> None:
    model = tf.sequential()
    model.add(tf.layers.batchNormalization(inputShape=[1]))
    model.add(tf.layers.dense(units=1))
    model.compile(optimizer="sgd", loss="meanSquaredError")
    kept = report.Snapshots([1, 3])
    fit(model, 3, kept)
    model.setWeights(kept.weights[0])
    for ours, theirs in zip(kept.weights[0], weights(model), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@given(count=st.integers(2, 60), epochs=st.integers(0, 5000))
def test_early_epochs_are_dense(count: int, epochs: int) -> None:
    found = spaced(count, epochs)
    assert (found[0], found[-1]) == (0, epochs)
    assert len(found) == min(count, epochs + 1)
    steps = np.diff(found)
    assert (steps >= 1).all()
    assert (np.diff(steps) >= -1).all()  # but for rounding they grow


@pytest.mark.parametrize("epochs", [1, 0, -3, [], [-1], [1.5], [True], True, "12", None, 3.0])
def test_epochs_that_make_no_sense(epochs: Any) -> None:
    with pytest.raises(ValueError, match="Snapshots: epochs must be"):
        report.Snapshots(epochs)
