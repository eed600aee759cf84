"""A model of one variable, against what it predicts."""

from __future__ import annotations

import numpy as np
import pytest

import tfjsbridge as tf
from tests.report.models import LINE, ON_LINE, line, plane
from tfjsbridge import report


def test_the_line_is_the_model_through_the_training() -> None:
    model, kept = line(), report.Snapshots(5)
    model.fit(LINE, ON_LINE, epochs=20, verbose=0, callbacks=[kept])
    made = report.curve(model, LINE, ON_LINE, kept, x="area in m²", y="price in €", title="Flats")
    data, function = made.data
    np.testing.assert_allclose(data.x, LINE[:, 0])
    np.testing.assert_allclose(data.y, ON_LINE[:, 0])
    places = np.array(function.x)
    assert places.min() < LINE.min() < LINE.max() < places.max()
    np.testing.assert_allclose(
        function.y, np.asarray(model.predict(places[:, None]))[:, 0], atol=2e-5
    )
    for frame, (kernel, bias) in zip(made.frames, kept.weights, strict=True):
        np.testing.assert_allclose(frame.data[0].y, places * kernel[0, 0] + bias[0], atol=2e-5)
        assert frame.traces == (1,)
    low, high = made.layout.yaxis.range
    assert low < ON_LINE.min() < ON_LINE.max() < high
    assert made.layout.xaxis.title.text == "area in m²"
    assert made.layout.yaxis.title.text == "price in €"
    assert made.layout.title.text == "Flats"


def test_without_snapshots_and_of_flat_data() -> None:
    made = report.curve(line().keras, LINE[:, 0].tolist(), tf.tensor1d(ON_LINE[:, 0]))
    assert not made.frames
    assert len(made.data) == 2


def test_what_does_not_fit() -> None:
    with pytest.raises(ValueError, match=r"curve: model must take \[None, 1\].*\[None, 2\]"):
        report.curve(plane(), LINE, ON_LINE)
    with pytest.raises(ValueError, match=r"curve: xs must be \[examples, 1\]"):
        report.curve(line(), np.ones((4, 2)), np.ones(4))
    with pytest.raises(ValueError, match="xs has 40, ys has 39"):
        report.curve(line(), LINE, ON_LINE[1:])
    with pytest.raises(ValueError, match="curve: snapshots is empty"):
        report.curve(line(), LINE, ON_LINE, report.Snapshots(3))
