"""Whole trainings reach tf.js's numbers: every optimizer, loss and family of layers.

What is trained stands in benchmarks/parity_cases.py; benchmarks/parity.py prints how close it is.
"""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.parity import both
from benchmarks.parity_cases import CASES, Case
from tests.tfjs.differences import LAYER_DIFFERENCES
from tfjsbridge.verify import NodeSession

EPOCHS = 20


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_training_comes_out_as_in_tfjs(node: NodeSession, case: Case) -> None:
    ours, theirs = both(node, case, EPOCHS, [EPOCHS])
    assert list(ours.history) == list(theirs.history)
    for name, values in theirs.history.items():
        assert len(values) == EPOCHS
        assert np.isfinite(values).all(), f"{name} is no number in tf.js either"
        np.testing.assert_allclose(ours.history[name], values, rtol=1e-4, atol=1e-6, err_msg=name)
    [mine], [others] = ours.weights, theirs.weights
    for weight, other in zip(mine, others, strict=True):
        np.testing.assert_allclose(weight, other, rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(ours.evaluated, theirs.evaluated, rtol=1e-4, atol=1e-6)


def test_there_are_enough() -> None:
    assert len(CASES) >= 200
    assert len({case.name for case in CASES}) == len(CASES)


def test_an_average_over_padding_has_another_gradient(node: NodeSession) -> None:
    # tf.js divides it by the size of the window, and not by how much of it is not padding.
    assert "averages over padding" in LAYER_DIFFERENCES
    layers = (
        ("conv2d", {"inputShape": [6, 6, 2], "filters": 2, "kernelSize": 1}),
        ("averagePooling2d", {"poolSize": 3, "strides": 2, "padding": "same"}),
        ("flatten", {}),
        ("dense", {"units": 1}),
    )
    case = Case("an average over padding", layers, "images", ("sgd", 0.01))
    ours, theirs = both(node, case, 2, [2])
    np.testing.assert_allclose(ours.history["loss"], theirs.history["loss"], rtol=0.1)
    assert not np.allclose(ours.history["loss"], theirs.history["loss"], rtol=1e-3)
