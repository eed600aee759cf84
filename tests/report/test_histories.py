"""Losses and metrics over the epochs."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from tests.report.models import LINE, ON_LINE, PLANE, SIDE, line, plane
from tfjsbridge import report


def test_several_trainings_in_one_picture() -> None:
    first = line().fit(LINE, ON_LINE, epochs=5, verbose=0)
    second = line().fit(LINE, ON_LINE, epochs=3, verbose=0).history
    given = {"batch": first, "dict": second, "by hand": [3.0, 2.0]}
    made = report.histories(given, title="Trainings", log=True)
    assert [trace.name for trace in made.data] == list(given)
    assert list(made.data[0].y) == first.history["loss"]
    assert list(made.data[0].x) == [1, 2, 3, 4, 5]
    assert list(made.data[1].y) == second["loss"]
    assert list(made.data[2].y) == [3.0, 2.0]
    assert len({trace.line.dash for trace in made.data}) == 3
    assert (made.layout.yaxis.type, made.layout.title.text) == ("log", "Trainings")
    assert made.layout.yaxis.title.text == "loss"


def test_epochs_are_counted_as_the_training_does() -> None:
    history = line().fit(LINE, ON_LINE, epochs=12, initialEpoch=10, verbose=0)
    assert list(report.histories({"a": history}).data[0].x) == [11, 12]


def test_where_a_training_diverges_is_said() -> None:
    values = [1.0, 10.0, float("inf"), float("nan")]
    good, bad, mark = report.histories({"good": [1.0] * 4, "bad": values}).data
    assert list(bad.y) == [1, 10, None, None]
    assert (mark.x[0], mark.y[0], mark.text) == (2, 10, ("bad diverges",))
    assert "NaN" not in report.histories({"all": [float("nan")]}).to_json()
    assert good.name == "good"


def test_another_value_and_what_is_missing() -> None:
    tf.setRandomSeed(1)
    model = plane()
    model.compile(optimizer="sgd", loss="binaryCrossentropy", metrics=["accuracy"])
    history = model.fit(PLANE, SIDE[:, None], epochs=2, verbose=0, validationSplit=0.2)
    made = report.histories({"a": history}, "val_acc")
    np.testing.assert_array_equal(made.data[0].y, history.history["val_acc"])
    curves = report.learning_curves(history)
    shown = {(t.yaxis, t.name): list(t.y) for t in curves.data}
    logs = history.history
    assert shown == {
        ("y", "training"): logs["loss"],
        ("y", "validation"): logs["val_loss"],
        ("y2", "training"): logs["acc"],
        ("y2", "validation"): logs["val_acc"],
    }
    assert curves.layout.yaxis2.title.text == "acc"
    with pytest.raises(ValueError, match="'a' has no 'mae'; it has 'val_loss'"):
        report.histories({"a": history}, "mae")
    with pytest.raises(ValueError, match="got none"):
        report.histories({})
    with pytest.raises(TypeError, match="expected a dict of histories"):
        report.histories([history])
    with pytest.raises(TypeError, match="histories: expected a history"):
        report.histories({"a": 3})
    with pytest.raises(ValueError, match="the history is empty"):
        report.learning_curves({})
