"""The ROC through the epochs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

import tfjsbridge as tf
from tfjsbridge import report, training
from tfjsbridge.runtime import keras

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 2)).astype(np.float32)
Y = (X.sum(axis=1) > 0).astype(np.float32)


def model(units: int = 1) -> tf.Sequential:
    layer = tf.layers.dense(
        inputShape=[2], units=units, activation="sigmoid" if units == 1 else "softmax"
    )
    result = tf.sequential(layers=[layer])
    loss = "binaryCrossentropy" if units == 1 else "categoricalCrossentropy"
    result.compile(optimizer=tf.train.sgd(0.1), loss=loss)
    return result


class Expected(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.auc: list[float] = []

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        scores = self.model.predict(X, verbose=0)[:, -1]
        self.auc.append(roc_auc_score(Y, scores))


@pytest.mark.parametrize("units", [1, 2])
def test_the_curve_after_each_epoch(units: int) -> None:
    targets = Y[:, None] if units == 1 else np.eye(2)[Y.astype(int)]
    net, roc, expected = model(units), report.roc_callback(X, targets), Expected()
    net.fit(X, targets, epochs=4, verbose=0, callbacks=[roc, expected])
    assert roc.epochs == [0, 1, 2, 3]
    np.testing.assert_allclose(roc.auc, expected.auc, atol=1e-3)
    assert len(roc.curves) == 4
    net.fit(X, targets, epochs=1, verbose=0, callbacks=[roc])
    assert roc.epochs == [0]
    assert roc.to_dict()["curves"][0]["thresholds"][0] is None


def test_every_so_many_epochs_and_with_a_keras_model() -> None:
    net, roc = model().keras, report.roc_callback(tf.tensor2d(X), Y.tolist(), every=10)
    training.fit(net, X, Y[:, None], epochs=45, verbose=0, callbacks=[roc])
    assert roc.epochs == [9, 19, 29, 39]
    assert len(roc.plot().data) >= 6


def test_what_it_is_not_for() -> None:
    net = model(3)
    targets = np.eye(3)[Y.astype(int)]
    with pytest.raises(ValueError, match=r"two classes.*this one gives \[None, 3\]"):
        net.fit(X, targets, verbose=0, callbacks=[report.roc_callback(X, Y)])
    with pytest.raises(ValueError, match="every must be a positive number"):
        report.roc_callback(X, Y, every=0)
